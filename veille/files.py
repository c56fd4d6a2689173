"""Writing a file that the person chose: all of it or nothing."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from veille.errors import ProfileUnwritable, os_detail


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """``path``, open for writing: a file that is there stays whole until the new one is, and that is on the disk.

    A link is followed, and what is no file (a device, a pipe) is written to, not replaced. Who may read it stays as it
    was. Raises ProfileUnwritable.
    """
    target = Path(os.path.realpath(path))  # resolve() fails for links in a circle
    whole = target.is_file() or not target.exists()
    partial = target.with_name(f".{target.name}.partial") if whole else target
    try:
        try:
            if whole:
                partial.unlink(missing_ok=True)  # of somebody who was killed; or a link that leads elsewhere
            with partial.open("xb" if whole else "wb") as file:
                if whole and target.exists():
                    with suppress(PermissionError):  # a disk that has no such thing
                        shutil.copymode(target, partial)
                yield file
                file.flush()
                if whole:  # a pipe has no disk
                    os.fsync(file.fileno())
            if whole:
                partial.replace(target)
                sync(target.parent)
        except BaseException:
            if whole:
                partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProfileUnwritable(path=str(path), detail=os_detail(error)) from error


def sync(*paths: Path) -> None:
    """Put files and folders (where the system, and the kind of disk, can) on the disk. Raises OSError."""
    for path in paths:
        folder = path.is_dir()
        if os.name != "posix" and folder:
            continue
        descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if not folder or error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        finally:
            os.close(descriptor)
