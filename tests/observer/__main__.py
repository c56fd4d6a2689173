"""``python -m tests.observer [--days N] [--step MINUTES]``: the whole play, and what came of it, row by row."""

import argparse
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.observer.control import Control
from tests.observer.play import Outcome, play
from tests.observer.stage import TRICKS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.observer", description=__doc__)
    parser.add_argument("--days", type=int, default=21, help="simulated days (21)")
    parser.add_argument("--step", type=float, default=1, help="simulated minutes between two moments (1)")
    given = parser.parse_args()
    step = timedelta(minutes=given.step)
    from tests.observer.watched import Veille

    both: dict[str, list[Outcome]] = {"control": [], "veille": []}
    for scheme in ("http", "https"):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            print(f"{scheme}: a naive reader …", flush=True)
            both["control"].append(play(Control, home, days=given.days, step=step, schemes=(scheme,)))
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            print(f"{scheme}: Veille …", flush=True)
            makes = lambda internet, stages, home=home: Veille(internet, stages, home / "profile")  # noqa: E731
            both["veille"].append(play(makes, home, days=given.days, step=step, schemes=(scheme,)))
    return report(both["control"], both["veille"])


def report(control: list[Outcome], veille: list[Outcome]) -> int:
    """Print what came of it; 1 when a trick worked on Veille."""
    naive = frozenset().union(*(each.worked for each in control))
    ours = frozenset().union(*(each.worked for each in veille))
    tried, on_control, on_veille = (
        Counter(each.row for each in TRICKS if each.name in names)
        for names in ({each.name for each in TRICKS}, naive, ours)
    )
    print(f"{'tried':>6} {'naive':>6} {'Veille':>6}  what the watched party could see")
    for row in tried:
        print(f"{tried[row]:6} {on_control[row]:6} {on_veille[row]:6}  {row}")
    for each in TRICKS:
        if each.name in ours:
            print(f"worked on Veille: {each.name} ({each.row})")
        elif each.name not in naive:
            print(f"worked on neither: {each.name} ({each.row})")
    requests = sum(each.requests for each in veille)
    worked = len(ours)
    print(f"observer tricks={len(TRICKS)} control={len(naive)} worked={worked} requests={requests}")
    return 1 if worked else 0


if __name__ == "__main__":
    sys.exit(main())
