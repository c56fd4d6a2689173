import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.harmless import harmless_link
from veille.content.addresses import host, normalise, resolve, source_key
from veille.errors import BadAddress


@pytest.mark.parametrize(
    ("given", "one"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a?b#c", "https://example.com/a?b"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("  https://exemple.fr/é x?q=ü \n", "https://exemple.fr/%C3%A9%20x?q=%C3%BC"),
        ("https://éxemple.fr/%C3%A9", "https://xn--xemple-9ua.fr/%C3%A9"),
        ("feed://example.com/rss", "http://example.com/rss"),
        ("feed:https://example.com/rss", "https://example.com/rss"),
        ("http://[::1]:80/", "http://[::1]/"),
    ],
)
def test_normalise(given: str, one: str) -> None:
    assert normalise(given) == one
    assert normalise(one) == one


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "example.com/feed",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://a b/",
        "http://x:99999/",
        "http://x:0/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://" + "a" * 300,
        "file:///etc/passwd",
        "//x/y",
        "http://exa\\mple.com/",
        "https://x/" + "a" * 5000,
        "http://..",
        "http://a..b/",
    ],
)
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(BadAddress):
        normalise(nonsense)


def test_source_key_is_the_same_on_every_machine() -> None:
    assert source_key("feed", "HTTPS://Example.com:443") == "feed:https://example.com/"


def test_host() -> None:
    assert host("https://User@Example.com:8/x") == "example.com"
    assert host("http://[") == host("no address") == ""


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("../é?a b", "https://x.org/%C3%A9?a%20b"),
        ("//y.org/z", "https://y.org/z"),
        ("\\\\y.org\\z", "https://y.org/z"),
        ("#note", "https://x.org/q/r#note"),
        ("https://y.org/a?b=c&d", "https://y.org/a?b=c&d"),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.fr", ""),
        ("https:///", ""),
        ("http://[bad/", ""),
        ("", ""),
    ],
)
def test_resolve(link: str, meant: str) -> None:
    assert resolve(link, "https://x.org/q/r") == meant


def test_mail_stays_only_where_asked() -> None:
    assert resolve("MAILTO:a@b.fr?subject=x", mail=True) == "mailto:a@b.fr?subject=x"
    assert resolve("mailto:a b", mail=True) == ""


@given(st.text(), st.text())
def test_whatever_is_resolved_is_harmless(link: str, base: str) -> None:
    for address in (
        resolve(link, base, mail=True),
        resolve("https://x.org/" + link),
        resolve(link, "http://x.org/" + base),
    ):
        assert address == "" or harmless_link(address), address


def test_the_hostile_addresses_of_the_corpora() -> None:
    texts = {
        text
        for path in corpus("E_hostile", "wpt-url-ada").rglob("*.json")
        for text in _strings(json.loads(path.read_bytes()))
    }
    assert len(texts) > 1000
    for text in texts:
        try:
            one = normalise(text)
        except BadAddress:
            continue
        assert normalise(one) == one
        assert harmless_link(one, ("http", "https")), one
        assert harmless_link(resolve(text, "https://x.org/") or one), text


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]
