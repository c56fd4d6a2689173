"""TLS is verified against the name, whatever anybody asks."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import Names, RealClock
from tests.servers import FeedServer, Reply, self_signed
from veille.errors import BadCertificate, Downgraded, PrivateAddress, TimedOut, Unreachable
from veille.net.connections import verifying
from veille.net.gateway import Gateway, Limits


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = self_signed(tmp_path_factory.mktemp("tls"), names=("127.0.0.1", "intranet.example"))
    if made is None:
        pytest.skip("openssl is not installed")
    return made


@pytest.fixture
def secure(certificate: Path) -> Iterator[FeedServer]:
    with FeedServer(certificate=certificate) as server:
        server.put("/feed.xml", b"<rss/>", headers={"ETag": '"1"'})
        yield server


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    context = verifying()
    context.load_verify_locations(certificate)
    return context


@pytest.fixture
def gateway(trusting: ssl.SSLContext, clock: FakeClock, names: Names) -> Iterator[Gateway]:
    gateway = Gateway(clock, tls=trusting, resolve=names)
    yield gateway
    gateway.close()


def test_a_trusted_host_is_read_and_its_connection_used_again(secure: FeedServer, gateway: Gateway) -> None:
    assert gateway.get(secure.url("/feed.xml"), allow_private=True).body == b"<rss/>"
    assert gateway.get(secure.url("/feed.xml"), etag='"1"', allow_private=True).status == 304
    assert secure.connections == 1


def test_an_unknown_authority_is_refused(secure: FeedServer, clock: FakeClock) -> None:
    gateway = Gateway(clock)
    with pytest.raises(BadCertificate, match=r"^The certificate of 127\.0\.0\.1 cannot be trusted \(it is self-signed"):
        gateway.get(secure.url("/feed.xml"), allow_private=True)
    assert secure.requests == []


def test_another_name_is_refused(secure: FeedServer, gateway: Gateway, names: Names) -> None:
    names.known = {"intranet.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    assert gateway.get(secure.url("/feed.xml", host="intranet.example"), allow_private=True).status == 200
    with pytest.raises(BadCertificate, match="made for another name"):
        gateway.get(secure.url("/feed.xml", host="other.example"), allow_private=True)


def test_local_addresses_are_refused_over_tls_too(secure: FeedServer, gateway: Gateway) -> None:
    with pytest.raises(PrivateAddress):
        gateway.get(secure.url("/feed.xml"))
    assert secure.connections == 0


def test_a_host_without_tls_is_said_in_words(gateway: Gateway) -> None:
    with FeedServer() as plain, pytest.raises(Unreachable, match="no protected connection"):
        gateway.get(f"https://127.0.0.1:{plain.port}/", allow_private=True)


def test_a_redirect_does_not_leave_tls(secure: FeedServer, gateway: Gateway) -> None:
    secure.redirect("/old", f"http://127.0.0.1:{secure.port}/feed.xml", status=301)
    with pytest.raises(Downgraded, match="one that is not: http://"):
        gateway.get(secure.url("/old"), allow_private=True)
    assert secure.paths == ["/old"]


def test_a_drip_over_tls_is_cut(secure: FeedServer, trusting: ssl.SSLContext) -> None:
    secure.handle("/drip", lambda request: Reply(body=b"x" * 1000, piece=1, pause=0.05))
    gateway = Gateway(RealClock(), limits=Limits(seconds=0.6), tls=trusting)
    with pytest.raises(TimedOut):
        gateway.get(secure.url("/drip"), allow_private=True)
