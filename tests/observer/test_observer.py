"""A short form of the whole play: one day and a half, each trick by HTTP or TLS in turn.

The long one, simulated weeks by both: ``python -m tests.observer``.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.observer.control import Control
from tests.observer.play import play
from tests.observer.stage import TRICKS
from tests.observer.watched import Veille

WANTED = 60  # tricks that work on a naive reader: fewer would prove too little
STEP = timedelta(minutes=8)


@pytest.mark.timeout(300)
def test_what_works_on_a_naive_reader_does_not_work_on_veille(tmp_path: Path) -> None:
    naive = play(Control, tmp_path, days=2, step=STEP)
    assert len(naive.worked) >= WANTED
    ours = play(lambda internet, stages: Veille(internet, stages, tmp_path / "profile"), tmp_path, days=2, step=STEP)
    assert ours.requests > len(TRICKS), "Veille asked too little to prove anything"
    assert not ours.worked


def test_the_tricks_have_names_of_their_own() -> None:
    assert len({each.name for each in TRICKS}) == len(TRICKS)
