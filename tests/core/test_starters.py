from datetime import date
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from veille import i18n
from veille.core.curating.curation import Curation
from veille.core.curating.starters import Starters, read_starter
from veille.core.history import History
from veille.errors import BadFile, NotFound
from veille.model import SourceKind
from veille.store import Store

GOOD = """
veille = 1
key = "energy"
version = 3
title = { en = "Energy", fr = "Énergie" }
summary = { en = "All of it.", fr = "Tout." }
later = "not known yet"

[[source]]
key = "feed:https://a.example/feed"
address = "https://a.example/feed"
title = "A"
site = "https://a.example/"
lang = "fr"
why = { en = "Because.", fr = "Parce que." }
tried = 2026-02-01

[[source]]
key = "feed:https://b.example/feed"
address = "https://b.example/feed"
title = "B"
why = { en = "Only English." }
tried = false
"""


def write(folder: Path, text: str, name: str = "energy.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_starter_is_read_in_the_language_in_force(tmp_path: Path):
    starter = read_starter(write(tmp_path, GOOD))
    first, second = starter.sources
    assert (starter.key, starter.version, starter.title) == ("energy", 3, "Energy")
    assert (first.key, first.title, first.site, first.lang) == (
        "feed:https://a.example/feed", "A", "https://a.example/", "fr")  # fmt: skip
    assert (first.tried, second.tried) == (date(2026, 2, 1), None)
    i18n.use("fr")
    assert (starter.title, starter.summary, first.why, second.why) == (
        "Énergie", "Tout.", "Parce que.", "Only English.")  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("veille = 1", "veille = 3", "needs a newer Veille (format 3; this one knows 2)"),
        ("veille = 1", "veille = 2", "is not whole"),
        ("veille = 1", 'veille = "1"', "veille: a whole number"),
        ("veille = 1", "", "veille: a whole number"),
        ('key = "energy"', "key = 5", "key: a text"),
        ('key = "energy"', 'key = " "', "key: a text"),
        ("version = 3", "version = 0", "version: a whole number"),
        ('title = { en = "Energy", fr = "Énergie" }', 'title = "Energy"', "title: a text in each language"),
        ('{ en = "All of it.", fr = "Tout." }', '{ fr = "Tout." }', "summary: a text in each language"),
        ('why = { en = "Only English." }', "", "source 2: why"),
        ("tried = false", 'tried = "never"', "source 2: tried: a date or false"),
        ("tried = false", "tried = true", "source 2: tried"),
        ('address = "https://b.example/feed"', 'address = "ftp://b.example"', "source 2: address"),
        ('key = "feed:https://b.example/feed"', 'key = "feed:http://b.example/feed"', "“feed:https://b.example/feed”"),
        ("b.example", "a.example", "listed twice"),
        ("[[source]]", "[[other]]", "source: a list of tables"),
        ("veille = 1", "veille = ", "energy.toml"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, said: str):
    assert old in GOOD
    with pytest.raises(BadFile) as raised:
        read_starter(write(tmp_path, GOOD.replace(old, new)))
    assert said in str(raised.value)
    assert "energy.toml" in str(raised.value)


def test_adopting_adds_sector_and_sources_as_one_change(store: Store, clock: FakeClock, tmp_path: Path):
    folder = tmp_path / "sectors"
    folder.mkdir()
    write(folder, GOOD)
    starters = Starters(store, clock, folder)
    changes = starters.adopt(["energy"])
    outline = store.sources.outline()
    assert changes.text == "Added: Energy."
    assert changes.sources == set(outline.sources)
    assert [(each.key, each.title, each.summary) for each in outline.sectors] == [("energy", "Energy", "All of it.")]
    members = outline.members["energy"]
    assert [(each.origin, each.why, each.rank) for each in members] == [
        ("starter:energy@3", "Because.", 0), ("starter:energy@3", "Only English.", 1)]  # fmt: skip
    assert [outline.sources[each.source].label for each in members] == ["A", "B"]
    assert starters.adopt(["energy"]).undo is None  # nothing more to add
    History(store).undo(changes.undo)
    assert store.sources.outline().sectors == ()
    assert not store.sources.outline().sources


POSTS = """
[[source]]
key = "mastodon:https://piaille.fr/@user"
address = "@User@piaille.fr"
title = "Une plume"
why = { en = "First to know." }
tried = false

[[source]]
key = "x:https://x.com/gridmoor"
address = "https://x.com/GridMoor"
title = "Gridmoor"
why = { en = "The operator." }
tried = false
"""


def test_a_starter_may_hold_sources_of_posts(store: Store, clock: FakeClock, tmp_path: Path):
    with pytest.raises(BadFile, match="source 3: address"):
        read_starter(write(tmp_path, GOOD + POSTS))
    write(tmp_path, GOOD + POSTS.replace('"@User@piaille.fr"', '"https://piaille.fr/@User"'))
    Starters(store, clock, tmp_path).adopt(["energy"])
    sources = list(store.sources.outline().sources.values())[2:]
    assert [(each.key, each.kind, each.address, each.label) for each in sources] == [
        ("mastodon:https://piaille.fr/@user", SourceKind.MASTODON, "https://piaille.fr/@user", "Une plume"),
        ("x:https://x.com/gridmoor", SourceKind.X, "https://x.com/gridmoor", "Gridmoor"),
    ]


def test_adopting_leaves_what_the_person_has_as_it_is(store: Store, clock: FakeClock, tmp_path: Path):
    write(tmp_path, GOOD)
    curation = Curation(store, clock)
    sector, _changes = curation.add_sector("Energy")
    mine, _changes = curation.add_feed("https://a.example/feed", sector.key, "Mine", why="mine")
    Starters(store, clock, tmp_path).adopt(["energy"])
    members = store.sources.outline().members["energy"]
    assert [each.why for each in members] == ["mine", "Only English."]
    assert store.sources.outline().sources[mine.id].title == "Mine"


def test_an_unknown_starter_changes_nothing(store: Store, clock: FakeClock, tmp_path: Path):
    write(tmp_path, GOOD)
    with pytest.raises(NotFound):
        Starters(store, clock, tmp_path).adopt(["energy", "nothing"])
    assert store.sources.outline().sectors == ()


def test_the_shipped_starters_are_whole(store: Store, clock: FakeClock):
    starters = Starters(store, clock).starter_sectors()
    assert len(starters) >= 8
    assert len({each.key for each in starters}) == len(starters)
    for starter in starters:
        assert len(starter.sources) >= 5
        assert {"en", "fr"} <= set(starter.titles) & set(starter.summaries)
        assert all({"en", "fr"} <= set(each.reasons) for each in starter.sources)
        assert {"en", "fr"} >= {each.lang for each in starter.sources}
    Starters(store, clock).adopt(each.key for each in starters)
    outline = store.sources.outline()
    assert all(len(outline.members[each.key]) == len(each.sources) for each in starters)
