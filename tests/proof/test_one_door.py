"""Everything that Veille does, done once: nothing is opened but by the gateway, as Python and the kernel see it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proof.everything import LEAVING

DOOR = "veille/net/"
PROGRAM = [sys.executable, "-m", "tests.proof.everything"]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }


def test_nothing_is_opened_beside_the_gateway(tmp_path: Path, surroundings: dict[str, str]) -> None:
    done = subprocess.run(
        [*PROGRAM, str(tmp_path)], env=surroundings, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    events = [(event, target, files) for event, target, files in seen["events"] if files[:1] != ["tests/internet.py"]]
    left = [each for each in events if each[0] in LEAVING]
    assert len(left) > 10, "the hook saw too little to prove anything"
    for event, target, files in left:
        assert files, f"{event} {target}: asked for by nobody of ours"
        assert files[0].startswith(DOOR), f"{event} {target} by {files}"
    started = [each for each in events if each[0] not in LEAVING]
    assert not [each for each in started if "ctypes" not in each[0]], started
    assert len(seen["screens"]) > 12
    other = [name for name in seen["modules"] if name.startswith(("PySide6.QtNetwork", "PySide6.QtWeb", "pycurl"))]
    assert not other, "another way out was loaded"


def test_the_kernel_sees_no_other_attempt(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """In a network of its own, where every address is this machine's and every packet is seen."""
    told = tmp_path / "told.json"
    program = f'exec {" ".join(PROGRAM)} "{tmp_path}" > "{told}"'
    inside = ["-m", "tests.proof.namespace", "sh", "-c", program]
    done = subprocess.run(
        [_unshare(), "--map-root-user", "--net", sys.executable, *inside],
        env=surroundings, capture_output=True, text=True, timeout=110, check=False)  # fmt: skip
    assert "status 0" in done.stdout, done.stdout[-500:] + done.stderr[-3000:]
    tried = {tuple(line.split(" ")) for line in done.stdout.splitlines() if not line.startswith("status")}
    assert tried, "no packet was seen at all"
    seen = json.loads(told.read_text())
    known = {tuple(target.split(" ")) for event, target, files in seen["events"] if event == "socket.connect"}
    assert {(address, port) for protocol, address, port in tried} <= known
    assert {protocol for protocol, _address, _port in tried} == {"tcp"}


def test_the_kernel_would_see_an_attempt(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """The proof above means something: what goes to a name server, or past Python, is seen."""
    attempts = (
        "import socket, contextlib\n"
        "with contextlib.suppress(OSError): socket.create_connection(('8.8.8.8', 443), 1)\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('9.9.9.9', 53))\n"
        "with contextlib.suppress(OSError): socket.create_connection(('2001:4860:4860::8888', 443), 1)\n"
    )
    done = subprocess.run(
        [_unshare(), "--map-root-user", "--net", sys.executable, "-m", "tests.proof.namespace",
         sys.executable, "-c", attempts],
        env=surroundings, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines == ["tcp 2001:4860:4860::8888 443", "tcp 8.8.8.8 443", "udp 9.9.9.9 53", "status 0"], done.stderr


def _unshare() -> str:
    """The command that gives a network of one's own."""
    found = shutil.which("unshare")
    if sys.platform != "linux" or found is None:
        pytest.skip("only Linux gives a program a network of its own")
    allowed = subprocess.run([found, "--map-root-user", "--net", "true"], capture_output=True, text=True, check=False)
    if allowed.returncode:
        pytest.skip(f"this system forbids a network of one's own: {allowed.stderr.strip()}")
    return found
