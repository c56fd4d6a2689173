"""Rules when items arrive: from a real local feed through the gateway, the parser and the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.core.conftest import FakeDiscretion, FakeFetcher, add_source, an_item, give, refresher_of
from tests.fakes import FakeClock, FakeProgress
from tests.posted import posted
from tests.servers import FeedServer
from veille.contacts import TraceFilter
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.rules.applying import Applier
from veille.core.rules.rules import Rules
from veille.core.watching.refresh import Refresher
from veille.errors import ProfileUnwritable
from veille.model import Item, ItemKind, Source, SourceKind
from veille.net.gateway import Gateway
from veille.posts import Post
from veille.rules import Action, Condition, Rule
from veille.settings import Settings
from veille.sources.feeds import FeedFetcher
from veille.store import Filter, Store

HIDE, READ, FLAG, TAG, SAVE = Action
TITLES = (
    "Promo : -50 % sur l’énergie", "Electrolysers in Normandy", "Horoscope of the week", "The tariff of 2026",
    "A quiet day", "Wind farms at sea", "Promo of the wind",
)  # fmt: skip


def rule(*actions: Action, words: tuple[str, ...] = (), sector: str = "", source: int = 0, **parts) -> Rule:
    return Rule(frozenset(actions), Condition(words=words, **parts), sector, source, ("dossier",))


@pytest.fixture
def rules(store: Store, clock: FakeClock) -> Rules:
    return Rules(store, clock)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


def rss(*titles: str) -> str:
    """A feed of ``titles``, the newest first."""
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><link>https://news.example/{number}</link>"
        f"<description>About this</description><pubDate>Mon, 02 Mar 2026 08:{59 - number}:00 GMT</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>A feed</title>{items}</channel></rss>"


@pytest.fixture
def asking(store: Store, clock: FakeClock, discretion: FakeDiscretion) -> Iterator[Refresher]:
    """A refresher that asks real servers."""
    gateway = Gateway(clock, store.traces)
    fetcher = FeedFetcher(gateway.get, clock, lambda call, *arguments: call(*arguments))
    yield Refresher(
        store, clock, Random(1), lambda: {SourceKind.FEED: fetcher}, Settings, discretion, lambda: None,
        settled=gateway.hang_up)  # fmt: skip
    gateway.close()


def watched(store: Store, clock: FakeClock, server: FeedServer, sector: str = "Energy") -> Source:
    """The feed of ``server``, in ``sector``."""
    curation = Curation(store, clock)
    return curation.add_feed(server.url("/feed"), curation.add_sector(sector)[0].key, allow_private=True)[0]


def shown(store: Store, **wanted: object) -> list[str]:
    return [item.title for item in store.items.rows(store.items.ids(Filter(**wanted)))]


EVERY = (
    rule(HIDE, words=("promo", "horoscope")),
    rule(READ, words=("day",), sector="energy"),
    rule(FLAG, words=("electro*",)),
    rule(TAG, SAVE, words=("tariff",), in_title=True),
)


def test_what_arrives_is_hidden_read_flagged_tagged_and_saved(
    store: Store, clock: FakeClock, server: FeedServer, asking: Refresher, rules: Rules
) -> None:  # fmt: skip
    server.put("/feed", rss(*TITLES))
    source = watched(store, clock, server)
    hiding, *_others = [rules.keep(each)[0] for each in EVERY]
    report = asking.run(FakeProgress())
    assert report.failed == ()
    assert (report.changes.new, report.changes.tags) == (4, True)  # the hidden ones are no news
    assert shown(store) == [TITLES[1], TITLES[3], TITLES[4], TITLES[5]]
    assert shown(store, hidden=True) == [TITLES[0], TITLES[2], TITLES[6]]
    assert shown(store, unread=True) == [TITLES[1], TITLES[3], TITLES[5]]
    assert shown(store, flagged=True) == [TITLES[1]]
    assert shown(store, saved=True) == shown(store, tag=("dossier",)) == [TITLES[3]]
    assert store.items.counts().unread == {source.id: 3}
    assert store.history.last().text.startswith("A rule was added")  # nothing that arrives is the person's doing
    changes = rules.remove(hiding.id)
    assert len(shown(store)) == 7
    History(store).undo(changes.undo)
    assert len(shown(store)) == 4


def test_a_preview_says_what_then_really_happens(
    store: Store, clock: FakeClock, server: FeedServer, asking: Refresher, rules: Rules
) -> None:
    """The same feed arrives in two profiles of one source: tried in the first, kept beforehand in the second."""
    server.put("/feed", rss(*TITLES))
    first = watched(store, clock, server)
    asking.run(FakeProgress())
    previews = [rules.preview(each, FakeProgress()) for each in EVERY]
    assert [each.items for each in previews] == [7] * 4
    expected = [[item.title for item in store.items.rows(each.ids)] for each in previews]
    assert [len(each) for each in expected] == [3, 1, 1, 1]
    for each in EVERY:
        rules.keep(each)
    second = add_source(store, "Second")
    store.sources.put_member(replace(store.sources.memberships(first.id)[0], source=second.id))
    web = FakeFetcher(clock)
    items = store.items.whole(store.items.ids(Filter()))
    web.feeds[second.address] = tuple(replace(item, id=0, source=second.id) for item in items)
    refresher_of(store, clock, web).run(FakeProgress(), [second.id])
    of_second = {"sources": frozenset({second.id})}
    assert shown(store, hidden=True) == expected[0]
    assert [title for title in shown(store, **of_second) if title not in shown(store, unread=True, **of_second)] == (
        expected[1]
    )
    assert shown(store, flagged=True) == expected[2]
    assert shown(store, saved=True) == expected[3]


def test_rules_touch_nothing_that_was_there_nor_what_only_changes(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules
) -> None:  # fmt: skip
    source = add_source(store, "Wire")
    give(web, source, "a", title="wind")
    refresher = refresher_of(store, clock, web)
    refresher.run(FakeProgress())
    (old,) = store.items.ids(Filter())
    store.marks.set_flagged([old], clock.now())
    rules.keep(rule(HIDE, READ, words=("wind",)))
    web.feeds[source.address] = (
        an_item(source.id, "a", clock.now(), title="wind again", hash="new"),
        an_item(source.id, "b", clock.now(), title="wind"),
    )
    clock.advance(hours=1)
    report = refresher.run(FakeProgress())
    assert report.changes.new == 0
    assert shown(store) == shown(store, flagged=True, unread=True) == ["wind again"]
    assert shown(store, hidden=True) == ["wind"]


def test_only_the_rules_of_its_source_and_its_sectors_of_now_that_are_followed(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules
) -> None:  # fmt: skip
    curation = Curation(store, clock)
    one, two = add_source(store, "One"), add_source(store, "Two")
    for title in ("Energy", "Retail"):
        curation.add_sector(title)
    curation.move(one.id, "energy")
    curation.move(two.id, "retail")
    rules.keep(rule(FLAG, sector="energy"))
    rules.keep(rule(SAVE, source=two.id))
    rules.pause(rules.keep(rule(READ))[0].id)
    retail, _changes = rules.keep(rule(TAG, sector="retail"))
    refresher = refresher_of(store, clock, web)
    for number, source in enumerate((one, two)):
        give(web, source, str(number), title=source.title)
    refresher.run(FakeProgress())
    assert shown(store, flagged=True) == ["One"]
    assert shown(store, saved=True) == shown(store, tag=("dossier",)) == ["Two"]
    assert len(shown(store, unread=True)) == 2
    curation.move(two.id, "energy", "retail")
    curation.remove_sector("retail")
    give(web, two, "2", title="Later")
    clock.advance(hours=2)
    refresher.run(FakeProgress())
    assert shown(store, flagged=True) == ["Later", "One"]
    assert shown(store, tag=("dossier",)) == ["Two"]
    assert retail in rules.all()


def test_a_bug_in_a_rule_loses_no_item_but_a_full_disk_is_said(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = add_source(store, "Wire")
    give(web, source, "a", "b", title="wind")
    rules.keep(rule(FLAG, SAVE, words=("wind",)))

    def broken(self: Applier, source: Source, ids: list[int], items: list[Item]) -> None:
        store.marks.set_read(ids)
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(Applier, "apply", broken)
        report = refresher_of(store, clock, web).run(FakeProgress())
    assert (report.failed, report.changes.new) == ((), 2)
    assert len(shown(store, unread=True)) == 2  # what the broken one did was taken back

    def full(self: Applier, source: Source, ids: list[int], items: list[Item]) -> None:
        raise ProfileUnwritable(path="here", detail="the disk is full")

    give(web, source, "c", title="wind")
    clock.advance(hours=1)
    monkeypatch.setattr(Applier, "apply", full)
    with pytest.raises(ProfileUnwritable):
        refresher_of(store, clock, web).run(FakeProgress())
    assert len(shown(store)) == 2


def test_undoing_a_change_shows_what_the_changed_rule_hid_of_what_arrived_since(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules
) -> None:  # fmt: skip
    source = add_source(store, "Wire")
    refresher = refresher_of(store, clock, web)
    kept, _changes = rules.keep(rule(HIDE, words=("wind",)))
    give(web, source, "a", title="wind")
    refresher.run(FakeProgress())
    changed = rules.keep(replace(kept, condition=Condition(words=("sun",))), also_there=True)[1]
    more = rules.keep(replace(kept, condition=Condition(words=("sun",)), actions=frozenset({HIDE, READ})))[1]
    give(web, source, "b", title="sun")
    clock.advance(hours=2)
    refresher.run(FakeProgress())
    assert shown(store, hidden=True) == ["sun"]
    History(store).undo(more.undo)  # it hides the same as before
    assert shown(store, hidden=True) == ["sun"]
    History(store).undo(changed.undo)
    assert shown(store, hidden=True) == ["wind"]
    assert rules.all() == (kept,)


def test_where_an_item_has_no_room_for_more_tags_the_rest_is_done(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules
) -> None:  # fmt: skip
    source = add_source(store, "Wire")
    for number in range(3):
        many = tuple(f"t{number}-{each}" for each in range(20))
        rules.keep(replace(rule(TAG, words=("wind",)), tags=many))
    rules.keep(rule(SAVE, words=("wind",)))
    store.rules.put(replace(rule(TAG), tags=("x" * 99,), key="of a pack that wrote too much"))
    give(web, source, "a", title="wind")
    report = refresher_of(store, clock, web).run(FakeProgress())
    assert report.failed == ()
    (saved,) = store.items.ids(Filter(saved=True))
    assert len(store.marks.get([saved])[saved].tags) == 50


def test_what_a_rule_keeps_no_other_hides(store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules) -> None:
    source = add_source(store, "Wire")
    rules.keep(rule(HIDE, words=("promo",)))
    rules.keep(rule(SAVE, words=("wind",)))
    web.feeds[source.address] = tuple(
        an_item(source.id, uid, clock.now(), title=title) for uid, title in (("a", "Promo of the wind"), ("b", "Promo"))
    )
    report = refresher_of(store, clock, web).run(FakeProgress())
    assert shown(store) == shown(store, saved=True) == ["Promo of the wind"]
    assert report.changes.new == 1


def test_what_stands_twice_in_one_answer_is_one_item(
    store: Store, clock: FakeClock, web: FakeFetcher, rules: Rules
) -> None:  # fmt: skip
    source = add_source(store, "Wire")
    rules.keep(rule(FLAG, words=("wind",)))
    one = an_item(source.id, "a", clock.now(), title="wind")
    web.feeds[source.address] = (one, replace(one, hash="x"), replace(one, uid="b", title="sun"))
    refresher_of(store, clock, web).run(FakeProgress())
    assert shown(store, flagged=True) == ["wind"]
    assert len(shown(store)) == 2


def test_rules_ask_nobody(
    store: Store, clock: FakeClock, server: FeedServer, asking: Refresher, rules: Rules
) -> None:  # fmt: skip
    server.put("/feed", rss(*TITLES))
    watched(store, clock, server)
    for each in EVERY:
        rules.keep(each)
    asking.run(FakeProgress())
    asked = [each.contact.url for each in store.traces.find(TraceFilter())]
    for each in EVERY:
        rules.preview(each, FakeProgress())
        rules.keep(each, also_there=True)
    assert [each.contact.url for each in store.traces.find(TraceFilter())] == asked == [server.url("/feed")]


# Threads -----------------------------------------------------------------------------------------


def post(name: str, text: str, after: str = "", *, minutes: int = 0) -> Item:
    item = posted(text, id=name, minutes=-minutes)
    assert isinstance(item.post, Post)
    return replace(item, post=replace(item.post, continues=after))


def arrive(store: Store, clock: FakeClock, *items: Item) -> list[int]:
    """Items of source 1 arrive, as the intake stores them."""
    source = store.sources.get(1) or add_source(store, "Ada")
    with store.db.write():
        ids = store.items.apply([replace(item, source=source.id, seen=clock.now()) for item in items], [])
        Applier(store, clock).apply(source, ids, store.items.whole(ids))
    return ids


THREAD = (post("1", "On wind"), post("2", "on promo codes", "1", minutes=1), post("3", "end", "2", minutes=2))


def test_a_thread_is_hidden_and_read_by_its_beginning(store: Store, clock: FakeClock, rules: Rules) -> None:
    rules.keep(rule(HIDE, READ, words=("promo",)))
    ids = arrive(store, clock, *THREAD)
    assert list(store.rules.hidden()) == list(store.marks.read_ids()) == []
    rules.keep(rule(HIDE, words=("wind",)))
    assert list(store.rules.hidden()) == []
    _kept, changes = rules.keep(rule(HIDE, words=("on",), shorter=3), also_there=True)
    assert list(store.rules.hidden()) == ids == sorted(changes.items)
    assert store.items.count(Filter(hidden=True)) == 1  # one row


def test_what_carries_on_a_hidden_thread_is_hidden_with_it(store: Store, clock: FakeClock, rules: Rules) -> None:
    rules.keep(rule(HIDE, words=("wind",)))
    ids = arrive(store, clock, THREAD[0])
    assert list(store.rules.hidden()) == ids
    ids += arrive(store, clock, *THREAD[1:])
    assert list(store.rules.hidden()) == ids


def test_a_thread_is_flagged_as_one_for_any_part_of_it(store: Store, clock: FakeClock, rules: Rules) -> None:
    rules.keep(rule(FLAG, SAVE, words=("promo",)))
    first = arrive(store, clock, THREAD[0])
    assert list(store.marks.flagged_ids()) == []
    ids = first + arrive(store, clock, THREAD[1])
    assert list(store.marks.flagged_ids()) == list(store.marks.saved_ids()) == ids
    store.marks.set_flagged(ids, None)
    late = arrive(store, clock, THREAD[2])
    assert list(store.marks.flagged_ids()) == late  # what the person took away stays away
    preview = rules.preview(rule(FLAG, words=("promo",)), FakeProgress())
    assert sorted(preview.ids) == ids + late


def test_a_preview_that_looks_at_a_thread_in_two_pieces_sees_it_whole(
    store: Store, clock: FakeClock, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = arrive(store, clock, *THREAD)
    for words, expected in ((("promo",), []), (("wind",), ids)):
        wished = rule(HIDE, words=words)
        whole = rules.preview(wished, FakeProgress())
        monkeypatch.setattr("veille.core.rules.rules._LOOKED", 1)
        pieces = rules.preview(wished, FakeProgress())
        assert sorted(whole.ids) == sorted(pieces.ids) == expected
        assert (whole.items, pieces.items) == (3, 3)
        monkeypatch.setattr("veille.core.rules.rules._LOOKED", 300)


def test_an_older_part_of_a_thread_counts(store: Store, clock: FakeClock, rules: Rules) -> None:
    ids = arrive(store, clock, THREAD[0])
    clock.advance(days=31)
    ids += arrive(store, clock, replace(THREAD[1], kind=ItemKind.POST, at=clock.now(), published=clock.now()))
    preview = rules.preview(rule(SAVE, words=("promo",)), FakeProgress())
    assert (sorted(preview.ids), preview.items) == (ids, 2)
    assert clock.now() - store.items.get(ids[0]).seen > timedelta(days=30)
