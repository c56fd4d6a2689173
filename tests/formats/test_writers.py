"""What is written: whatever stands in an item, the file is sound, and says what the item said."""

import csv
import io
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from veille.content.html import clean, from_text, to_text
from veille.content.text import plain
from veille.formats import reading
from veille.formats.entry import Entry, Format
from veille.formats.writers import bibtex, citing, csl, html, markdown, markdowntext
from veille.formats.writers import csv as table
from veille.formats.writers import json as whole
from veille.formats.writers.record import About, Heading, Record
from veille.model import Article, Highlight, Item, ItemKind, Mark, Sector, Source, SourceKind, Version
from veille.posts import Fate, Media, Network, Person, Poll, Post, Referred, Relation

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ABOUT = About("Items", "2 items", NOW, "en", "Contents", "My tags", "My note", "Passages")
SOURCE = Source(1, "feed:https://a.example/feed", SourceKind.FEED, "https://a.example/feed", "The Source", NOW)

ODD = (
    "# heading", "=cmd|' /C calc'!A0", "+1", "-1", "@sum", "</article><script>alert(1)</script>", "}}}, title = {x",
    "*a* _b_ `c` [d](e) ![f](https://t.example/p.png) <b>g</b>", "1. one", "- two", "> three", "===", "---",
    "| a | b |", "&amp; &#35; &copy;", "\\", "\\\\*", "a\u202eb\u2066c", "שלום עולם", "$x$ ^a^ ~b~ ==c== %%d%% {e}",
    "\"q\", 'r'", "line\nline", "a\r\nb\rc", "\tTab", "\x00\x07", "```", "~~~", "    four spaces",
    "Doe, Jane and Smith; Co & Sons", "\ufeff", "\u2028x", "#tag", "[^1]: x", "[a]: https://t.example", ": definition",
    "!", "<!-- c -->", "(@) x", "ii) x",
)  # fmt: skip
hostile = st.one_of(
    st.sampled_from(ODD), st.text(max_size=60), st.lists(st.sampled_from(ODD), max_size=4).map(" ".join)
)
addresses = st.sampled_from(
    ["", "https://example.org/a", "https://e.org/(x)[y]?a=1&copy;=2#f", "https://doi.org/10.1000/xyz%20{1}",
     "javascript:alert(1)", "https://e.org/\"><script>"]
)  # fmt: skip


def an_item(**parts: Any) -> Item:
    kept = {
        "id": 7, "source": 1, "uid": "u", "kind": ItemKind.ARTICLE, "url": "https://example.org/a", "title": "A title",
        "author": "Jane Doe", "summary": "Short", "content": "<p>Text</p>", "lang": "en", "published": NOW,
        "updated": None, "seen": NOW, "at": NOW, "hash": "h", **parts,
    }  # fmt: skip
    return Item(**kept)


def a_record(item: Item | None = None, mark: Mark | None = None, **parts: Any) -> Record:
    item = item or an_item()
    kept = {"heading": plain(item.title) or "Untitled", "body": item.content, **parts}
    return Record(item, mark or Mark(item.id), SOURCE, **kept)


@st.composite
def records(draw: st.DrawFn) -> Record:
    def text() -> str:
        return draw(hostile)

    item = an_item(
        id=draw(st.integers(1, 2**40)), uid=text(), title=text(), author=text(), url=draw(addresses), summary=text(),
        content=clean(from_text(text()) + text()).html, lang=draw(st.sampled_from(["", "fr", "x\"y", "de-CH"])),
        kind=draw(st.sampled_from(ItemKind)), published=draw(st.sampled_from([None, NOW])),
        media=(Media("image", draw(addresses), text()),), tags=(text(), text()))  # fmt: skip
    mark = Mark(item.id, draw(st.booleans()), draw(st.sampled_from([None, NOW])), (text(),), text())
    return a_record(
        item, mark, sectors=(Sector("s", text()),), highlights=(Highlight(item.id, text(), NOW, text(), text()),),
        facts=(plain(text()), plain(text())), details=((plain(text()), plain(text())),),
        versions=(Version(item.id, NOW, text(), text(), text()),),
        article=draw(st.sampled_from([None, Article(item.id, "<p>Whole</p>", NOW, text(), text())])))  # fmt: skip


several = st.lists(records(), max_size=3)
thorough = settings(max_examples=40, deadline=None)  # records are large


def written(writer: Any, some: list[Record], about: About = ABOUT) -> str:
    return "".join(writer.write(about, some))


# Markdown ----------------------------------------------------------------------------------------

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OUR_TAGS = re.compile(r"</?(?:br|sub|sup|strong|em|del|code)>\Z")


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def read_as(text: str) -> str:
    """The text that a reader of Markdown shows, without spaces."""
    return "".join(to_text(PARSER.render(text)).split())


@thorough
@given(several)
def test_markdown_has_a_heading_for_each_item_and_nothing_that_loads(some: list[Record]) -> None:
    text = written(markdown, some)
    found = list(tokens(text))
    headings = [at for at, token in enumerate(found) if token.type == "heading_open" and token.tag in ("h1", "h2")]
    assert [found[at].tag for at in headings] == ["h1", *["h2"] * len(some)]
    shown = [to_text(PARSER.renderer.render([found[at + 1]], PARSER.options, {})) for at in headings[1:]]
    assert ["".join(each.split()) for each in shown] == ["".join(each.heading.split()) for each in some]
    for token in found:
        assert token.type not in ("image", "html_block")
        assert token.type != "html_inline" or OUR_TAGS.match(token.content)
        assert token.type != "link_open" or re.match("https?:|mailto:", str(token.attrs["href"]))


@settings(deadline=None)
@given(hostile)
def test_text_means_itself_in_markdown(text: str) -> None:
    expected = "".join(plain(text).split())
    assert read_as(markdowntext.lines(text)) == expected
    assert read_as(markdowntext.line(text)) == expected
    assert read_as(markdowntext.convert(clean(from_text(text)).html)) == expected


inner = st.recursive(
    hostile.map(lambda text: from_text(text.replace("\n", " "))[3:-4]),
    lambda deeper: st.tuples(
        st.sampled_from(["b", "i", "p", "li", "ul", "ol", "blockquote", "h2", "a", "pre", "code", "td", "del", "div"]),
        st.lists(deeper, max_size=3),
    ).map(lambda made: _element(*made)),
    max_leaves=12,
)


def _element(name: str, parts: list[str]) -> str:
    attributes = ' href="https://e.org/x"' if name == "a" else ""
    text = f"<{name}{attributes}>{' '.join(parts)}</{name}>"
    return f"<table><tr>{text}<td>2</td></tr></table>" if name == "td" else text


@settings(deadline=None)
@given(st.lists(inner, max_size=4))
def test_what_a_page_says_is_said_in_markdown(parts: list[str]) -> None:
    page = clean("".join(parts)).html
    text = markdowntext.convert(page)
    links = re.compile(r"https://e\.org/x")  # one without a text shows its address
    assert links.sub("", read_as(text)) == links.sub("", "".join(to_text(page).split()))
    assert not any(token.type in ("image", "html_block") for token in tokens(text))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a<br>- b</p>", "a  \n\\- b"),
        ("<p><b>Note:</b>text <i>so </i>it</p>", "<strong>Note:</strong>text *so* it"),
        ('<p>See!<a href="https://e.org/(a)">it</a></p>', "See\\![it](https://e.org/%28a%29)"),
        ('<a href="https://e.org/">https://e.org/</a>', "<https://e.org/>"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li><p>a</p><p>b</p></li><li>c</li></ol>', "3. a\n\n   b\n\n4. c"),
        ("<pre>a\n  `b`</pre><p><code>`</code> H<sub>2</sub>O</p>", "```\na\n  `b`\n```\n\n`` ` `` H<sub>2</sub>O"),
        ("<blockquote><p>a</p><p>b</p></blockquote><hr>", "> a\n>\n> b\n\n***"),
        ("<h1>One</h1><h4>Four</h4>", "### One\n\n##### Four"),
        ("<table><tr><th>A</th><th>B|C</th></tr><tr><td colspan=2>x<br>y</td></tr></table>",
         "| A | B\\|C |\n| --- | --- |\n| x<br>y |  |"),
        ("<table><tr><td><p>only</p><p>laid out</p></td></tr></table>", "only\n\nlaid out"),
        ("<dl><dt>Term</dt><dd>What it is</dd></dl>", "**Term**\n\nWhat it is"),
    ],
)  # fmt: skip
def test_marks_become_those_of_markdown(page: str, expected: str) -> None:
    assert markdowntext.convert(clean(page).html) == expected


def test_an_item_in_markdown() -> None:
    item = an_item(title="2 * 3 = #six", content='<p>One <b>bold</b> <a href="https://e.org/b">link</a>.</p>')
    mark = Mark(7, saved=NOW, tags=("wind", "to read"), note="First\n- second\n\nThird")
    found = written(markdown, [a_record(
        item, mark, facts=("The Source", "Jane Doe"), details=(("Sectors", "Energy"),),
        highlights=(Highlight(7, "A *passage*", NOW), Highlight(7, "Another", NOW)))])  # fmt: skip
    assert found == (
        "# Items\n\n2 items\n\n## 2 \\* 3 = \\#six\n\nThe Source · Jane Doe  \n<https://example.org/a>  \n"
        "**Sectors**: Energy · **My tags**: wind, to read\n\n**My note**: First  \n\\- second\n\nThird\n\n"
        "**Passages**:\n\n> A \\*passage\\*\n\n> Another\n\nOne **bold** [link](https://e.org/b).\n"
    )


# HTML --------------------------------------------------------------------------------------------

_ALLOWED = """html head meta title style body header nav details summary ol ul li a main article h1 h2 h3 h4 h5 h6 p div
    bdi blockquote b br code em i pre strong table tbody tr td th del"""
ALLOWED = set(_ALLOWED.split())


class Page(HTMLParser):
    """Checks what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.given: list[tuple[str, str, str]] = []
        self.styles = self.titles = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.given += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1] == "style" and not self.styles:
            self.styles = data

    def values(self, name: str) -> list[str]:
        return [value for _tag, each, value in self.given if each == name]


@thorough
@given(several)
def test_a_page_runs_and_loads_nothing(some: list[Record]) -> None:
    headings = [Heading(each.item.id, each.heading, each.item.lang) for each in some]
    page = Page(written(html, some, About(*_values(ABOUT)[:-1], lambda: headings)))
    assert set(page.elements) <= ALLOWED
    assert page.elements.count("article") == len(some)
    names = {name for _tag, name, _value in page.given}
    assert names <= {
        "lang", "charset", "http-equiv", "content", "name", "href", "id", "dir", "rel", "class", "open", "start",
        "colspan", "rowspan",
    }  # fmt: skip
    assert all(re.match(r"https?://|mailto:|#i\d+\Z", each) for each in page.values("href"))
    assert all(re.fullmatch("[A-Za-z-]+", each) for each in page.values("lang"))
    links = [each for each in page.values("href") if each.startswith("#")]
    assert links == [f"#{each}" for each in page.values("id")]


def _values(about: About) -> list[Any]:
    return [getattr(about, name) for name in About.__slots__]


def test_the_policy_lets_our_style_through_and_nothing_else() -> None:
    page = Page(written(html, []))
    digest = b64encode(sha256(page.styles.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in page.values(
        "content"
    )
    assert "url(" not in page.styles
    assert "@import" not in page.styles


def test_headings_of_a_text_stand_below_those_of_the_items() -> None:
    page = Page(written(html, [a_record(body="<h1>One</h1><h5>Five</h5>")]))
    assert [each for each in page.elements if re.match(r"h\d", each)] == ["h1", "h2", "h3", "h6"]


# Tables ------------------------------------------------------------------------------------------


@thorough
@given(several)
def test_a_table_reads_back_as_it_was_written(some: list[Record]) -> None:
    text = written(table, some)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert rows[0] == list(table.COLUMNS)
    assert len(rows) == len(some) + 1
    for row, record in zip(rows[1:], some, strict=True):
        cells = dict(zip(table.COLUMNS, row, strict=True))
        assert not any(each[:1] in ("=", "+", "-", "@", "\t", "\r") for each in row)
        assert cells["title"] == table.cell(plain(record.item.title))
        assert cells["note"] == table.cell(record.mark.note)
        assert cells["text"] == table.cell(to_text(record.body))
        assert cells["saved"] == ("2026-03-02T09:00:00Z" if record.mark.saved else "")
        assert cells["flagged"] == ("2026-03-02T09:00:00Z" if record.mark.flagged else "")


def test_a_cell_is_never_a_formula_nor_too_long_for_excel() -> None:
    assert [table.cell(each) for each in ("=1+1", "-x", "a=1", "x\r\ny", "a\x00b", "\n=1", "＝1")] == [
        "'=1+1", "'-x", "a=1", "x\ny", "ab", "'\n=1", "'＝1"
    ]  # fmt: skip
    assert len(table.cell("x" * 100_000)) == table.LONGEST
    assert table.cell("x" * 100_000).endswith("x…")


# JSON --------------------------------------------------------------------------------------------


@thorough
@given(several)
def test_json_says_everything(some: list[Record]) -> None:
    found = json.loads(written(whole, some).encode("utf-8", "backslashreplace"))
    assert list(found) == ["veille", "exported", "items"]
    assert found["veille"] == 1
    for entry, record in zip(found["items"], some, strict=True):
        item, mark = record.item, record.mark
        assert [entry[name] for name in ("uid", "url", "title", "author", "language", "summary", "content")] == [
            item.uid, item.url, item.title, item.author, item.lang, item.summary, item.content
        ]  # fmt: skip
        assert (entry["flagged"] is None) == (mark.flagged is None)
        assert (entry["tags"], entry["my_tags"], entry["note"]) == (list(item.tags), list(mark.tags), mark.note)
        assert datetime.fromisoformat(entry["at"]) == item.at
        assert entry["highlights"][0]["text"] == record.highlights[0].text
        assert entry["versions"][0]["content"] == record.versions[0].content
        assert (entry["article"] is None) == (record.article is None)


def a_post() -> Post:
    return Post(
        Network.MASTODON, "1", Person("@ada@m.example", "Ada", "https://m.example/@ada", "9"),
        reposted_by=Person("@bob@m.example"), continues="0", warning="CW", withheld=("DE",),
        referred=(Referred(Relation.QUOTED, "2", Person("@c@m.example"), "https://m.example/2", "<p>Said</p>", NOW),),
        poll=Poll((("yes", 1), ("no", None)), 1, NOW + timedelta(days=1)), fate=Fate.THERE)  # fmt: skip


def test_veille_reads_its_own_json(tmp_path: Path) -> None:
    item = an_item(
        tags=("news",), media=(Media("image", "https://cdn.example.org/p.png", "A plant", "image/png"),),
        kind=ItemKind.POST, title="", post=a_post())  # fmt: skip
    article = a_record(
        an_item(id=8, uid="v", url="https://example.org/b"),
        Mark(8, True, NOW, ("wind",), "A note\nof two lines"), highlights=(Highlight(8, "Text", NOW, "a", "b"),),
        article=Article(8, "<p>The whole article</p>", NOW))  # fmt: skip
    path = tmp_path / "veille.json"
    path.write_text(written(whole, [a_record(item), article]), encoding="utf-8")
    assert reading.recognise(path) is Format.VEILLE
    first, second = _entries(path, Format.VEILLE)
    assert (first.item.post, first.item.media, first.item.tags) == (item.post, item.media, item.tags)
    assert (first.read, first.saved) == (False, None)
    assert (second.item.title, second.item.url) == ("A title", "https://example.org/b")
    assert (second.item.content, second.article) == (article.item.content, replace(article.article, item=0))
    assert (second.read, second.saved, second.tags) == (True, NOW, ("wind",))
    assert (second.note, second.passages) == ("A note\nof two lines", (Highlight(0, "Text", NOW, "a", "b"),))


def _entries(path: Path, format: Format) -> list[Entry]:
    rows = [row for batch in reading.read(str(path), format, NOW) for row in batch.rows]
    assert all(isinstance(row, Entry) for row in rows), rows
    return [row for row in rows if isinstance(row, Entry)]


# Citations ---------------------------------------------------------------------------------------


def bib_entries(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Kind, key and fields of each entry: as BibTeX reads them, by counting braces."""
    found = []
    place = 0
    while (at := text.find("\n@", place)) >= 0:
        head = re.compile(r"\n@(\w+)\{([a-z0-9-]+),\n").match(text, at)
        assert head, text[at : at + 80]
        place, fields = head.end(), {}
        while text[place] != "}":
            name = re.compile(r"  (\w+) = \{").match(text, place)
            assert name, text[place : place + 80]
            depth, place = 1, name.end()
            start = place
            while depth:
                depth += {"{": 1, "}": -1}.get(text[place], 0)
                place += 1
            fields[name[1]] = text[start : place - 1]
            assert text[place : place + 2] == ",\n"
            place += 2
        found.append((head[1], head[2], fields))
    return found


def from_latex(text: str) -> str:
    for command, letter in (
        ("textbraceleft", "{"), ("textbraceright", "}"), ("textasciitilde", "~"), ("textasciicircum", "^")
    ):  # fmt: skip
        text = text.replace(f"\\{command}{{}}", f"\x01{letter}")
    text = re.sub(r"\\([#$%&_])", "\x01\\1", text).replace("\\textbackslash{}", "\x01\\")
    assert not re.search(r"(?<!\x01)[{}#$%&_~^\\]", text), text
    return text.replace("\x01", "")


@thorough
@given(several)
def test_bibtex_is_balanced_and_means_what_it_says(some: list[Record]) -> None:
    text = written(bibtex, some)
    entries = bib_entries(text)
    assert text.startswith("% 2 items\n")
    assert len(entries) == len(some)
    for (kind, key, fields), record in zip(entries, some, strict=True):
        assert kind == ("article" if citing.doi(record) else "online")
        assert key == citing.key(record)
        assert from_latex(fields.get("title", "")) == citing.title(record)
        assert from_latex(fields.get("annotation", "")) == plain(record.mark.note)
        assert not re.search(r"[\s{}\\]", fields.get("url", ""))
        assert fields.get("author", "").count("{") == fields.get("author", "").count("}")


def test_keys_are_stable_and_apart() -> None:
    one, other = a_record(an_item(uid="1")), a_record(an_item(uid="2", id=9))
    assert citing.key(one) == citing.key(a_record(an_item(uid="1", id=99, title="Another", lang="fr")))
    assert citing.key(one).startswith("doe2026-")
    assert citing.key(one) != citing.key(other)
    assert re.fullmatch("thesource-[0-9a-f]{10}", citing.key(a_record(an_item(author="", published=None))))


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Jane Doe", ["Doe, Jane"]), ("Jane Doe, John Smith", ["Doe, Jane", "Smith, John"]),
        ("Doe, Jane", ["Doe, Jane"]), ("Jane Doe and Ludwig van Beethoven", ["Doe, Jane", "van Beethoven, Ludwig"]),
        ("AFP", ["{AFP}"]), ("The Source", ["{The Source}"]), ("jane@example.org", ["{jane@example.org}"]), ("", []),
        ("Foo AND Bar", ["Bar, {Foo AND}"]),
        ("Zoë Müller-Lüdenscheidt et Élise O’Neil", ["Müller-Lüdenscheidt, Zoë", "O’Neil, Élise"]),
    ],
)  # fmt: skip
def test_authors_are_told_apart(author: str, expected: list[str]) -> None:
    ((_kind, _key, fields),) = bib_entries(written(bibtex, [a_record(an_item(author=author))]))
    assert fields.get("author", "") == " and ".join(expected)


def test_a_paper_a_post_and_a_blog_in_bibtex() -> None:
    paper = a_record(an_item(url="https://doi.org/10.1000/182", tags=("a", "b, c")), Mark(7, note="50 % & more"))
    post = a_record(an_item(kind=ItemKind.POST, title="", post=a_post(), content="<p>So it is.</p>"))
    (kind, _key, fields), (other, _other, said) = bib_entries(written(bibtex, [paper, post]))
    assert kind == "article"
    assert fields == {
        "author": "Doe, Jane", "title": "A title", "journaltitle": "The Source", "date": "2026-03-02",
        "doi": "10.1000/182", "url": "https://doi.org/10.1000/182", "urldate": "2026-03-02", "keywords": "a, b  c",
        "abstract": "Text", "annotation": r"50 \% \& more",
    } | {"keywords": "a, b c"}  # fmt: skip
    assert other == "online"
    assert (said["author"], said["title"], said["titleaddon"]) == ("{Ada (@ada@m.example)}", "So it is.", "Mastodon")


TYPES = {"webpage", "article-journal", "post", "post-weblog", "article-newspaper"}
KEYS = {"id", "type", "title", "author", "container-title", "issued", "accessed", "DOI", "URL", "language", "abstract",
        "keyword", "note"}  # fmt: skip


@thorough
@given(several)
def test_csl_has_what_its_schema_asks_for(some: list[Record]) -> None:
    found = json.loads(written(csl, some).encode("utf-8", "backslashreplace"))
    assert len(found) == len(some)
    for entry, record in zip(found, some, strict=True):
        assert set(entry) <= KEYS
        assert entry["id"] == citing.key(record)
        assert entry["type"] in TYPES
        assert all(
            isinstance(value, str) for name, value in entry.items() if name not in ("author", "issued", "accessed")
        )
        for each in entry.get("author", ()):
            assert set(each) in ({"literal"}, {"family", "given"})
        for name in ("issued", "accessed"):
            assert entry.get(name, {"date-parts": [[2026, 3, 2]]}) == {"date-parts": [[2026, 3, 2]]}


def test_csl_says_what_is_cited() -> None:
    kinds = [
        an_item(), an_item(url="https://dx.doi.org/10.1000/182"), an_item(url="https://blog.example.org/x"),
        an_item(url="https://example.org/blog/x"), an_item(kind=ItemKind.POST, title="", post=a_post()),
    ]  # fmt: skip
    found = json.loads(written(csl, [a_record(each) for each in kinds]))
    assert [each["type"] for each in found] == ["webpage", "article-journal", "post-weblog", "post-weblog", "post"]
    assert found[1]["DOI"] == "10.1000/182"


def test_csl_comes_back_through_its_reader(tmp_path: Path) -> None:
    record = a_record(an_item(author="Jane Doe; AFP", tags=("wind", "sun")), Mark(7, note="A note"))
    path = tmp_path / "library.json"
    path.write_text(written(csl, [record]), encoding="utf-8")
    assert reading.recognise(path) is Format.CSL
    (entry,) = _entries(path, Format.CSL)
    assert (entry.item.title, entry.item.url) == ("A title", "https://example.org/a")
    assert entry.item.published is not None
    assert entry.item.published.date() == NOW.date()
    assert (entry.note, set(entry.tags)) == ("A note", {"wind", "sun"})
    assert "Doe" in entry.item.author
    assert "AFP" in entry.item.author


@pytest.mark.parametrize("writer", [bibtex, csl, html, markdown, table, whole])
def test_enormous_texts_and_empty_items(writer: Any) -> None:
    large = a_record(
        an_item(title="x " * 100_000, content="", url="", published=None), body="<p>" + "y" * 500_000 + "</p>"
    )
    empty = a_record(an_item(title="", author="", url="", summary="", content="", published=None, lang=""))
    assert written(writer, [large, empty])
    assert written(writer, [])
