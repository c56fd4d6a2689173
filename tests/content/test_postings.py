"""The text of a post as HTML: what is written at once is what the sanitiser would have written."""

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from veille.content import html
from veille.content.postings import Span, weave
from veille.content.text import printable

TEXT = st.text(st.characters() | st.sampled_from("a <>&;\"'/\n\r\t\xa0\x85\u2028\u3000\x1c"), max_size=60)
ADDRESS = st.sampled_from(["https://x.com/a", "https://e.org/?a=1&b='\"<", "ftp://x", "https://é.org/ü&amp;", "x"])
SPANS = st.lists(st.builds(Span, st.integers(0, 50), st.integers(1, 60), ADDRESS, TEXT), max_size=4)


@settings(deadline=None, max_examples=300)
@given(TEXT, SPANS)
def test_what_is_woven_is_clean(text: str, spans: list[Span]) -> None:
    woven = weave(text, spans)
    assert html.clean(woven).html == woven


def test_what_is_printable_is_left_as_it_is() -> None:
    kept = [character for character in map(chr, range(sys.maxunicode + 1)) if character.isprintable()]
    whole = "".join(kept) + "\n"  # not printable as a whole, so that it is looked at
    assert printable(whole) == whole
