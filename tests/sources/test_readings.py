"""Two readings of one page made into one."""

from hypothesis import given
from hypothesis import strategies as st

from veille.content.html import to_text
from veille.sources.readings import joined

ONE = "<p>The first paragraph says what happened in the town on Monday.</p>"
TWO = "<p>The second one says why, and what people in the town think of it.</p>"
LAST = "<p>The last paragraph says what comes next, in spring or in summer.</p>"
HEADING = '<h2><a href="/x">What they say</a></h2>'
MORE = '<p><a href="/y">ALSO READ: ANOTHER STORY OF THE TOWN</a></p>'
MENU = "<p>Home, news, weather and sports of the whole region, each day anew.</p>"


def page(*parts: str) -> str:
    return f"<html><body>{''.join(parts)}</body></html>"


def text(*parts: str) -> str:
    return to_text(" ".join(parts))


def test_what_stands_in_between_comes_back() -> None:
    strict, usual = page(ONE, LAST), page(MENU, ONE, HEADING, TWO, LAST, MENU)
    assert to_text(joined(strict, usual)) == text(ONE, HEADING, TWO, LAST)


def test_a_line_of_links_alone_stays_out_but_not_what_the_strict_reading_has() -> None:
    assert to_text(joined(page(ONE, LAST), page(ONE, MORE, LAST))) == text(ONE, LAST)
    assert to_text(joined(page(ONE, MORE, LAST), page(ONE, MORE, TWO, LAST))) == text(ONE, MORE, TWO, LAST)


def test_words_that_the_strict_reading_left_out_of_a_paragraph_come_back() -> None:
    cut = TWO.replace("what people in the town think of it", "what think of it")
    assert to_text(joined(page(ONE, cut, LAST), page(ONE, TWO, LAST))) == text(ONE, TWO, LAST)


def test_what_does_not_fit_leaves_the_strict_reading() -> None:
    for usual in (
        page(MENU), page(), page(ONE, TWO), page(TWO, LAST), page(LAST, ONE),
        page(f"<div>{MENU}{ONE}{LAST}{MENU}</div>")):  # fmt: skip
        assert to_text(joined(page(ONE, LAST), usual)) == text(ONE, LAST)


def test_one_reading_is_enough() -> None:
    assert joined("", page(ONE)) == page(ONE)
    assert joined(page(ONE), "") == page(ONE)


PARTS = st.lists(st.sampled_from([ONE, TWO, LAST, HEADING, MORE, MENU, "<pre>x</pre>tail", "<p> </p>"]), max_size=8)


@given(PARTS, PARTS)
def test_nothing_of_the_strict_reading_is_lost(strict: list[str], usual: list[str]) -> None:
    found = "".join(to_text(joined(page(*strict), page(*usual))).split())
    if to_text("".join(strict)):
        assert all("".join(text(part).split()) in found for part in strict)
