import time
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.conftest import add_source, an_item, put_items, uids
from tests.fakes import FakeClock
from tests.posted import posted
from veille import i18n
from veille.core.curating.curation import Curation
from veille.core.history import History
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.model import ItemKind, Order, Query
from veille.posts import Network, Person, Post, Referred, Relation
from veille.store import Filter, Store, open_store


def test_everything_newest_first(library: Library, world: dict[str, int]):
    listing = library.listing(Query())
    assert listing.total == 9 == len(listing.ids)
    assert uids(library) == ["l1", "s1", "g1", "c1", "s2", "g2", "c2", "s3", "c3"]


def test_a_view_narrows(library: Library, world: dict[str, int], clock: FakeClock):
    library.mark_read([world["c1"], world["s1"]])
    library.save([world["c2"]])
    assert uids(library, sector="energie") == ["g1", "c1", "g2", "c2", "c3"]
    assert uids(library, source=world["Shops"]) == ["s1", "s2", "s3"]
    assert uids(library, sector="energie", source=world["Shops"]) == []
    assert uids(library, sector="nowhere") == []
    assert uids(library, kind=ItemKind.POST) == ["g1", "g2"]
    assert uids(library, unread=True, sector="energie") == ["g1", "g2", "c2", "c3"]
    assert uids(library, saved=True) == ["c2"]
    start = clock.now() - timedelta(minutes=30)
    assert uids(library, since=start) == ["l1", "s1", "g1", "c1"]
    assert uids(library, until=start, kind=ItemKind.POST) == ["g2"]


def test_pages_follow_one_another_and_the_total_stays_whole(library: Library, world: dict[str, int]):
    for parts in (
        {},
        {"text": "battery OR paper"},
        {"text": "kind:post OR source:shops"},
        {"within": "battery", "text": "source:loose OR kind:post"},
        {"text": "is:unread"},
        {"text": "batter*", "order": Order.RELEVANCE},
    ):
        whole = library.listing(Query(**parts))
        seen: list[int] = []
        while len(seen) < len(whole.ids):
            page = library.listing(Query(**parts, limit=2, after=seen[-1] if seen else None))
            assert page.total == whole.total == len(whole.ids)
            assert 1 <= len(page.ids) <= 2
            seen += page.ids
        assert seen == list(whole.ids)


def test_the_next_page_after_an_item_that_was_read_meanwhile(library: Library, world: dict[str, int]):
    page = library.listing(Query(unread=True, limit=3))
    library.mark_read(page.ids)
    rest = library.listing(Query(unread=True, limit=3, after=page.ids[-1]))
    assert [hit.item.uid for hit in library.hits(rest.ids)] == ["c1", "s2", "g2"]
    assert rest.total == 6


def test_words_are_found_with_their_forms_and_marked(library: Library, world: dict[str, int]):
    listing = library.listing(Query(text="Batteries ", order=Order.RELEVANCE))
    assert {hit.item.uid for hit in library.hits(listing.ids)} == {"c1", "c2", "c3", "g1", "g2", "l1"}
    assert listing.total == 6
    hit = next(hit for hit in library.hits(listing.ids, listing.words) if hit.item.uid == "c1")
    assert hit.excerpt.marks == ((0, 8),)
    assert hit.source == "Le Courant"
    assert hit.item.content == ""


def test_the_excerpt_comes_from_where_the_words_are(
    library: Library, store: Store, clock: FakeClock, indexer: Indexer, world: dict[str, int]
):
    body = "<p>" + "nothing here " * 200 + "</p><p>The <b>electrolyser</b> is here.</p>"
    put_items(store, world["Loose"], clock, "long", content=body, summary="nothing", title="Electrolysers")
    indexer.drain()
    listing = library.listing(Query(text="electrolyser"))
    (hit,) = library.hits(listing.ids, listing.words)
    assert [hit.excerpt.text[start:end] for start, end in hit.excerpt.marks] == ["electrolyser"]
    assert len(hit.excerpt.text) < 260
    assert hit.title.marks == ((0, 13),)


def test_a_match_in_the_title_alone_shows_the_summary(
    library: Library, store: Store, clock: FakeClock, indexer: Indexer, world: dict[str, int]
):
    put_items(store, world["Loose"], clock, "t", title="Fusion", summary="What it says", content="<p>What it says</p>")
    indexer.drain()
    listing = library.listing(Query(text="fusion"))
    (hit,) = library.hits(listing.ids, listing.words)
    assert (hit.excerpt.text, hit.excerpt.marks) == ("What it says", ())


def test_operators_and_views_narrow_together(library: Library, world: dict[str, int]):
    assert set(uids(library, text="batter* sector:energ")) == {"g1", "g2", "c1", "c2", "c3"}
    assert uids(library, text="paper", sector="retail") == ["s1", "s2", "s3"]
    assert uids(library, text="paper sector:retail", sector="energie") == []
    assert uids(library, text="battery kind:post") == ["g1", "g2"]
    assert uids(library, text="battery kind:post", kind=ItemKind.ARTICLE) == []
    assert uids(library, text="source:shops OR source:loose") == ["l1", "s1", "s2", "s3"]
    assert uids(library, text="source:(shops OR loose)") == ["l1", "s1", "s2", "s3"]
    assert uids(library, text="sector:(retail OR energie) kind:article") == ["s1", "c1", "s2", "c2", "s3", "c3"]
    assert uids(library, text="sector:retail OR (kind:post news)") == ["s1", "g1", "s2", "g2", "s3"]
    assert uids(library, text="sector:retail source:gridmoor") == []


def test_operators_alone_need_no_index(store: Store, clock: FakeClock, world: dict[str, int]):
    library = Library(store, lambda: pytest.fail("the index was asked"), clock)
    assert uids(library, text="source:gridmoor") == ["g1", "g2"]
    assert uids(library, text='sector:"énergie" kind:post is:unread') == ["g1", "g2"]
    assert uids(library, text="   ", kind=ItemKind.POST) == ["g1", "g2"]


@pytest.mark.parametrize("text", ["", "paper"])
def test_states_typed_and_chosen(library: Library, world: dict[str, int], text: str):
    library.mark_read([world["s1"]])
    library.save([world["s2"], world["s1"]])
    in_retail = {"sector": "retail"}
    assert uids(library, text=f"{text} is:read", **in_retail) == ["s1"]
    assert uids(library, text=f"{text} is:unread", **in_retail) == ["s2", "s3"]
    assert uids(library, text=f"{text} is:saved", **in_retail) == ["s1", "s2"]
    assert uids(library, text=f"{text} is:unsaved", **in_retail) == ["s3"]
    assert uids(library, text=f"{text} is:saved is:unread", **in_retail) == ["s2"]
    assert uids(library, text=f"{text} is:saved is:read", **in_retail) == ["s1"]
    assert uids(library, text=f"{text} is:unsaved is:read", **in_retail) == []
    assert uids(library, text=f"{text} is:saved", unread=True, **in_retail) == ["s2"]
    assert uids(library, text=f"{text} is:read", unread=True, **in_retail) == []
    assert uids(library, text=f"{text} is:unsaved", saved=True, **in_retail) == []


def test_unknown_names_are_said_and_ignored(library: Library, world: dict[str, int]):
    listing = library.listing(Query(text="sector:navy source:nobody kind:post"))
    assert listing.total == 2
    assert listing.notes == (
        "There is no sector “navy”; it was ignored.", "There is no source “nobody”; it was ignored.")  # fmt: skip
    assert library.listing(Query(text="paper sector:retail sector:navy")).total == 3
    assert library.listing(Query(text="paper (sector:retail OR sector:navy)")).total == 3
    assert library.listing(Query(text="paper -sector:navy")).total == 4
    assert library.listing(Query(text="sector:navy OR source:nobody")).total == 9


def test_a_word_matches_the_name_of_a_source(library: Library, store: Store, clock: FakeClock, world: dict[str, int]):
    assert uids(library, text="gridmoor") == ["g1", "g2"]
    assert uids(library, text="gridm") == ["g1", "g2"]  # still typing
    assert uids(library, text="gridm ") == []
    assert uids(library, text="gridm*") == ["g1", "g2"]
    assert uids(library, text='"le courant" sodium') == ["c1", "c2", "c3"]
    assert uids(library, text="battery news -gridmoor") == []
    Curation(store, clock).rename_source(world["Gridmoor"], "The mill")
    assert uids(library, text="mill news") == ["g1", "g2"]  # nothing was indexed anew
    assert store.queue.count() == 0


def test_a_hashtag_or_handle_that_is_the_name_of_a_source_is_taken_apart(
    library: Library, store: Store, clock: FakeClock, world: dict[str, int]
):
    Curation(store, clock).rename_source(world["Gridmoor"], "#TransitionÉnergétique")
    Curation(store, clock).rename_source(world["Loose"], "@JeanDupont@instance.example 🔋")
    for text in ("#TransitionÉnergétique", "transitionenergetique", "energetique", '"transition énergétique"', "énerg"):
        assert uids(library, text=text) == ["g1", "g2"], text
    for text in ("@JeanDupont", "dupont", "@jeandupont@instance.example", "🔋", '"jean dupont"'):
        assert uids(library, text=text) == ["l1"], text


def test_emoji_and_the_words_of_a_hashtag_are_marked(
    library: Library, store: Store, indexer: Indexer, world: dict[str, int]
):
    item = posted("Bravo 👍🏽 à la #VilleVerte de @JeanDupont", source=world["Loose"])
    store.items.apply([item], [])
    indexer.drain()
    for text, expected in (
        ("👍", ["👍🏽"]), ("#villeverte", ["VilleVerte"]), ("verte", ["Verte"]), ("@jeandup", ["JeanDupont"]),
        ("dupont 👍🏿 ", ["👍🏽", "Dupont"]),
    ):  # fmt: skip
        listing = library.listing(Query(text=text))
        (hit,) = library.hits(listing.ids, listing.words)
        assert [hit.excerpt.text[start:end] for start, end in hit.excerpt.marks] == expected
        assert listing.notes == ()


def test_what_cannot_be_searched_yet_is_said(library: Library, store: Store, clock: FakeClock, world: dict[str, int]):
    put_items(store, world["Loose"], clock, "n1")
    assert library.unindexed() == 1
    assert library.listing(Query(text="paper")).notes == (
        "1 item cannot be searched yet: the index is being built.",)  # fmt: skip
    assert library.listing(Query(text="is:unread")).notes == ()


def test_set_aside_items_show_only_when_they_are_saved(
    library: Library, store: Store, clock: FakeClock, world: dict[str, int]
):
    library.save([world["s2"]])
    Curation(store, clock).remove_source(world["Shops"])
    for parts in ({}, {"saved": True}, {"text": "paper"}, {"text": "paper", "saved": True}, {"text": "is:saved"}):
        assert [uid for uid in uids(library, **parts) if uid.startswith("s")] == ["s2"], parts
    assert library.listing(Query(text="paper")).total == 2
    assert uids(library, text="paper", source=world["Shops"]) == ["s2"]
    assert uids(library, text="paper", sector="retail") == uids(library, sector="retail") == []


def test_an_item_with_its_content(library: Library, world: dict[str, int], store: Store):
    hit = library.item(world["c1"])
    assert hit is not None
    assert hit.item.content == "<p>batterie au sodium</p>"
    assert (hit.mark.item, hit.mark.read, hit.source) == (world["c1"], False, "Le Courant")
    store.items.remove([world["c1"]])
    assert library.item(world["c1"]) is None
    assert library.item(10**6) is None
    assert [hit.item.uid for hit in library.hits([world["c2"], world["c1"], world["l1"]])] == ["c2", "l1"]


def test_a_search_that_makes_no_sense_never_fails(library: Library, world: dict[str, int]):
    for text in (
        '"',
        "-",
        "- -",
        "*",
        "OR",
        "((",
        "sector:",
        'source:"',
        "since:yesterweek",
        "-paper",
        "\x00",
        "a" * 5000,
    ):
        listing = library.listing(Query(text=text))
        assert listing.total == len(listing.ids)
    assert set(uids(library, text="-paper")) == {"c1", "c2", "c3", "g1", "g2"}


def test_reading_one_item_leaves_the_history_alone(library: Library, store: Store, world: dict[str, int]):
    before = store.history.last()
    changes = library.mark_read([world["c1"]])
    assert changes.items == {world["c1"]}
    assert changes.undo is None
    assert store.history.last() == before
    assert library.mark_read([world["c1"]]).items == frozenset()
    assert library.mark_read([world["c1"]], False).items == {world["c1"]}
    assert library.mark_read([]).items == frozenset()


def test_marking_all_read_can_be_undone_exactly(library: Library, store: Store, world: dict[str, int]):
    library.mark_read([world["g1"]])
    changes = library.mark_all_read(Query(sector="energie", limit=1))
    assert changes.items == {world[uid] for uid in ("g2", "c1", "c2", "c3")}
    assert changes.text == "4 items marked as read."
    assert uids(library, sector="energie", unread=True) == []
    library.mark_read([world["s1"]])
    undone = History(store).undo(changes.undo)
    assert undone.items == changes.items
    assert uids(library, unread=True) == ["l1", "c1", "s2", "g2", "c2", "s3", "c3"]
    assert library.mark_all_read(Query(sector="nowhere")).undo is None


def test_marking_what_a_search_found(library: Library, world: dict[str, int]):
    assert library.mark_all_read(Query(text="paper")).items == {world[uid] for uid in ("l1", "s1", "s2", "s3")}


def test_saving_is_on_disk_when_it_returns_and_can_be_undone(
    library: Library, store: Store, clock: FakeClock, world: dict[str, int]
):
    changes = library.save([world["c1"], world["c2"]])
    assert changes.items == {world["c1"], world["c2"]}
    assert changes.text == "2 items saved."
    other = open_store(store.folder, write=False, clock=clock)
    assert list(other.marks.saved_ids()) == sorted([world["c1"], world["c2"]])
    other.close()
    when = store.marks.get([world["c1"]])[world["c1"]].saved
    clock.advance(days=1)
    let_go = library.save([world["c1"]], False)
    assert let_go.text == "1 item no longer saved."
    History(store).undo()
    assert store.marks.get([world["c1"]])[world["c1"]].saved == when
    assert library.save([world["c1"]]).undo is None


def test_marks_and_moves_index_nothing_anew(library: Library, store: Store, clock: FakeClock, world: dict[str, int]):
    library.mark_all_read(Query())
    library.save([world["c1"]])
    curation = Curation(store, clock)
    curation.move(world["Shops"], "energie", "retail")
    curation.remove_sector("retail")
    curation.remove_source(world["Gridmoor"])
    assert store.queue.count() == 0
    assert set(uids(library, text="paper", sector="energie")) == {"s1", "s2", "s3"}


def test_counts(library: Library, world: dict[str, int]):
    library.mark_read([world["c1"]])
    library.save([world["s1"]])
    counts = library.counts()
    assert (counts.items, counts.saved) == (9, 1)
    assert counts.unread == {world["Le Courant"]: 2, world["Gridmoor"]: 2, world["Shops"]: 3, world["Loose"]: 1}


def test_ten_thousand_items_are_marked_in_a_moment(library: Library, store: Store, clock: FakeClock):
    source = add_source(store, "Big").id
    items = [an_item(source, str(n), clock.now() - timedelta(minutes=n)) for n in range(10_000)]
    store.items.apply(items, [])
    started = time.perf_counter()
    changes = library.mark_all_read(Query())
    assert len(changes.items) == 10_000
    History(store).undo(changes.undo)
    assert time.perf_counter() - started < 50  # a second or so; one transaction for each would take minutes
    assert store.items.count(Filter(unread=True)) == 10_000


def test_a_word_of_the_quoted_post_is_shown_in_the_excerpt(
    library: Library, indexer: Indexer, store: Store, clock: FakeClock
) -> None:
    source = add_source(store, "Ada").id
    quoted = Referred(Relation.QUOTED, "7", Person("@bob", "Bob"), html="<p>Electrolysers for Normandy</p>")
    post = Post(Network.X, "1", Person("@ada", "Ada"), referred=(quoted,))
    put_items(store, source, clock, "1", kind=ItemKind.POST, title="", content="<p>Look at this</p>", post=post)
    indexer.drain()
    listing = library.listing(Query("electrolysers"))
    (hit,) = library.hits(listing.ids, listing.words)
    assert "Electrolysers for Normandy" in hit.excerpt.text
    assert [hit.excerpt.text[a:b] for a, b in hit.excerpt.marks] == ["Electrolysers"]


# Saved searches, what was perhaps meant, numbers ---------------------------------------------------------


def test_what_is_typed_narrows_the_saved_search(library: Library, world: dict[str, int]):
    assert uids(library, within="batteries") == ["l1", "g1", "c1", "g2", "c2", "c3"]
    assert uids(library, within="batteries", text="news") == ["g1", "g2"]
    assert uids(library, within="batteries", text="kind:article", source=world["Loose"]) == ["l1"]
    assert uids(library, within="kind:post OR source:shops", text="paper") == ["s1", "s2", "s3"]
    assert uids(library, within="kind:post", text="is:unread") == ["g1", "g2"]
    assert uids(library, within="batt") == []  # it is no longer being typed
    listing = library.listing(Query(within="batteries", text="news"))
    assert {"batteries", "news"} <= set(listing.words)
    notes = library.listing(Query(within="paper sector:navy", text="paper source:nobody")).notes
    assert notes == ("There is no sector “navy”: nothing is in it.", "There is no source “nobody”; it was ignored.")


def test_a_saved_search_never_becomes_one_of_everything(
    library: Library, indexer: Indexer, store: Store, clock: FakeClock
):
    curation = Curation(store, clock)
    renamed = curation.add_sector("Wind & Waves")[0].key
    curation.move(add_source(store, "Harbour").id, renamed)
    put_items(store, store.sources.outline().members[renamed][0].source, clock, "h1", content="<p>paper</p>")
    indexer.drain()
    smart = {"within": 'sector:"wind & waves"'}
    assert uids(library, **smart) == ["h1"]
    curation.rename_sector(renamed, "Sea")
    assert uids(library, **smart) == uids(library, within="sector:sea") == ["h1"]  # its key tells what it was called
    removed = curation.remove_sector(renamed)
    assert uids(library, **smart) == uids(library, **smart, text="paper") == []
    assert library.total(Query(**smart, unread=True)) == 0
    assert library.listing(Query(**smart)).notes == ("There is no sector “wind & waves”: nothing is in it.",)
    assert library.listing(Query(within="source:gone")).notes == ("There is no source “gone”: nothing is from it.",)
    everything = library.total(Query())
    assert library.total(Query(within='-sector:"wind & waves"')) == everything
    assert library.total(Query(within="source:gone OR kind:post OR kind:article")) == everything
    assert library.mark_all_read(Query(**smart)).items == frozenset()
    History(store).undo(removed.undo)
    assert uids(library, **smart) == ["h1"]


def test_the_list_stays_while_an_operator_is_being_typed(library: Library, world: dict[str, int]):
    shown = uids(library, text="batteries")
    for end in range(2, len("sector:")):
        listing = library.listing(Query(text=f"batteries {'sector:'[:end]}"))
        assert [hit.item.uid for hit in library.hits(listing.ids)] == shown
        assert sum(library.facets(Query(text=f"batteries {'sector:'[:end]}")).kinds.values()) == len(shown)
        assert listing.words == ("batteries",)
        assert not listing.suggestion
        assert (
            f"Nothing was found with “{'sector:'[:end]}”; it was passed over, as “sector:” begins so." in listing.notes
        )
    assert uids(library, text="batteries sector:") == shown
    assert len(uids(library, text="sect")) == len(uids(library))
    assert uids(library, text="batteries sect ") == uids(library, text="batteries secx") == []
    assert uids(library, text="batteries d") == uids(library, text="batteries O") == shown  # d’, OR


def test_what_is_not_shown_is_not_marked_read(library: Library, indexer: Indexer, store: Store, world: dict[str, int]):
    (item,) = store.items.whole([world["c1"]])
    store.items.apply([], [replace(item, content="<p>batteries sectorial</p>", hash="2")])
    indexer.drain()
    assert uids(library, text="batteries sect") == ["c1"]
    assert library.mark_all_read(Query(text="batteries sect")).items == {world["c1"]}
    assert library.mark_all_read(Query(text="batteries sect")).items == frozenset()  # though no unread one has it
    assert library.mark_all_read(Query(text="batteries so", source=world["Loose"])).items == {world["l1"]}  # as shown


def test_the_words_that_were_perhaps_meant(library: Library, world: dict[str, int]):
    def suggested(text: str, **parts) -> str:
        return library.listing(Query(text=text, **parts)).suggestion

    assert suggested("batery") == "battery"
    assert suggested("KIND:post  Bateery -x") == "KIND:post  battery -x"
    assert suggested("(papr OR soduim) is:unread") == "(paper OR sodium) is:unread"
    assert suggested("batery", within="kind:post") == "battery"
    for text in ("battery", "batte", "sodium newz OR battery", '"batery"', "-batery", "qwzx", "gridmor"):
        assert suggested(text) == "", text
    assert suggested("batery sector:retail") == ""  # it would find nothing, too
    assert suggested("news", within="batery") == ""  # not theirs to correct here
    assert suggested("gridmoor gridm") == ""  # the name of a source
    listing = library.listing(Query(text="batery"))
    assert (listing.total, listing.notes) == (0, ())


def test_numbers_beside_a_list(library: Library, world: dict[str, int], clock: FakeClock):
    found = library.facets(Query(text="batteries"))
    assert list(found.sectors.items()) == [("energie", 5)]
    assert found.sources == {world["Le Courant"]: 3, world["Gridmoor"]: 2, world["Loose"]: 1}
    assert next(iter(found.sources)) == world["Le Courant"]
    assert list(found.kinds.items()) == [(ItemKind.ARTICLE, 4), (ItemKind.POST, 2)]
    assert found.months == {(2026, 3): 6}
    assert library.facets(Query(kind=ItemKind.POST)).sources == {world["Gridmoor"]: 2}
    assert library.facets(Query(text="kind:post", sector="retail")).kinds == {}
    assert library.facets(Query(text="until:2025")).months == {}
    clock.advance(days=365 * 4)
    assert library.facets(Query(text="batteries")).months == {}
    assert library.facets(Query(text="batteries until:2026")).months == {(2026, 3): 6}


def test_totals_agree_with_lists_and_numbers(library: Library, store: Store, clock: FakeClock, world: dict[str, int]):
    library.mark_read([world["c1"], world["s1"]])
    library.save([world["c2"], world["s3"]])
    Curation(store, clock).remove_source(world["Shops"])
    for parts in (
        {}, {"unread": True}, {"sector": "energie"}, {"text": "battery"}, {"within": "paper"}, {"saved": True},
        {"within": "battery", "text": "kind:post", "unread": True}, {"text": "is:read"},
        {"text": "kind:post OR is:saved"}, {"text": "-battery"}, {"text": "source:nobody"}, {"text": "since:2027"},
    ):  # fmt: skip
        listing, facets = library.listing(Query(**parts)), library.facets(Query(**parts))
        assert library.total(Query(**parts)) == listing.total == len(listing.ids), parts
        assert sum(facets.sources.values()) == sum(facets.kinds.values()) == listing.total, parts
        assert sum(facets.months.values()) == listing.total, parts


def test_a_thread_is_one_in_every_list_without_words(library: Library, store: Store, indexer: Indexer):
    source = add_source(store, "Ada").id
    parts = {"source": source, "tags": ("t",)}
    lead, _second = store.items.apply(
        [posted("one", id="1", **parts), posted("two", id="2", continues="1", **parts)], [])  # fmt: skip
    indexer.drain()
    for parts in ({"source": source}, {"text": "tag:t"}, {"text": "is:unread"}, {"text": "-is:saved"}):
        assert list(library.listing(Query(**parts)).ids) == [lead], parts
        assert library.total(Query(**parts)) == sum(library.facets(Query(**parts)).kinds.values()) == 1, parts
    assert library.listing(Query(text="two")).total == 1


def test_items_like_an_item(library: Library, store: Store, clock: FakeClock, indexer: Indexer, world: dict[str, int]):
    texts = {
        "near": "The electrolyser plant in Normandy makes hydrogen",
        "same": "Normandy hydrogen: the electrolyser plant",
        "far": "Nothing of the sort is said by anybody here",
    }
    ids = {
        uid: put_items(store, world["Loose"], clock, uid, title=text, content=f"<p>{text}</p>")[0]
        for uid, text in texts.items()
    }
    indexer.drain()
    listing = library.listing(Query(text=f"like:{ids['near']}"))
    assert list(listing.ids) == [ids["same"]]
    assert listing.notes == ("Items like “The electrolyser plant in Normandy makes hydrogen”.",)
    assert library.listing(Query(text=f"like:{ids['near']} kind:post")).total == 0
    missing = library.listing(Query(text="like:987654 paper"))
    assert (missing.total, missing.notes) == (0, ("There is no item 987654: nothing is like it.",))
    assert library.listing(Query(text=f"like:{world['g2']}")).total >= 0


# In the other language -----------------------------------------------------------------------------------


def test_in_french(library: Library, world: dict[str, int]):
    i18n.use("fr")
    assert uids(library, text="secteur:énergie est:non-lu type:message") == ["g1", "g2"]
    assert uids(library, text="batteries OU papier depuis:2026") == uids(library, text="batteries since:2026")
    assert library.listing(Query(text="baterie")).suggestion in ("batterie", "battery")
