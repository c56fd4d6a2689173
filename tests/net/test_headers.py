"""What is said to a host, to the byte."""

import pytest

from tests.fakes import FakeClock
from tests.internet import Internet
from tests.net.conftest import READ, Make
from tests.servers import Reply
from veille.contacts import Purpose, Reason
from veille.model import Validators
from veille.net.headers import NEUTRAL, conditions, table

NEUTRAL_BYTES = "".join(f"{name}: {value}\r\n" for name, value in NEUTRAL.items()).encode()


def test_the_table_says_what_each_header_is_for() -> None:
    headers = table()
    assert [header.name for header in headers] == list(NEUTRAL)
    assert all(header.value.isascii() and header.value.isprintable() and header.why for header in headers)
    said = " ".join(NEUTRAL.values()).lower()
    assert not [word for word in ("veille", "python", "linux", "windows", "x11", "+http", "urllib") if word in said]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_bytes_are_always_the_same(internet: Internet, make: Make, clock: FakeClock, scheme: str) -> None:
    pages = {"/old": Reply(301, {"Location": "/new#x", "Set-Cookie": "id=1; Path=/"}), "/pixel.gif": Reply(body=b"GIF")}
    fresh = Reply(200, {"Set-Cookie": "id=1; Path=/", "ETag": '"1"', "Refresh": "0;url=/x", "Link": "</hub>; rel=hub"})
    internet.site("a.example", lambda seen: pages.get(seen.path, fresh))
    internet.site("b.example", lambda _seen: fresh)
    gateway = make(clock, **internet.door)
    for reason, path in ((Reason.SCHEDULED, "/old#part"), (Reason.PICTURE, "/pixel.gif"), (Reason.BY_HAND, "")):
        gateway.get(f"{scheme}://a.example{path}", purpose=Purpose(reason, 9))
    gateway.get(f"{scheme}://b.example/new?a=%20b", purpose=READ)
    gateway.session(READ, token_host="other.example").get(f"{scheme}://b.example:8080/", headers={"X": "1"})
    asked = [("/old", "a.example"), ("/new", "a.example"), ("/pixel.gif", "a.example"), ("/", "a.example")]
    asked += [("/new?a=%20b", "b.example"), ("/", "b.example:8080")]
    assert [seen.raw for seen in internet.seen] == [
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\n".encode() + NEUTRAL_BYTES + b"\r\n" for path, host in asked
    ]
    assert {seen.tls for seen in internet.seen} == {scheme == "https"}


def test_validators_stand_at_the_end(internet: Internet, make: Make, clock: FakeClock) -> None:
    internet.site("a.example", lambda _seen: Reply(304))
    known = Validators('W/"1"', "Monday", url="http://a.example/feed")
    make(clock, **internet.door).get("http://a.example/feed", purpose=READ, validators=known)
    more = b'If-None-Match: W/"1"\r\nIf-Modified-Since: Monday\r\n\r\n'
    assert internet.seen[0].raw == b"GET /feed HTTP/1.1\r\nHost: a.example\r\n" + NEUTRAL_BYTES + more


def test_validators_are_for_one_address() -> None:
    known = Validators('"1"', "Monday", url="http://a.example/feed")
    assert conditions(known, "http://a.example/feed") == {"If-None-Match": '"1"', "If-Modified-Since": "Monday"}
    for other in ("https://a.example/feed", "http://a.example/feed?", "http://b.example/feed", ""):
        assert conditions(known, other) == {}
    assert conditions(Validators(), "") == {}
