"""Marked passages in the terminal."""

from tests.cli.program import Program


def test_a_passage_is_marked_shown_and_no_longer_marked(filled: Program) -> None:
    (found,) = filled("search", "grid", "--json").objects
    id = str(found["id"])
    assert filled("highlight", id).err == "Nothing is highlighted in this item.\n"
    assert filled("highlight", id, "Two\n words.").out == "The passage was highlighted.\n"
    assert filled("highlight", id).out == "         Highlighted: “Two words.”\n"
    assert "\n\n         Highlighted: “Two words.”\n" in filled("read", id).out
    (told,) = filled("read", id, "--json").objects
    assert [each["text"] for each in told["highlights"]] == ["Two words."]
    (told,) = filled("highlight", id, "Grid operators", "--json").objects
    assert (told["id"], [each["text"] for each in told["highlights"]]) == (int(id), ["Two words.", "Grid operators"])
    assert [each["id"] for each in filled("search", "has:highlight", "--json").objects] == [int(id)]
    assert filled("highlight", id, "two words", "--remove", status=1).err == (
        "veille: There is no highlight named “two words”.\n")  # fmt: skip
    assert filled("highlight", id, "Two words", "--remove").out == "1 passage is no longer highlighted.\n"
    filled("undo")
    assert len(filled("highlight", id, "--json").objects[0]["highlights"]) == 2


def test_what_the_item_does_not_say_is_refused(filled: Program) -> None:
    assert filled("highlight", "1", "three words", status=1).err == (
        "veille: This passage is not in the text of the item: it must be there word for word.\n")  # fmt: skip
    assert filled("highlight", "99", "Two", status=1).err == "veille: There is no item named “99”.\n"
    assert "TEXT" in filled("highlight", "1", "--remove", status=2).err


def test_what_was_noted_or_marked_is_found_at_once(filled: Program) -> None:
    (found,) = filled("search", "grid", "--json").objects
    id = str(found["id"])
    filled("note", id, "Ask Zoë about the zeppelin")
    filled("highlight", id, "Two words")
    told = filled("search", "zeppelin", "--json")
    assert ([each["id"] for each in told.objects], told.err) == ([int(id)], "")
    filled("undo")
    filled("undo")
    told = filled("search", "zeppelin", "--json")
    assert (told.objects, told.err) == ([], "Nothing found.\n")
