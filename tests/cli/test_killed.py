"""``kill -9`` at any moment: the profile opens with everything that was promised, and the index catches up.

``VEILLE_KILLS`` says how many processes are killed in all (25 if it is not set).
"""

import os
import random
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from tests.cli.busy import WORD
from tests.cli.conftest import rss
from tests.cli.program import ROOT, Program
from tests.servers import FeedServer, Recorded, Reply
from veille.app import open_services
from veille.core.services import Services
from veille.model import Hit, Query

KILLS = int(os.environ.get("VEILLE_KILLS", "25"))
LONGEST = {"save": 0.3, "annotate": 0.3, "import": 0.3, "refresh": 1.5, "clean": 1.5}  # seconds of work before the end

pytestmark = pytest.mark.timeout(60 + 10 * KILLS)


@pytest.fixture
def profile(program: Program, server: FeedServer, tmp_path: Path) -> Path:
    """Six feeds; each has an item more whenever it is asked."""
    turns = count(1)

    def growing(request: Recorded) -> Reply:
        turn = next(turns)
        titles = [f"{WORD} {number} of {request.path}" for number in range(turn, max(0, turn - 20), -1)]
        return Reply(200, {"Content-Type": "text/xml"}, rss(request.path[1:], titles).encode())

    rows = ""
    for number in range(6):
        server.handle(f"/grows{number}", growing)
        rows += f'<outline xmlUrl="{server.url(f"/grows{number}")}"/>'
    (tmp_path / "grows.opml").write_text(f"<opml><body>{rows}</body></opml>")
    program("import", "--allow-private", tmp_path / "grows.opml")
    program("refresh")
    return tmp_path / "profile"


@pytest.mark.parametrize("work", list(LONGEST))
def test_what_was_promised_is_there_after_kill_9(work: str, profile: Path, server: FeedServer) -> None:
    rng = random.Random(work)
    promised, longest = 0, LONGEST[work]
    for run in range(-(-KILLS // len(LONGEST))):
        promises = _killed(work, profile, str(run), rng.uniform(0, longest))
        promised += len(promises)
        longest *= 1 if promised else 1.3  # on a busy machine nothing is done so soon
        services = open_services(profile, write=True)  # the lock is free
        try:
            _check(services, promises)
            _check_index(services)
        finally:
            services.close()
    assert promised  # it was killed in the middle of its work, not always before


def _killed(work: str, profile: Path, argument: str, after: float) -> list[str]:
    """The promises of a process that was killed ``after`` seconds of work."""
    command = [sys.executable, "-m", "tests.cli.busy", work, str(profile), argument]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)
        process.kill()
        return [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]


def _check(services: Services, promises: list[str]) -> None:
    saved: dict[int, bool] = {}
    outline = services.curation.outline()
    for promise in promises:
        word, *rest = promise.split()
        if word == "doubtful":
            saved.pop(int(rest[0]), None)
        elif word in ("saved", "unsaved"):
            saved[int(rest[0])] = word == "saved"
        elif word == "tagged":
            assert rest[1] in _item(services, rest[0]).mark.tags, promise
        elif word == "noted":
            assert _item(services, rest[0]).mark.note >= rest[1], promise
        elif word == "marked":
            assert [each.text for each in services.annotations.highlights(int(rest[0]))] == [WORD], promise
        elif word == "removed":
            assert not any(services.library.item(int(item)) for item in rest), promise
        elif word == "imported":
            assert len(outline.members[f"s{rest[0]}"]) == 5, promise
        elif word == "stored":
            assert all(services.library.item(int(item)) for item in rest), promise
    wrong = [hit.item.id for hit in services.library.hits(saved) if bool(hit.mark.saved) != saved[hit.item.id]]
    assert wrong == []
    assert set(saved) <= {hit.item.id for hit in services.library.hits(saved)}
    assert services._store.db.query("PRAGMA integrity_check") == [("ok",)]


def _item(services: Services, number: str) -> Hit:
    found = services.library.item(int(number))
    assert found, number
    return found


def _check_index(services: Services) -> None:
    services.indexer.drain()
    assert services.library.unindexed() == 0
    everything = services.library.listing(Query())
    assert services.library.listing(Query(text=WORD)).total == everything.total > 0


def test_the_real_command_too(program: Program, profile: Path, server: FeedServer) -> None:
    rng = random.Random(9)
    before = len(program("list", "--json", "--limit", "0").objects)
    for _run in range(max(3, KILLS // 10)):
        with program.start("refresh") as process:
            time.sleep(rng.uniform(0.1, 1.5))
            process.kill()
        items = program("search", "--json", "--limit", "0", WORD).objects
        assert len(items) >= before
        before = len(items)
        assert len(program("list", "--json", "--limit", "0").objects) == before
    assert len(program("traces", "--json", "--limit", "0").objects) >= len(server.requests)  # none left unnoted
