import errno

import pytest

from veille import errors, i18n
from veille.errors import BadFile, BudgetSpent, os_detail


@pytest.mark.parametrize("number", errors._OS_DETAILS)
def test_the_systems_words_are_ours(number: int):
    failure = BadFile(name="a.opml", detail=os_detail(OSError(number, "Strange words")))
    assert str(failure) == f"a.opml cannot be read: {errors._OS_DETAILS[number]}."


def test_what_is_rare_keeps_the_systems_words():
    assert os_detail(OSError(errno.EXDEV, "Cross-device link")) == "Cross-device link"
    assert os_detail(OSError("odd")) == "odd"


def test_a_day_is_said_as_the_language_has_it():
    assert "begins anew on 01 Apr 2026 (UTC)" in str(BudgetSpent(day="2026-04-01"))
    assert "begins anew on soon (UTC)" in str(BudgetSpent(day="soon"))
    i18n.use("fr")
    assert "01/04/2026" in str(BudgetSpent(day="2026-04-01"))
