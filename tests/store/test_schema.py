"""A database of every version that ever was opens with everything that it held."""

import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import (
    ARTICLE,
    JANE,
    PACK,
    PASSAGE,
    PICTURE,
    POST,
    RULE,
    SEARCHES,
    START,
    STATE,
    TRIAL,
    fill_sample,
    item,
    member,
)
from veille.model import (
    GONE,
    Article,
    Counts,
    Deed,
    ItemKind,
    Mark,
    SavedSearch,
    Sector,
    Source,
    SourceKind,
    Validators,
    Version,
)
from veille.posts import Media
from veille.store import Filter, Store, open_store, schema
from veille.store.migration import Schema

DATA = Path(__file__).parent / "data"
VERSIONS = range(1, schema.PROFILE.version + 1)


def tables(path: Path) -> set[tuple[str, ...]]:
    database = sqlite3.connect(path)
    rows = set(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
    database.close()
    return rows


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_kept_small_and_says_what_it_is(version: int) -> None:
    path = DATA / f"schema-{version}.db"
    assert path.stat().st_size < 300_000
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    assert database.execute("PRAGMA user_version").fetchone() == (version,)
    assert database.execute("PRAGMA application_id").fetchone() == (schema.PROFILE.application,)
    database.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_upgraded_and_nothing_is_lost(tmp_path: Path, clock: FakeClock, version: int) -> None:
    shutil.copy(DATA / f"schema-{version}.db", tmp_path / "veille.db")
    store = open_store(tmp_path, write=True, clock=clock)
    check(store, version)
    store.close()
    fresh = tmp_path / "fresh"
    open_store(fresh, write=True, clock=clock).close()
    assert tables(tmp_path / "veille.db") == tables(fresh / "veille.db")


def test_the_newest_sample_is_what_the_store_writes_today(tmp_path: Path, clock: FakeClock) -> None:
    fill_sample(tmp_path)
    store = open_store(tmp_path, write=True, clock=clock)
    check(store, schema.PROFILE.version)
    store.close()


def test_a_migration_that_fails_leaves_the_version_before(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    steps = (*schema.PROFILE.migrations, "CREATE TABLE added (x); INSERT INTO nowhere VALUES (1);")
    with monkeypatch.context() as patched:
        patched.setattr(schema, "PROFILE", Schema(schema.PROFILE.application, steps))
        with pytest.raises(sqlite3.OperationalError):
            open_store(tmp_path, write=True, clock=clock)
    store = open_store(tmp_path, write=True, clock=clock)
    assert store.db.query("SELECT name FROM sqlite_master WHERE name = 'added'") == []
    store.close()


def check(store: Store, version: int) -> None:
    """What ``fill_sample`` wrote, by value, as far as ``version`` could keep it."""
    outline = store.sources.outline()
    one, two, *pages = outline.sources.values()
    assert outline.sectors == (
        Sector("telecoms", "Télécoms", "Réseaux et opérateurs", 1),
        Sector("energy", "Energy", "", 2),
    )
    assert (one.key, one.title, one.added) == ("feed:https://one.example/feed", "One", START)
    assert outline.members == {
        "telecoms": (member("telecoms", one.id, 1), member("telecoms", two.id, 2)),
        "energy": (replace(member("energy", two.id), trial=TRIAL if version > 5 else None),),
    }
    _check_discretion(store, version)
    _check_items(store, one.id, two.id, version)
    _check_money(store, two.id, version)
    _check_searches(store, version)
    _check_library(store, version)
    _check_desk(store, pages, version)
    assert store.values.all() == {"setting.theme": "dark"}
    assert [entry.text for entry in store.history.entries()] == [
        "Removed Three",
        "All read",
        "Saved an item",
        "Added One",
    ]
    assert store.history.entries()[0].when == START + timedelta(hours=1)
    for _ in range(4):
        store.history.undo()
    page = ["Page"] if version > 5 else []
    assert [source.title for source in store.sources.all()] == ["Two", "Three", *page]
    brought = version > 4  # and the marked passage keeps its item, though its source is taken back
    assert store.items.counts() == (
        Counts(3, 1, {two.id: 1, 4: 1}, flagged=int(version > 5))
        if brought
        else Counts(items=1, saved=0, unread={two.id: 1})
    )


def _check_desk(store: Store, pages: list[Source], version: int) -> None:
    """Labels, trials, pages, flags, rules and packs came with version 6."""
    there = version > 5
    two = store.sources.all()[1]
    assert (two.labels, two.was) == ((("À suivre", "presse"), "Deux") if there else ((), ""))
    assert store.sources.former() == ({two.id: ("feed:https://two.example/feed",)} if there else {})
    assert [(each.kind, each.selector) for each in pages] == ([(SourceKind.PAGE, "li")] if there else [])
    assert [store.sources.state(each.id).failing for each in pages] == ([START] if there else [])
    assert list(store.marks.flagged_ids()) == ([1] if there else [])
    assert store.rules.all() == ((replace(RULE, id=1),) if there else ())
    assert list(store.rules.hidden()) == ([2] if there else [])
    assert store.packs.all() == ((PACK,) if there else ())


def _check_discretion(store: Store, version: int) -> None:
    """Routes, what is allowed, validators and articles came with version 2."""
    one, two, *pages = store.sources.all()
    kept = STATE if version > 2 else replace(STATE, cursor="")
    old = replace(kept, validators=Validators(STATE.validators.etag, STATE.validators.last_modified), moved="")
    states = store.sources.outline().states
    assert {each: states[each] for each in states if each not in [page.id for page in pages]} == {
        one.id: kept if version > 1 else old
    }
    assert (one.route, one.allowed) == ("", frozenset())
    ways = ("socks5://127.0.0.1:9050", frozenset({Deed.OPEN, Deed.ARTICLE})) if version > 1 else ("", frozenset())
    assert (two.route, two.allowed) == ways
    short = Article(1, "<p>All of a1</p>", ARTICLE.fetched)
    assert store.articles.get(1) == (ARTICLE if version > 4 else short if version > 1 else None)


def _check_money(store: Store, two: int, version: int) -> None:
    """Accounts and money came with version 3."""
    day = START.date()
    assert store.people.by_id(["7"]) == ({"7": JANE} if version > 2 else {})
    assert store.spending.by_source(day, day) == ({two: (3, 15_000)} if version > 2 else {})
    assert store.spending.paid(day, "post", ["9"]) == ({"9"} if version > 2 else set())


def _check_searches(store: Store, version: int) -> None:
    """Saved searches, tags and notes came with version 4."""
    assert store.sources.outline().searches == (SEARCHES if version > 3 else ())
    assert store.searches.recent() == (["hydrogène", "5G"] if version > 3 else [])
    assert store.marks.tags() == ([("5G", 1), ("À lire", 1)] if version > 3 else [])
    assert store.searches.put(SavedSearch(0, "aside")).id == (3 if version > 3 else 1)  # one comes back, one is new


def _check_library(store: Store, version: int) -> None:
    """What is fetched on arrival, pictures, passages and collections came with version 5."""
    brought = version > 4
    assert [source.full_text for source in store.sources.all()][:2] == [brought, False]
    pictures = {"https://example.org/p.png": PICTURE, "https://example.org/q.png": b"2"}
    assert store.pictures.of(1) == (pictures if brought else {})
    assert store.highlights.of([1]) == ({1: (PASSAGE,)} if brought else {})
    assert store.arrivals.next() == (START + timedelta(hours=3) if brought else None)
    assert [each.label for each in store.sources.collections()] == (["Pocket"] if brought else [])
    saved = store.items.whole(store.items.ids(Filter(saved=True)))
    assert [each.uid for each in saved] == (["a1", "p1"] if brought else ["a1"])
    if brought:
        assert saved[1] == item(4, "p1", hours=3, id=5)
        assert store.marks.get([5])[5].saved == START - timedelta(days=1000)


def _check_items(store: Store, one: int, two: int, version: int) -> None:
    later = START + timedelta(hours=1)
    media = (Media("image", "https://example.org/p.png", "A mast", "image/png"),)
    hidden = store.items.ids(Filter(hidden=True)) if version > 5 else []
    shown = [*store.items.ids(Filter()), *hidden]
    first, second, post, *brought = sorted(store.items.whole(shown), key=lambda each: each.at, reverse=True)
    assert first == item(one, "a1", media=media, tags=("5G", "œuvre"), id=first.id)
    assert second == item(one, "a2", hours=1, title="A better title", updated=later, hash="new", id=second.id)
    assert post == item(
        two,
        "b1",
        hours=2,
        kind=ItemKind.POST,
        title="",
        lang="fr",
        content="",
        published=None,
        id=post.id,
        post=POST if version > 2 else None,
    )
    old = item(one, "a2", hours=1)
    assert store.items.versions(second.id) == [Version(second.id, later, old.title, old.summary, old.content)]
    assert store.items.known(3) == {"c1": GONE}
    assert store.marks.get([first.id, second.id, post.id]) == {
        first.id: Mark(first.id, True, later, flagged=START if version > 5 else None),
        second.id: Mark(second.id, True),
        **({post.id: Mark(post.id, tags=("5G", "À lire"), note="Call Ada\nabout it")} if version > 3 else {}),
    }
    waiting, gone, _token = store.queue.take(9)
    assert (sorted(waiting), gone) == (sorted(each.id for each in (first, second, post, *brought)), [4])
