"""Every attempt is written down before it leaves, and how it ended after."""

from datetime import timedelta

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import READ, FakeLedger, Make, Names
from tests.net.proxies import SocksProxy
from tests.net.test_limits import after
from tests.servers import FeedServer, Recorded, Reply
from veille.contacts import Contact, Ending, Purpose, Reason, Trace
from veille.errors import (
    BadStatus,
    Cancelled,
    NoProxy,
    PersonalRedirect,
    PrivateAddress,
    ProfileBusy,
    RefusedAddress,
    TooLarge,
    Unreachable,
    code,
    describe,
)
from veille.model import Validators
from veille.net.gateway import Gateway
from veille.net.headers import NEUTRAL
from veille.net.routes import parse_route

FEED = b"<rss/>"


def size_of_request(server: FeedServer, path: str, **more: str) -> int:
    headers = {"Host": f"127.0.0.1:{server.port}", **NEUTRAL, **more}
    return len(f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {text}\r\n" for name, text in headers.items()) + "\r\n")


def test_a_contact_and_its_ending(server: FeedServer, gateway: Gateway, ledger: FakeLedger, clock: FakeClock) -> None:
    begun = clock.now()

    def answer(_request: Recorded) -> Reply:
        assert [trace.ending for trace in ledger.traces] == [None]  # written down before, and not over yet
        clock.advance(seconds=2)
        return Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")

    server.handle("/feed.xml", answer)
    gateway.get(server.url("/feed.xml#part"), purpose=READ, allow_private=True)
    contact = Contact(begun, Reason.BY_HAND, 7, "GET", server.url("/feed.xml"), "127.0.0.1")
    sent = size_of_request(server, "/feed.xml")
    ending = Ending(begun + timedelta(seconds=2), 200, "", sent, 44, "127.0.0.1")
    assert ledger.traces == [Trace(1, contact, ending)]


def test_each_hop_has_its_own(server: FeedServer, make: Make, ledger: FakeLedger, names: Names, clock: FakeClock):
    names.known |= {"a.example": [["8.8.8.8"]], "b.example": [["2606:4700:4700::1111"]]}
    gateway = make(clock, reach=lambda _where: ("127.0.0.1", server.port))
    server.handle("/a", lambda _request: Reply(301, {"Location": "http://b.example/b"}, b"away"))
    server.put("/b", FEED)
    known = Validators('"1"', "Monday", url="http://a.example/a")
    answer = gateway.get("http://a.example/a", purpose=READ, validators=known)
    assert (answer.conditional, answer.moved) == (False, "http://b.example/b")
    first, second = ledger.traces
    assert (first.contact.host, first.contact.conditional, first.contact.led_by) == ("a.example", True, "")
    assert (second.contact.host, second.contact.conditional, second.contact.led_by) == ("b.example", False, "a.example")
    assert [(each.status, each.error, each.address) for each in ledger.endings] == [
        (301, "", "8.8.8.8"), (200, "", "2606:4700:4700::1111"),
    ]  # fmt: skip
    assert "if-none-match" in server.requests[0].headers
    assert set(server.requests[1].headers) == {"host", *(name.lower() for name in NEUTRAL)}


def test_validators_go_to_the_address_that_gave_them_wherever_it_is_in_the_chain(
    server: FeedServer, gateway: Gateway
) -> None:
    server.redirect("/old", "/new")
    server.put("/new", FEED, headers={"ETag": '"1"'})
    known = Validators('"1"', url=server.url("/new"))
    answer = gateway.get(server.url("/old"), purpose=READ, validators=known, allow_private=True)
    assert (answer.status, answer.conditional) == (304, True)
    assert "if-none-match" not in server.requests[0].headers


def test_a_304_that_nobody_asked_for_is_an_error(server: FeedServer, gateway: Gateway) -> None:
    server.redirect("/old", "/new")
    server.put("/new", status=304)
    known = Validators('"1"', url=server.url("/old"))
    with pytest.raises(BadStatus):
        gateway.get(server.url("/old"), purpose=READ, validators=known, allow_private=True)


def test_a_connection_that_ended_just_then_is_an_attempt_of_its_own(
    server: FeedServer, gateway: Gateway, ledger: FakeLedger
) -> None:
    replies = [Reply(body=FEED), Reply(raw=b""), Reply(body=FEED)]
    server.handle("/feed.xml", lambda _request: replies.pop(0))
    for _time in range(2):
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    sent = size_of_request(server, "/feed.xml")
    assert [(each.status, code(each.error), each.sent, each.address) for each in ledger.endings] == [
        (200, "", sent, "127.0.0.1"), (0, "unreachable", sent, "127.0.0.1"), (200, "", sent, "127.0.0.1"),
    ]  # fmt: skip
    assert ledger.endings[1].received == 0


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_error_status_is_told_by_the_status(
    server: FeedServer, gateway: Gateway, ledger: FakeLedger, status: int
) -> None:
    server.put("/feed.xml", b"no", status=status)
    with pytest.raises(Exception, match=str(status)):
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)
    assert [(each.status, each.error) for each in ledger.endings] == [(status, "")]


def test_what_fails_is_told(server: FeedServer, make: Make, ledger: FakeLedger, clock: FakeClock) -> None:
    server.put("/large", b"x" * 2_000_000)
    server.put("/cut", b"x" * 1000, cut=100)
    with pytest.raises(TooLarge) as large:
        make(clock).get(server.url("/large"), purpose=READ, cap=1_000_000, allow_private=True)
    with pytest.raises(Unreachable) as cut:
        make(clock).get(server.url("/cut"), purpose=READ, allow_private=True)
    assert [(each.status, each.error) for each in ledger.endings] == [
        (200, large.value.pack()),
        (200, cut.value.pack()),
    ]
    assert "larger than 1 MB" in str(large.value)


def test_what_is_stopped_is_told(server: FeedServer, gateway: Gateway, ledger: FakeLedger) -> None:
    server.put("/slow", FEED, wait=10)
    with pytest.raises(Cancelled):
        gateway.get(server.url("/slow"), purpose=READ, allow_private=True, cancelled=lambda: True)
    assert ledger.traces == []  # nothing had left
    with pytest.raises(Cancelled):
        gateway.get(server.url("/slow"), purpose=READ, allow_private=True, cancelled=after(5))
    [ending] = ledger.endings
    assert (ending.status, describe(ending.error)) == (0, "127.0.0.1 cannot be reached (stopped by you).")
    assert ending.sent == size_of_request(server, "/slow")


@pytest.mark.parametrize("refusal", [ProfileBusy(path="x"), OSError("disk")])
def test_what_cannot_be_written_down_does_not_leave(
    server: FeedServer, gateway: Gateway, ledger: FakeLedger, names: Names, refusal: Exception
) -> None:
    ledger.refusal = refusal
    with pytest.raises(type(refusal)) as raised:
        gateway.get(server.url("/feed.xml", host="news.example"), purpose=READ, allow_private=True)
    with pytest.raises(type(refusal)):
        gateway.session(READ).get("http://news.example/")
    assert raised.value is refusal
    assert (server.connections, names.asked) == (0, [])


def test_a_name_is_looked_up_after_it_was_written_down(
    server: FeedServer, make: Make, ledger: FakeLedger, clock: FakeClock
) -> None:
    def resolve(host: str, port: int, **_options: object) -> list:  # type: ignore[type-arg]
        assert [trace.contact.host for trace in ledger.traces] == [host]
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    with pytest.raises(PrivateAddress) as refused:
        make(clock, resolve=resolve).get(server.url("/", host="news.example"), purpose=READ)
    assert [(each.error, each.sent, each.address) for each in ledger.endings] == [(refused.value.pack(), 0, "")]


@pytest.mark.parametrize("url", ["ftp://news.example/", "http://127.0.0.1/", "http://localhost/", "http://x.onion/"])
def test_what_does_not_leave_leaves_no_trace(gateway: Gateway, ledger: FakeLedger, names: Names, url: str) -> None:
    with pytest.raises((RefusedAddress, PrivateAddress)):
        gateway.get(url, purpose=READ)
    assert (ledger.traces, names.asked) == ([], [])


def test_a_redirect_that_is_not_followed_is_told(make: Make, ledger: FakeLedger, server: FeedServer) -> None:
    server.redirect("/ftp", "ftp://news.example/")
    with pytest.raises(RefusedAddress) as refused:
        make().get(server.url("/ftp"), purpose=READ, allow_private=True)
    assert [(each.status, each.error) for each in ledger.endings] == [(302, refused.value.pack())]


# DNS rebinding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"])
def test_an_answer_that_changes_gains_nothing(
    server: FeedServer, make: Make, names: Names, clock: FakeClock, second: str
) -> None:
    names.known["news.example"] = [["8.8.8.8"], [second]]
    dialled: list[str] = []

    def reach(where: tuple) -> tuple:  # type: ignore[type-arg]
        dialled.append(where[0])
        return "127.0.0.1", server.port

    gateway = make(clock, reach=reach)
    server.put("/feed.xml", FEED)
    assert gateway.get("http://news.example/feed.xml", purpose=READ).body == FEED
    assert names.asked == ["news.example"]  # what was checked is what was connected to
    gateway.hang_up()
    with pytest.raises(PrivateAddress):
        gateway.get("http://news.example/feed.xml", purpose=READ)
    assert dialled == ["8.8.8.8"]


# Strict ------------------------------------------------------------------------------------------

STRICT = Purpose(Reason.SCHEDULED, strict=True)


def test_strict_without_a_proxy_asks_nothing(server: FeedServer, gateway: Gateway, names: Names, ledger: FakeLedger):
    for ask in (
        lambda: gateway.get("http://news.example/", purpose=STRICT),
        lambda: gateway.session(STRICT).get("http://news.example/"),
    ):
        with pytest.raises(NoProxy):
            ask()
    assert (ledger.traces, names.asked, server.connections) == ([], [], 0)


@pytest.mark.parametrize(
    ("strict", "allowed", "followed"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_a_personal_redirect_is_not_followed_in_strict(
    server: FeedServer, make: Make, ledger: FakeLedger, clock: FakeClock, strict: bool, allowed: bool, followed: bool
) -> None:
    compared: list[tuple[str, str]] = []

    def personal(before: str, after: str) -> str:
        compared.append((before, after))
        return "token" if "token=" in after and "token=" not in before else ""

    server.redirect("/old", "/middle")
    server.redirect("/middle", "/new?token=secret#x")
    server.put("/new", FEED)
    gateway = make(clock, personal=personal)
    with SocksProxy({"news.example": ("127.0.0.1", server.port)}) as proxy:
        purpose = Purpose(Reason.SCHEDULED, 1, parse_route(proxy.address), strict, allowed)
        if followed:
            assert gateway.get("http://news.example/old", purpose=purpose).url == "http://news.example/new?token=secret"
            return
        with pytest.raises(PersonalRedirect) as refused:
            gateway.get("http://news.example/old", purpose=purpose)
    there = "http://news.example/new?token=secret"
    assert refused.value.facts == {"host": "news.example", "address": there}
    assert server.paths == ["/old", "/middle"]
    assert compared == [("http://news.example/old", "http://news.example/middle"), ("http://news.example/old", there)]
    assert [(each.status, code(each.error)) for each in ledger.endings] == [(302, ""), (302, "personal")]
