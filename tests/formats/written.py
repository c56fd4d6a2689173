"""Files as other programs write them, of rows that hypothesis draws."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from hypothesis import strategies as st

from veille.formats.entry import Format

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")) | st.just(" "),
    max_size=30,
).map(lambda text: " ".join(text.split()))
_NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)


@dataclass(frozen=True)
class Kept:
    """A row that a program kept."""

    number: int
    title: str
    tags: tuple[str, ...]
    note: str
    saved: int
    read: bool

    @property
    def url(self) -> str:
        """Another one for each row of a file."""
        return f"https://site.example/p/{self.number}?a=1&b=2"


_KEPT = st.builds(
    Kept,
    number=st.just(0),
    title=_WORDS,
    tags=st.lists(_NAMES, max_size=3, unique=True).map(tuple),
    note=st.lists(_WORDS, max_size=3).map("\n".join).map(str.strip),
    saved=st.integers(700_000_000, 1_790_000_000),
    read=st.booleans(),
)


def kept(least: int = 0) -> st.SearchStrategy[list[Kept]]:
    """Rows of a file."""
    rows = st.lists(_KEPT, min_size=least, max_size=8)
    return rows.map(lambda given: [Kept(at, *_rest(each)) for at, each in enumerate(given, 1)])


def _rest(row: Kept) -> tuple[str, tuple[str, ...], str, int, bool]:
    return row.title, row.tags, row.note, row.saved, row.read


def bookmarks(rows: list[Kept]) -> str:
    """As Firefox writes them."""
    lines = [
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>",
        "<!-- This is an automatically generated file.\n     It will be read and overwritten.\n     DO NOT EDIT! -->",
        '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">',
        "<TITLE>Bookmarks</TITLE>", "<H1>Bookmarks Menu</H1>", "", "<DL><p>",
    ]  # fmt: skip
    for row in rows:
        tags = f' TAGS="{",".join(row.tags)}"' if row.tags else ""
        toread = "" if row.read else ' TOREAD="1"'
        lines.append(
            f'    <DT><A HREF="{row.url}" ADD_DATE="{row.saved}" ICON="data:image/png;base64,iVBORw=="{tags}{toread}>'
            f"{escape(row.title, quote=False)}</A>"
        )
        if row.note:
            lines.append(f"    <DD>{escape(row.note, quote=False)}")
    return "\n".join([*lines, "</DL>", ""])


def _table(header: str, rows: list[list[str]], **form: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", **form)  # type: ignore[arg-type]
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return file.getvalue()


def pocket(rows: list[Kept]) -> str:
    """The parts of the last export."""
    return _table(
        "title,url,time_added,tags,status",
        [[row.title, row.url, str(row.saved), "|".join(row.tags), "archive" if row.read else "unread"] for row in rows],
    )


def instapaper(rows: list[Kept]) -> str:
    """With tags, as since 2023."""
    return _table(
        "URL,Title,Selection,Folder,Timestamp,Tags",
        [[row.url, row.title, row.note, "Archive" if row.read else "Unread", str(row.saved), json.dumps(row.tags)]
         for row in rows],
    )  # fmt: skip


def raindrop(rows: list[Kept]) -> str:
    """A backup."""
    return _table(
        "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite",
        [[str(row.number), row.title, row.note, "", row.url, "Unsorted", ", ".join(row.tags), _iso(row.saved), "", "",
          "false"] for row in rows],
    )  # fmt: skip


def wallabag(rows: list[Kept]) -> str:
    """Version 2."""
    return json.dumps(
        [{"is_archived": int(row.read), "is_starred": 0, "tags": list(row.tags), "id": row.number, "title": row.title,
          "url": row.url, "content": f"<p>{escape(row.title)}</p>", "created_at": _iso(row.saved), "language": "fr",
          "annotations": [{"text": row.note, "quote": ""}], "mimetype": "text/html"} for row in rows],
        ensure_ascii=False,
    )  # fmt: skip


def ris(rows: list[Kept]) -> str:
    """As Zotero writes it."""
    return "\r\n".join(
        line
        for row in rows
        for line in (
            "TY  - ELEC", f"TI  - {row.title}", *(f"KW  - {tag}" for tag in row.tags),
            *(f"N1  - {line}" for line in filter(None, row.note.split("\n"))), f"UR  - {row.url}",
            f"Y2  - {_iso(row.saved)}", "ER  - ", "", "",
        )
    )  # fmt: skip


def csl(rows: list[Kept]) -> str:
    """As Zotero writes it."""
    return json.dumps(
        [{"id": f"http://zotero.org/users/1/items/{row.number}", "type": "webpage", "title": row.title, "URL": row.url,
          "note": row.note, "keyword": ", ".join(row.tags), "author": [{"family": "Doe", "given": "Jane"}],
          "accessed": {"raw": _iso(row.saved)}} for row in rows],
        indent="\t",
    )  # fmt: skip


def veille(rows: list[Kept]) -> str:
    """As ``formats/writers/json.py`` writes it."""
    items = [
        {"id": row.number, "uid": row.url, "url": row.url, "kind": "article", "title": row.title, "read": row.read,
         "saved": _iso(row.saved), "my_tags": row.tags, "note": row.note, "tags": [], "post": None, "article": None}
        for row in rows
    ]  # fmt: skip
    return json.dumps({"veille": 1, "exported": "2026-11-26T08:00:00Z", "items": items})


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Form:
    """A format, and what writes a file of it. ``tells``: whether a file says where it ends."""

    format: Format
    write: Callable[[list[Kept]], str]
    tells: bool = True


FORMS = [
    Form(Format.BOOKMARKS, bookmarks), Form(Format.POCKET, pocket, tells=False),
    Form(Format.INSTAPAPER, instapaper, tells=False), Form(Format.RAINDROP, raindrop, tells=False),
    Form(Format.WALLABAG, wallabag), Form(Format.RIS, ris, tells=False), Form(Format.CSL, csl),
    Form(Format.VEILLE, veille),
]  # fmt: skip
