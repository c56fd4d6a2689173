"""The store: two SQLite files in the profile's folder, which are the truth. Everything else can be rebuilt from them.

``veille.db`` holds what is watched, what came and what the person did; ``traces.db`` every contact that was made.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from veille.errors import NotFound, ProfileNewer, ProfileUnwritable, TracesDamaged, os_detail
from veille.i18n import _
from veille.model import Clock
from veille.store import header, replacing, schema, staging, tracing
from veille.store.arrivals import Arrival, Arrivals
from veille.store.articles import Articles
from veille.store.database import Broken, Database
from veille.store.desk import Desk, Figures
from veille.store.filters import Filter
from veille.store.highlights import Highlights
from veille.store.history import Entry, HistoryLog
from veille.store.items import Items
from veille.store.lock import ProfileLock
from veille.store.marks import Marks
from veille.store.migration import Schema
from veille.store.packs import PackRow, Packs
from veille.store.people import People
from veille.store.pictures import Pictures
from veille.store.posts import Posts
from veille.store.queue import IndexQueue
from veille.store.room import Room
from veille.store.rules import Rules
from veille.store.searches import Searches
from veille.store.sources import Sources
from veille.store.spending import Spending
from veille.store.traces import Traces
from veille.store.values import Values

__all__ = [
    "Arrival", "Arrivals", "Articles", "Database", "Desk", "Entry", "Figures", "Filter", "Highlights", "HistoryLog",
    "IndexQueue", "Items", "Marks", "PackRow", "Packs", "People", "Pictures", "Posts", "Room", "Rules", "Searches",
    "Sources", "Spending", "Store", "Traces", "Values", "open_store"]  # fmt: skip

_DATABASE, _TRACES = replacing.DATABASES


@dataclass(frozen=True)
class Store:
    """An open profile, one small class per concern; all but ``traces`` over one database."""

    folder: Path
    writable: bool
    db: Database
    sources: Sources
    items: Items
    posts: Posts
    marks: Marks
    highlights: Highlights
    queue: IndexQueue
    history: HistoryLog
    searches: Searches
    rules: Rules
    packs: Packs
    desk: Desk
    values: Values
    articles: Articles
    arrivals: Arrivals
    pictures: Pictures
    people: People
    spending: Spending
    room: Room
    traces: Traces
    _lock: ProfileLock | None

    @property
    def version(self) -> int:
        """A number that is another one once anything was written to ``veille.db``, here or beside a window that has it.

        It takes microseconds. What is derived of the store is kept under the version that was asked for **before** the
        store was: while the number stays, so does the answer::

            version = store.version
            if self._kept is None or self._kept[0] != version:
                self._kept = (version, derive(store.sources.outline(), store.items.hidden()))
            return self._kept[1]

        ``sources.outline``, ``items.hidden`` and the sets of ids of ``marks`` do so themselves. Nothing is to be kept
        that was derived inside a transaction or a snapshot.
        """
        return self.db.version

    def close(self) -> None:
        """Close every connection and free the profile. Other threads have stopped using it."""
        with ExitStack() as opened:
            if self._lock:
                opened.callback(self._lock.close)
            opened.callback(self.db.close)
            opened.callback(self.traces.close)


def open_store(folder: Path, *, write: bool, clock: Clock) -> Store:
    """Open the profile in ``folder``, with ``write`` creating or migrating it.

    Traces that are damaged raise :class:`TracesDamaged` when they are read, and when a contact is to be made.

    Raises :class:`ProfileBusy` when another process writes to it, :class:`ProfileNewer` and
    :class:`ProfileDamaged` with everything left as it was, :class:`ProfileUnwritable` for a folder that cannot be
    used and, without ``write``, :class:`NotFound` when there is no profile.
    """
    with _folder_errors(folder), ExitStack() as opened:
        replacing.recover(folder)
        if not _found(folder / _DATABASE, schema.PROFILE, write) and not write:
            raise NotFound(what=_("profile"), name=str(folder))
        lock = None
        if write:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = ProfileLock(folder / replacing.LOCK)
            opened.callback(lock.close)
            replacing.finish(folder)
            staging.sweep(folder, replacing.STAGING)
        traces = _traces(folder / _TRACES, write)
        opened.callback(traces.close)
        db = _open(folder / _DATABASE, schema.PROFILE, write)
        opened.pop_all()
    history = HistoryLog(db, clock)
    return Store(
        folder=folder, writable=write, db=db, sources=Sources(db, history, clock), items=Items(db, clock),
        posts=Posts(db), marks=Marks(db, history), highlights=Highlights(db, history),
        queue=IndexQueue(db), history=history, searches=Searches(db, history, clock),
        rules=Rules(db, history, clock), packs=Packs(db, history, clock), desk=Desk(db), values=Values(db, history),
        articles=Articles(db), arrivals=Arrivals(db), pictures=Pictures(db), people=People(db), spending=Spending(db),
        room=Room(db, folder, clock), traces=traces, _lock=lock)  # fmt: skip


def _traces(path: Path, write: bool) -> Traces:
    """Damaged ones do not keep the person from the rest: they can read, and no contact can be made."""
    try:
        found = _found(path, tracing.SCHEMA, write)
        return Traces(_open(path, tracing.SCHEMA, write), exists=found or write)
    except TracesDamaged as error:
        return Traces(Broken(error))


def _found(path: Path, known: Schema, write: bool) -> bool:
    """Whether there is a database; one that this Veille must not open is refused before anything is touched."""
    found = header.version_of(path, known)
    if found > known.version:
        raise ProfileNewer(found=found, known=known.version)
    if found and found < known.version and not write:
        detail = _("it must first be brought up to date, by opening it in the window")
        raise ProfileUnwritable(path=str(path.parent), detail=detail)
    return found > 0


def _open(path: Path, known: Schema, write: bool) -> Database:
    if write:
        path.touch(mode=0o600)  # SQLite gives the files beside it the same permissions
    return Database(path, known, write=write)


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProfileUnwritable(path=str(folder), detail=os_detail(error)) from error
