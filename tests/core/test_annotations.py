"""Tags, notes and highlights: kept, taken back, found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.conftest import add_source, put_items, uids
from tests.fakes import FakeClock
from tests.posted import posted
from veille.core.annotations import Annotations
from veille.core.history import History
from veille.core.library import Library
from veille.core.searching.indexing import Indexer
from veille.errors import NotFound, NotInText, TooLong, TooMany
from veille.model import Article, Highlight, Query
from veille.posts import Fate
from veille.store import Store, open_store


@pytest.fixture
def annotations(store: Store, clock: FakeClock, indexer: Indexer) -> Annotations:
    return Annotations(store, clock, indexer.wake)


def test_tags_are_given_and_taken_and_can_be_undone(
    library: Library, annotations: Annotations, store: Store, world: dict[str, int]
):
    changes = annotations.tag([world["c1"], world["s1"]], add=["#Éolien  en mer", "éolien en mer", " ", "#"])
    assert changes.items == {world["c1"], world["s1"]}
    assert changes.text == "2 items tagged “Éolien en mer”."
    assert set(uids(library, text='tag:"eolien en mer"')) == {"c1", "s1"}
    assert uids(library, text='paper tag:"éolien en mer"') == ["s1"]
    taken = annotations.tag([world["s1"], world["s2"]], remove=["EOLIEN EN MER"])
    assert taken.items == {world["s1"]}
    assert taken.text == "The tag “EOLIEN EN MER” was taken from 2 items."
    assert uids(library, text='tag:"eolien en mer"') == ["c1"]
    History(store).undo(taken.undo)
    assert set(uids(library, text='tag:"eolien en mer"')) == {"c1", "s1"}
    History(store).undo(changes.undo)
    assert uids(library, text='tag:"eolien en mer"') == []
    assert annotations.tag([world["c1"]], add=["a", "b"], remove=["c"]).text == "Tags of 1 item changed."
    assert annotations.tag([world["c1"]], add=["A"]).undo is None
    hit = library.item(world["c1"])
    assert hit is not None
    assert hit.mark.tags == ("a", "b")
    assert annotations.tag([10**9], add=["a"]).items == frozenset()
    assert annotations.tags() == ("a", "b")


def test_the_list_of_a_tag_holds_what_the_person_tagged(
    library: Library, annotations: Annotations, store: Store, clock: FakeClock, indexer: Indexer, world: dict[str, int]
):
    put_items(store, world["Loose"], clock, "theirs", title="Paper of theirs", tags=("Paper",))
    annotations.tag([world["c1"], world["s1"]], add=["Paper"])
    store.marks.set_tags([world["s2"]], ["paper"])
    indexer.drain()
    assert uids(library, tag="PAPER") == ["s1", "c1", "s2"]
    assert library.total(Query(tag="paper", unread=True)) == dict(annotations_of(store))["Paper"] == 3
    assert "theirs" in uids(library, text="tag:paper")
    assert set(uids(library, tag="Paper", text="paper -nothing")) == {"s1", "s2"}
    facets = library.facets(Query(tag="Paper"))
    assert sum(facets.kinds.values()) == 3
    for parts in ({}, {"text": "paper"}):
        assert uids(library, tag="nobody's", **parts) == []


def annotations_of(store: Store) -> tuple[tuple[str, int], ...]:
    return store.sources.outline().tags


def test_a_tag_is_hostile_text_too(library: Library, annotations: Annotations, world: dict[str, int]):
    annotations.tag([world["c1"]], add=["\u202e<b>\n\"x'", "\x00"])
    assert annotations.tags() == ("<b> 'x'",), "a search can name it"
    assert uids(library, text="tag:<b> ") == []
    assert uids(library, text="tag:<b>") == uids(library, text="tag:\"<b> 'x'\"") == ["c1"]  # or it is being typed
    with pytest.raises(TooLong):
        annotations.tag([world["c1"]], add=["x" * 5000])
    with pytest.raises(TooLong):
        annotations.note(world["c1"], "x" * 500_000)


def test_tags_are_given_to_a_whole_thread(annotations: Annotations, store: Store):
    source = add_source(store, "Ada").id
    posts = [posted("one", id="1", source=source), posted("two", id="2", source=source, continues="1")]
    lead, second = store.items.apply(posts, [])
    assert annotations.tag([lead], add=["x"]).items == {lead, second}
    assert annotations.note(lead, "mine").items == {lead}


def test_a_note_is_kept_found_and_undone(
    library: Library, annotations: Annotations, store: Store, world: dict[str, int]
):
    first = annotations.note(world["c1"], "  Ask\nAnne\x00 ")
    assert (first.items, first.text) == ({world["c1"]}, "The note was kept.")
    second = annotations.note(world["c1"], "Ask Ben")
    assert annotations.note(world["c1"], "Ask Ben ").undo is None
    assert uids(library, text="has:note") == uids(library, text="sodium has:note") == ["c1"]
    assert annotations.note(world["c1"], " ").text == "The note was removed."
    assert uids(library, text="has:note") == []
    for _again in range(2):
        History(store).undo()
    hit = library.item(world["c1"])
    assert hit is not None
    assert hit.mark.note == "Ask\nAnne"
    assert second.undo is not None


def test_the_tags_of_a_source_are_found(
    library: Library, annotations: Annotations, store: Store, clock: FakeClock, indexer: Indexer, world: dict[str, int]
):
    put_items(store, world["Loose"], clock, "t", tags=("Hydrogène",))
    indexer.drain()
    assert uids(library, text="tag:hydrogene") == uids(library, text="tag:#HYDROGÈNE content") == ["t"]
    annotations.tag([world["c1"]], add=["hydrogène"])
    assert set(uids(library, text="tag:hydrogene")) == {"t", "c1"}


def test_a_tag_is_renamed_everywhere_and_may_become_another(
    annotations: Annotations, store: Store, world: dict[str, int]
):
    annotations.tag([world["c1"], world["s1"]], add=["Hydrogene"])
    annotations.tag([world["s1"], world["s2"]], add=["H2"])
    written = annotations.rename_tag("hydrogene", "Hydrogène")
    assert (written.items, written.tags) == ({world["c1"], world["s1"]}, True)
    assert store.marks.tags() == [("H2", 2), ("Hydrogène", 2)]
    joined = annotations.rename_tag("h2", "#hydrogène")
    assert joined.text == "The tag “h2” is now called “hydrogène”."
    assert store.marks.tags() == [("Hydrogène", 3)]
    History(store).undo(joined.undo)
    assert store.marks.tags() == [("H2", 2), ("Hydrogène", 2)]
    assert annotations.rename_tag("nobody", "x").undo is None
    assert annotations.rename_tag("H2", " ").undo is None
    with pytest.raises(TooLong):
        annotations.rename_tag("H2", "x" * 61)
    gone = annotations.remove_tag("h2")
    assert gone.text == "The tag “h2” was taken from 2 items."
    assert store.marks.tags() == [("Hydrogène", 2)]
    History(store).undo(gone.undo)
    assert store.marks.tags() == [("H2", 2), ("Hydrogène", 2)]


# Highlights ----------------------------------------------------------------------------------------------


@pytest.fixture
def plant(store: Store, clock: FakeClock) -> int:
    """An article with a page behind it."""
    source = add_source(store, "Plants").id
    content = (
        "<p>The plant makes <b>green</b> hydrogen.</p><ul><li>One</li><li>Two</li></ul><p>Green hydrogen sells.</p>"
    )
    (item,) = put_items(store, source, clock, "p", title="A plant", content=content)
    page = "<p>The plant makes green hydrogen.</p><p>It opened in Dunkerque, by the sea.</p>"
    store.articles.put(Article(item, page, clock.now()))
    return item


def test_a_passage_is_marked_word_for_word_whatever_its_blanks(annotations: Annotations, store: Store, plant: int):
    changes = annotations.highlight(plant, "makes  green\nhydrogen.\u2029One")
    assert (changes.items, changes.text) == ({plant}, "The passage was highlighted.")
    (kept,) = annotations.highlights(plant)
    assert (kept.text, kept.before, kept.after) == (
        "makes green hydrogen. One", "A plant The plant", "Two Green hydrogen sells.")  # fmt: skip
    again = annotations.highlight(plant, "green hydrogen.")
    assert (again.items, again.undo, again.text) == (frozenset(), None, "This passage is highlighted already.")
    for nowhere in ("makes red hydrogen", "", " ", "Makes green", "x" * 5000):
        with pytest.raises(NotInText):
            annotations.highlight(plant, nowhere)
    with pytest.raises(NotInText):
        annotations.highlight(10**9, "green")
    History(store).undo(changes.undo)
    assert annotations.highlights(plant) == ()


def test_passages_that_overlap_are_one(annotations: Annotations, store: Store, plant: int):
    annotations.highlight(plant, "The plant")
    annotations.highlight(plant, "hydrogen. One")
    assert len(annotations.highlights(plant)) == 2
    joined = annotations.highlight(plant, "plant makes green hydrogen.")
    assert [each.text for each in annotations.highlights(plant)] == ["The plant makes green hydrogen. One"]
    History(store).undo(joined.undo)
    assert [each.text for each in annotations.highlights(plant)] == ["The plant", "hydrogen. One"]
    removed = annotations.unhighlight(annotations.highlights(plant))
    assert (removed.text, annotations.highlights(plant)) == ("2 passages are no longer highlighted.", ())
    History(store).undo(removed.undo)
    assert len(annotations.highlights_of([plant])[plant]) == 2
    assert [each.text for each in annotations.marked(plant, "The  plant makes")] == ["The plant"]
    assert [each.text for each in annotations.marked(plant, "plant")] == ["The plant"]


def test_what_is_around_tells_which_passage_is_meant(annotations: Annotations, plant: int, store: Store):
    long = "<p>" + "green hydrogen and " * 3 + "green hydrogen, here</p>"
    store.items.apply([], [replace(store.items.whole([plant])[0], content=long)])
    annotations.highlight(plant, "green hydrogen", before="and ", after=", here")
    assert annotations.highlights(plant)[0].after == ", here"


def test_a_passage_of_the_article_is_marked_and_one_that_the_source_took_away_is_lost(
    annotations: Annotations, store: Store, plant: int
):
    annotations.highlight(plant, "opened in Dunkerque")
    annotations.highlight(plant, "Green hydrogen sells.")
    assert annotations.lost(annotations.highlights(plant)) == ()
    store.items.apply([], [replace(store.items.whole([plant])[0], content="<p>Nothing</p>", hash="new")])
    assert [each.text for each in annotations.lost(annotations.highlights(plant))] == ["Green hydrogen sells."]


def test_no_more_is_marked_than_there_is_room_for(annotations: Annotations, store: Store, plant: int, clock: FakeClock):
    words = " ".join(f"word{n}" for n in range(1000))
    store.items.apply([], [replace(store.items.whole([plant])[0], content=f"<p>{words}</p>")])
    with pytest.raises(TooLong):
        annotations.highlight(plant, words)
    store.highlights.put(Highlight(plant, f"word{n}", clock.now()) for n in range(200))
    with pytest.raises(TooMany):
        annotations.highlight(plant, "word600")
    assert len(annotations.highlights(plant)) == 200


def test_what_was_marked_stays_when_all_else_expires(
    annotations: Annotations, store: Store, plant: int, world: dict[str, int], clock: FakeClock
):
    annotations.highlight(plant, "green hydrogen")
    clock.advance(days=200)
    store.items.expire(clock.now() - timedelta(days=90))
    assert store.items.get(plant) is not None
    assert store.items.get(world["c1"]) is None


def test_a_post_that_is_gone_at_its_network_is_not_quoted_by_undo(annotations: Annotations, store: Store):
    source = add_source(store, "Ada").id
    (post,) = store.items.apply([posted("A secret plan", id="1", source=source)], [])
    annotations.highlight(post, "secret plan")
    removed = annotations.unhighlight(annotations.highlights(post))
    store.items.withdraw([post], Fate.DELETED)
    History(store).undo(removed.undo)
    assert annotations.highlights(post) == ()


def test_what_was_confirmed_is_on_the_disk(annotations: Annotations, store: Store, plant: int, clock: FakeClock):
    annotations.highlight(plant, "green hydrogen")
    annotations.note(plant, "mine")
    other = open_store(store.folder, write=False, clock=clock)
    assert [each.text for each in other.highlights.of([plant])[plant]] == ["green hydrogen"]
    assert other.marks.notes() == {plant: "mine"}
    other.close()


# Searching -----------------------------------------------------------------------------------------------


def test_notes_highlights_and_articles_are_searched(
    library: Library, annotations: Annotations, indexer: Indexer, store: Store, plant: int, world: dict[str, int]
):
    noted = annotations.note(plant, "Ask Zoë about turbines")
    annotations.note(world["c1"], "turbine, too")
    annotations.highlight(plant, "hydrogen sells")
    store.items.apply([], [replace(store.items.whole([plant])[0], content="<p>Nothing</p>", hash="new")])
    indexer.drain()
    assert set(uids(library, text="turbine")) == {"p", "c1"}
    assert uids(library, text="sells") == uids(library, text="dunkerque") == ["p"]
    excerpts = {
        word: library.hits(listing.ids, listing.words)[0].excerpt
        for word in ("zoe", "sells", "dunkerque")
        for listing in [library.listing(Query(text=word))]
    }
    assert {word: each.text for word, each in excerpts.items()} == {
        "zoe": "Note: Ask Zoë about turbines",
        "sells": "Highlighted: hydrogen sells",
        "dunkerque": "Article: The plant makes green hydrogen. It opened in Dunkerque, by the sea.",
    }
    assert [excerpts["zoe"].text[a:b] for a, b in excerpts["zoe"].marks] == ["Zoë"]
    History(store).undo(noted.undo)
    indexer.drain()
    assert uids(library, text="zoe") == []
    assert uids(library, text="turbine") == ["c1"]


def test_what_two_texts_say_is_indexed_once(library: Library, indexer: Indexer, annotations: Annotations, plant: int):
    from veille.core.searching.documents import Added, document

    item = library.item(plant)
    assert item
    more = Added("green hydrogen", ("by the sea", "Green hydrogen sells."), "<p>One<br>Two</p><p>It opened.</p>")
    text = "The plant makes green hydrogen. One Two Green hydrogen sells."
    assert document(item.item, more).text == f"{text}\nIt opened.\nby the sea"
    whole = Added(article=f"<p>{text} And so on.</p>")
    assert document(replace(item.item, content=f"<p>{text[:-1]}…</p>"), whole).text == f"{text} And so on."
    assert document(item.item).text == text


def test_a_note_on_what_went_meanwhile_is_not_said_to_be_kept(
    annotations: Annotations, store: Store, clock: FakeClock, world: dict[str, int]
):
    clock.advance(days=1)
    store.items.expire(clock.now())
    assert store.items.get(world["c1"]) is None
    for item in (world["c1"], 10**9):
        with pytest.raises(NotFound):
            annotations.note(item, "Typed while it expired")


def test_words_in_notes_alone(library: Library, annotations: Annotations, world: dict[str, int]):
    annotations.note(world["c1"], "Éoliennes: à relire\navant l’été, appel d'offres")
    annotations.note(world["s1"], "paper mills")
    for text in (
        "note:EOLIENNE ", "note:éoliennes ", "note:éol", 'note:"appel d’offres"', "note:(relire avant) ",
        "note:(relire OR nothing) ", "batterie note:été ", "note:ete -note:paper ", "note:été has:note ",
    ):  # fmt: skip
        assert uids(library, text=text) == ["c1"], text
    for text in ("note:batterie ", 'note:"relire appel"', 'note:"éolienne" ', "paper note:été ", "note:sodium "):
        assert uids(library, text=text) == [], text
    assert set(uids(library, text="note:(été OR mill) ")) == {"c1", "s1"}
    assert uids(library, text="paper -note:mills ") == ["l1", "s2", "s3"]
    listing = library.listing(Query(text="note:ete "))
    assert library.hits(listing.ids, listing.words)[0].excerpt.text.startswith("Note: Éoliennes")
    assert uids(library, within="note:été", text="batterie") == ["c1"]
    assert library.facets(Query(text="note:été ")).sources == {world["Le Courant"]: 1}
    annotations.note(world["c1"], "")
    assert uids(library, text="note:été ") == []


def test_what_was_highlighted_is_listed(library: Library, annotations: Annotations, indexer: Indexer, plant: int):
    indexer.drain()
    annotations.highlight(plant, "green hydrogen")
    for text in ("is:highlighted", "has:highlight", "est:surligné", "avec:passage", "hydrogen is:highlighted"):
        assert uids(library, text=text) == ["p"], text
    assert uids(library, text="-is:highlighted") == []
    assert uids(library, text="is:noted") == []
