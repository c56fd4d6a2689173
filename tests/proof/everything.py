"""``python -m tests.proof.everything FOLDER``: every command and every screen of Veille, one after the other.

An audit hook notes whatever could leave the machine or start another program, with the files of ours that asked
for it, and lets nothing but this machine be reached. Prints JSON: ``events``, ``commands``, ``screens``, ``server``,
``modules``.
"""

import contextlib
import io
import json
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEAVING = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.connect", "socket.sendto")
STARTING = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork", "os.forkpty",
    "pty.spawn", "webbrowser.open", "ctypes.dlopen", "urllib.Request", "ftplib.connect", "smtplib.connect",
)  # fmt: skip
LINES = (
    f"<p>Line {n} of the article says what happened on day {n}, and why {n * 7} people care.</p>" for n in range(20)
)
ARTICLE = f"<html><body><article><h1>News</h1>{''.join(LINES)}</article></body></html>".encode()
HERE = ("127.0.0.1", "::1", "localhost", "", "None")


class Watch:
    """The audit hook. ``events`` are (event, target, our files that led to it, the innermost first)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, list[str]]] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in LEAVING and event not in STARTING:
            return
        target = self._target(event, arguments)
        if target is None:
            return
        self.events.append((event, target, list(_ours())))
        if event in LEAVING and target.rpartition(" ")[0] not in HERE:
            raise OSError(f"{event} {target}: this proof does not leave the machine")

    @staticmethod
    def _target(event: str, arguments: tuple[Any, ...]) -> str | None:
        if event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
            return f"{address[0]} {address[1]}" if isinstance(address, tuple) else None  # None: within the machine
        if event == "socket.getaddrinfo":
            return f"{arguments[0]} {arguments[1]}"
        return f"{arguments[0]!r} " if arguments else " "


def _ours() -> Iterator[str]:
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(str(ROOT)) and "/.venv/" not in file:
            yield file[len(str(ROOT)) + 1 :]
        frame = frame.f_back  # type: ignore[assignment]


# Commands -----------------------------------------------------------------------------------------


def commands(folder: Path) -> tuple[list[str], int]:
    """Run every command that there is, and fail when there is one that is not known here."""
    from tests.observer.stage import PIXEL, feed
    from tests.servers import FeedServer, Reply
    from veille.app import main
    from veille.cli.arguments import _commands

    with FeedServer() as server:
        picture = f'<p>Words <img src="{server.url("/picture.gif")}"></p>'
        reply = feed(picture, link=server.url("/article"))
        server.put("/feed", reply.body, headers=reply.headers)
        server.put("/article", ARTICLE, headers={"Content-Type": "text/html"})
        server.handle("/picture.gif", lambda _request: Reply(body=PIXEL))
        opml = folder / "in.opml"
        opml.write_text(f"<opml><body><outline xmlUrl='{server.url('/feed')}'/></body></opml>")
        profile = ["--profile", str(folder / "profile")]
        items, backup = folder / "out.json", folder / "backup.zip"
        typed: list[list[str]] = [
            ["import", str(opml), "--allow-private"],
            ["add", server.url("/feed?2"), "--allow-private", "--sector", "One"],
            ["refresh"], ["list"], ["search", "words", "--facets", "--like", "1"], ["keep", "words", "--name", "Mine"],
            ["searches"], ["drop", "Mine"], ["history", "--forget"], ["brief"], ["read", "1"], ["save", "1"],
            ["unsave", "1"], ["flag", "1"], ["unflag", "1"], ["rule", "flag", "--words", "line", "--yes"], ["rules"],
            ["tag", "1", "--add", "mine"], ["note", "1", "Words of mine"], ["highlight", "1", "Words"],
            ["health", "--examine"], ["undo"], ["fulltext", "1", "on", "--yes"], ["refresh"],
            ["sources"], ["sectors"], ["starters"], ["adopt", "energy"], ["try", "energy"],
            ["export", str(folder / "out.opml")], ["mode"], ["route", "1", "direct"], ["allow", "1", "article"],
            ["article", "1", "--yes"], ["traces"],
            ["certificate", str(folder / "certificate.pdf")], ["settings"], ["set", "keep_days", "80"], ["x"],
            ["budget"], ["rank", "2", "top"], ["save", "1"],
            ["find", server.url("/feed?3"), "--yes", "--allow-private", "--add"], ["undo"],
            ["desk", "--sort", "last"], ["move", "2", "--to", "One"], ["pause", "2"], ["resume", "2"],
            ["label", "2", "--add", "mine"], ["trial", "2", "--until", "30d"], ["explain", "2", "The best"],
            ["remove", "2"], ["undo"],
            *(["export", str(folder / f"out{ending}")] for ending in (".md", ".html", ".csv", ".bib", ".csl.json")),
            ["export", str(items)], ["backup", str(backup)], ["import", str(items)], ["storage"],
            ["publish", "energy", str(folder), "--sign"],
            ["follow", str(ROOT / "resources" / "sectors" / "health.toml")], ["packs", "--look"], ["review"],
            ["review", "health", "--accept"], ["trust", "health", "off"], ["unfollow", "health"],
            ["publish", "one", str(folder / "one.veille.toml"), "--to-file"],
            ["clean", "--days", "1", "--yes"], ["restore", str(backup), "--yes"],
        ]  # fmt: skip
        assert {words[0] for words in typed} == set(_commands()), "a command is missing here"
        for words in typed:
            status = main([*words, *profile])
            # Nobody answers the starter sectors here.
            assert status == (1 if words[0] == "try" else 0), f"{words}: {status}"
        return [words[0] for words in typed], server.port


# Screens ------------------------------------------------------------------------------------------


def screens(folder: Path) -> list[str]:
    """Open every window, dialogue and menu that there is, and do what a person can do there."""
    from tests.internet import Internet, pages
    from tests.networks.x import TOKEN
    from tests.observer.stage import PIXEL, feed
    from tests.servers import Reply
    from tests.simulated import Person, SimulatedClock
    from veille.model import Mode

    with Internet(SimulatedClock()) as internet:
        picture = '<p>Words <img src="http://watched.example/picture.gif"></p>'
        site = {
            "/feed": feed(picture, link="http://watched.example/article"), "/picture.gif": Reply(body=PIXEL),
            "/article": Reply(200, {"Content-Type": "text/html"}, ARTICLE),
        }  # fmt: skip
        internet.site("watched.example", pages(site))
        _networks(internet)
        person = Person(folder, internet, token=TOKEN)
        try:
            person.services.x.turn_on()
            for account in ("@jane", "ann.bsky.social", "@bob@mastodon.example"):
                person.services.curation.add(account)
            person.services.curation.add_feed("http://watched.example/feed")
            person.refresh()
            person.window.browsing.look()
            person.pump(lambda: len(person.window.items.items.ids))
            person.window.items.step(1)
            person.pump(lambda: person.window.reader.hit)
            for mode in (Mode.OPEN, Mode.STRICT, Mode.DISCREET):
                person.services.discretion.set_mode(mode)
                _deeds(person)
            shown = _windows(person, folder)
            for found in internet.seen:
                ours = found.host != "watched.example" or found.path in ("/feed", "/picture.gif", "/article")
            assert ours, found.line
            return shown
        finally:
            person.close()


def _networks(internet: Any) -> None:
    """X, Bluesky and a Mastodon instance, with a post each."""
    from tests.networks.bluesky import Bluesky
    from tests.networks.mastodon import Mastodon
    from tests.networks.x import XServer
    from veille.sources.x.fetcher import HOST

    x, bluesky, mastodon = (
        XServer(internet.clock),
        Bluesky(internet.clock),
        Mastodon("mastodon.example", internet.clock),
    )
    x.account("jane")
    x.post("jane", "Words on X")
    bluesky.post(bluesky.account("ann.bsky.social"), "Words on Bluesky")
    mastodon.post(mastodon.account("bob"), "Words on Mastodon")
    for name, handler in ((HOST, x), ("public.api.bsky.app", bluesky.answer), ("mastodon.example", mastodon.answer)):
        internet.site(name, handler)


def _deeds(person: Any) -> None:
    """What shows the person, asked for and done where Veille lets them."""
    window = person.window
    for deed in ("open", "copy", "pictures", "article"):
        window.revealing.do(deed)
        person.settle()
        for choice in window.reader.strip.choices:
            if "all the same" in choice.text():
                choice.click()
                person.settle()
                break


def _windows(person: Any, folder: Path) -> list[str]:
    from veille.core.curating.starters import Starters  # noqa: F401 - what the dialogue is made of
    from veille.ui import dialogs, menus
    from veille.ui.desk.packs import open_packs
    from veille.ui.desk.rules import ask_rule, open_rules
    from veille.ui.desk.window import open_desk
    from veille.ui.dialogs import (
        adding,
        annotating,
        backups,
        certificate,
        files,
        keys,
        naming,
        notes,
        preferences,
        report,
        route,
        starters,
        storage,
        x,
    )
    from veille.ui.spending import open_spending
    from veille.ui.traces import open_traces

    services, window = person.services, person.window
    imported = services.exchange.import_opml(b"<opml><body><outline xmlUrl='nonsense'/></body></opml>", "x.opml")
    prepared = _file_work(person, folder)
    makes: dict[str, Callable[[], Any]] = {
        "adding": lambda: adding.AddressDialog(window, services, window.tasks, window.browsing.outline, None),
        "annotating": lambda: annotating.NoteDialog(window, "A note", None),
        "backups": lambda: backups.RestoreDialog(window, prepared),
        "exporting": lambda: _answered(window.export_list),
        "storage": lambda: _proposing(storage.open_storage(window)),
        "certificate": lambda: certificate.CertificateDialog(window, services),
        "files": lambda: _answered(lambda: files.ask_file(window, "A file", save=str(folder / "x.opml"))),
        "keys": lambda: keys.KeySheet(window),
        "naming": lambda: _answered(lambda: naming.ask_name(window, "A name", "x")),
        "notes": lambda: notes.TextField("proxy", "", window),
        "preferences": lambda: preferences.PreferencesWindow(services.preferences.values, lambda *_: None, window),
        "report": lambda: report.ReportWindow(window, imported),
        "route": lambda: route.RouteDialog(window, "Source", ""),
        "starters": lambda: starters.StartersWindow(window, services.starters.starter_sectors()),
        "x": lambda: x.XWindow(window, services, window.tasks),
    }
    there = {each.name for each in pkgutil.iter_modules(dialogs.__path__)}
    assert set(makes) == there, f"a dialogue is missing here: {there ^ set(makes)}"
    makes |= {
        "tags": lambda: annotating.TagsDialog(window, ("mine",), ("mine", "other")),
        "back up": lambda: _answered(window.back_up), "restore": lambda: _answered(window.restore),
        "menu": lambda: menus.whole(window), "item menu": lambda: menus.item(window),
        "traces": lambda: open_traces(window, services, window.tasks),
        "desk": lambda: open_desk(window),
        "page that is looked at": lambda: _looked(person, "http://watched.example/article"),
        "feed that is looked at": lambda: _looked(person, "http://watched.example/feed"),
        "budget": lambda: open_spending(window, services, window.tasks), "modes": window.glass.menu,
        "rules": lambda: open_rules(window), "rule": lambda: ask_rule(window),
        "packs": lambda: open_packs(window), "pack to publish": lambda: open_packs(window)._publish(),
        "pack that is offered": lambda: _offered(person, folder),
        "place menu": lambda: window.side.menu_for(window.side.places.place()),
    }  # fmt: skip
    for make in makes.values():
        made = make()
        if made is not None:
            made.show()
            person.settle()
            made.close()
            made.deleteLater()
    services.restorer.abandon()
    return sorted(makes)


def _file_work(person: Any, folder: Path) -> Any:
    """What is done with files in a window: export, import and back up; the backup is prepared to be restored."""
    from veille.core.transfer.exporting import Kind
    from veille.model import Query
    from veille.ui.tasks import Task

    services, progress = person.services, Task("proof")
    folder.mkdir(exist_ok=True)
    services.exporter.write_file(Query(), Kind.JSON, folder / "items.json", progress)
    person.window.curating.import_file(str(folder / "items.json"))
    person.settle()
    services.backups.write(folder.parent / "window.zip", progress)
    return services.restorer.prepare(folder.parent / "window.zip", progress)


def _looked(person: Any, address: str) -> Any:
    """The dialogue for a new source, after what can be asked was asked; the last that was found is chosen."""
    from veille.ui.dialogs.adding import AddressDialog

    window = person.window
    dialog = AddressDialog(window, person.services, window.tasks, window.browsing.outline, None, address)
    dialog.show()
    finding = dialog.finding
    person.pump(lambda: finding.asking.ready)
    finding.asking.button.click()
    person.pump(lambda: not finding.busy)
    finding.list.setCurrentRow(finding.list.count() - 1)
    return dialog


def _offered(person: Any, folder: Path) -> Any:
    """A pack that was sent, and would take the place of what was received before."""
    from veille.ui.desk.packs import open_packs

    services = person.services
    pack = folder / "sent.veille.toml"
    sector = services.curation.add_sector("Sent")[0].key
    services.publishing.send(sector, pack)
    services.publishing.stop(sector)
    return open_packs(person.window, services.offers.open(pack))


def _proposing(storage: Any) -> Any:
    storage.begin.click()
    return storage


def _answered(ask: Callable[[], object]) -> None:
    """A dialogue that waits for its answer, which is Esc."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QDialog

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.reject()
        else:
            QTimer.singleShot(50, close)

    QTimer.singleShot(50, close)
    ask()


def main(folder: Path) -> int:
    watch = Watch()
    sys.addaudithook(watch)
    from PySide6.QtWidgets import QApplication

    app = QApplication(["veille"])  # before the certificate, which would make do with less
    with contextlib.redirect_stdout(io.StringIO()):
        done, port = commands(folder)
        shown = screens(folder / "window")
    app.processEvents()
    print(
        json.dumps(
            {"events": watch.events, "commands": done, "screens": shown, "server": port, "modules": sorted(sys.modules)}
        )
    )
    alive = [each.name for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
    assert not alive, alive
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
