"""Accounts on Bluesky, by the real parser and gateway, from a server that behaves as the public API does."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes import FakeClock
from tests.harmless import item_faults
from tests.internet import Internet, Seen
from tests.net.conftest import FakeLedger
from tests.networks.bluesky import HOST, Account, Bluesky, both, external, images, quoting, self_labels
from tests.servers import Reply
from tests.sources.bench import Kept, here, post
from veille.contacts import Purpose, Reason
from veille.content import html
from veille.errors import (
    BadStatus,
    Busy,
    Garbled,
    NoAccount,
    NoProxy,
    NotAllowed,
    QueryRefused,
    SourceError,
    Suspended,
    Unreachable,
)
from veille.model import GONE, Item, SourceKind
from veille.net.gateway import Gateway
from veille.posts import Fate, Figures, Media, Network, Person, Relation
from veille.sources.bluesky import BlueskyFetcher
from veille.sources.blueskyposts import parse
from veille.sources.workers import Workers


@pytest.fixture
def internet(clock: FakeClock) -> Iterator[Internet]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, and no certificate can be made without it")
    with Internet(clock) as internet:
        yield internet


@pytest.fixture
def bluesky(clock: FakeClock, internet: Internet) -> Bluesky:
    network = Bluesky(clock)
    internet.site(HOST, network.answer)
    return network


@pytest.fixture
def ann(bluesky: Bluesky) -> Account:
    return bluesky.account("ann.bsky.social", "Ann")


@pytest.fixture
def kept(clock: FakeClock, internet: Internet, ann: Account) -> Iterator[Kept]:
    gateway = Gateway(clock, FakeLedger(), **internet.door)
    fetcher = BlueskyFetcher(gateway.get, clock, here)
    yield Kept(fetcher, internet, clock, SourceKind.BLUESKY, "https://bsky.app/profile/ann.bsky.social")
    gateway.close()


def only(kept: Kept) -> Item:
    """The one item that the feed has."""
    (item,) = kept.fetch().items
    assert item_faults(item) == []
    return item


# What a post says ---------------------------------------------------------------------------------


def test_a_post_is_whole(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bob = bluesky.account("bob.example.org", "Bob")
    text = "Ça y est 🎉 👩‍👩‍👧 @bob.example.org lit https://example.org/é?a=1&b=2 #économie #Énergie\n\nDeuxième <b>"
    posted = bluesky.post(ann, text, langs=["fr"], created="2026-03-02T08:00:00.000Z", tags=["hydrogène"])
    posted.figures = {"replies": 1, "reposts": 2, "likes": 3, "quotes": 4}
    item = only(kept)
    assert item.uid == posted.uri
    assert item.url == f"https://bsky.app/profile/ann.bsky.social/post/{posted.uri.rpartition('/')[2]}"
    assert html.to_text(item.content) == " ".join(text.split())
    assert item.content.startswith("<p>Ça y est 🎉 👩‍👩‍👧 ")
    assert '<a href="https://example.org/%C3%A9?a=1&amp;b=2">https://example.org/é?a=1&amp;b=2</a>' in item.content
    assert f'<a href="https://bsky.app/profile/{bob.did}">@bob.example.org</a>' in item.content
    assert item.content.endswith("<p>Deuxième &lt;b&gt;</p>")
    assert (item.title, item.author, item.lang) == ("", "Ann", "fr")
    assert (item.published, item.at, item.seen) == (datetime(2026, 3, 2, 8, tzinfo=UTC),) * 2 + (clock.now(),)
    said = post(item)
    assert (said.network, said.id, said.fate, said.warning) == (Network.BLUESKY, posted.uri, Fate.THERE, "")
    assert said.author == Person("@ann.bsky.social", "Ann", "https://bsky.app/profile/ann.bsky.social", ann.did)
    assert said.figures == Figures(1, 2, 3, 4)
    assert said.mentions == (Person("@bob.example.org", url=f"https://bsky.app/profile/{bob.did}", id=bob.did),)
    assert "hydrogène" in item.tags


def test_a_shortened_link_is_shown_whole(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    text = "é example.org/a/very/lo... — www.example.net/p…"
    facets = [
        {"index": {"byteStart": 3, "byteEnd": 27}, "features": [_link("https://example.org/a/very/long/one")]},
        {"index": {"byteStart": 32, "byteEnd": 52}, "features": [_link("https://www.example.net/page")]},
    ]
    bluesky.post(ann, text, facets=facets)
    assert html.to_text(only(kept).content) == "é https://example.org/a/very/long/one — https://www.example.net/page"


def _link(uri: str) -> dict[str, str]:
    return {"$type": "app.bsky.richtext.facet#link", "uri": uri}


@pytest.mark.parametrize(
    ("start", "end"),
    [(1, 5), (0, 3), (4, 2), (-1, 4), (0, 99), (0, 0), (True, 4), ("0", 4), (0, 10**400), (None, None)],
)
def test_a_mark_that_cuts_a_character_or_lies_outside_is_passed_over(
    kept: Kept, bluesky: Bluesky, ann: Account, start: object, end: object
) -> None:
    index = {"byteStart": start, "byteEnd": end}
    bluesky.post(ann, "🎉é no", facets=[{"index": index, "features": [_link("https://example.org/")]}])
    assert only(kept).content == "<p>🎉é no</p>"


def test_pictures_films_and_pages(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bluesky.post(ann, "pictures", embed=images("Un chat", ""))
    bluesky.post(ann, "film", embed={"$type": "app.bsky.embed.video", "alt": "A film", "video": {}})
    bluesky.post(ann, "page", embed=external("https://example.org/p?utm_source=x", "The <i>page</i>", "About"))
    bluesky.post(ann, "in it https://example.org/p", embed=external("https://example.org/p", "The page"))
    bluesky.post(ann, "gif", embed=external("https://media.tenor.com/x/y.gif?hh=1", "t", "Alt: A cat dances"))
    bluesky.post(ann, "new", embed={"$type": "app.bsky.embed.hologram", "x": 1})
    found = {html.to_text(item.content).split()[0]: item for item in kept.fetch().items}
    base = f"https://cdn.bsky.app/img/feed_fullsize/plain/{ann.did}"
    assert found["pictures"].media == (Media("image", f"{base}/0@jpeg", "Un chat"), Media("image", f"{base}/1@jpeg"))
    playlist = f"https://video.bsky.app/watch/{ann.did}/c/playlist.m3u8"
    assert found["film"].media == (Media("video", playlist, "A film"),)
    line = '<p><a href="https://example.org/p">The &lt;i&gt;page&lt;/i&gt;</a></p>'
    assert found["page"].content == f"<p>page</p>{line}"
    assert found["in"].content.count("<a ") == 1
    assert [each.description for each in found["gif"].media] == ["A cat dances"]
    assert "<a " not in found["gif"].content
    assert found["new"].content == "<p>new</p>"


def test_quotes_and_what_became_of_them(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    bob, eve = bluesky.account("bob.example.org", "Bob"), bluesky.account("eve.example.org", "Eve")
    there = bluesky.post(bob, "Said #here", embed=images("A bird"))
    away, cut, blocked = bluesky.post(bob, "away"), bluesky.post(bob, "cut"), bluesky.post(eve, "blocked")
    shy = bluesky.post(bluesky.account("shy.example.org"), "for members")
    shy.author.labels.append("!no-unauthenticated")
    eve.blocks.add(ann.did)
    list_ = f"at://{bob.did}/app.bsky.graph.list/3abc"
    quotes = {name: bluesky.post(ann, name, embed=quoting(uri)) for name, uri in {
        "there": there.uri, "away": away.uri, "cut": cut.uri, "blocked": blocked.uri, "shy": shy.uri, "list": list_,
    }.items()}  # fmt: skip
    bluesky.post(ann, "both", embed=both(there.uri, images("A cat")))
    cut.detached.add(quotes["cut"].uri)
    bluesky.delete(away)
    items = {html.to_text(item.content).split()[0]: item for item in kept.fetch().items}
    said = {name: post(item).referred for name, item in items.items()}
    (quoted,) = said["there"]
    assert (quoted.relation, quoted.id, quoted.fate) == (Relation.QUOTED, there.uri, Fate.THERE)
    assert quoted.published == there.indexed
    assert quoted.author == Person("@bob.example.org", "Bob", "https://bsky.app/profile/bob.example.org", bob.did)
    assert quoted.html == '<p>Said <a href="https://bsky.app/hashtag/here">#here</a></p>'
    assert [each.description for each in quoted.media] == ["A bird"]
    assert quoted.url == f"https://bsky.app/profile/bob.example.org/post/{there.uri.rpartition('/')[2]}"
    assert said["both"] == said["there"]
    assert [each.description for each in items["both"].media] == ["A cat"]
    fates = {name: [each.fate for each in said[name]] for name in ("away", "cut", "blocked", "shy")}
    assert fates == {"away": [Fate.DELETED], "cut": [Fate.UNAVAILABLE], "blocked": [Fate.UNAVAILABLE],
                     "shy": [Fate.UNAVAILABLE]}  # fmt: skip
    assert all(each.html == "" and each.author is None for name in fates for each in said[name])
    assert said["list"] == ()
    assert f'<a href="https://bsky.app/profile/{bob.did}/lists/3abc">A list</a>' in items["list"].content


def test_a_thread_of_ones_own_is_followed_and_answers_to_others_are_left_out(
    kept: Kept, bluesky: Bluesky, ann: Account
) -> None:
    bob = bluesky.account("bob.example.org", "Bob")
    first = bluesky.post(ann, "one")
    second = bluesky.post(ann, "two", reply=first)
    third = bluesky.post(ann, "three", reply=second)
    bluesky.post(ann, "to bob", reply=bluesky.post(bob, "asks", reply=first))
    items = kept.fetch().items
    assert [html.to_text(item.content) for item in items] == ["three", "two", "one"]
    assert [post(item).continues for item in items] == [second.uri, first.uri, ""]
    assert [post(item).referred for item in items] == [()] * 3
    assert third.uri == items[0].uid


def test_a_repost_stands_where_it_was_passed_on(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bob, eve = bluesky.account("bob.example.org", "Bob"), bluesky.account("eve.example.org", "Eve")
    asked = bluesky.post(eve, "Why?")
    answered = bluesky.post(bob, "Because.", reply=asked)
    clock.advance(hours=5)
    bluesky.repost(ann, answered)
    clock.advance(hours=1)
    item = only(kept)
    assert (item.uid, post(item).id, item.author) == (f"{answered.uri} {ann.did}", answered.uri, "Bob")
    assert post(item).reposted_by == Person("@ann.bsky.social", "Ann", kept.address, ann.did)
    assert item.published
    assert timedelta(hours=4.9) < item.at - item.published < timedelta(hours=5.1)
    (before,) = post(item).referred
    assert (before.relation, before.id, before.html) == (Relation.ANSWERED, asked.uri, "<p>Why?</p>")
    bluesky.delete(asked)
    (before,) = post(only(kept)).referred
    assert (before.fate, before.html) == (Fate.DELETED, "")


def test_posts_of_those_who_want_no_strangers_are_not_passed_on(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    shy = bluesky.account("shy.example.org")
    bluesky.repost(ann, bluesky.post(shy, "for members"))
    shy.labels.append("!no-unauthenticated")
    bluesky.post(ann, "open")
    assert html.to_text(only(kept).content) == "open"


@pytest.mark.parametrize(
    ("value", "warning"),
    [("porn", "Adult content"), ("gore", "Graphic pictures"), ("!warn", "Sensitive content"), ("spam-ish", "")],
)
def test_labels_warn(kept: Kept, bluesky: Bluesky, ann: Account, value: str, warning: str) -> None:
    bluesky.post(ann, "own", labels=self_labels(value))
    bluesky.post(ann, "given").labels.append(value)
    bluesky.post(ann, "hidden").labels.append("!hide")
    assert [post(item).warning for item in kept.fetch().items] == [warning] * 2


@pytest.mark.parametrize(
    "created", ["2031-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "soon", "9999-99-99T00:00:00Z"]
)
def test_a_time_that_cannot_be_is_the_time_of_the_network(
    kept: Kept, bluesky: Bluesky, ann: Account, created: str, clock: FakeClock
) -> None:
    bluesky.post(ann, "when?", created=created)
    clock.advance(minutes=1)
    item = only(kept)
    assert item.published
    assert timedelta(0) < clock.now() - item.published < timedelta(minutes=2)


def test_old_posts_that_were_brought_along_keep_their_time(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    bluesky.post(ann, "old", created="2011-05-06T07:08:09+02:00")
    assert only(kept).published == datetime(2011, 5, 6, 5, 8, 9, tzinfo=UTC)


def test_without_a_handle_the_did_stands_in(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    kept.address = f"https://bsky.app/profile/{ann.did}"
    ann.handle, ann.name = "handle.invalid", ""
    posted = bluesky.post(ann, "hi")
    fetched = kept.fetch()
    assert post(fetched.items[0]).author == Person(ann.did, "", f"https://bsky.app/profile/{ann.did}", ann.did)
    assert fetched.items[0].url == f"https://bsky.app/profile/{ann.did}/post/{posted.uri.rpartition('/')[2]}"
    assert (fetched.title, fetched.site) == (ann.did, f"https://bsky.app/profile/{ann.did}")


# What is asked -----------------------------------------------------------------------------------


def test_the_source_says_what_it_is_called(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bluesky.post(ann, "hi")
    fetched = kept.fetch()
    assert (fetched.title, fetched.site) == ("Ann (@ann.bsky.social)", "https://bsky.app/profile/ann.bsky.social")
    assert (fetched.state.checked, fetched.state.failures, fetched.state.error) == (clock.now(), 0, "")
    assert (fetched.unchanged, fetched.moved, fetched.retry_after) == (False, "", None)


def test_nothing_tells_the_reader(kept: Kept, bluesky: Bluesky, ann: Account, internet: Internet) -> None:
    bluesky.post(ann, "hi")
    for _pass in range(3):
        kept.fetch()
    kept.check(*kept.items.values())
    sent = [set(seen.headers) for seen in internet.to(HOST)]
    assert all(not names & {"authorization", "cookie", "atproto-accept-labelers", "referer"} for names in sent)
    assert {seen.method for seen in internet.to(HOST)} == {"GET"}
    feed, _query = bluesky.asked[0]
    assert (feed, _query) == (
        "app.bsky.feed.getAuthorFeed",
        {"actor": ["ann.bsky.social"], "limit": ["50"], "filter": ["posts_and_author_threads"]},
    )


def test_the_same_answer_is_not_read_again(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    posted = bluesky.post(ann, "hi")
    assert not kept.fetch().unchanged
    assert kept.fetch().unchanged
    posted.figures = {"likes": 1}
    again = kept.fetch()
    assert not again.unchanged
    assert [post(item).figures.likes for item in again.items] == [1]


def test_only_what_is_new_or_changed_comes(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    old, gone, changed = (bluesky.post(ann, text) for text in ("old", "gone", "changed"))
    kept.fetch()
    kept.items[gone.uri] = replace(kept.items[gone.uri], hash=GONE)
    clock.advance(hours=1)
    changed.record["text"] = "changed indeed"
    new = bluesky.post(ann, "new")
    assert [item.uid for item in kept.fetch().items] == [new.uri, changed.uri]
    assert old.uri in kept.items


def test_pages_are_turned_as_far_as_what_is_known(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    for number in range(60):
        bluesky.post(ann, f"before {number}")
    assert len(kept.fetch().items) == 50  # a source that is new begins with its newest page
    assert len(bluesky.asked) == 1
    clock.advance(days=1)
    new = {bluesky.post(ann, f"new {number}").uri for number in range(90)}
    fetched = kept.fetch()
    assert {item.uid for item in fetched.items} == new
    assert [item.at for item in fetched.items] == sorted((item.at for item in fetched.items), reverse=True)
    assert len(bluesky.asked) == 3
    clock.advance(days=1)
    flood = [bluesky.post(ann, f"flood {number}").uri for number in range(400)]
    assert {item.uid for item in kept.fetch().items} == set(flood[-150:])
    assert len(bluesky.asked) == 6


def test_a_page_that_fails_loses_nothing(kept: Kept, bluesky: Bluesky, ann: Account, internet: Internet) -> None:
    bluesky.post(ann, "first")
    kept.fetch()
    for number in range(70):
        bluesky.post(ann, str(number))
    before = kept.state

    def failing(seen: Seen) -> Reply:
        return Reply(502, body=b"{}") if "cursor" in seen.path else bluesky.answer(seen)

    internet.site(HOST, failing)
    with pytest.raises(BadStatus):
        kept.fetch()
    assert kept.state == before
    internet.site(HOST, bluesky.answer)
    assert len(kept.fetch().items) == 70


def test_in_a_worker_process(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock, internet: Internet) -> None:
    workers = Workers(1)
    gateway = Gateway(clock, FakeLedger(), **internet.door)
    bluesky.post(ann, "hi")
    apart = Kept(BlueskyFetcher(gateway.get, clock, workers.run), internet, clock, kept.kind, kept.address)
    try:
        assert apart.fetch().items == kept.fetch().items
        assert apart.check(*apart.items.values()) == kept.check(*kept.items.values())
        ann.labels.append("!no-unauthenticated")
        with pytest.raises(NotAllowed):
            apart.fetch()
    finally:
        workers.close()
        gateway.close()


# Refusals ----------------------------------------------------------------------------------------


def test_accounts_that_are_no_more(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    for state, kind in {"deleted": NoAccount, "deactivated": NoAccount, "takendown": Suspended}.items():
        ann.state = state
        with pytest.raises(kind) as caught:
            kept.fetch()
        assert str(caught.value).count("@ann.bsky.social") == 1


def test_who_wants_no_strangers_is_not_read(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    bluesky.post(ann, "for members")
    ann.labels.append("!no-unauthenticated")
    with pytest.raises(NotAllowed, match="only to readers who are logged in"):
        kept.fetch()


def test_the_rate_limit_says_when(kept: Kept, bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bluesky.post(ann, "hi")
    bluesky.allowed = 1
    assert kept.fetch().retry_after == 300  # that was the last one
    clock.advance(seconds=60)
    with pytest.raises(Busy) as caught:
        kept.fetch()
    assert caught.value.facts["retry_after"] == 240
    clock.advance(seconds=240)
    kept.fetch()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(400, body=b'{"error":"InvalidRequest","message":"no such filter"}'), QueryRefused),
        (Reply(400, body=b"<html>"), QueryRefused),
        (Reply(400, body=b'{"error":["x"],"message":{}}'), QueryRefused),
        (Reply(400, body=b'{"error":"BlockedActor","message":"Requester has blocked actor"}'), NotAllowed),
        (Reply(401, body=b'{"error":"AuthMissing","message":"Authentication Required"}'), NotAllowed),
        (Reply(403), NotAllowed),
        (Reply(404, body=b'{"error":"XRPCNotSupported"}'), BadStatus),
        (Reply(429, {"Retry-After": "77"}), Busy),
        (Reply(429), Busy),
        (Reply(500, body=b'{"error":"InternalServerError"}'), BadStatus),
        (Reply(502, body=b'{"error":"UpstreamFailure"}'), BadStatus),
        (Reply(503), Busy),
        (Reply(204), BadStatus),
        (Reply(304), BadStatus),
        (Reply(200, body=b""), Garbled),
        (Reply(200, body=b'{"feed":[{"post":'), Garbled),
        (Reply(200, body=b"\xff\xfe{}"), Garbled),
        (Reply(200, body=b"[]"), Garbled),
        (Reply(200, body=b'{"feed":{}}'), Garbled),
        (Reply(200, body=b"[" * 200_000), Garbled),
        (Reply(200, body=b'{"feed":[' + b"9" * 10_000 + b"]}"), Garbled),
        (Reply(200, body=b'{"feed":[]}', cut=4), Unreachable),
    ],
)
def test_what_a_refusal_means(kept: Kept, bluesky: Bluesky, reply: Reply, kind: type[SourceError]) -> None:
    bluesky.next = [reply]
    with pytest.raises(SourceError) as caught:
        kept.fetch()
    assert type(caught.value) is kind
    assert "?" not in str(caught.value)
    if kind is Busy:
        assert caught.value.facts["retry_after"] == (77 if reply.headers else 0)


def test_an_empty_feed_is_no_failure(kept: Kept, ann: Account) -> None:
    fetched = kept.fetch()
    assert (fetched.items, fetched.title) == ((), "")


# Hostile answers ---------------------------------------------------------------------------------

_ODD: list[object] = [None, -1, 10**30, 1.5, True, "", "x" * 5000, "\ud83d", [], [[]], {"$type": []}, [None, {}, 7]]


def test_any_value_of_a_wrong_type_is_borne(bluesky: Bluesky, ann: Account, clock: FakeClock) -> None:
    bob = bluesky.account("bob.example.org", "Bob")
    quoted = bluesky.post(bob, "quoted", embed=images("alt"))
    reply = bluesky.post(ann, "more", reply=bluesky.post(ann, "@bob.example.org #a https://example.org"))
    reply.record["embed"] = both(quoted.uri, images("x"))
    reply.record["labels"] = self_labels("porn")
    bluesky.repost(ann, bluesky.post(bob, "passed", reply=quoted, embed=external("https://example.org", "t")))
    whole = bluesky._methods()["app.bsky.feed.getAuthorFeed"]({"actor": [ann.did], "filter": ["posts_with_replies"]})
    tried = 0
    for path in _paths(whole):
        for odd in _ODD:
            body = json.dumps(_with(whole, path, odd)).encode()
            try:
                items = parse(body, 5, clock.now(), {}).items
            except Garbled:
                assert path == ("feed",)
                continue
            tried += 1
            faults = [fault for item in items for fault in item_faults(item)]
            assert set(faults) <= {"media ''"}  # a picture without an address keeps its place by its description
    assert tried > 2000


def _paths(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in pairs:
        yield from _paths(inside, (*path, key))


def _with(value: object, path: tuple[object, ...], odd: object) -> object:
    if not path:
        return odd
    if isinstance(value, dict):
        return value | {path[0]: _with(value[path[0]], path[1:], odd)}
    assert isinstance(value, list)
    return [_with(each, path[1:], odd) if number == path[0] else each for number, each in enumerate(value)]


def test_hostile_texts_are_harmless(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    ann.name = "<script>\u202e\x00Ann"
    links = ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", 'https://x.example/"><script>')
    facets = [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [_link(uri)]} for uri in links]
    for number in range(4):
        bluesky.post(ann, "link\x00\u202e<img src=x onerror=y>", facets=[facets[number]])
    bluesky.post(ann, "card", embed=external("javascript:alert(1)", "<script>"))
    bluesky.post(ann, "x" * 300_000, facets=facets * 100_00)
    for item in kept.fetch().items:
        assert item_faults(item) == []
        assert "\u202e" not in item.content + item.author
        assert len(item.content) < 150_000


# Whether posts still stand -----------------------------------------------------------------------


def test_posts_are_checked_together(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    bob = bluesky.account("bob.example.org", "Bob")
    same, liked, away, thread = (bluesky.post(ann, text) for text in ("same", "liked", "away", "thread"))
    continued = bluesky.post(ann, "goes on", reply=thread)
    passed = bluesky.post(bob, "passed")
    bluesky.repost(ann, passed)
    items = {post(item).id: item for item in kept.fetch().items}
    liked.figures, passed.figures = {"likes": 9}, {"likes": 9}
    bluesky.delete(away)
    bluesky.asked.clear()
    asked = [same, liked, away, continued, passed]
    verdicts = kept.check(*(items[each.uri] for each in asked))
    assert [verdicts[number].fate for number in range(5)] == [Fate.THERE] * 2 + [Fate.DELETED] + [Fate.THERE] * 2
    assert [number for number, verdict in verdicts.items() if verdict.fresh] == [1]
    fresh = verdicts[1].fresh
    assert fresh
    assert (fresh.uid, fresh.source, post(fresh).figures.likes) == (liked.uri, 5, 9)
    assert [method.rpartition(".")[2] for method, _query in bluesky.asked] == ["getPosts", "getProfile"]
    assert kept.fetch().items  # the next pass has the same to say
    assert fresh.hash == kept.items[liked.uri].hash


@pytest.mark.parametrize(
    ("state", "fate"), [("takendown", Fate.SUSPENDED), ("deactivated", Fate.UNAVAILABLE), ("deleted", Fate.DELETED)]
)
def test_the_author_tells_why_posts_are_missing(
    kept: Kept, bluesky: Bluesky, ann: Account, state: str, fate: Fate
) -> None:
    for number in range(3):
        bluesky.post(ann, str(number))
    items = kept.fetch().items
    ann.state = state
    bluesky.asked.clear()
    assert {verdict.fate for verdict in kept.check(*items).values()} == {fate}
    assert len(bluesky.asked) == 2


def test_when_the_author_cannot_be_asked_nothing_is_learnt(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    stays, away = bluesky.post(ann, "stays"), bluesky.post(ann, "away")
    kept.fetch()
    bluesky.delete(away)
    view = json.dumps({"posts": [bluesky.view(stays)]}).encode()
    bluesky.next = [Reply(body=view), Reply(500)]
    assert list(kept.check(kept.items[stays.uri], kept.items[away.uri])) == [0]


def test_an_author_who_withdraws_from_strangers_takes_the_posts_along(
    kept: Kept, bluesky: Bluesky, ann: Account
) -> None:
    bluesky.post(ann, "hi")
    items = kept.fetch().items
    ann.labels.append("!no-unauthenticated")
    assert kept.check(*items)[0].fate is Fate.UNAVAILABLE


def test_a_check_that_is_refused_is_a_failure(kept: Kept, bluesky: Bluesky, ann: Account) -> None:
    bluesky.post(ann, "hi")
    items = kept.fetch().items
    for reply, kind in ((Reply(429), Busy), (Reply(body=b"{"), Garbled), (Reply(body=b"[]"), Garbled)):
        bluesky.next = [reply]
        with pytest.raises(kind):
            kept.check(*items)
    odd = replace(items[0], post=replace(post(items[0]), id="1&uris=x"))
    asked = len(bluesky.asked)
    assert kept.check(odd) == {}
    assert len(bluesky.asked) == asked
    assert kept.fetcher.at_once == 25


def test_validators_go_when_they_are_agreed_and_nothing_in_strict_without_a_proxy(
    kept: Kept, bluesky: Bluesky, ann: Account, internet: Internet
) -> None:
    bluesky.post(ann, "hi")

    def marked(seen: Seen) -> Reply:
        return Reply(304) if "if-none-match" in seen.headers else Reply(200, {"ETag": '"a"'}, bluesky.answer(seen).body)

    internet.site(HOST, marked)
    for _pass in range(2):
        kept.fetch()
    third = kept.fetch()
    assert third.unchanged
    assert internet.to(HOST)[-1].headers["if-none-match"] == '"a"'
    with pytest.raises(NoProxy):
        kept.fetch(Purpose(Reason.SCHEDULED, 5, strict=True))
