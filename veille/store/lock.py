"""The lock that makes one process the writer of a profile.

The operating system holds it, so that it is free at once when the process ends, however it ends. A
POSIX record lock is used and not ``flock``: a worker process that was forked off does not keep it.
Such a lock never refuses its own process, hence :data:`_held`.
"""

import os
import sys
from pathlib import Path

from veille.errors import ProfileBusy

if sys.platform == "win32":
    import msvcrt

    def _seize(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _seize(descriptor: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_held: set[Path] = set()


class ProfileLock:
    """Taken when it is made, free when it is closed. The file stays: deleting it would be a race."""

    def __init__(self, path: Path) -> None:
        """Take the lock at ``path``; raises :class:`ProfileBusy` when somebody has it, OSError when it cannot be."""
        self._path = path.resolve()
        if self._path in _held:  # opening the file again would, on POSIX, free the lock when it is closed
            raise ProfileBusy(path=str(path.parent))
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _seize(self._descriptor)
        except (BlockingIOError, PermissionError) as error:
            os.close(self._descriptor)
            raise ProfileBusy(path=str(path.parent)) from error
        except OSError:
            os.close(self._descriptor)
            raise
        _held.add(self._path)

    @property
    def stands(self) -> bool:
        """Whether its file is still where it was: who removes a folder with its lock leaves others one of no file."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Free the lock. Closing twice does no harm."""
        if self._path in _held:
            os.close(self._descriptor)
            _held.discard(self._path)
