"""The whole way, in the terminal: import, refresh, read, save, search, export."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import TITLES, rss
from tests.cli.program import Program
from tests.servers import FeedServer


def test_an_import_tells_what_became_of_each_line(program: Program, feeds: Path) -> None:
    first = program("import", feeds)
    assert first.out.startswith("3 sources added, 0 known already, 1 could not be used.\n  - line 1: odd: ")
    again = program("import", feeds, "--json").objects
    assert again[0]["rows"] == 4
    assert (again[0]["added"], again[0]["known"], len(again[0]["refused"])) == (0, 3, 1)
    assert {each["title"] for each in program("sectors", "--json").objects} == {"Énergie", "Commerce"}


def test_a_private_address_is_refused_with_words_until_it_is_allowed(
    program: Program, feeds: Path, server: FeedServer
) -> None:
    program("import", feeds)
    ran = program("refresh", status=1)
    assert ran.err.count("is an address of a private or local network") == 3
    assert server.requests == []
    assert program("list", "--json").objects == []
    program("import", feeds, "--allow-private")
    assert "5 new items" in program("refresh", status=1).out


def test_a_redirect_never_grants_a_private_address(program: Program, feeds: Path, server: FeedServer) -> None:
    server.redirect("/energy.xml", server.url("/hidden.xml", host="localhost"))
    server.put("/hidden.xml", rss("hidden", ["Secret"]))
    program("import", feeds, "--allow-private")
    assert "private or local network" in program("refresh", status=1).err
    assert "/hidden.xml" not in server.paths


def test_a_source_that_fails_says_why_and_disturbs_nothing(filled: Program) -> None:
    ran = filled("refresh", status=1)
    assert ran.out == "3 sources asked, 0 new items.\n"
    assert ran.err == "veille: Down news: 127.0.0.1 answered with error 500.\n"
    sources = {each["name"]: each for each in filled("sources", "--json").objects}
    assert sources["Down news"]["error"] == "127.0.0.1 answered with error 500."
    assert sources["Down news"]["failures"] == 2
    assert sources["Energy news"]["error"] == ""
    assert "! 127.0.0.1 answered with error 500." in filled("sources").out


def test_unchanged_sources_are_asked_conditionally(filled: Program, server: FeedServer) -> None:
    for _again in range(2):  # what a server gave once may be a mark of one reader: the second answer must agree
        assert {each.headers.get("if-none-match") for each in server.requests} == {None}
        told = filled("refresh", "--json", status=1).objects[0]
        assert (told["asked"], told["new"], told["unchanged"], told["waiting"]) == (3, 0, 2, 0)
    assert server.requests[-1].headers.get("cookie") is None
    assert {each.headers.get("if-none-match") for each in server.requests[-3:]} == {'"energy"', '"retail"', None}


def test_lists_narrow_and_count(filled: Program) -> None:
    assert [each["title"] for each in filled("list", "--json", "--sector", "energie").objects] == TITLES["energy"]
    assert [each["source"] for each in filled("list", "--json", "--source", "retail").objects] == ["Retail news"] * 2
    assert filled("list", "--json", "--kind", "post").objects == []
    assert len(filled("list", "--json", "--since", "yesterday").objects) == 5
    assert filled("list", "--json", "--until", "2020").objects == []
    some = filled("list", "--limit", "2")
    assert some.err == "2 of 5 shown; --limit 0 shows all.\n"
    assert "no sector named “nowhere”" in filled("list", "--sector", "nowhere", status=1).err


def test_what_is_saved_and_read_stays_so(filled: Program) -> None:
    first, second, *_rest = filled("list", "--json").objects
    assert filled("save", str(first["id"])).out == f"Saved: {first['title']}\n"
    assert "Two words." in filled("read", str(second["id"])).out
    filled("refresh", status=1)
    saved = filled("list", "--saved", "--json").objects
    assert [each["id"] for each in saved] == [first["id"]]
    assert saved[0]["saved"].endswith("Z")
    assert second["id"] not in {each["id"] for each in filled("list", "--unread", "--json").objects}
    filled("unsave", str(first["id"]))
    assert filled("list", "--saved", "--json").objects == []
    assert "no item named “99”" in filled("save", str(first["id"]), "99", status=1).err
    assert filled("list", "--saved", "--json").objects == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("oeuvre", ["Batteries : une œuvre européenne"]),
        ("hospital", []),
        ("batterie", ["Batteries : une œuvre européenne"]),
        ("operator -christmas", ["Grid operators order storage"]),
        ("-hydrogène -batterie -kind:post source:energy", ["Grid operators order storage"]),
        ('"order storage"', ["Grid operators order storage"]),
        ("source:retail magasin", ["Les magasins ouvrent le dimanche"]),
    ],
)
def test_search_finds(filled: Program, query: str, found: list[str]) -> None:
    assert [each["title"] for each in filled("search", "--json", query).objects] == found
    assert [each["title"] for each in filled("search", *query.split(), "--limit", "9", "--json").objects] == found


def test_a_search_that_makes_no_sense_says_what_was_ignored(filled: Program) -> None:
    ran = filled("search", "grid", "since:sometime")
    assert "Grid operators order storage" in ran.out
    assert "sometime" in ran.err


def test_a_briefing_has_what_is_new_by_sector(filled: Program) -> None:
    assert [(each["sector"], each["title"]) for each in filled("brief", "--json").objects] == [
        *(("energie", title) for title in TITLES["energy"]),
        *(("commerce", title) for title in TITLES["retail"]),
    ]
    assert filled("brief").out.startswith("Énergie (3)\n───────────\n")
    assert filled("brief", "--since", "2100").err.startswith("Nothing new since ")


def test_export_then_import_gives_the_same_sources(filled: Program, tmp_path: Path) -> None:
    exported = filled("export", "-").out
    filled("export", tmp_path / "out.opml")
    assert (tmp_path / "out.opml").read_text(encoding="utf-8").count("xmlUrl=") == exported.count("xmlUrl=") == 3
    other = Program(tmp_path / "other")
    other("import", tmp_path / "out.opml")

    def sources(of: Program) -> set[tuple[str, tuple[str, ...]]]:
        return {(each["key"], tuple(each["sectors"])) for each in of("sources", "--json").objects}

    assert sources(other) == sources(filled)


def test_sources_are_added_and_taken_back(program: Program) -> None:
    program("add", "http://example.org/feed", "--sector", "Santé")
    assert program("sources", "--json").objects[0]["sectors"] == ["sante"]
    assert program("undo").out.startswith("Taken back: ")
    assert program("sources", "--json").objects == []
    assert program("sectors", "--json").objects == []
    assert program("undo", status=1).err == "veille: There is nothing to undo.\n"
    program("adopt", "energy")
    program("add", "http://example.org/feed", "--sector", "energy")
    assert len(program("sectors", "--json").objects) == 1
    program("undo")
    program("undo")
    program("add", "example", "--sector", "Santé", status=1)
    assert program("sectors", "--json").objects == []


def test_starter_sectors_are_listed_and_adopted(program: Program) -> None:
    keys = [each["key"] for each in program("starters", "--json").objects]
    assert "energy" in keys
    program("adopt", "energy")
    assert [each["key"] for each in program("sectors", "--json").objects] == ["energy"]
    assert len(program("sources", "--json").objects) >= 5


def test_settings_are_listed_and_set(program: Program) -> None:
    assert program("set", "keep-days", "30").out == "keep_days = 30\n"
    settings = {each["key"]: each["value"] for each in program("settings", "--json").objects}
    assert settings["keep_days"] == 30
    assert settings["strict"] is False
    assert program("set", "keep_days", "many", status=1).err.startswith("veille: keep_days: it takes a number")


def test_options_stand_before_and_after_the_command(tmp_path: Path) -> None:
    program = Program(None)
    profile = str(tmp_path / "there")
    program("--profile", profile, "set", "theme", "dark")
    assert '"value": "dark"' in program("--json", "settings", "--profile", profile).out
    assert "theme = system" in program("--profile", profile, "settings", "--profile", str(tmp_path / "other")).out


def test_an_object_has_exactly_the_documented_keys(filled: Program, feeds: Path) -> None:
    commands = {
        "list": [], "search": ["grid"], "brief": [], "sources": [], "sectors": [], "settings": [], "read": ["1"],
        "starters": [], "traces": [], "mode": [], "route": ["1"], "allow": ["1", "open"], "import": [str(feeds)],
        "refresh": ["--due"], "keep": ["grid"], "searches": [], "history": [], "tag": ["1"], "note": ["1"],
        "highlight": ["1"],
    }  # fmt: skip
    for command, more in commands.items():
        documented = filled(command, "--help").out.split("Keys of --json", 1)[1].partition(":")[2]
        told = filled(command, *more, "--json").objects[0]
        names = [name.split("(")[0].strip() for name in _outside_brackets(documented)]
        assert list(told) == names, command


def _outside_brackets(text: str) -> list[str]:
    depth, pieces = 0, [""]
    for each in text.strip():
        depth += (each == "(") - (each == ")")
        if each == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += each
    return pieces


def test_json_is_ascii_and_utc(filled: Program) -> None:
    out = filled("list", "--json").out
    assert out.isascii()
    assert json.loads(out.splitlines()[0])["at"].endswith("Z")
