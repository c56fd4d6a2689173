import json
from datetime import UTC, datetime

import pytest

from tests.corpora import corpus
from tests.harmless import item_faults
from veille.model import ItemKind
from veille.posts import Media
from veille.sources.base import Parsed
from veille.sources.feeds import parse

_SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _parse(feed: object) -> Parsed:
    body = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
    return parse(body, "application/feed+json", "https://feeds.example.org/feed.json", 3, _SEEN, {})


_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Une revue",
    "home_page_url": "https://a.example/",
    "language": "fr",
    "authors": [{"name": "La rédaction"}],
    "items": [
        {
            "id": 1,
            "url": "https://a.example/1",
            "title": "Un <titre>",
            "content_html": "<p>Le <a href='x'>texte</a><img src='i.png'></p>",
            "summary": "En bref",
            "date_published": "2026-03-01T10:00:00+01:00",
            "date_modified": "2026-03-01T12:00:00Z",
            "tags": ["eau", 3],
            "authors": [{"name": "Ann"}, {"name": "Bob"}],
            "image": "/une.jpg",
            "attachments": [{"url": "s.mp3", "mime_type": "audio/mpeg", "title": "Le son"}, {"title": 3}, "no"],
        },
        {"id": "2", "content_text": "Un billet & <rien>\n\nd'autre", "author": {"name": "Old"}},
        {"external_url": "https://b.example/", "title": "Ailleurs"},
        {"id": "nothing"},
        "junk",
        None,
    ],
}


def test_json_feed() -> None:
    parsed = _parse(_FEED)
    assert (parsed.title, parsed.site, parsed.lang, parsed.entries) == ("Une revue", "https://a.example/", "fr", 4)
    items = {item.uid: item for item in parsed.items}
    one, two, elsewhere = items["1"], items["2"], items["https://b.example/"]
    assert (one.title, one.summary, one.author, one.tags) == ("Un <titre>", "En bref", "Ann, Bob", ("eau",))
    assert one.content == '<p>Le <a href="https://a.example/x">texte</a></p>'
    assert (one.published, one.updated) == (datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert one.media == (
        Media("image", "https://a.example/une.jpg"),
        Media("audio", "https://a.example/s.mp3", "Le son", "audio/mpeg"),
        Media("image", "https://a.example/i.png"),
    )
    assert (two.kind, two.content, two.author) == (
        ItemKind.POST,
        "<p>Un billet &amp; &lt;rien&gt;</p><p>d'autre</p>",
        "Old",
    )
    assert (elsewhere.url, elsewhere.author) == ("https://b.example/", "La rédaction")


def test_a_byte_order_mark_and_blanks_in_front() -> None:
    assert _parse(b"\xef\xbb\xbf \n" + json.dumps(_FEED).encode()).title == "Une revue"


def test_a_feed_of_a_hundred_thousand_items_is_cut() -> None:
    feed = {**_FEED, "items": [{"id": n, "content_text": "x"} for n in range(100_000)]}
    assert _parse(feed).entries == 1000


@pytest.mark.parametrize(
    "value", [None, 3, 1e400, True, [], {}, "\ud800\x00", "x" * 100_000, [[]], [{}], {"name": []}, "9" * 30]
)
def test_wrong_types_harm_nothing(value: object) -> None:
    names = [*_FEED["items"][0], "author", "external_url", "content_text"]  # type: ignore[index]
    for name in names:
        for item in _parse({**_FEED, "items": [{"id": "a", "title": "T", name: value}]}).items:
            assert item_faults(item) == []
    for name in _FEED.keys() - {"items", "version"}:
        assert _parse({**_FEED, name: value}).entries == 4


def test_the_corpora() -> None:
    """Every JSON Feed that declares itself and has items is read."""
    read = 0
    for path in corpus("A_feeds").rglob("*.json"):
        data = path.read_bytes()
        try:
            feed = json.loads(data)
        except ValueError:
            continue
        if (
            isinstance(feed, dict)
            and str(feed.get("version", "")).startswith("https://jsonfeed.org/version/1")
            and feed.get("items")
        ):
            parsed = _parse(data)
            read += bool(parsed.items)
            assert parsed.entries == len(feed["items"]), path
    assert read >= 13
