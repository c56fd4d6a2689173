"""An open store for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from veille.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "profile", write=True, clock=clock)
    yield opened
    opened.close()
