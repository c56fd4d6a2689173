"""``python -m tests.proof.offline FOLDER``: what a person does with a saved library, in a network that is none.

``FOLDER/profile`` holds the item ITEM, with its article, its picture and all that a person can do to it. The
real commands and the real window read, search, tag, note, mark, export, back up, restore, import and clean up. Prints
JSON: ``sockets`` that were made or used for a network (seen by an audit hook), ``kernel``: what the counters of this
network say of packets that were to leave, ``commands`` that ran.
"""

import contextlib
import io
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.core.test_saved import NOTE, PASSAGE, PICTURE, check

ITEM = 1
COUNTERS = {  # proc_net(5): sent, or not sent for want of a way
    "Ip": ("OutRequests", "OutNoRoutes"), "Tcp": ("ActiveOpens",), "Udp": ("OutDatagrams",),
    "Ip6": ("Ip6OutRequests", "Ip6OutNoRoutes"), "Udp6": ("Udp6OutDatagrams",),
}  # fmt: skip


class Watch:
    """The audit hook: sockets of a network, whoever made them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith("socket."):
            return
        unix = getattr(socket, "AF_UNIX", None)
        if event == "socket.__new__" and arguments[1] == unix:
            return  # pipes of worker processes, within the machine
        if event in ("socket.connect", "socket.bind", "socket.sendto") and not isinstance(arguments[1], tuple):
            return
        self.seen.append(f"{event} {arguments[1:]}")


def counters() -> dict[str, int]:
    """What the kernel counted in this network namespace."""
    found: dict[str, int] = {}
    with contextlib.suppress(OSError):
        lines = Path("/proc/net/snmp").read_text().splitlines()
        for names, numbers in zip(lines[::2], lines[1::2], strict=True):
            kind = names.split(":")[0]
            row = dict(zip(names.split()[1:], numbers.split()[1:], strict=True))
            found |= {f"{kind}.{name}": int(row[name]) for name in COUNTERS.get(kind, ()) if name in row}
        for line in Path("/proc/net/snmp6").read_text().splitlines():
            name, number = line.split()
            if name in COUNTERS["Ip6"] + COUNTERS["Udp6"]:
                found[name] = int(number)
    return found


def commands(folder: Path) -> list[str]:
    """Run them, and look at what they say."""
    from veille.app import main

    item, own = str(ITEM), ["--profile", str(folder / "profile")]
    exports = [folder / f"out{ending}" for ending in (".md", ".html", ".csv", ".json", ".bib", ".csl.json", ".opml")]
    other, third = folder / "other", folder / "third"
    rows: list[tuple[list[str], str, list[str]]] = [
        (["list", "--saved"], "Title of kept", own),
        (["read", item], "bathyscaphe", own),
        (["article", item], "Line 3 of the article", own),
        (["search", "bathyscaphe"], "Title of kept", own),
        (["search", "Cunégonde", "has:note"], "Title of kept", own),
        (["search", "people care day 13", "--facets"], "Title of kept", own),
        (["tag", item, "--add", "offline"], "offline", own),
        (["note", item, f"{NOTE} today"], "", own),
        (["note", item, NOTE], "", own),
        (["highlight", item], PASSAGE, own),
        (["highlight", item, "bathyscaphe"], "", own),
        (["highlight", item, "bathyscaphe", "--remove"], "", own),
        (["tag", item, "--remove", "offline"], "", own),
        (["save", "2"], "", own), (["undo"], "", own), (["unsave", "2"], "", own),
        (["keep", "tag:mine"], "", own), (["searches"], "tag:mine", own), (["brief"], "", own),
        (["sources"], "A feed", own), (["traces"], "", own), (["settings"], "", own), (["storage"], "", own),
        *((["export", str(file)], "", own) for file in exports),
        (["backup", str(folder / "backup.veille")], "", own),
        (["restore", str(folder / "backup.veille")], "", ["--profile", str(other)]),
        (["article", item], "Line 3 of the article", ["--profile", str(other)]),
        (["import", str(folder / "out.json")], "", ["--profile", str(third)]),
        (["search", "people care day 13", "--saved"], "Title of kept", ["--profile", str(third)]),
        (["clean", "--days", "36500", "--yes"], "", own),
    ]  # fmt: skip
    for words, said, profile in rows:
        out, status = _run(main, [*words, *profile])
        assert status == 0, (words, status, out)
        assert said in out, (words, out)
    for file in exports[:-1]:
        assert "kept" in file.read_text(encoding="utf-8"), file
    return [words[0] for words, _said, _profile in rows]


def _run(main: Callable[[list[str]], int], words: list[str]) -> tuple[str, int]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main(words)
    return out.getvalue(), status


def window(folder: Path) -> None:
    """Read the item in the window, with its article and its picture, and find it."""
    from PySide6.QtWidgets import QApplication

    from veille.app import open_services
    from veille.model import Query
    from veille.ui.start import Face

    app = QApplication.instance() or QApplication(["veille"])

    def until(true: Callable[[], object], what: str) -> None:
        ends = time.monotonic() + 60
        while not true():
            app.processEvents()
            assert time.monotonic() < ends, what
            time.sleep(0.001)

    services = open_services(folder / "profile", write=True)
    face = Face(app, services, lambda _name: services)  # type: ignore[arg-type]
    shown = face.window
    until(lambda: ITEM in shown.model.ids, "the list")
    shown.search.look_here("bathyscaphe is:saved")
    until(lambda: list(shown.model.ids) == [ITEM], "the search")
    shown.items.step(1)
    reader = shown.reader
    until(lambda: reader.hit and "bathyscaphe" in reader.text.toPlainText(), "the text")
    until(lambda: any(each.url == PICTURE and each.image for each in reader._pictures), "the picture")
    shown.revealing.do("article")
    until(lambda: "Line 3 of the article" in reader.text.toPlainText(), "the article")
    shown.browsing.toggle_saved()
    until(lambda: reader.hit and not reader.hit.mark.saved, "letting go")
    shown.browsing.undo()
    until(lambda: reader.hit and reader.hit.mark.saved, "undo")
    assert not shown.failure.isVisible(), shown.failure.text
    assert services.library.listing(Query(saved=True)).total == 1
    check(services, ITEM)
    shown.close()
    face.close()


def main(folder: Path) -> int:
    watch, before = Watch(), counters()
    sys.addaudithook(watch)
    done = commands(folder)
    window(folder)
    kernel = {name: count - before.get(name, 0) for name, count in counters().items()}
    print(json.dumps({"sockets": watch.seen, "kernel": kernel, "commands": done}))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(Path(sys.argv[1])))
