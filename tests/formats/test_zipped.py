"""ZIP files that are none."""

from io import BytesIO

import pytest

from veille.formats import zipped


@pytest.mark.parametrize("length", range(22))
def test_the_beginning_of_an_end_is_no_archive(length: int) -> None:
    end = b"PK\x05\x06" + bytes(18)
    for data in (end[:length], bytes(18) + end[:length], bytes(length) + end[:4]):
        with pytest.raises(zipped.Broken):
            list(zipped.places(BytesIO(data)))
