"""What is asked: classes of questions, each made for all who are asked."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.bench.corpus import END, SECTORS, Corpus
from veille.content.text import fold

QUESTIONS = 60  # of each class and order
WARM = 5


@dataclass(frozen=True)
class Asked:
    """One question: ``text`` as it is typed in Veille, ``match`` as FTS5 takes it, ``query`` as tantivy does.

    ``beginning`` is asked of tantivy in place of ``query``: its parser has no prefixes. ``sources``, ``since`` and
    ``until`` narrow it.
    """

    text: str
    match: str
    query: str
    beginning: str = ""
    sources: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


def classes(corpus: Corpus) -> dict[str, list[Asked]]:
    """Twice as many of each as are asked in one order. Made-up words only: nobody searches for function words."""
    return _Classes(corpus).made()


class _Classes:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._random = random.Random(11)
        self._made_up = [[word for word in each.words if len(word) > 4] for each in corpus.languages.values()]
        self._both = [word for pair in zip(*self._made_up, strict=False) for word in pair]
        self._count = 2 * (QUESTIONS + WARM)

    def made(self) -> dict[str, list[Asked]]:
        """By name; questions for several words are asked in one language."""
        common, rare = self._both[: self._count * 2], self._both[8000:20_000]
        return {
            "common": [_words(word) for word in self._random.sample(common, self._count)],
            "rare": [_words(word) for word in self._random.sample(rare, self._count)],
            "two": self._times(lambda words: _words(self._one(words, 300), self._one(words, 3000))),
            "three": self._times(lambda words: _words(*(self._one(words, 300) for _word in range(3)))),
            "phrase": [_phrase(name) for name in self._random.sample(self._corpus.names, self._count)],
            "prefix": [self._prefix(word) for word in self._random.sample(self._both[:6000], self._count)],
            "narrowed": [self._narrowed(word) for word in self._random.sample(common, self._count)],
            "or": self._times(lambda words: _either(self._one(words, 300), self._one(words, 3000))),
            "not": self._times(lambda words: _without(self._one(words, 300), self._one(words, 300))),
            "mixed": self._times(self._mixed),
        }

    def _times(self, make: Callable[[list[str]], Asked]) -> list[Asked]:
        return [make(self._made_up[at % 2]) for at in range(self._count)]

    def _one(self, words: list[str], among: int) -> str:
        return words[self._random.randrange(among)]

    def _prefix(self, word: str) -> Asked:
        """Half of a word is what is typed most of the time; short beginnings are the hard ones."""
        typed = word[: self._random.choice((2, 3, 4, 5))]
        return Asked(typed, f'"{typed}"*', "", fold(typed))

    def _narrowed(self, word: str) -> Asked:
        """A word in a sector and a period."""
        since = END - timedelta(days=self._random.randrange(100, 1000))
        until = since + timedelta(days=self._random.choice((7, 30, 365)))
        sources = self._corpus.sources_of(self._random.choice(SECTORS))
        return Asked(f"{word} ", f'"{word}"', f'"{word}"', sources=sources, since=since, until=until)

    def _mixed(self, words: list[str]) -> Asked:
        one, other, out = (self._one(words, 300) for _word in range(3))
        name = self._random.choice(self._corpus.names)
        return Asked(
            f'{one} ({other} OR "{name}") -{out} ', f'"{one}" AND ("{other}" OR "{name}") NOT "{out}"',
            f'+"{one}" +("{other}" OR "{name}") -"{out}"')  # fmt: skip


def _words(*words: str) -> Asked:
    quoted = [f'"{word}"' for word in words]
    return Asked(" ".join(words) + " ", " AND ".join(quoted), " ".join(f"+{word}" for word in quoted))


def _phrase(name: str) -> Asked:
    return Asked(f'"{name}"', f'"{name}"', f'"{name}"')


def _either(one: str, other: str) -> Asked:
    return Asked(f"{one} OR {other} ", f'"{one}" OR "{other}"', f'"{one}" OR "{other}"')


def _without(word: str, out: str) -> Asked:
    return Asked(f"{word} -{out} ", f'"{word}" NOT "{out}"', f'+"{word}" -"{out}"')
