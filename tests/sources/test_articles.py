import gzip
import json
import pickle
import socket
from datetime import UTC, datetime

import pytest

from tests.corpora import corpus
from tests.harmless import faults
from veille.content.html import to_text
from veille.errors import NoArticle, VeilleError
from veille.posts import Media
from veille.sources.articles import extract

ADDRESS = "https://news.example/2026/a"
PAGES = 24  # of the corpus: enough to see that it works, in seconds


def page(*paragraphs: str, head: str = "") -> str:
    """A page with a menu and a foot around an article."""
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f"<html><head><title>Title</title>{head}</head><body><nav><ul><li><a href='/'>Menu</a></li></ul></nav>"
        f"<article><h1>Énergie</h1>{text}</article><footer>All rights reserved</footer></body></html>"
    )


LONG = [f"Le prix de l'électricité a baissé de {each} % cette semaine, dit le marché à Paris." for each in range(8)]


def test_the_article_and_not_what_stands_around_it():
    html = extract(page(*LONG).encode(), "text/html; charset=utf-8", ADDRESS).html
    text = to_text(html)
    assert all(each in text for each in LONG)
    assert "Menu" not in text
    assert "rights" not in text
    assert faults(html) == []


def test_links_are_absolute_and_nothing_can_load_or_run():
    hostile = (
        '<a href="/b">link</a> <a href="javascript:alert(1)">bad</a> <img src="https://pixel.example/p.gif" '
        'onerror="alert(1)"><script>alert(1)</script><iframe src="file:///etc/passwd"></iframe>'
        '<p style="background:url(https://pixel.example/)">styled</p>'
    )
    html = extract(page(*LONG, hostile + LONG[0]).encode(), "text/html", ADDRESS).html
    assert faults(html) == []
    assert "pixel.example" not in html
    assert "javascript" not in html


@pytest.mark.parametrize(
    ("kind", "head", "encoding"),
    [
        ("text/html; charset=ISO-8859-1", "", "latin-1"),
        ("text/html", '<meta charset="iso-8859-15">', "iso-8859-15"),
        ("text/html", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
        ("text/html", "", "utf-8"),
        ("", "", "utf-8"),
        ("application/xhtml+xml", "", "utf-8"),
    ],
)
def test_letters_are_those_of_the_page(kind: str, head: str, encoding: str):
    html = extract(page(*LONG, head=head).encode(encoding), kind, ADDRESS).html
    assert LONG[3] in to_text(html)


def test_a_declaration_of_xml_does_no_harm():
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + page(*LONG)
    assert LONG[3] in to_text(extract(text.encode(), "application/xhtml+xml", ADDRESS).html)


HOSTILE = {
    "nothing": (b"", "text/html"),
    "no text": (b"<html><body></body></html>", "text/html"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "image/png"),
    "noise that calls itself a page": (bytes(range(256)) * 100, "text/html"),
    "still packed": (gzip.compress(b"<p>text</p>" * 1000), "text/html"),
    "deep": (b"<div>" * 50_000, "text/html"),
    "an unknown encoding": (b"<p>", "text/html; charset=utf-7"),
    "a PDF": (b"%PDF-1.7", "application/pdf"),
    "entities": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><body>&e;</body></html>', "text/html"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_page_without_an_article_says_so(case: str):
    body, kind = HOSTILE[case]
    with pytest.raises(NoArticle, match=r"No article was found on the page of news\.example"):
        extract(body, kind, ADDRESS)


def test_nothing_is_fetched_whatever_the_page_refers_to(monkeypatch: pytest.MonkeyPatch):
    def never(*_arguments: object, **_named: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    head = (
        '<!DOCTYPE html SYSTEM "https://dtd.example/x.dtd"><base href="https://base.example/">'
        '<link rel="amphtml" href="https://amp.example/a"><link rel="canonical" href="https://other.example/a">'
        '<meta http-equiv="refresh" content="0; url=https://refresh.example/">'
    )
    assert LONG[3] in to_text(extract(page(*LONG, head=head).encode(), "text/html", ADDRESS).html)


def test_real_pages_give_their_article():
    folder = corpus("D_articles", "article-extraction-benchmark")
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    right = 0
    for name in sorted(truth)[:PAGES]:
        try:
            body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
            html = extract(body, "text/html", ADDRESS).html
        except VeilleError:
            continue
        assert faults(html) == []
        wanted, found = set(truth[name]["articleBody"].split()), set(to_text(html).split())
        right += len(wanted & found) > 0.7 * len(wanted)
    assert right >= PAGES * 0.85


def test_what_a_page_says_of_its_article():
    head = (
        '<meta property="og:title" content="Un titre  long &amp;amp; clair\n">'
        '<meta name="author" content="Ada Lovelace"><meta property="og:site_name" content="La Gazette">'
        '<meta property="article:published_time" content="2026-03-01T10:30:00+02:00">'
        '<meta property="og:image" content="/lead.jpg?utm_source=x">'
    )
    found = extract(page(*LONG, head=head).encode(), "text/html", ADDRESS)
    assert (found.title, found.author, found.site) == ("Un titre long & clair", "Ada Lovelace", "La Gazette")
    assert found.published == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert found.media == (Media("image", "https://news.example/lead.jpg"),)
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_pictures_of_an_article_are_addresses_alone():
    figure = '<figure><img src="/p.jpg" alt="Une usine"><figcaption>Crédit : AFP</figcaption></figure>'
    html = page(*LONG[:4], figure, *LONG[4:]).replace("<p><figure>", "<figure>").replace("</figure></p>", "</figure>")
    found = extract(html.encode(), "text/html", ADDRESS)
    assert found.media == (Media("image", "https://news.example/p.jpg", "Une usine"),)
    assert "img" not in found.html
    assert all(each in to_text(found.html) for each in LONG)


@pytest.mark.parametrize("date", ["", "yesterday", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00"])
def test_a_date_that_makes_no_sense_is_none(date: str):
    head = f'<meta property="article:published_time" content="{date}">'
    found = extract(page(*LONG, head=head).encode(), "text/html", ADDRESS)
    assert found.published is None
