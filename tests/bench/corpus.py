"""A made-up corpus: short posts and articles in French and English, of 300 sources in 8 sectors. Seeded.

No text is copied. Words are made of syllables, with Zipf's frequencies, inflected by each language's common
endings, and mixed with the function words that make up half of any text. Each sector prefers words of its
own, and names (two or three words) recur, for phrases. The same seed gives the same corpus everywhere.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from veille.model import Item, ItemKind
from veille.search.index import Document

END = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 3 * 365
SECTORS = ("energy", "finance", "health", "telecoms", "cars", "food", "luxury", "defence")
SOURCES = 300
POSTS = 0.7  # share of posts
STEMS = 14_000  # made-up words in each language, before inflection: about 40,000 forms
NAMES = 600

_COMMON = {
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se avec ce sont il ou "
    "mais leur ont aux cette ses sa elle nous été deux son même être aussi entre après fait tout ces sans comme "
    "peut selon encore ans on dont bien contre sous avant lors ainsi très où depuis autres près pays année",
    "en": "the of and to in a is that for it was on are as with his they at be this from have or by one had not but "
    "what all were when we there can an your which their said if do will each about how up out them then she many "
    "some so these would other into has more her two like him see time could no make than first been its who now",
}
_ENDINGS = {"fr": ("", "", "s", "e", "es", "er", "ation"), "en": ("", "", "s", "ed", "ing", "ment", "er")}
_ONSETS = {
    "fr": "b ch d f g j l m n p r s t v br cr pr tr gr pl fl qu é œu",
    "en": "b c d f g h k l m n p r s t w br cl dr st tr sh th wh fl",
}
_RIMES = {
    "fr": "a ai an au e é eau eu i in o oi on ou u ien eur ir el al",
    "en": "a ack ad ain al an ar ate ay e ea ell en er est i ick ide ill in ing it o old on ook or ow u un",
}
_SPAN = timedelta(days=DAYS)


@dataclass(frozen=True)
class Language:
    """Words with their cumulated frequencies, and each sector's own words."""

    words: list[str]
    weights: list[float]
    topics: dict[str, list[str]]


class Corpus:
    """``count`` items of a made-up world, ``posts`` of them posts (0 to 1).

    ``sector_of`` tells each source's sector; ``names`` recur as phrases. The words are the same for every count.
    """

    def __init__(self, count: int, seed: int = 7, posts: float = POSTS) -> None:
        self.count = count
        self._posts = posts
        self._random = random.Random(seed)
        self.languages = {lang: self._language(lang) for lang in ("fr", "en")}
        self.names = [self._name() for _ in range(NAMES)]
        self.sector_of = {source: SECTORS[source % len(SECTORS)] for source in range(1, SOURCES + 1)}
        self._language_of = {source: self._random.choices(("fr", "en"), (6, 4))[0] for source in self.sector_of}
        self._busy = list(accumulate(1 / rank**0.8 for rank in range(1, SOURCES + 1)))
        self._state = self._random.getstate()

    def documents(self) -> Iterator[Document]:
        """The items as the index takes them, oldest first."""
        self._random.setstate(self._state)
        for id in range(1, self.count + 1):
            source = self._draw(range(1, SOURCES + 1), self._busy)
            lang, sector = self._language_of[source], self.sector_of[source]
            post = self._random.random() < self._posts
            size = max(4, int(self._random.gauss(35, 10))) if post else max(60, int(self._random.gauss(400, 130)))
            yield Document(
                id=id, title="" if post else self._text(lang, sector, self._random.randint(6, 14)),
                text=self._text(lang, sector, size), author=f"Author {source}", source=source,
                kind=ItemKind.POST if post else ItemKind.ARTICLE, lang=lang, at=self._moment(id),
                tags=self._tags(lang, sector))  # fmt: skip

    def items(self) -> Iterator[Item]:
        """The same as the store takes them (without ids)."""
        for each in self.documents():
            yield Item(
                id=0, source=each.source, uid=f"made-up-{each.id}", kind=each.kind,
                url=f"https://source{each.source}.example/{each.id}", title=each.title, author=each.author,
                summary=each.text[:300], content=f"<p>{each.text}</p>", lang=each.lang, published=each.at,
                updated=None, seen=each.at, at=each.at, hash=str(each.id), tags=each.tags)  # fmt: skip

    def sources_of(self, sector: str) -> frozenset[int]:
        return frozenset(source for source, each in self.sector_of.items() if each == sector)

    def _moment(self, id: int) -> datetime:
        return END - _SPAN + _SPAN * (id / self.count) + timedelta(seconds=self._random.randrange(600))

    def _tags(self, lang: str, sector: str) -> tuple[str, ...]:
        """One or two for a third of the items."""
        rng = self._random
        if rng.random() > 1 / 3:
            return ()
        return tuple(rng.sample(self.languages[lang].topics[sector][:20], rng.choice((1, 2))))

    def _text(self, lang: str, sector: str, size: int) -> str:
        language, rng = self.languages[lang], self._random
        words = rng.choices(language.words, cum_weights=language.weights, k=size)
        topics = language.topics[sector]
        for _ in range(max(1, size // 12)):
            words[rng.randrange(size)] = topics[min(len(topics) - 1, int(rng.expovariate(1 / 40)))]
        if rng.random() < size / 100:
            words[rng.randrange(size)] = rng.choice(self.names)
        for start in range(0, size, 14):
            words[start] = words[start].capitalize()
            words[min(size - 1, start + 13)] += "."
        return " ".join(words)

    def _language(self, lang: str) -> Language:
        rng, words = self._random, dict.fromkeys(_COMMON[lang].split())
        onsets, rimes = _ONSETS[lang].split(), _RIMES[lang].split()
        while len(words) < STEMS * 3:
            length = rng.choices((1, 2, 3), (1, 5, 3))[0]
            stem = "".join(rng.choice(onsets) + rng.choice(rimes) for _ in range(length))
            words.update(dict.fromkeys(stem + ending for ending in rng.sample(_ENDINGS[lang], 3)))
        ordered = list(words)
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(ordered))))
        topics = {sector: rng.sample(ordered[300:12_000], 250) for sector in SECTORS}
        return Language(ordered, weights, topics)

    def _name(self) -> str:
        source = self.languages[self._random.choice(("fr", "en"))].words[2000:20_000]
        return " ".join(word.capitalize() for word in self._random.sample(source, self._random.choice((2, 2, 2, 3))))

    def _draw(self, among: Sequence[int], weights: list[float]) -> int:
        return among[bisect(weights, self._random.random() * weights[-1])]
