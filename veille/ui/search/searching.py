"""What goes on around a search: counts that narrow it, and searches that are kept as lists."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from veille.i18n import _
from veille.model import Changes, Facets, Listing, Outline, Query
from veille.ui.browsing import Browsing
from veille.ui.places import ALL
from veille.ui.search.suggesting import Suggesting
from veille.ui.sidebar import Sidebar
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.ui.search.facetlines import Facet, Line, More
    from veille.ui.search.facets import FacetsView

PAUSE = 60  # ms without another list before its facets are counted
LATER = 500  # ms after the lists before unread items of saved searches are counted


class Searching(QObject):
    """``paneled`` tells that the panel of counts is shown, or hidden again."""

    told = Signal(str)
    paneled = Signal()

    def __init__(self, services: "Services", tasks: Tasks, browsing: Browsing, side: Sidebar, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._browsing, self._side = services, tasks, browsing, side
        self._bar = browsing.search
        self._suggesting = Suggesting(services, tasks, self._bar, self)
        self._suggesting.told.connect(self.told)
        self.wanted = True  # the person wants the panel where there is something to count
        self._query, self._facets = Query(), Facets()
        self._put: set[str] = set()  # pieces of the text that a facet put there
        self._unfolded: frozenset[str] = frozenset()
        self._panel: FacetsView | None = None
        self._counting = False  # unread items of saved searches
        self._pause = self._timer(PAUSE, self._ask_facets)
        self._later = self._timer(LATER, self._ask_unread)
        browsing.listed.connect(self._take_listing)
        browsing.outlined.connect(self._take_outline)
        browsing.counted.connect(lambda _counts: self._count_later())
        browsing.indexed.connect(self._count_later)
        browsing.items.shown.connect(lambda item: self._suggesting.remember() if item else None)
        self._bar.left.connect(self._suggesting.remember)
        self._bar.box.kept.connect(self.keep)

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(then)
        return timer

    # Facets ----------------------------------------------------------------------------------------

    @property
    def searched(self) -> bool:
        """Whether the list is that of a search."""
        return bool(self._query.text or self._query.within or self._query.tag)

    def _take_listing(self, _listing: Listing, query: Query) -> None:
        if query != self._query:
            self._tasks.forget("facets")  # of another list
        self._query = query
        if not self.searched:
            self._put, self._unfolded = set(), frozenset()
        self.show_panel()

    def show_panel(self, wanted: bool | None = None) -> None:
        """Show the panel where there is something to count and the person wants it."""
        self.wanted = self.wanted if wanted is None else wanted
        if self.wanted and self.searched:
            self._pause.start()
            return
        self._pause.stop()
        self._tasks.forget("facets")
        self._facets = Facets()
        self._fold_panel(None)

    def _ask_facets(self) -> None:
        query, outline = self._query, self._browsing.outline

        def count() -> Facets:
            from veille.ui.search.narrowing import source_terms

            source_terms(outline)  # how each name is read is found out here, where it keeps no key waiting
            return self._services.library.facets(query)

        self._tasks.query("facets", count, self._take_facets)

    def _take_facets(self, facets: Facets) -> None:
        self._facets = facets
        self._show_facets()

    def _show_facets(self) -> None:
        from veille.ui.search.facetlines import lines

        found = lines(self._facets, self._browsing.outline, self._bar.text, self._unfolded)
        if self._panel is None:
            if not found:
                return
            self._panel = self._make_panel()
        self._panel.show_lines(found)
        self._fold_panel(found)
        self._side.fit_panel()

    def _fold_panel(self, lines: "list[Line] | None") -> None:
        """Show the panel where it has lines."""
        panel = self._panel
        if panel is None or panel.isHidden() is not bool(lines):
            return
        focused = panel.hasFocus()
        if not lines:
            panel.show_lines([])  # the next search begins at the top
        panel.setVisible(bool(lines))
        if focused:
            self._browsing.items.setFocus()
        self.paneled.emit()

    def _make_panel(self) -> "FacetsView":
        from veille.ui.search.facets import FacetsView

        panel = FacetsView()
        panel.picked.connect(self._pick)
        panel.hide()
        self._side.take_panel(panel)
        return panel

    def _pick(self, line: "Facet | More") -> None:
        """Narrow to it, or no longer; unfold a section."""
        from veille.ui.search import narrowing
        from veille.ui.search.facetlines import More

        text = self._bar.box.text()
        if isinstance(line, More):
            self._unfolded ^= {line.section}
            self._show_facets()
        elif line.chosen:
            self._bar.box.setText(narrowing.without(text, line.terms))
        elif (whole := narrowing.narrowed(text, line.terms, self._put)) != text:
            self._bar.box.setText(whole)
        else:
            self.told.emit(_("There is no room for more in the search box."))

    # Searches that are kept ------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep what is searched as a list, as it is seen here."""
        from veille.ui.search.narrowing import whole

        place = self._browsing.places.place()
        if not self._bar.text:
            self.told.emit(_("Type a search first: then it can be saved as a list."))
            return
        text = whole(self._bar.text, place if self._bar.within(place) else ALL, self._browsing.outline)
        self._tasks.change(lambda: self._services.searches.save(text), self._kept)

    def _kept(self, changes: Changes) -> None:
        """What is kept already is said: there is nothing to take back."""
        if changes.undo is None:
            self.told.emit(changes.text)

    def edit(self, text: str) -> None:
        """Go on typing a search that is kept."""
        self._browsing.go(ALL)
        self._bar.put(text)

    def like(self) -> None:
        """What is like the item that is read, from everywhere."""
        if hit := self._browsing.reader.hit:
            from veille.ui.search.narrowing import written

            self._bar.look_everywhere(written("like", str(hit.item.id)))

    def _take_outline(self, outline: Outline) -> None:
        self._suggesting.outline = outline
        self.show_panel()

    def _count_later(self) -> None:
        if not self._later.isActive():  # changes may pour in: the first of them is not put off again and again
            self._later.start()

    def _ask_unread(self) -> None:
        """One at a time: with many saved searches two would keep both threads, and a list that is asked for waiting."""
        if self._counting:
            self._later.start()
        elif self._browsing.outline.searches:
            self._counting = True
            self._tasks.query("search counts", self._services.searches.unread, self._take_unread, self._counted)

    def _take_unread(self, unread: Mapping[int, int]) -> None:
        self._counted()
        self._browsing.places.places.show_searches(unread)

    def _counted(self) -> None:
        self._counting = False
