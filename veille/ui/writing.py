"""Writing a file that the person chose: all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from veille.errors import ProfileUnwritable, os_detail


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """``path``, open for writing: a file that is there stays whole until the new one is.

    A link is followed, and what is no file (a device, a pipe) is written to, not replaced. Raises
    ProfileUnwritable.
    """
    target = path.resolve()
    whole = target.is_file() or not target.exists()
    partial = target.with_name(f".{target.name}.partial") if whole else target
    try:
        try:
            with partial.open("wb") as file:
                yield file
            if whole:
                partial.replace(target)
        except BaseException:
            if whole:
                partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProfileUnwritable(path=str(path), detail=os_detail(error)) from error
