"""What somebody who writes to the same folder may try, and what goes wrong there by itself."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial
from pathlib import Path

import pytest

from tests.core.curators import KEY, Someone, address, people
from tests.fakes import FakeClock
from veille.core.packs import places
from veille.core.packs.merging import Side, merge
from veille.core.packs.offers import PATIENCE
from veille.core.packs.pack import Pack, PackSource
from veille.core.packs.publishing import AUTHOR
from veille.core.packs.reading import read
from veille.core.packs.writing import write
from veille.errors import BadFile, TooMany
from veille.rules import MOST, Action, Condition, Rule

needs_posix = pytest.mark.skipif(os.name != "posix", reason="links and names of POSIX")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock, share: Path) -> Iterator[list[Someone]]:
    """Ann, who published a sector with two sources, and Max."""
    with people(tmp_path, clock, "Ann", "Max") as (ann, max_):
        ann.sector()
        for name in ("One", "Two"):
            ann.add(name, why=f"Why {name}")
        ann.publishing.publish(KEY, share)
        yield [ann, max_]


@pytest.fixture
def ann(pair: list[Someone]) -> Someone:
    return pair[0]


@pytest.fixture
def max_(pair: list[Someone]) -> Someone:
    return pair[1]


def file_in(share: Path) -> Path:
    return share / f"{KEY}.veille.toml"


def sent(tmp_path: Path, body: str, head: str = 'title = "Energy"') -> Path:
    """A pack that somebody wrote by hand."""
    file = tmp_path / "sent.toml"
    file.write_text(f'veille = 2\nkey = "{KEY}"\nversion = 1\n{head}\n{body}\n[end]\nversion = 1\n', encoding="utf-8")
    return file


# Names and places ---------------------------------------------------------------------------------


@needs_posix
def test_odd_names_in_a_folder_keep_nobody_from_looking(
    ann: Someone, max_: Someone, share: Path, clock: FakeClock
) -> None:
    text = file_in(share).read_text(encoding="utf-8")
    names = (b"\xff.veille.toml", b"\x1b[31mred.veille.toml", "a\u202eb.veille.toml".encode())
    for name in (*names, b"energy (conflicted copy).veille.toml", b".veille.toml"):
        Path(os.fsdecode(os.fsencode(share) + b"/" + name)).write_text(text, encoding="utf-8")
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer)
    for _time in range(2):
        clock.advance(seconds=PATIENCE + 1)
        look = max_.offers.look()
        assert (look.offers, look.problems, look.waiting) == ((), (), ())


def test_a_folder_full_of_large_files_is_not_read_whole(
    ann: Someone, max_: Someone, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer)
    monkeypatch.setattr(places, "ROOM", 100_000)
    for number in range(5):
        (share / f"a{number}.veille.toml").write_bytes(b"#" * 40_000)
    assert [path.name[:2] for path in places.listed(share)] == ["a0", "a1", "en"]
    assert len(max_.offers.look().waiting) == 2
    ann.add("Three")
    ann.publishing.publish(KEY)
    assert max_.offers.look().offers


@pytest.mark.parametrize("place", ["~nobody-is-called-so/x", "a\0b", "a" * 5000, "\udcff"])
def test_what_can_be_no_place_is_said(ann: Someone, max_: Someone, tmp_path: Path, place: str) -> None:
    for path in (Path(place), tmp_path / place):
        for work in (max_.offers.follow, max_.offers.open, partial(ann.publishing.draft, KEY)):
            with pytest.raises(BadFile):
                work(path)
    with pytest.raises(BadFile):
        ann.publishing.send(KEY, tmp_path / "a\0b.toml")


@needs_posix
def test_nothing_is_written_where_a_link_leads(ann: Someone, tmp_path: Path) -> None:
    other, victim = tmp_path / "other", tmp_path / "victim"
    other.mkdir()
    file_in(other).symlink_to(victim)
    with pytest.raises(BadFile, match="a link that leads nowhere"):
        ann.publishing.publish(KEY, other)
    assert not victim.exists()


@pytest.mark.parametrize("key", ["../energy", "a/b", "a\\\\b", "..", "a b", "", "-", "a" * 101, "a.b"])
def test_a_key_leads_nowhere(key: str) -> None:
    with pytest.raises(BadFile, match="key:"):
        read(f'veille = 2\nkey = "{key}"\nversion = 1\ntitle = "T"\n[end]\nversion = 1\n', "x")


# What a file says ---------------------------------------------------------------------------------


def test_what_a_merge_of_git_left_is_said(ann: Someone, max_: Someone, share: Path) -> None:
    text = file_in(share).read_text(encoding="utf-8")
    head, end = text[: text.index("[end]")], text[text.index("[end]") :]
    for mixed in (
        text.replace('why = "Why One"\n', '<<<<<<< HEAD\nwhy = "Uno"\n=======\nwhy = "Eins"\n>>>>>>> theirs\n'),
        f"{head}<<<<<<< HEAD\n{end}=======\n{end}>>>>>>> theirs\n",
    ):
        file_in(share).write_text(mixed, encoding="utf-8")
        with pytest.raises(BadFile, match="two versions of it side by side") as error:
            max_.offers.follow(share)
        assert type(error.value) is BadFile
        with pytest.raises(BadFile, match="two versions"):
            ann.publishing.publish(KEY)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar_are_no_moments(tmp_path: Path, max_: Someone, moment: str) -> None:
    with pytest.raises(BadFile, match="published"):
        max_.offers.open(sent(tmp_path, "", f'title = "T"\npublished = {moment}'))
    with pytest.raises(BadFile, match="trial"):
        max_.offers.open(sent(tmp_path, f'[[source]]\nkey = "feed:{address("x")}"\ntrial = {moment[:10]}'))
    pack = max_.offers.open(sent(tmp_path, "", 'title = "T"\npublished = 0002-01-01T00:00:00Z')).pack
    assert pack.published
    pack.published.astimezone(timezone(timedelta(hours=-12)))


def test_nobody_passes_for_the_person(tmp_path: Path, max_: Someone) -> None:
    body = f'[[source]]\nkey = "feed:{address("x")}"\nby = "person"'
    max_.offers.accept(max_.offers.open(sent(tmp_path, body, 'title = "T"\nby = "person"')))
    assert [each.by for each in max_.members()] == [""]


def test_a_number_of_editions_without_end_spoils_nothing(ann: Someone, share: Path) -> None:
    text = file_in(share).read_text(encoding="utf-8").replace("version = 1\n", "version = 1000000000\n")
    file_in(share).write_text(text, encoding="utf-8")
    ann.add("Three")
    with pytest.raises(BadFile):
        ann.publishing.publish(KEY)
    assert file_in(share).read_text(encoding="utf-8") == text
    file_in(share).unlink()
    assert ann.publishing.publish(KEY)[0].version == 2


def test_an_address_of_a_private_network_is_said_and_never_taken_over_unasked(
    ann: Someone, max_: Someone, share: Path
) -> None:
    ann.publishing.publish(KEY, sign=True)
    max_.offers.accept(max_.offers.follow(share)[0])
    max_.offers.set_automatic(KEY, True)
    for host in ("192.168.1.1", "printer.local", "localhost:8080"):
        ann.curation.add_feed(f"http://{host}/feed", KEY, "Inside")
        ann.publishing.publish(KEY)
        offer = max_.look()
        (change,) = offer.changes
        assert "Veille asks such an address only when you allow it for that source." in change.text
        max_.offers.accept(offer)
    assert not any(each.allow_private for each in max_.outline.sources.values())


# What is there already ----------------------------------------------------------------------------


def test_a_sector_of_ones_own_is_not_taken_over_unsaid(ann: Someone, max_: Someone, share: Path) -> None:
    max_.sector()
    max_.curation.rename_sector(KEY, "My energy")
    max_.add("Mine")
    (offer,) = max_.offers.follow(share)
    assert offer.text.endswith("It comes into your sector “My energy”, which keeps its name and its sources.")
    max_.offers.accept(offer)
    assert [each.title for each in max_.outline.sectors] == ["My energy"]
    ann.curation.rename_sector(KEY, "Power")
    ann.publishing.publish(KEY)
    offer = max_.look()
    assert "your sector" not in offer.text
    max_.offers.accept(offer)
    assert [each.title for each in max_.outline.sectors] == ["My energy"]
    assert max_.names() == ["Mine", "One", "Two"]


def test_a_copy_in_another_folder_takes_no_place(ann: Someone, max_: Someone, share: Path, tmp_path: Path) -> None:
    max_.offers.accept(max_.offers.follow(share)[0])
    other = tmp_path / "other"
    other.mkdir()
    file_in(other).write_text(file_in(share).read_text(encoding="utf-8"), encoding="utf-8")
    assert max_.offers.follow(other) == ()
    assert [each.place for each in max_.offers.all()] == [str(file_in(share))]
    assert set(max_.offers.folders()) == {share, other}
    max_.offers.follow(file_in(other))  # unless the person names it
    assert [each.place for each in max_.offers.all()] == [str(file_in(other))]
    file_in(other).unlink()
    max_.offers.follow(share)
    assert [each.place for each in max_.offers.all()] == [str(file_in(share))]


def test_another_sector_of_the_same_name_is_said(max_: Someone, share: Path) -> None:
    max_.sector("Power")
    max_.curation.rename_sector("power", "ÉNERGY")
    (offer,) = max_.offers.follow(share)
    assert offer.text.endswith("It is another sector than yours of the same name.")


def test_labels_of_ones_own_sources_stay(ann: Someone, max_: Someone, share: Path) -> None:
    max_.sector("Mine")
    own = max_.add("One", "mine")
    max_.several.label([own.id], add=["daily", "mine"])
    ann.several.label([ann.source("One").id, ann.source("Two").id], add=["daily", "press"])
    ann.publishing.publish(KEY)
    max_.offers.accept(max_.offers.follow(share)[0])
    assert max_.source("Two").labels == ("daily", "press")
    assert max_.source("One").labels == ("daily", "mine")
    ann.curation.remove_source(ann.source("One").id)
    ann.publishing.publish(KEY)
    max_.offers.accept(max_.look())
    assert max_.source("One").labels == ("daily", "mine")


def test_a_rule_reaches_no_source_that_the_pack_has_nothing_to_do_with(tmp_path: Path, max_: Someone) -> None:
    max_.sector("Mine")
    max_.add("Own", "mine")
    rule = '[[rule]]\nkey = "r"\nsource = "feed:{}"\ndo = ["hide"]\nwords = ["x"]'
    max_.offers.accept(max_.offers.open(sent(tmp_path, rule.format(address("own")))))
    assert not max_.store.rules.all()


def test_a_rule_waits_for_a_source_that_was_declined(ann: Someone, max_: Someone, share: Path) -> None:
    rule = ann.rule("promo", source=ann.source("One").id)
    ann.publishing.publish(KEY)
    (offer,) = max_.offers.follow(share)
    max_.offers.accept(offer, [each.mark for each in offer.changes if each.title != "One" or each.key == rule.key])
    assert (max_.names(), max_.store.rules.all()) == (["Two"], ())
    ann.several.explain(ann.source("One").id, KEY, "Another reason")
    ann.publishing.publish(KEY)
    max_.offers.accept(max_.look())
    assert max_.names() == ["One", "Two"]
    assert [each.key for each in max_.store.rules.all()] == [rule.key]


def test_too_many_rules_are_refused_as_a_whole(ann: Someone, max_: Someone, share: Path) -> None:
    with ann.store.history.recording("Many"):
        for number in range(MOST):
            one = Rule(frozenset({Action.READ}), Condition(words=(f"w{number}",)), KEY, key=f"k{number}")
            ann.store.rules.put(replace(one, rank=number))
    ann.publishing.publish(KEY)
    max_.sector("Mine")
    max_.rule("own", "mine")
    (offer,) = max_.offers.follow(share)
    before = (max_.outline, max_.store.rules.all())
    with pytest.raises(TooMany, match="There is room for 200 rules"):
        max_.offers.accept(offer)
    assert (max_.outline, max_.store.rules.all()) == before
    max_.offers.accept(
        offer, [each.mark for each in offer.changes if not each.kind.startswith("rule") or each.key != "k0"]
    )
    assert len(max_.store.rules.all()) == MOST


def test_what_would_not_be_read_again_is_not_kept(
    tmp_path: Path, max_: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from veille.core.packs import reading

    def pack(version: int, names: str) -> Path:
        sources = tuple(PackSource(f"feed:{address(each)}", address(each), each) for each in names)
        file = tmp_path / "pack.toml"
        file.write_text(write(Pack(KEY, version, {"": "Energy"}, sources=sources)), encoding="utf-8")
        return file

    monkeypatch.setattr(reading, "MOST", 3)
    max_.offers.accept(max_.offers.open(pack(1, "abc")))
    offer = max_.offers.open(pack(2, "cde"))
    before = (max_.outline, max_.offers.all())
    with pytest.raises(BadFile, match="there is room for 3"):
        max_.offers.accept(offer, [each.mark for each in offer.changes if each.kind == "added"])
    assert (max_.outline, max_.offers.all()) == before
    max_.offers.accept(offer)
    assert max_.names() == ["c", "d", "e"]


def test_two_curators_together_write_nothing_that_is_not_read(
    ann: Someone, max_: Someone, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from veille.core.packs import reading

    max_.sector()
    max_.add("Three")
    text = file_in(share).read_text(encoding="utf-8")
    monkeypatch.setattr(reading, "MOST", 2)
    with pytest.raises(BadFile, match="there is room for 2"):
        max_.publishing.publish(KEY, share, choices={AUTHOR: Side.THEIRS})
    assert file_in(share).read_text(encoding="utf-8") == text


def test_what_a_source_says_of_itself_is_no_conflict() -> None:
    def edition(version: int, lang: str, site: str) -> Pack:
        one = PackSource(f"feed:{address('one')}", address("one"), "One", site, lang)
        return Pack(KEY, version, {"": "Energy"}, sources=(one,))

    mine, theirs = edition(2, "en-GB", "https://one.example/a"), edition(2, "en", "https://one.example/b")
    merged = merge(edition(1, "", ""), mine, theirs)
    assert not merged.conflicts
    assert (merged.pack.sources[0].lang, merged.pack.sources[0].site) == ("en", "https://one.example/b")
    gone = replace(mine, sources=())
    for one, other in ((gone, theirs), (theirs, gone)):  # nor does it speak against a removal
        assert merge(edition(1, "", ""), one, other).pack.sources == ()
        assert not merge(edition(1, "", ""), one, other).conflicts


def test_a_move_is_taken_back_as_far_as_its_old_place_is_free(ann: Someone, max_: Someone, share: Path) -> None:
    max_.offers.accept(max_.offers.follow(share)[0])
    ann.move("One", "Elsewhere")
    ann.curation.rename_source(ann.source("One").id, "Uno")
    ann.publishing.publish(KEY)
    changes = max_.offers.accept(max_.look())
    max_.sector("Mine")
    own = max_.curation.add_feed(address("One"), "mine", "Mine")[0]
    assert max_.history.undo(changes.undo)
    assert max_.outline.sources[own.id].address == address("One")
    assert max_.source("One").address == address("Elsewhere")
    (offer,) = max_.offers.look().offers
    max_.offers.accept(offer)
    addresses = [max_.outline.sources[each.source].address for each in max_.members()]
    assert addresses == [address("Elsewhere"), address("Two")]
    assert max_.outline.sources[own.id].label == "Mine"


def test_after_following_is_undone_nothing_is_read_only(ann: Someone, max_: Someone, share: Path) -> None:
    (offer,) = max_.offers.follow(share)
    followed = max_.store.history.entries()[0].id
    max_.offers.accept(offer)
    max_.history.undo(followed)
    assert not max_.offers.all()
    one, two = (max_.source(name).id for name in ("One", "Two"))
    max_.sector("Mine")
    max_.several.explain(one, KEY, "Mine now")
    max_.several.move([one], "mine", KEY)
    max_.several.remove([two])
    assert (max_.names("mine"), max_.names()) == (["One"], [])
