"""The token goes to X, and is nowhere else: no log, error, trace, pickle; and nothing is ever written to X."""

import gc
import logging
import pickle
import traceback
from collections.abc import Iterator

import pytest
import tweepy

from tests.networks.x import TOKEN
from tests.servers import Reply
from tests.sources.xworld import World
from veille.contacts import Purpose, Reason
from veille.errors import ProfileUnwritable, SourceError, VeilleError
from veille.sources.x.fetcher import HOST

READ = Purpose(Reason.BY_HAND)


@pytest.fixture
def everything() -> Iterator[list[str]]:
    """Every record that any logger writes at DEBUG, formatted, with what it was given."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(f"{self.format(record)} {record.__dict__}")

    handler, root = Listening(), logging.getLogger()
    names = ("tweepy", "tweepy.client", "requests", "urllib3", "oauthlib", "requests_oauthlib", "veille")
    loggers = [root, *map(logging.getLogger, names)]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield said
    root.removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def use_everything(x: World) -> None:
    x.server.account("ann")
    x.server.account("bob", protected=True)
    x.server.lists["7"] = ["ann"]
    x.server.post("ann", "Hello")
    if not x.sources:
        x.watch("ann", "bob", "nobody", "list:7", "search:hello")
    for _time in range(2):
        x.clock.advance(minutes=15)
        x.poll()
    x.fetcher.check(x.standings(1), READ, lambda: False)


def test_no_log_has_the_token_however_it_is_set(x: World, everything: list[str]) -> None:
    use_everything(x)
    for name in ("tweepy", "tweepy.client"):
        logging.getLogger(name).setLevel(logging.DEBUG)  # by somebody, after Veille set it
    use_everything(x)
    for status in (400, 401, 402, 403, 404, 429, 500):
        x.server.upset("search", Reply(status, body=b'{"detail": "no"}'))
        x.poll()
    assert x.server.asked
    assert not [line for line in everything if TOKEN in line]


def test_at_debug_tweepy_would_say_it(x: World, everything: list[str]) -> None:
    """What the test above proves something against."""
    logger = logging.getLogger("tweepy.client")
    filters, logger.filters = logger.filters, []
    try:
        client = tweepy.Client(TOKEN)
        client.session = x.gateway.session(READ, token_host=HOST)
        x.server.account("ann")
        client.get_users(usernames=["ann"])
    finally:
        logger.filters = filters
    assert [line for line in everything if TOKEN in line]


def failures(x: World) -> Iterator[VeilleError]:
    """Every way in which asking fails."""
    x.server.account("ann")
    x.watch("ann")
    x.poll()
    replies = [
        Reply(status, body=f'{{"detail": "no {TOKEN} here"}}'.encode())
        for status in (400, 401, 402, 403, 404, 429, 500)
    ]
    odd = [Reply(400, body=b'{"errors": null}'), Reply(body=b"<html>"), Reply(body=b"x" * 900, cut=10), Reply(raw=b"")]
    for reply in replies + odd:
        x.server.upset("search", *[reply] * 3)
        x.server.upset("timeline", reply)
        yield failed(x)
        x.server._upset.clear()
    x.token = f"{TOKEN}\nX: y"
    yield failed(x)
    x.token = TOKEN
    x.ledger.refusal = ProfileUnwritable(path="profile", detail="full")
    yield failed(x)
    x.ledger.refusal = None
    x.gateway.hang_up()
    x.internet._sites.pop(HOST)
    yield failed(x)


def failed(x: World) -> VeilleError:
    try:
        x.fetcher.fetch(x.sources[1], x.states[1], {}, READ, lambda: False)
    except VeilleError as error:
        return error
    raise AssertionError("it did not fail")


def test_no_error_has_the_token_nor_anything_that_leads_to_it(x: World) -> None:
    count = 0
    for error in failures(x):
        count += 1
        said = [str(error), repr(error), repr(error.facts), repr(error.args)]
        if isinstance(error, SourceError):
            said.append(error.pack())
        said += [repr(pickle.dumps(error)), *locals_of(error)]
        assert not [line for line in said if TOKEN in line], type(error)
        assert error.__cause__ is None
        assert error.__context__ is None
    assert count == 14


def locals_of(error: BaseException) -> list[str]:
    """What a report would say of the frames that it went through, tests aside."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    mine = [frame for frame in frames if "/tests/" not in frame.filename]
    assert mine
    return [f"{name}={value}" for frame in mine for name, value in (frame.locals or {}).items()]


def test_nothing_that_is_kept_has_the_token(x: World) -> None:
    use_everything(x)
    kept = [x.states, x.items, x.answers, x.people.known, x.purse.settled, x.ledger.traces]
    assert TOKEN not in repr(kept)
    assert TOKEN not in repr(vars(x.fetcher))
    assert all(TOKEN not in trace.contact.url for trace in x.ledger.traces)
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, tweepy.Client) and each.bearer_token == TOKEN]


def test_the_token_is_asked_for_anew_each_time(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    x.poll()
    x.token = x.server.token = "another-token"
    x.poll()
    heads = [seen.headers["authorization"] for seen in x.internet.seen]
    assert heads[0] == f"Bearer {TOKEN}"
    assert heads[-1] == "Bearer another-token"


def test_nothing_but_reading_and_nobody_but_x(x: World) -> None:
    use_everything(x)
    assert {seen.method for seen in x.internet.seen} == {"GET"}
    assert {seen.host for seen in x.internet.seen} == {HOST}
    assert all(seen.tls for seen in x.internet.seen)
    assert x.server.written == []
    assert {seen.path.split("?")[0].split("/")[1] for seen in x.internet.seen} == {"2"}
