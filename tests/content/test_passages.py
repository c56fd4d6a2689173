"""Passages are found again whatever stands between their words."""

from hypothesis import given
from hypothesis import strategies as st

from veille.content.passages import Text, bare

GAPS = st.text(" \n\t\u00a0\u202f\u2029\u00ad\u200b\ufffc", max_size=3)
WORDS = st.lists(st.sampled_from(["a", "b", "ab", "été", "😀", "x-y"]), min_size=1, max_size=12)


def test_it_stands_where_it_is() -> None:
    text = Text("One  two\u00a0three\ufffc four")
    assert text.find("two three") == (5, 14)
    assert text.find("\ntwo\u202fthree four ") == (5, 20)
    assert text.find("two  threes") is text.find("") is text.find(" \ufffc") is Text("").find("a") is None


def test_what_is_around_tells_which_one_is_meant() -> None:
    text = Text("a cat, a dog, a cat; a cat.")
    assert text.find("a cat") == (0, 5)
    assert text.find("a cat", after="; a") == (14, 19)
    assert text.find("a cat", before="dog,", after=".") == (14, 19), "both fit; the one that fits better"
    assert text.find("a cat", before=" cat; ", after=".") == (21, 26)
    assert text.find("a cat", before="a horse, ", after="!") == (14, 19)


@given(WORDS, st.data())
def test_any_stretch_is_found_in_the_same_words_with_other_blanks(words: list[str], data: st.DataObject) -> None:
    text = "".join(word + data.draw(GAPS) for word in words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    passage = "".join(word + data.draw(GAPS) for word in words[start:end])
    before, after = "".join(words[:start]), "".join(words[end:])
    found = Text(text).find(passage, before, after)
    assert found
    assert bare(text[slice(*found)]) == bare(passage)
    assert bare(text[: found[0]]) == before
    assert not text[found[0]].isspace()


def test_a_text_that_says_one_thing_for_ever_takes_no_time() -> None:
    assert Text("a" * 100_000).find("a" * 2000, "b" * 100, "c" * 100) == (0, 2000)
