"""How long a backup takes, and the way back, on a profile of 100,000 items.

``backup_s``: from the open profile to one file that was read back and verified; ``copy_s``: beside it, in turns, a
plain copy of the database (``shutil.copy``), which is neither packed nor sure to be on the disk; ``restore_s``:
unpacking, verifying and taking the place of an empty profile. Medians of several rounds. ``mb`` is the size of the
backup, ``database_mb`` that of the database. ``verified`` is 1 when the restored profile was opened and holds what the
first one holds: items, marks, notes, sources, tags and traces by number, settings and the newest items word for word.

The profile is that of the benchmark ``start``, made once and kept in ``--folder``.
"""

import argparse
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench.start import prepared

if TYPE_CHECKING:
    from veille.store import Store

_ROOT = Path(__file__).parents[2]
_COMPARED = 500  # items, word for word


def main(arguments: Sequence[str] = ()) -> None:
    """Run it and print the table and the line of keys."""
    parser = argparse.ArgumentParser(prog="backup", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=_ROOT / ".cache" / "bench", help="where the profile is kept")
    given = parser.parse_args(arguments)
    profile = prepared(given.folder / f"start-{given.items}", given.items)
    with TemporaryDirectory(prefix="veille-bench-") as name:
        keys = measured(profile, Path(name), given.rounds)
    print(f"{keys['items']:.0f} items, database {keys['database_mb']:.1f} MB, backup {keys['mb']:.1f} MB")
    print(f"backup {keys['backup_s']:.2f} s, plain copy {keys['copy_s']:.2f} s, restore {keys['restore_s']:.2f} s")
    print("backup", *(f"{key}={value:.2f}" if value % 1 else f"{key}={value:.0f}" for key, value in keys.items()))


def measured(profile: Path, folder: Path, rounds: int) -> dict[str, float]:
    """All figures by key."""
    from veille.app import SystemClock, open_services
    from veille.cli.terminal import TerminalProgress
    from veille.core.keeping.restoring import Restorer
    from veille.store import open_store

    clock, progress, path = SystemClock(), TerminalProgress(), folder / "backup.zip"
    backups, copies, restores = [], [], []
    for turn in range(rounds):
        with closing(open_services(profile, write=True)) as services:
            backups.append(seconds(lambda services=services: services.backups.write(path, progress)))  # type: ignore[misc]
            held = told(services._store)
        copies.append(seconds(lambda: shutil.copy(profile / "veille.db", folder / "plain.db")))
        restorer = Restorer(folder / f"restored-{turn}", clock)
        restores.append(
            seconds(lambda restorer=restorer: (restorer.prepare(path, progress), restorer.finish()))  # type: ignore[misc]
        )
    progress.clear()
    with closing(open_store(folder / "restored-0", write=False, clock=clock)) as store:
        verified = told(store) == held
    return {
        "items": held[0], "backup_s": median(backups), "copy_s": median(copies), "restore_s": median(restores),
        "mb": path.stat().st_size / 1e6, "verified": int(verified),
        "database_mb": (profile / "veille.db").stat().st_size / 1e6,
    }  # fmt: skip


def seconds(call: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def told(store: "Store") -> list[int]:
    """What a profile holds, in numbers."""
    from veille.store import Filter

    outline, ids = store.sources.outline(), store.items.ids(Filter())
    rows = store.items.whole(ids[:_COMPARED])
    return [
        len(ids), *map(len, (store.marks.saved_ids(), store.marks.read_ids(), store.marks.noted_ids())),
        len(outline.sources), len(outline.sectors), sum(map(len, outline.members.values())), len(outline.tags),
        store.traces.count(), hash(tuple(rows)), hash(tuple(sorted(store.values.all("setting.").items()))),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
