"""What the guard lets pass, judged alone."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import corpus
from veille.errors import PrivateAddress, RefusedAddress, RefusedMethod, VeilleError
from veille.net.guard import Guard

guard = Guard()

# fmt: off
LOCAL = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.5.4", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1", "fe80::1%1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "2001:0:7f00:1::1", "2001::1",
    "2001:10::1", "100::1", "fec0::1", "5f00::1",
]
# fmt: on
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4007::200e",
]


@pytest.mark.parametrize("ip", LOCAL)
def test_no_local_address_passes_unless_it_was_allowed(ip: str) -> None:
    with pytest.raises(PrivateAddress) as refused:
        guard.check_address(ip, "news.example", allow_private=False)
    assert refused.value.facts == {"host": "news.example"}


@pytest.mark.parametrize("ip", [*PUBLIC, "::ffff:8.8.8.8"])
def test_public_addresses_pass(ip: str) -> None:
    guard.check_address(ip, "news.example", allow_private=False)


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "169.254.1.1", "::ffff:127.0.0.1"])
def test_an_allowed_host_may_be_private(ip: str) -> None:
    guard.check_address(ip, "intranet", allow_private=True)


@pytest.mark.parametrize("ip", ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0"])
def test_what_no_host_can_have_is_never_allowed(ip: str) -> None:
    with pytest.raises(RefusedAddress):
        guard.check_address(ip, "intranet", allow_private=True)


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "x.internal", "nas.home.arpa"]
)
def test_local_names_are_refused_unlooked_up(name: str) -> None:
    with pytest.raises(PrivateAddress):
        guard.check_name(name, allow_private=False)
    guard.check_name(name, allow_private=True)


def test_names_that_only_resemble_local_ones_pass() -> None:
    for name in ("localhost.example.org", "notlocal", "mylocal", "internal.example.com"):
        guard.check_name(name, allow_private=False)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://Example.ORG", "http://example.org/"),
        ("  https://example.org:443/a?b=c#part ", "https://example.org/a?b=c"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/x y", "http://example.org:8080/x%20y"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("http://[::1]:8000/f", "http://[::1]:8000/f"),
        ("HTTPS://a_b.example./", "https://a_b.example/"),  # one host has one spelling
        ("http://0300.168.0xF0", "http://192.168.0.240/"),
        ("http://1.2.3.4.example", "http://1.2.3.4.example/"),
    ],
)
def test_addresses_are_normalised(url: str, normal: str) -> None:
    assert guard.check_url(url).url == normal
    assert guard.check_url(normal).url == normal


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/feed",
        "ftp://example.org/feed",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/xml,<rss/>",
        "feed://example.org/rss",
        "http://",
        "http:///path",
        "http://:80/",
        "http://user:pass@example.org/",
        "http://user@example.org/",
        "https://@example.org/",
        "http://known.example\\@other.example/",
        "http://example.org:99999/",
        "http://example.org:22/",
        "http://example.org:6379x/",
        "http://exam ple.org/",
        "http://example.org/a\r\nHost: other.example",
        "http://example.org/\x00",
        "http://..",
        "http://1.2.3.256/",
        "http://1.2.3.4.5/",
        "http://09.1.1.1/",
        "http://4294967296/",
        "http://a.1/",
        "http://8_8.8.8.8/",
        "http://2.-1.1.1/",
        "http://0o10.8.8.8/",
        "http://./",
        "http://a..b/",
        "http://[fe80::1%25eth0]/",
        "http://[::1",
        "http://%31%32%37.0.0.1/",
        "http://１２７.０.０.１/",
        "http://ⓛocalhost/",
        "http://example.org/" + "a" * 5000,
    ],
)
def test_all_else_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress) as refused:
        guard.check_url(url)
    assert "{" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://ann:secret@x.example/f", "ftp://a:secret@x/", "http://:secret@[", "a:secret@x"]
)
def test_a_password_is_not_shown(url: str) -> None:
    with pytest.raises(RefusedAddress) as refused:
        guard.check_url(url)
    assert "secret" not in refused.value.pack()


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "", "GET\n"]
)
def test_only_get_and_head_are_read(method: str) -> None:
    with pytest.raises(RefusedMethod):
        guard.check_method(method)


def test_redirects_are_resolved_and_checked() -> None:
    here = guard.check_url("http://example.org/a/b")
    assert guard.check_redirect(here, "../c").url == "http://example.org/c"
    assert guard.check_redirect(here, "//other.example/x").host == "other.example"
    for location in ("file:///etc/passwd", "http://[", "ftp://example.org/", "http://a:b@example.org/"):
        with pytest.raises(RefusedAddress):
            guard.check_redirect(here, location)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.items() for part in each for text in _strings(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _strings(part))


def _check(url: str) -> None:
    """Whatever it is, it passes in a normal form that stays itself, or is refused in words."""
    try:
        target = guard.check_url(url)
    except VeilleError:
        return
    assert target.scheme in ("http", "https")
    assert target.host
    assert guard.check_url(target.url) == target


def test_every_string_of_the_url_corpora_passes_or_is_refused() -> None:
    count = 0
    for path in sorted(corpus("E_hostile", "wpt-url-ada").rglob("*.json")):
        for text in _strings(json.loads(path.read_text("utf-8", "surrogatepass"))):
            for url in (text, f"http://{text}", f"https://example.org/{text}"):
                _check(url)
                count += 1
    for path in sorted(corpus("E_hostile", "minet-urls").rglob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    _check(cell)
                    count += 1
    assert count > 10_000


@given(st.text())
def test_any_text_passes_or_is_refused(text: str) -> None:
    _check(text)
    _check("http://" + text)
    _check("http://example.org/" + text)
