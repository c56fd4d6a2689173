"""Which language a text is in: French, English, or not known."""

import re

from veille.content.text import fold

_FRENCH_WORDS = """le les des du une est et dans pour qui sur au aux avec ce cette ces pas plus sont par nous vous leur
    leurs mais ou son ses sans ont ete apres entre comme tout aussi fait etre depuis selon contre chez il elle ils se sa
    l d qu n s c j"""
_FRENCH = frozenset(_FRENCH_WORDS.split())
_ENGLISH_WORDS = """the and of to is for with on that are this by from at as it be has was will its not an their we
    you your have were more after about new how what who which but can our his her they been into over up out than"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+")
_READ = 3000  # characters that are looked at
_SHARE = 0.12  # of all words that must be function words of the language
_LEAD = 1.6  # times the other language


def guess(text: str, default: str = "") -> str:
    """ "fr" or "en" by the function words of ``text``; ``default`` when they do not tell."""
    words = _WORD.findall(fold(text[:_READ]))
    french = sum(word in _FRENCH for word in words)
    english = sum(word in _ENGLISH for word in words)
    best, other, language = (french, english, "fr") if french > english else (english, french, "en")
    if best < 2 or best < _SHARE * len(words) or best < _LEAD * other:
        return default
    return language


def code(tag: str) -> str:
    """The two letters of a language tag ("fr-FR", "EN_us", "fra", "French"); "" when it is none."""
    tag = tag.strip().lower()
    return _NAMES.get(tag) or _NAMES.get(re.split("[-_]", tag)[0]) or (tag[:2] if _TAG.match(tag) else "")


_TAG = re.compile(r"[a-z]{2}(?:[-_][a-z0-9]{1,8}){0,4}\Z")
_NAMES = {
    "fra": "fr", "fre": "fr", "french": "fr", "français": "fr", "eng": "en", "english": "en", "deu": "de", "ger": "de",
    "spa": "es", "ita": "it", "por": "pt", "nld": "nl", "dut": "nl",
}  # fmt: skip
