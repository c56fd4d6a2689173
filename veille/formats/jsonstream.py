"""JSON that is too large to be read at once: the entries of one array, one by one, by the standard library.

Not by ijson: it keeps the path of every level, so that 30 kB of brackets take 2 GB of memory, it gives up at integers
beyond 64 bits, and it is no faster.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from veille.errors import BadFile
from veille.formats.encodings import texts
from veille.formats.files import LONGEST_ROW, Stream
from veille.i18n import N_, ngettext

_HEAD = 2000  # characters in which the JSON must begin
_MOST_PIECES = 400_000  # brackets and commas of one entry: each may become an object of 100 bytes
_SMALL = 200_000  # characters that cannot become too much
_LONGEST_SKIPPED = 64_000_000  # characters of an entry that is passed over
_AT_ONCE = 1_000_000  # characters that are read at most to go on
_LONGEST_INTEGER = 30  # digits
_LONGEST_MARK = 10  # characters: what may be cut in two where a text ends, as \u00e9 or false
_QUOTED, _BARE = re.compile(r'(?:\\.)+|"', re.DOTALL), re.compile(r'["\[\]{},]')  # in a string, and outside
_ASSIGNED = re.compile(r"\s*[^=\s][^=]{0,500}=\s*(?=[\[{])")  # window.YTD.tweets.part0 = [
_BLANK = re.compile(r"\s*")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)
TOO_LARGE = object()  # stands for an entry that is passed over: it would fill the memory


def entries(stream: Stream, key: str = "") -> Iterator[Any]:
    """The entries of the array that ``stream`` holds, or, where it holds an object, of the array under its ``key``;
    without ``key`` an object is the only entry itself.

    What is written before the JSON, as ``window.YTD.tweets.part0 =`` in X archives, is passed over, and so is what
    comes after it. Any encoding is read. Entries may be anything, not only objects; :data:`TOO_LARGE` stands for one
    that is. Raises BadFile, after what came before was given, for what is damaged, ends early, or is no JSON.
    """
    text = _Text(stream)
    try:
        if text.begin() == "[" or (key and _found(text, key)):
            yield from _array(text)
        elif not key:
            yield text.entry()
    except _TooLargeError:  # it has no end, or is a name, or blanks
        raise BadFile(name=stream.name, detail=N_("one entry in it is far too large")) from None
    text.end()


def _array(text: "_Text") -> Iterator[Any]:
    """The entries of the array that begins here."""
    text.at += 1
    if text.next() == "]":
        return
    while True:
        yield text.entry()
        if text.next() == "]":
            return
        text.expect(",")


def _found(text: "_Text", key: str) -> bool:
    """Whether the object that begins here has an array under ``key``, which then is the next; others are passed by."""
    text.at += 1
    while text.next() == '"':
        name = text.value()
        text.expect(":")
        if text.next() == "[" and name == key:
            return True
        text.entry()
        if text.next() == "}":
            return False
        text.expect(",")
    return False


class _Text:
    """The text of a stream, of which little is kept: what is not read yet, as much as one entry takes."""

    def __init__(self, stream: Stream) -> None:
        self.at = 0
        self._stream = stream
        self._pieces = texts(stream)
        self._text = ""
        self._given = 0  # entries

    def begin(self) -> str:
        """Go to where the JSON begins, and say how: with a bracket."""
        while len(self._text) < _HEAD and self._more():
            pass
        assigned = _ASSIGNED.match(self._text)
        if assigned and self.next() not in ("[", "{"):
            self.at = assigned.end()
        if self.next() not in ("[", "{"):
            raise self._bad(N_("it is not JSON"))
        return self.next()

    def end(self) -> None:
        """Read what is left, so that a checksum is looked at."""
        for _rest in self._pieces:
            pass

    def next(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            blank = _BLANK.match(self._text, self.at)
            assert blank
            self.at = blank.end()
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._more():
                return ""

    def expect(self, sign: str) -> None:
        """Go past ``sign``, which must come next."""
        if self.next() != sign:
            raise self._broken(not self.next())
        self.at += 1

    def entry(self) -> Any:
        """The value that begins here, counted."""
        try:
            value = self.value()
        except _TooLargeError:
            self._skip()
            value = TOO_LARGE
        self._given += 1
        self._stream.let_go()
        return value

    def value(self) -> Any:
        """The value that begins here. Raises _TooLargeError."""
        self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self.at)
            except RecursionError:
                raise self._bad(N_("it is built to do harm: its parts lie far too deep in one another")) from None
            except json.JSONDecodeError as error:
                early = error.msg.startswith("Unterminated") or error.pos > len(self._text) - _LONGEST_MARK
                if not (early and self._more()):
                    raise self._broken(early) from None
                continue
            length = end - self.at
            if end < len(self._text) or self._text[end - 1] in '"]}' or not self._more():  # a number might go on
                self.at += length
                return value

    def _skip(self) -> None:
        """Go past the value that begins here, without keeping it; one that goes on and on is not worth the wait."""
        depth, quoted, left = 0, False, _LONGEST_SKIPPED
        self._stream.let_go()
        while True:
            sign = (_QUOTED if quoted else _BARE).search(self._text, self.at)
            if sign is None:
                left -= len(self._text)
                if left < 0:
                    raise _TooLargeError
                self._pass_on(quoted)
                continue
            self.at = sign.end()
            if sign[0] == '"':
                quoted = not quoted
            elif quoted:
                continue
            elif sign[0] in "[{":
                depth += 1
            elif not depth:  # the end of what it stands in
                self.at = sign.start()
                return
            elif sign[0] != ",":
                depth -= 1
            else:
                continue
            if not depth and not quoted:
                return

    def _pass_on(self, quoted: bool) -> None:
        """The next piece of text in place of this one; a backslash may have its character there."""
        kept = "\\" if quoted and self._text[self.at :].endswith("\\") else ""
        piece = next(self._pieces, "")
        if not piece:
            raise self._broken(True)
        self._text, self.at = kept + piece, 0
        self._stream.let_go()

    def _more(self) -> bool:
        """More text behind what is left: as much again, so that a long entry is read few times; False at the end.

        Raises _TooLargeError.
        """
        left = [self._text[self.at :]]
        length = len(left[0])
        if length > LONGEST_ROW or (length > _SMALL and _pieces(left[0]) > _MOST_PIECES):
            raise _TooLargeError
        wanted = min(length, _AT_ONCE)
        while not self._stream.full and (piece := next(self._pieces, "")):
            left.append(piece)
            wanted -= len(piece)
            if wanted <= 0:
                break
        if len(left) == 1 and self._stream.full:
            raise _TooLargeError
        self._text, self.at = "".join(left), 0
        return len(left) > 1

    def _broken(self, early: bool) -> BadFile:
        """Where it broke, in the language in force."""
        given = self._given
        if early:
            text = ngettext("it ends too early, after {count} entry", "it ends too early, after {count} entries", given)
        else:
            text = ngettext("it is damaged after {count} entry", "it is damaged after {count} entries", given)
        return self._bad(text.format(count=given))

    def _bad(self, detail: str) -> BadFile:
        return BadFile(name=self._stream.name, detail=detail)


class _TooLargeError(Exception):
    pass


def _pieces(text: str) -> int:
    return text.count("[") + text.count("{") + text.count(",")
