"""How sectors and sources are keyed and ranked, and found by what a person calls them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from veille.content.text import fold
from veille.errors import NotFound
from veille.i18n import _
from veille.model import Membership, Outline, Sector, Source

T = TypeVar("T")
_TELLING = 5  # letters of a title that tell it from others


def slug(title: str, taken: Iterable[str] = ()) -> str:
    """A key for ``title``: lower-case letters, digits and hyphens, unlike all that are ``taken``."""
    words = "".join(each if each.isalnum() else " " for each in fold(title)).split()
    base = "-".join(words)[:60].strip("-") or "sector"
    others, key, count = set(taken), base, 1
    while key in others:
        count += 1
        key = f"{base}-{count}"
    return key


def next_rank(ordered: Sequence[Sector] | Sequence[Membership]) -> int:
    """The rank after all of ``ordered``, which are in rank order, as an :class:`Outline` has them."""
    return ordered[-1].rank + 1 if ordered else 0


def sectors_named(outline: Outline, name: str) -> list[Sector]:
    """The sectors that ``name`` may mean: that very key, else key or title, else titles that begin with it, else
    contain it, else one that was called so before: its key tells."""
    keyed = [each for each in outline.sectors if each.key == name]
    found = keyed or _named([((each.key, each.title), each) for each in outline.sectors], name)
    before = slug(name) if not found and any(map(str.isalnum, fold(name))) else ""
    return found or [each for each in outline.sectors if each.key == before]


def sources_named(outline: Outline, name: str) -> list[Source]:
    """The sources that ``name`` may mean, by their names and their address."""
    return _named([((each.label, each.title, each.address), each) for each in outline.named.values()], name)


def one_sector(outline: Outline, name: str) -> Sector:
    """The one sector that ``name`` means; raises NotFound for none or several."""
    found = sectors_named(outline, name)
    if len(found) != 1:
        raise NotFound(what=_("sector"), name=name)
    return found[0]


def one_source(outline: Outline, name: str) -> Source:
    """The one source that ``name`` means; raises NotFound for none or several."""
    found = sources_named(outline, name)
    if len(found) != 1:
        raise NotFound(what=_("source"), name=name)
    return found[0]


def alike(one: str, other: str) -> bool:
    """Whether two titles differ in no letter: in case, accents, signs, or a number that counts on, at most."""
    return one == other or _letters(one) == _letters(other)


def keeps(one: str, other: str) -> bool:
    """Whether two titles are alike, or one of them says more than the other: "The Daily", "The Daily | News"."""
    short, long = sorted((_letters(one), _letters(other)), key=len)
    return alike(one, other) or (len(short) >= _TELLING and short in long)


def _letters(title: str) -> str:
    """The letters of ``title``; all of it where it has none."""
    return "".join(each for each in fold(title) if each.isalpha()) or title


class Labels:
    """The words of what sources are called, by their ids: an item matches a word by the name of its source, too."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        from veille.search.words.analysis import row, tokens

        by_word: dict[str, set[int]] = defaultdict(set)
        self._texts: dict[int, str] = {}
        for id, label in labels.items():
            # Each word, and as a phrase has them: "#EnergyTransition" is one, and two.
            several = [tokens(label), row(label)]
            self._texts[id] = "\n".join(f" {' '.join(words)} " for words in several)
            for word in (word for words in several for word in words):
                by_word[word].add(id)
        self._sources = {word: frozenset(ids) for word, ids in by_word.items()}
        self._words = sorted(self._sources)

    def word(self, word: str) -> frozenset[int]:
        """The sources whose name has this folded word."""
        return self._sources.get(word, frozenset())

    def beginning(self, beginning: str) -> frozenset[int]:
        """The sources whose name has a word that begins so."""
        return frozenset(id for word in self._from(beginning) for id in self._sources[word])

    def phrase(self, words: Sequence[str]) -> frozenset[int]:
        """The sources whose name has these folded words, one after the other."""
        if not words:
            return frozenset()
        wanted = f" {' '.join(words)} "
        some = frozenset.intersection(*map(self.word, words))
        return frozenset(id for id in some if wanted in self._texts[id])

    def _from(self, beginning: str) -> Iterator[str]:
        for at in range(bisect_left(self._words, beginning), len(self._words)):
            if not self._words[at].startswith(beginning):
                return
            yield self._words[at]


@lru_cache(maxsize=1 << 13)  # names are the same at each key that is pressed
def folded(name: str) -> str:
    """``name`` for comparison; as it is where folding leaves nothing of it, such as an accent alone; "" of blanks."""
    return fold(name).strip() or name.strip()


def _named(named: list[tuple[tuple[str, ...], T]], name: str) -> list[T]:
    wanted = folded(name)
    if not wanted:
        return []
    known = [([folded(text) for text in texts if text], each) for texts, each in named]
    exact = [each for texts, each in known if wanted in texts]
    begins = [each for texts, each in known if any(text.startswith(wanted) for text in texts)]
    contains = [each for texts, each in known if any(wanted in text for text in texts)]
    return exact or begins or contains
