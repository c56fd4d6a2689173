"""Through a proxy: names go to it and nowhere else, what it replies is judged, and it never widens what is allowed."""

import base64
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import READ, FakeLedger, Make, Names
from tests.net.proxies import HttpProxy, OddProxy, Proxy, SocksProxy
from tests.net.test_limits import after
from tests.servers import FeedServer, self_signed
from veille.contacts import Purpose, Reason
from veille.errors import (
    BadCertificate,
    BadStatus,
    Cancelled,
    PrivateAddress,
    ProxyFailed,
    RefusedAddress,
    TimedOut,
    Unreachable,
)
from veille.model import Validators
from veille.net.gateway import Gateway
from veille.net.headers import NEUTRAL
from veille.net.routes import parse_route

FEED = b"<rss/>"
HEAD = "".join(f"{name}: {value}\r\n" for name, value in NEUTRAL.items())


def by(address: str, *, strict: bool = False) -> Purpose:
    return Purpose(Reason.SCHEDULED, 3, parse_route(address), strict=strict)


@pytest.fixture
def feed(server: FeedServer) -> FeedServer:
    server.put("/feed.xml", FEED, headers={"ETag": '"1"'})
    return server


@pytest.fixture
def socks(feed: FeedServer) -> Iterator[SocksProxy]:
    with SocksProxy({"news.example": ("127.0.0.1", feed.port), "127.0.0.1": ("127.0.0.1", feed.port)}) as proxy:
        yield proxy


@pytest.fixture
def http(feed: FeedServer) -> Iterator[HttpProxy]:
    with HttpProxy({"news.example": ("127.0.0.1", feed.port)}) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = self_signed(tmp_path_factory.mktemp("tls"), names=("news.example",))
    if made is None:
        pytest.skip("openssl is not installed")
    return made


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def secure(certificate: Path) -> Iterator[FeedServer]:
    with FeedServer(certificate=certificate) as server:
        server.put("/feed.xml", FEED)
        yield server


# What is said ------------------------------------------------------------------------------------


def test_socks_gets_the_name_and_the_host_sees_what_it_always_sees(
    feed: FeedServer, socks: SocksProxy, gateway: Gateway, names: Names, ledger: FakeLedger
) -> None:
    answer = gateway.get("http://news.example/feed.xml", purpose=by(socks.address))
    assert answer.body == FEED
    assert b"".join(socks.heard) == b"\x05\x01\x00" + b"\x05\x01\x00\x03\x0cnews.example\x00\x50"
    assert names.asked == ["127.0.0.1"]  # the proxy's own
    assert feed.requests[0].raw == (("Host", "news.example"), *NEUTRAL.items())
    [trace] = ledger.traces
    assert trace.contact.route == socks.address
    assert trace.ending is not None
    assert (trace.ending.address, trace.ending.status, trace.ending.error) == ("", 200, "")
    assert trace.ending.sent == len(f"GET /feed.xml HTTP/1.1\r\nHost: news.example\r\n{HEAD}\r\n")  # no handshake in it


@pytest.mark.parametrize("kind", ["socks5", "socks5h"])
def test_socks_gets_a_name_and_password(feed: FeedServer, gateway: Gateway, kind: str) -> None:
    with SocksProxy({"news.example": ("127.0.0.1", feed.port)}, secret=("ann", "p@ß")) as proxy:
        address = f"{kind}://ann:p%40%C3%9F@127.0.0.1:{proxy.port}"
        assert gateway.get("http://news.example/feed.xml", purpose=by(address)).body == FEED
        assert b"".join(proxy.heard).startswith(
            b"\x05\x02\x00\x02" + b"\x01\x03ann\x04p@\xc3\x9f" + b"\x05\x01\x00\x03"
        )
    assert all(b"ann" not in str(request.raw).encode() for request in feed.requests)


def test_socks_gets_literal_addresses_as_such(feed: FeedServer, gateway: Gateway) -> None:
    here = ("127.0.0.1", feed.port)
    with SocksProxy({"8.8.8.8": here, "2606:4700:4700::1111": here}) as proxy:
        for host in ("8.8.8.8", "[2606:4700:4700::1111]"):
            assert gateway.get(f"http://{host}/feed.xml", purpose=by(proxy.address)).body == FEED
        assert proxy.asked == [("8.8.8.8", 80), ("2606:4700:4700::1111", 80)]


def test_http_is_asked_by_the_absolute_form_and_alone_gets_its_secret(
    feed: FeedServer, http: HttpProxy, gateway: Gateway, names: Names
) -> None:
    address = http.address.replace("//", "//ann:s%3Acret@")
    for _time in range(2):
        answer = gateway.get("http://news.example/feed.xml?a=%20b", purpose=by(address))
    assert (answer.body, answer.url) == (FEED, "http://news.example/feed.xml?a=%20b")
    secret = base64.b64encode(b"ann:s:cret").decode()
    head = f"GET http://news.example/feed.xml?a=%20b HTTP/1.1\r\nHost: news.example\r\n{HEAD}"
    assert http.heard == [f"{head}Proxy-Authorization: Basic {secret}\r\n\r\n".encode()] * 2
    assert http.connections == 1
    assert feed.requests[0].raw == (("Host", "news.example"), *NEUTRAL.items())
    assert set(names.asked) == {"127.0.0.1"}


@pytest.mark.parametrize("secret", ["", "ann:secret@"])
def test_tls_goes_through_a_tunnel_and_is_verified_against_the_name(
    secure: FeedServer, trusting: ssl.SSLContext, make: Make, clock: FakeClock, ledger: FakeLedger, secret: str
) -> None:
    gateway = make(clock, tls=trusting)
    place = ("127.0.0.1", secure.port)
    with HttpProxy({"news.example": place, "other.example": place}) as proxy:
        address = proxy.address.replace("//", f"//{secret}")
        for _time in range(2):
            assert gateway.get("https://news.example/feed.xml", purpose=by(address)).body == FEED
        said = b"CONNECT news.example:443 HTTP/1.1\r\nHost: news.example:443\r\n"
        said += b"Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n" if secret else b""
        assert proxy.heard == [said + b"\r\n"]
        assert secure.requests[0].raw == (("Host", "news.example"), *NEUTRAL.items())
        assert {ending.sent for ending in ledger.endings} == {
            len(f"GET /feed.xml HTTP/1.1\r\nHost: news.example\r\n{HEAD}\r\n")
        }
        with pytest.raises(BadCertificate, match="made for another name"):
            gateway.get("https://other.example/feed.xml", purpose=by(address))
    with SocksProxy({"news.example": place}) as socks:
        assert gateway.get("https://news.example/feed.xml", purpose=by(socks.address)).body == FEED


def test_a_proxy_may_have_a_name_and_a_private_address(
    feed: FeedServer, socks: SocksProxy, gateway: Gateway, names: Names
) -> None:
    names.known["tor.lan"] = [["127.0.0.77", "127.0.0.1"]]
    address = f"socks5://tor.lan:{socks.port}"
    assert gateway.get("http://news.example/feed.xml", purpose=by(address)).body == FEED
    assert names.asked == ["tor.lan"]


# What is not asked of it -------------------------------------------------------------------------

LOCAL = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.1", "169.254.169.254", "0", "[::1]"),
    *("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00::1]", "localhost", "a.localhost"),
    *("printer.local", "nas.home.arpa", "box.lan", "router", "router."),
]


@pytest.mark.parametrize("host", LOCAL)
def test_local_addresses_and_names_are_refused_still(
    feed: FeedServer, socks: SocksProxy, http: HttpProxy, gateway: Gateway, names: Names, ledger: FakeLedger, host: str
) -> None:
    feed.redirect("/away", f"http://{host}:8080/")
    for number, proxy in enumerate((socks, http)):
        with pytest.raises(PrivateAddress):
            gateway.get(f"http://{host}/feed.xml", purpose=by(proxy.address))
        assert proxy.connections == 0
        assert len(ledger.traces) == number
        with pytest.raises(PrivateAddress) as refused:
            gateway.get("http://news.example/away", purpose=by(proxy.address))
        assert str(refused.value.facts["host"]).startswith("news.example → ")
        assert proxy.asked == [("news.example", 80)]
    assert set(names.asked) == {"127.0.0.1"}


def test_an_allowed_address_passes_but_not_in_strict(socks: SocksProxy, gateway: Gateway) -> None:
    assert gateway.get("http://127.1/feed.xml", purpose=by(socks.address), allow_private=True).body == FEED
    assert socks.asked == [("127.0.0.1", 80)]
    with pytest.raises(PrivateAddress):
        gateway.get("http://127.1/feed.xml", purpose=by(socks.address, strict=True), allow_private=True)
    with pytest.raises(RefusedAddress):
        gateway.get("http://0.0.0.0/", purpose=by(socks.address), allow_private=True)


def test_an_onion_name_is_for_a_proxy_alone(feed: FeedServer, gateway: Gateway, names: Names) -> None:
    with pytest.raises(RefusedAddress, match="through a Tor proxy alone"):
        gateway.get("http://abc.onion/feed.xml", purpose=READ)
    assert names.asked == []
    with SocksProxy({"abc.onion": ("127.0.0.1", feed.port)}) as tor:
        assert gateway.get("http://abc.onion/feed.xml", purpose=by(tor.address)).body == FEED


def test_a_name_that_no_host_can_have_is_not_asked_for(gateway: Gateway, socks: SocksProxy) -> None:
    with pytest.raises(Unreachable, match="no host of that name"):
        gateway.get(f"http://{'a.' * 150}example/", purpose=by(socks.address))
    assert socks.asked == []


# Routes apart ------------------------------------------------------------------------------------


def test_another_route_never_uses_an_old_connection(
    feed: FeedServer, socks: SocksProxy, http: HttpProxy, make: Make, clock: FakeClock, names: Names
) -> None:
    names.known["news.example"] = [["8.8.8.8"]]
    gateway = make(clock, reach=lambda where: ("127.0.0.1", feed.port) if where[0] == "8.8.8.8" else where)
    with SocksProxy(socks.places, secret=("a", "b")) as third:
        named = third.address.replace("//", "//a:b@")
        for _time in range(2):
            for address in ("direct", socks.address, http.address, named):
                assert gateway.get("http://news.example/feed.xml", purpose=by(address)).body == FEED
        assert (socks.connections, http.connections, third.connections) == (1, 1, 1)
        gateway.hang_up()
        assert gateway.get("http://news.example/feed.xml", purpose=by(socks.address)).body == FEED
        assert socks.connections == 2
    assert names.asked.count("news.example") == 1


def test_validators_go_through_a_proxy_and_in_strict_they_do_not(feed: FeedServer, socks: SocksProxy, gateway: Gateway):
    known = Validators('"1"', "", etag_agreed=True, url="http://news.example/feed.xml")
    for strict, status in ((False, 304), (True, 200)):
        purpose = by(socks.address, strict=strict)
        answer = gateway.get("http://news.example/feed.xml", purpose=purpose, validators=known)
        assert (answer.status, answer.conditional) == (status, not strict)


# What it replies ---------------------------------------------------------------------------------

GREETED = b"\x05\x00"


@pytest.mark.parametrize(
    ("replies", "detail"),
    [
        ([b"\x05\xff"], "asks for a name and a password"),
        ([b"\x05\x02"], "makes no sense"),
        ([b"\x05\x01"], "makes no sense"),
        ([b"\x04\x00"], "makes no sense"),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "makes no sense"),
        ([b"\x05"], "broke off"),
        ([], "broke off"),
        ([GREETED, b"\x05\x00\x00"], "broke off"),
        ([GREETED, b"\x05\x00\x00\x01\x00\x00"], "broke off"),
        ([GREETED, b"\x05\x00\x00\x03\xff" + b"x" * 20], "broke off"),
        ([GREETED, b"\x05\x00\x00\x02" + bytes(6)], "makes no sense"),
        ([GREETED, b"\x05\x00\x01\x01" + bytes(6)], "makes no sense"),
        ([GREETED, b"\x04\x00\x00\x01" + bytes(6)], "makes no sense"),
        ([GREETED, b"\x05\x01\x00\x01" + bytes(6)], "without a reason"),
        ([GREETED, b"\x05\x07\x00\x01" + bytes(6)], "makes no sense"),
        ([GREETED, b"\x05\x63\x00\x01" + bytes(6)], "makes no sense"),
    ],
)
def test_a_socks_proxy_that_fails_is_blamed(
    gateway: Gateway, ledger: FakeLedger, replies: list[bytes], detail: str
) -> None:
    with OddProxy(replies) as proxy:
        address = f"socks5://127.0.0.1:{proxy.port}"
        with pytest.raises(ProxyFailed, match=f"^The proxy {address} does not do its work .*{detail}") as failed:
            gateway.get("http://news.example/", purpose=by(address))
    assert [(ending.status, ending.error) for ending in ledger.endings] == [(0, failed.value.pack())]


@pytest.mark.parametrize(
    ("replies", "detail"), [([b"\x05\xff"], "refuses the name"), ([b"\x05\x02", b"\x01\x01"], "refuses the name"),
                            ([b"\x05\x02", b"\x05\x00"], "refuses the name")],
)  # fmt: skip
def test_a_refused_password_is_said_and_not_repeated(gateway: Gateway, replies: list[bytes], detail: str) -> None:
    with OddProxy(replies) as proxy, pytest.raises(ProxyFailed, match=detail) as failed:
        gateway.get("http://news.example/", purpose=by(f"socks5://ann:secret@127.0.0.1:{proxy.port}"))
    assert "secret" not in failed.value.pack()


@pytest.mark.parametrize(
    ("reply", "detail"),
    [(2, "does not go there"), (3, "no way"), (4, "no way"), (5, "refuses the connection"), (6, "does not answer")],
)
def test_a_host_that_socks_cannot_reach_is_unreachable(gateway: Gateway, reply: int, detail: str) -> None:
    words = rf"^news\.example cannot be reached \(.*{detail}"
    with OddProxy([GREETED, bytes((5, reply, 0, 1))]) as proxy, pytest.raises(Unreachable, match=words):
        gateway.get("http://news.example/", purpose=by(f"socks5://127.0.0.1:{proxy.port}"))


@pytest.mark.parametrize(
    ("reply", "error", "detail"),
    [
        (b"HTTP/1.1 407 Who?\r\n\r\n", ProxyFailed, "asks for a name"),
        (b"HTTP/1.1 400 Bad\r\n\r\n", ProxyFailed, "makes no sense"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", ProxyFailed, "makes no sense"),
        (b"HTTP/2 200 OK\r\n\r\n", ProxyFailed, "makes no sense"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", ProxyFailed, "makes no sense"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000, ProxyFailed, "makes no sense"),
        (b"HTTP/1.1 200 OK\r\n", ProxyFailed, "broke off"),
        (b"", ProxyFailed, "broke off"),
        (b"HTTP/1.1 403 No\r\n\r\n", Unreachable, "does not go there"),
        (b"HTTP/1.0 502 No\r\n\r\n", Unreachable, "no way"),
        (b"HTTP/1.1 504\r\n\r\n", Unreachable, "does not answer"),
        (b"HTTP/1.1 504No\r\n\r\n", ProxyFailed, "makes no sense"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_connect_is_answered(gateway: Gateway, reply: bytes, error: type, detail: str) -> None:
    with OddProxy([reply]) as proxy, pytest.raises(error, match=detail):
        gateway.get("https://news.example/", purpose=by(f"http://127.0.0.1:{proxy.port}"))


def test_what_a_proxy_adds_to_its_answer_is_not_taken_for_the_hosts(gateway: Gateway) -> None:
    class Hasty(OddProxy):
        def answer(self, opened) -> None:  # type: ignore[no-untyped-def]
            self.head(opened)
            opened.sendall(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")

    with Hasty([]) as proxy, pytest.raises(ProxyFailed, match="makes no sense"):
        gateway.get("https://news.example/", purpose=by(f"http://127.0.0.1:{proxy.port}"))


def test_a_forwarding_proxy_that_wants_a_password_is_blamed(gateway: Gateway, ledger: FakeLedger) -> None:
    with OddProxy([b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"]) as proxy, pytest.raises(ProxyFailed):
        gateway.get("http://news.example/", purpose=by(f"http://127.0.0.1:{proxy.port}"))
    assert [ending.status for ending in ledger.endings] == [407]
    with SocksProxy() as socks, FeedServer() as server:
        server.put("/", status=407)
        socks.places["news.example"] = ("127.0.0.1", server.port)
        with pytest.raises(BadStatus, match="407"):  # the host's own words
            gateway.get("http://news.example/", purpose=by(socks.address))


def test_a_proxy_that_is_not_there_is_blamed(gateway: Gateway, names: Names) -> None:
    with Proxy() as proxy:
        port = proxy.port
    with pytest.raises(ProxyFailed, match="refuses the connection"):
        gateway.get("http://news.example/", purpose=by(f"socks5://127.0.0.1:{port}"))
    names.known["gone.example"] = [[]]
    with pytest.raises(ProxyFailed, match="no host of that name"):
        gateway.get("http://news.example/", purpose=by(f"http://gone.example:{port}"))


def test_a_host_that_breaks_off_behind_a_proxy_is_the_hosts_failure(feed: FeedServer, socks: SocksProxy, make: Make):
    feed.put("/cut.xml", b"x" * 1000, cut=10)
    with pytest.raises(Unreachable, match="broke off"):
        make().get("http://news.example/cut.xml", purpose=by(socks.address))


@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_silent_proxy_is_left_in_time_or_when_asked(make: Make, kind: str) -> None:
    url = "https://news.example/" if kind == "http" else "http://news.example/"
    with OddProxy([], hangs_up=False) as proxy:
        purpose = by(f"{kind}://127.0.0.1:{proxy.port}")
        with pytest.raises(ProxyFailed, match="does not answer"):
            make(connect=0.5).get(url, purpose=purpose)
        with pytest.raises(Cancelled):
            make().get(url, purpose=purpose, cancelled=after(5))


def test_a_proxy_that_drips_is_cut_at_the_deadline(make: Make) -> None:
    with OddProxy([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100], pause=0.05) as proxy, pytest.raises(TimedOut):
        make(seconds=0.6).get("https://news.example/", purpose=by(f"http://127.0.0.1:{proxy.port}"))
