"""Works as libraries of references describe them (RIS, CSL): an article, a book, a page, with or without an address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from veille.content import html
from veille.content.text import fold, plain
from veille.formats.items import Said, address, line, lines

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,500}")
_MARKS = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span)(?:\s[^<>]*)?>", re.IGNORECASE)  # in titles; others are text
_HTML = re.compile(r"\s*<([a-z][a-z0-9:]{0,20})(?:\s[^<>]*)?>.*</", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Work:
    """What a reference says. ``within`` is the journal or the book that it is in, ``part`` where it stands there."""

    title: str = ""
    authors: Sequence[str] = ()
    abstract: str = ""
    notes: Sequence[str] = ()
    keywords: Sequence[str] = ()
    doi: str = ""
    urls: Sequence[str] = ()
    published: datetime | None = None
    accessed: datetime | None = None
    lang: str = ""
    within: str = ""
    part: str = ""
    publisher: str = ""


def said(work: Work) -> Said:
    """What ``work`` says, as a row. Its address is its first one on the web, else that of its DOI.

    One that has neither is known by its title, first author and year; nothing at all leaves nothing to be known by.
    Authors are parted by semicolons: a name has a comma.
    """
    doi = _DOI.search(work.doi) or next(filter(None, map(_DOI.search, work.urls)), None)
    resolved = f"https://doi.org/{quote(doi[0].rstrip('.,;'), safe='/:;()._-')}" if doi else ""
    url = next((each for each in work.urls if each.strip() and not address(each).problem), resolved)
    title = line(_MARKS.sub("", work.title))
    authors = list(filter(None, map(plain, work.authors)))
    year = work.published.year if work.published else ""
    untitled = f"{next(iter(authors), '')} {year}".strip()
    name = fold(f"{title} {untitled}").strip()
    unusable = next(filter(None, map(str.strip, work.urls)), "") if not name else ""
    marked = bool(_HTML.match(work.abstract) or _MARKS.search(work.abstract))
    told = ". ".join(filter(None, map(line, (work.within, work.part, work.publisher, f"doi:{doi[0]}" if doi else ""))))
    return Said(
        url=url or unusable, name=f"work:{name}" if name else "",
        title=title or line(work.within) or ("" if url else untitled),
        author="; ".join(authors), html=work.abstract + html.from_text(told) if marked else "",
        text="" if marked else "\n\n".join(filter(None, (work.abstract.strip(), told))), lang=work.lang,
        published=work.published, saved=work.accessed, tags=work.keywords,
        note="\n\n".join(filter(None, map(_note, work.notes))))  # fmt: skip


def _note(note: str) -> str:
    """A note as text with its lines; Zotero writes HTML."""
    return lines(note) if _HTML.match(note) else note.strip()
