"""Who is behind a handle on X, and whether stored posts still stand there."""

import pytest

from tests.servers import Reply
from tests.sources.xworld import LOOK, World, fetched, settle
from veille.content.html import to_text
from veille.errors import (
    BudgetSpent,
    NoAccount,
    Protected,
    Suspended,
)  # fmt: skip
from veille.posts import Fate
from veille.sources.base import JointFetcher
from veille.sources.paid import Use

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
