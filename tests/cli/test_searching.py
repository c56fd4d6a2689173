"""Searches in the terminal: kept as lists, remembered, counted; what was meant; tags and notes."""

import pytest

from tests.cli.conftest import TITLES
from tests.cli.program import Program

GRID = "Grid operators order storage"


def titles(program: Program, *arguments: str) -> list[str]:
    return [each["title"] for each in program(*arguments, "--json").objects]


def number(program: Program, title: str = GRID) -> str:
    (found,) = [each["id"] for each in program("list", "--json").objects if each["title"] == title]
    return str(found)


# Kept as lists ------------------------------------------------------------------------------------


def test_a_search_is_kept_listed_and_dropped(filled: Program) -> None:
    assert filled("keep", "source:energy", "-hydrogène", "--name", "Courant").out == "Search “Courant” saved.\n"
    assert filled("keep", "magasin").out == "Search “magasin” saved.\n"
    assert filled("searches", "--json").objects == [
        {"id": 1, "text": "source:energy -hydrogène", "name": "Courant", "unread": 2, "items": 2},
        {"id": 2, "text": "magasin", "name": "", "unread": 1, "items": 1},
    ]
    assert filled("searches").out == (
        "     1  Courant\n        source:energy -hydrogène · 2 unread · 2 items\n"
        "     2  magasin\n        1 unread · 1 item\n"
    )  # fmt: skip
    filled("read", number(filled))
    assert [each["unread"] for each in filled("searches", "--json").objects] == [1, 1]
    for name in ("1", "courant", "source:energy -hydrogene"):
        assert titles(filled, "list", "--search", name) == TITLES["energy"][:2]
    assert titles(filled, "list", "--search", "1", "--unread") == TITLES["energy"][:1]
    assert filled("drop", "Courant").out == "Search “Courant” removed.\n"
    assert filled("undo").out == "Taken back: Search “Courant” removed.\n"
    filled("drop", "2")
    assert [each["text"] for each in filled("searches", "--json").objects] == ["source:energy -hydrogène"]


def test_keeping_says_the_object_and_what_it_does_not_understand(filled: Program) -> None:
    ran = filled("keep", "-christmas", "since:sometime", "--name", "Odd", "--json")
    assert [(each["id"], each["text"], each["name"]) for each in ran.objects] == [
        (1, "-christmas since:sometime", "Odd")
    ]
    assert "sometime" in ran.err
    assert ran.err.endswith("Search “Odd” saved.\n")
    assert filled("keep", "-christmas", "since:sometime").out == "Search “Odd” is there already.\n"


def test_what_cannot_be_kept_is_said(filled: Program) -> None:
    assert filled("keep", " ", status=1).err == "veille: A search needs something to look for.\n"
    assert filled("keep", "x" * 1001, status=1).err == "veille: A saved search has room for 1,000 characters.\n"
    for command in (["drop", "9"], ["list", "--search", "9"]):
        assert filled(*command, status=1).err == "veille: There is no saved search named “9”.\n"
    assert filled("searches").err == "No search is saved yet: “veille keep QUERY” saves one.\n"
    assert "QUERY" in filled("keep", status=2).err


# Now ----------------------------------------------------------------------------------------------


def test_what_was_searched_for_is_remembered_until_it_is_forgotten(filled: Program) -> None:
    for words in (["grid", "-hydrogène"], ["magasin"], ["grid", "-hydrogène", "--json"], ["zzzz"]):
        filled("search", *words)
    assert filled("history").out == "zzzz\ngrid -hydrogène\nmagasin\n"
    assert filled("history", "--json").objects[0] == {"text": "zzzz"}
    assert filled("history", "--forget").out == "Your recent searches are forgotten.\n"
    ran = filled("history")
    assert (ran.out, ran.err) == ("", "Nothing was searched for yet.\n")
    assert filled("history", "--json").objects == []


def test_words_count_as_they_stand(filled: Program) -> None:
    assert titles(filled, "search", "magas") == []
    assert titles(filled, "search", "magas*") == ["Les magasins ouvrent le dimanche"]


def test_what_was_perhaps_meant_is_said(filled: Program) -> None:
    assert "Did you mean: hydrogene?" in filled("search", "hydrogebe").err.replace("è", "e")
    assert "Did you mean" not in filled("search", "hydrogène").err


def test_what_is_said_of_operators_names_them_as_the_person_does(filled: Program) -> None:
    french = Program(None, {"LC_ALL": "fr_FR.UTF-8"})
    french.options = filled.options
    told = french("search", "since:today", "until:2020").err
    assert "« depuis » vient après « jusqu'à »" in told.replace("\u00a0", " ")


def test_numbers_by_sector_source_kind_and_month(filled: Program) -> None:
    *items, last = filled("search", "the", "OR", "operators", "OR", "magasin", "--facets", "--json").objects
    assert len(items) == 2
    facets = last["facets"]
    assert facets["sectors"] == {"energie": 1, "commerce": 1}
    assert sorted((each["source"], each["items"]) for each in facets["sources"]) == [
        ("Energy news", 1), ("Retail news", 1)
    ]  # fmt: skip
    assert facets["kinds"] == {"article": 2}
    assert sum(facets["months"].values()) == 2
    told = filled("search", "operators", "--facets").out
    assert (
        "By sector\n  - Énergie: 1\n\nBy source\n  - Energy news: 1\n\nBy kind\n  - articles: 1\n\nBy month\n" in told
    )


def test_items_like_one(filled: Program) -> None:
    like = number(filled, "Les magasins ouvrent le dimanche")
    for words in (["--like", like], ["--limit", "3", f"--like={like}"], [f"like:{like}"]):
        assert filled("search", *words, "--json").err.startswith("Items like “Les magasins ouvrent")
    filled("search", "--json", "grid", "--facets", "--like", like)
    assert filled("history").out == f"grid like:{like}\nlike:{like}\n"
    assert "QUERY" in filled("search", "--facets", status=2).err
    assert "“abc” is not a number" in filled("search", "--like", "abc", status=2).err


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_help_of_a_search_says_what_it_may_hold(language: str, columns: int) -> None:
    from veille.search.query.operators import OPERATORS, named

    program = Program(None, {"LC_ALL": f"{language}_XX.UTF-8", "COLUMNS": str(columns)})
    help = program("search", "--help").out
    for each in OPERATORS:
        assert f"\n  {named(each, language)}:" in help
    for text in (help, program("--help").out, program("article", "--help").out):
        assert max(map(len, text.splitlines())) <= columns
    for option in ("--kind", "--order"):
        (line,) = [each for each in help.splitlines() if each.startswith(f"  {option} ")]
        assert not line.endswith("}")


# Tags and notes -----------------------------------------------------------------------------------


def test_tags_are_given_taken_and_searched_for(filled: Program) -> None:
    id = number(filled)
    assert filled("tag", id, "--add", "À lire", "--add", "#Réseau").out == "Tags of 1 item changed.\n"
    assert "#À lire · #Réseau" in filled("tag", id).out
    assert filled("list", "--source", "energy", "--json").objects[1]["my_tags"] == ["À lire", "Réseau"]
    assert titles(filled, "search", "tag:reseau") == [GRID]
    (told,) = filled("tag", id, "--remove", "reseau", "--json").objects
    assert (told["id"], told["my_tags"]) == (int(id), ["À lire"])
    filled("undo")
    assert titles(filled, "search", 'tag:"a lire" tag:réseau') == [GRID]
    assert filled("tag", id, "99", "--add", "x", status=1).err == "veille: There is no item named “99”.\n"


def test_a_note_is_written_shown_and_removed(filled: Program) -> None:
    id = number(filled)
    assert filled("note", id).err == "There is no note on this item.\n"
    filled("note", id, "- call Ada")
    assert filled("note", id).out == "- call Ada\n"
    filled("note", id, "-", input=b"Appeler\n\nAda Lovelace")
    assert filled("note", id).out == "Appeler\n\nAda Lovelace\n"
    assert "Note: Appeler Ada Lovelace" in filled("list").out
    assert "Note: Appeler\n\n         Ada Lovelace\n" in filled("read", id).out
    assert titles(filled, "search", "has:note") == [GRID]
    assert filled("note", id, "", "--json").objects[0]["note"] == ""
    assert titles(filled, "search", "has:note") == []
    filled("undo")
    assert filled("note", id, "--json").objects[0]["note"] == "Appeler\n\nAda Lovelace"


def test_what_is_too_long_is_refused_and_changes_nothing(filled: Program) -> None:
    id = number(filled)
    filled("note", id, "kept")
    ran = filled("note", id, "-", input=b"x" * 20_001, status=1)
    assert ran.err == "veille: A note has room for 20,000 characters.\n"
    assert filled("note", id).out == "kept\n"
    assert filled("tag", id, "--add", "x" * 61, status=1).err == "veille: A tag has room for 60 characters.\n"
    assert filled("undo").out.startswith("Taken back: The note")


def test_no_control_character_of_a_note_or_tag_reaches_the_terminal(filled: Program) -> None:
    id = number(filled)
    filled("note", id, "-", input=b"a\x1b[31mb\n\xc2\x9bc\xff")
    filled("tag", id, "--add", "x\x1b[0my")
    for command in (["note", id], ["list"], ["read", id], ["tag", id]):
        assert not set(filled(*command).out) & {"\x1b", "\x9b"}
