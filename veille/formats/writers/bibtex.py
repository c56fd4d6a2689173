"""Items as BibTeX, for BibLaTeX and Biber: UTF-8, ``@article`` for what has a DOI, ``@online`` for the rest.

The person's note is ``annotation``, which no usual style prints. A post has its text as title.
"""

import re
from collections.abc import Iterable, Iterator

from veille.content.text import plain
from veille.formats.writers import citing
from veille.formats.writers.citing import Name, Work
from veille.formats.writers.record import About, Record

_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "#": r"\#", "$": r"\$", "%": r"\%",
    "&": r"\&", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
_UNSAFE = re.compile(r"[\\{}\s\x00-\x1f\x7f]")  # in a field that is read byte for byte


def write(about: About, records: Iterable[Record]) -> Iterator[str]:
    """The file, an entry at a time."""
    yield f"% {plain(about.told)}\n"
    for record in records:
        kind = "article" if citing.work(record) is Work.PAPER else "online"
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(record) if value)
        yield f"\n@{kind}{{{citing.key(record)},\n{fields}}}\n"


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    item, work = record.item, citing.work(record)
    day = citing.published(record)
    yield "author", " and ".join(map(_name, citing.authors(record)))
    yield "title", _text(citing.title(record))
    yield ("journaltitle" if work is Work.PAPER else "organization"), _text(record.source.label)
    yield "titleaddon", _text(_addon(record))
    yield "date", day.isoformat() if day else ""
    yield "doi", _verbatim(citing.doi(record))
    yield "url", _verbatim(item.url)
    yield "urldate", citing.accessed(record).isoformat() if item.url else ""
    yield "keywords", ", ".join(_text(each.replace(",", " ")) for each in citing.keywords(record))
    yield "abstract", _text(citing.abstract(record)) if work is not Work.POST else ""
    yield "annotation", _text(record.mark.note)


def _addon(record: Record) -> str:
    names = {"x": "X", "bluesky": "Bluesky", "mastodon": "Mastodon"}
    return names[record.item.post.network] if record.item.post else ""


def _name(name: Name) -> str:
    """In braces what is not to be taken apart: "and" and commas part names."""
    if name.literal:
        return f"{{{_text(name.literal)}}}"
    parts = (name.family, name.given)
    return ", ".join(f"{{{_text(each)}}}" if re.search(r"(?i)\band\b|,", each) else _text(each) for each in parts)


def _text(text: str) -> str:
    return plain(text).translate(_LATEX)


def _verbatim(text: str) -> str:
    return _UNSAFE.sub(lambda unsafe: "".join(f"%{byte:02X}" for byte in unsafe[0].encode()), plain(text))
