"""Marking in a text the words that a question found in it, by the index's own rules of what a word is."""

from functools import lru_cache

from veille.content.text import plain
from veille.model import Snippet
from veille.search.marking import Marker, Stretch
from veille.search.query.question import Beginning, Node, Phrase, Word, wanted

FURTHEST = 100_000  # characters of a text that are looked through
LEAD = 40  # characters before the first marked word of an excerpt


def words_of(root: Node) -> tuple[str, ...]:
    """What :func:`mark` and :func:`excerpt` mark: words, beginnings as ``begin*``, phrases as words with spaces."""
    return tuple(dict.fromkeys(map(_written, wanted(root))))


def _written(node: Word | Beginning | Phrase) -> str:
    if isinstance(node, Phrase):
        return " ".join(node.words)
    return f"{node.text}*" if isinstance(node, Beginning) else node.text


def mark(text: str, words: tuple[str, ...]) -> Snippet:
    """The whole ``text`` with its stretches that match one of ``words``."""
    return Snippet(text, _marker(words).marks(text) if words else ())


def excerpt(text: str, words: tuple[str, ...], length: int = 200) -> Snippet:
    """About ``length`` characters of ``text``, on one line, where it matches most; its beginning when nowhere."""
    line = _line(text[:FURTHEST])
    whole = mark(line, words)
    start = _start(line, whole.marks, length)
    end = _end(line, start, length)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    marks = tuple((a + shift, b + shift) for a, b in whole.marks if a >= start and b <= end)
    return Snippet(before + line[start:end] + after, marks)


def _line(text: str) -> str:
    """``text`` on one line; what is so already, as the text of an item, is told at once."""
    single = text.isprintable() and "  " not in text and text.strip() == text
    return text if single else plain(text)


def _start(line: str, marks: tuple[Stretch, ...], length: int) -> int:
    """Where the excerpt with the most different marked words begins."""
    marks = marks[: 2 * length]  # those that the first ``length`` windows can hold
    said = [line[start:end].casefold() for start, end in marks]
    best, first, last = 0, 0, 0
    for at, (start, _end) in enumerate(marks[:length]):
        while last < len(marks) and marks[last][1] <= start + length - LEAD:
            last += 1
        if last - at > best and (different := len(set(said[at:last]))) > best:
            best, first = different, start
    if first <= LEAD or len(line) <= length:
        return 0
    at = max(0, min(first - LEAD, len(line) - length))
    return line.find(" ", at, first) + 1 or first


def _end(line: str, start: int, length: int) -> int:
    if len(line) - start <= length:
        return len(line)
    space = line.rfind(" ", start + length // 2, start + length + 1)
    return space if space > 0 else start + length


@lru_cache(maxsize=8)
def _marker(words: tuple[str, ...]) -> Marker:
    return Marker(words)
