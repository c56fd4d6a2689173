"""What an apostrophe leaves out is no word: "l'énergie", "qu'il", and the English "'s"."""

import re

from veille.content.text import fold

APOSTROPHES = "’‘ʼ´`"
ARTICLES = frozenset({*"cdjlmnst", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"})
_MARKS = "\u00ad\u0300-\u036f"
_RUN = rf"[^\W_](?:[^\W_]|[{_MARKS}])"
# Looked for from the apostrophe on: a pattern that begins with the letters before it takes twice the time.
_APOSTROPHE = re.compile(r"'(?=[^\W_])")
_BEFORE = re.compile(rf"(?<![^\W_])(?<![{_MARKS}]){_RUN}{{0,9}}\Z")
_AFTER = re.compile(rf"{_RUN}*")
_LETTER = re.compile(rf"[^\W_]|[{_MARKS}]")


def elided(text: str) -> str:
    """``text`` with blanks for what is elided, and all apostrophes straight; its length stays."""
    if not text.isascii() or "`" in text:
        for each in APOSTROPHES:
            text = text.replace(each, "'")
    if "'" not in text:
        return text
    gone = [stretch for found in _APOSTROPHE.finditer(text) if (stretch := _elision(text, found.start()))]
    letters = list(text) if gone else []
    for start, end in gone:
        letters[start:end] = " " * (end - start)
    return "".join(letters) or text


def before_article(text: str) -> str:
    """``text`` without the elided article at its end, of a word that is still to come: "Côte-d'" is "Côte-"."""
    return elided(text + "x")[:-1].rstrip() if text[-1:] in ("'", *APOSTROPHES) else text


def _elision(text: str, at: int) -> tuple[int, int] | None:
    """What the apostrophe at ``at`` leaves out: an article before it, else an "s" after it."""
    before, after = _BEFORE.search(text, max(0, at - 10), at), _AFTER.match(text, at + 1)
    if before and _letters(before[0]) in ARTICLES:
        return before.start(), at + 1
    if after and _letters(after[0]) == "s" and at and _LETTER.match(text, at - 1):
        return at, after.end()
    return None


def _letters(run: str) -> str:
    return fold(run.replace("\u00ad", ""))
