"""Each cure of each finding: the finding is gone, the undo brings everything back, and nobody meets a riddle."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from tests.core.conftest import add_source
from tests.core.histories import at
from tests.core.test_health import DAY, MINE, fill, ills, put
from tests.fakes import FakeClock, FakeProgress
from veille.core.curating.curation import Curation
from veille.core.curating.findings import ASKING, Cure, Finding, Ill, where_to_look
from veille.core.curating.health import Health
from veille.core.history import History
from veille.errors import BadCertificate, BadStatus, Gone, NotFound, NothingSelected
from veille.model import Membership, Source, SourceKind
from veille.store import Store


@dataclass
class Desk:
    """A source in two sectors, and another that answers."""

    store: Store
    clock: FakeClock
    curation: Curation
    health: Health
    source: Source
    other: Source

    def failing(self, error: object) -> None:
        now = self.clock.now()
        packed = error.pack()  # type: ignore[attr-defined]
        put(self.store, self.source, error=packed, checked=now, changed=now - 30 * DAY, failing=now - 3 * DAY,
            failures=5)  # fmt: skip

    def everything(self) -> object:
        """What undo has to bring back."""
        return self.store.sources.outline(), self.store.sources.memberships(self.source.id), self.store.values.all()

    def packed(self, source: Source) -> None:
        self.store.sources.put_member(Membership("energy", source.id, "pack:energy@2", "Ann", self.clock.now()))


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    curation = Curation(store, clock)
    source, other = add_source(store, "Alpha"), add_source(store, "Beta")
    for title in ("Energy", "Water"):
        sector = curation.add_sector(title)[0]
        curation.move(source.id, sector.key)
    put(store, other, checked=clock.now(), changed=clock.now())
    return Desk(store, clock, curation, Health(store, clock, curation), source, other)


def quiet(desk: Desk, changed: timedelta) -> None:
    fill(desk.store, desk.source, at(8, 11, 15, 19), desk.clock.now())
    desk.clock.advance(days=3)
    put(desk.store, desk.source, checked=desk.clock.now(), changed=desk.clock.now() - changed)


def sold(desk: Desk) -> None:
    desk.store.values.put("health.examined", f'{{"{desk.source.id}": {{"key": "{desk.source.key}", "paid": "short"}}}}')


def alike(desk: Desk) -> None:
    said = f'"key": "{desk.source.key}", "other": {desk.other.id}, "other_key": "{desk.other.key}", "share": 0.9'
    desk.store.values.put("health.examined", f'{{"{desk.source.id}": {{{said}}}}}')


def tried(desk: Desk) -> None:
    for each, end in zip(desk.store.sources.memberships(desk.source.id), ("2026-02-01", "2026-05-01"), strict=True):
        desk.store.sources.put_member(replace(each, trial=date.fromisoformat(end)))


SCENES: dict[Ill, Callable[[Desk], None]] = {
    Ill.DEAD: lambda desk: desk.failing(Gone(status=404)),
    Ill.CERTIFICATE: lambda desk: desk.failing(BadCertificate(host="a.example", detail="expired")),
    Ill.FAILING: lambda desk: desk.failing(BadStatus(host="a.example", status=500)),
    Ill.MOVED: lambda desk: put(desk.store, desk.source, moved=MINE, checked=desk.clock.now()),
    Ill.FROZEN: lambda desk: quiet(desk, 3 * DAY),
    Ill.SILENT: lambda desk: quiet(desk, timedelta(0)),
    Ill.PAID: sold,
    Ill.DUPLICATE: alike,
    Ill.RENAMED: lambda desk: desk.store.sources.replace(replace(desk.source, title="New", was="Alpha")),
    Ill.TRIAL: tried,
}


def only(desk: Desk) -> Finding:
    (found,) = desk.health.of(desk.source.id)
    return found


@pytest.mark.parametrize("ill", Ill)
def test_every_cure_cures_and_is_undone(desk: Desk, ill: Ill):
    SCENES[ill](desk)
    finding = only(desk)
    assert finding.ill is ill
    for cure in [each for each in finding.cures if each not in ASKING]:
        before = desk.everything()
        changes = desk.health.cure(finding, cure)
        assert desk.health.of(desk.source.id) == (), cure
        assert desk.health.findings() == {}, cure
        assert changes.text
        assert changes.undo, cure
        History(desk.store).undo(changes.undo)
        assert desk.everything() == before, cure
        assert only(desk) == finding, cure
    assert set(finding.cures) & {Cure.LEAVE, Cure.STAY, Cure.OLD_NAME}  # there is always a way to have peace


@pytest.mark.parametrize("ill", Ill)
def test_a_source_that_was_removed_meanwhile(desk: Desk, ill: Ill):
    SCENES[ill](desk)
    finding = only(desk)
    desk.curation.remove_source(desk.source.id)
    for cure in [each for each in finding.cures if each not in ASKING and each is not Cure.REMOVE_OTHER]:
        with pytest.raises(NotFound) as raised:
            desk.health.cure(finding, cure)
        assert str(raised.value) == f"There is no source named “{desk.store.sources.get(desk.source.id).label}”."  # type: ignore[union-attr]


def test_what_is_left_is_undone_one_by_one(desk: Desk):
    """Whatever else was left since."""
    desk.failing(Gone(status=404))
    desk.store.sources.replace(replace(desk.source, was="Aleph"))
    dead, _renamed = desk.health.of(desk.source.id)
    quiet_since = desk.health.cure(dead, Cure.LEAVE)
    put(desk.store, desk.other, error=Gone(status=404).pack(), failing=desk.clock.now() - 3 * DAY, failures=5)
    (others,) = desk.health.of(desk.other.id)
    desk.health.cure(others, Cure.LEAVE)
    History(desk.store).undo(quiet_since.undo)
    assert ills(desk.health.of(desk.source.id)) == [Ill.DEAD, Ill.RENAMED]
    assert desk.health.of(desk.other.id) == ()


def test_what_was_left_long_ago_is_forgotten(desk: Desk):
    desk.failing(Gone(status=404))
    desk.health.cure(only(desk), Cure.LEAVE)
    desk.clock.advance(days=40)
    desk.failing(Gone(status=404))
    desk.health.cure(only(desk), Cure.LEAVE)
    desk.store.sources.replace(replace(desk.source, was="Aleph"))
    desk.clock.advance(days=40)
    (renamed,) = [each for each in desk.health.of(desk.source.id) if each.ill is Ill.RENAMED]
    desk.failing(Gone(status=404))
    desk.health.cure(desk.health.of(desk.source.id)[0], Cure.LEAVE)
    assert len(desk.store.values.all("health.left.")) == 1
    assert desk.health.of(desk.source.id) == (renamed,)


# Another source has the address ------------------------------------------------------------------


def taken(desk: Desk) -> Source:
    """Another source is at the address to which this one says it moved."""
    put(desk.store, desk.source, moved=MINE, checked=desk.clock.now())
    return desk.store.sources.add(f"feed:{MINE}", SourceKind.FEED, MINE, "Gamma")


def test_a_move_to_a_source_that_is_watched_is_one_question(desk: Desk):
    gamma = taken(desk)
    found = only(desk)
    assert (found.ill, found.other, found.cures) == (
        Ill.DUPLICATE, gamma.id, (Cure.REMOVE, Cure.LEAVE)
    )  # fmt: skip


def test_a_move_to_a_source_that_was_removed_cannot_be_followed(desk: Desk):
    desk.store.sources.remove(taken(desk).id)
    assert (only(desk).ill, only(desk).cures) == (Ill.MOVED, (Cure.STAY,))
    desk.health.cure(only(desk), Cure.STAY)
    assert desk.health.of(desk.source.id) == ()


# Packs -------------------------------------------------------------------------------------------


def test_of_two_alike_a_packs_own_stays(desk: Desk):
    alike(desk)
    desk.packed(desk.other)
    assert only(desk).cures == (Cure.REMOVE, Cure.LEAVE)
    desk.packed(desk.source)
    assert only(desk).cures == (Cure.PAUSE, Cure.LEAVE)
    assert "Pause this one" in only(desk).advice
    desk.health.cure(only(desk), Cure.PAUSE)
    assert desk.health.findings() == {}


def test_a_trial_of_ones_own_beside_a_pack(desk: Desk):
    """It ends, whatever the pack says; what the pack says stays."""
    energy, water = sorted(desk.store.sources.memberships(desk.source.id), key=lambda each: each.sector)
    packs = replace(energy, origin="pack:energy@2", trial=date(2026, 12, 1))
    desk.store.sources.put_member(packs)
    desk.store.sources.put_member(replace(water, trial=date(2026, 2, 1)))
    assert (only(desk).ill, only(desk).cures) == (Ill.TRIAL, (Cure.KEEP, Cure.PAUSE, Cure.LEAVE))
    desk.health.cure(only(desk), Cure.KEEP)
    assert desk.health.of(desk.source.id) == ()
    assert packs in desk.store.sources.memberships(desk.source.id)


def test_of_two_alike_of_which_one_is_paused_nothing_is_said(desk: Desk):
    alike(desk)
    desk.curation.move(desk.other.id, "energy")
    changes = desk.curation.pause(desk.other.id)
    assert desk.health.findings() == {}
    History(desk.store).undo(changes.undo)
    put(desk.store, desk.source, moved=desk.other.address)
    assert only(desk).ill is Ill.DUPLICATE
    desk.curation.pause(desk.other.id)
    assert desk.health.findings() == {}


# A page that was made anew -----------------------------------------------------------------------


def test_a_page_whose_selector_finds_nothing_any_more(desk: Desk):
    """The cure leads to the page itself, and a selector that is chosen there takes the place of the old one."""
    address = "https://news.example/list"
    page = desk.store.sources.add(f"page:{address}", SourceKind.PAGE, address, "News", selector="li.news")
    error, now = NothingSelected(host="news.example", selector="li.news"), desk.clock.now()
    put(desk.store, page, error=error.pack(), checked=now, failing=now - 2 * DAY, failures=5, next_due=now + DAY)
    (found,) = desk.health.of(page.id)
    assert (found.ill, found.cures[0]) == (Ill.FAILING, Cure.FIND)
    assert "choose anew" in found.advice
    assert where_to_look(replace(page, site="https://news.example/")) == address
    from veille.content.networks import meant

    same, changes = desk.curation.add(meant(SourceKind.PAGE, address), selector="div.entry")
    assert (same.id, same.selector) == (page.id, "div.entry")
    assert changes.text == "The items of “News” are found by “div.entry” from now on."
    assert desk.store.sources.state(page.id).next_due is None
    History(desk.store).undo(changes.undo)
    assert desk.store.sources.get(page.id) == page


def test_the_worst_are_said_first(desk: Desk):
    """Of all sources."""
    desk.store.sources.replace(replace(desk.source, was="Aleph"))
    now = desk.clock.now()
    put(desk.store, desk.other, error=Gone(status=404).pack(), failing=now - 3 * DAY, failures=5)
    last = add_source(desk.store, "Gamma")
    put(desk.store, last, error=BadStatus(host="a", status=500).pack(), checked=now, failing=now - 3 * DAY, failures=5)
    assert list(desk.health.findings()) == [desk.other.id, last.id, desk.source.id]


def test_examining_is_no_change_of_the_persons(desk: Desk):
    desk.health.examine(FakeProgress())
    last = History(desk.store).last()
    assert last is not None
    assert "Water" in last.text
