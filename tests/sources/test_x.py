"""X as it is read: many accounts by one request, nothing twice, nothing missed; lists, searches, checks, look-ups."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.fakes import FakeClock
from tests.internet import Seen
from tests.servers import Reply
from tests.sources.xworld import World
from veille.contacts import Purpose, Reason
from veille.content.html import to_text
from veille.errors import (
    BudgetKept,
    BudgetSpent,
    NoAccount,
    NoToken,
    Protected,
    QueryRefused,
    Suspended,
    TimedOut,
    Unreachable,
)  # fmt: skip
from veille.model import GONE, Fetched, Item
from veille.posts import Fate
from veille.sources.base import JointFetcher
from veille.sources.paid import Use
from veille.sources.x.fetcher import HOST

LOOK = Purpose(Reason.BY_HAND)


def texts(world: World, id: int) -> list[str]:
    return [to_text(world.items[id][uid].content) for uid in world.kept(id)]


def fetched(answer: object) -> Fetched:
    assert isinstance(answer, Fetched), answer
    return answer


def settle(x: World) -> None:
    """Poll until all accounts are read together."""
    for _time in range(2):
        x.clock.advance(minutes=15)
        x.poll()
    x.server.asked.clear()


# Accounts ----------------------------------------------------------------------------------------


def test_an_account_is_looked_up_then_its_last_posts_are_read(x: World) -> None:
    x.server.account("Jane", "Jane Doe")
    written = [x.server.post("jane", f"Post {n}", at=x.clock.now() - timedelta(days=20 - n)) for n in range(12)]
    (jane,) = x.watch("jane")
    answer = fetched(x.poll()[jane])
    assert x.kept(jane) == written[2:]  # ten of them
    assert [item.uid for item in answer.items] == written[:1:-1]  # the newest first
    assert (answer.title, answer.site, answer.unchanged) == ("Jane Doe (@Jane)", "https://x.com/jane", False)
    state = answer.state
    assert (state.checked, state.changed, state.failures, state.error) == (x.clock.now(), x.clock.now(), 0, "")
    assert x.server.to("by")[0]["usernames"] == "jane"
    assert (x.purse.spent, x.purse.open) == (10_000 + 10 * 5_000, {})
    assert round(x.server.dollars * 1e6) == x.purse.spent
    assert x.purse.by_source == {jane: x.purse.spent}


def test_many_accounts_are_read_by_one_request(x: World) -> None:
    names = [f"person{n}" for n in range(20)]
    for name in names:
        x.server.account(name)
    ids = x.watch(*names)
    x.poll()
    x.clock.advance(minutes=15)
    x.server.asked.clear()
    written = {name: x.server.post(name, f"News of {name}") for name in names[::3]}
    x.poll()
    (asked,) = x.server.asked
    assert asked[1]["query"] == " OR ".join(f"from:{name}" for name in names)
    assert {name: x.kept(id) for name, id in zip(names, ids, strict=True) if x.items[id]} == {
        name: [id] for name, id in written.items()
    }
    assert x.purse.by_source[ids[3]] == 10_000 + 5_000
    assert [trace.contact.source for trace in x.ledger.traces][-1] == 0  # it is for none of them by itself


def test_a_search_is_never_longer_than_x_allows(x: World) -> None:
    names = [f"a_very_long_{n:03d}" for n in range(70)]
    for name in names:
        x.server.account(name)
    x.watch(*names)
    settle(x)
    x.poll()
    queries = [params["query"] for params in x.server.to("search")]
    assert max(map(len, queries)) <= 512
    assert len(queries) == 4
    assert " OR ".join(queries) == " OR ".join(f"from:{name}" for name in names)


def test_only_what_is_new_is_asked_for(x: World) -> None:
    x.server.account("jane")
    (jane,) = x.watch("jane")
    for n in range(5):
        x.server.post("jane", f"Post {n}")
        x.poll()
        x.clock.advance(minutes=15)
    assert texts(x, jane) == [f"Post {n}" for n in range(5)]
    assert set(x.server.given.values()) == {1}
    answer = fetched(x.poll()[jane])
    assert (answer.items, answer.unchanged) == ((), True)
    assert answer.state.changed == x.clock.now() - timedelta(minutes=15)


def test_a_new_account_joins_the_others_and_nothing_is_read_twice(x: World) -> None:
    for name in ("ann", "bob", "carla"):
        x.server.account(name)
        x.server.post(name, "Before")
    x.watch("ann", "bob")
    settle(x)
    x.clock.advance(minutes=5)
    x.server.post("carla", "Between")
    x.watch("carla")
    x.poll()
    for n in range(3):
        x.clock.advance(minutes=15)
        for name in ("ann", "bob", "carla"):
            x.server.post(name, f"Round {n}")
        x.server.asked.clear()
        x.poll()
    assert [path for path, _params in x.server.asked] == ["/2/tweets/search/recent"]
    assert set(x.server.given.values()) == {1}
    assert texts(x, 3) == ["Before", "Between", "Round 0", "Round 1", "Round 2"]


def test_one_that_was_left_out_for_a_while_catches_up_with_the_others(x: World) -> None:
    for name in ("ann", "bob", "carla"):
        x.server.account(name)
    ann, bob, carla = x.watch("ann", "bob", "carla")
    settle(x)
    for n in range(4):
        x.clock.advance(hours=20)
        for name in ("ann", "bob", "carla"):
            x.server.post(name, f"{name} {n}")
        x.poll([ann, bob] if n < 3 else [])
    assert texts(x, carla) == [f"carla {n}" for n in range(4)]
    assert set(x.server.given.values()) == {1}
    (caught_up,) = [params for path, params in x.server.asked if path.endswith("/1002/tweets")]
    assert {"since_id", "until_id"} <= set(caught_up)


def test_after_more_than_a_week_each_account_is_read_by_itself(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    x.watch("ann", "bob")
    settle(x)
    written = []
    for n in range(20):
        x.clock.advance(days=1)
        written.append(x.server.post("ann", f"Day {n}"))
    x.poll()
    assert x.kept(1) == written
    assert x.server.to("search") == []
    x.clock.advance(minutes=15)
    x.poll()
    x.clock.advance(minutes=15)
    x.server.asked.clear()
    x.poll()
    assert len(x.server.asked) == 1
    assert set(x.server.given.values()) == {1}


def test_who_is_silent_for_weeks_stays_in_reach_of_search(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
        x.server.post(name, "Once")
    ann, _bob = x.watch("ann", "bob")
    settle(x)
    for _day in range(25):
        x.clock.advance(days=1)
        x.poll()
    assert x.server.to("timeline") == []
    x.clock.advance(minutes=1)
    x.server.post("ann", "Again")
    x.poll()
    assert texts(x, ann) == ["Once", "Again"]


def test_when_search_takes_the_cursor_for_too_old_the_timelines_are_read(x: World) -> None:
    """This machine's clock is behind that of X."""
    for name in ("ann", "bob"):
        x.server.account(name)
    x.watch("ann", "bob")
    settle(x)
    x.server.post("ann", "News")
    message = (
        b'{"errors":[{"parameters":{"since_id":["1"]},"message":"since_id must be later"}],"title":"Invalid Request"}'
    )
    x.server.upset("search", Reply(400, body=message))
    x.poll()
    assert texts(x, 1) == ["News"]
    assert x.states[1].error == ""


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_nothing_is_missed_and_nothing_read_twice(x: World, seed: int) -> None:
    """Three weeks: accounts join and pause, X fails at times, Veille is shut at times, pages are small."""
    chance = Random(seed)
    names = [f"some_person_{n:02d}" for n in range(40)]
    for name in names:
        x.server.account(name)
    x.watch(*names[:25])
    written: list[tuple[str, str]] = []
    x.poll()
    started = {name: x.clock.now() for name in names[:25]}
    for _round in range(130):
        x.clock.advance(hours=chance.choice([0.25, 0.25, 1, 5, 9]))
        for _post in range(chance.choice([0, 1, 3, 30])):
            x.clock.advance(seconds=1)
            name = chance.choice(names)
            written.append((name, x.server.post(name, f"Post {len(written)}")))
        if len(x.sources) < len(names) and chance.random() < 0.2:
            name = names[len(x.sources)]
            x.watch(name)
            x.clock.advance(seconds=1)
            started[name] = x.clock.now()
            x.poll([len(x.sources)])
            continue
        if chance.random() < 0.1:
            x.restart()
        if chance.random() < 0.25:
            route, replies = chance.choice(["search", "timeline"]), [Reply(503), Reply(body=b"<html>"), Reply(500)]
            x.server.upset(route, *chance.sample(replies, chance.randint(1, 2)))
        x.purse.cap += chance.choice([200_000, 1_500_000, 50_000_000]) - x.purse.left  # small pages, then large ones
        x.poll(id for id in x.sources if chance.random() < 0.8)
    x.server._upset.clear()
    x.purse.cap = 10**9
    for _last in range(3):
        x.clock.advance(minutes=1)
        x.poll()
    for id, name in enumerate(names[: len(x.sources)], 1):
        mine = [uid for who, uid in written if who == name]
        missed = [uid for uid in mine if uid not in x.items[id] and x.server.statuses[int(uid)].at >= started[name]]
        assert missed == [], name
    assert max(x.server.given.values()) == 1
    assert len(x.came) == len(set(x.came))
    assert round(x.server.dollars * 1e6) == sum(x.purse.paid.values())


# Pages, and readings that break off --------------------------------------------------------------


def test_all_pages_are_read(x: World) -> None:
    x.server.account("jane")
    x.watch("jane")
    settle(x)
    written = [x.server.post("jane", f"Post {n}") for n in range(250)]
    answer = fetched(x.poll()[1])
    assert [item.uid for item in answer.items] == written[::-1]
    assert [params["max_results"] for params in x.server.to("search")] == ["100"] * 3


def test_what_was_read_before_it_broke_off_is_kept_and_not_read_again(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    ann, bob = x.watch("ann", "bob")
    settle(x)
    written = [x.server.post("ann" if n % 2 else "bob", f"Post {n}") for n in range(230)]
    answers = [0]

    def second_page_fails(seen: Seen) -> Reply:
        answers[0] += 1
        return Reply(503) if answers[0] == 2 else x.server(seen)

    x.internet.site(HOST, second_page_fails)
    first = x.poll()
    assert len(x.kept(ann)) == len(x.kept(bob)) == 50
    for answer in first.values():
        assert fetched(answer).state.failures == 1
        assert "asks to be left alone" in str(answer) or '"busy"' in fetched(answer).state.error
        assert fetched(answer).state.cursor.count(":") == 2
    x.clock.advance(minutes=15)
    later = x.server.post("ann", "Later")
    x.poll()
    assert sorted(x.kept(ann) + x.kept(bob), key=int) == [*written, later]
    assert max(x.server.given.values()) == 1
    assert x.states[ann].cursor == later
    assert (x.states[ann].error, x.states[ann].failures) == ("", 0)


def test_a_gap_that_breaks_off_again_gets_smaller(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    written = [x.server.post("ann", f"Post {n}") for n in range(450)]
    for _time in range(4):
        answers = [0]

        def one_page_only(seen: Seen, answers: list[int] = answers) -> Reply:
            answers[0] += 1
            return Reply(503) if answers[0] == 2 else x.server(seen)

        x.internet.site(HOST, one_page_only)
        x.poll()
    x.internet.site(HOST, x.server)
    x.poll()
    assert x.kept(1) == written
    assert max(x.server.given.values()) == 1


def test_the_budget_may_end_between_two_pages(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    written = [x.server.post("ann", f"Post {n}") for n in range(120)]
    x.purse.cap = x.purse.spent + 100 * 5_000
    answer = fetched(x.poll()[1])
    assert '"budget"' in answer.state.error
    assert x.purse.left < 30 * 5_000  # too little for ten posts and what may be inside them
    assert 70 < len(x.kept(1)) < 120
    assert x.purse.open == {}
    x.purse.cap = 10**9
    x.poll()
    assert x.kept(1) == written
    assert max(x.server.given.values()) == 1


def test_pages_are_as_large_as_the_purse_allows(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.purse.cap = x.purse.spent + 90 * 5_000
    x.poll()
    assert x.server.to("search")[0]["max_results"] == "30"


def test_with_nothing_left_nothing_is_asked(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    x.purse.cap = x.purse.spent + 29 * 5_000
    assert isinstance(x.poll()[1], BudgetSpent)
    x.purse.cap = 0
    x.watch("bob", "list:5", "search:word")
    assert {type(each) for each in x.poll().values()} == {BudgetSpent}
    assert x.server.asked == []
    assert x.purse.open == {}


def test_as_many_accounts_are_looked_up_as_there_is_money_for(x: World) -> None:
    names = [f"person{n}" for n in range(8)]
    for name in names:
        x.server.account(name)
    x.watch(*names)
    x.purse.cap = 3 * 10_000 + 5_000
    answers = x.poll()
    assert [len(params["usernames"].split(",")) for params in x.server.to("by")] == [2, 1]
    assert {type(answer) for answer in answers.values()} == {BudgetSpent}  # nothing is left for their posts
    x.purse.cap = 10**9
    assert {type(answer) for answer in x.poll().values()} == {Fetched}
    assert len(x.server.billed("user")) == 8


def test_those_for_whom_nothing_is_left_are_told_so_and_not_asked(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    ann, bob = x.watch("ann", "bob")
    x.purse.last = {bob}
    answers = x.poll()
    assert isinstance(answers[bob], BudgetKept)
    assert fetched(answers[ann])
    assert x.server.to("by")[0]["usernames"] == "ann"


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


# Edits, deletions, threads -----------------------------------------------------------------------


@pytest.mark.parametrize("words", ["tweet", "post"])
def test_an_edited_post_updates_its_item(x: World, words: str) -> None:
    x.server.words = words
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    first = x.server.post("ann", "Teh news")
    x.poll()
    x.clock.advance(minutes=10)
    x.server.edit(first, "The news")
    x.poll()
    assert x.kept(1) == [first]
    item = x.items[1][first]
    assert to_text(item.content) == "The news"
    assert item.updated == x.clock.now()
    assert item.published == x.clock.now() - timedelta(minutes=10)


@pytest.mark.parametrize("words", ["tweet", "post"])
def test_everything_that_a_post_may_hold_comes_through(x: World, words: str) -> None:
    x.server.words = words
    for name in ("ann", "bob"):
        x.server.account(name, name.title())
    x.watch("ann")
    settle(x)
    first = x.server.post(
        "ann", "A & <b> https://example.org/story?utm_source=x #H2 @bob", media=(("photo", "A plant"),)
    )
    x.server.post("ann", "word " * 100 + "#end", reply_to=int(first))
    quoted = x.server.post("bob", "So it is", media=(("video", ""),))
    x.server.post("ann", "Indeed", quotes=int(quoted))
    again = x.server.repost("ann", quoted)
    x.server.post("ann", "Which?", options=("This", "That"))
    x.poll()
    assert texts(x, 1) == [
        "A & <b> example.org/story #H2 @bob", "word " * 100 + "#end", "Indeed", "So it is", "Which?"]  # fmt: skip
    items = [x.items[1][uid] for uid in x.kept(1)]
    posts = [item.post for item in items if item.post]
    assert [media.description for media in items[0].media] == ["A plant"]
    assert posts[1].continues == first
    inside = posts[2].referred[0]
    assert (to_text(inside.html), inside.author and inside.author.handle, len(inside.media)) == ("So it is", "@bob", 1)
    assert (items[3].uid, posts[3].id) == (again, quoted)
    assert posts[3].author.handle == "@bob"
    assert posts[3].reposted_by is not None
    assert posts[3].reposted_by.name == "Ann"
    assert posts[4].poll is not None
    assert [label for label, _votes in posts[4].poll.options] == ["This", "That"]


def test_x_may_take_the_new_names_alone(x: World) -> None:
    x.server.words, x.server.only = "post", True
    x.server.account("ann")
    x.server.post("ann", "Hello #one")
    x.watch("ann")
    x.poll()
    item = next(iter(x.items[1].values()))
    assert item.tags == ("one",)
    assert ["tweet.fields" in params for params in x.server.to("timeline")] == [True, False]
    x.clock.advance(minutes=15)
    x.poll()
    assert "post.fields" in x.server.to("search")[0]
    assert len(x.server.to("search")) == 1


# Lists and searches ------------------------------------------------------------------------------


def test_a_list_is_read_down_to_what_is_known(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    x.server.lists["7"] = ["ann", "bob"]
    for n in range(15):
        x.server.post("ann", f"Old {n}")
    (list_,) = x.watch("list:7")
    x.poll()
    assert len(x.kept(list_)) == 10
    written = []
    for n in range(12):
        x.clock.advance(minutes=15)
        written.append(x.server.post("bob", f"New {n}"))
        x.poll()
    assert x.kept(list_)[10:] == written
    sizes = [int(params["max_results"]) for params in x.server.to("list")]
    assert sizes[-5:] == [5] * 5  # one is likely: five are the fewest
    assert x.items[list_][written[0]].author == "Bob"


def test_a_list_with_many_new_posts_is_paged(x: World) -> None:
    x.server.account("ann")
    x.server.lists["7"] = ["ann"]
    x.server.post("ann", "Old")
    x.watch("list:7")
    x.poll()
    x.clock.advance(minutes=15)
    written = [x.server.post("ann", f"New {n}") for n in range(150)]
    x.poll()
    assert x.kept(1)[1:] == written
    x.clock.advance(minutes=15)
    x.server.post("ann", "Last")
    x.server.asked.clear()
    x.poll()
    assert int(x.server.to("list")[0]["max_results"]) == 100  # so many are likely again


def test_a_list_that_broke_off_is_read_to_the_end_the_next_time(x: World) -> None:
    x.server.account("ann")
    x.server.lists["7"] = ["ann"]
    x.server.post("ann", "Old")
    x.watch("list:7")
    x.poll()
    x.clock.advance(minutes=15)
    written = [x.server.post("ann", f"New {n}") for n in range(40)]
    answers = [0]

    def second_page_fails(seen: Seen) -> Reply:
        answers[0] += 1
        return Reply(500) if answers[0] == 2 else x.server(seen)

    x.internet.site(HOST, second_page_fails)
    answer = fetched(x.poll()[1])
    assert 0 < len(answer.items) < 40
    assert '"status"' in answer.state.error
    x.clock.advance(minutes=1)
    x.poll()
    assert x.kept(1)[1:] == written


def test_who_posts_in_a_list_is_looked_up_once(x: World) -> None:
    for n in range(3):
        x.server.account(f"person{n}", f"Person {n}")
    x.server.lists["7"] = [f"person{n}" for n in range(3)]
    x.watch("list:7")
    for n in range(6):
        x.clock.advance(minutes=15)
        x.server.post(f"person{n % 3}", f"Post {n}")
        x.poll()
    assert [item.author for item in x.items[1].values()] == [f"Person {n % 3}" for n in range(6)]
    assert len(x.server.billed("user")) == 3
    assert x.purse.by_source[1] == 3 * 10_000 + 5_000 * len(set(x.server.billed("post")))


def test_a_list_without_money_for_its_people_is_read_all_the_same(x: World) -> None:
    x.server.account("ann")
    x.server.lists["7"] = ["ann"]
    x.server.post("ann", "Hello")
    x.watch("list:7")
    x.purse.cap, x.purse.user = 200_000, 300_000
    x.poll()
    (item,) = x.items[1].values()
    assert (to_text(item.content), item.author) == ("Hello", "")
    assert item.url.startswith("https://x.com/i/status/")


def test_a_search_finds_only_what_is_new(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    x.server.post("ann", "About hydrogen")
    (search,) = x.watch("search:hydrogen lang:en")
    x.poll()
    for n in range(3):
        x.clock.advance(minutes=15)
        x.server.post("bob", f"More hydrogen {n}")
        x.server.post("bob", "Of something else")
        x.server.post("ann", "Hydrogène", lang="fr")
        x.poll()
    assert texts(x, search) == ["About hydrogen", "More hydrogen 0", "More hydrogen 1", "More hydrogen 2"]
    assert x.server.to("search")[0]["query"] == "hydrogen lang:en"
    assert max(x.server.given.values()) == 1


def test_a_search_that_rested_for_weeks_goes_back_a_week(x: World) -> None:
    x.server.account("ann")
    x.watch("search:hydrogen")
    x.poll()
    for n in range(20):
        x.clock.advance(days=1)
        x.server.post("ann", f"hydrogen {n}")
    answer = fetched(x.poll()[1])
    assert [to_text(item.content) for item in answer.items] == [f"hydrogen {n}" for n in range(19, 12, -1)]


def test_a_search_of_whose_cursor_x_says_that_it_is_too_old_starts_where_x_can(x: World) -> None:
    x.server.account("ann")
    x.watch("search:hydrogen")
    x.poll()
    x.server.post("ann", "hydrogen")
    x.clock.advance(minutes=1)
    x.server.upset("search", Reply(400, body=b'{"errors":[{"parameters":{"since_id":["1"]},"message":"too old"}]}'))
    x.poll()
    assert texts(x, 1) == ["hydrogen"]


def test_a_clock_here_that_leaps_ahead_makes_a_search_miss_nothing(x: World) -> None:
    x.server.account("ann")
    x.watch("search:hydrogen")
    settle(x)
    x.server.clock = FakeClock(x.clock.time)
    x.server.post("ann", "hydrogen 1")
    x.server.clock.advance(minutes=1)
    x.clock.advance(days=9)
    x.poll()
    x.clock.time = x.server.clock.time
    x.server.post("ann", "hydrogen 2")
    x.clock.advance(minutes=1)
    x.server.clock.advance(minutes=1)
    x.poll()
    assert texts(x, 1) == ["hydrogen 1", "hydrogen 2"]


def test_a_search_that_breaks_off_by_a_clock_that_is_behind_goes_on(x: World) -> None:
    x.server.account("ann")
    x.watch("search:hydrogen")
    settle(x)
    x.server.clock = FakeClock(x.clock.time)
    x.server.clock.advance(days=8)
    for number in range(150):
        x.server.post("ann", f"hydrogen {number}")
        x.server.clock.advance(seconds=1)
    x.clock.advance(minutes=15)
    fine = x.server

    def breaks(request: Seen) -> Reply:
        return Reply(500) if "next_token" in request.path else fine(request)

    x.internet.site(HOST, breaks)
    x.poll()
    x.internet.site(HOST, fine)
    x.clock.advance(minutes=15)
    x.server.clock.advance(minutes=15)
    x.poll()
    assert len(texts(x, 1)) == 150


# Who is behind a handle --------------------------------------------------------------------------


def test_a_hundred_handles_are_looked_up_at_once_and_never_again(x: World) -> None:
    names = [f"person{n}" for n in range(130)]
    for name in names:
        x.server.account(name)
    x.watch(*names)
    for _day in range(5):
        x.poll()
        x.clock.advance(days=1)
    assert [len(params["usernames"].split(",")) for params in x.server.to("by")] == [100, 30]
    assert len(x.server.billed("user")) == 130


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"protected": True}, Protected, "@ann shows its posts on X only to followers"),
        ({"suspended": True}, Suspended, "X has suspended @ann"),
        ({"gone": True}, NoAccount, "@ann is not on X"),
    ],
)
def test_an_account_that_cannot_be_read_answers_for_itself_alone(
    x: World, state: dict[str, bool], error: type[Exception], words: str
) -> None:
    x.server.account("ann", **state)
    x.server.account("bob")
    ann, bob = x.watch("ann", "bob")
    answers = x.poll()
    assert isinstance(answers[ann], error)
    assert words in str(answers[ann])
    assert fetched(answers[bob])
    for _day in range(6):
        x.clock.advance(days=1)
        assert isinstance(x.poll()[ann], error)
    assert len(x.server.to("by")) == 1  # it is remembered for a week
    for name in state:
        setattr(x.server.people["ann"], name, False)
    x.clock.advance(days=2)
    x.server.post("ann", "I am back")
    assert fetched(x.poll()[ann]).items
    assert len(x.server.to("by")) == 2


def test_an_account_that_fell_silent_is_looked_up_after_a_month(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    ann, bob = x.watch("ann", "bob")
    x.poll()
    for day in range(29):
        x.clock.advance(days=1)
        x.server.post("bob", f"Day {day}")
        x.poll()
    assert len(x.server.to("by")) == 1
    x.server.people["ann"].suspended = True
    x.clock.advance(days=2)
    answers = x.poll()
    assert x.server.to("by")[1]["usernames"] == "ann"
    assert isinstance(answers[ann], Suspended)
    assert fetched(answers[bob])


def test_a_timeline_that_is_closed_meanwhile_is_remembered(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    x.poll()
    x.server.people["ann"].protected = True
    x.clock.advance(days=9)  # its timeline is read by itself
    assert isinstance(x.poll()[1], Protected)
    assert isinstance(x.poll()[1], Protected)
    assert len(x.server.to("timeline")) == 2
    assert x.people.known["1000"].fate is Fate.PROTECTED


def test_when_x_does_not_say_who_it_is_what_was_known_holds(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    x.watch("ann")
    x.poll()
    x.clock.advance(days=5)
    x.poll()
    x.clock.advance(days=26)
    x.server.upset("by", Reply(503))
    x.server.post("ann", "Here I am")
    _ann, bob = 1, x.watch("bob")[0]
    answers = x.poll()
    assert fetched(answers[1]).items
    assert type(answers[bob]).__name__ == "Busy"


def test_looking_an_account_up(x: World) -> None:
    x.server.account("Ann", "Ann Lee")
    x.server.post("ann", "One")
    account = x.fetcher.look_up("@ann", LOOK)
    assert (account.id, account.handle, account.name, account.posts) == ("1000", "Ann", "Ann Lee", 1)
    assert account.since == x.clock.now()
    assert x.purse.spent == 10_000
    assert x.fetcher.look_up("ANN", LOOK) == account
    assert len(x.server.asked) == 1
    x.clock.advance(days=2)
    x.fetcher.look_up("ann", LOOK)
    assert len(x.server.asked) == 2
    x.watch("ann")
    x.poll()
    assert len(x.server.to("by")) == 2  # it is known when it is watched


@pytest.mark.parametrize(
    ("state", "error"),
    [({"protected": True}, Protected), ({"suspended": True}, Suspended), ({"gone": True}, NoAccount)],
)
def test_looking_up_an_account_that_cannot_be_watched(x: World, state: dict[str, bool], error: type[Exception]) -> None:
    x.server.account("ann", **state)
    with pytest.raises(error):
        x.fetcher.look_up("ann", LOOK)
    with pytest.raises(NoAccount, match="@nobody is not on X"):
        x.fetcher.look_up("nobody", LOOK)
    x.purse.cap = 0
    with pytest.raises(BudgetSpent):
        x.fetcher.look_up("somebody", LOOK)


# Whether posts still stand -----------------------------------------------------------------------


def test_stored_posts_are_checked_together(x: World) -> None:
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    same, changed, gone, edited = (x.server.post("ann", f"Post {n}") for n in range(4))
    x.poll()
    x.server.delete(gone)
    x.clock.advance(days=1)
    x.server.edit(edited, "Edited")
    x.server.statuses[int(changed)].likes = 99
    x.server.asked.clear()
    standings = x.standings(1)
    verdicts = {standings[each.item - 1].uid: each for each in x.fetcher.check(standings, LOOK, lambda: False)}
    assert (verdicts[same].fate, verdicts[same].fresh) == (Fate.THERE, None)
    assert verdicts[changed].fresh is not None
    assert verdicts[gone].fate is Fate.DELETED
    fresh = verdicts[edited].fresh
    assert fresh is not None
    assert (fresh.uid, to_text(fresh.content)) == (edited, "Edited")
    assert len(x.server.to("posts")) == 2  # the second for the newest version
    assert {use for use, _bill, _at in x.purse.settled[-2:]} == {Use.RECHECK}
    assert x.purse.settled[-1][1].posts.keys() == {1}


@pytest.mark.parametrize(
    ("state", "fate"), [("protected", Fate.PROTECTED), ("suspended", Fate.SUSPENDED), ("gone", Fate.DELETED)]
)
def test_the_posts_of_an_account_share_its_fate(x: World, state: str, fate: Fate) -> None:
    x.server.account("ann")
    x.server.post("ann", "Hello")
    x.watch("ann")
    x.poll()
    setattr(x.server.people["ann"], state, True)
    assert [each.fate for each in x.fetcher.check(x.standings(1), LOOK, lambda: False)] == [fate]


def test_a_repost_is_checked_as_it_came(x: World) -> None:
    for name in ("ann", "bob"):
        x.server.account(name)
    story = x.server.post("bob", "Story")
    again = x.server.repost("ann", story)
    x.watch("ann")
    x.poll()
    (verdict,) = x.fetcher.check(x.standings(1), LOOK, lambda: False)
    assert (verdict.fate, verdict.fresh) == (Fate.THERE, None)
    assert x.server.to("posts")[0]["ids"] == again


def test_a_hundred_posts_are_checked_by_one_request(x: World) -> None:
    assert isinstance(x.fetcher, JointFetcher)
    assert x.fetcher.at_once == 100
    x.server.account("ann")
    x.watch("ann")
    settle(x)
    for n in range(100):
        x.server.post("ann", f"Post {n}")
    x.poll()
    assert len(x.fetcher.check(x.standings(1), LOOK, lambda: False)) == 100
    assert len(x.server.to("posts")) == 1
    x.purse.cap = x.purse.spent
    with pytest.raises(BudgetSpent):
        x.fetcher.check(x.standings(1), LOOK, lambda: False)


# Turns, routes, the person ------------------------------------------------------------------------


def test_without_a_token_nothing_is_asked(x: World) -> None:
    x.server.account("ann")
    x.watch("ann", "list:1", "search:word")
    x.token = ""
    answers = x.poll()
    assert {type(each) for each in answers.values()} == {NoToken}
    for ask in (lambda: x.fetcher.look_up("ann", LOOK), lambda: x.fetcher.check([], LOOK, lambda: False)):
        with pytest.raises(NoToken):
            ask()
    assert (x.internet.seen, x.ledger.traces, x.purse.reserved) == ([], [], 0)


def test_what_goes_by_another_way_is_asked_apart(x: World) -> None:
    for name in ("ann", "bob", "carla"):
        x.server.account(name)
    x.watch("ann", "bob", "carla")
    settle(x)
    wanted = [x.wanted(1), x.wanted(2, reason=Reason.BY_HAND), x.wanted(3)]
    answers = [source.id for step in x.fetcher.fetch_all(wanted, lambda: False) for source, _answer in step]
    assert sorted(answers) == [1, 2, 3]
    assert [params["query"] for params in x.server.to("search")] == ["from:ann OR from:carla", "from:bob"]
    assert [(each.contact.reason, each.contact.source) for each in x.ledger.traces[-2:]] == [
        (Reason.SCHEDULED, 0), (Reason.BY_HAND, 2)]  # fmt: skip


def test_it_comes_in_steps_in_the_order_of_the_curator(x: World) -> None:
    names = [f"a_long_name_{n:02d}" for n in range(40)]
    for name in names:
        x.server.account(name)
    x.server.lists["7"] = ["ann"]
    ids = x.watch("list:7", *names, "search:word")
    settle(x)
    steps = [step for step in x.fetcher.fetch_all([x.wanted(id) for id in ids], lambda: False) if step]
    assert steps[0][0][0].id == 1
    assert [source.id for step in steps for source, _answer in step] == ids
    assert len(steps) == 4


def test_the_person_may_stop_it(x: World) -> None:
    for n in range(5):
        x.server.account(f"person{n}")
    x.watch(*(f"person{n}" for n in range(5)))
    asked = x.server.asked
    answers = x.poll(cancelled=lambda: len(asked) >= 3)
    assert len(asked) == 3  # a look-up, and two timelines
    assert len(answers) == 2


def test_one_source_can_be_fetched_by_itself(x: World) -> None:
    x.server.account("ann")
    x.server.post("ann", "Hello")
    (ann,) = x.watch("ann", *[])
    given: Callable[..., Fetched] = x.fetcher.fetch
    answer = given(x.sources[ann], x.states[ann], {}, LOOK, lambda: False)
    (item,) = answer.items
    x.server.account("bob", protected=True)
    (bob,) = x.watch("bob")
    with pytest.raises(Protected):
        given(x.sources[bob], x.states[bob], {}, LOOK, lambda: False)
    again = given(x.sources[ann], x.states[ann], {item.uid: item.hash}, LOOK, lambda: False)
    assert again.items == ()
    removed = given(x.sources[ann], x.states[ann], {item.uid: GONE}, LOOK, lambda: False)
    assert removed.items == ()


def test_a_bad_search_is_told_to_its_source_and_a_bad_name_hurts_nobody_else(x: World) -> None:
    for n in range(8):
        x.server.account(f"person{n}")
    x.watch(*(f"person{n}" for n in range(8)))
    settle(x)
    for n in range(8):
        x.server.post(f"person{n}", "News")

    def refusing(seen: Seen) -> Reply:
        if b"from%3Aperson5" in seen.raw:
            return Reply(400, body=b'{"errors":[{"message":"person5 is not valid","parameters":{"query":[]}}]}')
        return x.server(seen)

    x.internet.site(HOST, refusing)
    answers = x.poll()
    refused = [id for id, answer in answers.items() if isinstance(answer, QueryRefused)]
    assert refused == [6]
    assert all(len(x.kept(id)) == 1 for id in answers if id != 6)
    assert replace(x.states[6]).error
    assert isinstance(next(iter(x.items[1].values())), Item)
