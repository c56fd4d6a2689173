"""What is saved is read, searched, annotated and taken along in a network of which there is nothing at all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.core.test_saved import HOST, Site, keep
from tests.fakes import FakeProgress
from tests.internet import Internet
from tests.proof.offline import ITEM
from tests.simulated import SimulatedClock
from veille.app import World, open_services

PROGRAM = [sys.executable, "-m", "tests.proof.offline"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with a profile in which one of two items is saved, with its article, its picture, and the rest."""
    clock = SimulatedClock()
    with Internet(clock) as internet:
        Site(internet)
        services = open_services(tmp_path / "profile", write=True, world=World(clock, Random(3), internet.door))
        services.curation.add_feed(f"http://{HOST}/feed")
        services.refresher.run(FakeProgress())
        (source,) = services.curation.outline().sources
        assert services._store.items.by_uids(source, ["kept"])["kept"].id == ITEM
        keep(services, ITEM)
        services.close()
    return tmp_path


def test_a_library_without_any_network(library: Path) -> None:
    """In a namespace of its own no interface is up, and every try would fail. None is made.

    Where the system forbids that, the audit hook alone is asked, beside the network of this machine.
    """
    alone = _alone()
    done = _run([*alone, *PROGRAM, str(library)], library)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["sockets"] == []
    assert len(told["commands"]) > 30
    if alone:
        assert len(told["kernel"]) >= 4
        assert set(told["kernel"].values()) == {0}, told["kernel"]


def test_an_attempt_would_be_seen(tmp_path: Path) -> None:
    """The proof above means something."""
    alone = _alone()
    attempts = (
        "import sys, socket, contextlib; from tests.proof.offline import Watch, counters\n"
        "watch, before = Watch(), counters(); sys.addaudithook(watch)\n"
        "with contextlib.suppress(OSError): socket.create_connection(('192.0.2.1', 443), 1)\n"
        "datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "with contextlib.suppress(OSError): datagrams.sendto(b'x', ('9.9.9.9', 53))\n"
        "assert any('192.0.2.1' in each for each in watch.seen), watch.seen\n"
        "print(sum(counters().values()) - sum(before.values()))\n"
    )
    if not alone:
        pytest.skip("this system gives no program a network of its own")
    done = _run([*alone, sys.executable, "-c", attempts], tmp_path)
    assert int(done.stdout or 0) >= 2, done


def _run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    names = {"PYTHONPATH": str(Path.cwd()), "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)}
    return subprocess.run(
        command, env={**os.environ, **names}, capture_output=True, text=True, timeout=110, check=False
    )  # fmt: skip


def _alone() -> list[str]:
    """The command that gives a program a network of its own; empty where there is none."""
    unshare = shutil.which("unshare")
    if sys.platform != "linux" or unshare is None:
        return []
    alone = [unshare, "--map-root-user", "--net"]
    return alone if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0 else []
