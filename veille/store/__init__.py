"""The store: one SQLite file in the profile's folder, which is the truth. Everything else can be rebuilt from it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from veille.errors import NotFound, ProfileNewer, ProfileUnwritable, os_detail
from veille.i18n import _
from veille.model import Clock
from veille.store import header, schema
from veille.store.database import Database
from veille.store.filters import Filter
from veille.store.history import Entry, HistoryLog
from veille.store.items import Items
from veille.store.lock import ProfileLock
from veille.store.marks import Marks
from veille.store.queue import IndexQueue
from veille.store.sources import Sources
from veille.store.values import Values

__all__ = [
    "Database", "Entry", "Filter", "HistoryLog", "IndexQueue", "Items", "Marks", "Sources", "Store", "Values",
    "open_store"]  # fmt: skip

_DATABASE = "veille.db"
_LOCK = "veille.lock"


@dataclass(frozen=True)
class Store:
    """An open profile, one small class per concern over one database."""

    folder: Path
    writable: bool
    db: Database
    sources: Sources
    items: Items
    marks: Marks
    queue: IndexQueue
    history: HistoryLog
    values: Values
    _lock: ProfileLock | None

    def close(self) -> None:
        """Close every connection and free the profile. Other threads have stopped using it."""
        self.db.close()
        if self._lock:
            self._lock.close()


def open_store(folder: Path, *, write: bool, clock: Clock) -> Store:
    """Open the profile in ``folder``, with ``write`` creating or migrating it.

    Raises :class:`ProfileBusy` when another process writes to it, :class:`ProfileNewer` and
    :class:`ProfileDamaged` with everything left as it was, :class:`ProfileUnwritable` for a folder that cannot be
    used and, without ``write``, :class:`NotFound` when there is no profile.
    """
    path = folder / _DATABASE
    with _folder_errors(folder), ExitStack() as opened:
        _check_version(path, write)
        lock = None
        if write:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = ProfileLock(folder / _LOCK)
            opened.callback(lock.close)
            path.touch(mode=0o600)  # SQLite gives the files beside it the same permissions
        db = Database(path, write=write)
        opened.pop_all()
    history = HistoryLog(db, clock)
    return Store(
        folder=folder, writable=write, db=db, sources=Sources(db, history, clock), items=Items(db, clock),
        marks=Marks(db, history), queue=IndexQueue(db), history=history, values=Values(db), _lock=lock)  # fmt: skip


def _check_version(path: Path, write: bool) -> None:
    """Refuse what this Veille must not open, before anything is touched."""
    found = header.version_of(path, schema.APPLICATION)
    if found > schema.VERSION:
        raise ProfileNewer(found=found, known=schema.VERSION)
    if write:
        return
    if not found:
        raise NotFound(what=_("profile"), name=str(path.parent))
    if found < schema.VERSION:
        detail = _("it must first be brought up to date, by opening it in the window")
        raise ProfileUnwritable(path=str(path.parent), detail=detail)


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProfileUnwritable(path=str(folder), detail=os_detail(error)) from error
