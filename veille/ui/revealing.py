"""What would show the person: said first, in one line, with the quieter ways; done when they wish it all the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from veille.core.telling import is_there
from veille.i18n import N_, _
from veille.model import Article, Deed, Hit, Mode, Outline, Source
from veille.ui.links import Links, is_mail, is_web
from veille.ui.pictures import Picture, shown
from veille.ui.reader import Reader
from veille.ui.strips import Choice
from veille.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from veille.core.discretion import Question
    from veille.core.services import Services

SETTLE = 300  # ms for which an item must be read before its pictures load by themselves
ALL_THE_SAME = {
    Deed.OPEN: N_("Open all the same"),
    Deed.PICTURES: N_("Show all the same"),
    Deed.ARTICLE: N_("Fetch all the same"),
}


class Revealing(QObject):
    """Opens links, loads pictures, fetches articles. The question stands in the reader's strip."""

    told = Signal(str)
    routed = Signal(int)  # the person would rather give this source a way of its own

    def __init__(
        self, services: "Services", tasks: Tasks, links: Links, reader: Reader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._links, self._reader = services, tasks, links, reader
        self.outline = Outline()
        self._pictures: dict[str, Picture] = {}  # of what is read, by address
        self._settled = QTimer(self, singleShot=True, interval=SETTLE)
        self._settled.timeout.connect(self._show_by_itself)

    def do(self, deed: str, address: str = "") -> None:
        """A wish of the reader: "open" and "copy" an ``address`` (the item's unless told), "pictures", "article"."""
        address = address or self._reader.address
        deeds: dict[str, Callable[[], None]] = {
            "open": lambda: self.open(address),
            "copy": lambda: self._links.copy(address),
            "pictures": self.show_pictures,
            "article": self.show_article,
        }
        deeds[deed]()

    # Links ----------------------------------------------------------------------------------------

    def open(self, address: str) -> None:
        """Open ``address`` in the browser."""
        from veille.content.cleaning import clean_link

        if not address:
            self.told.emit(_("This item has no link."))
        elif is_mail(address):
            self._links.open(address)
        elif not is_web(address):
            self.told.emit(_("Veille does not open {address}.").format(address=address))
        else:
            clean, hit = clean_link(address), self._reader.hit
            source = hit.item.source if hit else 0
            self._ask(Deed.OPEN, clean, lambda: self._links.open(clean, source))

    # Pictures -------------------------------------------------------------------------------------

    def show_pictures(self) -> None:
        """Show the pictures of what is read: the item, or its thread. Those that are not stored are asked about."""
        items = self._pictured()
        missing = self._missing(items)
        if not items:
            self.told.emit(_("This item has no pictures."))
        elif missing and not self._invented():
            self._ask(Deed.PICTURES, missing[0], lambda: self._load(list(items)), missing[1:])

    def _pictured(self) -> dict[int, list[str]]:
        """The addresses of the pictures of what is read, by item."""
        there, article = [each for each in self._reader.items if is_there(each)], self._reader.whole
        found = {each.id: self._services.pictures.addresses(each, article) for each in there}
        return {item: addresses for item, addresses in found.items() if addresses}

    def _missing(self, items: Mapping[int, list[str]]) -> list[str]:
        """Those addresses of ``items`` of which no picture is shown."""
        there = {url for url, picture in self._pictures.items() if picture.image is not None}
        return [address for each in items.values() for address in each if address not in there]

    def arrive(self) -> None:
        """Another item is read: its stored pictures show at once; what was still to come of those of the one before is
        not asked for any more."""
        self._tasks.cancel("pictures")
        self._pictures = {}
        self._settled.start()
        items = [each.id for each in self._reader.items]

        def look() -> list[Picture]:
            return [shown(each) for item in items for each in self._services.pictures.stored(item)]

        self._tasks.query("stored pictures", look, lambda pictures: self._show(items, pictures))

    def _show(self, items: list[int], pictures: list[Picture]) -> None:
        """Beside those that are shown, unless something else is read by now."""
        if pictures and items == [each.id for each in self._reader.items]:
            self._pictures |= {each.url: each for each in pictures}
            self._reader.show_pictures(tuple(self._pictures.values()))

    def _show_by_itself(self) -> None:
        """In open mode alone, and only for a source whose pictures the person always wants."""
        hit, discretion = self._reader.hit, self._services.discretion
        source = self._source(hit)
        if not hit or not source or Deed.PICTURES not in source.allowed or discretion.mode is not Mode.OPEN:
            return
        items = {} if self._services.sample else self._pictured()
        addresses = self._missing(items)
        if addresses and discretion.before(Deed.PICTURES, addresses[0], source, addresses[1:]) is None:
            self._load(list(items))

    def _load(self, items: list[int]) -> None:
        read, whole = [each.id for each in self._reader.items], self._reader.whole is not None

        def work(task: Task) -> list[Picture]:
            load = self._services.pictures.load
            return [shown(came) for item in items if not task.cancelled for came in load(item, task, whole=whole)]

        self._tasks.cancel("pictures")
        self._tasks.job("pictures", work, lambda pictures: self._show(read, pictures))

    # The article ----------------------------------------------------------------------------------

    def show_article(self) -> None:
        """The full article in place of what the feed gave, or back; it is fetched where it is not stored."""
        hit = self._reader.hit
        if self._reader.article is not None:
            self._reader.toggle_article()
        elif hit is None or not is_web(hit.item.url):
            self.told.emit(_("This item has no link."))
        elif not self._invented():
            self._ask(Deed.ARTICLE, hit.item.url, lambda: self._fetch(hit.item.id))

    def _fetch(self, item: int) -> None:
        def show(article: Article) -> None:
            if self._reader.hit and self._reader.hit.item.id == item:
                self._reader.show_article(article)

        if not self._tasks.job("article", lambda task: self._services.articles.fetch(item, task), show):
            self.told.emit(_("Another article is still being fetched."))

    # Asking first ---------------------------------------------------------------------------------

    def _ask(self, deed: Deed, url: str, do: Callable[[], None], more: Sequence[str] = ()) -> None:
        """Do it where the person need not be asked; else say who would learn what, and let them choose."""
        source = self._source(self._reader.hit)
        question = self._services.discretion.before(deed, url, source, more)
        if question is None:
            do()
            return
        self._reader.strip.tell(question.text, *self._choices(question, source, do), sign="lock", warn=question.refused)
        self._reader.strip.take_focus()

    def _choices(self, question: "Question", source: Source | None, do: Callable[[], None]) -> list[Choice]:
        """The quieter ways first: the keyboard stands on them."""
        deed, ways = question.deed, list[Choice]()
        if deed is not Deed.OPEN:
            ways.append((_("Read what is stored"), _close))
        if deed is not Deed.PICTURES:
            ways.append((_("Copy the clean link"), lambda: self._links.copy(question.url)))
        if source and deed is not Deed.OPEN and not question.proxied and (not question.refused or deed is Deed.ARTICLE):
            ways.append((_("Through a proxy…"), lambda: self.routed.emit(source.id)))
        if not question.refused:
            ways.append((_(ALL_THE_SAME[deed]), do))
            if question.always and source:
                ways.append((_("Always for this source"), lambda: self._allow(source, deed, do)))
        return ways

    def _allow(self, source: Source, deed: Deed, do: Callable[[], None]) -> None:
        self._tasks.change(lambda: self._services.curation.allow(source.id, deed), lambda _changes: do())

    def _source(self, hit: Hit | None) -> Source | None:
        return self.outline.sources.get(hit.item.source) if hit else None

    def _invented(self) -> bool:
        """In the sample nobody is there to be asked."""
        if self._services.sample:
            self.told.emit(_("The sample is invented: there is nothing to ask."))
        return self._services.sample


def _close() -> None:
    """The strip closes by itself."""
