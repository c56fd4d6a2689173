"""When X misbehaves: each refusal has its outcome, a sentence for the person, and stops no more than it must."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.internet import Seen
from tests.servers import Reply
from tests.sources.xworld import World
from veille.errors import (
    BadStatus,
    Busy,
    Garbled,
    NoAccount,
    NoCredit,
    NotAllowed,
    QueryRefused,
    SourceError,
    Suspended,
    TokenRefused,
    Unreachable,
    describe,
)  # fmt: skip
from veille.model import Fetched
from veille.sources.x.door import Reply as Said
from veille.sources.x.door import refusal, told
from veille.sources.x.fetcher import HOST

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def watched(x: World) -> World:
    """Two accounts that are read together, a list and a search; all were read before."""
    for name in ("ann", "bob"):
        x.server.account(name)
    x.server.lists["7"] = ["bob"]
    x.watch("ann", "bob", "list:7", "search:word")
    for _time in range(2):
        x.poll()
        x.clock.advance(minutes=15)
    x.server.asked.clear()
    return x


def problem(status: int, headers: dict[str, str] | None = None, **said: Any) -> Reply:
    return Reply(status, headers or {}, json.dumps(said).encode())


def answers(x: World, route: str, *replies: Reply) -> dict[int, Fetched | SourceError]:
    x.server.upset(route, *replies)
    return x.poll()


def kinds(found: dict[int, Fetched | SourceError]) -> list[str]:
    return [type(found[id]).__name__ for id in sorted(found)]


def test_400_has_the_words_of_x(watched: World) -> None:
    said = {"errors": [{"message": "Reference to invalid\n operator <b>'x'</b>", "parameters": {"query": ["word"]}}]}
    watched.server.upset("search", *[problem(400, **said)] * 4)  # the group, its halves, and the search
    found = watched.poll()
    assert kinds(found) == ["QueryRefused", "QueryRefused", "Fetched", "QueryRefused"]
    assert str(found[4]) == "X does not accept this request (400). Reference to invalid operator <b>'x'</b>"
    long = answers(watched, "search", *[problem(400, detail="x" * 5000)] * 4)[4]
    assert isinstance(long, QueryRefused)
    assert len(str(long)) < 400


def test_401_stops_everything_at_once(watched: World) -> None:
    watched.token = "another"
    found = watched.poll()
    assert kinds(found) == ["TokenRefused"] * 4
    assert len(watched.server.asked) == 1
    assert str(found[1]) == "X does not accept the token (401). Give it anew under “X…” in the menu."


@pytest.mark.parametrize("token", ["with space", "line\nend", "\x00", "é", "x" * 2000])
def test_what_cannot_be_a_token_is_not_sent(watched: World, token: str) -> None:
    watched.token = token
    assert kinds(watched.poll()) == ["TokenRefused"] * 4
    assert watched.server.asked == []
    assert watched.purse.open == {}


def test_402_stops_everything_at_once(watched: World) -> None:
    watched.server.credit = watched.server.dollars
    found = watched.poll()
    assert kinds(found) == ["NoCredit"] * 4
    assert len(watched.server.asked) == 1
    assert "used up (402)" in str(found[3])
    watched.server.credit = None
    assert kinds(watched.poll()) == ["Fetched"] * 4


def test_403_is_of_one_request(watched: World) -> None:
    found = answers(watched, "list", problem(403, title="Forbidden", detail="Your access level is too low."))
    assert kinds(found) == ["Fetched", "Fetched", "NotAllowed", "Fetched"]
    assert str(found[3]) == "X does not let Veille read this. Your access level is too low."


def test_404_names_what_is_gone(watched: World) -> None:
    found = answers(watched, "list", problem(404, title="Not Found"))
    assert isinstance(found[3], NoAccount)
    assert str(found[3]) == "https://x.com/i/lists/7 is not on X (any more)."
    del watched.server.lists["7"]
    gone = watched.poll()[3]  # 200 with nothing but an error
    assert isinstance(gone, NoAccount)


def test_429_waits_until_x_counts_anew(watched: World) -> None:
    watched.poll()
    watched.server.asked.clear()
    watched.server.limits["search"] = 0
    watched.clock.advance(minutes=1)
    found = watched.poll()
    assert kinds(found) == ["Busy", "Busy", "Fetched", "Busy"]  # the list is another endpoint
    assert [params["query"] for params in watched.server.to("search")] == [
        "from:ann OR from:bob"
    ]  # the search was not asked
    assert {found[id].facts["retry_after"] for id in (1, 2, 4)} == {14 * 60}  # type: ignore[union-attr]
    watched.server.limits["search"] = 450
    watched.clock.advance(minutes=14)
    assert kinds(watched.poll()) == ["Fetched"] * 4


def test_429_without_a_word_waits_a_quarter_of_an_hour(watched: World) -> None:
    watched.server.limits["list"] = 0
    watched.server.tells_reset = False
    found = watched.poll()[3]
    assert isinstance(found, Busy)
    assert found.facts["retry_after"] == 900


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-reset": "1772442300"}, 300),
        ({"x-rate-limit-reset": "1772442300", "date": "Mon, 02 Mar 2026 09:04:00 GMT"}, 60),  # by the clock of X
        ({"x-rate-limit-reset": "1772000000"}, 1),
        ({"x-rate-limit-reset": "99999999999"}, 86_400),
        ({"x-rate-limit-reset": "soon"}, 900),
        ({"x-rate-limit-reset": "9" * 400}, 900),
        ({"x-rate-limit-reset": "-5", "date": "nonsense"}, 900),
        ({}, 900),
    ],
)
def test_how_long_429_asks_to_wait(headers: dict[str, str], wait: int) -> None:
    error = refusal(Said(429, headers, b""), NOW)
    assert isinstance(error, Busy)
    assert error.facts["retry_after"] == wait


@pytest.mark.parametrize("status", [500, 502, 504, 302, 418, 204])
def test_other_statuses_are_of_one_request(watched: World, status: int) -> None:
    found = answers(watched, "list", problem(status, detail="x"))
    assert isinstance(found[3], BadStatus)
    assert found[3].facts["status"] == status
    assert kinds(found)[0] == "Fetched"


def test_503_asks_for_patience(watched: World) -> None:
    found = answers(watched, "list", Reply(503))[3]
    assert isinstance(found, Busy)
    assert "(503)" in str(found)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><h1>Over capacity</h1>", b'{"data": [{"id": "1", "te', b"[]", b"7", b'"x"', b"null", b"{}",
     b'{"data": "x"}', b"\xff\xfe", b"[" * 100_000, b'{"data": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_answer_is_garbled(watched: World, body: bytes) -> None:
    found = answers(watched, "list", Reply(body=body))
    assert isinstance(found[3], Garbled)
    assert str(found[3]) == "What X sent cannot be read; Veille tries again later."
    assert kinds(found)[0] == "Fetched"


def test_200_with_nothing_but_errors(watched: World) -> None:
    said = {"errors": [{"title": "Forbidden", "detail": "This list is private.", "type": "about:blank"}]}
    found = answers(watched, "list", problem(200, **said))[3]
    assert isinstance(found, NotAllowed)
    assert str(found) == "X does not let Veille read this. This list is private."
    assert kinds(answers(watched, "search", problem(200, **said), problem(200, **said)))[:2] == ["NotAllowed"] * 2


def test_an_account_that_is_suspended_while_its_timeline_is_read(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    x.poll()
    x.server.people["ann"].suspended = True
    x.clock.advance(days=9)
    assert isinstance(x.poll()[1], Suspended)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, body=b"[]"), Reply(400, body=b'{"errors": null}'), Reply(400, body=b'{"errors": ["x", 7, null]}'),
        Reply(400, body=b'{"errors": [{"message": 7, "code": {}}], "detail": []}'), Reply(400, body=b'{"detail": 7}'),
        Reply(401, body=b"<html>"), Reply(403, body=b"7"), Reply(404, body=b'{"error": 7}'),
        Reply(429, {"x-rate-limit-reset": "never"}, b"x"), Reply(500, body=b'{"errors": 7}'),
        Reply(402, body=b'{"errors": [{"code": [], "message": []}]}'),
    ],
)  # fmt: skip
def test_a_refusal_in_a_form_of_its_own_is_one_all_the_same(watched: World, reply: Reply) -> None:
    """tweepy stumbles over some of these."""
    watched.server.upset("search", *[reply] * 4)
    found = watched.poll()[1]
    kind = {
        400: QueryRefused,
        401: TokenRefused,
        402: NoCredit,
        403: NotAllowed,
        404: NoAccount,
        429: Busy,
        500: BadStatus,
    }
    assert type(found) is kind[reply.status]
    assert isinstance(found, SourceError)
    assert describe(found.pack()) == str(found)
    assert "?" not in str(found)


def test_when_x_cannot_be_reached_it_is_asked_once(watched: World) -> None:
    watched.gateway.hang_up()
    watched.internet.rebind(HOST, "93.184.0.77")
    before = len(watched.internet.looked_up)
    watched.internet._sites.pop(HOST)
    found = watched.poll()
    assert kinds(found) == ["Unreachable"] * 4
    assert isinstance(found[1], Unreachable)
    assert len(watched.internet.looked_up) - before == 1
    assert watched.purse.open == {}


def test_what_nobody_asked_for_does_no_harm(watched: World) -> None:
    """Fields, media, errors and whole parts that no specification knows."""

    def more(seen: Seen) -> Reply:
        reply = watched.server(seen)
        said = json.loads(reply.body)
        for each in said.get("data", []):
            each |= {"community_id": "1", "article": {"title": "x"}, "edit_controls": 7, "new_field": [[{}]]}
        said |= {"warnings": ["x"], "includes": {**said.get("includes", {}), "topics": [7], "places": None}}
        return Reply(reply.status, {"Date": reply.headers["Date"]}, json.dumps(said).encode())

    watched.internet.site(HOST, more)
    written = watched.server.post("ann", "Hello")
    assert kinds(watched.poll()) == ["Fetched"] * 4
    assert watched.kept(1) == [written]


@pytest.mark.parametrize("date", [None, "nonsense", "Thu, 99 Foo 2026 99:99:99 GMT", "Mon, 02 Mar 2026 09:00:00"])
def test_without_a_time_of_x_this_machine_s_counts(watched: World, date: str | None) -> None:
    def undated(seen: Seen) -> Reply:
        reply = watched.server(seen)
        return Reply(reply.status, {"Date": date} if date else {}, reply.body)

    watched.internet.site(HOST, undated)
    written = watched.server.post("ann", "Hello")
    watched.poll()
    assert watched.kept(1) == [written]
    assert told({"date": date or ""}) in (None, NOW)
    watched.clock.advance(minutes=15)
    later = watched.server.post("ann", "More")
    watched.poll()
    assert watched.kept(1) == [written, later]
