"""The pages behind new items: asked for when these arrive, politely, whatever the person does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeClock, FakeProgress
from tests.internet import Internet, Seen
from tests.servers import Reply
from veille.contacts import Reason, TraceFilter
from veille.core.articles import Articles
from veille.core.curating.curation import Curation
from veille.core.discretion import Discretion
from veille.core.history import History
from veille.core.preferences import Preferences
from veille.core.watching.arrivals import MOST, SPACING, Arrivals
from veille.core.watching.refresh import Refresher
from veille.core.watching.timetable import ASLEEP, CATCH_UP, Chance
from veille.errors import NoPages, NotFound
from veille.model import Changes, Mode, Source, SourceKind
from veille.net.gateway import Gateway
from veille.rules import Action, Rule
from veille.sources.articles import extract
from veille.sources.feeds import FeedFetcher
from veille.store import Filter, Store, open_store

HOUR = timedelta(hours=1)
NEWS = "http://news.example/feed"
STORY = "".join(f"<p>Line {n} of the story says what happened on day {n}, and why {n * 7} care.</p>" for n in range(9))
PAGE = f"<html><body><article><h1>Story</h1>{STORY}</article></body></html>".encode()


@dataclass
class Web:
    """Sites whose feeds list ``links``, newest last; a page answers as ``pages`` say, with its story if they do not."""

    links: list[str] = field(default_factory=list)
    pages: dict[str, Reply | Callable[[Seen], Reply]] = field(default_factory=dict)

    def __call__(self, seen: Seen) -> Reply:
        if seen.path == "/feed":
            items = "".join(
                f"<item><guid>{link}</guid><title>On {link[-1:]}</title><link>{link}</link>"
                f"<pubDate>Mon, 02 Mar 2026 08:{at:02}:00 GMT</pubDate></item>"
                for at, link in enumerate(self.links)
            )
            body = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()
            return Reply(200, {"Content-Type": "application/rss+xml"}, body)
        reply = self.pages.get(f"{seen.host}{seen.path}", Reply(200, {"Content-Type": "text/html"}, PAGE))
        return reply if isinstance(reply, Reply) else reply(seen)


@dataclass
class Stage:
    """A profile with one source on that web, chosen for full text."""

    store: Store
    clock: FakeClock
    internet: Internet
    web: Web
    preferences: Preferences
    woken: list[int] = field(default_factory=list)
    sample: bool = False

    def __post_init__(self) -> None:
        self.discretion = Discretion(self.preferences, self.clock)
        self.gateway = Gateway(self.clock, self.store.traces, **self.internet.door)
        self.curation = Curation(self.store, self.clock)
        fetcher = FeedFetcher(self.gateway.get, self.clock, lambda call, *arguments: call(*arguments))
        self.refresher = Refresher(
            self.store, self.clock, Random(1), lambda: {SourceKind.FEED: fetcher}, lambda: self.preferences.values,
            self.discretion, lambda: None)  # fmt: skip
        articles = Articles(self.store, self.clock, self.discretion, lambda: self.gateway, extract)
        self.arrivals = Arrivals(
            self.store, self.clock, Chance(Random(2)), lambda: self.preferences.values, lambda: articles,
            self.discretion, lambda: self.woken.append(1), sample=self.sample)  # fmt: skip

    @property
    def source(self) -> Source:
        (source,) = self.store.sources.all()
        return source

    def arrive(self, *links: str) -> None:
        """``links`` come in the feed, and their moment."""
        self.web.links += links
        self.refresher.run(FakeProgress())
        self.clock.advance(seconds=2 * SPACING.total_seconds())

    def ticks(self, count: int, step: timedelta = timedelta(seconds=30)) -> int:
        """The window's looks; how many pages came."""
        came = 0
        for _look in range(count):
            if self.arrivals.due():
                came += self.arrivals.run(FakeProgress())
            self.clock.time += step
        return came

    @property
    def asked(self) -> list[tuple[datetime, str]]:
        """When and where, but for feeds."""
        return [(each.when, f"{each.host}{each.path}") for each in self.internet.seen if each.path != "/feed"]

    @property
    def pages(self) -> list[str]:
        return [where for _when, where in self.asked]


@pytest.fixture
def stage(store: Store, clock: FakeClock) -> Iterator[Stage]:
    web = Web()
    with Internet(clock) as internet:
        for name in ("news.example", "other.example", "third.example"):
            internet.site(name, web)
        made = Stage(store, clock, internet, web, Preferences(store))
        source, _changes = made.curation.add_feed(NEWS)
        made.curation.set_full_text(source.id)
        made.arrivals.follow()  # the person refreshes by hand in this run
        yield made
        made.gateway.close()


def link(name: str, host: str = "news.example") -> str:
    return f"http://{host}/{name}"


def items(store: Store) -> list[int]:
    """Oldest first."""
    return list(store.items.ids(Filter()))[::-1]


# What is fetched ----------------------------------------------------------------------------------


def test_the_page_of_each_new_item_comes_and_nothing_else(stage: Stage):
    heard: list[Changes] = []
    stage.arrive(link("a"), link("b", "other.example"))
    assert stage.arrivals.run(FakeProgress(), heard.append) == 2
    assert stage.pages == ["other.example/b", "news.example/a"], "the newest of an answer first"
    assert all("what happened on day 3" in stage.store.articles.get(each).html for each in items(stage.store))
    assert {item for each in heard for item in each.items} == set(items(stage.store))
    assert stage.woken == [1, 1]
    reasons = [each.contact.reason for each in stage.store.traces.find(TraceFilter())]
    assert reasons == [Reason.ARRIVAL, Reason.ARRIVAL, Reason.BY_HAND]
    stage.arrive()
    assert stage.ticks(10) == 0
    assert len(stage.pages) == 2


def test_from_the_choice_on_and_only_as_long_as_it_stands(stage: Stage):
    stage.curation.set_full_text(stage.source.id, False)
    stage.arrive(link("a"))
    stage.curation.set_full_text(stage.source.id, True)
    stage.arrive(link("b"))
    assert stage.ticks(5) == 1
    assert stage.pages == ["news.example/b"], "no old item is fetched"
    stage.arrive(link("c"))
    stage.curation.set_full_text(stage.source.id, False)
    stage.curation.set_full_text(stage.source.id, True)
    assert stage.ticks(5) == 0
    stage.arrive(link("d"))
    stage.curation.set_full_text(stage.source.id, True)
    assert stage.ticks(5) == 1, "said twice, nothing is lost"


def test_the_choice_can_be_undone(stage: Stage):
    entry = stage.curation.set_full_text(stage.source.id, False).undo
    assert not stage.source.full_text
    History(stage.store).undo(entry)
    assert stage.source.full_text
    assert stage.store.sources.outline().sources[stage.source.id].full_text


def test_what_has_no_page_on_the_web_waits_for_none(stage: Stage):
    stage.arrive("ftp://news.example/a", "mailto:ada@news.example", "")
    assert stage.store.arrivals.next() is None


def test_of_a_flood_the_newest_pages_are_fetched(stage: Stage):
    stage.arrive(*(link(f"{number:03}") for number in range(MOST + 9)))
    waiting = stage.store.arrivals.waiting(stage.clock.now())
    assert len(waiting) == MOST
    assert link("000") not in {each.url for each in waiting}


def test_an_item_that_changes_is_not_fetched_again(stage: Stage):
    stage.arrive(link("a"))
    stage.ticks(3)
    (number,) = items(stage.store)
    stage.store.items.apply([], [replace(stage.store.items.get(number), title="Changed", hash="other")])
    stage.arrive()
    assert stage.ticks(3) == 0


# Politely -----------------------------------------------------------------------------------------


def test_one_page_of_a_host_at_a_time_and_apart(stage: Stage):
    stage.arrive(*(link(name, host) for name in "abc" for host in ("news.example", "other.example")))
    assert stage.arrivals.run(FakeProgress()) == 2
    assert stage.arrivals.run(FakeProgress()) == 0, "both hosts were asked a moment ago"
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        stage.clock.advance(seconds=seconds)

    assert stage.arrivals.run(FakeProgress(), pause=pause) == 4
    for name in ("news.example", "other.example"):
        moments = [when for when, where in stage.asked if where.startswith(name)]
        gaps = [later - before for before, later in pairwise(moments)]
        assert all(SPACING * 0.7 <= gap <= SPACING * 1.3 + timedelta(seconds=1) for gap in gaps)
        assert len(set(gaps)) > 1, "chance draws them"
    assert sum(paused) < 30


def test_a_host_that_wants_patience_is_left_alone_with_all_that_waits_for_it(stage: Stage):
    stage.web.pages["news.example/b"] = Reply(429, {"Retry-After": "7200"})
    stage.arrive(link("a"), link("b"), link("c", "other.example"))
    began = stage.clock.now()
    assert stage.ticks(4) == 1, "the other host has nothing to do with it"
    assert stage.pages == ["other.example/c", "news.example/b"]
    del stage.web.pages["news.example/b"]
    stage.ticks(300)
    later = [(when, where) for when, where in stage.asked if where.startswith("news.example")][1:]
    assert sorted(where for _when, where in later) == ["news.example/a", "news.example/b"]
    assert all(when >= began + timedelta(seconds=7200) for when, _where in later)


@pytest.mark.parametrize("reply", [Reply(500), Reply(403)])
def test_what_fails_is_tried_three_times_with_hours_between_and_then_given_up(stage: Stage, reply: Reply):
    stage.web.pages["news.example/a"] = reply
    stage.arrive(link("a"))
    assert stage.ticks(60 * 24) == 0
    moments = [when for when, _where in stage.asked]
    assert len(moments) == 3
    assert moments[1] - moments[0] > 0.6 * HOUR
    assert moments[2] - moments[1] > 4 * HOUR
    assert stage.store.arrivals.next() is None
    (number,) = items(stage.store)
    assert stage.store.items.get(number).title == "On a"


@pytest.mark.parametrize(
    "reply", [Reply(404), Reply(410), Reply(200, {"Content-Type": "text/html"}, b"<p>"), Reply(200, {}, b"\x89PNG")]
)
def test_a_page_that_is_no_article_is_asked_for_once(stage: Stage, reply: Reply):
    stage.web.pages["news.example/a"] = reply
    stage.arrive(link("a"), link("b"))
    assert stage.ticks(60 * 24) == 1
    assert sorted(stage.pages) == ["news.example/a", "news.example/b"]


def test_a_link_into_this_machine_or_network_is_not_followed(stage: Stage):
    stage.arrive("http://127.0.0.1:9/a", "http://192.168.1.1/b", "http://[::1]/c", link("d"))
    assert stage.ticks(10) == 1
    assert stage.pages == ["news.example/d"]
    assert stage.store.arrivals.next() is None


def test_stopped_it_asks_no_more_and_goes_on_later(stage: Stage):
    stage.arrive(link("a"), link("b", "other.example"), link("c", "third.example"))
    assert stage.arrivals.run(FakeProgress(stop_after=1)) == 0, "a page that is stopped half-way comes later"
    assert stage.arrivals.run(FakeProgress(stop_after=0)) == 0
    assert len(stage.store.arrivals.waiting(stage.clock.now())) == 3
    stage.clock.advance(seconds=30)
    assert stage.arrivals.run(FakeProgress()) == 3


def test_the_queue_is_on_the_disk(stage: Stage, tmp_path: Path, clock: FakeClock):
    stage.arrive(link("a"), link("b"))
    stage.ticks(1)
    stage.store.close()
    store = open_store(stage.store.folder, write=True, clock=clock)
    try:
        again = Stage(store, clock, stage.internet, stage.web, Preferences(store))
        again.arrivals.follow()
        assert again.ticks(3) == 1
        assert sorted(again.pages) == ["news.example/a", "news.example/b"]
        again.gateway.close()
    finally:
        store.close()


# When ---------------------------------------------------------------------------------------------


def fresh(stage: Stage) -> Stage:
    """The same profile in another run of Veille, in which the person did not refresh."""
    return Stage(stage.store, stage.clock, stage.internet, stage.web, stage.preferences)


def test_without_a_schedule_only_what_follows_a_refresh_by_hand(stage: Stage):
    stage.preferences.set("refresh_minutes", "0")
    stage.arrive(link("a"), link("b"))
    again = fresh(stage)
    assert again.ticks(100) == 0
    again.arrivals.follow()
    assert again.ticks(3) == 2
    again.gateway.close()


def test_what_waited_while_veille_did_not_run_does_not_show_when_it_was_begun(stage: Stage):
    stage.arrive(link("a"))
    waits = set()
    for _launch in range(5):
        stage.clock.advance(hours=1)
        again, began = fresh(stage), stage.clock.now()
        while not again.arrivals.due():
            stage.clock.advance(seconds=20)
        waits.add(stage.clock.now() - began)
        again.gateway.close()
    assert max(waits) <= CATCH_UP + timedelta(seconds=20)
    assert len(waits) > 2
    assert max(waits) > ASLEEP


def test_the_strict_level_asks_in_its_windows_and_through_a_proxy_alone(stage: Stage):
    stage.arrive(link("a"))
    stage.discretion.set_mode(Mode.STRICT)
    stage.clock.time = datetime(2026, 3, 2, 11, 58, tzinfo=stage.clock.time.tzinfo)
    assert stage.ticks(60) == 0, "there is no proxy"
    assert stage.pages == []
    stage.preferences.set("proxy", "socks5://127.0.0.1:9")
    stage.clock.time = datetime(2026, 3, 2, 13, 1, tzinfo=stage.clock.time.tzinfo)
    looks = []
    for _look in range(150):
        looks.append((stage.clock.now().minute, stage.arrivals.due()))
        stage.clock.advance(seconds=30)
    assert {minute for minute, due in looks if due} == set(range(10)), "and not in the window in which it began"
    assert stage.arrivals.run(FakeProgress()) == 0, "the proxy does not answer; nothing goes around it"
    assert stage.pages == []


def test_strict_passes_an_unknown_redirector_by(stage: Stage):
    stage.arrive("https://bit.ly/3xYz")
    stage.preferences.set("proxy", "socks5://127.0.0.1:9")
    stage.discretion.set_mode(Mode.STRICT)
    stage.clock.time = datetime(2026, 3, 2, 11, 59, tzinfo=stage.clock.time.tzinfo)
    stage.ticks(10)
    assert stage.store.arrivals.next() is None
    assert stage.internet.looked_up.count("bit.ly") == 0


def test_nothing_in_the_sample(stage: Stage):
    stage.arrive(link("a"))
    sample = Stage(stage.store, stage.clock, stage.internet, stage.web, stage.preferences, sample=True)
    sample.arrivals.follow()
    assert sample.ticks(3) == 0
    assert sample.arrivals.run(FakeProgress()) == 0
    sample.gateway.close()


def test_paused_and_removed_sources_are_left_alone(stage: Stage):
    stage.curation.move(stage.source.id, stage.curation.add_sector("One")[0].key)
    stage.arrive(link("a"))
    stage.curation.pause(stage.source.id)
    assert stage.ticks(3) == 0
    stage.curation.pause(stage.source.id, False)
    entry = stage.curation.remove_source(stage.source.id).undo
    assert stage.ticks(3) == 0
    History(stage.store).undo(entry)
    assert stage.ticks(3) == 1


@pytest.mark.parametrize("deed", ["pause", "remove", "choice", "expire"])
def test_what_is_stopped_in_the_midst_of_a_round_stops_at_once(stage: Stage, deed: str):
    source = stage.source.id
    stage.curation.move(source, stage.curation.add_sector("One")[0].key)
    stage.arrive(link("a"), link("b", "other.example"), link("c", "third.example"))
    stage.store.marks.set_saved(items(stage.store)[-1:], stage.clock.now())  # it does not expire
    deeds: dict[str, Callable[[], object]] = {
        "pause": lambda: stage.curation.pause(source),
        "remove": lambda: stage.curation.remove_source(source),
        "choice": lambda: stage.curation.set_full_text(source, False),
        "expire": lambda: stage.store.items.expire(stage.clock.now()),
    }
    stage.clock.advance(days=2)  # the feed's dates are of today
    assert stage.arrivals.run(FakeProgress(), lambda _changes: deeds[deed]() and None) == 1
    assert len(stage.pages) == 1


def test_a_feed_that_moved_keeps_the_choice(stage: Stage):
    stage.internet.site("moved.example", stage.web)
    stage.internet.site("news.example", lambda seen: Reply(301, {"Location": "http://moved.example/feed"}))
    for name in "ab":
        stage.arrive(link(name, "other.example"))
        stage.clock.advance(hours=2)
    assert (stage.source.address, stage.source.full_text) == ("http://moved.example/feed", True)
    assert stage.ticks(5) == 2


# What the person does is not seen -------------------------------------------------------------------


def test_what_the_person_keeps_waits_no_longer_than_the_rest(stage: Stage):
    stage.web.pages["news.example/a"] = stage.web.pages["news.example/b"] = Reply(503, {"Retry-After": "86400"})
    stage.arrive(link("a"), link("b"))
    stage.ticks(2)
    kept, _other = items(stage.store)
    stage.store.marks.set_saved([kept], stage.clock.now())
    stage.clock.advance(days=3)
    stage.store.items.expire(stage.clock.now())
    assert stage.store.arrivals.next() is None
    assert stage.store.items.get(kept)


def test_an_old_page_is_not_fetched_when_the_way_is_free_at_last(stage: Stage):
    stage.arrive(link("a"))
    stage.discretion.set_mode(Mode.STRICT)
    stage.clock.advance(days=8)
    stage.discretion.set_mode(Mode.DISCREET)
    assert stage.ticks(60) == 0
    assert (stage.pages, stage.store.arrivals.next()) == ([], None)


def test_what_the_person_fetched_already_is_fetched_all_the_same(stage: Stage):
    stage.arrive(link("a"))
    (number,) = items(stage.store)
    stage.arrivals._articles().fetch(number, FakeProgress())
    assert stage.ticks(3) == 1
    assert stage.pages == ["news.example/a"] * 2


# Asking first -------------------------------------------------------------------------------------


def test_the_question_names_who_will_see_what(stage: Stage):
    stage.arrive(link("a"), link("b", "other.example"), link("c", "other.example"))
    question = stage.arrivals.question(stage.source.id)
    assert question.text == (
        "other.example, news.example would learn that somebody at this machine's address fetches each of their new "
        "pages when it appears; not which of them you read. Where a new item leads to another host, that one is asked, "
        "too."
    )
    assert not question.refused
    assert not question.proxied
    stage.preferences.set("proxy", "socks5://127.0.0.1:9")
    question = stage.arrivals.question(stage.source.id)
    assert "somebody behind the proxy socks5://127.0.0.1:9 fetches" in question.text
    assert question.proxied


def test_the_question_names_the_hosts_of_what_rules_hide_too(stage: Stage):
    stage.arrive(link("a"), link("b", "other.example"))
    rule = stage.store.rules.put(Rule(frozenset({Action.HIDE}), key="k")).id
    stage.store.rules.hide(rule, stage.store.items.ids(Filter()))
    assert "other.example" in stage.arrivals.question(stage.source.id).text


def test_it_is_asked_in_open_mode_and_refused_at_the_strict_level_without_a_proxy(stage: Stage):
    stage.discretion.set_mode(Mode.OPEN)
    assert stage.arrivals.question(stage.source.id).text.startswith("news.example would learn")
    stage.discretion.set_mode(Mode.STRICT)
    assert stage.arrivals.question(stage.source.id).refused


def test_posts_are_whole(stage: Stage):
    source, _changes = stage.curation.add("ann.bsky.social")
    for deed in (stage.arrivals.question, stage.curation.set_full_text):
        with pytest.raises(NoPages):
            deed(source.id)
    with pytest.raises(NotFound):
        stage.arrivals.question(99)
