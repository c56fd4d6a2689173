"""Lists of links in HTML: the bookmarks of browsers (Netscape's format) and the lists of Pocket and Instapaper.

What each browser writes differs in small things; nobody's specification is kept by all of them:
https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from veille.content import html
from veille.errors import BadFile
from veille.formats.encodings import texts
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, lines, refused, row
from veille.formats.objects import true
from veille.formats.tags import Tag, tags
from veille.formats.times import moment
from veille.i18n import N_, _

_LISTS = ("dl", "ul", "ol")
_OWN = ("personal_toolbar_folder", "unfiled_bookmarks_folder")  # folders that the browser made, not the person
_MOST_OPEN = 10_000  # lists inside one another
_DEEPEST = 32  # folders that become tags


@dataclass(slots=True)
class Link:
    """A link of a list. ``title`` is on one line, ``note`` is the description below it.

    ``folders`` are the titles of those that it is in, outermost first; ``heading`` is the last one above all lists.
    ``cut``: the file ends within it, or, where it says nothing, behind the last one.
    """

    attributes: dict[str, str] = field(default_factory=dict)
    title: str = ""
    note: str = ""
    folders: tuple[str, ...] = ()
    heading: str = ""
    cut: bool = False


def read(stream: Stream, collection: Collection, seen: datetime, said: Callable[[Link], Said]) -> Iterator[Row]:
    """A row for each link of ``stream``, of which ``said`` says what it says. Raises BadFile where there is no list."""
    for number, link in enumerate(links(texts(stream), stream.name), 1):
        made = said(link)
        if not link.cut:
            yield row(number, collection, made, seen)
        elif link.attributes or link.title:
            yield refused(number, _("The file ends in the middle of it."), made.title, made.url)
        else:
            yield refused(number, _("The file ends too early: what came after this is missing."))


def said(link: Link) -> Said:
    """What a link says: its folders are tags, too, and so is Raindrop's heart, as in its table."""
    given = link.attributes
    return Said(
        url=given.get("href", ""), title=link.title, note=link.note,
        tags=(*link.folders, *given.get("tags", "").split(","), *["favorite"] * true(given.get("data-important"))),
        saved=moment(given.get("add_date") or given.get("time_added", "")),
        read=given.get("toread", "0") in ("", "0"))  # fmt: skip


def links(pieces: Iterable[str], name: str) -> Iterator[Link]:
    """The links of a list, in order; see :class:`Link` for a list that is not whole. Raises BadFile for none."""
    reading, any_list = _Reading(), False
    for tag in tags(pieces):
        any_list = any_list or tag.name in (*_LISTS, "a")
        if link := reading.take(tag):
            yield link
    if not any_list:
        raise BadFile(name=name, detail=N_("it holds no list of links"))
    yield from reading.end()


class _Reading:
    """What is open: folders, and the link whose description may follow."""

    def __init__(self) -> None:
        self._open: list[str] = []  # titles of lists, "" for those that are no folder
        self._named = ""  # the next list is that folder
        self._heading = ""
        self._link: Link | None = None
        self._closed = False  # its title
        self._text: list[str] = []  # of its description
        self._described = False

    def take(self, tag: Tag) -> Link | None:
        """The link that is finished by ``tag``, if any."""
        name = tag.name
        if self._described and name in ("a", "/a", "!--", "li", "/li", "ul", "/ul", "ol", "/ol"):
            self._text.append(tag.text)
            return None
        if name == "dd" and self._link:
            self._described = True
            self._text.append(tag.text)
            return None
        if name == "/a":
            self._closed = True
        if name in ("/a", "!--", "title", "/title"):
            return None
        finished = self._finish()
        if name == "a":
            folders = tuple(filter(None, self._open[:_DEEPEST]))
            self._link = Link(tag.attributes, html.words(tag.text), "", folders, self._heading)
            self._closed = False
        elif name in _LISTS:
            self._open += [self._named] * (len(self._open) < _MOST_OPEN)
            self._named = ""
        elif name[1:] in _LISTS:
            del self._open[-1:]
        elif name == "h1" and not self._open:
            self._heading = html.words(tag.text)
        elif name.startswith("h"):
            self._named = "" if any(each in tag.attributes for each in _OWN) else html.words(tag.text)
        return finished

    def end(self) -> Iterator[Link]:
        """The last link, and one that says nothing where lists are still open."""
        last = self._finish()
        if last:
            last.cut = not self._closed
            yield last
        if self._open and not (last and last.cut):
            yield Link(cut=True)

    def _finish(self) -> Link | None:
        link, self._link = self._link, None
        if link and self._described:
            link.note = lines("".join(self._text))
        self._text.clear()
        self._described = False
        return link
