import re
import time
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.harmless import faults, harmless_link
from veille.content.html import LONGEST, clean, from_text, to_text, words
from veille.content.text import plain
from veille.posts import Media

_BASE = "https://x.example/a/b"


def test_text_marks_stay_and_links_are_absolute() -> None:
    page = '<h2 id="t" class="c">T</h2><p style="x" onclick="y()">A '
    page += '<a href="/l?a=1&b" target="_blank" ping="p">l</a> <b>b</b></p>'
    assert clean(page, _BASE).html == '<h2>T</h2><p>A <a href="https://x.example/l?a=1&amp;b">l</a> <b>b</b></p>'


@pytest.mark.parametrize(
    "link",
    [
        "javascript:x()",
        "java\tscript:x()",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "feed:https://x",
        "https:///",
        "\x00javascript:x",
    ],
)
def test_other_links_lose_their_address(link: str) -> None:
    assert clean(f'<p><a href="{link}">text</a></p>', _BASE).html == "<p><a>text</a></p>"


def test_mail_and_scheme_relative_links() -> None:
    assert clean('<a href="mailto:a@b.example">m</a>').html == '<a href="mailto:a@b.example">m</a>'
    assert clean('<a href="//y.example/z">m</a>', _BASE).html == '<a href="https://y.example/z">m</a>'
    assert clean('<a href="/z">m</a>').html == "<a>m</a>"


def test_links_and_media_lose_what_marks_a_reader() -> None:
    page = """<a href="/l?a=1&amp;utm_source=rss#xtor=2">l</a>
    <a href="https://l.facebook.com/l.php?u=https%3A%2F%2Fy.example%2Fz%3Fc%3D1%26d%3D2&amp;h=1">m</a>
    <img src="i.png?fbclid=1&amp;w=3"><audio src="https://dts.podtrac.com/redirect.mp3/y.example/s.mp3"></audio>"""
    cleaned = clean(page, _BASE)
    assert re.findall('href="([^"]*)"', cleaned.html) == [
        "https://x.example/l?a=1",
        "https://y.example/z?c=1&amp;d=2",
    ]
    assert [each.url for each in cleaned.media] == ["https://x.example/a/i.png?w=3", "https://y.example/s.mp3"]


def test_media_become_data() -> None:
    page = """
    <figure><a href="/big"><img src="/1.jpg" srcset="/2.jpg 2x"></a>
    <figcaption>La &laquo;&nbsp;une&nbsp;&raquo; <i>du</i> jour</figcaption></figure>
    <p><img src="2.png" alt=" Un \n <b>graphique</b> " title="no"></p>
    <img src="pixel.gif" width="1" height="1"><img style="width: 1px" src="p2.gif">
    <img src="data:image/gif;base64,R0" data-src="lazy.jpg">
    <noscript><img src="noscript.jpg" alt="in noscript"></noscript>
    <video poster="poster.jpg" title="Film"><source src="film.mp4" type="video/mp4">
    <source src="film.webm">No <a href="f">film</a>.</video>
    <audio src="//cdn.example/son.mp3"></audio>
    <iframe src="https://tube.example/embed/1" title="Entretien"></iframe>
    <embed src="e.swf"><object data="o.pdf" type="application/pdf">old</object>
    <picture><source srcset="s.avif"><img src="s.jpg"></picture><img src="javascript:x"><img src="file:///x"><img>
    <img src="/1.jpg">"""
    cleaned = clean(page, "https://x.example/")
    assert cleaned.media == (
        Media("image", "https://x.example/1.jpg", "La « une » du jour"),
        Media("image", "https://x.example/2.png", "Un <b>graphique</b>"),
        Media("image", "https://x.example/lazy.jpg"),
        Media("image", "https://x.example/noscript.jpg", "in noscript"),
        Media("video", "https://x.example/film.mp4", "", "video/mp4"),
        Media("video", "https://x.example/film.webm"),
        Media("audio", "https://cdn.example/son.mp3"),
        Media("frame", "https://tube.example/embed/1", "Entretien"),
        Media("frame", "https://x.example/e.swf"),
        Media("frame", "https://x.example/o.pdf", "", "application/pdf"),
        Media("image", "https://x.example/s.jpg"),
    )
    assert (
        re.sub(r">\s+<", "><", cleaned.html)
        == "<figure><figcaption>La «&nbsp;une&nbsp;» <i>du</i> jour</figcaption></figure>"
    )


def test_scripts_forms_and_drawings_go() -> None:
    page = "<p>a<script>b()</script><style>c{}</style><svg><a href='d'>e</a></svg>"
    page += "<form action='f'><input value=g>h<button>i</button></form></p>"
    assert to_text(clean(page).html) == "a h"
    assert not faults(clean(page).html)


def test_tables_keep_sane_spans_and_lose_their_nesting() -> None:
    page = '<table border=1><tr><td colspan="2" width=9>a</td><td rowspan="99999999">b</td>'
    page += '<td colspan="x">c</td></tr></table>'
    assert clean(page).html == '<table><tbody><tr><td colspan="2">a</td><td>b</td><td>c</td></tr></tbody></table>'
    nested = clean("<table><tr><td>x" * 30).html
    assert "<table" not in nested
    assert to_text(nested) == " ".join("x" * 30)


def test_text_of_html() -> None:
    assert to_text(
        "<p>Un&nbsp;mot</p><p>Deux<br>mots, <b>g</b>ras &amp; &lt;b&gt;</p><ul><li>a</li><li>b</li></ul>"
    ) == ("Un mot Deux mots, gras & <b> a b")


BLANKS = " \n\t\x1c\x1d\x1e\x1f\x85\xa0\u2028\xad\u200d\u202e\ufeff&;é"


@given(st.text(st.one_of(st.characters(), st.sampled_from(BLANKS)), max_size=30))
def test_text_is_on_one_line_and_printable(text: str) -> None:
    text = text.replace("<", "")
    assert to_text(text) == to_text(f"<p>{text}</p>") == plain(unescape(text))


def test_the_words_of_a_title() -> None:
    assert words("L&#8217;<b>eau</b> &amp; <script>x()</script><p>le <i>gaz") == "L’eau & le gaz"
    assert words("<div>" * 10_000) == ""
    assert words("1 &lt; 2 \u202e&#x202e;") == "1 < 2"


def test_text_becomes_html() -> None:
    assert from_text("a <b> & c\nd\n\n\n e") == "<p>a &lt;b&gt; &amp; c<br>d</p><p> e</p>"


def test_control_characters_and_overrides_go() -> None:
    assert clean("<p>a\x00b\x07c&#7;d\u202ee&#x202e;f</p>").html == "<p>abcdef</p>"


_SHARP = (
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=x>",
    "<a href='javascript:y'>",
    "</a>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<ul>",
    "<li>",
    "</ul>",
    "<pre>",
    "\n",
    "</pre>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<template>",
    "<select>",
    "<option>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "<noscript>",
    "</noscript>",
    "<iframe>",
    "</iframe>",
    "<img src=i alt='",
    "'>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<form>",
    "<font color=red>",
    "<blockquote>",
    "</blockquote>",
    "&lt;",
    "&amp;",
    "&",
    "<",
    ">",
    '"',
    "text",
    "é",
    "\x00",
    "<br>",
    "<h1>",
    "</h1>",
    "<plaintext>",
    "<object>",
    "<video>",
    "</video>",
    "<figure>",
    "<xmp>",
    "<mglyph>",
    "<annotation-xml encoding=text/html>",
    "<desc>",
    "<foreignObject>",
    "<ruby>",
    "<rt>",
    "<center>",
    "<nobr>",
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_SHARP), max_size=40).map("".join) | st.text())
def test_whatever_comes_in_is_harmless_and_stays_the_same(page: str) -> None:
    once = clean(page, _BASE)
    assert faults(once.html) == []
    assert clean(once.html).html == once.html
    assert clean(once.html).media == ()
    assert all(harmless_link(each.url, ("http", "https")) for each in once.media)


_EXHAUSTING = {
    "deep": "<div>" * 100_000,
    "deep and closed": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "deep marks": "<b>" * 100_000,
    "deep tables": "<table><td>" * 50_000,
    "many marks": "".join(f"<b x={n}>" for n in range(90)) + "<p>x" * 100_000,
    "marks across tables": "".join(f"<b x={n}><table><td>x</b></table>" for n in range(15_000)),
    "links across blocks": "".join(f"<a x={n}><div><p>x</a>" for n in range(15_000)),
    "attributes": "<a " + " ".join(f"a{n}" for n in range(60_000)) + ">x</a>",
    "figures": "<figure><img src=x>" * 30_000,
    "pictures": "".join(f"<img src=a{n}>" for n in range(40_000)),
    "escapes, then words": "&" * 100_000 + "x" * 400_000,
    "brackets": "<" * 500_000,
    "ampersands": "&" * 500_000,
    "comments": "<!--" * 125_000,
    "quotes": "<a href='" * 60_000,
    "spaces": "<p>" + " " * 490_000,
    "breaks": "<p>" + "<br>" * 120_000,
    "empty": "<div>" * 90 + "</div>" * 90 + "<p></p>" * 60_000,
    "foster": "<table>" + "x<b>" * 100_000,
    "long": "<p>word &lt; word</p>" * 100_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", _EXHAUSTING)
def test_nothing_exhausts_the_reader(name: str) -> None:
    start = time.perf_counter()
    once = clean(_EXHAUSTING[name], _BASE)
    assert time.perf_counter() - start < 10
    assert faults(once.html) == []
    assert len(once.html) <= LONGEST
    assert len(once.media) <= 100
    assert clean(once.html, _BASE).html == once.html


def test_the_text_of_exhausting_html_stays() -> None:
    assert to_text(clean("<div>" * 1000 + "<p>Le texte</p><p>&lt;reste&gt;").html) == "Le texte <reste>"


def test_the_hostile_corpora() -> None:
    """Each line of the payload lists, and each file as a whole."""
    files = [path for path in corpus("E_hostile").rglob("*") if path.is_file()]
    lists = [
        path
        for path in files
        if path.suffix in (".txt", ".test", ".dat", ".html", ".md") or path.parent.name == "tokenizer"
    ]
    pages = {path.read_bytes().decode("utf-8", "replace") for path in files}
    lines = {line for path in lists for line in path.read_bytes().decode("utf-8", "replace").splitlines()}
    assert len(lines) > 5000
    for page in pages | lines:
        cleaned = clean(page, _BASE)
        assert faults(cleaned.html) == [], page[:200]
        assert all(harmless_link(each.url, ("http", "https")) for each in cleaned.media), page[:200]
