"""The import-linter contracts of pyproject.toml hold in veille/, and break where they should (on a toy house)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["ui", "core", "sources", "sources/x", "search", "store", "content", "net"]
MODULES = [
    "__main__",
    "app",
    "outside",
    "cli",
    "model",
    "rules",
    "settings",
    "contacts",
    "posts",
    "files",
    "errors",
    "i18n",
    "resources",
    "sources/feeds",
    "ui/window",
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "120"}
    return subprocess.run(
        [*command, "--config", str(ROOT / "pyproject.toml")],
        cwd=folder, env=environment, capture_output=True, text=True, check=False)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with every room and nothing in it."""
    for room in ["", *ROOMS]:
        (tmp_path / "veille" / room).mkdir()
        (tmp_path / "veille" / room / "__init__.py").touch()
    for module in MODULES:
        (tmp_path / "veille" / f"{module}.py").touch()
    return tmp_path


def test_the_layers_of_veille_hold() -> None:
    ran = lint(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


GOOD = [
    ("ui/window.py", "import PySide6.QtWidgets, veille.core"),
    ("app.py", "import PySide6.QtCore, veille.ui.window, veille.net, veille.store"),
    ("net/gateway.py", "import requests, socket, ssl, urllib3.connection"),
    ("sources/feeds.py", "import feedparser, veille.net, veille.content"),
    ("sources/articles.py", "import trafilatura"),
    ("sources/x/fetcher.py", "import tweepy"),
    ("store/database.py", "import sqlite3"),
    ("store/secrets.py", "import keyring.backend"),
    ("search/index.py", "from whoosh import fields"),
]


def test_a_good_house_stands(house: Path) -> None:
    for path, text in GOOD:
        (house / "veille" / path).write_text(text)
    ran = lint(house)
    assert ran.returncode == 0, ran.stdout + ran.stderr


BAD = [
    ("core/library.py", "import veille.ui", "layers"),
    ("ui/window.py", "import veille.cli", "layers"),
    ("store/items.py", "def late():\n    import veille.search", "layers"),
    ("content/html.py", "from veille import net", "layers"),
    ("errors.py", "import veille.model", "layers"),
    ("attic.py", "", "layers"),
    ("core/library.py", "import PySide6.QtCore", "Qt"),
    ("cli.py", "from PySide6 import QtCore", "Qt"),
    ("sources/feeds.py", "import requests", "network"),
    ("ui/window.py", "import socket", "network"),
    ("content/addresses.py", "from urllib3.util import parse_url", "network"),
    ("sources/jsonfeed.py", "import feedparser", "feedparser"),
    ("sources/feeds.py", "import tweepy", "tweepy"),
    ("core/library.py", "import sqlite3", "SQLite"),
    ("core/library.py", "import keyring", "keyring"),
    ("core/library.py", "import cryptography.hazmat", "cryptography"),
    ("store/items.py", "import whoosh.index", "Whoosh"),
    ("core/library.py", "import numpy", "Whoosh"),
]


@pytest.mark.parametrize(("path", "text", "contract"), BAD)
def test_a_bad_house_falls(house: Path, path: str, text: str, contract: str) -> None:
    (house / "veille" / path).write_text(text)
    ran = lint(house)
    broken = [line for line in ran.stdout.splitlines() if line.endswith("BROKEN")]
    assert ran.returncode == 1
    assert len(broken) == 1, ran.stdout + ran.stderr
    assert contract in broken[0]
