"""The table of operators: every name is found, every value is understood, in both languages."""

from datetime import UTC, datetime

import pytest

from veille.content.dates import day_span
from veille.content.text import fold
from veille.search.query.operators import AND, NOT, OPERATORS, OR, Operator, Takes, Value, find, named
from veille.search.query.parsing import parse
from veille.search.query.question import EVERYTHING

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXAMPLES = {Takes.WORDS: "x", Takes.SECTOR: "x", Takes.SOURCE: "x", Takes.TAG: "x", Takes.ITEM: "1"}


def names(what: Operator | Value) -> tuple[str, ...]:
    return (*what.names, *what.french)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda each: each.key)
def test_each_is_found_by_all_its_names(operator: Operator) -> None:
    for name in names(operator):
        assert find(name) is operator
        assert find(fold(name).upper()) is operator
        assert find(name.replace("-", "").replace("'", "’")) is operator
    assert named(operator, "en") == operator.names[0]
    assert named(operator, "fr") == operator.french[0]
    assert operator.help


@pytest.mark.parametrize("name", ["", "x", "http", "titles", "é"])
def test_other_names_are_not_found(name: str) -> None:
    assert find(name) is None


def test_no_name_has_two_meanings() -> None:
    for some in (OPERATORS, *(each.values for each in OPERATORS)):
        meant = [(fold(name), each.key) for each in some for name in names(each)]
        assert len({name for name, _key in meant}) == len(set(meant))
    assert len(AND | OR | NOT) == len(AND) + len(OR) + len(NOT)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda each: each.key)
def test_all_that_is_offered_is_understood(operator: Operator) -> None:
    values = [name for each in operator.values for name in names(each)] or [EXAMPLES[operator.takes]]
    for name in names(operator):
        for value in values:
            question = parse(f"{name}:{value}", NOW, typing=False)
            assert question.notes == ()
            assert question.root != EVERYTHING


def test_both_names_of_a_date_are_the_same_date() -> None:
    since = find("since")
    assert since
    for each in since.values:
        assert len({day_span(name, NOW) for name in names(each)}) == 1
        assert since.value(each.french[0]) is each


def test_values_are_found_without_accents_and_with_blanks() -> None:
    states = find("est")
    assert states
    keys = ["saved", "unread", "read", "unsaved", "flagged", "noted", "highlighted", "hidden"]
    assert [each.key for each in states.values] == keys
    for typed, key in [("ENREGISTRE", "saved"), ("non lus", "unread"), ("Lues", "read"), ("not saved", "unsaved")]:
        value = states.value(typed)
        assert value
        assert value.key == key
    assert states.value("") is None
