"""Files of packs in a place that others write to as well: a share, a synchronised folder, a checkout of git.

Nothing there is trusted to be a file, to be whole, or to stay: what is no file is not opened, what is read is capped,
and what is written takes the place of what was there only if that is still what it was.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event

from veille.content.text import plain
from veille.core.packs.reading import LARGEST, decode, is_key
from veille.errors import BadFile, PackUnfinished, ProfileUnwritable, os_detail
from veille.files import writing
from veille.i18n import _

SUFFIX = ".veille.toml"  # a pack is called KEY.veille.toml
PATIENCE = 120  # seconds after which a file that is not whole, or a lock, is no longer thought to be in use
MOST = 500  # files of a folder that are looked at
ROOM = 40_000_000  # bytes that they may have together; larger ones are left out
_TRIES = 60  # to have the place to oneself
_PAUSE = 0.05  # seconds between two of them
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class Changed(Exception):
    """Somebody wrote the file after it was read."""


@dataclass(frozen=True, slots=True)
class Print:
    """What tells a file that changed without reading it."""

    modified: int
    size: int
    number: int
    device: int


def absolute(place: Path) -> Path:
    """``place`` from the root; links stay, since they may come to lead elsewhere. Raises BadFile for what can be no
    place, or none that can be remembered."""
    with suppress(RuntimeError):  # the home of nobody: "~" is a letter as any other
        place = place.expanduser()
    if "\0" in str(place) or not _is_text(str(place)):
        raise BadFile(name=plain(str(place))[:200], detail=_("its name is no text in UTF-8"))
    return place.absolute()


def is_folder(place: Path) -> bool:
    """Whether ``place`` is a folder. Raises BadFile where that cannot be told."""
    try:
        return place.is_dir()
    except OSError as error:
        raise BadFile(name=str(place)[:200], detail=os_detail(error)) from error


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def fingerprint(path: Path) -> Print:
    """Of the file ``path`` as it is now. Raises OSError, BadFile for what is no file."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting for ever
        raise BadFile(name=path.name, detail=_("it is no file"))
    return Print(found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev)


def load(path: Path) -> str:
    """The text of the file ``path``. Raises OSError, BadFile and PackUnfinished."""
    fingerprint(path)
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAITING), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # put there in between
            raise BadFile(name=path.name, detail=_("it is no file"))
        data = file.read(LARGEST + 1)
    return decode(data, path.name)  # which refuses one that is too large


def given(path: Path) -> str:
    """As :func:`load`, of a file that a person named. Raises BadFile, PackUnfinished."""
    try:
        return load(path)
    except OSError as error:
        raise BadFile(name=path.name, detail=os_detail(error)) from error


def listed(folder: Path) -> list[Path]:
    """The files in ``folder`` that are called like packs, by name. Raises OSError.

    What Veille could not have called so is left out: copies that a synchronisation makes of conflicts, and names that
    are made to look like others.
    """
    with os.scandir(folder) as entries:
        names = [each.name for each in entries if each.name.endswith(SUFFIX)]
    paths = [folder / name for name in sorted(names) if is_key(name.removesuffix(SUFFIX))]
    found, left = list[Path](), ROOM
    for path in paths[:MOST]:
        size = _size(path)
        if size <= left:  # however many somebody puts there, they take no more memory
            found.append(path)
            left -= size
    return found


def _size(path: Path) -> int:
    try:
        return min(path.stat().st_size, LARGEST)
    except OSError:
        return 0


def file_at(place: Path, key: str) -> Path:
    """Where the pack ``key`` is at ``place``, a folder or a file. Raises BadFile when there is no such folder."""
    place = absolute(place)
    file = place / f"{key}{SUFFIX}" if is_folder(place) else place
    if not is_folder(file.parent):
        raise BadFile(name=str(file.parent), detail=_("it does not exist"))
    if file == place and place.suffix != ".toml":
        raise BadFile(name=str(place), detail=_("it is neither a folder nor called “…{ending}”").format(ending=SUFFIX))
    return file


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Write to ``path`` while no other Veille does. Raises PackUnfinished while one does, ProfileUnwritable.

    The lock is a file beside it. One that a killed Veille left is known by its age, by the clock of the disk that it
    is on: those of the machines may differ.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        _lock(lock, path)
    except OSError as error:
        raise ProfileUnwritable(path=str(path.parent), detail=os_detail(error)) from error
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()


def _lock(lock: Path, path: Path) -> None:
    for left in range(_TRIES, 0, -1):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
            return
        except FileExistsError:
            if left in (1, _TRIES) and _old(lock):
                lock.unlink(missing_ok=True)
            else:
                Event().wait(_PAUSE)
    raise PackUnfinished(name=path.name)


def _old(lock: Path) -> bool:
    with TemporaryFile(dir=lock.parent) as now:
        try:
            return os.fstat(now.fileno()).st_mtime - lock.stat().st_mtime > PATIENCE
        except FileNotFoundError:
            return False


def write(path: Path, text: str, before: str | None) -> None:
    """Write ``text`` to ``path``, whole or not at all. Raises Changed unless it still is ``before`` (None: not there),
    and ProfileUnwritable."""
    with writing(path) as file:
        file.write(text.encode())
        if _still(path) != before:
            raise Changed


def there(path: Path) -> str | None:
    """The text at ``path``; None where nothing is. Raises BadFile, also for a link that leads nowhere: what is written
    would appear wherever somebody else wants it to be. Raises PackUnfinished, ProfileUnwritable."""
    try:
        return load(path)
    except FileNotFoundError:
        if path.is_symlink():
            raise BadFile(name=path.name, detail=_("it is a link that leads nowhere")) from None
        return None
    except OSError as error:
        raise ProfileUnwritable(path=str(path), detail=os_detail(error)) from error


def _still(path: Path) -> str | None:
    try:
        return there(path)
    except (ProfileUnwritable, BadFile):
        return ""  # whatever it is, it is not what was read
