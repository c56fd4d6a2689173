"""The guard of the tests is itself tested: nothing leaves this machine unnoticed."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.network import NetworkForbidden, NetworkGuard

# Addresses of the documentation ranges: should the guard fail, nobody is disturbed.
FAR = [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), ("0.0.0.0", 80), ("::ffff:192.0.2.1", 80, 0, 0)]


@pytest.mark.parametrize("address", FAR)
def test_connecting_far_is_refused_and_remembered(network: NetworkGuard, address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as far, pytest.raises(NetworkForbidden):
        far.connect(address)
    assert [address[0] in each for each in network.take()] == [True]


def test_sending_far_is_refused(network: NetworkGuard) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far, pytest.raises(NetworkForbidden):
        far.sendto(b"?", ("192.0.2.1", 53))
    assert len(network.take()) == 1


@pytest.mark.parametrize("name", ["veille.example", "localhost.example", b"veille.example"])
def test_resolving_a_name_is_refused(network: NetworkGuard, name: str | bytes) -> None:
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo(name, 80)
    assert len(network.take()) == 1


def test_this_machine_is_free(network: NetworkGuard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
    left, right = socket.socketpair()
    left.close()
    right.close()
    assert socket.getaddrinfo("192.0.2.1", 80)
    assert network.attempts == []


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("    socket.getaddrinfo('localhost', 80)", "1 passed"),
        ("    with contextlib.suppress(OSError):\n        socket.getaddrinfo('veille.example', 80)", "1 error"),
        ("    threading.Thread(target=reach).start()\n    time.sleep(0.2)", "1 error"),
    ],
)
def test_a_swallowed_attempt_fails_the_test(tmp_path: Path, body: str, verdict: str) -> None:
    given = "import contextlib, socket, threading, time\n\n\ndef reach():\n    with contextlib.suppress(OSError):\n"
    given += f"        socket.gethostbyname('veille.example')\n\n\ndef test_it():\n{body}\n"
    (tmp_path / "test_given.py").write_text(given)
    command = [sys.executable, "-m", "pytest", "-p", "tests.network", "-p", "no:cacheprovider", "--rootdir", tmp_path]
    root = Path(__file__).parents[2]
    ran = subprocess.run([*command, tmp_path / "test_given.py"], cwd=root, capture_output=True, text=True, check=False)
    assert verdict in ran.stdout, ran.stdout + ran.stderr
    assert (ran.returncode == 0) == (verdict == "1 passed")
