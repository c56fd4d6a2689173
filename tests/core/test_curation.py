from dataclasses import replace

import pytest

from tests.core.conftest import put_items
from tests.fakes import FakeClock
from veille.content.networks import understand
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.errors import BadAddress, BadSetting, InNoSector, LoginAddress, NotFound, PersonalAddress
from veille.model import Deed, SourceKind, SourceState
from veille.store import Filter, Store

FEED = "https://news.example/feed"
KEY = "0123456789abcdef0123456789abcdef"
PERSONAL = f"https://news.example/feed?token={KEY}"


@pytest.fixture
def curation(store: Store, clock: FakeClock) -> Curation:
    return Curation(store, clock)


@pytest.fixture
def history(store: Store) -> History:
    return History(store)


def test_a_feed_is_added_to_a_sector_with_a_reason(curation: Curation, clock: FakeClock):
    sector, _changes = curation.add_sector("Énergie")
    source, changes = curation.add_feed(
        " HTTPS://News.Example:443/feed#top ", sector.key, "News\u202e", why="the  best"
    )
    assert (source.address, source.key, source.label) == (FEED, f"feed:{FEED}", "News")
    assert changes.outline
    assert changes.sources == {source.id}
    assert changes.text == "“News” was added."
    (member,) = curation.outline().members[sector.key]
    assert (member.source, member.why, member.by, member.origin) == (source.id, "the best", "person", "person")
    assert member.when == clock.now()


def test_a_feed_that_is_there_is_given_back(curation: Curation):
    sector, _changes = curation.add_sector("Media")
    first, _changes = curation.add_feed(FEED)
    again, changes = curation.add_feed(FEED, title="Other")
    assert again == first
    assert changes.text == f"“{FEED}” is there already."
    assert changes.undo is None
    placed, changes = curation.add_feed(FEED, sector.key)
    assert placed == first
    assert changes.undo
    assert [each.source for each in curation.outline().members["media"]] == [first.id]


def test_adding_a_feed_again_may_allow_it_at_private_addresses(curation: Curation):
    curation.add_feed("http://192.168.1.9/feed")
    source, _changes = curation.add_feed("http://192.168.1.9/feed", allow_private=True)
    assert source.allow_private
    assert curation.outline().sources[source.id].allow_private


def test_a_feed_that_was_removed_comes_back_with_its_items(curation: Curation, store: Store, clock: FakeClock):
    source, _changes = curation.add_feed(FEED)
    put_items(store, source.id, clock, "a", "b")
    curation.remove_source(source.id)
    assert len(store.items.ids(Filter())) == 0
    back, changes = curation.add_feed(FEED)
    assert back.id == source.id
    assert changes.text == f"“{FEED}” was added."
    assert len(store.items.ids(Filter())) == 2


def test_a_move_takes_along_what_was_noted(curation: Curation, store: Store, clock: FakeClock, history: History):
    curation.add_sector("One")
    curation.add_sector("Two")
    source, _changes = curation.add_feed(FEED, "one", why="the best")
    curation.pause(source.id)
    (noted,) = curation.outline().members["one"]
    clock.advance(days=1)
    Curation(store, clock, by="another").move(source.id, "two", "one")
    assert curation.outline().members == {"one": (), "two": (replace(noted, sector="two"),)}
    history.undo()
    assert curation.outline().members == {"one": (noted,), "two": ()}


@pytest.mark.parametrize("address", ["https://ann:secret@news.example/feed", "feed://ann@news.example/"])
def test_an_address_with_a_password_is_refused_and_not_said_again(curation: Curation, address: str):
    with pytest.raises(BadAddress, match=r"^Veille sends no name and no password: .* at news\.example\.$"):
        curation.add_feed(address)
    assert not curation.outline().sources


@pytest.mark.parametrize(
    "address", ["", "news", "ftp://news.example/", "javascript:alert(1)", "http://", "file:///etc"]
)
def test_what_is_no_address_is_refused(curation: Curation, address: str):
    with pytest.raises(BadAddress):
        curation.add_feed(address)
    assert not curation.outline().sources


@pytest.mark.parametrize(
    ("text", "key", "label"),
    [
        ("@LeMonde", "x:https://x.com/lemonde", "@lemonde"),
        ("https://x.com/i/lists/12", "x:https://x.com/i/lists/12", "List 12"),
        ("x: green steel", "x:https://x.com/search?q=green%20steel", "“green steel”"),
        ("name.bsky.social", "bluesky:https://bsky.app/profile/name.bsky.social", "@name.bsky.social"),
        ("@user@piaille.fr", "mastodon:https://piaille.fr/@user", "@user@piaille.fr"),
        ("#H2@piaille.fr", "mastodon:https://piaille.fr/tags/h2", "#h2"),
        ("https://nitter.net/LeMonde", "feed:https://nitter.net/LeMonde/rss", "https://nitter.net/LeMonde/rss"),
        (FEED, f"feed:{FEED}", FEED),
    ],
)
def test_anything_that_can_be_watched_is_added(curation: Curation, text: str, key: str, label: str):
    sector, _changes = curation.add_sector("Media")
    source, changes = curation.add(text, sector.key)
    assert (source.key, source.label) == (key, label)
    assert f"{source.kind}:{source.address}" == key
    assert changes.text == f"“{label}” was added."
    assert [each.source for each in curation.outline().members["media"]] == [source.id]
    again, changes = curation.add(text)
    assert (again, changes.undo) == (source, None)
    curation.remove_source(source.id)
    assert curation.add(understand(text)[0])[0].id == source.id


def test_another_meaning_may_be_chosen_and_named(curation: Curation):
    _x, bluesky = understand("@lemonde")
    source, _changes = curation.add(bluesky, title="Le Monde")
    assert (source.kind, source.label) == (SourceKind.BLUESKY, "Le Monde")
    assert curation.add("https://piaille.fr/@user.rss")[0].kind is SourceKind.MASTODON
    assert curation.add_feed("https://piaille.fr/@user.rss")[0].kind is SourceKind.FEED


@pytest.mark.parametrize("text", ["", "nonsense", "https://x.com/home", "mailto:a@b.example", "@user@host"])
def test_what_means_nothing_is_refused(curation: Curation, text: str):
    with pytest.raises(BadAddress):
        curation.add(text)
    assert not curation.outline().sources


def test_a_password_in_what_was_typed_is_not_said_again(curation: Curation):
    with pytest.raises(LoginAddress, match=r"at x\.com\.$"):
        curation.add("https://ann:secret@x.com/lemonde")


def test_only_a_feed_s_address_can_be_made_for_one_reader(store: Store, clock: FakeClock):
    curation = Curation(store, clock, strict=lambda: True)
    with pytest.raises(PersonalAddress):
        curation.add(PERSONAL)
    assert curation.add("did:plc:7iza6de2dwap2sbkpav7c6c6")[1].text == "“did:plc:7iza6de2dwap2sbkpav7c6c6” was added."


def test_a_source_is_moved_within_its_sector(curation: Curation, history: History):
    sector, _changes = curation.add_sector("Media")
    other, _changes = curation.add_sector("Other")
    names = ["@a", "@b", "@c", "@d"]
    a, b, c, d = (curation.add(name, sector.key)[0].id for name in names)
    curation.move(b, other.key)

    def order(key: str = "media") -> list[int]:
        return [each.source for each in curation.outline().members[key]]

    assert curation.rank(d, "media").text == "“@d” is asked first in “Media”."
    assert order() == [d, a, b, c]
    assert curation.rank(c, "media", 1).text == "“@c” moved up in “Media”."
    assert order() == [d, a, c, b]
    assert curation.rank(a, "media", -1).text == "“@a” moved down in “Media”."
    assert order() == [d, c, a, b]
    assert curation.outline().ranked[:2] == (d, b)
    unmoved = curation.rank(b, "media", -5)
    assert (unmoved.text, unmoved.undo) == ("“@b” stays where it is in “Media”.", None)
    for _turn in range(3):
        history.undo()
    assert order() == [a, b, c, d]
    assert order("other") == [b]


def test_only_what_is_in_a_sector_can_be_moved_within_it(curation: Curation):
    curation.add_sector("Media")
    source, _changes = curation.add("@a")
    with pytest.raises(NotFound, match=r"source in “Media”.*“@a”"):
        curation.rank(source.id, "media")
    with pytest.raises(NotFound, match="sector"):
        curation.rank(source.id, "nowhere")


def test_an_unknown_sector_is_refused_before_anything_changes(curation: Curation):
    with pytest.raises(NotFound, match="no sector"):
        curation.add_feed(FEED, "nowhere")
    assert not curation.outline().sources


def test_sectors_are_told_apart_by_title(curation: Curation):
    first, _changes = curation.add_sector("Santé")
    same, changes = curation.add_sector("  SANTE ")
    assert same == first
    assert changes.undo is None
    other, _changes = curation.add_sector("Santé !")
    assert (first.key, other.key) == ("sante", "sante-2")
    assert [each.title for each in curation.outline().sectors] == ["Santé", "Santé !"]


def test_a_sector_keeps_its_key_when_it_is_renamed(curation: Curation, history: History):
    sector, _changes = curation.add_sector("Santé")
    assert "“Health”" in curation.rename_sector(sector.key, "Health").text
    assert [(each.key, each.title) for each in curation.outline().sectors] == [("sante", "Health")]
    history.undo()
    assert [each.title for each in curation.outline().sectors] == ["Santé"]


def test_removing_a_sector_keeps_its_sources_and_undo_brings_it_back(curation: Curation, history: History):
    sector, _changes = curation.add_sector("Santé")
    source, _changes = curation.add_feed(FEED, sector.key)
    curation.remove_sector(sector.key)
    assert curation.outline().sectors == ()
    assert curation.outline().loose == (source,)
    assert "Santé" in history.undo().text
    assert [each.source for each in curation.outline().members["sante"]] == [source.id]


def test_a_source_is_called_as_the_person_likes(curation: Curation):
    source, _changes = curation.add_feed(FEED, title="Its own")
    curation.rename_source(source.id, "Mine")
    assert curation.outline().sources[source.id].label == "Mine"
    curation.rename_source(source.id, "")
    assert curation.outline().sources[source.id].label == "Its own"


def test_moving_takes_the_reason_along(curation: Curation, history: History):
    curation.add_sector("One")
    curation.add_sector("Two")
    source, _changes = curation.add_feed(FEED, "one", why="good")

    def places() -> dict[str, list[str]]:
        return {key: [each.why for each in members] for key, members in curation.outline().members.items()}

    curation.move(source.id, "two", "one")
    assert places() == {"one": [], "two": ["good"]}
    curation.move(source.id, "one")
    assert places() == {"one": [""], "two": ["good"]}
    curation.move(source.id, None, "two")
    assert places() == {"one": [""], "two": []}
    for expected in ({"one": [""], "two": ["good"]}, {"one": [], "two": ["good"]}, {"one": ["good"], "two": []}):
        history.undo()
        assert places() == expected


def test_moving_to_where_it_is_changes_nothing(curation: Curation):
    curation.add_sector("One")
    source, _changes = curation.add_feed(FEED, "one", why="good")
    assert curation.move(source.id, "one", "one").undo is None
    assert [each.why for each in curation.outline().members["one"]] == ["good"]


def test_a_pause_holds_in_every_sector(curation: Curation, history: History):
    for title in ("One", "Two"):
        curation.add_sector(title)
    source, _changes = curation.add_feed(FEED, "one")
    curation.move(source.id, "two")

    def paused() -> list[bool]:
        return [each.paused for members in curation.outline().members.values() for each in members]

    curation.pause(source.id)
    assert paused() == [True, True]
    curation.pause(source.id, False)
    assert paused() == [False, False]
    history.undo()
    assert paused() == [True, True]


def test_a_source_in_no_sector_cannot_be_paused(curation: Curation):
    source, _changes = curation.add_feed(FEED)
    with pytest.raises(InNoSector):
        curation.pause(source.id)


def test_what_is_not_there_is_said(curation: Curation):
    source, _changes = curation.add_feed(FEED)
    curation.remove_source(source.id)
    for change in (curation.remove_source, curation.pause, curation.allow_private):
        with pytest.raises(NotFound):
            change(source.id)
    for change in (curation.remove_sector, lambda key: curation.rename_sector(key, "x")):
        with pytest.raises(NotFound):
            change("nowhere")
    with pytest.raises(NotFound):
        curation.move(source.id, None)


def test_every_change_can_be_undone_to_the_beginning(curation: Curation, history: History, store: Store):
    empty = curation.outline()
    curation.add_sector("One")
    curation.add_sector("Two")
    source, _changes = curation.add_feed(FEED, "one", title="Own")
    curation.rename_source(source.id, "Mine")
    curation.allow_private(source.id)
    curation.move(source.id, "two", "one")
    curation.pause(source.id)
    curation.rename_sector("two", "Zwei")
    curation.remove_sector("one")
    curation.remove_source(source.id)
    last = history.last()
    assert last is not None
    assert last.text == "“Mine” was removed."
    for _change in range(10):
        assert history.undo().outline
    assert curation.outline() == empty
    assert history.last() is None
    assert history.undo().text == ""


def test_an_older_change_can_be_undone_by_its_name(curation: Curation, history: History):
    source, _changes = curation.add_feed(FEED, title="Own")
    renamed = curation.rename_source(source.id, "Mine")
    curation.add_sector("One")
    assert renamed.undo
    history.undo(renamed.undo)
    outline = curation.outline()
    assert outline.sources[source.id].label == "Own"
    assert [each.title for each in outline.sectors] == ["One"]


# What others see ---------------------------------------------------------------------------------


def test_an_address_that_looks_made_for_the_person_is_flagged(curation: Curation):
    source, changes = curation.add_feed(PERSONAL)
    assert source.allowed == frozenset()
    assert "holds what looks like a key of your own" in changes.text
    again, changes = curation.add_feed(PERSONAL)
    assert again == source
    assert "key of your own" not in changes.text


def test_strict_asks_before_such_an_address_is_added(store: Store, clock: FakeClock):
    curation = Curation(store, clock, strict=lambda: True)
    with pytest.raises(PersonalAddress) as refusal:
        curation.add_feed(PERSONAL)
    assert "news.example" in str(refusal.value)
    assert KEY not in str(refusal.value)
    assert curation.outline().sources == {}
    source, _changes = curation.add_feed(PERSONAL, allow_personal=True)
    assert curation.outline().sources[source.id].allowed == {Deed.PERSONAL}
    curation.add_feed(FEED)  # any other is no question


def test_a_deed_is_allowed_and_taken_back(curation: Curation, history: History):
    source, _changes = curation.add_feed(FEED, title="News")
    changes = curation.allow(source.id, Deed.PICTURES)
    assert changes.text == "Pictures of “News” load without a question when you ask for them."
    curation.allow(source.id, Deed.OPEN)
    assert curation.outline().sources[source.id].allowed == {Deed.PICTURES, Deed.OPEN}
    history.undo()
    assert curation.outline().sources[source.id].allowed == {Deed.PICTURES}
    for deed in Deed:
        assert "News" in curation.allow(source.id, deed).text
        assert "News" in curation.allow(source.id, deed, allowed=False).text
    assert curation.outline().sources[source.id].allowed == frozenset()


@pytest.mark.parametrize(
    ("typed", "kept", "text"),
    [
        ("direct", "direct", "“News” is asked directly."),
        (" DIRECT ", "direct", "“News” is asked directly."),
        ("", "", "“News” is asked by the profile's own way."),
        ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050", "“News” is asked through socks5://127.0.0.1:9050."),
        (
            "http://me:secret@proxy.example:3128",
            "http://me:secret@proxy.example:3128",
            "“News” is asked through http://proxy.example:3128.",
        ),
    ],
)
def test_a_source_gets_a_way_of_its_own(curation: Curation, typed: str, kept: str, text: str):
    source, _changes = curation.add_feed(FEED, title="News")
    curation.set_route(source.id, "http://before.example:1")
    assert curation.set_route(source.id, typed).text == text
    assert curation.outline().sources[source.id].route == kept


@pytest.mark.parametrize("typed", ["ftp://proxy.example:1", "proxy", "socks5://127.0.0.1:70000"])
def test_a_way_that_is_none_is_refused(curation: Curation, typed: str):
    source, _changes = curation.add_feed(FEED)
    with pytest.raises(BadSetting):
        curation.set_route(source.id, typed)
    assert curation.outline().sources[source.id].route == ""


def test_a_move_to_an_address_of_ones_own_waits_for_the_person(curation: Curation, store: Store, history: History):
    source, _changes = curation.add_feed(FEED, title="News")
    assert curation.move_in_question(source.id) == ""
    store.sources.put_states([SourceState(source.id, moved="https://news.example/feeds/all")])
    assert curation.move_in_question(source.id) == ""  # such a move needs no question
    store.sources.put_states([SourceState(source.id, moved=PERSONAL)])
    assert curation.move_in_question(source.id) == PERSONAL
    assert curation.follow_move(source.id).text == "“News” is asked at its new address."
    moved = curation.outline().sources[source.id]
    assert (moved.address, moved.key, moved.allowed) == (PERSONAL, f"feed:{PERSONAL}", {Deed.PERSONAL})
    assert curation.move_in_question(source.id) == ""
    history.undo()
    assert curation.outline().sources[source.id].address == FEED


def test_a_move_that_was_refused_is_not_asked_about_again(curation: Curation, store: Store):
    source, _changes = curation.add_feed(FEED, title="News")
    store.sources.put_states([SourceState(source.id, moved=PERSONAL)])
    curation.refuse_move(source.id)
    assert curation.move_in_question(source.id) == ""
    assert curation.outline().sources[source.id].address == FEED
    other = PERSONAL.replace("0123", "3210")
    store.sources.put_states([SourceState(source.id, moved=other)])
    assert curation.move_in_question(source.id) == other


def test_a_move_takes_back_what_was_allowed_elsewhere_and_nobody_elses_place(curation: Curation, store: Store):
    other, _changes = curation.add_feed(PERSONAL)
    source, _changes = curation.add_feed("http://192.168.1.9/feed", allow_private=True)
    with pytest.raises(NotFound):
        curation.follow_move(source.id)
    store.sources.put_states([SourceState(source.id, moved=PERSONAL)])
    with pytest.raises(NotFound):
        curation.follow_move(source.id)
    store.sources.put_states([SourceState(source.id, moved="http://192.168.1.10/feed")])
    curation.follow_move(source.id)
    assert not curation.outline().sources[source.id].allow_private
    assert curation.outline().sources[other.id].address == PERSONAL
