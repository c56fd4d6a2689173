from pathlib import Path

import pytest

from tests.formats.given import day, entries, entry, read, refusal, rows, zipped
from veille.errors import BadFile
from veille.formats.entry import Collection, Format

_FIREFOX = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- This is an automatically generated file.
     It will be read and overwritten.
     DO NOT EDIT! -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'self'; script-src 'none'; img-src data: *; object-src 'none'"></meta>
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>

<DL><p>
    <DT><H3 ADD_DATE="1655000000" LAST_MODIFIED="1655000001">Énergie &amp; eau</H3>
    <DD>What a folder is about
    <DL><p>
        <DT><A HREF="https://site.example/a?x=1&utm_source=rss" ADD_DATE="1655000002" LAST_MODIFIED="1655000003" \
ICON_URI="https://site.example/favicon.ico" ICON="data:image/png;base64,iVBORw0KGgo=" TAGS="wind,À lire">\
Prix de l&#39;eau: &lt;b&gt; &amp; co</A>
        <DD>First line
Second &lt;line&gt;
        <HR>        <DT><H3>Deeper</H3>
        <DL><p>
            <DT><A HREF="http://plain.example" ADD_DATE="1655000004"></A>
        </DL><p>
    </DL><p>
    <DT><H3 ADD_DATE="1655000005" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks Toolbar</H3>
    <DL><p>
        <DT><A HREF="place:sort=8&maxResults=10" ADD_DATE="1655000006">Most Visited</A>
        <DT><A HREF="javascript:document.write('<a href=x>')%3B%22" ADD_DATE="1655000007">Bookmarklet</A>
        <DT><A HREF="https://user:secret@private.example/" ADD_DATE="1655000008">Mine</A>
        <DT><A HREF="https://last.example/#top" ADD_DATE="never" SHORTCUTURL="l">Last</A>
    </DL>
</DL>
"""


def test_what_firefox_writes(tmp_path: Path):
    first, second, query, script, login, last = rows(tmp_path / "bookmarks.html", _FIREFOX)
    found = entry(first)
    assert found.collection is Collection.BOOKMARKS
    assert found.item.url == "https://site.example/a?x=1"
    assert found.item.uid == "https://site.example/a?x=1"
    assert found.item.title == "Prix de l'eau: <b> & co"
    assert found.saved == found.item.at == day(2022, 6, 12, 2, 13, 22)
    assert found.item.published is None
    assert found.tags == ("Énergie & eau", "wind", "À lire")
    assert found.note == "First line\nSecond <line>"
    assert found.read
    assert entry(second).item.title == "http://plain.example"
    assert entry(second).item.uid == "http://plain.example/"
    assert entry(second).tags == ("Énergie & eau", "Deeper")
    assert (query.row, refusal(query).title) == (3, "Most Visited")
    assert refusal(query).reason == "An address that begins with “place:” is no page on the web."
    assert refusal(script).address.startswith("javascript:document.write('<a href=x>')")
    assert "private.example" in refusal(login).reason
    assert "secret" not in repr(login)
    assert entry(last).tags == ()
    assert entry(last).saved is None
    assert entry(last).item.at == entry(last).item.seen


def test_what_chrome_and_edge_write(tmp_path: Path):
    text = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1600000000" LAST_MODIFIED="1600000009" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>
    <DL><p>
        <DT><A HREF="chrome://settings/" ADD_DATE="1600000001">Settings</A>
        <DT><A HREF="https://a.example/" ADD_DATE="1600000001" ICON="data:image/png;base64,AA">A</A>
    </DL><p>
    <DT><A HREF="https://b.example/" ADD_DATE="13245000000000000">B</A>
</DL><p>
"""
    settings, first, second = rows(tmp_path / "bookmarks_26_11_2026.html", text)
    assert "chrome:" in refusal(settings).reason
    assert entry(first).tags == ()
    assert entry(second).saved is None  # as Chrome counts inside, from 1601: yet to come for whoever counts from 1970


def test_what_safari_writes(tmp_path: Path):
    text = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
\t<HTML>
\t<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
\t<Title>Bookmarks</Title>
\t<H1>Bookmarks</H1>
\t<DT><H3 FOLDED>Favourites</H3>
\t<DL><p>
\t\t<DT><A HREF="https://a.example/">A</A>
\t</DL><p>
\t<DT><H3 FOLDED id="com.apple.ReadingList">Reading List</H3>
\t<DL><p>
\t\t<DT><A HREF="https://b.example/">B</A>
\t</DL><p>
\t</HTML>
"""
    found = entries(rows(tmp_path / "Safari Bookmarks.html", text))
    assert [(each.item.title, each.tags) for each in found] == [("A", ("Favourites",)), ("B", ("Reading List",))]
    archive = zipped(tmp_path / "Safari Export.zip", {"Bookmarks.html": text, "History.json": '{"metadata": {}}'})
    assert [(each.place, each.item.url) for each in entries(read(archive))] == [
        ("Bookmarks.html", "https://a.example/"), ("Bookmarks.html", "https://b.example/"),
    ]  # fmt: skip


def test_what_pinboard_and_raindrop_write(tmp_path: Path):
    text = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Pinboard Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p><DT><A HREF="https://a.example/" ADD_DATE="1600000001" PRIVATE="1" TOREAD="1" TAGS="one,two">A</A>
<DD>See <a href="https://inside.example/">this</a>, too<br>and that

<DT><A HREF="https://b.example/" ADD_DATE="1600000002" PRIVATE="0" TOREAD="0" TAGS="" \
DATA-COVER="https://b.example/c.jpg" DATA-IMPORTANT="true">B</A>
<DT><A HREF=https://c.example/x ADD_DATE=1600000003>C</A>
</DL></p>
"""
    first, second, third = entries(rows(tmp_path / "pinboard_export", text))
    assert (first.read, first.tags, first.note) == (False, ("one", "two"), "See this, too\nand that")
    assert (second.read, second.tags, second.note) == (True, ("favorite",), "")
    assert (third.item.url, third.saved) == ("https://c.example/x", day(2020, 9, 13, 12, 26, 43))


def test_pages_of_an_application_are_not_one(tmp_path: Path):
    links = ["https://app.example/#!topic/a", "https://app.example/#!topic/b", "https://app.example/#part"]
    found = entries(rows(tmp_path / "b.html", _list(links)))
    assert [each.item.uid for each in found] == [*links[:2], "https://app.example/"]


@pytest.mark.parametrize(
    ("broken", "good"),
    [
        ('<DT><A HREF="https://a.example/>A</A>\n', 2),  # a quotation mark is missing
        ("<DT><A HREF='https://a.example/ TITLE=\"x>A</A>\n", 2),
        ("<DT><A HREF=https://a.example/>A\n", 2),
        ("<!-- <DT><A HREF='https://a.example/'>A</A> -->", 1),
        ("<!-- not closed <DT><A HREF='https://a.example/'>A</A>", 2),
        ("<DT><A HREF='https://a.example/'>A <b>bold</b> <!-- odd --> title</A>\n", 2),
        ("</DL></DL></DL><DL><DT><A HREF='https://a.example/'>A</A>\n", 2),
        ("<A HREF='https://a.example/'>A</A>", 2),
    ],
)  # fmt: skip
def test_what_is_broken_costs_nothing_else(broken: str, good: int, tmp_path: Path):
    found = rows(tmp_path / "b.html", _list([], broken) + _list(["https://last.example/"])[33:])
    assert len(entries(found)) == good
    assert entry(found[-1]).item.url == "https://last.example/"
    assert all(each.item.url.startswith("https://a.example/") for each in entries(found[:-1]))


def test_a_large_file_is_never_held_whole(tmp_path: Path):
    icon = "data:image/png;base64," + "A" * 1_500_000
    links = "".join(
        f'<DT><A HREF="https://a.example/{n}" ICON="{icon}" ADD_DATE="1600000000">{n}</A>\n' for n in range(8)
    )
    found = entries(rows(tmp_path / "b.html", _list([], links)))
    assert [each.item.title for each in found] == [str(n) for n in range(8)]
    assert found[0].saved == day(2020, 9, 13, 12, 26, 40)


def test_a_page_without_a_list_is_none(tmp_path: Path):
    text = "<!DOCTYPE NETSCAPE-Bookmark-file-1><title>x</title>"
    with pytest.raises(BadFile, match="it holds no list of links"):
        rows(tmp_path / "b.html", text)
    assert rows(tmp_path / "b.html", text + "<DL><p>\n</DL>") == []
    with pytest.raises(BadFile, match="it is none of the files that Veille knows"):
        rows(
            tmp_path / "b.html", "<!doctype html><title>A page</title><p>With <a href='https://a.example/'>a link</a>."
        )


def test_a_title_that_is_far_too_long_is_cut_and_what_the_person_wrote_is_not(tmp_path: Path):
    tags = ",".join(f"t{n}" for n in range(80))
    text = f"<DT><A HREF='https://a.example/' TAGS='{tags},{'x' * 100},#T1'>{'Ab ' * 9000}</A><DD>{'note ' * 10_000}"
    found = entry(rows(tmp_path / "b.html", _list([], text), Format.BOOKMARKS)[0])
    assert len(found.item.title) == 500
    assert found.tags == (*tags.split(","), "x" * 100)
    assert found.note == ("note " * 10_000).strip()


def _list(links: list[str], more: str = "") -> str:
    lines = "".join(f'<DT><A HREF="{link}">{link}</A>\n' for link in links)
    return f"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>\n{lines}{more}</DL><p>\n"
