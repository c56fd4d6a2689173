"""CSV as other programs write it, streamed: each record by the names of its columns, or why it cannot be read."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from veille.content.text import plain
from veille.errors import BadFile
from veille.formats.encodings import texts
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, refused, row
from veille.i18n import _

_LONGEST = 2_000_000  # characters of a record
_MOST_COLUMNS = 200
_MOST_TRIES = 50  # records that are looked for anew behind a quotation mark that nothing closes
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)  # as Excel has it
_END = re.compile(r"\r\n|\r|\n")
_READ = 10_000  # characters that are looked at of a header, or of a line that is no record


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table. ``number`` counts from 1 below the header; ``values`` are by the names of the columns in
    lower case, "" where the record has none. ``problem`` says why it cannot be read, "" when it can."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def read(
    stream: Stream, collection: Collection, seen: datetime, needed: Iterable[str], said: Callable[[Record], Said]
) -> Iterator[Row]:
    """A row for each record of ``stream``, of which ``said`` says what it says. Raises BadFile as :func:`records`."""
    for record in records(stream, *needed):
        made = said(record)
        if record.problem:
            yield refused(record.number, record.problem, made.title, made.url)
        else:
            yield row(record.number, collection, made, seen)


def records(stream: Stream, *needed: str) -> Iterator[Record]:
    """The records of a table whose header has the columns ``needed``. Raises BadFile when there is no such header.

    A quotation mark that nothing closes costs the record that it is in, not those that follow.
    """
    given = _Lines(texts(stream))
    header, separator = header_of(next(given, ""))
    if not header:
        header, separator = header_of(next(given, ""), separator)
    for name in needed:
        if name not in header:
            raise BadFile(name=stream.name, detail=_("it has no column “{name}”").format(name=name))
    found = _split(given, separator, len(header))
    for number, (fields, problem) in enumerate(found, 1):
        yield Record(number, dict(zip(header, fields, strict=False)), problem)


def header_of(line: str, separator: str = "") -> tuple[list[str], str]:
    """The names of the columns in lower case, and what parts them; no names for a line that says only the latter."""
    if declared := _DECLARED.match(line):
        return [], declared[1]
    line = line[:_READ]
    separator = separator or max(_SEPARATORS, key=line.count)
    names = [plain(name).lower().replace("_", " ") for name in _fields(line, separator)]
    return names[:_MOST_COLUMNS] or [""], separator


class _Lines:
    """Lines with their ends; the last one may have none. ``over`` when one was asked for and there was none."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._given = lines(pieces)
        self._back: deque[str] = deque()
        self.over = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._given, "")
        self.over = not line
        if not line:
            raise StopIteration
        return line

    def back(self, lines: list[str]) -> None:
        """Give ``lines`` once more."""
        self._back.extendleft(reversed(lines))


def lines(pieces: Iterable[str]) -> Iterator[str]:
    """Lines with their ends; one that is far too long comes in pieces."""
    kept = ""
    for piece in pieces:
        text, start = kept + piece, 0
        for end in _END.finditer(text):
            if end.end() == len(text) and end[0] == "\r":
                break  # perhaps half an end
            yield text[start : end.end()]
            start = end.end()
        kept = text[start:]
        if len(kept) > _LONGEST:
            yield kept
            kept = ""
    if kept:
        yield kept


def _split(given: _Lines, separator: str, width: int) -> Iterator[tuple[list[str], str]]:
    """The fields of each record, ``width`` of them in a whole one, and what is wrong with it. Empty lines are none."""
    csv.field_size_limit(2 * _LONGEST)  # the record has a cap of its own
    taken: list[str] = []
    reader = _reader(given, taken, separator)
    tries = 0
    while True:
        taken.clear()
        problem, fields = "", list[str]()
        try:
            fields = next(reader)
            if 0 < len(fields) < width and not _whole(taken[-1]):
                problem = _("The file ends in the middle of it.")
        except StopIteration:
            return
        except _TooLongError:
            problem = _("It is far too long.")
        except csv.Error as error:
            if given.over:  # within quotation marks
                problem = _("The file ends in the middle of it.")
            elif len(taken) > 1 or len(fields := _fields(taken[0], separator)) != width:
                problem = _("It is damaged ({detail}).").format(detail=error)
            reader = _reader(given, taken, separator)
        if problem:
            fields = _rough(taken[0], separator)
            tries += 1
            following = _following(taken, separator, width) if tries <= _MOST_TRIES else 0
            if following:
                given.back(taken[following:])
                problem = _("A quotation mark in it is not closed.")
            reader = _reader(given, taken, separator)
        if fields or problem:
            yield fields, problem


def _reader(given: _Lines, taken: list[str], separator: str) -> Iterator[list[str]]:
    """Strict, since a mark that is not closed would otherwise end at one that opens, records later."""
    return csv.reader(_fed(given, taken), delimiter=separator, strict=True)


class _TooLongError(Exception):
    pass


def _fed(given: _Lines, taken: list[str]) -> Iterator[str]:
    """The lines ``given``, of which those of one record are kept in ``taken``; raises _TooLongError."""
    size = 0
    for line in given:
        size = size + len(line) if taken else len(line)
        taken.append(line)
        if size > _LONGEST:
            while not _whole(line):  # the rest of it, which is no line of its own
                line = next(given, "\n")
            raise _TooLongError
        yield line


def _following(taken: list[str], separator: str, width: int) -> int:
    """Which of the lines that a record took begins the next one, if any does: it has ``width`` fields by itself."""
    whole = (at for at, line in enumerate(taken) if at and len(_fields(line, separator)) == width)
    return next(whole, 0)


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _rough(line: str, separator: str) -> list[str]:
    """The fields of a line whose quotation marks mean nothing."""
    return [part.strip(' "\r\n') for part in line[:_READ].split(separator)]


def _whole(line: str) -> bool:
    return line.endswith(("\r", "\n"))
