"""How fast a refresh is: 500 local feeds, 84 MB, 17,482 items, until everything is stored and searchable.

Three passes of the real command ``veille refresh``, each timed as a whole process: the first, one with nothing
changed (the first in which the server saw every source asked conditionally), and one in which each feed has
one new item. Beside it newsboat, ``reader`` with its search index (both timed the same way), and
the floor: the same bytes through the gateway alone.

``late_ms``: in a process of its own, a Qt timer of 10 ms in the main thread while a first pass and its
indexing run in other threads; the longest that it fires after it was due (the 95th percentile is printed too).
``peak_mb``: the largest sum of the memory of the process tree (PSS: what is shared counts once) in the three passes.

``reader`` must not be installed beside Veille: name the Python of another environment by ``--reader PYTHON`` or
in the environment variable ``VEILLE_BENCH_READER``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.feedserver import ask, serving, total

_ROOT = Path(__file__).parents[2]
_PASSES = ("first", "unchanged", "one_new")


@dataclass(frozen=True)
class Run:
    """One process: how long it took and how much memory its tree had at most."""

    seconds: float
    megabytes: float
    output: str


def run(command: Sequence[str]) -> Run:
    """Run ``command`` to its end, looking at its memory ten times a second; raises when it fails."""
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        peak = 0.0
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(0.1):
                peak = max(peak, _tree_megabytes(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        output, errors = process.communicate()
        seconds = time.perf_counter() - begin
        done.set()
        watcher.join()
    if process.returncode:
        raise RuntimeError(f"{command} failed: {errors or output}")
    return Run(seconds, peak, output)


def _tree_megabytes(root: int) -> float:
    pids, memory = [root], 0
    for pid in pids:
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has just ended
            continue
        memory += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return memory / 1000


def three_passes(server: str, feeds: int, refresh: Callable[[], Run], conditional: bool = True) -> dict[str, Run]:
    """``refresh`` three times, the server's feeds as the passes want them; every feed is asked in each."""

    def asked(generation: int) -> tuple[Run, int]:
        ask(f"{server}/ctl/gen/{generation}")
        ask(f"{server}/ctl/reset")
        ran = refresh()
        counted = json.loads(ask(f"{server}/ctl/stat"))
        same, full = counted.get("304", 0), counted.get("200", 0)
        assert same + full >= feeds, counted
        return ran, full

    first, _full = asked(0)
    unchanged, full = asked(0)
    if full and conditional:
        unchanged, full = asked(0)
        assert not full, full
    return {"first": first, "unchanged": unchanged, "one_new": asked(1)[0]}


# Who is measured -----------------------------------------------------------------------------------


def veille(server: str, folder: Path, feeds: int) -> dict[str, Run]:
    """The three passes of Veille, checked for what they stored and made searchable."""
    command = [sys.executable, "-m", "veille", "--json", "--profile", str(folder / "profile")]
    opml = folder / "feeds.opml"
    opml.write_bytes(ask(f"{server}/opml"))
    run([*command, "import", "--allow-private", str(opml)])
    runs = three_passes(server, feeds, lambda: run([*command, "refresh"]))
    told = {name: json.loads(each.output) for name, each in runs.items()}
    assert [told[name]["new"] for name in _PASSES] == [total(feeds), 0, feeds], told
    assert told["unchanged"]["unchanged"] == feeds, told
    found = run([*command, "search", "--limit", "0", "source:source"]).output.splitlines()
    assert len(found) == total(feeds) + feeds, len(found)
    return runs


def newsboat(server: str, folder: Path, feeds: int) -> dict[str, Run]:
    """newsboat with as many threads as Veille."""
    folder.mkdir()
    (folder / "urls").write_bytes(ask(f"{server}/urls"))
    (folder / "config").write_text("reload-threads 10\n")
    files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
    options = [part for option, name in files.items() for part in (option, str(folder / name))]
    return three_passes(server, feeds, lambda: run(["newsboat", *options, "-x", "reload"]), conditional=False)


_READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.enable_search()
for address in sys.argv[2:]:
    reader.add_feed(address, exist_ok=True)
reader.update_feeds(workers=10, scheduled=False)
reader.update_search()
"""


def reader(server: str, folder: Path, feeds: int, python: str) -> dict[str, Run]:
    """lemon24/reader with ten workers and its search index."""
    folder.mkdir()
    addresses = ask(f"{server}/urls").decode().split()
    command = [python, "-c", _READER, str(folder / "reader.db")]
    given = [addresses]  # to the first pass only

    def refresh() -> Run:
        return run([*command, *(given.pop() if given else [])])

    return three_passes(server, feeds, refresh)


# In a process of their own -------------------------------------------------------------------------


def download(server: str) -> None:
    """Print how long the same bytes take through the gateway alone."""
    from tests.net.conftest import FakeLedger
    from veille.app import SystemClock
    from veille.contacts import Purpose, Reason
    from veille.net.gateway import Gateway

    gateway, purpose = Gateway(SystemClock(), FakeLedger()), Purpose(Reason.BY_HAND)
    addresses = ask(f"{server}/urls").decode().split()

    def size(address: str) -> int:
        return len(gateway.get(address, purpose=purpose, allow_private=True).body)

    begin = time.perf_counter()
    with ThreadPoolExecutor(10) as pool:
        sizes = list(pool.map(size, addresses))
    print(json.dumps({"seconds": time.perf_counter() - begin, "bytes": sum(sizes)}))
    gateway.close()


def lateness(server: str, folder: Path) -> None:
    """Print how late a timer of the main thread fires while a first pass runs in another."""
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    from veille.app import open_services
    from veille.cli.terminal import TerminalProgress

    app = QCoreApplication([])
    services = open_services(folder, write=True)
    services.exchange.import_opml(ask(f"{server}/opml"), "bench", allow_private=True)
    fired: list[float] = []
    timer = QTimer(interval=10, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: fired.append(time.perf_counter()))

    def work() -> None:
        services.indexer.start()
        services.refresher.run(TerminalProgress())
        services.indexer.drain()

    thread = threading.Thread(target=work)
    finished = QTimer(interval=100)
    finished.timeout.connect(lambda: thread.is_alive() or app.quit())
    thread.start()
    timer.start()
    finished.start()
    app.exec()
    services.close()
    late = sorted(max(0.0, (after - before) * 1000 - 10) for before, after in pairwise(fired))
    print(json.dumps({"p95": late[len(late) * 95 // 100], "most": late[-1], "fired": len(late)}))


# The table -------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] = ()) -> None:
    """Run it all and print the table and the line of keys."""
    parser = argparse.ArgumentParser(prog="refresh", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--reader", metavar="PYTHON", default=os.environ.get("VEILLE_BENCH_READER"))
    parser.add_argument("--alone", action="store_true", help="without newsboat and reader")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="veille-bench-") as name, serving(given.feeds) as server:
        print_table(measure(Path(name), server, given), total(given.feeds))


def measure(folder: Path, server: str, given: argparse.Namespace) -> dict[str, float]:
    """All figures by key, in the order in which they are printed."""
    helper = [sys.executable, "-m", "tests.bench.refresh"]
    ours = veille(server, folder, given.feeds)
    ask(f"{server}/ctl/gen/0")
    floor = json.loads(run([*helper, "download", server]).output)
    late = json.loads(run([*helper, "lateness", server, str(folder / "late")]).output)
    print(f"timer of 10 ms beside a first pass: {late}; floor: {floor}", flush=True)
    keys = {f"{name}_s": ours[name].seconds for name in _PASSES}
    keys["download_s"] = floor["seconds"]
    keys["peak_mb"] = max(each.megabytes for each in ours.values())
    keys["late_ms"] = late["most"]
    if shutil.which("newsboat") and not given.alone:
        runs = newsboat(server, folder / "newsboat", given.feeds)
        keys |= {f"newsboat_{name}_s": each.seconds for name, each in runs.items()}
    if given.reader and not given.alone:
        runs = reader(server, folder / "reader", given.feeds, given.reader)
        keys |= {f"reader_{name}_s": each.seconds for name, each in runs.items()}
    return keys


def print_table(keys: dict[str, float], items: int) -> None:
    """One line for each program, then the line that a machine reads."""
    print(f"{'seconds':12}" + "".join(f"{name:>12}" for name in _PASSES))
    for program, prefix in {"Veille": "", "newsboat": "newsboat_", "reader": "reader_"}.items():
        if f"{prefix}first_s" in keys:
            print(f"{program:12}" + "".join(f"{keys[f'{prefix}{name}_s']:12.2f}" for name in _PASSES))
    print("refresh", f"items={items}", *(f"{key}={value:.2f}" for key, value in keys.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["download"]:
        download(sys.argv[2])
    elif sys.argv[1:2] == ["lateness"]:
        lateness(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1:])
