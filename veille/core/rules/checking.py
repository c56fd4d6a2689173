"""Whether a rule can be meant, and how it is kept: blanks gone, each word once. Pure."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from itertools import count

from veille.content.text import fold, plain
from veille.core.rules.matching import has_words
from veille.errors import BadRule, TooLong, TooMany
from veille.i18n import N_, _
from veille.rules import LISTED, WORD, Action, Condition, Rule

MOST_WORDS = 100_000  # of a text that can be told to be shorter or longer
_CODE = re.compile("[a-z]{2,3}")
_SHOWN = {Action.FLAG, Action.TAG, Action.SAVE}


def checked(rule: Rule) -> Rule:
    """``rule`` as it is kept. Raises BadRule, TooLong for a word or tag, TooMany."""
    condition = _condition(rule.condition)
    tags = _tags(rule.tags) if Action.TAG in rule.actions else ()
    scoped = bool(rule.sector or rule.source)
    for wrong, detail in (
        (not rule.actions, N_("it does nothing")),
        (bool(rule.sector and rule.source), N_("it is either for a sector or for a source")),
        (Action.TAG in rule.actions and not tags, N_("it does not say which tag to give")),
        (
            Action.HIDE in rule.actions and bool(rule.actions & _SHOWN),
            N_("what it hides cannot be flagged, tagged or saved, too"),
        ),
        (
            Action.HIDE in rule.actions and condition.everything and not scoped,
            N_("it would hide everything: choose a sector, a source or words"),
        ),
    ):
        if wrong:
            raise BadRule(detail=detail)
    return replace(rule, condition=condition, tags=tags)


def new_key(rule: Rule, when: datetime, taken: Callable[[str], bool]) -> str:
    """A key for ``rule``, added at ``when``, that is not ``taken``: so unlikely to be another machine's that it is the
    same rule wherever it is met."""
    said = (sorted(rule.actions), rule.sector, rule.source, rule.tags, repr(rule.condition), when.isoformat())
    for again in count():
        key = blake2b(json.dumps([*said, again]).encode(), digest_size=8).hexdigest()
        if not taken(key):
            return key
    raise AssertionError("there is always another number")


def _condition(given: Condition) -> Condition:
    words, without = _terms(given.words), _terms(given.without)
    authors = _terms(given.authors)
    langs = tuple(dict.fromkeys(plain(lang).lower() for lang in given.langs if lang.strip()))
    if len(langs) > LISTED:
        raise TooMany(most=LISTED, what=_("languages in one rule"))
    shorter, longer = given.shorter, given.longer
    for wrong, detail in (
        (not all(map(has_words, (*words, *without, *authors))), N_("there is nothing to look for in one of its words")),
        (bool({*map(fold, words)} & {*map(fold, without)}), N_("a word cannot be there and not be there")),
        (not all(map(_CODE.fullmatch, langs)), N_("a language is said by its code, such as “fr”")),
        (not (0 <= shorter <= MOST_WORDS and 0 <= longer <= MOST_WORDS), N_("no text has so many words")),
        (bool(shorter and longer and shorter - longer < 2), N_("no text is shorter and longer than that")),
        (shorter == 1 and bool(words), N_("a text of fewer than one word says nothing")),
    ):
        if wrong:
            raise BadRule(detail=detail)
    in_title = given.in_title and bool(words or without)
    return Condition(words, without, in_title, authors, langs, given.kind, shorter, longer)


def _terms(given: Iterable[str]) -> tuple[str, ...]:
    """Each once, as it was written first."""
    terms = {fold(term): term for term in reversed([*map(plain, given)]) if term}
    if len(terms) > LISTED:
        raise TooMany(most=LISTED, what=_("words in one rule"))
    if any(len(term) > WORD for term in terms.values()):
        raise TooLong(what=_("A word of a rule"), most=WORD)
    return tuple(reversed(terms.values()))


def _tags(given: Iterable[str]) -> tuple[str, ...]:
    from veille.core.annotations import TAG, TAGS, tag_names

    tags = tuple(tag_names(given))
    if any(len(tag) > TAG for tag in tags):
        raise TooLong(what=_("A tag"), most=TAG)
    if len(tags) > TAGS:
        raise TooMany(most=TAGS, what=_("tags on one item"))
    return tags
