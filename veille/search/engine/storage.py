"""The folder of the index: whose it is, what is read of it and how it is written."""

import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC

from veille.search.engine.arrays import Damaged
from veille.search.engine.layout import FORMAT, NAME, schema

_FORMAT_FILE = "format"


class Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder whose tables of contents end with a CRC-32, which Whoosh does not look at: a pickle must be sound.

    What is opened is read at once: Whoosh leaves a file open when it is broken.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._folder = folder

    def open_file(self, name: str, **_: object) -> Any:
        data = (self._folder / name).read_bytes()
        if name.endswith(".toc"):
            data, found = data[:-4], data[-4:]
            if zlib.crc32(data).to_bytes(4, "little") != found:
                raise Damaged(f"{name} is damaged")
        return BufferFile(data, name=name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """How Whoosh puts a new table of contents in its place: it is on the disk before, and after."""
        path = self._folder / oldname
        data = path.read_bytes()
        path.write_bytes(data + zlib.crc32(data).to_bytes(4, "little"))
        sync([path])
        super().rename_file(oldname, newname, safe)
        if os.name != "nt":  # Windows cannot, and need not, sync a folder
            sync([self._folder])

    @property
    def ours(self) -> bool:
        """Whether the folder holds an index of the format that is written now."""
        try:
            return (self._folder / _FORMAT_FILE).read_text(encoding="ascii") == FORMAT
        except (OSError, ValueError):
            return False

    @property
    def generation(self) -> int:
        """The newest commit, -1 for none."""
        newest: int = TOC._latest_generation(self, NAME) if self._folder.is_dir() else -1
        return newest

    def contents(self) -> Any:
        """The newest table of contents that is whole; those that a power cut left half written go."""
        while True:
            generation = self.generation
            try:
                return TOC.read(self, NAME, generation)
            except Damaged:
                (self._folder / TOC._filename(NAME, generation)).unlink()

    def disown(self) -> None:
        """It is ours no longer: the next opening makes it anew."""
        (self._folder / _FORMAT_FILE).unlink(missing_ok=True)

    def make_anew(self) -> None:
        """An empty index in place of whatever is there. The format comes last: until then nothing is ours.

        It goes on counting its commits, so that a reader in another process sees that it is another.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        generation = self.generation
        self.disown()
        for each in self._folder.iterdir():
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            elif not each.name.endswith("LOCK"):
                with suppress(OSError):  # Windows keeps a file that somebody has open; its name is not used again
                    each.unlink()
        TOC(schema(), [], generation + 1).write(self, NAME)
        (self._folder / _FORMAT_FILE).write_text(FORMAT, encoding="ascii")


def sync(paths: Iterable[Path]) -> None:
    """Have files, or a folder, on the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
