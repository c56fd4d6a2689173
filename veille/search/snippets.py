"""Marking in a text the words that a question found in it, by the index's own rules of what a word is."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from veille.content.text import plain
from veille.model import Snippet
from veille.search.analysis import Span, spans, stems, tokens
from veille.search.query import Question

FURTHEST = 100_000  # characters of a text that are looked through
LEAD = 40  # characters before the first marked word of an excerpt


def words_of(question: Question) -> tuple[str, ...]:
    """What :func:`mark` and :func:`excerpt` mark: words, prefixes as ``begin*``, phrases as their words with spaces."""
    phrases = (" ".join(phrase) for phrase in question.phrases)
    prefixes = (f"{prefix}*" for prefix in (*question.prefixes, question.typed) if prefix)
    return tuple(dict.fromkeys((*question.words, *phrases, *prefixes)))


def mark(text: str, words: tuple[str, ...]) -> Snippet:
    """The whole ``text`` with its stretches that match one of ``words``."""
    found = spans(text) if words else []
    hit = _matcher(words).hits(found)
    return Snippet(text, tuple(_apart((each.start, each.end) for each, yes in zip(found, hit, strict=True) if yes)))


def excerpt(text: str, words: tuple[str, ...], length: int = 200) -> Snippet:
    """About ``length`` characters of ``text``, on one line, where it matches most; its beginning when nowhere."""
    line = plain(text[:FURTHEST])
    whole = mark(line, words)
    start = _start(line, whole.marks, length)
    end = _end(line, start, length)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in whole.marks if a >= start and b <= end)
    return Snippet(before + line[start:end] + after, marks)


def _apart(marks: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """``marks`` in order, those that overlap as one: a word and the hashtag that it is in."""
    start, end = 0, 0
    for mark in sorted(marks):
        if mark[0] >= end:
            if end:
                yield start, end
            start = mark[0]
        end = max(end, mark[1])
    if end:
        yield start, end


def _start(line: str, marks: tuple[tuple[int, int], ...], length: int) -> int:
    """Where the excerpt with the most different marked words begins."""
    best, first = 0, 0
    for at, (start, _end) in enumerate(marks[:length]):
        within = {line[a:b].casefold() for a, b in marks[at : at + length] if b <= start + length - LEAD}
        if len(within) > best:
            best, first = len(within), start
    if first <= LEAD or len(line) <= length:
        return 0
    at = max(0, min(first - LEAD, len(line) - length))
    return line.find(" ", at, first) + 1 or first


def _end(line: str, start: int, length: int) -> int:
    if len(line) - start <= length:
        return len(line)
    space = line.rfind(" ", start + length // 2, start + length + 1)
    return space if space > 0 else start + length


class _Matcher:
    """Knows the words that are searched; remembers what it decided for each word of a text."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._prefixes = tuple(word[:-1] for word in words if word.endswith("*"))
        self._phrases = [phrase for word in words if len(phrase := tuple(tokens(word))) > 1]
        single = [stems(word) for word in words if word and not word.endswith("*") and " " not in word]
        self._french = {french for french, _english in single}
        self._english = {english for _french, english in single}
        self._known: dict[str, bool] = {}

    def hits(self, found: list[Span]) -> list[bool]:
        """For each word of a text, whether it is one that is searched."""
        within = self._within(found) if self._phrases else frozenset()
        return [self._is(each.word) or (each.place, each.word) in within for each in found]

    def _within(self, found: list[Span]) -> set[tuple[int, str]]:
        """The words that are part of a phrase, with their places."""
        there = {(each.place, each.word) for each in found}
        rows = (
            set(enumerate(phrase, each.place)) for phrase in self._phrases for each in found if each.word == phrase[0]
        )
        return set[tuple[int, str]]().union(*(row for row in rows if row <= there))

    def _is(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._decide(word)
        return known

    def _decide(self, word: str) -> bool:
        if word.startswith(self._prefixes):
            return True
        if not self._french:
            return False
        french, english = stems(word)
        return french in self._french or english in self._english


@lru_cache(maxsize=8)
def _matcher(words: tuple[str, ...]) -> _Matcher:
    return _Matcher(words)
