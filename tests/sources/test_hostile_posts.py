"""Answers of X, Bluesky, Mastodon and of mirrors that mean harm: what is kept of them is harmless, and read in time."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.families import payloads
from tests.harmless import item_faults, post_faults
from tests.internet import Internet
from tests.net.conftest import FakeLedger
from tests.networks import mastodon as instances
from tests.servers import Reply
from tests.sources.bench import Kept, here, standing
from veille.errors import PrivateAddress, SourceError
from veille.model import Item, SourceKind
from veille.net.gateway import Gateway
from veille.posts import Network
from veille.sources import blueskyposts, feeds, mastodonposts
from veille.sources.bluesky import BlueskyFetcher
from veille.sources.feeds import FeedFetcher
from veille.sources.mastodon import MastodonFetcher
from veille.sources.workers import Workers
from veille.sources.x import answers as xanswers
from veille.sources.x import posts as xposts

SEEN = datetime(2026, 3, 2, tzinfo=UTC)
WHEN = "2026-03-01T00:00:00.000Z"
DID = "did:plc:7iza6de2dwap2sbkpav7c6c6"
HERE = mastodonposts.Instance("https://mastodon.example")
LONG = 9_500_000  # bytes: nearly what an answer may have
SLOW = 8.0  # seconds on a slow machine; a worker is given ten
MANY = 100
STEP = 6  # every so many-th attack
PUT = "@@@"  # where something that is no JSON by itself is put in

Read = Callable[[bytes], tuple[Item, ...]]


# What a network says, with a text of somebody's choice in every place -------------------------------


def x_post(n: int, t: str, **more: Any) -> dict[str, Any]:
    id = str(2_000_000_000_000_000_000 + n)
    entities = {
        "urls": [{"start": 0, "end": len(t), "url": t, "expanded_url": t, "unwound_url": t, "display_url": t}],
        "hashtags": [{"start": 0, "end": 3, "tag": t}], "cashtags": [{"tag": t}],
        "mentions": [{"start": 0, "username": t, "id": t}],
    }  # fmt: skip
    return {
        "id": id, "text": f"{t} https://t.co/a", "author_id": "7", "created_at": t, "lang": t, "entities": entities,
        "attachments": {"media_keys": [f"3_{n}", t], "poll_ids": [str(n)]}, "withheld": {"country_codes": [t, "FR"]},
        "referenced_tweets": [{"type": "quoted", "id": "9"}, {"type": t, "id": t}], "in_reply_to_user_id": t,
        "public_metrics": {"like_count": -(10**30), "reply_count": 10**400, "quote_count": t}} | more  # fmt: skip


def x_answer(texts: list[str]) -> bytes:
    t = texts[0]
    media = [
        {"media_key": f"3_{n}", "type": "photo", "url": each, "preview_image_url": each, "alt_text": each}
        for n, each in enumerate(texts)
    ]
    polls = [
        {"id": str(n), "options": [{"position": n, "label": each, "votes": 1}], "end_datetime": each}
        for n, each in enumerate(texts)
    ]
    includes = {
        "users": [{"id": "7", "username": "ada", "name": t}, {"id": t, "username": t, "name": t}],
        "tweets": [{"id": "9", "text": t, "author_id": "7", "entities": {"urls": [{"url": t, "expanded_url": t}]}}],
        "media": media, "polls": polls,
    }  # fmt: skip
    errors = [dict.fromkeys(("resource_id", "title", "detail", "type", "value", "reason"), t)]
    posts = [x_post(n, each) for n, each in enumerate(texts)]
    return json.dumps({"data": posts, "includes": includes, "errors": errors, "meta": {"next_token": t}}).encode()


def read_x(body: bytes) -> tuple[Item, ...]:
    """As the fetcher does, which holds what is no JSON to be garbled."""
    try:
        answer = xanswers.read(json.loads(body))
    except (ValueError, RecursionError):
        return ()
    reading = xposts.Reading(answer, {}, SEEN)
    return tuple(made for raw in answer.posts if (made := reading.item(raw, 7)))


def sky_author(t: str) -> dict[str, Any]:
    return {"did": DID, "handle": "ada.example", "displayName": t, "avatar": t, "labels": [{"val": t}]}


def sky_view(n: int, t: str, **more: Any) -> dict[str, Any]:
    features = [{"$type": f"x#{kind}", "uri": t, "tag": t, "did": DID} for kind in ("link", "mention", "tag")]
    facets = [{"index": {"byteStart": 0, "byteEnd": len(t.encode("utf-8", "replace"))}, "features": features}]
    card = {"uri": t, "title": t, "description": t}
    quoted = {
        "$type": "app.bsky.embed.record#viewRecord", "uri": f"at://{DID}/app.bsky.feed.post/q",
        "author": sky_author(t), "value": {"$type": "app.bsky.feed.post", "text": t, "facets": facets}, "indexedAt": t,
        "embeds": [{"$type": "app.bsky.embed.external#view", "external": card}]}  # fmt: skip
    images = {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": t, "thumb": t, "alt": t}]}
    embed = {"$type": "app.bsky.embed.recordWithMedia#view", "media": images, "record": {"record": quoted}}
    record = {
        "$type": "app.bsky.feed.post", "text": t, "createdAt": t, "langs": [t], "tags": [t], "facets": facets,
        "labels": {"values": [{"val": t}]}, "reply": {"parent": {"uri": t}, "root": {"uri": t}}}  # fmt: skip
    return {
        "uri": f"at://{DID}/app.bsky.feed.post/{n}", "author": sky_author(t), "record": record, "embed": embed,
        "indexedAt": WHEN, "likeCount": 10**30, "replyCount": -1, "labels": [{"val": t}]} | more  # fmt: skip


def sky_answer(texts: list[str]) -> bytes:
    feed = [
        {"post": sky_view(n, each), "reason": {"$type": each, "by": sky_author(each), "indexedAt": each}}
        if n % 2
        else {"post": sky_view(n, each)}
        for n, each in enumerate(texts)
    ]
    return json.dumps({"feed": feed, "cursor": texts[0]}).encode()


def read_sky(body: bytes) -> tuple[Item, ...]:
    return blueskyposts.parse(body, 7, SEEN, {}).items


def toot(n: int, t: str, **more: Any) -> dict[str, Any]:
    account = {"id": "1", "acct": "ada", "display_name": t, "url": t, "uri": t, "avatar": t}
    said = {
        "id": str(n), "uri": f"https://mastodon.example/statuses/{n}", "url": t, "account": account, "content": t,
        "visibility": "public", "created_at": t, "edited_at": t, "language": t, "spoiler_text": t,
        "media_attachments": [{"type": t, "url": t, "description": t}], "tags": [{"name": t}],
        "mentions": [{"id": "3", "acct": t, "url": t}, {"id": "2", "acct": "bob", "url": t}],
        "card": {"url": t, "title": t}, "poll": {"options": [{"title": t, "votes_count": 10**30}], "expires_at": t},
        "in_reply_to_id": "5", "in_reply_to_account_id": "2"}  # fmt: skip
    return said | {"quote": {"state": "accepted", "quoted_status": said | {"id": "6"}}} | more


def toot_answer(texts: list[str]) -> bytes:
    return json.dumps([toot(n, each) for n, each in enumerate(texts)]).encode()


def read_toots(body: bytes) -> tuple[Item, ...]:
    return mastodonposts.parse(body, HERE, 7, SEEN, {}, False).items


def mirrored(address: str, link: str, texts: list[str]) -> tuple[Item, ...]:
    """What comes of ``texts`` by way of a mirror."""

    def entry(n: int, text: str) -> str:
        t, where = escape(text), link.format(n=1_000_000_000 + n)
        cdata = text.replace("]]>", "")
        return (
            f"<item><title>{t}</title><dc:creator>{t}</dc:creator><link>{where}</link><guid>{t}{n}</guid>"
            f"<category>{t}</category><enclosure url='{t}' type='{t}'/><description><![CDATA[{cdata}]]></description>"
            "</item>"
        )

    items = "".join(entry(n, each) for n, each in enumerate(texts))
    title = escape(texts[0])
    body = f"<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>{title}</title>{items}</channel></rss>"
    return feeds.parse(body.encode("utf-8", "replace"), "", address, 7, SEEN, {}).items


NETWORKS = {
    "x": (x_answer, read_x), "bluesky": (sky_answer, read_sky), "mastodon": (toot_answer, read_toots)
}  # fmt: skip
MIRRORS = [
    ("https://nitter.net/ada/rss", "https://nitter.net/ada/status/{n}#m"),
    ("https://b.example/?action=display&bridge=TwitterBridge&u=ada", "https://x.com/ada/status/{n}"),
    ("https://b.example/?action=display&bridge=BlueskyBridge&user_id=ada.example",
     "https://bsky.app/profile/ada.example/post/{n}"),
    ("https://hub.example/twitter/user/ada", "https://x.com/ada/status/{n}"),
    ("https://hub.example/mastodon/acct/@ada@m.example", "https://m.example/@ada/{n}"),
    ("https://m.example/@ada.rss", "https://m.example/@ada/{n}"),
]  # fmt: skip


def faults(items: tuple[Item, ...]) -> list[str]:
    found = [fault for item in items for fault in item_faults(item) if fault != "media ''"]
    return found + [fault for item in items for fault in post_faults(item)]


@pytest.fixture(scope="module")
def attacks() -> list[str]:
    return payloads()


@pytest.mark.parametrize("network", NETWORKS)
def test_an_attack_in_every_place_of_an_answer_is_harmless(attacks: list[str], network: str) -> None:
    answer, read = NETWORKS[network]
    some = attacks[::STEP]
    came = 0
    for start in range(0, len(some), MANY):
        items = read(answer(some[start : start + MANY]))
        came += len(items)
        assert faults(items) == []
    assert came > 0.95 * len(some)


@pytest.mark.parametrize(("address", "link"), MIRRORS)
def test_an_attack_in_every_place_of_a_mirror_is_harmless(attacks: list[str], address: str, link: str) -> None:
    some = [each for each in attacks[:: STEP * 5] if "<!entity" not in each.lower()]
    items = mirrored(address, link, some)
    assert len(items) > 0.95 * len(some)
    assert sum(item.post is not None for item in items) > 0.9 * len(items)
    assert faults(items) == []


ODD = [
    "\ud800", "\udfff\ud800", "\u202e\u2066evil\u2069", "\u200b" * 50, "\x00\x1b[2J\x9b", "Z" + "\u0300" * 500,
    "A\ufeffB\u2028C\u2029D\x85E", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "&lt;script&gt;", "<p>" * 5000, "]]>",
    "https://\u202eexample.org", "javascript:alert(1)", "//evil.example", "http://[::1", "https://a@b@c/", "\n\n\n",
]  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS)
def test_letters_that_are_none_do_not_get_through(network: str) -> None:
    answer, read = NETWORKS[network]
    items = read(answer(ODD))
    assert len(items) == len(ODD)
    assert faults(items) == []


def test_a_name_that_nobody_can_see_is_none() -> None:
    for t in ("\u200b\u200d", "\u2060\u3164", "\u0301\u0301", "\xa0"):
        items = (*read_x(x_answer([t])), *read_sky(sky_answer([t])), *read_toots(toot_answer([t])))
        assert {item.author for item in items} == {"@ada", "@ada.example", "@ada@mastodon.example"}


# Much, deep and long ----------------------------------------------------------------------------------


def deep_quotes(depth: int) -> bytes:
    one = f'{{"$type":"x#viewRecord","uri":"at://{DID}/app.bsky.feed.post/q","author":{{"did":"{DID}"}},'
    one += '"value":{"$type":"app.bsky.feed.post"},"embeds":[{"$type":"app.bsky.embed.record#view","record":'
    return sky_with(one * depth + "{}" + "}]}" * depth)


def deep_media(depth: int) -> bytes:
    kinds = ("", "#view")
    parts = (f'{{"$type":"app.bsky.embed.recordWithMedia{kinds[n % 2]}","media":' for n in range(depth))
    return sky_with("".join(parts) + "{}" + "}" * depth)


def sky_with(embed: str) -> bytes:
    whole = json.dumps({"feed": [{"post": sky_view(1, "x", embed=PUT)}]})
    return whole.replace(f'"{PUT}"', embed).encode()


@pytest.mark.parametrize("depth", [100, 250, 320, 900, 100_000])
def test_what_is_deep_is_read_or_garbled(depth: int) -> None:
    lists = "[" * depth + "]" * depth
    bodies = [deep_quotes(depth), deep_media(depth), sky_with(lists), lists.encode(), f'{{"data":{lists}}}'.encode()]
    for body in bodies:
        for _answer, read in NETWORKS.values():
            _bounded(read, body)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("odd", ["9" * 5000, "-" + "9" * 5000, "1e999999", "NaN", "-Infinity", "[" * 50, '"\\ud800'])
def test_numbers_that_are_none_break_nothing(network: str, odd: str) -> None:
    answer, read = NETWORKS[network]
    body = answer(["x"]).decode()
    for place in ('"likeCount": ', '"like_count": ', '"votes_count": ', '"start": ', '"byteStart": ', '"votes": '):
        if place in body:
            head, tail = body.split(place, 1)
            _bounded(read, (head + place + odd + tail[tail.index(",") :]).encode())


def _bounded(read: Read, body: bytes) -> float:
    """Seconds; nothing but a SourceError may be raised."""
    start = time.perf_counter()
    with suppress(SourceError):
        assert faults(read(body)) == []
    return time.perf_counter() - start


def _times(build: Callable[[str], dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [build(text)] * min(MANY, LONG // len(json.dumps(build(text))))


_ASTRAY = {
    "urls": [{"url": f"ab {n}" * 9} for n in range(300)], "hashtags": [{"tag": "a"}] * 300,
    "mentions": [{"username": "ab"}] * 300,
}  # fmt: skip
_PERSON = {"acct": "a", "url": "https://a.example"}


def _x(*posts: dict[str, Any]) -> bytes:
    return json.dumps({"data": posts}).encode()


def _sky(*views: dict[str, Any]) -> bytes:
    return json.dumps({"feed": [{"post": each} for each in views]}).encode()


def _toots(*said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _x_of_everything() -> bytes:
    urls, versions = {"urls": [{"url": "a"}] * 100_000}, ["1"] * 100_000
    return _x(x_post(1, "a", entities=urls, edit_history_tweet_ids=versions), *({"id": "1"} for _n in range(100_000)))


HEAVY: dict[str, tuple[Read, Callable[[], bytes]]] = {
    "x: one long text": (read_x, lambda: x_answer(["x" * (LONG // 12)])),
    "x: places that are wrong": (
        read_x, lambda: _x(*(x_post(n, "", text="ab " * 16_000, entities=_ASTRAY) for n in range(90)))),
    "x: a hundred thousand of everything": (read_x, _x_of_everything),
    "bluesky: marks in long texts": (read_sky, lambda: _sky(*(sky_view(n, "é" * 2000) for n in range(90)))),
    "bluesky: a hundred thousand posts": (read_sky, lambda: _sky(*({} for _n in range(100_000)), sky_view(1, "x"))),
    "bluesky: labels": (read_sky, lambda: _sky(sky_view(1, "x", labels=[{"val": "porn"}] * 200_000))),
    "mastodon: tags that never close": (
        read_toots, lambda: _toots(*_times(lambda t: toot(1, "x", content=t), "<b><i>" * 16_000))),
    "mastodon: a hundred thousand mentions": (read_toots, lambda: _toots(toot(1, "x", mentions=[_PERSON] * 100_000))),
    "mastodon: marks of a quote": (
        read_toots, lambda: _toots(*_times(lambda t: toot(1, "x", content=t), '<p class="quote-inline">' * 4000))),
}  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", HEAVY)
def test_as_much_as_an_answer_may_hold_is_read_in_time(what: str) -> None:
    read, body = HEAVY[what]
    assert _bounded(read, body()) < SLOW


BOXES = [
    "<blockquote><b>a(@a)</b>x</blockquote>", "<blockquote><b>a(@a)</b><footer>", "<div><blockquote>",
    "</blockquote></div><div><blockquote>", "<hr>" + " " * 60, "<div>a:\u2002<br>", "<p>Replying to <b>a</b>'s ",
    '<p><a href="https://a.example">Quoted post</a> from <b>a</b>:<br>', "RT\u2002a<br>", "@a.b - ", " (@a",
    "@" + "." * 99,
]  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
def test_what_a_bridge_puts_around_a_post_is_looked_for_in_time(box: str) -> None:
    for address, link in MIRRORS[:4]:
        start = time.perf_counter()
        assert faults(mirrored(address, link, [(box * 8000)[:59_000]])) == []
        assert time.perf_counter() - start < SLOW / 4


def test_a_worker_bears_it_too() -> None:
    workers = Workers(1)
    try:
        page = workers.run(blueskyposts.parse, deep_quotes(250), 7, SEEN, {})
        assert len(page.items) == 1
    finally:
        workers.close()


# Machines that say what is not theirs to say ----------------------------------------------------------


@pytest.fixture
def internet(clock: FakeClock) -> Iterator[Internet]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, and no certificate can be made without it")
    with Internet(clock) as internet:
        yield internet


@pytest.fixture
def gateway(clock: FakeClock, internet: Internet) -> Iterator[Gateway]:
    made = Gateway(clock, FakeLedger(), **internet.door)
    yield made
    made.close()


@pytest.fixture
def ada(clock: FakeClock, internet: Internet, gateway: Gateway) -> Kept:
    """@ada at mastodon.example, who has written one post."""
    server = instances.Mastodon("mastodon.example", clock)
    server.post(server.account("ada", "Ada"), "Hello")
    internet.site("mastodon.example", server.answer)
    fetcher = MastodonFetcher(gateway.get, clock, here, FeedFetcher(gateway.get, clock, here))
    return Kept(fetcher, internet, clock, SourceKind.MASTODON, "https://mastodon.example/@ada")


def test_an_api_that_leads_into_our_own_network_is_not_followed(
    clock: FakeClock, internet: Internet, gateway: Gateway, ada: Kept
) -> None:
    leads = Reply(status=302, headers={"location": "http://192.168.1.1/admin"})
    internet.site("public.api.bsky.app", lambda _seen: leads)
    sky = Kept(
        BlueskyFetcher(gateway.get, clock, here),
        internet,
        clock,
        SourceKind.BLUESKY,
        "https://bsky.app/profile/a.example",
    )
    internet.site("mastodon.example", lambda _seen: leads)
    for kept in (sky, ada):
        with pytest.raises(SourceError):
            kept.fetch()
    assert {seen.host for seen in internet.seen} == {"public.api.bsky.app", "mastodon.example"}


def test_an_instance_at_a_private_address_is_asked_only_when_allowed(
    clock: FakeClock, internet: Internet, gateway: Gateway
) -> None:
    fetcher = MastodonFetcher(gateway.get, clock, here, FeedFetcher(gateway.get, clock, here))
    for address in ("https://192.168.1.7/@ada", "http://127.0.0.1:8080/@ada"):
        with pytest.raises(PrivateAddress):
            Kept(fetcher, internet, clock, SourceKind.MASTODON, address).fetch()
    assert internet.seen == []


def test_a_next_page_is_taken_from_the_same_instance(internet: Internet, ada: Kept, clock: FakeClock) -> None:
    ada.fetch()
    page = json.dumps([toot(8, "new", account={"id": "1", "acct": "ada"})]).encode()
    link = '<https://evil.example/api?max_id=77>; rel="next"'
    internet.site("mastodon.example", lambda _seen: Reply(body=page, headers={"link": link}))
    ada.fetch()
    assert "evil.example" not in internet.looked_up
    assert any("max_id=77" in seen.path for seen in internet.seen)


def test_an_instance_speaks_of_its_own_posts_alone(ada: Kept, internet: Internet) -> None:
    (item,) = ada.fetch().items
    assert item.post
    assert item.post.id.endswith("@mastodon.example")
    number = item.post.id.partition("@")[0]
    theirs = toot(5, "theirs", id=f"{number}@other.example", uri="https://other.example/statuses/5")
    assert read_toots(json.dumps([theirs]).encode()) == (), "an id of another instance is none here"
    other = mastodonposts.Instance("https://other.example")
    verdicts, left = mastodonposts.judged(json.dumps([toot(1, "x", id=number)]).encode(), other, [standing(item)], SEEN)
    assert (verdicts, left) == ([], [standing(item)])


def test_nobody_continues_the_posts_of_another() -> None:
    mine, theirs = f"at://{DID}/app.bsky.feed.post/1", "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/2"
    record = {"$type": "app.bsky.feed.post", "text": "x", "reply": {"parent": {"uri": theirs}}}
    items = read_sky(json.dumps({"feed": [{"post": sky_view(1, "x", uri=mine, record=record)}]}).encode())
    items += read_toots(json.dumps([toot(1, "x", in_reply_to_account_id="2")]).encode())
    items += read_x(json.dumps({"data": [x_post(1, "x", in_reply_to_user_id="8", referenced_tweets=[
        {"type": "replied_to", "id": "9"}])]}).encode())  # fmt: skip
    assert {item.post.network for item in items if item.post} == set(Network)
    assert {item.post.continues for item in items if item.post} == {""}
