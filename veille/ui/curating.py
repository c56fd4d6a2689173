"""What a person does to their list: add, import, rename, move, remove, refresh. Each can be undone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from veille.contacts import Reason
from veille.i18n import _, moment, ngettext, number
from veille.model import Changes, Deed, Outline
from veille.ui.places import Place
from veille.ui.strips import Choice
from veille.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from veille.core.curating.adding import NewAddress
    from veille.core.discretion import Question
    from veille.core.services import Services
    from veille.core.transfer.exchange import ImportReport
    from veille.core.transfer.importing import Report as Brought
    from veille.core.watching.refresh import Report

LARGEST = 50_000_000  # bytes of an OPML file that are read


class Curating(QObject):
    """The deeds behind the menus.

    ``ready`` tells that new sources wait to be asked for the first time, ``brought`` what came from another program,
    ``budgeted`` what is to be known of the money for X after a refresh, "" for nothing; ``asked`` what the person
    decides first.
    """

    told = Signal(str)
    budgeted = Signal(str)
    ready = Signal(object)  # Changes
    brought = Signal(object)  # Changes
    asked = Signal(str, list)  # a question, and its choices

    def __init__(self, services: "Services", tasks: Tasks, window: QWidget) -> None:
        super().__init__(window)
        self._services, self._tasks, self._window = services, tasks, window
        self.outline = Outline()

    # Refreshing -----------------------------------------------------------------------------------

    def refresh(self, sources: tuple[int, ...] | None = None) -> None:
        """Ask ``sources`` (None: all) because the person said so."""
        if self._services.sample:
            self.told.emit(_("The sample is invented: there is nothing to ask."))
        elif not self._run(sources, Reason.BY_HAND):
            self.told.emit(_("A refresh is under way."))

    def refresh_due(self) -> None:
        """Ask the sources whose time has come: the schedule's tick.

        It waits for no other work, since nothing that the person does may move a request.
        """
        if not self._services.sample:
            self._tasks.job("due", lambda _task: self._services.refresher.due(), self._run_due)
            self._tasks.job("recheck", self._recheck)
            self._tasks.job("arrivals", self._fetch_articles)

    def _fetch_articles(self, task: Task) -> None:
        """The pages behind what arrived, where the person wants them all, when it is time."""
        if self._services.arrivals.due():
            self._services.arrivals.run(task, on_changes=self._tasks.announce)

    def _recheck(self, task: Task) -> None:
        """Whether stored posts still stand, when it is time to ask."""
        if self._services.rechecks.due():
            self._services.rechecks.run(task, on_changes=self._tasks.announce)

    def _run_due(self, sources: tuple[int, ...]) -> None:
        if sources:
            self._run(sources, Reason.SCHEDULED)

    def _run(self, sources: tuple[int, ...] | None, reason: Reason) -> bool:
        def work(task: Task) -> "Report":
            if reason is Reason.BY_HAND:
                self._services.arrivals.follow()
            return self._services.refresher.run(task, sources, on_changes=self._tasks.announce, reason=reason)

        return self._tasks.job("refresh", work, self._refreshed)

    def _refreshed(self, report: "Report") -> None:
        self._services.indexer.wake()
        self._tasks.changed.emit(Changes(outline=True))
        self.told.emit(_in_words(report))
        self._tasks.query("budget", self._services.budget.warning, self.budgeted.emit)

    # One place ------------------------------------------------------------------------------------

    def do(self, deed: str, place: Place, with_what: object) -> None:
        """A deed of the sidebar's menu."""
        if place.search is not None:
            self._do_with_search(deed, place.search, str(with_what))
            return
        if place.tag is not None:
            self._do_with_tag(deed, place.tag)
            return
        deeds: dict[str, Callable[[], None]] = {
            "refresh": lambda: self.refresh(self.sources_of(place)),
            "rename": lambda: self._rename(place),
            "move": lambda: self._change(
                lambda: self._services.curation.move(place.source or 0, str(with_what), place.sector)
            ),
            "rank": lambda: self._rank(place, str(with_what)),
            "pause": lambda: self._pause(place.source or 0),
            "private": lambda: self.allow_private(place.source or 0),
            "route": lambda: self.set_route(place.source or 0, str(with_what)),
            "allow": lambda: self._allow(place.source or 0, with_what),
            "fulltext": lambda: self.set_full_text(place.source or 0, bool(with_what)),
            "remove": lambda: self._remove(place),
            "add": lambda: self.add_address(place.sector),
        }
        deeds[deed]()

    def _do_with_search(self, deed: str, search: int, to: str) -> None:
        """A deed on a search that is kept as a list."""
        searches, ids = self._services.searches, [each.id for each in self.outline.searches]
        if search not in ids:
            return
        if deed == "remove":
            self._change(lambda: searches.remove(search))
        elif deed == "rank":
            at = ids.index(search) + {"up": -1, "down": 1}[to]
            self._change(lambda: searches.move(search, at))
        elif deed == "rename":
            self._rename_search(search, self.outline.searches[ids.index(search)].label)

    def _do_with_tag(self, deed: str, tag: str) -> None:
        """A deed on a tag of the person's."""
        if deed == "remove":
            self._change(lambda: self._services.annotations.remove_tag(tag))
        elif deed == "rename":
            self._rename_tag(tag, tag)

    def _rename_tag(self, tag: str, name: str, problem: str = "") -> None:
        """Ask for its name, again with what was typed where that will not do."""
        from veille.errors import TooLong
        from veille.ui.dialogs.naming import ask_name

        given = ask_name(self._window, _("Name of the tag"), name, problem)
        if not given or given == tag:
            return

        def rename() -> Changes | str:
            try:
                return self._services.annotations.rename_tag(tag, given)
            except TooLong as error:
                return str(error)

        def then(answer: Changes | str) -> None:
            if isinstance(answer, str):
                self._rename_tag(tag, given, answer)

        self._tasks.change(rename, then)

    def _rename_search(self, search: int, name: str, problem: str = "") -> None:
        """Ask for its name, again with what was typed where that will not do."""
        from veille.errors import TooLong
        from veille.ui.dialogs.naming import ask_name

        given = ask_name(self._window, _("Name of the search"), name, problem)
        if given is None:
            return

        def rename() -> Changes | str:
            try:
                return self._services.searches.rename(search, given)
            except TooLong as error:
                return str(error)

        def then(answer: Changes | str) -> None:
            if isinstance(answer, str):
                self._rename_search(search, given, answer)

        self._tasks.change(rename, then)

    def sources_of(self, place: Place) -> tuple[int, ...]:
        """The sources that ``place`` stands for."""
        if place.source is not None:
            return (place.source,)
        return tuple(each.source for each in self.outline.members.get(place.sector or "", ()))

    def _rank(self, place: Place, to: str) -> None:
        places = {"top": None, "up": 1, "down": -1}[to]
        self._change(lambda: self._services.curation.rank(place.source or 0, place.sector or "", places))

    def _pause(self, source: int) -> None:
        paused = source not in self.outline.paused
        self._change(lambda: self._services.curation.pause(source, paused))

    def allow_private(self, source: int) -> None:
        """Allow it, or no longer."""
        allowed = not self.outline.sources[source].allow_private
        self._change(lambda: self._services.curation.allow_private(source, allowed))

    def ask_route(self, source: int) -> None:
        """Ask by which way it is asked."""
        from veille.ui.dialogs.route import ask_route

        one = self.outline.sources[source]
        route = ask_route(self._window, one.label, one.route)
        if route is not None:
            self.set_route(source, route)

    def set_route(self, source: int, route: str) -> None:
        """Its own way out: "" for the profile's, "direct", or the address of a proxy."""
        self._change(lambda: self._services.curation.set_route(source, route))

    def _allow(self, source: int, what: object) -> None:
        deed, allowed = cast(tuple[Deed, bool], what)
        self.allow(source, deed, allowed)

    def allow(self, source: int, deed: Deed, allowed: bool = True) -> None:
        """Let ``deed`` be done for it without a question, or no longer."""
        self._change(lambda: self._services.curation.allow(source, deed, allowed))

    def set_full_text(self, source: int, on: bool) -> None:
        """Fetch the page behind each of its new items, once the person has read who sees that; or no longer."""

        def change() -> None:
            self._change(lambda: self._services.curation.set_full_text(source, on))

        if on and self._services.sample:
            self.told.emit(_("The sample is invented: there is nothing to ask."))
        elif on:
            arrivals = self._services.arrivals
            self._tasks.query(
                "fulltext", lambda: arrivals.question(source), lambda question: self._ask(question, source, change)
            )
        else:
            change()

    def _ask(self, question: "Question", source: int, do: Callable[[], None]) -> None:
        """The quieter ways first: the keyboard stands on them."""
        ways: list[Choice] = [(_("Leave it as it is"), lambda: None)]
        if not question.proxied:
            ways.append((_("Through a proxy…"), lambda: self.ask_route(source)))
        if not question.refused:
            ways.append((_("Fetch all the same"), do))
        self.asked.emit(question.text, ways)

    def follow_move(self, source: int, *, follow: bool = True) -> None:
        """Take the address that it moved to, or stay with the old one."""
        curation = self._services.curation
        self._change(lambda: curation.follow_move(source) if follow else curation.refuse_move(source))

    def _remove(self, place: Place) -> None:
        curation = self._services.curation
        if place.source is not None:
            source = place.source
            self._change(lambda: curation.remove_source(source))
        elif place.sector is not None:
            sector = place.sector
            self._change(lambda: curation.remove_sector(sector))

    def _rename(self, place: Place) -> None:
        from veille.ui.dialogs.naming import ask_name

        curation = self._services.curation
        if place.source is not None:
            source = self.outline.named[place.source]
            kind = _("Name of the collection") if source.id in self.outline.collections else _("Name of the source")
            called = ask_name(self._window, kind, source.label)
            if called is not None:
                self._change(lambda: curation.rename_source(source.id, called))
            return
        title = next((each.title for each in self.outline.sectors if each.key == place.sector), "")
        name = ask_name(self._window, _("Name of the sector"), title)
        if name:
            self._change(lambda: curation.rename_sector(place.sector or "", name))

    # Adding ---------------------------------------------------------------------------------------

    def add_sector(self) -> None:
        """Ask for a name and add a sector."""
        from veille.ui.dialogs.naming import ask_name

        name = ask_name(self._window, _("Name of the sector"), "")
        if name:
            self._change(lambda: self._services.curation.add_sector(name)[1])

    def add_address(self, sector: str | None = None, address: str = "", over: QWidget | None = None) -> None:
        """Ask ``over`` a window (None: this one) for an address or account, and add its source; ``address`` stands
        there already."""
        from veille.ui.dialogs.adding import ask_address

        if found := ask_address(over or self._window, self._services, self._tasks, self.outline, sector, address):
            self.add(found)

    def add(self, new: "NewAddress") -> None:
        """Add a source."""
        self._change(lambda: self._services.adding.add(new), self.ready.emit)

    def adopt(self, keys: tuple[str, ...]) -> None:
        """Take starter sectors."""
        self._change(lambda: self._services.starters.adopt(keys), self.ready.emit)

    def import_file(self, path: str) -> None:
        """Take in a list of sources, or what another program saved: whatever the file is."""

        def work(task: Task) -> "ImportReport | Brought":
            from veille.formats.entry import Format
            from veille.formats.reading import recognise

            format = recognise(Path(path))
            if format is Format.OPML:
                return self._services.exchange.import_opml(_read(path), Path(path).name, progress=task)
            return self._services.importer.run(Path(path), format, task, self._tasks.announce)

        if not self._tasks.job("import", work, self._imported):
            self.told.emit(_("Another import is still under way."))

    def _imported(self, report: "ImportReport | Brought") -> None:
        from veille.core.transfer.exchange import ImportReport

        said = replace(report.changes, text=report.text)
        if isinstance(report, ImportReport):
            self._tasks.changed.emit(report.changes)
            self.ready.emit(said)
        else:
            self._tasks.changed.emit(replace(report.changes, text=""))
            self.brought.emit(said)
        self._show_report(report)

    def _show_report(self, report: "ImportReport | Brought") -> None:
        from veille.ui.dialogs.report import ReportWindow, show_report

        if ReportWindow.worthwhile(report):
            show_report(self._window, report)

    def export_file(self, path: str) -> None:
        """Write all sources to an OPML file, to its end even when the window closes."""

        def work() -> str:
            self._services.exchange.export_file(Path(path))
            return _("Exported to {name}.").format(name=Path(path).name)

        self._tasks.change(work, self.told.emit)

    def _change(self, call: Callable[[], Changes], then: Callable[[Changes], None] | None = None) -> None:
        self._tasks.change(call, then)


def _in_words(report: "Report") -> str:
    """What a pass did."""
    if report.later is not None:
        text = _("Strict level: sources are asked at fixed times alone, next on {when}.")
        return text.format(when=moment(report.later))
    if report.cancelled:
        return _("Stopped. What had come in is kept.")
    failed, reasons = len(report.failed), {reason for _source, reason in report.failed}
    if failed and not report.asked and len(reasons) == 1:  # no way out, for instance
        return reasons.pop()
    text = ngettext("{n} new item.", "{n} new items.", report.changes.new).format(n=number(report.changes.new))
    if failed:
        text += " " + ngettext("{n} source failed.", "{n} sources failed.", failed).format(n=number(failed))
    return text


def whole_archive(path: Path) -> Path:
    """What is meant by a file that was chosen: of an unpacked X archive, its folder."""
    return path.parent if path.suffix.lower() == ".js" and path.parent.name == "data" else path


def _read(path: str) -> bytes:
    from veille.errors import BadFile, os_detail

    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise BadFile(name=Path(path).name, detail=os_detail(error)) from error
    if len(data) > LARGEST:
        raise BadFile(name=Path(path).name, detail=_("the file is too large"))
    return data
