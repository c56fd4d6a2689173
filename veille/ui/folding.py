"""Which panes a narrow window has room for, and whether the counts beside a search are among them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from veille.ui.window import Window

NARROW = 780  # logical pixels, below which three panes have no room
LOWEST = 320  # logical pixels: told here, since texts that come and go must not make a window higher than its screen
LEAST = 300  # logical pixels of the list, where the texts over it need no more


class Folding(QObject):
    """A narrow window shows two panes of the three: the list with the places, or with the reader."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._aside = False  # the places stand in the reader's room
        window.search.places.clicked.connect(self.show_places)
        window.search.narrow.clicked.connect(self._narrow)
        window.searching.paneled.connect(self.fold)
        window.items.shown.connect(self._fold_places)

    @property
    def _tight(self) -> bool:
        panes = (self._window.side, self._window.middle, self._window.reader)
        return self._window.width() < max(NARROW, sum(pane.minimumWidth() + 1 for pane in panes))

    def fold(self) -> None:
        """Show what there is room for."""
        window = self._window
        window.middle.setMinimumWidth(max(LEAST, window.search.least))
        window.setMinimumSize(window.middle.minimumWidth() + 1 + window.reader.minimumWidth(), LOWEST)
        tight = self._tight
        window.search.places.setVisible(tight)
        window.side.setVisible(not tight or self._aside)
        window.reader.setVisible(not (tight and self._aside))
        window.search.narrow.setChecked(window.searching.wanted and not window.side.isHidden())

    def show_places(self) -> None:
        """Go to the sidebar, and back."""
        window = self._window
        self._aside = not self._aside if self._tight else False
        self.fold()
        (
            window.side.places if window.side.isVisible() and not window.side.places.hasFocus() else window.items
        ).setFocus()

    def _narrow(self) -> None:
        """Show the counts beside a search, or hide them; in a narrow window they come with the places."""
        wanted = self._window.search.narrow.isChecked()
        self._aside = wanted if self._tight else self._aside
        self._window.searching.show_panel(wanted)
        self.fold()

    def _fold_places(self, item: int) -> None:
        if item and self._aside:
            self._aside = False
            self.fold()
