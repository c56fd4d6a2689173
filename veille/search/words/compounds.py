"""Words joined by hyphens that are found as one, too: "e-commerce" by "ecommerce"."""

import re
from collections.abc import Sequence

from veille.search.words.elisions import ARTICLES

HYPHENS = "-\u2010\u2011"  # dashes join no words
MOST_PARTS, LONGEST = 4, 40  # words, letters of the whole; longer ones are addresses and lists
# Pronouns after a verb, "-là", "-ci" and "-même": grammar, no words.
_CLITICS = re.compile(
    r".*-(?:je|tu|ils?|elles?|nous|(?<!rendez-)vous|ce|ci|la|moi|toi|lui|leur|eux|y|memes?)"
    r"|.*-t-.*|la-(?:bas|haut|dedans|dehors|dessous|dessus)"
    r"|(?:dit|doit|fait|faut|peut|sait|va|vit|voit)-on"
)
_LAST = (  # what comes last in these
    "je", "tu", "ils", "elles", "nous", "vous", "ce", "ci", "la", "moi", "toi", "lui", "leur", "eux", "y", "memes",
    "on", "bas", "haut", "dedans", "dehors", "dessous", "dessus",
)  # fmt: skip


def joined(parts: Sequence[str]) -> str:
    """``parts``, folded words that hyphens join, as one word; "" where that would be none."""
    whole = "".join(parts)
    if not 1 < len(parts) <= MOST_PARTS or len(whole) > LONGEST or whole.isdecimal() or apart(parts):
        return ""
    return whole


def apart(parts: Sequence[str]) -> bool:
    """Whether grammar alone joins these words: "dit-elle", "a-t-on", "celui-ci"."""
    return len(parts) <= MOST_PARTS and _CLITICS.fullmatch("-".join(parts)) is not None


def may_come_apart(parts: Sequence[str]) -> bool:
    """Whether these words may be none together once the last one is whole: "dit-o", "Côte-d", "2026-0"."""
    if parts[-1] in ARTICLES or not joined(parts):
        return True
    return any(each.startswith(parts[-1]) and apart((*parts[:-1], each)) for each in _LAST)
