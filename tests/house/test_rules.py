"""The rules hold in veille/, and the checker finds what it should."""

from pathlib import Path

import pytest

from tests.house.rules import findings, findings_below

ROOT = Path(__file__).resolve().parents[2]


def test_the_house_keeps_its_rules() -> None:
    assert findings_below(ROOT, "veille") == []


BAD = [
    "import PySide6.QtNetwork",
    "from PySide6 import QtNetwork",
    "from PySide6.QtNetwork import QNetworkAccessManager",
    "from PySide6.QtWebEngineWidgets import QWebEngineView",
    "import urllib.request",
    "from urllib.request import urlopen",
    "from urllib import request",
    "import urllib.parse\nurllib.request.urlopen('https://veille.example')",
    "import webbrowser as w",
    "def late():\n    from http import client",
    "import niquests.adapters",
    "import importlib\nimportlib.import_module('webbrowser')",
    "from importlib import import_module as late\nlate('http.client')",
    "__import__('urllib.request')",
    "import subprocess",
    "import os\nos.system('true')",
    "from PySide6.QtGui import QDesktopServices",
    "from PySide6 import QtGui\nQtGui.QDesktopServices.openUrl('')",
    "from datetime import datetime\nx = datetime.now()",
    "from datetime import UTC, datetime as dt\nx = dt.now(UTC)",
    "import datetime\nx = datetime.datetime.utcnow()",
    "import datetime as d\nx = d.date.today()",
    "import time\ndef f(clock=time.monotonic): ...",
    "from time import perf_counter as p\np()",
    "import time\ntime.time_ns()",
    "import time\ntime.localtime()",
    "from time import gmtime\ngmtime()",
    "from email.utils import formatdate\nformatdate()",
    "import random\nrandom.random()",
    "import random\ngenerator = random.Random(1)",
    "from random import choice\nchoice([1])",
    "from uuid import uuid4\nuuid4()",
    "import secrets\nsecrets.token_hex()",
    "import os\nos.urandom(8)",
    "from PySide6.QtCore import QDateTime\nQDateTime.currentDateTimeUtc()",
    "SQL = 'create table t (at text default CURRENT_TIMESTAMP)'",
    "SQL = f\"select * from {'t'} where at < datetime('now', '-1 day')\"",
    "SQL = 'select id from t order by random()'",
    "from veille.i18n import _\n_(f'{1} items')",
    "from veille.i18n import _\n_('one ' + 'two')",
    "from veille.i18n import _\nx = f'<b>{_(\"one\")}</b>'",
    "from veille.i18n import ngettext\nngettext('{n} item', '{n} items'.format(n=2), 2)",
]

GOOD = [
    "import urllib.parse\nurllib.parse.urlsplit('')",
    "from urllib.parse import urlsplit",
    "import time\ntime.sleep(1)\ntime.localtime(0)\ntime.strftime('%Y', time.gmtime(0))",
    "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)",
    "def f(clock):\n    return clock.now(), clock.monotonic()",
    "import random\ndef f(rng: random.Random, more: random.Random | None = None) -> random.Random:\n    return rng",
    "from random import Random\nclass A:\n    rng: Random",
    '"""Never CURRENT_TIMESTAMP, never datetime(\'now\')."""\ndef f():\n    """Not random() either."""',
    "SQL = 'select time, date from current order by date'",
    "from veille.i18n import _\n_('{n} items').format(n=1)\n_(text)",
]


@pytest.mark.parametrize("source", BAD)
def test_what_is_bad_is_found(source: str) -> None:
    assert findings(source, "veille/core/somewhere.py")


@pytest.mark.parametrize("source", GOOD)
def test_what_is_good_is_left_alone(source: str) -> None:
    assert findings(source, "veille/core/somewhere.py") == []


def test_each_has_its_one_place() -> None:
    links = "from PySide6.QtGui import QDesktopServices\nQDesktopServices.openUrl('')"
    assert findings(links, "veille/ui/links.py") == []
    assert findings(links, "veille/app.py")
    root = "import random\nfrom datetime import UTC, datetime\nrandom.Random()\ndatetime.now(UTC)"
    assert findings(root, "veille/app.py") == []
    assert findings("import webbrowser", "veille/app.py")
    assert findings("SQL = \"select date('now')\"", "veille/app.py")


def test_a_finding_says_where() -> None:
    assert findings("import time\n\n\ntime.time()", "veille/core/a.py") == [
        "veille/core/a.py:4: time.time belongs to veille/app.py alone: take a Clock or a random.Random"
    ]
