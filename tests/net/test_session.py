"""The door as libraries see it: tweepy reads through it, and writes nothing whatever it is asked to do."""

import inspect
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from tests.fakes import FakeClock
from tests.internet import Internet, Seen
from tests.net.conftest import READ, FakeLedger, Make
from tests.net.test_headers import NEUTRAL_BYTES
from tests.servers import FeedServer, Reply
from veille.errors import PrivateAddress, RefusedAddress, RefusedMethod, TooLarge, Unreachable
from veille.net.gateway import Gateway
from veille.net.session import ReadSession

X = "api.twitter.com"
ME = b'{"data": {"id": "42", "name": "Ann", "username": "ann"}, "meta": {"result_count": 0}}'
STREAMING = ("filter", "sample")  # read without end: on their own session, and not what Veille does


@pytest.fixture
def x(internet: Internet) -> Internet:
    internet.site(X, lambda _seen: Reply(body=ME, headers={"Content-Type": "application/json", "Set-Cookie": "id=1"}))
    return internet


@pytest.fixture
def session(x: Internet, make: Make, clock: FakeClock) -> ReadSession:
    return make(clock, **x.door).session(READ, token_host=X)


def client(session: ReadSession) -> tweepy.Client:
    made = tweepy.Client("secret", "key", "key secret", "42-token", "token secret")
    made.session = session
    return made


def streaming(session: ReadSession) -> tweepy.StreamingClient:
    made = tweepy.StreamingClient("secret", max_retries=0)
    made.session = session
    return made


def public(kind: type) -> list[str]:
    found = inspect.getmembers(kind, inspect.isfunction)
    return [name for name, _method in found if not name.startswith(("_", "on_")) and name not in STREAMING]


def call(method: Callable[..., Any], **more: Any) -> None:
    """Call it with something for each argument that it must have."""
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty]
    given = {each.name: "7" for each in needed if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
    special = {"add": [tweepy.StreamRule("cats")], "method": "POST", "route": "/2/tweets", "place_attachments": []}
    method(**{name: special.get(name, value) for name, value in given.items()} | more)


def attempt(made: Any, name: str, **more: Any) -> type[Exception] | None:
    try:
        call(getattr(made, name), **more)
    except Exception as error:
        return type(error)
    return None


def writing(kind: type) -> set[str]:
    """The public methods whose own code names another method than GET."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {name for name, method in found if re.search(r"\"(POST|PUT|PATCH|DELETE)\"", inspect.getsource(method))}


@pytest.mark.parametrize("user_auth", [False, True])
def test_no_write_method_of_tweepy_gets_through(x: Internet, session: ReadSession, user_auth: bool) -> None:
    refused = set()
    for made, names in ((client(session), public(tweepy.Client)), (streaming(session), public(tweepy.StreamingClient))):
        for name in names:
            takes = inspect.signature(getattr(made, name)).parameters
            more = {"user_auth": user_auth, "participant_id": "7"}
            failed = attempt(made, name, **{key: value for key, value in more.items() if key in takes})
            if failed is RefusedMethod:
                refused.add(name)
    writes = writing(tweepy.Client) | writing(tweepy.StreamingClient)
    assert len(writes) >= 30
    assert {"bookmark", "create_tweet", "delete_tweet", "follow_user", "like", "add_rules", "delete_rules"} <= writes
    assert refused == writes | {"request"}  # which was asked to POST
    assert {seen.method for seen in x.seen} == {"GET"}
    assert not [seen for seen in x.seen if seen.body]
    assert len(x.seen) > 30  # the reads did get through


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_is_written_by_hand(x: Internet, session: ReadSession, ledger: FakeLedger, method: str) -> None:
    with pytest.raises(RefusedMethod):
        client(session).request(method, "/2/tweets", json={"text": "hello"})
    with pytest.raises(RefusedMethod):
        session.request(method, f"https://{X}/2/tweets", data=b"hello")
    with pytest.raises(RefusedMethod):
        session.send(requests.Request(method, f"https://{X}/").prepare())
    assert (x.seen, ledger.traces) == ([], [])


def test_tweepy_reads_and_says_nothing_but_its_token(
    x: Internet, session: ReadSession, ledger: FakeLedger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    made = client(session)
    for _time in range(2):
        assert made.get_user(username="ann").data.id == 42
    raw = f"GET /2/users/by/username/ann HTTP/1.1\r\nHost: {X}\r\n".encode() + NEUTRAL_BYTES
    assert [seen.raw for seen in x.seen] == [raw + b"Authorization: Bearer secret\r\n\r\n"] * 2
    assert not session.cookies
    first, _second = ledger.traces
    assert (first.contact.url, first.contact.source) == (f"https://{X}/2/users/by/username/ann", 7)
    assert first.ending is not None
    assert (first.ending.sent, first.ending.status) == (len(x.seen[0].raw), 200)
    assert "secret" not in repr(ledger.traces)
    assert all(each.contact.keyed for each in ledger.traces)


def test_an_error_reaches_tweepy_with_its_body(x: Internet, session: ReadSession) -> None:
    x.site(X, lambda _seen: Reply(429, {"x-rate-limit-reset": "99"}, b'{"title": "Too Many Requests"}'))
    with pytest.raises(tweepy.TooManyRequests) as failed:
        client(session).get_user(username="ann")
    assert (failed.value.response.json(), failed.value.reset_time) == ({"title": "Too Many Requests"}, 99)


@pytest.mark.parametrize(
    "url",
    [
        f"http://{X}/", "https://other.example/", f"https://{X}:8443/", f"https://sub.{X}/",
    ],
)  # fmt: skip
def test_the_token_goes_to_its_host_alone(x: Internet, session: ReadSession, url: str) -> None:
    for name in ("other.example", f"sub.{X}"):
        x.site(name, lambda _seen: Reply(body=b"{}"))
    try:
        session.get(url, headers={"Authorization": "Bearer secret"}, auth=("ann", "secret"))
    except Unreachable:
        return  # that name has no certificate
    assert len(x.seen) == 1
    assert b"uthorization" not in x.seen[0].raw


def test_a_dot_at_the_end_of_a_name_is_gone_before_it_is_looked_up(x: Internet, session: ReadSession) -> None:
    session.get(f"https://{X}./", headers={"Authorization": "Bearer secret"})
    assert f"\r\nHost: {X}\r\n".encode() in x.seen[0].raw


def test_without_a_token_host_there_is_no_token(x: Internet, make: Make, clock: FakeClock) -> None:
    session = make(clock, **x.door).session(READ)
    session.get(f"https://{X}/", headers={"Authorization": "Bearer secret"})
    assert b"uthorization" not in x.seen[0].raw


def test_whatever_else_is_asked_for_is_not_said(x: Internet, session: ReadSession, clock: FakeClock) -> None:
    session.headers["X-Mark"] = "1"
    session.mount("https://", HTTPAdapter())
    session.get(
        f"https://{X}/2/me?a=b",
        params={"c": "d"},
        data=b"hello",
        headers={
            "User-Agent": "tweepy",
            "Referer": "https://news.example/",
            "Cookie": "a=b",
            "X-HTTP-Method": "DELETE",
        },
        cookies={"id": "1"},
        proxies={"https": "http://127.0.0.1:9"},
        verify=False,
        timeout=0.0001,
        stream=True,
    )
    raw = f"GET /2/me?a=b&c=d HTTP/1.1\r\nHost: {X}\r\n".encode() + NEUTRAL_BYTES + b"\r\n"
    assert [seen.raw for seen in x.seen] == [raw]


def test_there_is_no_other_way_out_beside_the_line(session: ReadSession) -> None:
    assert not hasattr(session.get_adapter(f"https://{X}/"), "poolmanager")
    session.close()


def test_redirects_are_not_followed(x: Internet, session: ReadSession) -> None:
    x.site(X, lambda _seen: Reply(302, {"Location": "https://other.example/"}))
    x.site("other.example", lambda _seen: Reply(body=b"{}"))
    answer = session.get(f"https://{X}/", headers={"Authorization": "Bearer secret"})
    assert (answer.status_code, answer.is_redirect, len(x.seen)) == (302, True, 1)


def test_the_caps_hold(x: Internet, make: Make, clock: FakeClock, ledger: FakeLedger) -> None:
    def large(_seen: Seen) -> Reply:
        return Reply(body=b"x" * 1_000_001)

    x.site(X, large)
    with pytest.raises(TooLarge):
        make(clock, bytes=1_000_000, **x.door).session(READ).get(f"https://{X}/", stream=True)
    assert [ending.status for ending in ledger.endings] == [200]


def test_it_has_no_permission_for_private_hosts(server: FeedServer, gateway: Gateway, ledger: FakeLedger) -> None:
    server.put("/feed.xml", b"<rss/>")
    gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True)  # its idle connection must not serve it
    session = gateway.session(READ)
    for url in (server.url("/feed.xml"), "http://2130706433/", "http://localhost/", "http://[::ffff:127.0.0.1]/"):
        with pytest.raises(PrivateAddress):
            session.get(url, verify=False, proxies={"http": server.url()})
    for url in ("ftp://news.example/", "file:///etc/passwd", "http://ann:secret@news.example/"):
        with pytest.raises(RefusedAddress):
            session.get(url)
    assert (len(server.requests), len(ledger.traces)) == (1, 1)
