"""Finds a passage again in a text that has other blanks, lines or pictures between its words. Pure.

As the TextQuoteSelector of the W3C's Web Annotation Data Model (https://www.w3.org/TR/annotation-model/, 4.2.4): the
exact words, and where these stand more than once, what is before and after them.
"""

import re
from bisect import bisect_right

# What is no part of a word's spelling: blanks, soft hyphens, characters without width, directions, pictures.
_UNSEEN = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffc]+")
_LOOKED_AT = 1000  # places at which a passage stands


class Text:
    """A text in which passages are looked for; made once for all of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._bare, self._starts, self._places = "", [0], [0]
        parts, at, length = [], 0, 0
        for gap in _UNSEEN.finditer(text):
            parts.append(text[at : gap.start()])
            length += gap.start() - at
            at = gap.end()
            self._starts.append(length)
            self._places.append(at)
        parts.append(text[at:])
        self._bare = "".join(parts)

    def find(self, passage: str, before: str = "", after: str = "") -> tuple[int, int] | None:
        """Where it stands (start, end), blanks around it left out: the place that ``before`` and ``after`` fit best,
        the first of those that fit alike; None for nowhere."""
        wanted, before, after = bare(passage), bare(before), bare(after)
        if not wanted:
            return None
        best, most, at, looked = -1, -1, self._bare.find(wanted), 0
        while at >= 0 and looked < _LOOKED_AT:
            fits = _alike(self._bare[max(0, at - len(before)) : at][::-1], before[::-1])
            end = at + len(wanted)
            fits += _alike(self._bare[end : end + len(after)], after)
            if fits > most:
                best, most = at, fits
            at, looked = self._bare.find(wanted, at + 1), looked + 1
        return None if best < 0 else (self._place(best), self._place(best + len(wanted) - 1) + 1)

    def _place(self, at: int) -> int:
        """Where the character stands in the text that stands at ``at`` without blanks."""
        gap = bisect_right(self._starts, at) - 1
        return self._places[gap] + at - self._starts[gap]


def bare(text: str) -> str:
    """``text`` without blanks and what cannot be seen: what is compared."""
    return _UNSEEN.sub("", text)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
