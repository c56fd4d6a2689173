"""What :func:`veille.sources.feeds.parse` makes of each format."""

import pickle
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.harmless import item_faults
from veille.errors import NotAFeed, Unreadable
from veille.model import ItemKind
from veille.posts import Media
from veille.sources.base import Parsed
from veille.sources.feeds import parse

_SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
_ADDRESS = "https://feeds.example.org/x/feed.xml"


def _parse(body: str | bytes, content_type: str = "", known: dict[str, str] | None = None) -> Parsed:
    return parse(body if isinstance(body, bytes) else body.encode(), content_type, _ADDRESS, 3, _SEEN, known or {})


_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>L&#8217;&amp;Eacute;nergie</title><link>https://site.example/</link>
<language>fr-fr</language><ttl>30</ttl>
<item><title>AT&amp;amp;T &#8211; r&#233;sultats</title><link>https://site.example/1</link>
 <guid isPermaLink="false">urn:1</guid>
 <pubDate>Sun, 01 Mar 2026 10:00:00 +0100</pubDate>
 <dc:creator><![CDATA[Une Plume]]></dc:creator><category>eau</category>
 <description><![CDATA[<p>Le résumé.</p>]]></description>
 <content:encoded><![CDATA[<p>Le <a href="q">texte</a>.<img src="i.png"></p>]]></content:encoded>
 <enclosure url="https://site.example/s.mp3" type="audio/mpeg" length="1"/>
 <media:content url="https://site.example/m.jpg" medium="image"/></item>
<item><description>Un billet sans titre.</description><guid>https://site.example/2</guid></item>
</channel></rss>"""


def test_rss_2() -> None:
    parsed = _parse(_RSS, "application/rss+xml")
    assert (parsed.title, parsed.site, parsed.lang, parsed.every, parsed.entries) == (
        "L’Énergie",
        "https://site.example/",
        "fr",
        1800,
        2,
    )
    post, article = parsed.items
    assert (article.uid, article.title, article.url, article.author) == (
        "urn:1",
        "AT&T – résultats",
        "https://site.example/1",
        "Une Plume",
    )
    assert article.published == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert article.content == '<p>Le <a href="https://site.example/q">texte</a>.</p>'
    assert article.summary == "Le résumé."
    assert article.tags == ("eau",)
    assert article.media == (
        Media("audio", "https://site.example/s.mp3", "", "audio/mpeg"),
        Media("image", "https://site.example/m.jpg"),
        Media("image", "https://site.example/i.png"),
    )
    assert (post.kind, post.title, post.url, post.summary) == (
        ItemKind.POST,
        "",
        "https://site.example/2",
        "Un billet sans titre.",
    )
    assert post.at == _SEEN


def test_only_what_is_new_comes_back() -> None:
    first = _parse(_RSS)
    known = {item.uid: item.hash for item in first.items}
    assert _parse(_RSS, known=known).items == ()
    assert _parse(_RSS, known=known).entries == 2
    assert [item.uid for item in _parse(_RSS.replace("Le résumé", "Un résumé"), known=known).items] == ["urn:1"]
    assert _parse(_RSS, known={"urn:1": "gone"}).items == first.items[:1]


def test_atom_1() -> None:
    parsed = _parse("""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://base.example/blog/">
      <title type="html">A &amp;amp; B</title><link href="."/><link rel="self" href="/self"/>
      <entry><id>tag:x,2026:1</id><title>1 &lt; 2 &amp;amp; &lt;b&gt;</title><link rel="alternate" href="one"/>
      <published>2026-03-01T10:00:00Z</published><updated>2026-03-01T11:00:00Z</updated>
      <author><name>Ann</name></author><author><name>Bob</name></author><category term="t" label="Label"/>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x">Hi <a href="two">two</a></p></div>
      </content></entry>
      <entry><id>tag:x,2026:2</id><updated>2026-02-01T11:00:00Z</updated><content>Line one
line two</content></entry></feed>""")
    assert (parsed.title, parsed.site, parsed.lang) == ("A & B", "https://base.example/blog/", "en")
    first, second = parsed.items
    assert first.title == "1 < 2 &amp; <b>"  # plain text says what it says
    assert (first.url, first.author, first.tags) == ("https://base.example/blog/one", "Ann, Bob", ("Label",))
    assert '<p>Hi <a href="https://base.example/blog/two">two</a></p>' in first.content
    assert (first.published, first.updated) == (
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        datetime(2026, 3, 1, 11, tzinfo=UTC),
    )
    assert (second.kind, second.content) == (ItemKind.POST, "<p>Line one<br>line two</p>")
    assert (second.published, second.updated, second.at) == (None, *[datetime(2026, 2, 1, 11, tzinfo=UTC)] * 2)


def test_rss_1_and_atom_0_3_and_rss_0_9() -> None:
    rdf = _parse("""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
      <channel rdf:about="https://a.example/"><title>RDF</title><link>https://a.example/</link>
      <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
      <item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link><dc:date>2026-03-01</dc:date>
      </item></rdf:RDF>""")
    assert (rdf.items[0].title, rdf.items[0].at, rdf.every) == ("One", datetime(2026, 3, 1, tzinfo=UTC), 21_600)
    old = _parse("""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title>One</title>
      <link rel="alternate" type="text/html" href="https://a.example/1"/><id>1</id>
      <issued>2026-03-01T00:00:00Z</issued></entry></feed>""")
    assert (old.title, old.items[0].url, old.items[0].published) == (
        "Old",
        "https://a.example/1",
        datetime(2026, 3, 1, tzinfo=UTC),
    )
    oldest = _parse(
        "<rss version='0.91'><channel><title>R</title><item><title>One</title><link>/1</link></item></channel></rss>"
    )
    assert (oldest.items[0].title, oldest.items[0].url) == ("One", "https://feeds.example.org/1")


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", "application/xml"),
        ("iso-8859-1", "iso-8859-1", "text/xml"),
        ("windows-1252", "", "text/xml; charset=windows-1252"),
        ("utf-16", "utf-16", ""),
        ("utf-8-sig", "utf-8", "application/xml"),
        ("koi8-r", "koi8-r", ""),
    ],
)
def test_encodings(encoding: str, declared: str, content_type: str) -> None:
    word = "Газ" if encoding == "koi8-r" else "Été à Orléans"
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    item = f"<item><title>{word}</title><link>https://a.example/</link></item>"
    feed = f"{declaration}<rss version='2.0'><channel>{item}</channel></rss>"
    assert _parse(feed.encode(encoding), content_type).items[0].title == word


@pytest.mark.parametrize(
    "broken",
    [
        _RSS[: _RSS.index("<item><description>")],
        _RSS.replace("&amp;amp;", "&"),
        _RSS.replace("</description>", ""),
        "\n\n  " + _RSS,
        _RSS.replace("UTF-8", "us-ascii"),
        _RSS + "junk <",
        _RSS.replace("<guid", "<guid <b"),
        _RSS.replace("Le résumé", "Le r\x0b\x01sumé"),
        _RSS.replace("https://site.example/1<", "https://site.example/1?a=b&c<"),
    ],
)
def test_broken_feeds_give_what_can_be_saved(broken: str) -> None:
    items = [item for item in _parse(broken).items if item.url.startswith("https://site.example/1")]
    assert len(items) == 1
    assert items[0].title.startswith("AT&")
    assert item_faults(items[0]) == []


@pytest.mark.parametrize(
    "nothing",
    [
        b"",
        b"   ",
        b"<html><head><title>Page</title></head><body><p>Hello<a href='x'>y</a></body></html>",
        b"\x1f\x8b\x08\x00binary\x00\xff",
        b"Not found",
        b"{}",
        b'{"items": 3}',
        b"[1]",
        b"<?xml version='1.0'?><svg/>",
        b"{" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_feed(nothing: bytes) -> None:
    with pytest.raises(NotAFeed, match=r"feeds\.example\.org"):
        _parse(nothing)


def test_a_feed_without_entries_is_one() -> None:
    parsed = _parse("<rss version='2.0'><channel><title>Empty</title></channel></rss>")
    assert (parsed.title, parsed.items) == ("Empty", ())


def test_entities_are_refused() -> None:
    with pytest.raises(Unreadable):
        _parse('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>')


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Mon, 99 Zzz 20266 99:99:99",
        "0001-01-01T00:00:00Z",
        "9999-99-99",
        "-1",
        "1" * 5000,
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "31/12/99999",
    ],
)
def test_garbage_dates_are_none(date: str) -> None:
    feed = f"<rss version='2.0'><channel><item><title>T</title><pubDate>{date}</pubDate></item></channel></rss>"
    (item,) = _parse(feed).items
    assert item.published is None
    assert item.at == _SEEN


def test_nothing_is_opened(tmp_path: Path) -> None:
    """Bytes that name a file with a feed in it are text, not a place."""
    path = tmp_path / "feed.xml"
    path.write_text(_RSS)
    for body in (str(path), path.as_uri()):
        with pytest.raises(NotAFeed):
            _parse(body)


def test_what_it_gives_can_travel_between_processes() -> None:
    parsed = _parse(_RSS)
    assert pickle.loads(pickle.dumps(parsed)) == parsed


@pytest.mark.timeout(60)
def test_a_hundred_thousand_items_take_no_long() -> None:
    item = "<item><title>Titre {n}</title><link>https://a.example/{n}</link><description>Texte {n}</description></item>"
    body = (
        "<rss version='2.0'><channel><title>T</title>"
        + "".join(item.format(n=n) for n in range(100_000))
        + "</channel></rss>"
    )
    start = time.perf_counter()
    parsed = _parse(body)
    assert time.perf_counter() - start < 10
    assert parsed.entries == 1000
    assert parsed.title == "T"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "hostile",
    [
        "<a>" * 1_000_000,
        "<item>" * 300_000,
        "<item><title>" + "&" * 3_000_000,
        "<item><description>" + "word &nbsp; <b> " * 600_000,
        "<item>" + "<category>a</category>" * 200_000,
        "<item><title>x</title></item>" * 100_000 + "<b>",
        "<" * 3_000_000,
        "".join(f'<item xmlns:n{n}="u{n}"><n{n}:x/></item>' for n in range(20_000)),
        "<![CDATA[" * 300_000,
        "<!" * 500_000,
        "<item><description>" + "&lt;div&gt;" * 300_000 + "</description></item>",
        "<item><author>" + "a@" * 500_000 + "</author></item>",
        "<item " + " ".join(f'a{n}="b"' for n in range(300_000)) + "/>",
    ],
    ids=range(13),
)
def test_no_document_takes_ten_seconds(hostile: str) -> None:
    start = time.perf_counter()
    try:
        parsed = _parse("<rss version='2.0'><channel><title>t</title>" + hostile)
    except (NotAFeed, Unreadable):
        parsed = None
    assert time.perf_counter() - start < 10
    assert parsed is None or all(item_faults(item) == [] for item in parsed.items)
