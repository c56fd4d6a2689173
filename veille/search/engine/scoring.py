"""How well a document answers: BM25F, as Whoosh's own scorer has it, and an idf that
is never below nothing.

The weights of the fields lie in the postings already (a word of the title counts ``TITLE`` times), so that each word
is scored once, over one length. A word's French and English forms are one word: how rare it is, is reckoned of both
together, and a document that has both counts by the better one.

====================  =========================================================================================
form                  idf · f·(K1+1) / (f + K1·(1-B + B·length/average length)),
                      idf = ln(1 + (documents - having it + ½) / (having it + ½))
word                  its stem, and ``EXACT`` of the very word; of a function word ``FUNCTION`` of that
beginning             the same, with all words that begin so as one word
phrase                the sum of its words
all, any              the sum of what matches
like another          how much of its telling stems it shares
everything else       0
====================  =========================================================================================
"""

from collections.abc import Sequence
from functools import cache
from math import log
from typing import TYPE_CHECKING

import numpy as np
from whoosh.util.numeric import byte_to_length

from veille.content.text import fold
from veille.search.engine.arrays import Array
from veille.search.engine.layout import LENGTH_OF, WORDS_OF, lookup
from veille.search.query.question import Alike, All, Any, Beginning, Node, Phrase, Word

if TYPE_CHECKING:
    from veille.search.engine.matching import Look, PartOfView

K1, B = 1.2, 0.75
EXACT = 0.2  # of the score of a word for having it just so
FUNCTION = 0.4  # of the score of "the", "dans" and the like: in a long question they would drown the rest
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], "f8")


@cache
def _function_words() -> frozenset[str]:
    from whoosh.lang.stopwords import stoplists

    return frozenset(fold(word) for lang in ("en", "fr") for word in stoplists[lang])


def share(word: str) -> float:
    """How much of its score ``word`` gets."""
    return FUNCTION if word in _function_words() else 1.0


def rarity(documents: int, having: int) -> float:
    """The idf of a word that ``having`` of ``documents`` have (more, where one in neither language has two forms)."""
    having = min(having, documents)
    return log(1 + (documents - having + 0.5) / (having + 0.5))


class Scorer:
    """Scores of one question over all parts of a view."""

    def __init__(self, parts: "Sequence[PartOfView]", looks: "Sequence[Look]", node: Node) -> None:
        self._parts, self._looks, self._node = parts, looks, node
        self._documents = sum(part.segment.count for part in parts)
        self._rarities: dict[tuple[int, int], float] = {}
        self._norms: dict[str, Array] = {}

    def scores(self, look: "Look") -> Array:
        """The score of each hit of ``look``."""
        slots = np.full(look.segment.count, -1, "i4")
        slots[look.hits] = np.arange(len(look.hits), dtype="i4")
        return self._score(self._node, look, slots)

    def _score(self, node: Node, look: "Look", slots: Array) -> Array:
        whole = np.zeros(len(look.hits))
        match node:
            case All(nodes) | Any(nodes):
                for each in nodes:
                    score = self._score(each, look, slots)
                    if isinstance(each, All):  # only where it matches as a whole
                        score *= look.mask(each)[look.hits]
                    whole += score
            case Word():
                self._take_word(whole, node, look, slots)
            case Beginning():
                self._take_beginning(whole, node, look)
            case Phrase():
                self._take_phrase(whole, node, look, slots)
            case Alike():
                from veille.search.engine.likeness import shares

                whole += shares(look.segment, node)[look.hits]
        return whole

    def _take_word(self, whole: Array, word: Word, look: "Look", slots: Array) -> None:
        name, terms = lookup(word)
        self._take_terms(whole, name, terms, (id(word), 0), look, slots)
        if name != (exactly := WORDS_OF[word.part]):
            exact = np.zeros(len(whole))
            self._take_terms(exact, exactly, [word.text.encode()], (id(word), 1), look, slots)
            whole += EXACT * exact
        whole *= share(word.text)

    def _take_terms(
        self, whole: Array, name: str, terms: Sequence[bytes], key: tuple[int, int], look: "Look", slots: Array
    ) -> None:
        """Put the best of what ``terms`` are worth in each document into ``whole``."""
        if key not in self._rarities:
            self._rarities[key] = rarity(self._documents, sum(part.frequency(name, terms) for part in self._parts))
        field = look.segment.field(name)
        for term in terms:
            postings = field.postings(term)
            if postings.start == postings.stop:
                continue
            slot = slots[field.docs[postings]]
            kept = slot >= 0
            slot, freqs = slot[kept], field.weights(postings)[kept]
            score = self._bm25(name, self._rarities[key], freqs, look, look.hits[slot])
            whole[slot] = np.maximum(whole[slot], score)

    def _take_beginning(self, whole: Array, node: Beginning, look: "Look") -> None:
        name, key = WORDS_OF[node.part], (id(node), 0)
        if key not in self._rarities:
            documents = sum(int(np.count_nonzero(each.mask(node))) for each in self._looks)
            self._rarities[key] = rarity(self._documents, documents)
        field = look.segment.field(name)
        postings = field.beginning(node.text.encode())
        freqs = _together(field.docs[postings], field.weights(postings), look.segment.count)[look.hits]
        there = np.flatnonzero(freqs)
        whole[there] = self._bm25(name, self._rarities[key], freqs[there], look, look.hits[there])

    def _take_phrase(self, whole: Array, node: Phrase, look: "Look", slots: Array) -> None:
        for at, word in enumerate(node.words):
            score = np.zeros(len(whole))
            self._take_terms(score, WORDS_OF[node.part], [word.encode()], (id(node), at), look, slots)
            whole += score
        whole *= look.mask(node)[look.hits]

    def _bm25(self, field: str, rarity: float, freqs: Array, look: "Look", documents: Array) -> Array:
        column = LENGTH_OF[field]
        norms = self._norms.get(field)
        if norms is None:
            words = sum(part.segment.total(field) for part in self._parts)
            average = words / max(1, self._documents) or 1.0
            norms = self._norms[field] = K1 * ((1 - B) + B * _LENGTHS / average)
        freqs = freqs.astype("f8")
        return rarity * (freqs * (K1 + 1) / (freqs + norms[look.segment.column(column)[documents]]))


def _together(docs: Array, freqs: Array, count: int) -> Array:
    """How often all postings together are in each document. Most are there once: counting is quicker than adding."""
    more = np.flatnonzero(freqs > 1)
    whole: Array = np.bincount(docs, minlength=count) + np.bincount(docs[more], freqs[more] - 1.0, count)
    return whole
