"""Receiving packs: what is offered, by whom it is, taking it over whole or in part, and taking that back."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.core.conftest import put_items
from tests.core.curators import KEY, Someone, address, people
from tests.fakes import FakeClock
from veille.core.packs.comparing import Kind
from veille.core.packs.offers import PATIENCE, Author
from veille.errors import (
    BadFile,
    FromPack,
    NotFound,
    OlderPack,
    PackNewer,
    PackUnfinished,
    SuspiciousPack,
    UnsignedPack,
)
from veille.resources import resource

needs_posix = pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock, share: Path) -> Iterator[list[Someone]]:
    """Ann, who published a sector with three sources, and Max, who has sources of his own."""
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        for name in ("One", "Two", "Three"):
            ann.add(name, why=f"Why {name}")
        ann.publishing.publish(KEY, share)
        max_.sector("Mine")
        max_.add("Own", "mine")
        yield [ann, max_]


@pytest.fixture
def ann(pair: list[Someone]) -> Someone:
    return pair[0]


@pytest.fixture
def max_(pair: list[Someone]) -> Someone:
    return pair[1]


@pytest.fixture
def reader(max_: Someone, share: Path) -> Someone:
    """Max, once he took over the first edition."""
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer)
    return max_


def file_in(share: Path) -> Path:
    return share / f"{KEY}.veille.toml"


# Taking over --------------------------------------------------------------------------------------


def test_a_pack_is_offered_shown_and_taken_over(max_: Someone, share: Path, clock: FakeClock) -> None:
    before = max_.outline
    (offer,) = max_.offers.follow(share)
    assert (max_.outline.sectors, max_.outline.sources) == (before.sectors, before.sources)  # nothing unasked
    assert offer.text == "The pack “Energy” has 3 sources (edition 1)."
    assert (offer.author, offer.suspicious, offer.older) == (Author.UNSIGNED, False, False)
    assert [(each.kind, each.title, each.why) for each in offer.changes] == [
        (Kind.ADDED, name, f"Why {name}") for name in ("One", "Two", "Three")
    ]
    changes = max_.offers.accept(offer)
    assert changes.text == "Edition 1 of the pack “Energy” was taken over."
    assert max_.names() == ["One", "Two", "Three"]
    for each in max_.members():
        assert (each.origin, each.by, each.when.date()) == ("pack:energy@1", "Ann", clock.now().date())
    assert not max_.offers.look().offers
    (row,) = max_.offers.all()
    assert (row.edition, row.place) == (1, str(file_in(share)))


def test_it_is_taken_back_and_offered_again(max_: Someone, share: Path) -> None:
    (offer,) = max_.offers.follow(share)
    before = (max_.outline, max_.store.packs.all())
    max_.offers.accept(offer)
    assert max_.history.undo().text == "Edition 1 of the pack “Energy” was taken over."
    assert (max_.outline, max_.store.packs.all()) == before
    again = max_.look()
    assert [each.mark for each in again.changes] == [each.mark for each in offer.changes]
    max_.offers.accept(again)
    assert max_.names() == ["One", "Two", "Three"]


def test_every_kind_of_change_arrives(ann: Someone, reader: Someone) -> None:
    one, three = ann.source("One"), ann.source("Three")
    ann.several.explain(one.id, KEY, "Another reason")
    ann.several.label([one.id], add=["daily"])
    ann.several.on_trial([one.id], date(2026, 12, 31))
    ann.curation.remove_source(ann.source("Two").id)
    ann.curation.rename_source(three.id, "Third")
    ann.curation.rank(three.id, KEY)
    ann.add("Four")
    ann.curation.rename_sector(KEY, "Power")
    ann.rule("football")
    ann.publishing.publish(KEY, reasons={f"feed:{address('Two')}": "It became a shop."}, note="Have a look.")
    offer = reader.look()
    assert {each.kind for each in offer.changes} == {
        Kind.TITLE, Kind.ADDED, Kind.REMOVED, Kind.CHANGED, Kind.ORDER, Kind.RULE_ADDED,
    }  # fmt: skip
    assert next(each.why for each in offer.changes if each.kind is Kind.REMOVED) == "It became a shop."
    assert offer.pack.note == "Have a look."
    reader.offers.accept(offer)
    assert reader.names() == ["Third", "One", "Four"]
    (member,) = (each for each in reader.members() if each.source == reader.source("One").id)
    assert (member.why, member.trial, reader.source("One").labels) == ("Another reason", date(2026, 12, 31), ("daily",))
    assert "Two" not in reader.watched()
    assert [each.title for each in reader.outline.sectors if each.key == KEY] == ["Power"]
    (rule,) = reader.rules.all()
    assert (rule.condition.words, rule.sector, rule.pack, rule.by) == (("football",), KEY, KEY, "Ann")
    ann.rules.remove(ann.rules.all()[0].id)
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert not reader.rules.all()
    reader.history.undo()
    assert len(reader.rules.all()) == 1


def test_a_part_is_taken_over_and_the_rest_not_offered_again(ann: Someone, reader: Someone) -> None:
    ann.add("Four")
    ann.curation.remove_source(ann.source("One").id)
    ann.publishing.publish(KEY)
    offer = reader.look()
    wanted = [each.mark for each in offer.changes if each.kind is Kind.ADDED]
    changes = reader.offers.accept(offer, wanted)
    assert changes.text == "Of edition 2 of the pack “Energy”, 1 change of 2 was taken over."
    assert reader.names() == ["One", "Two", "Three", "Four"]
    assert not reader.offers.look().offers
    ann.add("Five")
    ann.publishing.publish(KEY)
    assert [each.title for each in reader.look().changes] == ["Five"]  # that One goes was declined
    ann.add("One")
    ann.several.explain(ann.source("One").id, KEY, "It is back")
    ann.publishing.publish(KEY)
    assert {each.title for each in reader.look().changes} >= {"Five", "One"}


def test_declined_is_not_offered_again_until_it_is_something_else(ann: Someone, reader: Someone) -> None:
    ann.add("Four")
    ann.publishing.publish(KEY)
    changes = reader.offers.decline(reader.look())
    assert changes.text == "Edition 2 of the pack “Energy” was declined."
    assert not reader.offers.look().offers
    ann.several.explain(ann.source("Four").id, KEY, "It matters")
    ann.publishing.publish(KEY)
    assert [each.why for each in reader.look().changes] == ["It matters"]
    reader.history.undo()
    assert reader.look().changes


def test_a_signature_alone_is_offered_once(ann: Someone, reader: Someone) -> None:
    ann.publishing.publish(KEY, sign=True)
    offer = reader.look()
    assert (offer.changes, offer.author) == ((), Author.FIRST)
    reader.offers.decline(offer)
    assert not reader.offers.look().offers
    reader.history.undo()
    reader.offers.accept(reader.look())
    reader.offers.set_automatic(KEY, True)
    assert not reader.offers.look().offers


def test_a_signed_pack_that_is_declined_stays_so(ann: Someone, max_: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, sign=True)
    (offer,) = max_.offers.follow(share)
    max_.offers.decline(offer)
    assert not max_.offers.look().offers


def test_a_moved_source_keeps_its_items_and_marks(ann: Someone, reader: Someone, clock: FakeClock) -> None:
    source = reader.source("One")
    (item,) = put_items(reader.store, source.id, clock, "a")
    reader.store.marks.set_saved([item], clock.now())
    ann.move("One", "Uno")
    ann.publishing.publish(KEY)
    offer = reader.look()
    assert [each.kind for each in offer.changes] == [Kind.MOVED]
    reader.offers.accept(offer)
    moved = reader.outline.sources[source.id]
    assert (moved.key, moved.address) == (f"feed:{address('Uno')}", address("Uno"))
    assert reader.names() == ["One", "Two", "Three"]
    assert list(reader.store.marks.saved_ids()) == [item]
    reader.history.undo()
    assert reader.outline.sources[source.id].address == address("One")


def test_who_moved_with_the_source_before_has_it_once(ann: Someone, reader: Someone) -> None:
    reader.move("One", "Uno")  # a refresh learnt it
    assert not reader.offers.look().offers
    ann.move("One", "Uno")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert reader.names() == ["One", "Two", "Three"]
    assert len(reader.watched()) == 4


# What stays ---------------------------------------------------------------------------------------


def test_own_additions_and_ways_survive(ann: Someone, reader: Someone) -> None:
    reader.add("Mine", KEY, why="I like it")
    one, two = reader.source("One"), reader.source("Two")
    reader.curation.rename_source(one.id, "My One")
    reader.curation.pause(two.id)
    reader.curation.set_route(one.id, "socks5h://127.0.0.1:9050")
    reader.curation.move(reader.source("Three").id, "mine")
    own = reader.rule("tennis")
    ann.several.explain(ann.source("Two").id, KEY, "Better")
    ann.curation.rename_source(ann.source("One").id, "Ein")
    ann.curation.remove_source(ann.source("Three").id)
    ann.add("Four")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert reader.names() == ["My One", "Two", "Mine", "Four"]
    assert reader.names("mine") == ["Own", "Three"]
    assert reader.outline.sources[one.id].route
    assert two.id in reader.outline.paused
    assert reader.rules.all() == (own,)
    (mine,) = (each for each in reader.members() if each.origin == "person")
    assert mine.why == "I like it"


def test_a_source_that_was_there_before_is_not_taken_away(ann: Someone, max_: Someone, share: Path) -> None:
    max_.add("One", "mine")
    max_.sector("Energy")
    max_.add("Two", KEY, why="Mine")
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer)
    for name in ("One", "Two", "Three"):
        ann.curation.remove_source(ann.source(name).id)
    ann.publishing.publish(KEY)
    max_.offers.accept(max_.look())
    assert max_.watched() == {"Own", "One", "Two"}
    assert max_.names() == ["Two"]
    assert max_.members()[0].why == "Mine"


def test_a_pack_does_not_move_what_the_person_watched_before(ann: Someone, max_: Someone, share: Path) -> None:
    own = max_.add("One", "mine")
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer)
    ann.move("One", "Elsewhere")
    ann.publishing.publish(KEY)
    max_.offers.accept(max_.look())
    assert max_.outline.sources[own.id] == own
    assert [each.source for each in max_.members("mine")][-1] == own.id
    addresses = [max_.outline.sources[each.source].address for each in max_.members()]
    assert addresses == [address(name) for name in ("Elsewhere", "Two", "Three")]


def test_what_the_person_set_aside_stays_so(ann: Someone, reader: Someone) -> None:
    reader.curation.remove_source(reader.source("One").id)
    ann.several.explain(ann.source("One").id, KEY, "Another reason")
    ann.publishing.publish(KEY)
    assert not reader.offers.look().offers  # nothing that he would see
    ann.add("Four")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert reader.names() == ["Two", "Three", "Four"]
    reader.history.undo()
    reader.history.undo()
    assert reader.names() == ["One", "Two", "Three"]


def test_a_source_that_comes_back_comes_back(ann: Someone, reader: Someone) -> None:
    ann.curation.remove_source(ann.source("One").id)
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert "One" not in reader.watched()
    ann.add("One")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    assert set(reader.names()) == {"One", "Two", "Three"}


def test_two_packs_bring_the_same_source(ann: Someone, reader: Someone, tmp_path: Path, clock: FakeClock) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with people(tmp_path, clock, "Eve") as (eve,):
        eve.sector("Grid")
        eve.add("One", "grid")
        eve.publishing.publish("grid", other)
        (offer,) = reader.offers.follow(other)
        reader.offers.accept(offer)
        ann.curation.remove_source(ann.source("One").id)
        ann.publishing.publish(KEY)
        reader.offers.accept(reader.look())
        assert "One" in reader.watched()
        eve.curation.remove_source(eve.source("One").id)
        eve.publishing.publish("grid")
        reader.offers.accept(reader.look())
        assert "One" not in reader.watched()


def test_what_the_curator_decides_is_not_changed_here(reader: Someone, ann: Someone) -> None:
    ann.rule("football")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    one, (rule,) = reader.source("One"), reader.rules.all()
    before = (reader.outline, reader.rules.all(), reader.store.history.last())
    for work in (
        lambda: reader.curation.move(one.id, None, KEY),
        lambda: reader.curation.move(one.id, "mine", KEY),
        lambda: reader.curation.rank(one.id, KEY),
        lambda: reader.curation.rename_sector(KEY, "Mine now"),
        lambda: reader.curation.remove_sector(KEY),
        lambda: reader.several.move([one.id], "mine", KEY),
        lambda: reader.several.explain(one.id, KEY, "No"),
        lambda: reader.several.on_trial([one.id], date(2027, 1, 1)),
        lambda: reader.rules.remove(rule.id),
    ):
        with pytest.raises(FromPack, match="“Energy”"):
            work()
    assert (reader.outline, reader.rules.all(), reader.store.history.last()) == before
    reader.curation.pause(one.id)
    reader.curation.rename_source(one.id, "Uno")
    reader.curation.move(one.id, "mine")
    reader.rules.pause(rule.id)


def test_what_is_left_is_the_persons_own(ann: Someone, reader: Someone) -> None:
    ann.rule("football")
    ann.publishing.publish(KEY)
    reader.offers.accept(reader.look())
    before = (reader.outline, reader.rules.all(), reader.store.packs.all())
    assert reader.offers.leave(KEY).text == "The pack “Energy” is no longer received; its sources are your own."
    assert reader.names() == ["One", "Two", "Three"]
    assert {each.origin for each in reader.members()} == {"person"}
    reader.curation.rename_sector(KEY, "Mine now")
    reader.rules.remove(reader.rules.all()[0].id)
    for _time in range(3):
        reader.history.undo()
    assert (reader.outline, reader.rules.all(), reader.store.packs.all()) == before
    with pytest.raises(NotFound):
        reader.offers.leave("nothing")


def test_an_address_for_one_reader_is_said_and_at_the_strict_level_left_out(ann: Someone, reader: Someone) -> None:
    personal = f"https://news.example/feed?token={'0123456789abcdef' * 2}"
    ann.curation.add_feed(personal, KEY, "Personal")
    ann.curation.add_feed("http://192.168.1.9/feed", KEY, "Private", allow_private=True)
    ann.publishing.publish(KEY)
    offer = reader.look()
    text = reader.offers.accept(offer).text
    assert "news.example" in text
    assert "0123456789abcdef" not in text
    assert not reader.source("Private").allow_private
    reader.history.undo()
    reader.strict = True
    text = reader.offers.accept(reader.look()).text
    assert "“Personal” was left out" in text
    assert "Personal" not in reader.watched()
    assert not reader.offers.look().offers


# By whom ------------------------------------------------------------------------------------------


@pytest.fixture
def signed(ann: Someone, reader: Someone) -> Someone:
    """Max, who knows Ann's key."""
    ann.publishing.publish(KEY, sign=True)
    offer = reader.look()
    assert offer.author is Author.FIRST
    assert ann.publishing.fingerprint() in offer.author_text
    reader.offers.accept(offer)
    return reader


def test_signed_editions_are_taken_over_without_a_question(ann: Someone, signed: Someone) -> None:
    signed.offers.set_automatic(KEY, True)
    ann.add("Four")
    ann.publishing.publish(KEY)
    look = signed.offers.look()
    assert not look.offers
    assert [each.text for each in look.accepted] == ["Edition 3 of the pack “Energy” was taken over."]
    assert "Four" in signed.names()
    signed.history.undo()
    assert "Four" not in signed.names()
    signed.offers.set_automatic(KEY, False)
    assert signed.look().author is Author.EXPECTED


def test_what_was_undone_does_not_come_back_by_itself(ann: Someone, signed: Someone) -> None:
    signed.offers.set_automatic(KEY, True)
    ann.add("Four")
    ann.publishing.publish(KEY)
    assert signed.offers.look().accepted
    signed.history.undo()
    assert not signed.offers.look().accepted
    assert signed.look().changes  # but it is offered
    ann.add("Five")
    ann.publishing.publish(KEY)
    assert signed.offers.look().accepted


def test_an_unsigned_pack_is_not_trusted(reader: Someone) -> None:
    with pytest.raises(UnsignedPack):
        reader.offers.set_automatic(KEY, True)
    with pytest.raises(NotFound):
        reader.offers.set_automatic("nothing", True)


def test_an_address_for_one_reader_is_not_taken_over_unasked(ann: Someone, signed: Someone) -> None:
    signed.offers.set_automatic(KEY, True)
    ann.curation.add_feed(f"https://news.example/feed?token={'0123456789abcdef' * 2}", KEY, "Personal")
    ann.publishing.publish(KEY)
    assert signed.look().author is Author.EXPECTED


@pytest.mark.parametrize("how", ["another", "unsigned", "broken"])
def test_what_somebody_else_wrote_is_shown_as_such(
    ann: Someone, signed: Someone, share: Path, how: str, tmp_path: Path, clock: FakeClock
) -> None:
    signed.offers.set_automatic(KEY, True)
    ann.add("Four")
    ann.publishing.publish(KEY, sign=how != "unsigned")
    text = file_in(share).read_text(encoding="utf-8")
    if how == "broken":
        file_in(share).write_text(text.replace("Why One", "Why evil"), encoding="utf-8")
    if how == "another":
        (ann.store.folder / "curator.pem").unlink()
        ann.add("Five")
        file_in(share).unlink()
        ann.publishing.publish(KEY, sign=True)
    offer = signed.look()
    assert offer.suspicious
    assert offer.author == {"another": Author.ANOTHER, "unsigned": Author.NO_LONGER, "broken": Author.BROKEN}[how]
    with pytest.raises(SuspiciousPack, match="“Energy” was not taken over"):
        signed.offers.accept(offer)
    before = signed.offers.all()[0].signer
    signed.offers.accept(offer, insist=True)
    assert "Four" in signed.names()
    (row,) = signed.offers.all()
    assert (row.signer == before) is (how == "broken")
    assert row.automatic is (how == "broken")
    signed.history.undo()
    assert signed.offers.all()[0].signer == before


def test_an_older_edition_is_shown_and_not_taken_over(ann: Someone, signed: Someone, share: Path) -> None:
    signed.offers.set_automatic(KEY, True)
    old = file_in(share).read_bytes()
    ann.add("Four")
    ann.publishing.publish(KEY)
    assert signed.offers.look().accepted
    file_in(share).write_bytes(old)
    offer = signed.look()
    assert offer.older
    assert not offer.suspicious
    assert "older than the one that you have (3)" in offer.text
    with pytest.raises(OlderPack):
        signed.offers.accept(offer)
    assert "Four" in signed.names()
    signed.offers.accept(offer, insist=True)
    assert "Four" not in signed.names()
    assert signed.offers.all()[0].edition == 2


# Places -------------------------------------------------------------------------------------------


def test_half_a_file_is_never_taken_for_less(ann: Someone, signed: Someone, share: Path, clock: FakeClock) -> None:
    """Whatever part of the next edition is there, nothing is offered but the whole."""
    signed.offers.set_automatic(KEY, True)
    ann.add("Four")
    ann.publishing.publish(KEY)
    data = file_in(share).read_bytes()
    before = signed.outline
    for length in range(len(data) - 1):
        file_in(share).write_bytes(data[:length])
        look = signed.offers.look()
        assert (look.offers, look.accepted, look.problems) == ((), (), ()), data[:length][-50:]
    file_in(share).write_bytes(data[: len(data) // 2] + b"\0" * (len(data) - len(data) // 2))
    assert not signed.offers.look().offers
    assert signed.outline == before
    clock.advance(seconds=PATIENCE + 1)
    ((key, text),) = signed.offers.look().problems
    assert key == KEY
    assert "energy.veille.toml" in text
    file_in(share).write_bytes(data)
    look = signed.offers.look()
    assert look.accepted
    assert not look.problems


def test_a_vanished_share_is_said_once_and_picked_up_again(
    ann: Someone, reader: Someone, share: Path, tmp_path: Path, clock: FakeClock
) -> None:
    ann.sector("Grid")
    ann.add("Grid one", "grid")
    ann.publishing.publish("grid", share)
    reader.offers.accept(reader.look())  # in a folder that is followed, what is new is offered
    before = reader.outline
    share.rename(tmp_path / "away")
    for _time in range(3):
        clock.advance(hours=5)
        ((place, text),) = reader.offers.look().problems
        assert place == str(share)
        assert text == (
            f"The folder {share} cannot be reached (it does not exist). Nothing is lost: Veille looks again."
        )
    assert reader.outline == before
    (tmp_path / "away").rename(share)
    ann.add("Four")
    ann.publishing.publish(KEY)
    assert [each.title for each in reader.look().changes] == ["Four"]


def test_a_file_that_is_gone_is_missed_after_a_while(reader: Someone, share: Path, clock: FakeClock) -> None:
    file_in(share).unlink()
    look = reader.offers.look()
    assert not look.problems
    assert [key for key, _text in look.waiting] == [KEY]
    clock.advance(seconds=PATIENCE + 1)
    ((_key, text),) = reader.offers.look().problems
    assert "no longer there" in text
    assert reader.names() == ["One", "Two", "Three"]


def test_a_newer_format_is_said(ann: Someone, reader: Someone, share: Path) -> None:
    text = file_in(share).read_text(encoding="utf-8").replace("veille = 2", "veille = 3")
    file_in(share).write_text(text, encoding="utf-8")
    ((_key, said),) = reader.offers.look().problems
    assert "needs a newer Veille" in said
    with pytest.raises(PackNewer):
        reader.offers.open(file_in(share))
    assert reader.names() == ["One", "Two", "Three"]


def test_clocks_decide_nothing(ann: Someone, reader: Someone, share: Path, clock: FakeClock) -> None:
    for year in (1999, 2090):
        clock.time = datetime(year, 1, 1, tzinfo=UTC)
        ann.add(f"Of {year}")
        ann.publishing.publish(KEY)
        os.utime(file_in(share), (year, year))
        clock.time = datetime(2026, 3, 2, tzinfo=UTC)
        reader.offers.accept(reader.look())
        assert f"Of {year}" in reader.names()
    assert max(each.when for each in reader.members()) <= clock.now()


def test_a_change_that_the_file_system_does_not_tell_is_seen(ann: Someone, reader: Someone, share: Path) -> None:
    reader.offers.look()
    found = file_in(share).stat()
    text = file_in(share).read_text(encoding="utf-8")
    with file_in(share).open("r+", encoding="utf-8") as file:  # in its place, as long as before
        file.write(text.replace("Why One", "Why Uno"))
    os.utime(file_in(share), ns=(found.st_atime_ns, found.st_mtime_ns))
    assert [each.why for each in reader.look().changes] == ["Why Uno"]


def test_a_folder_goes_on_offering_what_is_new_in_it(ann: Someone, reader: Someone, share: Path) -> None:
    ann.sector("Grid")
    ann.add("Grid one", "grid")
    ann.publishing.publish("grid", share)
    (share / "grid (conflict).veille.toml").write_bytes((share / "grid.veille.toml").read_bytes())
    offer = reader.look()
    assert offer.pack.key == "grid"
    reader.offers.decline(offer)
    assert not reader.offers.look().offers
    reader.history.undo()
    assert reader.look()
    assert reader.offers.folders() == (share,)
    assert "no longer looks for new packs" in reader.offers.leave(str(share)).text
    assert not reader.offers.look().offers
    assert [each.key for each in reader.offers.all()] == [KEY]


def test_a_pack_that_was_left_is_not_offered_again(reader: Someone) -> None:
    reader.offers.leave(KEY)
    assert not reader.offers.look().offers
    assert not reader.offers.all()


def test_a_pack_that_moved_is_followed_where_it_is(ann: Someone, reader: Someone, share: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    share.rename(moved)
    assert reader.offers.follow(moved / "energy.veille.toml") == ()
    ann.add("Four")
    ann.publishing.publish(KEY, moved)
    assert [offer.changes[0].title for offer in reader.offers.look().offers] == ["Four"]


def test_a_file_that_was_sent_is_taken_over_and_not_looked_at_again(
    ann: Someone, max_: Someone, tmp_path: Path
) -> None:
    file = tmp_path / "from Ann.toml"
    ann.publishing.send(KEY, file)
    max_.offers.accept(max_.offers.open(file))
    assert max_.names() == ["One", "Two", "Three"]
    file.unlink()
    look = max_.offers.look()
    assert (look.offers, look.problems, look.waiting) == ((), (), ())
    assert max_.offers.all()[0].place == ""


def test_a_starter_sector_is_a_pack_as_well(max_: Someone) -> None:
    offer = max_.offers.open(resource("sectors") / "energy.toml")
    max_.offers.accept(offer)
    assert len(max_.members()) == len(offer.pack.sources) > 3


def test_what_is_no_pack_is_refused(max_: Someone, share: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    odd = tmp_path / "odd.veille.toml"
    odd.write_bytes(b"\xff\xfe nothing")
    large = tmp_path / "large.veille.toml"
    with large.open("wb") as file:
        file.truncate(6_000_000)
    for place in (empty, odd, large, tmp_path / "missing", resource("sectors")):
        with pytest.raises(BadFile):
            max_.offers.follow(place)
    for place in (odd, large, share, tmp_path / "missing"):
        with pytest.raises(BadFile):
            max_.offers.open(place)
    half = tmp_path / "half.veille.toml"
    half.write_bytes(file_in(share).read_bytes()[:-20])
    with pytest.raises(PackUnfinished):
        max_.offers.open(half)
    assert not max_.store.packs.all()


def test_ones_own_pack_is_not_received(ann: Someone, share: Path) -> None:
    for work in (lambda: ann.offers.follow(file_in(share)), lambda: ann.offers.open(file_in(share))):
        with pytest.raises(BadFile, match="you publish this pack yourself"):
            work()


@needs_posix
@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "folder"])
def test_what_is_no_file_keeps_nobody_waiting(reader: Someone, share: Path, clock: FakeClock, kind: str) -> None:
    path = file_in(share)
    path.unlink()
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "loop": lambda: path.symlink_to(path),
        "folder": path.mkdir,
    }[kind]()
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(reader.offers.look()), daemon=True)
    thread.start()
    thread.join(20)
    assert found
    clock.advance(seconds=PATIENCE + 1)
    assert [key for key, _text in reader.offers.look().problems] == [KEY]
    assert reader.names() == ["One", "Two", "Three"]
