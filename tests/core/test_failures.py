import errno

import pytest

from veille import errors
from veille.errors import BadFile, os_detail


@pytest.mark.parametrize("number", errors._OS_DETAILS)
def test_the_systems_words_are_ours(number: int):
    failure = BadFile(name="a.opml", detail=os_detail(OSError(number, "Strange words")))
    assert str(failure) == f"a.opml cannot be read: {errors._OS_DETAILS[number]}."


def test_what_is_rare_keeps_the_systems_words():
    assert os_detail(OSError(errno.EXDEV, "Cross-device link")) == "Cross-device link"
    assert os_detail(OSError("odd")) == "odd"
