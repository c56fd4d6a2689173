"""Where in a text the words of a search stand.

The plain way looks at every word. In a text of Latin letters only those are looked at that begin with a letter of the
words searched, and each different one is decided once for all texts. The tests compare the two.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from veille.search.words import chains, cjk, compounds, elisions, latin
from veille.search.words.chains import Span
from veille.search.words.runs import LONGEST
from veille.search.words.stemming import english, french

_HYPHEN = ord("-")
_LATIN = re.compile("[a-z0-9]+")
_CHAIN = re.compile(rb"[^W]([W]+(?:-[W]+)+)".replace(b"W", latin.LETTERS))
_MOST_KNOWN = 1 << 16  # decisions that are remembered

Stretch = tuple[int, int]


class Marker:
    """Finds words in texts, given as ``snippets.words_of`` does; remembers what it decided."""

    def __init__(self, words: Sequence[str]) -> None:
        self._beginnings = tuple(word[:-1] for word in words if word[-1:] == "*" and word != "*")
        self._characters = frozenset(each for each in self._beginnings if len(each) == 1 and cjk.within(each))
        self._phrases = [tuple(word.split()) for word in words if " " in word.strip()]
        self._rows = [(phrase, _in_a_row(phrase)) for phrase in self._phrases if all(map(_LATIN.fullmatch, phrase))]
        self._in_rows = {word for phrase, _row in self._rows for word in phrase}
        # A word that is cut, or that ß and s can write in two ways.
        self._odd = any(len(word) >= LONGEST or "sss" in word for word in self._in_rows)
        single = [word for word in words if word and word[-1] != "*" and " " not in word]
        self._french, self._english = set(map(french, single)), set(map(english, single))
        self._decided: dict[str, bool] = {}
        self._known: dict[bytes, bool] = {}  # the same of levelled words, each with the sign before it
        whole = (*self._beginnings, *self._french, *self._english)
        self._candidate = _beginning_with({each[0] for each in whole if each})  # no inflection changes the first letter
        self._elides = any(map(self._is, (*elisions.ARTICLES, "s")))

    def marks(self, text: str) -> tuple[Stretch, ...]:
        """What is searched in ``text``, in order; stretches that overlap are one."""
        level = latin.level(text)
        if level is None:
            return self.plainly(text)
        rows = self._possible(level) if self._rows else []
        if b"'" in level and (rows or self._elides or b"-" in level or b"#" in level or b"@" in level):
            level = latin.elided(level)
        plain = rows and self._tangled(level)
        found = self._plain(latin.spans(level, text)) if plain else self._quick(level, text, rows)
        return tuple(_apart(sorted(found)))

    def plainly(self, text: str) -> tuple[Stretch, ...]:
        """The same, the plain way."""
        return tuple(_apart(sorted(self._plain(chains.spans(elisions.elided(text))))))

    # The plain way ---------------------------------------------------------------------------------

    def _plain(self, found: list[Span]) -> Iterator[Stretch]:
        within = self._within(found)
        for at, (start, end, place, word) in enumerate(found):
            if (place, word) in within:
                yield start, end
            elif self._is(word):
                # Of two characters that are a word the first alone may be searched: the next word begins after it.
                first = word[0] in self._characters and len(word) == 2 and french(word) not in self._french
                yield start, found[at + 1].start if first else end

    def _within(self, found: list[Span]) -> set[tuple[int, str]]:
        """The words that are part of a phrase, with their places."""
        places: dict[str, set[int]] = {word: set() for phrase in self._phrases for word in phrase}
        for each in found if places else ():
            if each.word in places:
                places[each.word].add(each.place)
        within = set[tuple[int, str]]()
        for phrase in self._phrases:
            for first in places[phrase[0]]:
                row = list(enumerate(phrase, first))
                if all(place in places[word] for place, word in row):
                    within.update(row)
        return within

    def _is(self, word: str) -> bool:
        known = self._decided.get(word)
        if known is None:
            if len(self._decided) >= _MOST_KNOWN:
                self._decided.clear()
            known = self._decided[word] = self._decide(word)
        return known

    def _decide(self, word: str) -> bool:
        if word.startswith(self._beginnings):
            return True
        return bool(self._french) and (french(word) in self._french or english(word) in self._english)

    # The quick way ---------------------------------------------------------------------------------

    def _possible(self, level: bytes) -> "list[re.Pattern[bytes]]":
        """What finds those phrases whose words are all there, perhaps as parts of others."""
        line = latin.spelt(level.replace(b"-", b""))
        return [row for phrase, row in self._rows if all(word in line for word in phrase)]

    def _tangled(self, level: bytes) -> bool:
        """Whether words of phrases may stand otherwise than one after the other: in hashtags, or joined by hyphens."""
        if self._odd or b"#" in level or b"@" in level:
            return True
        joined = _CHAIN.findall(b" " + level) if b"-" in level else ()
        return any(latin.spelt(each.replace(b"-", b"")) in self._in_rows for each in joined)

    def _quick(self, level: bytes, text: str, rows: "Iterable[re.Pattern[bytes]]") -> Iterator[Stretch]:
        """The same in a levelled text that is not tangled."""
        if b"#" in level or b"@" in level:
            rest = bytearray(level)
            for start, end, inside in latin.tags(level, text):
                rest[start:end] = b" " * (end - start)
                yield from ((start + a, start + b) for a, b, _place, word in inside if self._is(word))
            level = bytes(rest)
        level = b" " + level
        for row in rows:
            for at in row.finditer(level):
                yield from ((at.start(word) - 1, at.end(word) - 1) for word in range(1, row.groups + 1))
        for found in self._candidate.finditer(level) if self._candidate else ():
            word, joined = found.group(0, 1)
            known = self._known.get(word)
            if known if known is not None else self._learn(word, latin.spelt(word[1:])):
                yield found.start(), found.end() - 1
            if joined and not (word[0] == _HYPHEN and level[found.start() - 1] in latin.ALPHABET):
                chain = word[1:] + joined
                known = self._known.get(chain)
                if known if known is not None else self._learn(chain, compounds.joined(latin.spelt(chain).split("-"))):
                    yield found.start(), found.end() - 1 + len(joined)

    def _learn(self, levelled: bytes, word: str) -> bool:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        known = self._known[levelled] = bool(word) and self._is(word[:LONGEST])
        return known


def _in_a_row(phrase: Sequence[str]) -> "re.Pattern[bytes]":
    """What finds ``phrase`` in a levelled text after a blank, each word as a group; one row may begin in another."""
    words = []
    for word in phrase:
        pattern = word.encode()
        for two, one in latin.TWO:
            pattern = pattern.replace(two, b"(?:%b|%b)" % (two, one))
        words.append(b"(%b)" % pattern)
    first, *others = words
    rest = b"".join(rb"[^W\n]+" + each for each in others)
    return re.compile((rb"[^W]%b(?=%b(?![W]))" % (first, rest)).replace(b"W", latin.LETTERS))


def _beginning_with(letters: Iterable[str]) -> "re.Pattern[bytes] | None":
    """What finds, in a levelled text after a blank, words that begin with one of ``letters``: the sign before it, the
    word, and as a group what hyphens join to it."""
    firsts = {each for letter in letters for each in latin.levelled_as(letter)}
    if not firsts:
        return None
    # A chain that is a word has fewer than so many after its first.
    parts = (latin.LETTERS, bytes(sorted(firsts)), latin.LETTERS, latin.LETTERS, compounds.MOST_PARTS)
    return re.compile(b"[^%b][%b][%b]*(?=((?:-[%b]+){0,%d}))" % parts)


def _apart(marks: Iterable[Stretch]) -> Iterator[Stretch]:
    """``marks``, which are in order, those that overlap as one: a word and the hashtag that it is in."""
    start, end = 0, 0
    for mark in marks:
        if mark[0] >= end:
            if end:
                yield start, end
            start = mark[0]
        end = max(end, mark[1])
    if end:
        yield start, end
