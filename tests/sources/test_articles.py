import gzip
import json
import socket

import pytest

from tests.corpora import corpus
from tests.harmless import faults
from veille.content.html import to_text
from veille.errors import NoArticle, VeilleError
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
    html = extract(page(*LONG).encode(), "text/html; charset=utf-8", ADDRESS)
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
    html = extract(page(*LONG, hostile + LONG[0]).encode(), "text/html", ADDRESS)
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
    html = extract(page(*LONG, head=head).encode(encoding), kind, ADDRESS)
    assert LONG[3] in to_text(html)


def test_a_declaration_of_xml_does_no_harm():
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + page(*LONG)
    assert LONG[3] in to_text(extract(text.encode(), "application/xhtml+xml", ADDRESS))


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
    assert LONG[3] in to_text(extract(page(*LONG, head=head).encode(), "text/html", ADDRESS))


def test_real_pages_give_their_article():
    folder = corpus("D_articles", "article-extraction-benchmark")
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    right = 0
    for name in sorted(truth)[:PAGES]:
        try:
            html = extract(gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), "text/html", ADDRESS)
        except VeilleError:
            continue
        assert faults(html) == []
        wanted, found = set(truth[name]["articleBody"].split()), set(to_text(html).split())
        right += len(wanted & found) > 0.7 * len(wanted)
    assert right >= PAGES * 0.85
