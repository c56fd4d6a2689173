"""What asking X may cost is set aside first, settled by what came, and kept where nobody knows what came."""

import pytest

from tests.internet import Seen
from tests.servers import Reply
from tests.sources.xworld import World, settle, texts
from veille.errors import (
    TimedOut,
    Unreachable,
)  # fmt: skip
from veille.model import Fetched
from veille.sources.paid import Use
from veille.sources.x.fetcher import HOST

# Money set aside ---------------------------------------------------------------------------------


def test_money_is_set_aside_before_each_request_and_settled_after_it(x: World) -> None:
    x.server.account("ann")
    x.server.post("ann", "One")
    x.watch("ann")
    seen: list[list[tuple[Use, int]]] = []

    def watching(request: Seen) -> Reply:
        seen.append(list(x.purse.open.values()))
        return x.server(request)

    x.internet.site(HOST, watching)
    x.poll()
    assert seen == [[(Use.PEOPLE, 10_000)], [(Use.POLL, 30 * 5_000)]]
    assert [bill.users or bill.posts for _use, bill, _at in x.purse.settled] == [{1: {"1000"}}, {1: set(x.kept(1))}]
    assert {at for _use, _bill, at in x.purse.settled} == {x.clock.now()}


def test_what_is_inside_a_post_is_billed_to_who_brought_it(x: World) -> None:
    for name in ("ann", "bob", "carla"):
        x.server.account(name)
    ann, bob = x.watch("ann", "bob")
    settle(x)
    before = dict(x.purse.by_source)
    quoted = x.server.post("carla", "Said")
    x.server.post("bob", "Indeed", quotes=int(quoted))
    x.server.post("ann", "Hello")
    x.poll()
    spent = {id: x.purse.by_source[id] - before[id] for id in (ann, bob)}
    assert spent == {ann: 5_000, bob: 10_000}


def test_a_refusal_costs_nothing(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    for status in (400, 401, 402, 403, 404, 429, 500, 503):
        x.server.upset("search", Reply(status))
        x.poll()
        assert x.purse.open == {}


def test_what_may_have_been_billed_stays_set_aside_until_it_is_heard_again(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.server.post("ann", "One")
    for _time in range(3):
        x.server.upset("search", Reply(body=b'{"data": [{"id": "1', headers={"Content-Type": "application/json"}))
        x.poll()
    assert list(x.purse.open.values()) == [(Use.POLL, 300 * 5_000)]  # of answers about the same X bills one
    x.poll()
    assert x.purse.open == {}
    assert texts(x, 1) == ["One"]


LOST = Reply(body=b"<html>")


def test_a_smaller_answer_does_not_stand_for_a_larger_one_that_was_lost(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.server.upset("search", LOST)
    x.poll()
    x.purse.cap = x.purse.cap - x.purse.left + 90 * 5_000
    x.server.upset("search", LOST)
    x.poll()
    assert sum(price for _use, price in x.purse.open.values()) >= 300 * 5_000


def test_what_was_asked_before_midnight_is_not_heard_again_after_it(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.clock.time = x.clock.time.replace(hour=23, minute=59, second=55)

    def slow(_request: Seen) -> Reply:
        x.clock.advance(seconds=10)
        return LOST

    x.internet.site(HOST, slow)
    x.poll()
    x.internet.site(HOST, x.server)
    x.poll()
    assert isinstance(x.answers[1], Fetched)
    assert len(x.purse.open) == 1


def test_a_list_is_not_read_far_enough_to_hear_again_what_was_lost(x: World) -> None:
    """It has no "since": an answer that was lost may have held old posts, which X bills anew each day."""
    x.server.account("ann")
    x.server.lists["7"] = ["ann"]
    for number in range(30):
        x.server.post("ann", f"Post {number}")
    x.watch("list:7")
    settle(x)
    x.server.upset("list", LOST)
    x.poll()
    assert isinstance(x.poll()[1], Fetched)
    assert len(x.purse.open) == 1


def test_an_account_that_catches_up_with_others_has_not_heard_all_again(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    ann, bob = x.watch("ann", "bob")
    settle(x)
    x.server.post("bob", "Said")
    x.poll([bob])
    x.clock.advance(minutes=5)
    x.server.post("ann", "Lost")
    x.server.upset("search", LOST)
    x.poll([ann])
    x.clock.advance(minutes=5)
    x.server.upset("search", Reply(429))  # once she has caught up with what he said
    x.poll()
    assert len(x.purse.open) == 1


def test_what_is_heard_again_on_another_day_was_billed_twice(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.server.upset("search", Reply(body=b"<html>"))
    x.poll()
    x.clock.advance(days=1)
    x.poll()
    assert len(x.purse.open) == 1


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (Reply(body=b"x" * 5000, cut=100), True),
        (Reply(raw=b""), True),
        (Reply(body=b"x", length=900), True),
    ],
)
def test_an_answer_that_broke_off_may_have_been_billed(x: World, reply: Reply, kept: bool) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.server.upset("search", *[reply] * 4)
    error = x.poll()[1]
    assert isinstance(error, Unreachable | TimedOut)
    assert bool(x.purse.open) is kept


def test_where_no_connection_is_made_nothing_was_billed(x: World) -> None:
    x.server.account("ann")
    x.watch("ann", "list:7", "search:word")
    settle(x)
    x.gateway.hang_up()
    x.internet.rebind(HOST, "127.0.0.1")
    for _time in range(3):
        assert {type(each).__name__ for each in x.poll().values()} == {"PrivateAddress"}
    assert x.purse.open == {}
