"""Which addresses look made for one reader: keys, marks and mail addresses, not words, dates and numbers."""

import csv
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.families import families
from veille.content.personal import personal, token
from veille.errors import BadFile
from veille.formats import opml

_SECTORS = Path(__file__).resolve().parents[2] / "resources" / "sectors"
_KEY = "4f9d2c81a7e6b3f05d1c8e9a"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"https://x.example/feed?token={_KEY}", "token"),
        ("https://x.example/feed?access_token=abc123", "access_token"),
        ("https://x.example/feed?format=rss&apiKey=kE7xQ2mZ", "apiKey"),
        ("https://x.example/feed?auth=qwertyuiopasdfgh", "auth"),
        ("https://x.example/feed?email=a@b.example", "email"),
        ("https://x.example/feed?un=anil%40b.example&as=1", "un"),
        ("https://x.example/feed?subscriber=48213", "subscriber"),
        ("https://x.example/feed?user=x7k2m9q4", "user"),
        (f"https://x.example/feed?z={_KEY}", "z"),
        ("https://x.example/feed;jsessionid=AB12CD34EF56", "jsessionid"),
        (f"https://x.example/u/{_KEY}/feed", "4f9d2c…"),
        ("https://x.example/private/8d3e2f1a-64bd-41e8-9efd-4933e144f167/rss", "8d3e2f…"),
        ("https://x.example/r/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0/feed", "eyJhbG…"),
        (f"https://{_KEY}.x.example/feed", "4f9d2c…"),
        ("https://x.example/feeds/reader@b.example/rss", "reader…"),
    ],
)
def test_what_looks_made_for_one_reader(address: str, found: str) -> None:
    assert token(address) == found
    assert personal("https://x.example/feed", address) == found
    assert personal(address, address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/feed.xml",
        "https://x.example/feeds/posts/default?alt=rss",
        "https://x.example/rss?type=category&id=CERT-LatestNews&language=all",
        "https://www.x.example/economie/2026/03/01/20001-20260301FILWWW00196-le-droit-voisin-vise.php",
        "https://x.example/l-accident-bruno-solo-dans-la-galaxie_d9c1e32e-64bd-11e8-9efd-4933e144f167/",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCSRQXk5yErn4e14vN76upOw",
        "https://www.youtube.com/feeds/videos.xml?user=GoogleTechTalks",
        "https://feeds.megaphone.fm/VMP5705694065",
        "https://mastodon.example/@user@other.example.rss",
        "https://x.example/feed?key=energy&user=anne&token=rss",
        "https://x.example/search?q=token+economy",
        "no address",
        "http://[",
        "",
    ],
)
def test_what_everybody_may_ask_for(address: str) -> None:
    assert token(address) == ""


@pytest.mark.parametrize(
    "moved",
    [
        "https://x.example/feed2?reader=abc",
        "https://x.example/feed?uid=7",
        "https://x.example/feed/4f9d2c81",
        "https://x.example/feed/for-our-reader-b82693edf38e",
        "https://b82693edf38e.x.example/feed",
    ],
)
def test_less_is_enough_where_a_server_sends_on(moved: str) -> None:
    assert personal("https://x.example/feed", moved) != ""
    assert personal(moved, moved.replace("https:", "http:")) == ""


@pytest.mark.parametrize(
    "moved",
    [
        "https://www.x.example/feed/",
        "https://feeds.x.example/rss/news-2026.xml?format=xml&lang=fr",
        "https://x.example/rss/ABC/v2.0/index.xml",
        "https://x.example/2026/03/01/feed.rss",
        "https://news.y.example/arc/outboundfeeds/rss/?outputType=xml",
    ],
)
def test_ordinary_moves_are_none(moved: str) -> None:
    assert personal("https://x.example/feed", moved) == ""


def test_what_the_address_had_before_is_no_news() -> None:
    before = f"http://x.example/feed?token={_KEY}"
    assert personal(before, f"https://www.x.example/rss?token={_KEY}") == ""
    assert personal(before, f"https://www.x.example/rss?token={_KEY[::-1]}") == "token"


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text())
def test_nothing_raises_and_no_key_is_shown_whole(path: str, value: str) -> None:
    for address in (path, f"https://x.example/{path}?token={value}", f"https://{path}/{_KEY}"):
        assert _KEY not in token(address)
        assert len(token(address)) <= 40
        personal(address, path)
        personal(path, address)


def test_few_of_the_addresses_that_people_watch_are_flagged() -> None:
    """Those of the lists that hold a key do; of 2,366, no more than one in two hundred; none of our own."""
    files = [file for _name, files in families("B_opml") for file in files]
    addresses = {row.address for file in files for row in _rows(file) if row.address}
    flagged = {address for address in addresses if token(address)}
    assert len(addresses) > 2000
    assert {address for address in addresses if "un=anil" in address or "token=" in address} <= flagged
    assert len(flagged) <= len(addresses) / 200
    starters = [tomllib.loads(file.read_text(encoding="utf-8"))["source"] for file in _SECTORS.glob("*.toml")]
    assert [each["address"] for sources in starters for each in sources if token(each["address"])] == []


def test_addresses_of_articles_are_not_flagged() -> None:
    file = corpus("E_hostile", "minet-urls", "ftest", "resources", "urls.csv")
    links = {row["url"] for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())}
    assert len(links) > 9000
    assert [link for link in links if token(link)] == []


def _rows(file: Path) -> tuple[opml.OpmlRow, ...]:
    try:
        return opml.read(file.read_bytes()).rows
    except BadFile:
        return ()
