"""Handing a sector over in the terminal: published by one, received by the other."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.cli.program import Ran
from veille.app import main


class Desk:
    """``veille`` on a profile of its own, in this process: a hand-over takes many commands."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile

    def __call__(self, *words: str | Path, status: int = 0) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                found = main([*map(str, words), "--profile", str(self.profile)])
            except SystemExit as end:
                found = int(end.code or 0)
        ran = Ran(found, out.getvalue(), err.getvalue())
        assert ran.status == status, ran
        return ran


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def ann(tmp_path: Path) -> Desk:
    """A curator with two sources in a sector."""
    desk = Desk(tmp_path / "ann")
    desk("set", "curator", "Ann")
    for name in ("one", "two"):
        desk("add", f"https://{name}.example/feed", "--sector", "Energy")
    return desk


@pytest.fixture
def max_(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "max")


def test_from_one_hand_to_the_other(ann: Desk, max_: Desk, share: Path, tmp_path: Path) -> None:
    assert ann("packs").out.startswith("No pack yet:")
    assert "Say where" in ann("publish", "energy", status=1).err
    out = ann("publish", "Energy", share, "--note", "Welcome.", "--sign").out
    assert out.endswith("The pack “Energy” was published (edition 1).\n")
    fingerprint = ann("packs", "--json").objects[0]["fingerprint"]
    assert f"Signed: {fingerprint}" in out
    (offer,) = max_("follow", share, "--json").objects
    assert (offer["key"], offer["edition"], offer["by"], offer["note"]) == ("energy", 1, "Ann", "Welcome.")
    assert (offer["author"], offer["fingerprint"], offer["suspicious"]) == ("first", fingerprint, False)
    assert [(each["number"], each["kind"]) for each in offer["changes"]] == [(1, "added"), (2, "added")]
    out = max_("review").out
    assert out.startswith("The pack “Energy” has 2 sources (edition 1).\n")
    assert "Ann: Welcome." in out
    assert max_("review", "energy", "--accept").out == "Edition 1 of the pack “Energy” was taken over.\n"
    assert [each["sectors"] for each in max_("sources", "--json").objects] == [["energy"]] * 2
    assert max_("review").out == "No new edition is offered.\n"

    ann("add", "https://three.example/feed", "--sector", "energy")
    ann("add", "https://four.example/feed", "--sector", "energy")
    preview = ann("publish", "energy", "--preview").out
    assert preview.startswith("2 changes of yours:\n")
    ann("publish", "energy")
    assert max_("packs", "--look", "--json").objects[0]["changes"] == 2
    out = max_("review", "energy", "--accept", "--only", "2").out
    assert out == "Of edition 2 of the pack “Energy”, 1 change of 2 was taken over.\n"
    assert max_("undo").out.startswith("Taken back: Of edition 2")
    max_("trust", "Energy", "on")
    ran = max_("packs", "--look")
    assert "was taken over" not in ran.out  # what was taken back does not come back by itself
    ann("add", "https://five.example/feed", "--sector", "energy")
    ann("publish", "energy")
    assert "Edition 3 of the pack “Energy” was taken over." in max_("packs", "--look").out
    assert len(max_("sources", "--json").objects) == 5

    file = share / "energy.veille.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace("five", "evil"), encoding="utf-8")
    out = max_("review").out
    assert "It was changed after it was signed." in out
    assert "was not taken over" in max_("review", "energy", "--accept", status=1).err
    file.write_text(whole[:-9], encoding="utf-8")
    assert "not whole" in max_("review").err
    file.rename(tmp_path / "away.toml")
    share.rmdir()
    ran = max_("packs", "--look", status=1)
    assert "cannot be reached" in ran.err
    assert max_("unfollow", "energy").out.startswith("The pack “Energy” is no longer received")
    assert "no longer looks" in max_("unfollow", share).out
    assert len(max_("sources", "--json").objects) == 5


def test_two_curators_are_asked_where_they_disagree(ann: Desk, max_: Desk, share: Path) -> None:
    ann("explain", "one.example", "It is good")
    ann("publish", "energy", share)
    max_("set", "curator", "Max")
    max_("add", "https://one.example/feed", "--sector", "Energy")
    max_("explain", "one.example", "I like it")
    ran = max_("publish", "energy", share, "--json", status=1)
    (draft,) = ran.objects
    asked = draft["conflicts"]
    assert [each["number"] for each in asked] == list(range(1, len(asked) + 1))
    assert "--take" in ran.err
    takes = [word for each in asked for word in ("--take", f"{each['number']}=theirs")]
    assert "There is no question named “99”" in max_("publish", "energy", share, "--take", "99=mine", status=1).err
    (done,) = max_("publish", "energy", share, *takes, "--json").objects
    assert not done["conflicts"]
    assert len(max_("sources", "--json").objects) == 2


def test_a_file_that_was_sent(ann: Desk, max_: Desk, tmp_path: Path) -> None:
    file = tmp_path / "sent.toml"
    assert str(file) in ann("publish", "energy", file, "--to-file").out.replace("\n", " ")
    assert "Say which file" in ann("publish", "energy", "--to-file", status=1).err
    assert "“veille review FILE”" in max_("import", file, status=1).err
    assert "2 sources" in max_("review", file).out
    max_("add", "https://own.example/feed")
    max_("review", file, "--accept")
    assert len(max_("sources", "--json").objects) == 3
    assert max_("packs", "--json").objects[0]["place"] == ""
    assert "not signed" in max_("trust", "energy", "on", status=1).err


def test_numbers_are_of_the_edition_that_was_looked_at(ann: Desk, max_: Desk, share: Path) -> None:
    ann("explain", "one.example", "It is good")
    ann("publish", "energy", share, "--sign")
    max_("follow", share)
    out = max_("review").out
    assert "Why: It is good" in out
    assert "“veille review energy --accept” takes it over" in out
    ran = max_("review", "--accept", "--edition", "1")
    assert "a key that is new to you" in ran.err
    for name in ("three", "four"):
        ann("add", f"https://{name}.example/feed", "--sector", "energy")
        ann("publish", "energy")
    ran = max_("review", "--accept", "--only", "1", "--edition", "2", status=1)
    assert "Another edition is offered now (3)" in ran.err
    assert len(max_("sources", "--json").objects) == 2
    max_("review", "--accept", "--only", "1", "--edition", "3")
    assert len(max_("sources", "--json").objects) == 3
    max_("review", "--edition", "0", status=2)


def test_one_sector_is_written_as_opml(ann: Desk, tmp_path: Path) -> None:
    ann("add", "https://other.example/feed", "--sector", "Law")
    for name, words in (("x.opml", ()), ("x", ("--as", "opml"))):
        ran = ann("export", tmp_path / name, "--sector", "energy", *words)
        assert ran.err.startswith("2 sources were written to")
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<title>Energy</title>" in text
        assert "other.example" not in text
    assert "There is no sector named “none”" in ann("export", tmp_path / "y.opml", "--sector", "none", status=1).err
    assert "OPML holds sources" in ann("export", tmp_path / "y.opml", "--sector", "law", "--unread", status=1).err
    assert not (tmp_path / "y.opml").exists()


def test_what_makes_no_sense_is_said(ann: Desk, max_: Desk, share: Path) -> None:
    ann("publish", "energy", share)
    assert "no pack of somebody else" in ann("follow", share, status=1).err
    assert "There is no pack that is received named “nothing”" in max_("review", "nothing", status=1).err
    for words in (
        ("review", "--only", "x"), ("publish", "energy", "--take", "one"), ("publish", "energy", "--why", "none"),
        ("review", "--accept", "--decline"),
    ):  # fmt: skip
        max_(*words, status=2)
    assert "There is no removed source named “One”" in ann("publish", "energy", "--why", "One=gone", status=1).err
