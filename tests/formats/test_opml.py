from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import corpus
from veille.content.addresses import normalise
from veille.content.text import plain
from veille.errors import BadFile
from veille.formats import opml
from veille.formats.opml import OpmlRow

_WILD = b"""<?xml version="1.0" encoding="utf-8"?>
<opml version="1.1"><head><title>Ma veille &amp; la suite</title></head>
<body>
<outline text="\xc3\x89nergie & eau" title="ignored">
  <outline text='P&eacute;trole "brut"' XMLURL="https://a.example/feed?x=1&y=2&copy=3" htmlUrl="https://a.example/"
     description="A &lt; B"/>
  <outline text="Deep"><outline title="No text" xmlurl="http://b.example/rss"></outline></outline>
</outline>
<!-- <outline text="hidden" xmlUrl="https://hidden.example/"/> -->
<outline text="Old" type="rss" url="http://c.example/index.rdf"/>
<outline text="A page" type="link" url="http://d.example/page.html"/>
<outline text="Nothing"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/>
<outline text="Broken <b>value</b>" xmlUrl="https://e.example/"
<outline text="Cut" xmlUrl="https://f.exam"""


def test_what_is_found_in_the_wild() -> None:
    found = opml.read(_WILD)
    assert found.title == "Ma veille & la suite"
    assert [(row.line, row.folders, row.title, row.address) for row in found.rows] == [
        (5, ("Énergie & eau",), 'Pétrole "brut"', "https://a.example/feed?x=1&y=2&copy=3"),
        (7, ("Énergie & eau", "Deep"), "No text", "http://b.example/rss"),
        (10, (), "Old", "http://c.example/index.rdf"),
        (11, (), "A page", ""),
        (12, (), "Nothing", ""),
        (13, (), "Bad", "javascript:alert(1)"),
        (14, (), "Broken <b>value</b>", "https://e.example/"),
        (15, (), "Cut", ""),
    ]
    assert found.rows[0].site == "https://a.example/"
    assert found.rows[0].description == "A < B"
    assert [row.title for row in found.rows if row.problem] == ["A page", "Nothing", "Bad", "Cut"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-15"]
)
def test_encodings(encoding: str) -> None:
    declared = "iso-8859-15" if encoding == "iso-8859-15" else "utf-8"
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body><outline text="Été" xmlUrl="https://a.example/"/></body></opml>'
    assert opml.read(text.encode(encoding)).rows[0].title == "Été"


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n", b"<html><body>no</body></html>", b"[1, 2]", b"\xff\xfe<"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile, match=r"mine\.opml"):
        opml.read(data, "mine.opml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
    with pytest.raises(BadFile, match="entities"):
        opml.read(bomb.encode(encoding))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "hostile",
    [
        '<outline text="f">' * 100_000 + '<outline xmlUrl="https://a.example/"/>',
        "<outline " + "a=" * 500_000,
        "<outline " + "a" * 1_000_000,
        "<outline " + "a='" * 300_000,
        "<!--" * 300_000 + "<outline>",
        "<outline" * 100_000,
        "</outline>" * 100_000 + '<outline xmlUrl="https://a.example/"/>',
        "<outline " + 'a="b" ' * 200_000 + "/>",
        "<title " * 150_000 + "<outline>",
    ],
)
def test_hostile_lists_end_soon(hostile: str) -> None:
    rows = opml.read(("<opml>" + hostile).encode()).rows
    assert all(len(row.folders) <= 32 for row in rows)
    if "xmlUrl" in hostile:
        assert [row.address for row in rows if row.address] == ["https://a.example/"]


_line = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30).map(plain)
_label = _line.map(lambda line: plain(line.replace(",", " ")).strip("/ ")).filter(bool)
_row = st.builds(
    OpmlRow,
    line=st.just(0),
    folders=st.lists(st.sampled_from(["Énergie", "a & b", "\"<quoted>'", "Télécoms"]), max_size=3).map(tuple),
    title=_line,
    address=st.sampled_from(["https://a.example/?x=1&y=2", "http://b.example/", "https://c.example/é'\""]),
    site=_line,
    description=_line,
    kind=st.sampled_from(["", "x", "mastodon", "page"]),
    lang=st.sampled_from(["", "fr", "en-GB"]),
    labels=st.lists(_label, max_size=3, unique=True).map(tuple),
    selector=_line,
)


@given(_line, st.lists(_row, max_size=12))
def test_what_is_written_is_read_back(title: str, rows: list[OpmlRow]) -> None:
    found = opml.read(opml.write(title, rows, datetime(2026, 3, 2, tzinfo=UTC)))
    assert found.title == title
    assert [replace(row, line=0) for row in found.rows] == rows


def test_what_is_said_of_a_source_s_kind_stands_in_a_namespace() -> None:
    plainly = OpmlRow(0, (), "A", "https://a.example/")
    assert b"veille:" not in opml.write("T", [plainly])
    tree = fromstring(opml.write("T", [plainly, OpmlRow(0, (), "B", "https://b.example/@b.rss", kind="mastodon")]))
    kinds = [each.get("{urn:x-veille:opml}kind") for each in tree.iter("outline")]
    assert kinds == [None, "mastodon"]


def test_what_is_written_is_well_formed() -> None:
    rows = [
        OpmlRow(0, ("A & B", "<C>"), 'x "y"', "https://a.example/?b&c"),
        OpmlRow(0, ("A & B",), "\x07é", "http://d.example/"),
    ]
    tree = fromstring(opml.write("T & t", rows))
    assert tree.get("version") == "2.0"
    assert [each.get("xmlUrl") for each in tree.iter("outline") if each.get("type") == "rss"] == [
        "https://a.example/?b&c",
        "http://d.example/",
    ]
    assert [each.get("text") for each in tree.iterfind("body/outline")] == ["A & B"]


def test_the_corpora() -> None:
    rows = [
        row
        for path in sorted(corpus("B_opml", "awesome-rss-feeds").rglob("*.opml"))
        for row in opml.read(path.read_bytes()).rows
    ]
    assert len(rows) == 1566
    assert len({normalise(row.address) for row in rows}) == 778
    assert not [row for row in rows if row.problem]


def test_no_line_of_the_corpora_is_dropped() -> None:
    """Every outline that names a feed, counted by its attribute alone, is a row."""
    import re

    for path in corpus("B_opml").rglob("*"):
        if path.suffix not in (".opml", ".xml") or not path.is_file():
            continue
        data = path.read_bytes()
        try:
            rows = opml.read(data).rows
        except BadFile:
            assert b"<outline" not in data.lower(), path
            continue
        named = re.findall(
            rb"<outline\b[^<]*?\sxmlurl\s*=\s*[\"'][^\"'<\s]",
            re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL),
            re.IGNORECASE,
        )
        assert sum(bool(row.address) for row in rows) >= len(named), path
