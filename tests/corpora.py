"""Where the real data for tests lies: beside the project, never in it."""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def corpus(*parts: str) -> Path:
    """The file or folder ``parts`` of the shared data; skips the test only where all of it is absent."""
    if not _DATA.is_dir():
        pytest.skip(f"the shared test data is absent ({Path(*_DATA.parts[-2:])} beside the project)")
    path = _DATA.joinpath(*parts)
    assert path.exists(), f"the shared test data has no {path.relative_to(_DATA)}"
    return path
