"""The pane on the left: the name, refresh and menu, the tree of places and what can be done with each."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSplitter, QWidget

from veille.i18n import _
from veille.model import Deed, Outline
from veille.ui import theme
from veille.ui.icons import IconButton
from veille.ui.labels import PlainLabel
from veille.ui.layouts import across, down
from veille.ui.places import Place
from veille.ui.tree import PlacesView

PANEL = 0.45  # of the height


class Sidebar(QWidget):
    """``wanted`` carries the name of a deed, the place, and what goes with it.

    That is a sector's key for "move", "top", "up" or "down" for "rank", a route for "route", a
    :class:`veille.model.Deed` and whether it is allowed for "allow", and None for the others.
    """

    wanted = Signal(str, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.outline = Outline()
        name = PlainLabel("Veille")
        name.setFont(theme.sized(self.font(), 1.3, bold=True))
        self.refresh = IconButton("refresh", _("Refresh"), "F5")
        self.menu = IconButton("gear", _("Menu"), "F10")
        head = across(spacing=8, margins=(18, 13, 12, 8))
        head.addWidget(name, 1)
        head.addWidget(self.refresh)
        head.addWidget(self.menu)
        self.places = PlacesView(self)
        self.places.customContextMenuRequested.connect(self._open_menu)
        column = down(self, spacing=2, margins=(0, 0, 0, 8))
        column.addLayout(head)
        self.split = QSplitter(Qt.Orientation.Vertical, handleWidth=1, childrenCollapsible=False)
        self.places.setMinimumHeight(90)
        self.split.addWidget(self.places)
        self.panel = PANEL  # share of the height that goes to the counts beside a search
        column.addWidget(self.split, 1)

    def take_panel(self, panel: QWidget) -> None:
        """The counts beside a search, under the places."""
        self.split.addWidget(panel)
        self._counts = panel
        self.setTabOrder(self.places, panel)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.splitterMoved.connect(self._moved)

    def fit_panel(self) -> None:
        """Give the counts their share of the height, or less where they need less."""
        height = max(1, self.split.height())
        panel = min(round(height * self.panel), self._counts.maximumHeight())
        self.split.setSizes([height - panel, panel])

    def _moved(self) -> None:
        places, panel = self.split.sizes()
        self.panel = panel / max(1, places + panel)

    def show_outline(self, outline: Outline) -> None:
        """Remember the outline for the menus."""
        self.outline = outline

    def _open_menu(self, at: QPoint) -> None:
        index = self.places.indexAt(at)
        if index.isValid():
            self.places.setCurrentIndex(index)
        menu = self.menu_for(self.places.place())
        menu.exec(self.places.viewport().mapToGlobal(at))
        menu.deleteLater()

    def menu_for(self, place: Place) -> QMenu:
        """What can be done with ``place``."""
        menu = QMenu(self)
        theme.dress(menu)
        _add(menu, _("Mark all as read"), lambda: self.wanted.emit("read", place, None))
        if place.name == "search":
            self._add_search(menu, place)
        elif place.name == "tag":
            menu.addSeparator()
            _add(menu, _("Rename…"), lambda: self.wanted.emit("rename", place, None))
            _add(menu, _("Remove from all items"), lambda: self.wanted.emit("remove", place, None))
        elif place.source in self.outline.collections:
            menu.addSeparator()
            _add(menu, _("Rename…"), lambda: self.wanted.emit("rename", place, None))
            menu.addSeparator()
            _add(menu, _("Remove"), lambda: self.wanted.emit("remove", place, None))
            return menu
        if place.name not in ("sector", "source"):
            return menu
        _add(menu, _("Refresh this"), lambda: self.wanted.emit("refresh", place, None))
        menu.addSeparator()
        _add(menu, _("Rename…"), lambda: self.wanted.emit("rename", place, None))
        if place.name == "source":
            self._add_source(menu, place)
        else:
            _add(menu, _("Add an address here…"), lambda: self.wanted.emit("add", place, None))
        _add(menu, _("New rule here…"), lambda: self.wanted.emit("rule", place, None))
        menu.addSeparator()
        _add(menu, _("Remove"), lambda: self.wanted.emit("remove", place, None))
        return menu

    def _add_source(self, menu: QMenu, place: Place) -> None:
        move = menu.addMenu(_("Move to"))
        theme.dress(move)
        for sector in self.outline.sectors:
            if sector.key != place.sector:
                _add(move, sector.title.replace("&", "&&"), partial(self.wanted.emit, "move", place, sector.key))
        move.setEnabled(not move.isEmpty())
        self._add_ranks(menu, place)
        _add(menu, _("Copy its address"), lambda: self.wanted.emit("copy", place, None))
        source = self.outline.sources.get(place.source or 0)
        paused = source is not None and source.id in self.outline.paused
        if paused or source not in self.outline.loose:  # a pause outlives the sector that it was made in
            pause = _add(menu, _("Paused"), lambda: self.wanted.emit("pause", place, None))
            pause.setCheckable(True)
            pause.setChecked(paused)
        if source is None or source.kind.by_host:
            private = _add(menu, _("Allow its private address"), lambda: self.wanted.emit("private", place, None))
            private.setCheckable(True)
            private.setChecked(bool(source and source.allow_private))
        menu.addSeparator()
        _add(menu, _("Route…"), lambda: self._ask_route(place)).setEnabled(source is not None)
        self._add_allowed(menu, place, source.allowed if source else frozenset())
        if source and source.has_pages:
            text = _("Fetch the full article of each new item…")
            full = _add(menu, text, lambda: self.wanted.emit("fulltext", place, not source.full_text))
            full.setCheckable(True)
            full.setChecked(source.full_text)

    def _add_search(self, menu: QMenu, place: Place) -> None:
        menu.addSeparator()
        _add(menu, _("Rename…"), lambda: self.wanted.emit("rename", place, None))
        _add(menu, _("Edit in the search box"), lambda: self.wanted.emit("edit", place, None))
        ids = [each.id for each in self.outline.searches]
        if place.search in ids and len(ids) > 1:
            for to, text, end in (("up", _("Move up"), ids[0]), ("down", _("Move down"), ids[-1])):
                _add(menu, text, partial(self.wanted.emit, "rank", place, to)).setEnabled(place.search != end)
        menu.addSeparator()
        _add(menu, _("Remove"), lambda: self.wanted.emit("remove", place, None))

    def _add_ranks(self, menu: QMenu, place: Place) -> None:
        """Its place among the sources of its sector: the first ones are asked first when not all can be."""
        members = [each.source for each in self.outline.members.get(place.sector or "", ())]
        if place.source not in members or len(members) < 2:
            return
        above, below = place.source != members[0], place.source != members[-1]
        for to, text, possible in (
            ("top", _("Ask first: move to the top"), above), ("up", _("Move up"), above),
            ("down", _("Move down"), below),
        ):  # fmt: skip
            _add(menu, text, partial(self.wanted.emit, "rank", place, to)).setEnabled(possible)

    def _add_allowed(self, menu: QMenu, place: Place, allowed: frozenset[Deed]) -> None:
        """What is done for this source without a question. What was allowed elsewhere can be withdrawn here."""
        deeds = menu.addMenu(_("Allowed without asking"))
        theme.dress(deeds)
        names = {
            Deed.OPEN: _("Open its links in the browser"), Deed.PICTURES: _("Load the pictures of its items"),
            Deed.ARTICLE: _("Fetch its full articles"),
        }  # fmt: skip
        if Deed.PERSONAL in allowed:
            names[Deed.PERSONAL] = _("Follow it to addresses that look made for you")
        for deed, name in names.items():
            on = deed in allowed
            entry = _add(deeds, name, partial(self.wanted.emit, "allow", place, (deed, not on)))
            entry.setCheckable(True)
            entry.setChecked(on)

    def _ask_route(self, place: Place) -> None:
        from veille.ui.dialogs.route import ask_route

        source = self.outline.sources.get(place.source or 0)
        if source is None:
            return
        route = ask_route(self, source.label, source.route)
        if route is not None and route != source.route:
            self.wanted.emit("route", place, route)


def _add(menu: QMenu, text: str, deed: Callable[[], None]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda: deed())
    return action
