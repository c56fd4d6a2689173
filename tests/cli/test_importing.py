"""Bringing in what other programs saved, as a person does it in a terminal: real files, and the process that reads."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.cli.program import Program, until
from tests.formats.archives import ACCOUNT, like, packed, script, tweet, unpacked

KILLS = int(os.environ.get("VEILLE_KILLS", "25"))
OPML = b'<opml version="2.0"><body><outline type="rss" text="News" xmlUrl="https://news.example/feed"/></body></opml>'


def bookmarks(path: Path, rows: list[str]) -> Path:
    """A browser's bookmarks: whole lines of its list."""
    head = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n"
    path.write_text("\n".join([head, "<DL><p>", *(f"<DT>{row}" for row in rows), "</DL><p>"]), encoding="utf-8")
    return path


def link(address: str, title: str, more: str = "") -> str:
    return f'<A HREF="{address}" ADD_DATE="1556971200"{more}>{title}</A>'


def pages(path: Path, count: int) -> Path:
    return bookmarks(path, [link(f"https://old.example/{at}", f"Lithium page {at}") for at in range(count)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [
        link("https://one.example/a", "Batteries &amp; réseau", ' TAGS="énergie"'),
        link("javascript:alert(1)", "<b>Bad</b>"), link("https://one.example/a?utm_source=x", "Twice"),
    ]  # fmt: skip
    return bookmarks(tmp_path / "bookmarks.html", rows)


def test_every_row_is_accounted_for(program: Program, file: Path) -> None:
    ran = program("import", file)
    assert ran.out.splitlines() == [
        "1 item added, 1 there already, 1 could not be used.",
        "  - row 2: Bad: An address that begins with “javascript:” is no page on the web.",
    ]  # fmt: skip
    (told,) = program("import", "--json", file).objects
    assert {key: told[key] for key in ("format", "rows", "added", "known", "unusable", "cut", "cancelled")} == {
        "format": "bookmarks", "rows": 3, "added": 0, "known": 2, "unusable": 1, "cut": 0, "cancelled": False,
    }  # fmt: skip
    assert [each["line"] for each in told["refused"]] == [2]


def test_what_came_is_saved_searched_and_taken_back(program: Program, file: Path) -> None:
    program("import", file)
    (item,) = program("search", "--json", "réseau", "source:bookmarks").objects
    assert (item["saved"], item["read"], item["my_tags"]) == ("2019-05-04T12:00:00Z", True, ["énergie"])
    assert program("brief", "--json").objects == []
    program("undo")
    assert program("list", "--json").objects == []
    assert "1 item added" in program("import", file).out


def test_a_collection_is_listed_and_renamed_deeds_are_refused(program: Program, file: Path) -> None:
    program("import", file)
    (source,) = program("sources", "--json").objects
    assert (source["kind"], source["key"], source["title"]) == (
        "collection", "collection:bookmarks", "Browser bookmarks",
    )  # fmt: skip
    for command in (["route", "bookmarks"], ["route", "bookmarks", "direct"], ["allow", "bookmarks", "open"],
                    ["rank", "bookmarks", "up"], ["fulltext", "bookmarks"]):  # fmt: skip
        assert "holds what you brought from another program" in program(*command, status=1).err
    assert b"collection" not in program("export", "-").out.encode()


def test_an_archive_of_x_packed_or_not(program: Program, tmp_path: Path) -> None:
    members = {
        "data/account.js": script("account", [ACCOUNT]),
        "data/tweets.js": script("tweets", [tweet(10, "Lithium falls"), tweet(11, "Nickel rises")]),
        "data/like.js": script("like", [like(20, "A liked post"), like(10)]),
        "data/bookmarks.js": script("bookmarks", [like(20, key="bookmark"), {"bookmark": {}}]),
    }
    (told,) = program("import", "--json", packed(tmp_path / "twitter.zip", members)).objects
    assert (told["rows"], told["added"], told["known"], told["unusable"]) == (6, 3, 2, 1)
    assert told["refused"][0]["place"].endswith("bookmarks.js")
    (again,) = program("import", "--json", unpacked(tmp_path / "archive", members)).objects
    assert (again["added"], again["known"], again["unusable"]) == (0, 5, 1)
    assert [each["title"] for each in program("sources", "--json").objects] == ["My posts on X", "My likes on X"]
    assert len(program("list", "--json", "--saved").objects) == 3


def test_opml_is_a_list_of_sources_from_a_file_or_from_standard_input(program: Program, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(OPML)
    (told,) = program("import", "--json", tmp_path / "list.txt").objects
    assert (told["format"], told["rows"], told["added"], told["losses"]) == ("opml", 1, 1, [])
    (told,) = program("import", "--json", "-", input=OPML).objects
    assert (told["added"], told["known"]) == (0, 1)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.html", None, "none.html cannot be read: it does not exist."),
        ("noise.html", b"\x00\x01\x02noise", "noise.html cannot be read: it is none of the files that Veille knows"),
        ("empty.csv", b"", "empty.csv cannot be read: there is nothing in it."),
    ],
)
def test_a_file_that_is_nothing_begins_no_profile(
    program: Program, tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert said in program("import", tmp_path / name, status=1).err
    assert not (tmp_path / "profile" / "veille.db").exists()


def test_it_fails_when_nothing_can_be_used(program: Program, tmp_path: Path) -> None:
    path = bookmarks(tmp_path / "bad.html", [link("javascript:1", "One"), link("data:,x", "Two")])
    assert "0 items added, 0 there already, 2 could not be used." in program("import", path, status=1).out


def test_ctrl_c_stops_and_keeps_what_came(program: Program, tmp_path: Path) -> None:
    path = pages(tmp_path / "many.html", 12_000)
    with program.start("import", "--json", path) as process:
        until(lambda: count(program) >= 400)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"Stopped. What had come in is kept." in err
    told = json.loads(out)
    assert told["cancelled"]
    assert 400 <= told["added"] == told["rows"] < 12_000
    assert count(program) == told["added"]


def count(program: Program) -> int:
    try:
        return len(program("list", "--json", "--limit", "0").objects)
    except AssertionError:  # there is no profile yet
        return 0


@pytest.mark.timeout(60 + 10 * KILLS)
def test_killed_in_the_middle_nothing_is_lost_and_nothing_doubled(program: Program, tmp_path: Path) -> None:
    rng, path, before = random.Random(4), pages(tmp_path / "many.html", 6000), 0
    for _run in range(max(3, KILLS // 18)):
        with program.start("import", path) as process:
            time.sleep(rng.uniform(0.8, 2.2))
            process.kill()
        there = count(program)
        assert there >= before
        before = there
    (told,) = program("import", "--json", path).objects
    assert (told["added"], told["known"]) == (6000 - before, before)
    items = program("list", "--json", "--limit", "0").objects
    assert len({item["url"] for item in items}) == len(items) == 6000
    assert all(item["saved"] for item in items)
    assert len(program("search", "--json", "--limit", "0", "lithium").objects) == 6000
