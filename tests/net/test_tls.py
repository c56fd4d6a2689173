"""TLS is verified against the name, whatever anybody asks."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.internet import Internet
from tests.net.conftest import READ, FakeLedger, Make, Names
from tests.net.proxies import SocksProxy
from tests.servers import FeedServer, Reply, self_signed
from veille.contacts import DIRECT, Purpose, Reason
from veille.errors import BadCertificate, Downgraded, PrivateAddress, TimedOut, Unreachable, code
from veille.model import Validators
from veille.net.connections import verifying
from veille.net.gateway import Gateway
from veille.net.routes import parse_route


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
def gateway(make: Make, trusting: ssl.SSLContext, clock: FakeClock) -> Gateway:
    return make(clock, tls=trusting)


def test_a_trusted_host_is_read_and_its_connection_used_again(secure: FeedServer, gateway: Gateway) -> None:
    assert gateway.get(secure.url("/feed.xml"), purpose=READ, allow_private=True).body == b"<rss/>"
    known = Validators('"1"', url=secure.url("/feed.xml"))
    assert gateway.get(secure.url("/feed.xml"), validators=known, purpose=READ, allow_private=True).status == 304
    assert secure.connections == 1


def test_the_authorities_of_the_system_do_not_know_it(secure: FeedServer, gateway: Gateway, make: Make) -> None:
    with pytest.raises(BadCertificate, match=r"^The certificate of 127\.0\.0\.1 cannot be trusted \(it is self-signed"):
        make().get(secure.url("/feed.xml"), purpose=READ, allow_private=True)
    assert secure.requests == []


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("expired", "it has expired"),
        ("self-signed", "it is self-signed"),
        ("unknown-authority", "signed by an authority that is not known here"),
        ("other-name", "made for another name"),
    ],
)
@pytest.mark.parametrize("proxied", [False, True])
def test_a_certificate_that_cannot_be_trusted_is_refused(
    internet: Internet, make: Make, clock: FakeClock, ledger: FakeLedger, kind: str, detail: str, proxied: bool
) -> None:
    internet.site("good.example", lambda _seen: Reply(body=b"<rss/>"))
    internet.site("bad.example", lambda _seen: Reply(body=b"<rss/>"), certificate=kind)
    gateway = make(clock, **internet.door)
    here = ("127.0.0.1", internet.port)
    with SocksProxy({"good.example": here, "bad.example": here}) as proxy:
        route = parse_route(proxy.address) if proxied else DIRECT
        purpose = Purpose(Reason.BY_HAND, route=route)
        assert gateway.get("https://good.example/", purpose=purpose).body == b"<rss/>"
        for ask in (
            lambda: gateway.get("https://bad.example/", purpose=purpose),
            lambda: gateway.session(purpose).get("https://bad.example/", verify=False),
        ):
            with pytest.raises(BadCertificate, match=f"^The certificate of bad.example cannot be trusted .*{detail}"):
                ask()
    assert internet.to("bad.example") == []
    address = "" if proxied else "93.184.0.2"
    assert [(end.status, code(end.error), end.sent, end.address) for end in ledger.endings[1:]] == [
        (0, "certificate", 0, address)
    ] * 2


def test_another_name_is_refused(secure: FeedServer, gateway: Gateway, names: Names) -> None:
    names.known = {"intranet.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    assert gateway.get(secure.url("/feed.xml", host="intranet.example"), purpose=READ, allow_private=True).status == 200
    with pytest.raises(BadCertificate, match="made for another name"):
        gateway.get(secure.url("/feed.xml", host="other.example"), purpose=READ, allow_private=True)


def test_local_addresses_are_refused_over_tls_too(secure: FeedServer, gateway: Gateway) -> None:
    with pytest.raises(PrivateAddress):
        gateway.get(secure.url("/feed.xml"), purpose=READ)
    assert secure.connections == 0


def test_a_host_without_tls_is_said_in_words(gateway: Gateway) -> None:
    with FeedServer() as plain, pytest.raises(Unreachable, match="no protected connection"):
        gateway.get(f"https://127.0.0.1:{plain.port}/", purpose=READ, allow_private=True)


def test_a_redirect_does_not_leave_tls(secure: FeedServer, gateway: Gateway) -> None:
    secure.redirect("/old", f"http://127.0.0.1:{secure.port}/feed.xml", status=301)
    with pytest.raises(Downgraded, match="one that is not: http://"):
        gateway.get(secure.url("/old"), purpose=READ, allow_private=True)
    assert secure.paths == ["/old"]


def test_a_drip_over_tls_is_cut(secure: FeedServer, trusting: ssl.SSLContext, make: Make) -> None:
    secure.handle("/drip", lambda request: Reply(body=b"x" * 1000, piece=1, pause=0.05))
    with pytest.raises(TimedOut):
        make(seconds=0.6, tls=trusting).get(secure.url("/drip"), purpose=READ, allow_private=True)
