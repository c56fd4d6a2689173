"""What opens beside the window: its menus, and the windows and dialogues that are made when they are first wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMainWindow

from veille.i18n import _

if TYPE_CHECKING:
    from veille.core.packs.offered import Offer
    from veille.core.services import Services
    from veille.ui.curating import Curating
    from veille.ui.items import ItemsView
    from veille.ui.reader import Reader
    from veille.ui.sidebar import Sidebar
    from veille.ui.tasks import Tasks
    from veille.ui.window import Window


class Opening(QMainWindow):
    """The part of :class:`veille.ui.window.Window` that opens others."""

    services: "Services"
    tasks: "Tasks"
    own: "Callable[[Callable[[Window], None]], None]"
    side: "Sidebar"
    items: "ItemsView"
    reader: "Reader"
    curating: "Curating"

    def say(self, text: str, milliseconds: int = 5000) -> None:
        """A passing word in the bottom line."""
        raise NotImplementedError

    @property
    def _window(self) -> "Window":
        return cast("Window", self)

    def open_menu(self) -> None:
        """The menu behind the gear."""
        from veille.ui import menus

        menus.open_at(menus.whole(self._window), self.side.menu.mapToGlobal(QPoint(0, self.side.menu.height() + 2)))

    def _open_item_menu(self, at: QPoint) -> None:
        from veille.ui import menus

        menus.open_at(menus.item(self._window), self.items.viewport().mapToGlobal(at))

    def _open_text_menu(self, at: QPoint) -> None:
        from veille.ui import menus

        menus.open_at(menus.text(self._window, at), self.reader.text.viewport().mapToGlobal(at))

    def open_desk(self) -> None:
        """All sources in a table, and what can be done with them."""
        from veille.ui.desk.window import open_desk

        open_desk(self._window)

    def open_rules(self) -> None:
        """What is done with items when they arrive."""
        from veille.ui.desk.rules import open_rules

        open_rules(self._window)

    def ask_rule(self) -> None:
        """Make a rule from the item that is read."""
        from veille.ui.desk.rules import ask_rule

        ask_rule(self._window)

    def open_packs(self, offer: "Offer | None" = None) -> None:
        """The sector packs that are published and received; with an ``offer``, what that changes. The sample has none:
        there it is the person's own profile that opens."""
        from veille.ui.desk.packs import open_packs

        def go(own: "Window") -> None:
            open_packs(own, offer)

        self.own(go)

    def open_traces(self) -> None:
        """What left this machine."""
        from veille.ui.traces import open_traces

        open_traces(self._window, self.services, self.tasks)

    def open_x(self) -> None:
        """What X asks, costs and sees; on and off."""
        from veille.ui.dialogs.x import open_x

        open_x(self._window, self.services, self.tasks)

    def open_spending(self) -> None:
        """What X cost, and what for."""
        from veille.ui.spending import open_spending

        open_spending(self._window, self.services, self.tasks)

    def open_certificate(self) -> None:
        """A page that states what was sent."""
        from veille.ui.dialogs.certificate import open_certificate

        open_certificate(self._window, self.services, self.tasks, self.say)

    def open_keys(self) -> None:
        """The sheet of keys."""
        from veille.ui.dialogs.keys import KeySheet

        KeySheet(self._window).open()

    def open_storage(self) -> None:
        """How much room the profile takes, and what could go."""
        from veille.ui.dialogs.storage import open_storage

        open_storage(self._window)

    def ask_tags(self) -> None:
        """Change the tags of the item that is read."""
        from veille.ui.dialogs.annotating import ask_tags

        ask_tags(self._window)

    def ask_note(self) -> None:
        """Write the note on the item that is read."""
        from veille.ui.dialogs.annotating import ask_note

        ask_note(self._window)

    def begin(self, way: str) -> None:
        """One of the three ways to a list of one's own ("starters", "import" or "add"), from the sample too."""
        from veille.ui import onboarding

        onboarding.begin(self._window, way)

    def export(self) -> None:
        """Write the sources to a file that the person chooses."""
        from veille.ui.dialogs import files

        if path := files.ask_file(self._window, _("Export to OPML"), save="veille.opml"):
            self.curating.export_file(path)

    def export_list(self) -> None:
        """Write what is listed to a file that the person chooses."""
        from veille.ui.dialogs.exporting import export_list

        export_list(self._window)

    def back_up(self) -> None:
        """Write the whole profile to one file."""
        from veille.ui.dialogs.backups import back_up

        back_up(self._window)

    def restore(self) -> None:
        """Put a backup in the place of this profile."""
        from veille.ui.dialogs.backups import restore

        restore(self._window)
