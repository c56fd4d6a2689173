"""Pages of X, readings that break off and go on, and lists and searches, which are read each by itself."""

from tests.fakes import FakeClock
from tests.internet import Seen
from tests.servers import Reply
from tests.sources.xworld import World, fetched, settle, texts
from veille.content.html import to_text
from veille.errors import (
    BudgetKept,
    BudgetSpent,
)  # fmt: skip
from veille.model import Fetched
from veille.sources.x.fetcher import HOST

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
