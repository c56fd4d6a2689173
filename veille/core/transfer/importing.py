"""Bringing in what was saved in another program: every row is added, already there, or refused with its reason.

Rows are stored a few hundred at a time, so that nobody who writes waits for an import; the history holds it as one
change. What cannot be stored is looked for by halves: the rows beside it go on.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from veille.content.text import excerpt, plain
from veille.core.transfer.bringing import Bringing
from veille.errors import BadFile, Unreadable, VeilleError
from veille.formats.entry import Batch, Entry, Format, Refused, Row
from veille.i18n import _, ngettext, number
from veille.model import Changes, Clock, Progress

if TYPE_CHECKING:
    from veille.store import Store

KEPT = 1000  # refused rows that a report holds; the others are counted
BATCH = 500  # rows that are stored together
_TELL = 1.0  # seconds between two looks that others take at what came
_TITLE, _ADDRESS = 200, 500  # characters of a row that a report repeats


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each row that was read: ``added + known + refused == rows``, stopped or not.

    ``known`` were in the library before, or twice in the file; ``refusals`` are the first of the refused. ``cut`` rows
    were kept, but not with all their tags, notes or passages; ``losses`` are the first of these, and say what is
    missing.
    """

    format: Format
    rows: int = 0
    added: int = 0
    known: int = 0
    refused: int = 0
    refusals: tuple[Refused, ...] = ()
    changes: Changes = field(default_factory=Changes)
    cancelled: bool = False
    cut: int = 0
    losses: tuple[Refused, ...] = ()

    @property
    def text(self) -> str:
        """The import in one sentence, which leaves out nothing."""
        parts = [
            ngettext("{n} item added", "{n} items added", self.added).format(n=number(self.added)),
            ngettext("{n} there already", "{n} there already", self.known).format(n=number(self.known)),
            ngettext("{n} could not be used", "{n} could not be used", self.refused).format(n=number(self.refused)),
        ]
        if self.cut:
            text = ngettext("{n} was not kept whole", "{n} were not kept whole", self.cut)
            parts.append(text.format(n=number(self.cut)))
        text = ", ".join(parts) + "."
        return _("Stopped before the end: {what}").format(what=text) if self.cancelled else text


class Importer:
    """``read`` gives the rows of a file, from a process of its own; ``wake`` tells the indexer of each batch."""

    def __init__(
        self, store: "Store", clock: Clock, read: Callable[[Path, Format], Iterator[Batch]], wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._read = read
        self._wake = wake

    def run(
        self,
        path: Path,
        format: Format,
        progress: Progress,
        on_changes: Callable[[Changes], None] = lambda _changes: None,
    ) -> Report:
        """Take in every row of the file, or of the unpacked archive, at ``path``, as one change that can be undone.

        What came before a cancellation, a failure of the disk or the damaged part of a file is kept; to do it again is
        safe. ``on_changes`` hears about once a second what came. Raises BadFile when nothing can be read at all, and
        ProfileUnwritable.
        """
        name = plain(path.name)
        text = _("“{name}” was imported.").format(name=name)
        cancelled, told = False, self._clock.monotonic()
        with closing(Bringing(self._store, self._clock, text)) as bringing, _closing(self._read(path, format)) as read:
            account = _Account(bringing, self._wake)
            bringing.learn(progress)
            for batch in _readable(read, account, name):
                cancelled = not account.take(batch.rows, progress) or progress.cancelled
                progress.step(*_share(batch), _rows(account.rows))
                if self._clock.monotonic() - told >= _TELL:
                    told = self._clock.monotonic()
                    on_changes(account.news())
                if cancelled:
                    break
            entry = bringing.entry
        on_changes(account.news())
        changes = Changes(account.sources, outline=True, undo=entry, text=text)
        return Report(
            format, account.rows, account.added, account.known, account.refused, tuple(account.refusals), changes,
            cancelled, account.cut, tuple(account.losses))  # fmt: skip


class _Account:
    """Takes rows in and counts what became of each."""

    def __init__(self, bringing: Bringing, wake: Callable[[], None]) -> None:
        self._bringing = bringing
        self._wake = wake
        self._news = Changes()
        self.added = self.known = self.refused = self.cut = 0
        self.refusals: list[Refused] = []
        self.losses: list[Refused] = []
        self.sources: frozenset[int] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self.added + self.known + self.refused

    def news(self) -> Changes:
        """What came since this was last asked."""
        news, self._news = self._news, Changes()
        return news

    def take(self, rows: Sequence[Row], progress: Progress) -> bool:
        """Take ``rows`` in; whether it came to their end before it was asked to stop."""
        for start in range(0, len(rows), BATCH):
            if progress.cancelled:
                return False
            some = rows[start : start + BATCH]
            self._bring([row for row in some if isinstance(row, Entry)])
            for row in some:
                if isinstance(row, Refused):
                    self.refuse(row)
        return True

    def refuse(self, row: Refused) -> None:
        """Count a row that cannot be used."""
        self.refused += 1
        if len(self.refusals) < KEPT:
            self.refusals.append(_told(row))

    def _bring(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        try:
            brought = self._bringing.bring(entries)
        except VeilleError:
            raise
        except Exception as error:  # whatever a row holds, those beside it are kept
            if len(entries) > 1:
                self._bring(entries[: len(entries) // 2])
                self._bring(entries[len(entries) // 2 :])
                return
            self.refuse(_unstorable(entries[0], error))
            return
        self.added += sum(brought.added)
        self.known += len(brought.added) - sum(brought.added)
        self.cut += len({(each.place, each.row) for each in brought.losses})
        self.losses += map(_told, brought.losses[: KEPT - len(self.losses)])
        self.sources |= brought.changes.sources
        self._news |= brought.changes
        self._wake()


def _readable(batches: Iterator[Batch], account: _Account, name: str) -> Iterator[Batch]:
    """``batches`` up to where they cannot be read; what is left of them then counts as a row that cannot be used.

    Raises BadFile when that is all.
    """
    while True:
        try:
            batch = next(batches, None)
        except (BadFile, Unreadable) as error:
            detail = str(error.facts.get("detail", error))
            if not account.rows:
                raise BadFile(name=name, detail=detail) from error
            reason = _("The rest of the file cannot be read: {detail}.").format(detail=detail)
            account.refuse(Refused(account.rows + 1, "", "", reason))
            return
        if batch is None:
            return
        yield batch


@contextmanager
def _closing(batches: Iterator[Batch]) -> Iterator[Iterator[Batch]]:
    """A generator is closed at the end: a process may stand behind it."""
    try:
        yield batches
    finally:
        if isinstance(batches, Generator):
            batches.close()


def _unstorable(entry: Entry, error: Exception) -> Refused:
    reason = _("It cannot be stored ({kind}).").format(kind=type(error).__name__)
    return Refused(entry.row, entry.item.title or entry.item.summary, entry.item.url, reason, entry.place)


def _told(row: Refused) -> Refused:
    """``row`` as it can be shown."""
    return replace(
        row, title=plain(row.title)[:_TITLE], address=plain(row.address)[:_ADDRESS], reason=excerpt(row.reason),
        place=plain(row.place)[:_TITLE])  # fmt: skip


def _share(batch: Batch) -> tuple[int, int]:
    """How much of the file was read, of a hundred; bytes would be taken for rows."""
    return (batch.done * 100 // batch.total, 100) if batch.total else (0, 0)


def _rows(count: int) -> str:
    return ngettext("{n} row", "{n} rows", count).format(n=number(count))
