import pytest

from veille.errors import Unreadable
from veille.sources.bodies import LONGEST, MOST_ITEMS, as_utf8, prepare

_HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'
_TAIL = b"</channel></rss>\n"


def _feed(days: range, size: int = 0) -> bytes:
    item = "<item><title>%d</title><pubDate>Mon, 02 Mar %d 09:00:00 GMT</pubDate><description>%s</description></item>"
    return _HEAD + b"".join((item % (day, day, "x" * size)).encode() for day in days) + _TAIL


def test_a_feed_of_usual_size_is_left_alone() -> None:
    body = _feed(range(2000, 1500, -1))
    assert prepare(body) is body


def test_the_first_thousand_items_are_kept() -> None:
    assert prepare(_feed(range(5000, 1900, -1))) == _feed(range(5000, 5000 - MOST_ITEMS, -1))


def test_the_last_thousand_where_the_newest_come_last() -> None:
    assert prepare(_feed(range(1900, 5000))) == _feed(range(5000 - MOST_ITEMS, 5000))


def test_what_is_too_long_is_cut_between_items() -> None:
    cut = prepare(_feed(range(2600, 2000, -1), size=10_000))
    assert len(cut) <= LONGEST
    assert cut == _feed(range(2600, 2600 - cut.count(b"<item>"), -1), size=10_000)
    assert cut.count(b"<item>") > 450
    newest_last = prepare(_feed(range(2000, 2600), size=10_000))
    assert b"<title>2599</title>" in newest_last
    assert newest_last.startswith(_HEAD + b"<item>")
    assert newest_last.endswith(b"</item>" + _TAIL)


def test_an_endless_item_is_passed_over_and_an_endless_page_is_cut() -> None:
    usual = _feed(range(2000, 1900, -1))
    endless = b"<item>" + b"x" * LONGEST + b"</item>"
    assert prepare(usual.replace(b"<item>", endless + b"<item>", 1)) == usual
    assert len(prepare(b"x" * (2 * LONGEST))) == LONGEST


def test_marks_in_cdata_are_text() -> None:
    body = _HEAD + (b"<item><description><![CDATA[" + b"<p>x</p>" * 1000 + b"]]></description></item>") * 100 + _TAIL
    assert prepare(body) == body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_entities_are_refused(encoding: str) -> None:
    with pytest.raises(Unreadable, match="entities"):
        prepare(as_utf8('<!DOCTYPE a [<!entity b "c">]><rss/>'.encode(encoding), ""))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_what_is_many_bytes_a_letter_is_capped_alike(encoding: str) -> None:
    body = as_utf8(_feed(range(5000, 1900, -1)).decode().encode(encoding), "")
    assert prepare(body) == _feed(range(5000, 5000 - MOST_ITEMS, -1))


@pytest.mark.parametrize("hidden", ["cp037", "utf-7", "unicode_escape", "punycode", "idna", "zlib", "utf_16", "none"])
def test_an_encoding_in_which_marks_can_hide_is_passed_over(hidden: str) -> None:
    declared = f"<?xml version='1.0' encoding='{hidden}'?>+ADw-item>\\x3citem>".encode()
    assert as_utf8(declared, f"text/xml; charset={hidden}") == declared
    assert b"<item" not in as_utf8("<item>".encode("cp037"), f"text/xml; charset={hidden}")


@pytest.mark.parametrize("real", ["utf-8", "cp1252"])
def test_what_calls_itself_latin_1(real: str) -> None:
    body = "<?xml version='1.0' encoding='ISO-8859-1'?>l’été".encode(real)
    assert as_utf8(body, "").decode().endswith("l’été")


def test_names_that_mean_another_encoding() -> None:
    assert as_utf8(b"\x81\xe9", "text/xml; charset=latin1").decode() == "\x81é"
    assert as_utf8("é".encode("gb18030"), "application/xml;charset='GB2312'").decode() == "é"


def test_a_name_that_is_no_encoding_hurts_nobody() -> None:
    for name in (b"\xc3\xbf", b"\0", b"a" * 5000, b"../x", b"os.path"):
        assert as_utf8(b"<?xml encoding='" + name + b"'?>\xc3\xa9", "charset=\x00").endswith(b"\xc3\xa9")


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 10_000,
        b"<item>" + b"<category>a</category>" * 10_000,
        b"<item " + b" ".join(b'a%d="b"' % n for n in range(50_000)) + b"/>",
        (b"<item>" + b'<a xmlns:b="c"/>' * 20 + b"</item>") * 900,
    ],
    ids=["open", "categories", "attributes", "namespaces"],
)
def test_what_would_exhaust_the_parser_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        prepare(_HEAD + body)
