"""What leaves, what comes back, and what it means."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import READ, FakeLedger, Make, Names
from tests.servers import FeedServer, Recorded, Reply
from veille.errors import (
    BadStatus,
    Busy,
    Gone,
    PrivateAddress,
    RefusedAddress,
    RefusedMethod,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from veille.model import Validators
from veille.net.gateway import Gateway, retry_after
from veille.net.headers import NEUTRAL

FEED = b"<rss/>"


def test_a_feed_comes_back(server: FeedServer, gateway: Gateway) -> None:
    server.put("/feed.xml", FEED, headers={"Content-Type": "text/xml", "ETag": '"1"'})
    answer = gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert (answer.status, answer.body, answer.moved) == (200, FEED, "")
    assert answer.url == server.url("/feed.xml")
    assert answer.headers["content-type"] == "text/xml"
    assert answer.headers["etag"] == '"1"'


def test_only_neutral_headers_leave(
    server: FeedServer, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.put("/feed.xml", FEED, headers={"Set-Cookie": "id=42; Path=/", "ETag": '"1"'})
    for _time in range(2):
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    server.redirect("/old", "/feed.xml")
    gateway.get(server.url("/old"), purpose=READ, allow_private=True)
    expected = {name.lower(): value for name, value in NEUTRAL.items()} | {"host": f"127.0.0.1:{server.port}"}
    assert [dict(request.headers) for request in server.requests] == [expected] * 4


def test_validators_go_back_byte_for_byte(server: FeedServer, gateway: Gateway) -> None:
    headers = {"ETag": 'W/"é --\\x"', "Last-Modified": "yesterday,  perhaps"}
    server.put("/feed.xml", FEED, headers=headers)
    first = gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    known = Validators(first.headers["etag"], first.headers["last-modified"], url=first.url)
    again = gateway.get(server.url("/feed.xml"), validators=known, purpose=READ, allow_private=True)
    assert (again.status, again.body, again.conditional, first.conditional) == (304, b"", True, False)
    assert server.requests[1].headers["if-none-match"] == headers["ETag"]
    assert server.requests[1].headers["if-modified-since"] == headers["Last-Modified"]


@pytest.mark.parametrize("etag", ["", "a\r\nX-Evil: 1", "x" * 1001, "“curly”"])
def test_what_is_no_header_is_not_sent(server: FeedServer, gateway: Gateway, etag: str) -> None:
    server.put("/feed.xml", FEED)
    known = Validators(etag, url=server.url("/feed.xml"))
    answer = gateway.get(server.url("/feed.xml"), validators=known, purpose=READ, allow_private=True)
    assert not answer.conditional
    assert "if-none-match" not in server.requests[0].headers
    assert "x-evil" not in server.requests[0].headers


def test_connections_are_used_again(server: FeedServer, gateway: Gateway) -> None:
    server.put("/feed.xml", FEED, headers={"ETag": '"1"'})
    server.put("/chunked.xml", FEED, chunked=True)
    for path, etag in (("/feed.xml", ""), ("/feed.xml", '"1"'), ("/chunked.xml", ""), ("/feed.xml", "")):
        known = Validators(etag, url=server.url(path))
        gateway.get(server.url(path), validators=known, purpose=READ, allow_private=True)
    assert server.connections == 1
    gateway.hang_up()
    gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert server.connections == 2


def test_head_reads_no_body(server: FeedServer, gateway: Gateway) -> None:
    server.put("/feed.xml", FEED)
    answer = gateway.request("HEAD", server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert (server.requests[0].method, answer.status, answer.body) == ("HEAD", 200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_is_ever_written(server: FeedServer, gateway: Gateway, method: str) -> None:
    with pytest.raises(RefusedMethod, match=method):
        gateway.request(method, server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert server.connections == 0


# Local addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1.", "0", "0x", "0.0.0.0"),
        *("localhost", "a.localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"),
        *("10.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[fe80::1]", "[fd00::1]", "[2002:7f00:1::]"),
    ],
)
def test_every_form_of_a_local_address_is_refused(server: FeedServer, gateway: Gateway, host: str) -> None:
    with pytest.raises(PrivateAddress):
        gateway.get(f"http://{host}:{server.port}/feed.xml", purpose=READ)
    assert server.connections == 0


def test_a_private_connection_serves_no_request_without_permission(server: FeedServer, gateway: Gateway) -> None:
    server.put("/feed.xml", FEED)
    gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    with pytest.raises(PrivateAddress) as refused:
        gateway.get(server.url("/feed.xml"), purpose=READ)
    assert str(refused.value).startswith("127.0.0.1 is an address of a private or local network.")
    assert len(server.requests) == 1


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_stands_for_a_local_address_is_refused(
    server: FeedServer, gateway: Gateway, names: Names, addresses: list[str]
) -> None:
    names.known["news.example"] = [addresses]
    with pytest.raises(PrivateAddress) as refused:
        gateway.get(server.url("/feed.xml", host="news.example"), purpose=READ)
    assert refused.value.facts["host"] == "news.example"
    assert server.connections == 0


def test_a_name_is_looked_up_once_and_that_answer_is_connected_to(
    server: FeedServer, gateway: Gateway, names: Names
) -> None:
    server.put("/feed.xml", FEED)
    names.known["intranet.example"] = [["127.0.0.1"], ["10.9.9.9"]]
    answer = gateway.get(server.url("/feed.xml", host="intranet.example"), purpose=READ, allow_private=True)
    assert answer.body == FEED
    assert names.asked == ["intranet.example"]
    assert server.requests[0].headers["host"] == f"intranet.example:{server.port}"


def test_the_next_address_is_tried(server: FeedServer, gateway: Gateway, names: Names) -> None:
    server.put("/feed.xml", FEED)
    names.known["intranet.example"] = [["127.0.0.77", "::1", "127.0.0.1"]]
    assert gateway.get(server.url("/feed.xml", host="intranet.example"), purpose=READ, allow_private=True).status == 200


# Redirects ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moves"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 302], False), ([307, 301], False), ([303], False)],
)
def test_only_permanent_redirects_move_a_source(
    server: FeedServer, gateway: Gateway, statuses: list[int], moves: bool
) -> None:
    server.put("/new.xml", FEED)
    server.chain("/old.xml", statuses, "/new.xml")
    answer = gateway.get(server.url("/old.xml"), purpose=READ, allow_private=True)
    assert answer.body == FEED
    assert answer.url == server.url("/new.xml")
    assert answer.moved == (answer.url if moves else "")


def test_five_redirects_are_followed_and_no_more(server: FeedServer, gateway: Gateway) -> None:
    server.put("/new.xml", FEED)
    server.chain("/five", [302] * 5, "/new.xml")
    server.chain("/six", [302] * 6, "/new.xml")
    server.redirect("/loop", "/loop")
    assert gateway.get(server.url("/five"), purpose=READ, allow_private=True).status == 200
    for path in ("/six", "/loop"):
        with pytest.raises(TooManyRedirects):
            gateway.get(server.url(path), purpose=READ, allow_private=True)
    assert server.count("/loop") == 6


def test_a_redirect_never_grants_a_private_host(server: FeedServer, gateway: Gateway, names: Names) -> None:
    names.known["intranet.example"] = [["127.0.0.1"]]
    with FeedServer() as other:
        for number, there in enumerate((other.url("/x"), server.url("/x"), "http://[::1]/", "http://localhost/")):
            server.redirect(f"/{number}", there)
            with pytest.raises(PrivateAddress) as refused:
                gateway.get(server.url(f"/{number}", host="intranet.example"), purpose=READ, allow_private=True)
            assert str(refused.value.facts["host"]).startswith("intranet.example → ")
        assert other.connections == 0
    assert server.paths == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    "there", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/", "http://a:b@x/", "http://["]
)
def test_a_redirect_to_another_kind_of_address_is_refused(server: FeedServer, gateway: Gateway, there: str) -> None:
    server.redirect("/old", there)
    with pytest.raises(RefusedAddress):
        gateway.get(server.url("/old"), purpose=READ, allow_private=True)


def test_the_body_of_a_redirect_is_not_read(server: FeedServer, gateway: Gateway) -> None:
    server.put("/old", b"x" * 200, status=301, headers={"Location": "/new"}, piece=1, pause=10)
    server.put("/new", FEED)
    assert gateway.get(server.url("/old"), purpose=READ, allow_private=True).body == FEED


def test_a_redirect_in_utf8_is_understood(server: FeedServer, gateway: Gateway) -> None:
    server.redirect("/old", "/actualités".encode().decode("latin-1"))
    server.put("/actualit%C3%A9s", FEED)
    assert gateway.get(server.url("/old"), purpose=READ, allow_private=True).body == FEED


# What a status means -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, Gone) for status in (404, 410)),
        *((status, Busy) for status in (429, 503)),
        *((status, BadStatus) for status in (204, 206, 300, 301, 304, 400, 401, 403, 500, 502, 999)),
    ],
)
def test_all_but_200_and_304_is_an_error(
    server: FeedServer, gateway: Gateway, status: int, error: type[BadStatus]
) -> None:
    server.put("/feed.xml", b"no", status=status)
    with pytest.raises(error) as failed:
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert failed.value.facts["status"] == status
    assert str(status) in str(failed.value)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("soon", 0), ("99999999999", 604_800), (None, 0)])
def test_a_busy_host_is_left_alone_as_long_as_it_asks(
    server: FeedServer, gateway: Gateway, status: int, value: str | None, seconds: int
) -> None:
    server.put("/feed.xml", status=status, headers={"Retry-After": value} if value else {})
    with pytest.raises(Busy) as failed:
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert failed.value.facts["retry_after"] == seconds


def test_retry_after_may_be_a_date(clock: FakeClock) -> None:
    def at(**later: int) -> int:
        return retry_after(format_datetime(clock.now() + timedelta(**later), usegmt=True), clock.now())

    assert at(hours=2) == 7200
    assert at(hours=-2) == 0
    assert at(days=900) == 7 * 86_400


@pytest.mark.parametrize("value", ["", "-5", "1.5", "٣", "Mon, 99 Foo 2026", "0000", "1" * 5000, "Thu, 1 Jan 99999"])
def test_a_retry_after_without_sense_is_ignored(clock: FakeClock, value: str) -> None:
    assert retry_after(value, clock.now()) == 0


# What goes wrong ---------------------------------------------------------------------------------


def test_nobody_listens(gateway: Gateway) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 cannot be reached \(it refuses the connection\)\.$"):
            gateway.get(f"http://127.0.0.1:{port}/", purpose=READ, allow_private=True)


@pytest.mark.parametrize("name", ["nowhere.example", "x" * 70 + ".localhost"])
def test_no_such_name(gateway: Gateway, names: Names, name: str) -> None:
    names.known["nowhere.example"] = [[]]
    with pytest.raises(Unreachable, match="no host of that name"):
        gateway.get(f"http://{name}/", purpose=READ, allow_private=True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 10_000, cut=500),
        Reply(body=b"short", length=500),
        Reply(raw=b""),
        Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
        Reply(raw=b"HTTP/1.1 abc Odd\r\n\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"1" * 70_000 + b"\r\n\r\n"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Reply(headers={"Content-Encoding": "gzip"}, body=b"not gzip at all"),
        Reply(headers={"Content-Encoding": ", ".join(["gzip"] * 50)}, body=b"x"),
    ],
    ids=lambda reply: repr(reply.raw or reply.headers or reply.length)[:40],
)
def test_a_broken_answer_is_said_in_words(server: FeedServer, gateway: Gateway, reply: Reply) -> None:
    server.handle("/feed.xml", lambda request: reply)
    with pytest.raises(Unreachable, match=r"^127\.0\.0\.1 cannot be reached \(.+\)\.$") as failed:
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert "http" not in str(failed.value).lower()
    server.put("/good.xml", FEED)
    assert gateway.get(server.url("/good.xml"), purpose=READ, allow_private=True).body == FEED  # nothing is left over


def test_a_host_is_named_as_the_person_knows_it(server: FeedServer, gateway: Gateway, names: Names) -> None:
    names.known["xn--bcher-kva.example"] = [["127.0.0.1"]]
    with pytest.raises(Gone) as failed:
        gateway.get(server.url("/none", host="bücher.example"), purpose=READ, allow_private=True)
    assert failed.value.facts["host"] == "bücher.example"


def test_two_at_a_time_and_each_gets_its_own(server: FeedServer, make: Make, clock: FakeClock) -> None:
    def slow(request: Recorded) -> Reply:
        return Reply(body=request.path.encode(), wait=0.01)

    gateway = make(clock)
    paths = [f"/{number}" for number in range(40)]
    for path in paths:
        server.handle(path, slow)
    with ThreadPoolExecutor(10) as pool:
        bodies = list(
            pool.map(lambda path: gateway.get(server.url(path), purpose=READ, allow_private=True).body, paths)
        )
    assert bodies == [path.encode() for path in paths]
    assert server.most_at_once == 2
    assert server.connections == 2


def test_a_kept_connection_that_ends_just_then_is_replaced(server: FeedServer, gateway: Gateway) -> None:
    replies = [Reply(body=FEED), Reply(raw=b""), Reply(body=b"<rss>2</rss>")]
    server.handle("/feed.xml", lambda _request: replies.pop(0))
    bodies = [gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True).body for _time in range(2)]
    assert bodies == [FEED, b"<rss>2</rss>"]
    assert (server.connections, server.count("/feed.xml")) == (2, 3)


@pytest.mark.parametrize("replies", [[Reply(raw=b"")], [Reply(body=FEED), Reply(raw=b"HTTP/1.1 2")]])
def test_a_new_connection_or_an_answer_that_breaks_off_is_not_asked_again(
    server: FeedServer, gateway: Gateway, replies: list[Reply]
) -> None:
    left = replies.copy()
    server.handle("/feed.xml", lambda _request: left.pop(0))
    for _good in replies[1:]:
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    with pytest.raises(Unreachable):
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert left == []


# Answers of any status ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503])
def test_an_answer_is_had_whole_whatever_its_status(server: FeedServer, gateway: Gateway, status: int) -> None:
    why = b'{"error":"InvalidRequest"}'
    server.put("/api", why, status=status, headers={"Retry-After": "7", "X-Why": "it"})
    answer = gateway.get(server.url("/api"), purpose=READ, allow_private=True, whole=True)
    assert (answer.status, answer.body) == (status, b"" if status == 304 else why)
    assert (answer.headers["retry-after"], answer.headers["x-why"]) == ("7", "it")
    assert (answer.url, answer.moved, answer.conditional) == (server.url("/api"), "", False)


def test_a_whole_answer_is_redirected_capped_and_written_down_as_any(
    server: FeedServer, make: Make, ledger: FakeLedger, clock: FakeClock
) -> None:
    gateway = make(clock, bytes=100)
    server.put("/there", b"no", status=404)
    server.redirect("/here", "/there", status=308)
    answer = gateway.get(server.url("/here"), purpose=READ, allow_private=True, whole=True)
    assert (answer.status, answer.moved) == (404, server.url("/there"))
    assert [(ending.status, ending.error) for ending in ledger.endings] == [(308, ""), (404, "")]
    server.put("/large", b"x" * 101, status=500)
    with pytest.raises(TooLarge):
        gateway.get(server.url("/large"), purpose=READ, allow_private=True, whole=True)
    server.redirect("/round", "/round")
    with pytest.raises(TooManyRedirects):
        gateway.get(server.url("/round"), purpose=READ, allow_private=True, whole=True)
    with pytest.raises(PrivateAddress):
        gateway.get(server.url("/there"), purpose=READ, whole=True)


def test_validators_go_with_a_whole_answer_too(server: FeedServer, gateway: Gateway) -> None:
    server.put("/api", b"[]", headers={"ETag": '"1"'})
    known = Validators('"1"', url=server.url("/api"))
    answer = gateway.get(server.url("/api"), purpose=READ, validators=known, allow_private=True, whole=True)
    assert (answer.status, answer.conditional) == (304, True)
