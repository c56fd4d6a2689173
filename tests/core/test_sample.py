import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from veille import i18n
from veille.core import sample
from veille.core.briefing import Briefings
from veille.core.library import Library
from veille.errors import BadFile
from veille.model import ItemKind
from veille.resources import resource
from veille.store import Filter, Store


def items(store: Store) -> dict:
    return {item.uid: item for item in store.items.whole(store.items.ids(Filter()))}


def test_the_sample_shows_the_whole_thing(store: Store, clock: FakeClock):
    changes = sample.load(store, clock)
    outline, found = store.sources.outline(), items(store)
    assert changes.new == len(found) >= 150
    assert len(outline.sectors) == 3
    assert len(outline.sources) >= 10
    assert outline.loose == ()
    assert {item.kind for item in found.values()} == set(ItemKind)
    assert {item.lang for item in found.values()} >= {"en", "fr"}
    assert all(item.url and (item.title or item.kind is ItemKind.POST) for item in found.values())
    assert all(item.published == item.at == item.seen <= clock.now() for item in found.values())
    assert max(item.at for item in found.values()) > clock.now() - timedelta(hours=2)
    assert any(item.media for item in found.values())
    assert not any("{{" in item.content + item.title for item in found.values())
    assert all(each.why and each.origin == "sample" for members in outline.members.values() for each in members)


def test_every_offset_of_the_shipped_files_is_understood():
    offsets = [
        offset
        for path in resource("sample").iterdir()
        if path.suffix != ".toml"
        for offset in re.findall(r"\{\{[^}]*\}\}", path.read_text(encoding="utf-8"))
    ]
    assert len(offsets) >= 150
    assert [each for each in offsets if not sample._OFFSET.fullmatch(each)] == []


def test_another_day_the_dates_move_and_the_marks_stay(store: Store, clock: FakeClock):
    sample.load(store, clock)
    before = items(store)
    saved, read = list(before.values())[:2]
    store.marks.set_saved([saved.id], clock.now())
    store.marks.set_read([read.id], True)
    clock.advance(days=3)
    changes = sample.load(store, clock)
    after = items(store)
    assert changes.new == 0
    assert changes.items == {item.id for item in after.values()}
    assert after.keys() == before.keys()
    assert all(after[uid].at - before[uid].at == timedelta(days=3) for uid in before)
    assert all(after[uid].id == before[uid].id for uid in before)
    assert not any(store.items.versions(item.id) for item in after.values())
    assert store.marks.get([saved.id])[saved.id].saved
    assert store.marks.get([read.id])[read.id].read
    assert len(store.sources.outline().sources) == len({item.source for item in after.values()})


def test_the_same_day_nothing_happens(store: Store, clock: FakeClock):
    sample.load(store, clock)
    before = items(store)
    clock.advance(hours=3)
    assert sample.load(store, clock).items == frozenset()
    assert items(store) == before


def test_the_briefing_has_something_each_day(store: Store, clock: FakeClock):
    briefings = Briefings(store, Library(store, lambda: pytest.fail("no index is needed"), clock), clock)
    for _day in range(3):
        sample.load(store, clock)
        assert len(briefings.brief()) == 3
        briefings.visited()
        clock.advance(days=1)


def test_a_sector_of_the_sample_that_was_removed_stays_away(store: Store, clock: FakeClock):
    sample.load(store, clock)
    first = store.sources.outline().sectors[0]
    gone = next(iter(store.sources.outline().sources))
    store.sources.remove_sector(first.key)
    store.sources.remove(gone)
    clock.advance(days=1)
    sample.load(store, clock)
    outline = store.sources.outline()
    assert first not in outline.sectors
    assert gone not in outline.sources


def test_in_another_language_its_sectors_are_said_anew(store: Store, clock: FakeClock):
    sample.load(store, clock)
    english = store.sources.outline()
    mine, gone = english.sectors[0], english.sectors[1]
    store.sources.put_sector(replace(mine, title="My own"))
    store.sources.remove_sector(gone.key)
    i18n.use("fr")
    sample.load(store, clock)
    french = store.sources.outline()
    assert [each.key for each in french.sectors] == [mine.key, english.sectors[2].key]
    assert french.sectors[0].title == "My own"
    assert french.sectors[1].title != english.sectors[2].title
    assert french.sectors[1].summary != english.sectors[2].summary
    for key, members in french.members.items():
        before = english.members[key]
        assert all(new.why != old.why for new, old in zip(members, before, strict=True))
        assert [replace(each, why="") for each in members] == [replace(each, why="") for each in before]
    i18n.use("en")
    sample.load(store, clock)
    assert store.sources.outline().sectors[1] == english.sectors[2]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("", "sector: a list"),
        ('[[sector]]\nkey = "a"', "sector 1: title"),
        ('[[sector]]\nkey="a"\ntitle={en="A"}\nsummary={en="A"}\n[[source]]\nfile="a.exe"', "source 1: file: one of"),
        ("[[sector]", "sample.toml"),
    ],
)
def test_a_wrong_sample_says_what_is_wrong(store: Store, clock: FakeClock, tmp_path: Path, toml: str, said: str):
    (tmp_path / "sample.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(BadFile, match=said):
        sample.load(store, clock, tmp_path)
    assert store.sources.outline().sectors == ()
