"""Publishing a sector: into a folder that others see, beside another curator, as a file to send."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.core.curators import KEY, Someone, address, people
from tests.fakes import FakeClock
from veille.core.packs import places
from veille.core.packs.comparing import Kind
from veille.core.packs.merging import Side
from veille.core.packs.reading import read
from veille.core.packs.signing import signature
from veille.errors import (
    BadFile,
    BadKey,
    FromPack,
    NoPlace,
    NotFound,
    PackConflicts,
    PackNewer,
    PackUnfinished,
    ProfileUnwritable,
)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder that everybody sees."""
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Iterator[list[Someone]]:
    """Ann, who has a sector with three sources, and Bob, who has nothing yet."""
    with people(tmp_path, clock, "Ann", "Bob") as (ann, bob):
        ann.sector()
        for name in ("One", "Two", "Three"):
            ann.add(name, why=f"Why {name}")
        yield [ann, bob]


@pytest.fixture
def ann(pair: list[Someone]) -> Someone:
    return pair[0]


@pytest.fixture
def bob(pair: list[Someone]) -> Someone:
    return pair[1]


def file_in(share: Path) -> Path:
    return share / f"{KEY}.veille.toml"


def published(share: Path):
    return read(file_in(share).read_text(encoding="utf-8"), "energy")


# One curator --------------------------------------------------------------------------------------


def test_a_sector_becomes_a_file_that_says_all_of_it(ann: Someone, share: Path, clock: FakeClock) -> None:
    source = ann.source("Two")
    ann.several.label([source.id], add=["daily"])
    ann.rule("football")
    ann.rule("tennis", source=source.id)
    pack, changes = ann.publishing.publish(KEY, share, note="Welcome.")
    assert changes.text == "The pack “Energy” was published (edition 1)."
    assert [each.name for each in share.iterdir()] == ["energy.veille.toml"]
    found = published(share)
    assert found == pack
    assert (found.key, found.version, found.title, found.by, found.note) == (KEY, 1, "Energy", "Ann", "Welcome.")
    assert found.published == clock.now()
    assert [(each.title, each.why, each.by) for each in found.sources] == [
        (name, f"Why {name}", "Ann") for name in ("One", "Two", "Three")
    ]
    assert found.sources[1].labels == ("daily",)
    assert found.sources[1].added == clock.now().date()
    assert [(each.rule.condition.words, each.source) for each in found.rules] == [
        (("football",), ""), (("tennis",), f"feed:{address('Two')}"),
    ]  # fmt: skip


def test_the_next_edition_goes_to_the_same_place_and_says_what_is_gone(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    ann.add("Four")
    ann.curation.remove_source(ann.source("Two").id)
    ann.move("Three", "Third")
    draft = ann.publishing.draft(KEY)
    assert [(each.kind, each.title) for each in draft.changes] == [
        (Kind.ADDED, "Four"), (Kind.REMOVED, "Two"), (Kind.MOVED, "Three"),
    ]  # fmt: skip
    assert file_in(share) == Path(draft.place)
    key = f"feed:{address('Two')}"
    pack, _changes = ann.publishing.publish(KEY, reasons={key: "It became a shop."})
    assert pack.version == 2
    assert [(each.title, each.why, each.by) for each in pack.removals] == [("Two", "It became a shop.", "Ann")]
    assert pack.sources[1].former == (f"feed:{address('Three')}",)
    again, changes = ann.publishing.publish(KEY)
    assert (again.version, changes.text) == (2, "There is nothing new to publish in “Energy”.")
    ann.add("Two")
    assert not ann.publishing.publish(KEY)[0].removals


def test_a_pause_and_what_was_read_are_nobody_elses(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    text = file_in(share).read_bytes()
    ann.curation.pause(ann.source("One").id)
    ann.curation.set_route(ann.source("One").id, "socks5h://127.0.0.1:9050")
    ann.curation.allow_private(ann.source("Two").id)
    assert not ann.publishing.draft(KEY).changes
    assert file_in(share).read_bytes() == text


def test_publishing_is_undone_in_the_profile_alone(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    before = ann.store.packs.all()
    ann.add("Four")
    _pack, changes = ann.publishing.publish(KEY)
    assert changes.undo
    assert ann.history.undo().text == changes.text
    assert ann.store.packs.all() == before
    assert published(share).version == 2
    assert ann.publishing.publish(KEY)[0].version >= 2  # what was handed out is not taken back by a lower number


def test_a_name_stays_with_what_it_added(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    ann.name = "Anna"
    assert not ann.publishing.draft(KEY).changes
    ann.add("Four")
    assert [each.by for each in ann.publishing.publish(KEY)[0].sources] == ["Ann", "Ann", "Ann", "Anna"]


def test_texts_in_several_languages_stay_while_they_are_not_changed(
    ann: Someone, bob: Someone, share: Path, tmp_path: Path
) -> None:
    ann.publishing.publish(KEY, share)
    text = file_in(share).read_text(encoding="utf-8")
    text = text.replace('title = "Energy"', 'title = { en = "Energy", fr = "Énergie" }', 1)
    text = text.replace('why = "Why One"', 'why = { en = "Why One", fr = "Pourquoi" }')
    file_in(share).write_text(text.replace("version = 1", "version = 2"), encoding="utf-8")
    ann.add("Four")
    pack, _changes = ann.publishing.publish(KEY)
    assert pack.titles == {"en": "Energy", "fr": "Énergie"}
    assert pack.sources[0].reasons == {"en": "Why One", "fr": "Pourquoi"}
    ann.add("Five")
    assert ann.publishing.publish(KEY)[0].sources[0].reasons == {"en": "Why One", "fr": "Pourquoi"}


def test_a_place_must_be_named_once_and_be_there(ann: Someone, share: Path, tmp_path: Path) -> None:
    with pytest.raises(NoPlace, match="Say where “Energy”"):
        ann.publishing.publish(KEY)
    with pytest.raises(NotFound):
        ann.publishing.publish("nothing", share)
    with pytest.raises(BadFile, match="neither a folder"):
        ann.publishing.publish(KEY, share / "gone")
    assert ann.publishing.draft(KEY).place == ""
    ann.publishing.publish(KEY, share)
    file_in(share).unlink()
    share.rmdir()
    with pytest.raises(BadFile, match="does not exist"):
        ann.publishing.publish(KEY)
    share.mkdir()
    assert ann.publishing.publish(KEY)[0].version == 2


def test_a_file_is_sent_and_numbered_though_it_is_published_nowhere(ann: Someone, tmp_path: Path) -> None:
    file = tmp_path / f"{KEY}.veille.toml"
    assert ann.publishing.send(KEY, file, note="Hello").version == 1
    assert ann.publishing.send(KEY, file).version == 1
    ann.add("Four")
    assert ann.publishing.send(KEY, file).version == 2
    assert [each.title for each in read(file.read_text(), "x").sources] == ["One", "Two", "Three", "Four"]
    ann.publishing.publish(KEY, tmp_path)  # where it lies already
    assert ann.publishing.all()[0].place == str(file)


def test_what_is_no_longer_published_goes_on_counting(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    assert ann.publishing.stop(KEY).text == "The pack “Energy” is no longer published; its file stays where it is."
    assert not ann.publishing.all()
    with pytest.raises(NotFound):
        ann.publishing.stop(KEY)
    ann.add("Four")
    assert ann.publishing.publish(KEY, share)[0].version == 2


# Whole or not at all ------------------------------------------------------------------------------


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    before = (file_in(share).read_bytes(), ann.store.packs.all(), ann.store.history.last())
    ann.add("Four")
    ann.history.undo()
    if os.geteuid() == 0:
        (share / ".energy.veille.toml.partial").mkdir()  # not even root writes over a folder
    else:
        share.chmod(0o500)
    try:
        ann.add("Five")
        with pytest.raises(ProfileUnwritable):
            ann.publishing.publish(KEY)
    finally:
        share.chmod(0o700)
    ann.history.undo()
    assert (file_in(share).read_bytes(), ann.store.packs.all(), ann.store.history.last()) == before


def test_one_publishes_at_a_time(ann: Someone, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_PAUSE", 0.001)
    lock = share / ".energy.veille.toml.lock"
    lock.touch()
    with pytest.raises(PackUnfinished):
        ann.publishing.publish(KEY, share)
    assert lock.exists()
    old = lock.stat().st_mtime - places.PATIENCE - 5
    os.utime(lock, (old, old))  # whoever made it was killed
    assert ann.publishing.publish(KEY, share)[0].version == 1
    assert not lock.exists()


def test_what_another_program_writes_meanwhile_is_joined(
    ann: Someone, bob: Someone, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.publishing.publish(KEY, share)
    later = (
        file_in(share).read_text(encoding="utf-8").replace("Why One", "Because").replace("version = 1", "version = 2")
    )
    writing, times = places.writing, []

    def interrupted(path: Path):
        if not times:
            file_in(share).write_text(later, encoding="utf-8")
        times.append(path)
        return writing(path)

    monkeypatch.setattr(places, "writing", interrupted)
    ann.add("Four")
    pack, _changes = ann.publishing.publish(KEY)
    assert len(times) == 2
    assert (pack.version, pack.sources[0].why, len(pack.sources)) == (3, "Because", 4)
    assert ann.members()[0].why == "Because"


def test_what_cannot_be_read_is_not_written_over(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    whole = file_in(share).read_text(encoding="utf-8")
    ann.add("Four")
    for text, error in (
        (whole[: len(whole) // 2], PackUnfinished),
        (whole.replace("veille = 2", "veille = 9"), PackNewer),
        (whole.replace('key = "energy"', 'key = "other"'), BadFile),
    ):
        file_in(share).write_text(text, encoding="utf-8")
        with pytest.raises(error):
            ann.publishing.publish(KEY)
        assert file_in(share).read_text(encoding="utf-8") == text


# Two curators -------------------------------------------------------------------------------------


@pytest.fixture
def both(ann: Someone, bob: Someone, share: Path) -> list[Someone]:
    """Ann and Bob publish the same pack, and have the same sources."""
    ann.publishing.publish(KEY, share)
    bob.sector()
    bob.publishing.publish(KEY, share)
    assert bob.names() == ann.names()
    return [ann, bob]


def test_who_joins_takes_over_what_is_there(both: list[Someone], share: Path) -> None:
    bob = both[1]
    assert [(each.why, each.by) for each in bob.members()] == [(f"Why {n}", "Ann") for n in ("One", "Two", "Three")]
    assert published(share).version == 1  # nothing was new, so there is no other edition

    bob.curation.move(bob.source("One").id, None, KEY)


def test_what_both_did_is_joined(both: list[Someone], share: Path) -> None:
    ann, bob = both
    ann.add("Four")
    ann.publishing.publish(KEY)
    bob.add("Five", why="Bob likes it")
    bob.curation.remove_source(bob.source("Two").id)
    draft = bob.publishing.draft(KEY)
    assert [(each.kind, each.title) for each in draft.theirs] == [(Kind.ADDED, "Four")]
    assert [(each.kind, each.title) for each in draft.changes] == [(Kind.ADDED, "Five"), (Kind.REMOVED, "Two")]
    pack, changes = bob.publishing.publish(KEY)
    assert set(bob.names()) == {"One", "Three", "Four", "Five"} == {each.title for each in pack.sources}
    assert pack.version == 3
    ann.publishing.publish(KEY)
    assert ann.names() == bob.names()
    assert "Two" not in ann.watched()
    assert {each.by for each in ann.members()} <= {"person", "Ann", "Bob"}
    assert changes.undo
    bob.history.undo()
    assert set(bob.names()) == {"One", "Three", "Five"}


def test_what_both_changed_is_asked(both: list[Someone], share: Path) -> None:
    ann, bob = both
    for one, why in ((ann, "Ann says"), (bob, "Bob says")):
        one.several.explain(one.source("One").id, KEY, why)
    ann.publishing.publish(KEY)
    before = file_in(share).read_bytes()
    (conflict,) = bob.publishing.draft(KEY).conflicts
    assert (conflict.title, conflict.mine, conflict.theirs) == ("One", "Bob says", "Ann says")
    with pytest.raises(PackConflicts, match=r"\(1\)"):
        bob.publishing.publish(KEY)
    assert file_in(share).read_bytes() == before
    for side, why in ((Side.THEIRS, "Ann says"), (Side.MINE, "Bob says")):
        draft = bob.publishing.draft(KEY, choices={conflict.name: side})
        assert not draft.conflicts
        assert draft.pack.sources[0].why == why
    bob.publishing.publish(KEY, choices={conflict.name: Side.THEIRS})
    assert bob.members()[0].why == "Ann says"


def test_a_source_that_one_removed_and_the_other_changed_is_asked(both: list[Someone], share: Path) -> None:
    ann, bob = both
    ann.curation.remove_source(ann.source("One").id)
    ann.publishing.publish(KEY)
    bob.several.explain(bob.source("One").id, KEY, "I need it")
    (conflict,) = bob.publishing.draft(KEY).conflicts
    assert conflict.title == "One"
    bob.publishing.publish(KEY, choices={conflict.name: Side.MINE})
    ann.publishing.publish(KEY)
    assert "One" in ann.names()
    assert "One" in bob.names()


def test_an_edition_that_did_not_know_ours_takes_nothing_away(both: list[Someone], share: Path, tmp_path: Path) -> None:
    """In a folder that is synchronised, one side is late: it publishes from an edition before ours."""
    ann, bob = both
    late = tmp_path / "late"
    late.mkdir()
    (late / "energy.veille.toml").write_bytes(file_in(share).read_bytes())
    ann.add("Four")
    ann.publishing.publish(KEY)
    for name in ("Five", "Six"):  # once, and once more: its number is above ours then
        bob.add(name)
        bob.publishing.publish(KEY, late)
        file_in(share).write_bytes((late / "energy.veille.toml").read_bytes())
        ann.add(f"{name} of Ann")
        ann.publishing.publish(KEY)
        assert {"Four", name, f"{name} of Ann"} <= set(ann.names())
    assert not ann.publishing.draft(KEY).conflicts


def test_an_old_copy_changes_nothing(ann: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share)
    old = file_in(share).read_bytes()
    ann.add("Four")
    ann.curation.remove_source(ann.source("One").id)
    ann.publishing.publish(KEY)
    file_in(share).write_bytes(old)
    draft = ann.publishing.draft(KEY)
    assert (draft.theirs, draft.conflicts, draft.pack.version) == ((), (), 3)
    ann.publishing.publish(KEY)
    assert ann.names() == ["Two", "Three", "Four"] == [each.title for each in published(share).sources]


def test_two_at_the_very_same_time_lose_nothing(both: list[Someone], share: Path) -> None:
    failures: list[Exception] = []

    def work(one: Someone) -> None:
        try:
            for number in range(5):
                one.add(f"{one.name} {number}")
                one.publishing.publish(KEY)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures
    for one in both:
        one.publishing.publish(KEY)
    wanted = {"One", "Two", "Three", *(f"{one.name} {number}" for one in both for number in range(5))}
    assert {each.title for each in published(share).sources} == wanted
    both[0].publishing.publish(KEY)
    assert both[0].names() == both[1].names()
    assert [each.name for each in share.iterdir()] == ["energy.veille.toml"]


def test_dates_decide_nothing(both: list[Someone], share: Path, clock: FakeClock) -> None:
    ann, bob = both
    clock.time = datetime(1999, 1, 1, tzinfo=UTC)
    ann.add("Four")
    ann.publishing.publish(KEY)
    clock.time = datetime(2090, 1, 1, tzinfo=UTC)
    bob.add("Five")
    bob.publishing.publish(KEY)
    clock.time = datetime(1999, 1, 2, tzinfo=UTC)
    ann.publishing.publish(KEY)
    assert set(ann.names()) == {"One", "Two", "Three", "Four", "Five"}


def test_a_received_pack_is_not_published(ann: Someone, bob: Someone, share: Path, tmp_path: Path) -> None:
    ann.publishing.publish(KEY, share)
    (offer,) = bob.offers.follow(share)
    bob.offers.accept(offer)
    for work in (
        lambda: bob.publishing.publish(KEY, tmp_path),
        lambda: bob.publishing.draft(KEY),
        lambda: bob.publishing.send(KEY, tmp_path / "x.veille.toml"),
    ):
        with pytest.raises(FromPack):
            work()
    bob.offers.leave(KEY)
    assert len(bob.publishing.publish(KEY, tmp_path)[0].sources) == 3


# Signatures ---------------------------------------------------------------------------------------


def test_a_key_is_made_at_the_first_signature_and_stays(ann: Someone, share: Path) -> None:
    assert ann.publishing.fingerprint() == ""
    ann.publishing.publish(KEY, share, sign=True)
    key = ann.store.folder / "curator.pem"
    assert os.name != "posix" or key.stat().st_mode & 0o777 == 0o600
    mark = ann.publishing.fingerprint()
    assert mark
    first = signature(file_in(share).read_text(encoding="utf-8"))
    assert first.valid
    ann.add("Four")
    ann.publishing.publish(KEY)  # signed as before
    assert signature(file_in(share).read_text(encoding="utf-8")) == first
    assert ann.publishing.fingerprint() == mark
    key.rename(key.with_name("away"))
    ann.add("Five")
    with pytest.raises(BadKey, match="not the key of the edition before"):
        ann.publishing.publish(KEY)
    assert not key.exists()
    ann.publishing.publish(KEY, sign=False)
    assert not signature(file_in(share).read_text(encoding="utf-8")).key
    assert not ann.publishing.draft(KEY).signed
    key.write_text("no key")
    with pytest.raises(BadKey):
        ann.publishing.publish(KEY, sign=True)


def test_nobody_signs_what_somebody_else_slipped_in(ann: Someone, bob: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share, sign=True)
    bob.sector()
    bob.add("Evil")
    bob.publishing.publish(KEY, share)
    (conflict,) = ann.publishing.draft(KEY).conflicts
    assert (conflict.field, conflict.theirs) == ("somebody else’s edition", "not signed")
    with pytest.raises(PackConflicts):
        ann.publishing.publish(KEY)
    pack, _changes = ann.publishing.publish(KEY, choices={conflict.name: Side.MINE})
    assert [each.title for each in pack.sources] == ["One", "Two", "Three"]
    assert "Evil" not in ann.watched()


def test_a_co_curator_who_signs_is_asked_about_once(ann: Someone, bob: Someone, share: Path) -> None:
    ann.publishing.publish(KEY, share, sign=True)
    bob.sector()
    (conflict,) = bob.publishing.draft(KEY, share, sign=True).conflicts
    bob.publishing.publish(KEY, share, sign=True, choices={conflict.name: Side.THEIRS})
    bob.add("Four")
    bob.publishing.publish(KEY)
    (conflict,) = ann.publishing.draft(KEY).conflicts
    assert bob.publishing.fingerprint() in conflict.theirs
    ann.publishing.publish(KEY, choices={conflict.name: Side.THEIRS})
    for number in range(2):
        for one in (bob, ann):
            one.add(f"{one.name} {number}")
            one.publishing.publish(KEY)
    assert len(published(share).sources) == 8
