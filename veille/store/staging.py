"""A folder in which something is made that must be whole before it takes its place."""

import errno
import os
import shutil
from glob import escape
from pathlib import Path
from tempfile import mkdtemp

from veille.errors import ProfileBusy
from veille.store.lock import ProfileLock

_LOCK = "lock"
_TRIES = 10
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL)  # of a disk in the network that has none


class Staging:
    """Made when it is asked for, readable by its person alone, gone when it is closed.

    What a process that was killed left behind is removed by the next one: its lock is free.
    """

    def __init__(self, parent: Path, prefix: str) -> None:
        """A folder in ``parent`` whose name begins with ``prefix``; raises OSError."""
        sweep(parent, prefix)
        self._lock: ProfileLock | None = None
        for _try in range(_TRIES):
            self.folder = Path(mkdtemp(prefix=prefix, dir=parent))
            try:
                self._lock = _locked(self.folder)
                return
            except (ProfileBusy, FileNotFoundError):  # somebody sweeps at this moment: it is theirs
                continue
            except OSError as error:
                if error.errno in _NO_LOCKS:  # nor can anybody sweep there
                    return
                shutil.rmtree(self.folder, ignore_errors=True)
                raise
        raise ProfileBusy(path=str(parent))

    def close(self) -> None:
        """Remove it. Closing twice does no harm."""
        if self._lock is not None:
            self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep(parent: Path, prefix: str) -> None:
    """Remove such folders in ``parent`` that nobody uses any more; their lock is held until they are gone."""
    for left in parent.glob(f"{escape(prefix)}*"):
        if left.is_symlink():  # nobody of ours made it
            continue
        try:
            lock = _locked(left)
        except (OSError, ProfileBusy):  # no folder, or somebody's
            continue
        shutil.rmtree(left, ignore_errors=True)
        lock.close()
        if os.name == "nt":  # where a file that is open stays
            shutil.rmtree(left, ignore_errors=True)


def _locked(folder: Path) -> ProfileLock:
    """The lock of ``folder``; raises ProfileBusy, and FileNotFoundError when it was being removed."""
    lock = ProfileLock(folder / _LOCK)
    if not lock.stands:
        lock.close()
        raise FileNotFoundError(folder)
    return lock
