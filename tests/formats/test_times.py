import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.given import day
from veille.formats import times


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("1655000002", day(2022, 6, 12, 2, 13, 22)), ("1655000002000", day(2022, 6, 12, 2, 13, 22)),
        ("1655000002000000", day(2022, 6, 12, 2, 13, 22)), (" 1655000002.0 ", day(2022, 6, 12, 2, 13, 22)),
        ("-100000000", day(1966, 10, 31, 14, 13, 20)), ("0", None), ("1", None), ("99999999999999999999", None),
        ("2022-06-12T02:13:22Z", day(2022, 6, 12, 2, 13, 22)), ("2022-06-12 02:13", day(2022, 6, 12, 2, 13)),
        ("2022-06-12T04:13:22+0200", day(2022, 6, 12, 2, 13, 22)), ("2022-06-12T99:99:99Z", day(2022, 6, 12)),
        ("0001-01-01T00:00:00+23:00", day(1)), ("12/06/2022 04:13:22", day(2022, 6, 12, 4, 13, 22)),
        ("12/06/2022", day(2022, 6, 12)), ("31/02/2022", day(2022)), ("2022", day(2022)), ("2022-06", day(2022, 6)),
        ("2022/06/12/Spring", day(2022, 6, 12)), ("2022///", day(2022)), ("2022/6/", day(2022, 6)),
        ("June 2022", day(2022)), ("été 2022", day(2022)), ("12345", None), ("", None), ("never", None), ("٢٠٢٢", None),
    ],
)  # fmt: skip
def test_dates_as_programs_write_them(text, when):
    assert times.moment(text) == when


@given(st.text() | st.from_regex(r"[-0-9/: TZ.+]{0,30}", fullmatch=True))
def test_nothing_that_is_written_raises(text):
    for found in (times.moment(text), times.day(text)):
        assert found is None or found.utcoffset() is not None


@given(st.floats() | st.integers())
def test_no_number_raises(number):
    found = times.since_1970(number)
    assert found is None or found.utcoffset() is not None
