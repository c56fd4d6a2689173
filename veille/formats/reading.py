"""Reads a file of another program: the one way in for all of them. Meant for a process of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from veille.errors import BadFile, IsPack
from veille.formats.entry import Batch, Entry, Format, Refused, Row
from veille.formats.files import Files, Member, opening, readable
from veille.formats.readers import x
from veille.formats.recognising import Shape, is_pack, shape
from veille.i18n import _

_MOST_ROWS = 500  # of a batch
_MOST_TEXT = 2_000_000  # characters of a batch
_MOST_READ = 2_000_000  # bytes that are read before a batch is given
_SUFFIXES = {
    Format.POCKET: (".csv", ".json"), Format.BOOKMARKS: (".html", ".htm"), Format.INSTAPAPER: (".csv",),
    Format.RAINDROP: (".csv",), Format.WALLABAG: (".json", ".csv"), Format.RIS: (".ris",), Format.CSL: (".json",),
    Format.VEILLE: (".json",),
}  # fmt: skip


def recognise(path: Path) -> Format:
    """What the file, or the unpacked archive, at ``path`` is: by what it holds, not by its name.

    Little of it is read. Raises BadFile, which says what can be read.
    """
    with opening(path, x.wanted) as files:
        if x.recognises(files):
            return Format.X
    with opening(path) as files:
        for member in files.members:
            found = _shape(files, member)
            if found and (found.read or files.alone):
                return found.format
        if not files.total:
            raise BadFile(name=files.name, detail=_("there is nothing in it"))
        if files.alone and any(_is_pack(files, member) for member in files.members):
            raise IsPack(name=files.name)
        known = ", ".join(_(each.label) for each in Format)
        raise BadFile(
            name=files.name, detail=_("it is none of the files that Veille knows ({known})").format(known=known)
        )


def read(path: str, format: Format, seen: datetime) -> Iterator[Batch]:
    """All rows of the file at ``path``; ``seen`` is when they come to Veille. Raises BadFile.

    What comes before a damaged part is given; of the part itself a Refused says so.
    """
    with opening(Path(path), x.wanted if format is Format.X else readable) as files:
        rows = x.rows(files, seen) if format is Format.X else _rows(files, format, seen)
        yield from _batches(rows, files)


def _is_pack(files: Files, member: Member) -> bool:
    with files.open(member) as stream:
        return is_pack(stream.head())


def _shape(files: Files, member: Member) -> Shape | None:
    """What ``member`` is; None also for one that cannot be read."""
    try:
        with files.open(member) as stream:
            return shape(stream.head())
    except BadFile:
        if files.alone:
            raise
        return None


def _rows(files: Files, format: Format, seen: datetime) -> Iterator[Row]:
    # Pocket's annotations come after its tables, which say more of an article.
    for member in sorted(files.members, key=lambda each: each.base.endswith(".json")):
        yield from _member(files, member, format, seen)


def _member(files: Files, member: Member, format: Format, seen: datetime) -> Iterator[Row]:
    """The rows of ``member``; a file that could be of this ``format`` and is not, or is damaged, is a refused one."""
    number = 0
    try:
        with files.open(member) as stream:
            head = stream.head()
            found = shape(head)
            if found is None or found.format is not format or found.read is None:
                if files.alone:
                    text = _("it is no file of this kind: {kind}")
                    raise BadFile(name=files.name, detail=text.format(kind=_(format.label)))
                if member.base.endswith(_SUFFIXES.get(format, ())) and head:
                    yield Refused(1, "", "", _("Veille does not know what this file is."), member.name)
                return
            for row in found.read(stream, seen):
                stream.row()
                number = row.row
                yield replace(row, place=member.name) if member.name else row
    except BadFile as error:
        if files.alone and not number:
            raise
        yield Refused(number + 1, "", "", str(error), member.name)


def _batches(rows: Iterator[Row], files: Files) -> Iterator[Batch]:
    """The last one may be empty, so that there is one."""
    kept: list[Row] = []
    size = read = 0
    for row in rows:
        kept.append(row)
        size += _size(row)
        if len(kept) >= _MOST_ROWS or size >= _MOST_TEXT or files.done - read >= _MOST_READ:
            yield Batch(tuple(kept), min(files.done, files.total), files.total)
            kept.clear()
            size, read = 0, files.done
    yield Batch(tuple(kept), files.total, files.total)


def _size(row: Row) -> int:
    """Characters of ``row``, about: of what may be long in it."""
    if not isinstance(row, Entry):
        return 0
    texts = (row.item.content, row.note, *row.highlights, *(each.url for each in row.item.media))
    beside = (row.article.html if row.article else "", *(each.text for each in row.passages))
    return sum(map(len, (*texts, *beside)))
