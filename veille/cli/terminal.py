"""What reaches the terminal: wrapped lines or JSON on stdout, one-line messages and progress on stderr.

Nothing from outside reaches it unwashed: a title may hold escape sequences that would move the cursor,
change the window's title or type for the person.
"""

import json
import os
import re
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TextIO

from veille.content.text import plain, printable
from veille.i18n import number
from veille.model import Snippet

_BOLD, _NORMAL, _CLEAR = "\x1b[1m", "\x1b[0m", "\r\x1b[K"
_ON, _OFF = "\ue000", "\ue001"  # stand for the two above while a line is wrapped: private use, never shown
_BREAKS = re.compile("[^\\S\u00a0\u202f]+")  # spaces where a line may end
_KEPT = str.maketrans("\u00a0\u202f", "  ")
_WIDTH = 100  # where the output is no terminal
_WIDEST = 120  # a longer line is hard to read
_LONGEST_SECRET = 2000  # characters that are read of one


class Terminal:
    """The person's terminal, or the files that stand for it. ``json`` asks for objects instead of text."""

    def __init__(self, json: bool = False) -> None:
        self.json = json
        self.progress = TerminalProgress()
        self._bold = _obeys(sys.stdout)
        self._width = max(40, min(_columns(), _WIDEST))

    @property
    def width(self) -> int:
        """How many characters a line has."""
        return self._width

    def object(self, keys: Mapping[str, object]) -> None:
        """One object on a line of its own, in ASCII: the same whatever the terminal's encoding."""
        print(json.dumps(keys, default=iso))

    def line(self, text: str | Snippet = "", indent: int = 0, first: str = "") -> None:
        """``text`` wrapped, each line ``indent`` spaces in, marked words in bold; ``first`` starts the first line.

        A line does not end at a no-break space; the terminal gets a plain one, which every encoding has.
        """
        margin = " " * indent
        lines = textwrap.wrap(
            _folded(_with_marks(text) if isinstance(text, Snippet) else text), self._width,
            initial_indent=first.ljust(indent), subsequent_indent=margin,
            break_long_words=False, break_on_hyphens=False)  # fmt: skip
        on, off = (_BOLD, _NORMAL) if self._bold else ("", "")
        print("\n".join(lines or [first]).translate(_KEPT).replace(_ON, on).replace(_OFF, off))

    def say(self, text: str) -> None:
        """What was done, as the answer; beside it where that is objects."""
        if self.json:
            self.note(text)
        else:
            self.line(text)

    def note(self, text: str) -> None:
        """Something to know beside the answer, on one line of stderr."""
        self.progress.clear()
        print(plain(text), file=sys.stderr, flush=True)

    def confirm(self, question: str) -> bool:
        """Whether the person answers yes; False where nobody is there to be asked."""
        if not (sys.stdin and sys.stdin.isatty()):
            return False
        self.progress.clear()
        print(plain(question), end=" ", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes", "o", "oui")

    def secret(self, question: str) -> str:
        """What the person types, unseen; the first line of standard input where nobody types."""
        if not sys.stdin:
            return ""
        if not sys.stdin.isatty():
            return sys.stdin.readline(_LONGEST_SECRET)
        from getpass import getpass

        self.progress.clear()
        try:
            return getpass(f"{plain(question)} ", sys.stderr)
        except EOFError:
            return ""

    def error(self, text: str) -> None:
        """Why it failed, on one line of stderr."""
        self.note(f"veille: {text}")


class TerminalProgress:
    """A :class:`veille.model.Progress` on stderr where that is a terminal; silent elsewhere."""

    def __init__(self) -> None:
        self._visible = _obeys(sys.stderr)
        self._shown = False
        self._cancelled = False

    def step(self, done: int, total: int, text: str = "") -> None:
        """Show where the work is."""
        if self._visible:
            place = f"{number(done)}/{number(total)}" if total else number(done)
            print(_CLEAR + plain(f"{place} {text}")[: _columns() - 1], end="", file=sys.stderr, flush=True)
            self._shown = True

    @property
    def cancelled(self) -> bool:
        """Whether the person pressed Ctrl-C."""
        return self._cancelled

    def clear(self) -> None:
        """Take the progress away before something else is written."""
        if self._shown:
            print(_CLEAR, end="", file=sys.stderr, flush=True)
            self._shown = False

    @contextmanager
    def cancellable(self) -> Iterator["TerminalProgress"]:
        """Inside, a first Ctrl-C asks the work to stop and keep what it has; a second one ends it at once."""

        def cancel(_signal: int, _frame: FrameType | None) -> None:
            self._cancelled = True
            signal.signal(signal.SIGINT, before)

        before = signal.signal(signal.SIGINT, cancel)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)
            self.clear()


def iso(when: object) -> str | None:
    """ISO 8601 in UTC to the second, as every object has it; None stays."""
    if when is None:
        return None
    if not isinstance(when, datetime):
        raise TypeError(type(when).__name__)
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _columns() -> int:
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def _obeys(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal that knows escape sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and os.name == "posix"


def _with_marks(snippet: Snippet) -> str:
    pieces: list[str] = []
    place = 0
    for start, end in snippet.marks:
        pieces += [snippet.text[place:start], _ON, snippet.text[start:end], _OFF]
        place = end
    return "".join([*pieces, snippet.text[place:]])


def _folded(text: str) -> str:
    """``text`` on one line, as :func:`plain` gives it, with its no-break spaces."""
    return _BREAKS.sub(" ", printable(text)).strip()
