"""X as it is read: many accounts by one request, nothing twice, nothing missed, in the person's order and way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.internet import Seen
from tests.servers import Reply
from tests.sources.xworld import LOOK, World, fetched, settle, texts
from veille.contacts import Reason
from veille.content.html import to_text
from veille.errors import (
    NoToken,
    Protected,
    QueryRefused,
)  # fmt: skip
from veille.model import GONE, Fetched, Item
from veille.sources.x.fetcher import HOST

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
