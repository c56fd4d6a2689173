"""A quick start: what is slow to import comes late, when it is needed."""

import os
import subprocess
import sys

import pytest

SLOW = (
    "PySide6", "whoosh", "numpy", "keyring", "requests", "urllib3", "feedparser", "nh3", "concurrent.futures.process",
)  # fmt: skip
NEVER_WITHOUT_A_WINDOW = [
    "import veille.core.library, veille.core.services, veille.core.sample",
    "import veille.store",
    "import veille.cli",
    "import veille.app",
    "import veille.app; veille.app.main(['--version'])",
    "import veille.app; veille.app.main(['--help'])",
]


@pytest.mark.parametrize("statement", NEVER_WITHOUT_A_WINDOW)
def test_nothing_slow_is_imported_early(statement: str) -> None:
    assert slow_after(statement) == []


def test_the_window_brings_qt_alone() -> None:
    assert slow_after("import veille.ui.window") == ["PySide6"]


def test_what_is_slow_is_noticed() -> None:
    assert slow_after("import nh3") == ["nh3"]


def slow_after(statement: str) -> list[str]:
    """Which of the slow packages a fresh interpreter holds after ``statement``, whatever its exit status."""
    lines = ["import sys", "try:", f"    {statement}", "except SystemExit as end:", "    assert not end.code"]
    lines += [f"print('', *(name for name in {SLOW} if name in sys.modules), file=sys.stderr)"]
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, env=os.environ, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stderr.splitlines()[-1].split()
