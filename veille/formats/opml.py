"""OPML, the format in which lists of feeds travel: reads whatever is found in the wild, writes OPML 2.0.

Files in the wild are often not XML at all (bare ``&``, wrong encodings, unclosed outlines), and a strict
parser rejects two thirds of them. So the outlines are looked for one by one: nothing that is written can
hide a line, no entity is ever expanded, and no depth is too deep.
"""

import re
from bisect import bisect_right
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape, unescape
from itertools import pairwise

from veille.content.addresses import normalise
from veille.content.text import plain, printable
from veille.errors import BadAddress, BadFile
from veille.i18n import _

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_TITLE = re.compile(r"<title(?:\s[^<>]*)?>([^<]{1,1000})", re.IGNORECASE)
_MARK = re.compile(r"<(/?)outline(?=[\s/>]|\Z)", re.IGNORECASE)
_PART = re.compile(
    r"""(?<![\w:.-])([\w:.-]{1,64})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))|(/?)>""",
    re.DOTALL,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_KIND, _SELECTOR = "veille:kind", "veille:selector"  # attributes of our own, in a namespace as OPML 2.0 has it
_PAGE = "page"  # a kind whose address is no feed for anybody: written as OPML writes links
_NAMESPACE = ' xmlns:veille="urn:x-veille:opml"'
_DEEPEST = 32  # folders; deeper ones count as the last
_LABELS, _LABEL = 20, 60  # of one row; characters of one
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class OpmlRow:
    """One outline that is, or ought to be, a feed.

    ``line`` counts from 1. ``folders`` leads to it, outermost first. ``problem`` says in the person's
    language why it cannot be used, "" when it can; ``address`` is as written, even then. ``kind`` is what Veille
    wrote of its own beside an address, for sources that are no plain feed, and ``selector`` what it wrote of a page.
    ``labels`` are the categories of OPML 2.0, which are parted by commas; ``lang`` is a language tag.
    """

    line: int
    folders: tuple[str, ...]
    title: str
    address: str
    site: str = ""
    description: str = ""
    problem: str = ""
    kind: str = ""
    lang: str = ""
    labels: tuple[str, ...] = ()
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Opml:
    """A list of feeds."""

    title: str
    rows: tuple[OpmlRow, ...]


def read(data: bytes, name: str = "OPML") -> Opml:
    """Every line of an OPML file that is not a folder, in order; none is dropped.

    An outline with neither an address nor outlines of its own is a row with a problem.

    :raises BadFile: no OPML, or one that declares entities. ``name`` is what the message calls the file.
    """
    text = _decode(data)
    if "<!ENTITY" in text.upper():
        raise BadFile(name=name, detail=_("it declares entities, which Veille refuses to expand"))
    text = _HIDDEN.sub(_blank, text)
    rows = tuple(_rows(text))
    if not rows and not re.search(r"<(?:opml|outlineDocument|outline)[\s/>]", text, re.IGNORECASE):
        raise BadFile(name=name, detail=_("it is not a list of feeds (OPML)"))
    title = _TITLE.search(text)
    return Opml(_words(title[1]) if title else "", rows)


def _decode(data: bytes) -> str:
    """Text of ``data`` by byte order mark, then by what it says, then UTF-8, then Windows-1252."""
    declared = _DECLARED.search(data[:400])
    guesses = ["utf-8", declared[1].decode("ascii") if declared else "utf-8", "cp1252"]
    if data.startswith(BOM_UTF8):
        guesses.insert(0, "utf-8-sig")
    elif data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in data[:4]:
        guesses.insert(
            0, "utf-16" if data[:1] in (b"\xff", b"\xfe") else "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        )
    for guess in guesses:
        try:
            return data.decode(guess)
        except (UnicodeError, LookupError):
            continue
    return data.decode("cp1252", errors="replace")


def _blank(hidden: re.Match[str]) -> str:
    return "\n" * hidden[0].count("\n")


def _rows(text: str) -> Iterator[OpmlRow]:
    ends = [found.start() for found in re.finditer("\n", text)]
    marks = list(_MARK.finditer(text))
    path: list[str] = []  # titles of the open folders
    named: list[bool] = []  # of each open outline, whether it is one of them
    for mark, following in pairwise([*marks, None]):
        if mark is None:
            break
        if mark[1]:
            if named and named.pop():
                path.pop()
            continue
        stop = following.start() if following else len(text)
        attributes, closed = _attributes(text[mark.end() : stop])
        parent = not closed and following is not None and not following[1]
        row = _row(bisect_right(ends, mark.start()) + 1, tuple(path[:_DEEPEST]), attributes)
        if row.address or not parent:
            yield row
        if not closed:
            named.append(bool(row.title and not row.address))
            path += [row.title] * named[-1]


def _attributes(tag: str) -> tuple[dict[str, str], bool]:
    """The attributes of a tag, names in lower case, and whether it closes itself."""
    found: dict[str, str] = {}
    for part in _PART.finditer(tag):
        if part[1] is None:
            return found, bool(part[5])
        raw = next(value for value in part.groups()[1:4] if value is not None)
        found.setdefault(part[1].lower(), _REFERENCE.sub(lambda reference: unescape(reference[0]), raw))
    return found, "</" not in tag and tag.rstrip().endswith("/")


def _row(line: int, folders: tuple[str, ...], attributes: dict[str, str]) -> OpmlRow:
    given = {name: plain(value) for name, value in attributes.items()}
    kind, lang = given.get("type", "").lower(), given.get("language", "")
    no_feed = kind in _NOT_FEEDS and given.get(_KIND) != _PAGE
    address = given.get("xmlurl") or ("" if no_feed else given.get("url", ""))
    return OpmlRow(
        line,
        folders,
        given.get("text") or given.get("title", ""),
        address,
        given.get("htmlurl", ""),
        given.get("description", ""),
        _problem(address, given),
        given.get(_KIND, ""),
        lang if _LANGUAGE.fullmatch(lang) else "",
        _labels(given.get("category", "")),
        given.get(_SELECTOR, ""),
    )


def _labels(category: str) -> tuple[str, ...]:
    """The categories, without the slash that stands before those in a tree."""
    found = (each.strip().removeprefix("/").strip() for each in category[: 2 * _LABELS * _LABEL].split(","))
    return tuple(dict.fromkeys(each for each in found if 0 < len(each) <= _LABEL))[:_LABELS]


_NOT_FEEDS = ("link", "include", "song", "photo", "blogpost")  # types whose url= is no feed (OPML 2.0)


def _problem(address: str, given: dict[str, str]) -> str:
    if address:
        try:
            normalise(address)
        except BadAddress as error:
            return str(error)
        return ""
    if given.get("url") or given.get("htmlurl"):
        return _("It names a page, but no feed.")
    return _("It has no address.")


def _words(text: str) -> str:
    return plain(_REFERENCE.sub(lambda reference: unescape(reference[0]), text))


def write(title: str, rows: Iterable[OpmlRow], created: datetime | None = None) -> bytes:
    """OPML 2.0 in UTF-8: rows in order, those that share folders side by side together.

    :func:`read` gives the same rows back, apart from their lines and from commas in labels.
    """
    rows = list(rows)
    namespace = _NAMESPACE if any(row.kind or row.selector for row in rows) else ""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<opml version="2.0"{namespace}>', "  <head>"]
    lines.append(f"    <title>{escape(plain(title))}</title>")
    if created:
        lines.append(f"    <dateCreated>{format_datetime(created)}</dateCreated>")
    lines += ["  </head>", "  <body>"]
    open_folders: tuple[str, ...] = ()
    for row in rows:
        lines += _move(open_folders, row.folders)
        open_folders = row.folders
        lines.append(_indent(open_folders) + _outline(row))
    lines += [*_move(open_folders, ()), "  </body>", "</opml>", ""]
    return "\n".join(lines).encode()


def _move(here: tuple[str, ...], there: tuple[str, ...]) -> list[str]:
    """The lines that lead from one folder to another."""
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    up = [_indent(here[:depth]) + "</outline>" for depth in range(len(here) - 1, shared - 1, -1)]
    down = [f'{_indent(there[:depth])}<outline text="{_value(there[depth])}">' for depth in range(shared, len(there))]
    return up + down


def _indent(folders: tuple[str, ...]) -> str:
    return "  " * (len(folders) + 2)


def _outline(row: OpmlRow) -> str:
    page = row.kind == _PAGE
    values = {
        "url" if page else "xmlUrl": row.address, "htmlUrl": row.site, "description": row.description,
        "language": row.lang, "category": ",".join(filter(None, map(_label, row.labels))), _KIND: row.kind,
        _SELECTOR: row.selector,
    }  # fmt: skip
    optional = "".join(f' {name}="{_value(value)}"' for name, value in values.items() if value)
    type = "link" if page else "rss"
    return f'<outline type="{type}" text="{_value(row.title)}" title="{_value(row.title)}"{optional}/>'


def _label(label: str) -> str:
    """A label as a category. One with a slash inside is in a tree; OPML has no way to write a comma."""
    words = plain(label.replace(",", " ")).strip("/ ")
    return f"/{words}" if "/" in words else words


def _value(text: str) -> str:
    return escape(printable(text))
