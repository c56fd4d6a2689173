"""Which characters are emoji, and which emoji are one word.

A word is a pictograph without its colour of skin and its variation selector, a flag, or a keycap (one with a digit
is the digit). Joined pictographs are as many words, the sign of a sex left out: 🤷 finds 🤷🏽‍♀️, and 🌈 finds 🏳️‍🌈.
The ranges are those of Unicode's emoji-data.txt, Extended_Pictographic; "©", "®" and "™" are emoji only where a
selector says so, and "ℹ" is the letter that it is for Unicode.
"""

import re

_PICTURES = (
    "\u203c\u2049\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2\u25aa\u25ab"
    "\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714\u2716\u271d\u2721"
    "\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f170\U0001f171\U0001f17e"
    "\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201-\U0001faff"
)
_LETTERS = "\U0001f1e6-\U0001f1ff"  # two of them are a flag
_DRESS = "\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"  # variation selectors and colours of skin
_TAGS = "\U000e0020-\U000e007f"  # the rest of the flag of a region
_JOINER = "\u200d"
_ONE = f"[{_PICTURES}][{_DRESS}]*[{_TAGS}]*"

KEYCAP = "\ufe0f?\u20e3"  # after a digit, "#" or "*"
PATTERN = f"(?:{_ONE}(?:{_JOINER}{_ONE})*|[{_LETTERS}]{{1,2}}|[0-9#*]{KEYCAP}|[©®™]\ufe0f)"
# Quick: a text without any of these has no emoji. Japanese and Chinese stand between the last ones.
MAYBE = re.compile("[\u203c\u2049\u20e3\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]")

_EMOJI = re.compile(PATTERN)
_UNDRESS = re.compile(f"[{_DRESS}]+")
_SEXES = "♀♂"


def words(run: str) -> tuple[str, ...]:
    """The words of what :data:`PATTERN` found; none when ``run`` is no emoji."""
    if not _EMOJI.fullmatch(run):
        return ()
    if run[0].isdigit():
        return (run[0],)
    first, *others = (each[0] + _UNDRESS.sub("", each[1:]) for each in run.split(_JOINER))
    return (first, *(each for each in others if each not in _SEXES))
