"""Accounts and hashtags on Mastodon, by the real parser and gateway, from a server that behaves as an instance does."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import FakeClock
from tests.harmless import item_faults
from tests.internet import Internet
from tests.net.conftest import FakeLedger
from tests.networks.mastodon import Account, Mastodon, picture, poll
from tests.servers import FeedServer, Reply
from tests.sources.bench import Kept, here, post
from veille.content import html
from veille.errors import (
    BadStatus,
    Busy,
    Garbled,
    NoAccount,
    NotAllowed,
    PrivateAddress,
    SourceError,
    Suspended,
    Unreachable,
)
from veille.model import GONE, Item, SourceKind
from veille.net.gateway import Gateway
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Relation
from veille.sources.feeds import FeedFetcher
from veille.sources.mastodon import MastodonFetcher
from veille.sources.mastodonposts import Instance, parse
from veille.sources.workers import Workers

HOST = "mastodon.example"
ORIGIN = f"https://{HOST}"


@pytest.fixture
def internet(clock: FakeClock) -> Iterator[Internet]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, and no certificate can be made without it")
    with Internet(clock) as internet:
        yield internet


@pytest.fixture
def mastodon(clock: FakeClock, internet: Internet) -> Mastodon:
    network = Mastodon(HOST, clock)
    internet.site(HOST, network.answer)
    return network


@pytest.fixture
def ann(mastodon: Mastodon) -> Account:
    return mastodon.account("ann", "Ann")


Watch = Callable[[str], Kept]


@pytest.fixture
def watch(clock: FakeClock, internet: Internet) -> Iterator[Watch]:
    """What is kept of the source at an address."""
    gateway = Gateway(clock, FakeLedger(), **internet.door)
    fetcher = MastodonFetcher(gateway.get, clock, here, FeedFetcher(gateway.get, clock, here))
    yield lambda address: Kept(fetcher, internet, clock, SourceKind.MASTODON, address)
    gateway.close()


@pytest.fixture
def kept(watch: Watch, ann: Account) -> Kept:
    return watch(f"{ORIGIN}/@ann")


@pytest.fixture
def tagged(watch: Watch) -> Kept:
    return watch(f"{ORIGIN}/tags/hydrogen")


def only(kept: Kept) -> Item:
    """The one item that the source has."""
    (item,) = kept.fetch().items
    assert item_faults(item) == []
    return item


def words(item: Item) -> str:
    return html.to_text(item.content)


# What a post says ---------------------------------------------------------------------------------


def test_a_post_is_whole(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    mastodon.account("bob", "Bob", host="other.example")
    mastodon.account("eve")
    text = (
        "Ça y est 🎉 @bob@other.example & @eve lisent https://www.example.org/a/very/long/path?b=1&c=2#d #Énergie\nfin"
    )
    posted = mastodon.post(ann, f"{text}\n\nDeuxième <b>", language="fr")
    posted.figures = {"replies": 1, "reposts": 2, "likes": 3, "quotes": 4}
    item = only(kept)
    assert item.uid == f"{ORIGIN}/users/ann/statuses/{posted.id}"
    assert item.url == f"{ORIGIN}/@ann/{posted.id}"
    assert words(item) == f"{text}\n\nDeuxième <b>".replace("@eve", f"@eve@{HOST}").replace("\n\n", " ").replace(
        "\n", " "
    )
    assert '<a href="https://other.example/@bob">@bob@other.example</a>' in item.content
    assert f'<a href="{ORIGIN}/@eve">@eve@{HOST}</a>' in item.content
    assert 'href="https://www.example.org/a/very/long/path?b=1&amp;c=2#d"' in item.content
    assert (item.title, item.author, item.lang, item.tags) == ("", "Ann", "fr", ("énergie",))
    assert (item.published, item.at, item.updated) == (posted.created, min(posted.created, clock.now()), None)
    said = post(item)
    assert (said.network, said.id, said.fate, said.warning) == (
        Network.MASTODON, f"{posted.id}@{HOST}", Fate.THERE, "")  # fmt: skip
    assert said.author == Person(f"@ann@{HOST}", "Ann", f"{ORIGIN}/@ann", f"{ORIGIN}/users/ann")
    assert said.figures == Figures(1, 2, 3, 4)
    assert [person.handle for person in said.mentions] == ["@bob@other.example", f"@eve@{HOST}"]


def test_warnings_pictures_polls_and_pages(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    ends = clock.now() + timedelta(days=1)
    media = [picture("https://files.example/a.png", "Un chat"), picture("https://files.example/b.mp4", None, "gifv"),
             picture("https://files.example/c.ogg", "", "audio"), picture("", None, "unknown")]  # fmt: skip
    media[-1] |= {"url": None, "preview_url": None, "remote_url": "https://other.example/x.pdf"}
    mastodon.post(ann, "media", media=media, warning="Food <b>")
    mastodon.post(ann, "poll", poll=poll(ends, {"Yes & no": 3, "Maybe": 4}, voters=5))
    mastodon.post(ann, "hidden", poll=poll(ends, {"A": None, "B": None}))
    mastodon.post(ann, "page", card={"url": "https://example.org/p?utm_source=x", "title": "The <i>page</i>"})
    mastodon.post(ann, "in https://example.org/p", card={"url": "https://example.org/p", "title": "The page"})
    mastodon.post(ann, ":blobcat: https://example.org/p", html="<p>:blobcat: <img src='https://f.example/1.png'></p>")
    found = {words(item).split()[0]: item for item in kept.fetch().items}
    assert found["media"].media == (
        Media("image", "https://files.example/a.png", "Un chat"), Media("video", "https://files.example/b.mp4"),
        Media("audio", "https://files.example/c.ogg"), Media("file", "https://other.example/x.pdf"))  # fmt: skip
    assert post(found["media"]).warning == "Food <b>"
    assert post(found["poll"]).poll == Poll((("Yes & no", 3), ("Maybe", 4)), 5, ends)
    assert post(found["hidden"]).poll == Poll((("A", None), ("B", None)), 0, ends)
    line = '<p><a href="https://example.org/p">The &lt;i&gt;page&lt;/i&gt;</a></p>'
    assert found["page"].content == f"<p>page</p>{line}"
    assert found["in"].content.count("<a ") == 1
    assert [each.url for each in found[":blobcat:"].media] == ["https://f.example/1.png"]


def test_quotes_and_what_became_of_them(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    bob = mastodon.account("bob", "Bob", host="other.example")
    there, away = mastodon.post(bob, "Said #here", media=[picture("https://f.example/1.png", "A bird")]), None
    away = mastodon.post(bob, "away")
    mastodon.post(ann, "there", quote=("accepted", there))
    mastodon.post(ann, "away", quote=("accepted", away))
    for state in ("pending", "rejected", "revoked", "unauthorized", "blocked_account", "new-state"):
        mastodon.post(ann, state, quote=(state, there))
    mastodon.post(ann, "nested", more={"quote": mastodon.view(there)})
    mastodon.post(ann, "pleroma", more={"pleroma": {"quote": mastodon.view(there)}})
    mastodon.post(ann, "shallow", more={"quote": {"state": "accepted", "quoted_status_id": there.id}})
    mastodon.delete(away)
    items = {words(item).split()[-1]: item for item in kept.fetch().items}
    said = {name: post(item).referred[0] for name, item in items.items()}
    quoted = said["there"]
    assert (quoted.relation, quoted.id, quoted.fate, quoted.published) == (
        Relation.QUOTED, f"{there.id}@{HOST}", Fate.THERE, there.created)  # fmt: skip
    assert quoted.author == Person(
        "@bob@other.example", "Bob", "https://other.example/@bob", "https://other.example/users/bob")  # fmt: skip
    assert html.to_text(quoted.html) == "Said #here"
    assert quoted.media == (Media("image", "https://f.example/1.png", "A bird"),)
    assert words(items["there"]) == "there"  # "RE: address" is for those who cannot show a quote
    assert said["nested"] == said["pleroma"] == quoted
    assert (said["shallow"].id, said["shallow"].fate, said["shallow"].html) == (quoted.id, Fate.THERE, "")
    assert said["away"].fate is Fate.DELETED
    assert {said[state].fate for state in ("pending", "rejected", "revoked", "unauthorized", "new-state")} == {
        Fate.UNAVAILABLE
    }
    assert {each.html for name, each in said.items() if each.fate is not Fate.THERE} == {""}


def test_threads_answers_and_reposts(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    bob = mastodon.account("bob", "Bob", host="other.example")
    first = mastodon.post(ann, "one")
    second = mastodon.post(ann, "two", reply=first)
    asked = mastodon.post(bob, "why?", reply=first)
    mastodon.post(ann, "to bob", reply=asked)
    passed = mastodon.post(bob, "@ann because", reply=first)
    clock.advance(hours=5)
    wrapper = mastodon.reblog(ann, passed)
    clock.advance(hours=1)
    repost, two, one = kept.fetch().items
    assert (words(one), words(two)) == ("one", "two")
    assert (post(two).continues, post(one).continues) == (post(one).id, "")
    assert (post(two).referred, second.id) == ((), post(two).id.partition("@")[0])
    assert repost.uid == f"{ORIGIN}/users/ann/statuses/{wrapper.id}/activity"
    assert (repost.author, post(repost).id) == ("Bob", f"{passed.id}@{HOST}")
    assert post(repost).reposted_by == Person(f"@ann@{HOST}", "Ann", f"{ORIGIN}/@ann", f"{ORIGIN}/users/ann")
    assert (repost.published, repost.at) == (passed.created, wrapper.created)
    (before,) = post(repost).referred
    assert (before.relation, before.id, before.html) == (Relation.ANSWERED, f"{first.id}@{HOST}", "")
    assert before.author
    assert before.author.handle == f"@ann@{HOST}"


def test_answers_to_others_are_left_out_where_the_host_sends_them(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    asked = mastodon.post(mastodon.account("bob"), "why?")
    answer = mastodon.post(ann, "because", reply=asked)
    own = mastodon.post(ann, "own")
    kept.fetch()
    mastodon.next = [Reply(body=json.dumps([mastodon.view(answer), mastodon.view(own), mastodon.view(asked)]).encode())]
    kept.items.clear()
    kept.state = replace(kept.state, body_hash="")
    assert sorted(words(item) for item in kept.fetch().items) == ["own", "why?"]


@pytest.mark.parametrize("visibility", ["private", "direct", "local", "mutuals_only", ""])
def test_what_is_not_for_everybody_is_never_kept(kept: Kept, mastodon: Mastodon, ann: Account, visibility: str) -> None:
    closed, shown = mastodon.post(ann, "closed"), mastodon.post(ann, "open", visibility="unlisted")
    quoting = mastodon.post(ann, "quotes", quote=("accepted", closed))
    closed.visibility = visibility
    views = [mastodon.view(each) for each in (closed, shown, quoting)]
    views.append(mastodon.view(mastodon.reblog(ann, closed)))
    kept.fetch()
    kept.items.clear()
    mastodon.next = [Reply(body=json.dumps(views).encode())]
    items = kept.fetch().items
    assert sorted(map(words, items)) == ["open", "quotes"]
    assert [each.fate for item in items for each in post(item).referred] == [Fate.UNAVAILABLE]
    assert not any("closed" in repr(item) for item in items)


def test_an_edit_is_seen(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    posted, other = mastodon.post(ann, "before"), mastodon.post(ann, "other")
    before = {item.uid: item for item in kept.fetch().items}
    clock.advance(hours=1)
    mastodon.edit(posted, "after")
    (item,) = kept.fetch().items
    assert (words(item), item.updated, item.published) == ("after", posted.edited, posted.created)
    assert item.uid in before
    assert post(item).id.startswith(posted.id)
    assert other.id


# What is asked -----------------------------------------------------------------------------------


def test_an_account_is_looked_up_once(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    mastodon.post(ann, "hi")
    fetched = kept.fetch()
    assert (fetched.title, fetched.site) == (f"Ann (@ann@{HOST})", f"{ORIGIN}/@ann")
    assert (fetched.state.checked, fetched.state.failures, fetched.state.error) == (clock.now(), 0, "")
    assert kept.fetch().unchanged
    timeline = (f"/api/v1/accounts/{ann.id}/statuses", {"limit": ["40"], "exclude_replies": ["true"]})
    assert mastodon.asked == [("/api/v1/accounts/lookup", {"acct": ["ann"]}), timeline, timeline]


def test_an_account_that_was_made_anew_is_looked_up_again(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    kept.fetch()
    ann.state = "deleted"
    again = mastodon.account("ann", "Ann the second")
    mastodon.post(again, "back")
    fetched = kept.fetch()
    assert [words(item) for item in fetched.items] == ["back"]
    assert fetched.title == f"Ann the second (@ann@{HOST})"


def test_an_account_that_moved_says_where(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    ann.moved = mastodon.account("ann", "Ann", host="new.example")
    ann.locked = True
    mastodon.post(ann, "I have moved")
    fetched = kept.fetch()
    assert fetched.title == f"Ann (@ann@{HOST}) → @ann@new.example"
    assert (len(fetched.items), fetched.moved) == (1, "")


def test_a_hashtag(tagged: Kept, mastodon: Mastodon) -> None:
    ann, bob = mastodon.account("ann", "Ann"), mastodon.account("bob", "Bob", host="other.example")
    local = mastodon.post(ann, "#Hydrogen")
    remote = mastodon.post(bob, "more #hydrogen", reply=local)
    mastodon.post(bob, "unlisted #hydrogen", visibility="unlisted")
    mastodon.post(bob, "#helium")
    fetched = tagged.fetch()
    assert [words(item) for item in fetched.items] == ["more #hydrogen", "#Hydrogen"]
    assert [post(item).id for item in fetched.items] == [f"{remote.id}@{HOST}", f"{local.id}@{HOST}"]
    assert fetched.items[0].url == f"https://other.example/@bob/{remote.id}"
    assert [each.relation for each in post(fetched.items[0]).referred] == [Relation.ANSWERED]
    assert (fetched.title, fetched.site) == (f"#hydrogen ({HOST})", f"{ORIGIN}/tags/hydrogen")
    assert mastodon.asked == [("/api/v1/timelines/tag/hydrogen", {"limit": ["40"]})]


@pytest.mark.parametrize("links", [True, False])
def test_pages_are_turned_as_far_as_what_is_known(
    kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock, internet: Internet, links: bool
) -> None:
    def answer(seen: object) -> Reply:
        reply = mastodon.answer(seen)
        return reply if links else replace(reply, headers={k: v for k, v in reply.headers.items() if k != "Link"})

    internet.site(HOST, answer)
    for number in range(60):
        mastodon.post(ann, f"before {number}")
    assert len(kept.fetch().items) == 40
    mastodon.asked.clear()
    clock.advance(days=1)
    new = [mastodon.post(ann, f"new {number}").id for number in range(70)]
    fetched = kept.fetch()
    assert {post(item).id.partition("@")[0] for item in fetched.items} == set(new)
    assert [item.at for item in fetched.items] == sorted((item.at for item in fetched.items), reverse=True)
    assert [query.get("max_id") for _path, query in mastodon.asked] == [None, [new[30]]]
    clock.advance(days=1)
    flood = [mastodon.post(ann, f"flood {number}").id for number in range(300)]
    assert {post(item).id.partition("@")[0] for item in kept.fetch().items} == set(flood[-120:])
    assert len(mastodon.asked) == 5


def test_only_what_is_new_or_changed_comes(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    gone, liked, _same = (mastodon.post(ann, text) for text in ("gone", "liked", "same"))
    kept.fetch()
    uid = next(uid for uid in kept.items if gone.id in uid)
    kept.items[uid] = replace(kept.items[uid], hash=GONE)
    liked.figures, gone.figures = {"likes": 1}, {"likes": 1}
    assert [words(item) for item in kept.fetch().items] == ["liked"]


def test_nothing_tells_the_reader(kept: Kept, mastodon: Mastodon, ann: Account, internet: Internet) -> None:
    mastodon.post(ann, "hi")
    for _pass in range(3):
        kept.fetch()
    kept.check(*kept.items.values())
    mastodon.closed = True
    kept.fetch()
    assert all(not set(seen.headers) & {"authorization", "cookie", "referer"} for seen in internet.to(HOST))
    assert {seen.method for seen in internet.to(HOST)} == {"GET"}
    assert set(internet.looked_up) == {HOST}


def test_in_a_worker_process(
    kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock, internet: Internet
) -> None:
    workers, gateway = Workers(1), Gateway(clock, FakeLedger(), **internet.door)
    mastodon.post(ann, "hi")
    fetcher = MastodonFetcher(gateway.get, clock, workers.run, FeedFetcher(gateway.get, clock, workers.run))
    apart = Kept(fetcher, internet, clock, kept.kind, kept.address)
    try:
        assert apart.fetch().items == kept.fetch().items
        assert apart.check(*apart.items.values()) == kept.check(*kept.items.values())
        ann.state = "suspended"
        apart.state = replace(apart.state, cursor="")
        with pytest.raises(Suspended):
            apart.fetch()
    finally:
        workers.close()
        gateway.close()


def test_an_instance_at_home(clock: FakeClock, kept: Kept) -> None:
    gateway = Gateway(clock, FakeLedger())
    with FeedServer() as server:
        home = Mastodon(f"127.0.0.1:{server.port}", clock, scheme="http")
        for path in ("/api/v1/accounts/lookup",):
            server.handle(path, home.answer)
        cat = home.account("cat", "Cat")
        server.handle(f"/api/v1/accounts/{cat.id}/statuses", home.answer)
        home.post(cat, "miaow @cat")
        kept.fetcher = MastodonFetcher(gateway.get, clock, here, FeedFetcher(gateway.get, clock, here))
        kept.address = f"{home.origin}/@cat"
        with pytest.raises(PrivateAddress):
            kept.fetch()
        (item,) = kept.fetch(allow_private=True).items
        assert words(item) == f"miaow @cat@127.0.0.1:{server.port}"
        assert post(item).id.endswith(f"@http://127.0.0.1:{server.port}")
        server.handle(f"/api/v1/statuses/{post(item).id.partition('@')[0]}", home.answer)
        with pytest.raises(PrivateAddress):
            kept.check(item)
        assert kept.check(item, private=True)[0].fate is Fate.THERE
    gateway.close()


# RSS instead -------------------------------------------------------------------------------------


def test_where_the_api_is_closed_the_feed_stands_in(
    kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock
) -> None:
    mastodon.account("bob", host="other.example")
    mastodon.closed = True
    shown = [picture("https://files.example/a.jpg", "")]
    posted = mastodon.post(
        ann, "hi @bob@other.example #Énergie https://example.org/a/very/long/path/indeed", media=shown
    )
    fetched = kept.fetch()
    (item,) = fetched.items
    assert item_faults(item) == []
    assert words(item) == posted.text
    assert (item.uid, item.url) == (f"{ORIGIN}/@ann/{posted.id}",) * 2
    assert (item.title, item.author, item.tags, item.published) == (
        "", "Ann", ("énergie",), posted.created.replace(microsecond=0))  # fmt: skip
    assert post(item).author == Person(f"@ann@{HOST}", "Ann", f"{ORIGIN}/@ann", f"{ORIGIN}/@ann")
    assert post(item).id == f"{posted.id}@{HOST}"
    assert [each.url for each in item.media] == ["https://files.example/a.jpg"]
    assert (fetched.title, fetched.site, fetched.moved) == (f"Ann (@ann@{HOST})", f"{ORIGIN}/@ann", "")
    asked = [path for path, _query in mastodon.asked]
    assert asked == ["/api/v1/accounts/lookup", "/@ann.rss"]


def test_the_api_is_tried_again_after_a_week(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    mastodon.closed = True
    mastodon.post(ann, "by feed")
    kept.fetch()
    mastodon.asked.clear()
    for _day in range(6):
        clock.advance(days=1)
        mastodon.post(ann, "more")
        assert len(kept.fetch().items) == 1
    assert {path for path, _query in mastodon.asked} == {"/@ann.rss"}
    mastodon.closed = False
    clock.advance(days=2)
    late = mastodon.post(ann, "by API")
    items = kept.fetch().items
    assert {path for path, _query in mastodon.asked} > {"/api/v1/accounts/lookup"}
    assert late.id in items[0].uid
    assert len(kept.items) == 8  # what the feed gave keeps its name
    assert len(kept.fetch().items) == 0
    mastodon.closed = True
    kept.fetch()
    assert len(kept.items) == 8


def test_what_the_api_said_is_not_said_again_by_the_feed(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    mastodon.post(ann, "by API")
    kept.fetch()
    mastodon.closed = True
    mastodon.post(ann, "by feed")
    assert [words(item) for item in kept.fetch().items] == ["by feed"]


def test_a_hashtag_by_its_feed(tagged: Kept, mastodon: Mastodon) -> None:
    mastodon.closed = True
    mastodon.post(mastodon.account("ann", "Ann"), "one #hydrogen")
    bob = mastodon.post(mastodon.account("bob", "Bob", host="other.example"), "two #hydrogen")
    fetched = tagged.fetch()
    assert [post(item).author.handle for item in fetched.items] == ["@bob@other.example", f"@ann@{HOST}"]
    assert post(fetched.items[0]).id == f"https://other.example/@bob/{bob.id}"
    assert fetched.title == "#hydrogen"
    assert tagged.check(fetched.items[0]) == {}


@pytest.mark.parametrize("path", ["/@ann/feed.rss", "/users/ann/feed.rss"])
def test_feeds_of_others(kept: Kept, mastodon: Mastodon, ann: Account, internet: Internet, path: str) -> None:
    mastodon.post(ann, "hi")
    feed = mastodon._feed("/@ann.rss")
    closed = Reply(401, body=b'{"error":"Unauthorized: token not supplied"}')
    internet.site(HOST, lambda seen: feed if seen.path == path else closed if "/api/" in seen.path else Reply(404))
    assert len(kept.fetch().items) == 1
    before = len(internet.to(HOST))
    kept.fetch()
    assert [seen.path for seen in internet.to(HOST)[before:]] == [path]


def test_a_feed_that_vanished_sends_back_to_the_api(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    mastodon.closed = True
    mastodon.post(ann, "hi")
    kept.fetch()
    mastodon.closed, mastodon.rss = False, False
    kept.items.clear()
    assert len(kept.fetch().items) == 1


# Refusals ----------------------------------------------------------------------------------------


def test_accounts_that_are_no_more(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    for state, kind in {"deleted": NoAccount, "suspended": Suspended}.items():
        ann.state = state
        with pytest.raises(kind) as caught:
            kept.fetch()
        assert f"@ann@{HOST}" in str(caught.value)


def test_the_rate_limit_says_when(kept: Kept, mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    mastodon.allowed = 2
    assert kept.fetch().retry_after == 300  # that was the last one
    clock.advance(seconds=60)
    with pytest.raises(Busy) as caught:
        kept.fetch()
    assert caught.value.facts["retry_after"] == 240


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401, body=b'{"error":"This method requires an authenticated user"}'), NotAllowed),
        (Reply(403), NotAllowed),
        (Reply(422, body=b'{"error":"This API requires an authenticated user"}'), NotAllowed),
        (Reply(404, body=b"<html>no API</html>"), NoAccount),
        (Reply(404, body=b'{"error":"Record not found"}'), NoAccount),
        (Reply(410), Suspended),
        (Reply(429, {"Retry-After": "77"}), Busy),
        (Reply(429, {"X-RateLimit-Reset": "soon"}), Busy),
        (Reply(500), BadStatus),
        (Reply(503), Busy),
        (Reply(418), BadStatus),
        (Reply(200, body=b"<!DOCTYPE html><title>A blog</title>"), Garbled),
        (Reply(200, body=b""), Garbled),
        (Reply(200, body=b'{"id":"1","acct'), Garbled),
        (Reply(200, body=b"[]"), Garbled),
        (Reply(200, body=b'{"id":"../1"}'), Garbled),
        (Reply(200, body=b"[" * 200_000), Garbled),
        (Reply(200, body=b'{"id":"1"}', cut=4), Unreachable),
    ],
)
def test_what_a_refusal_means(
    kept: Kept, mastodon: Mastodon, internet: Internet, reply: Reply, kind: type[SourceError]
) -> None:
    mastodon.rss = False
    mastodon.next = [reply]
    with pytest.raises(SourceError) as caught:
        kept.fetch()
    assert type(caught.value) is kind
    assert "?" not in str(caught.value)
    if kind is Busy:
        assert caught.value.facts["retry_after"] == (77 if "Retry-After" in reply.headers else 0)
    asked_for_rss = any(path.endswith(".rss") for path, _query in mastodon.asked)
    assert asked_for_rss == (kind is NotAllowed or reply.body.startswith(b"<"))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"error":"x"}', b"[{", b"null", b"7", b'"x"'])
def test_half_a_timeline_is_no_timeline(kept: Kept, mastodon: Mastodon, ann: Account, body: bytes) -> None:
    mastodon.post(ann, "hi")
    kept.fetch()
    before = kept.state
    mastodon.next = [Reply(body=body)]
    with pytest.raises(Garbled):
        kept.fetch()
    assert kept.state == before


# Hostile answers ---------------------------------------------------------------------------------

_ODD: list[object] = [None, -1, 10**30, 1.5, True, "", "x" * 5000, "\ud83d", [], [[]], {"id": []}, [None, {}, 7]]


def test_any_value_of_a_wrong_type_is_borne(mastodon: Mastodon, ann: Account, clock: FakeClock) -> None:
    bob = mastodon.account("bob", "Bob", host="other.example")
    first = mastodon.post(ann, "@bob@other.example #a https://example.org/", poll=poll(clock.now(), {"A": 1}, 1))
    quoting = mastodon.post(
        bob, "quotes", reply=first, quote=("accepted", first), media=[picture("https://f.example/1.png", "x")],
        card={"url": "https://example.org/2", "title": "t"}, warning="w")  # fmt: skip
    whole = [mastodon.view(quoting), mastodon.view(mastodon.reblog(ann, first))]
    where, tried = Instance(ORIGIN), 0
    for path in _paths(whole):
        for odd in _ODD:
            body = json.dumps(_with(whole, path, odd)).encode()
            items = parse(body, where, 5, clock.now(), {}, False).items
            tried += 1
            faults = {fault for item in items for fault in item_faults(item)}
            assert faults <= {"media ''"}  # a picture without an address keeps its place by its description
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


def test_hostile_texts_are_harmless(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    ann.display = "<script>\u202e\x00Ann"
    for page in (
        "<script>alert(1)</script><p onclick=x>a</p>", '<a href="javascript:alert(1)">@x</a>',
        '<a href="https://h.example/@x">@x<img src=x onerror=y></a>', "<p>" * 20_000, '<p class="quote-inline">' * 5000,
        '<a href="https://h.example/&quot;&gt;&lt;script&gt;">https://h.exa...</a>', "<iframe src='https://x.example'>",
    ):  # fmt: skip
        mastodon.post(ann, "x", html=page, card={"url": "javascript:alert(1)", "title": "<script>"},
                      more={"url": "javascript:alert(1)"}, quote=("accepted", None))  # fmt: skip
    items = kept.fetch().items
    assert len(items) == 7
    for item in items:
        assert item_faults(item) == []
        assert item.url == ""
        assert "\u202e" not in item.author


# Whether posts still stand -----------------------------------------------------------------------


def test_posts_are_checked_together(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    same, edited, away = (mastodon.post(ann, text) for text in ("same", "edited", "away"))
    passed = mastodon.post(mastodon.account("bob", host="other.example"), "passed")
    mastodon.reblog(ann, passed)
    items = {post(item).id.partition("@")[0]: item for item in kept.fetch().items}
    mastodon.edit(edited, "edited indeed")
    passed.figures = {"likes": 1}
    mastodon.delete(away)
    mastodon.asked.clear()
    verdicts = kept.check(*(items[each.id] for each in (same, edited, away, passed)))
    assert [verdicts[number].fate for number in range(4)] == [Fate.THERE, Fate.THERE, Fate.DELETED, Fate.THERE]
    assert [number for number, verdict in verdicts.items() if verdict.fresh] == [1]
    fresh = verdicts[1].fresh
    assert fresh
    assert (words(fresh), fresh.uid, fresh.source) == ("edited indeed", items[edited.id].uid, 5)
    assert [path for path, _query in mastodon.asked] == ["/api/v1/statuses", f"/api/v1/statuses/{away.id}"]
    kept.fetch()
    assert kept.items[fresh.uid].hash == fresh.hash  # the next pass has the same to say


def test_an_older_instance_is_asked_for_one_after_the_other(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    mastodon.version = (4, 2)
    posted = [mastodon.post(ann, str(number)) for number in range(4)]
    items = kept.fetch().items
    mastodon.delete(posted[0])
    mastodon.asked.clear()
    assert [verdict.fate for verdict in kept.check(*items).values()] == [Fate.THERE] * 3 + [Fate.DELETED]
    assert len(mastodon.asked) == 5
    kept.check(*items)
    assert len(mastodon.asked) == 9  # it is known by now


def test_a_list_that_leaves_everything_out_deletes_nothing(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    for number in range(3):
        mastodon.post(ann, str(number))
    items = kept.fetch().items
    mastodon.next = [Reply(body=b"[]")]
    assert {verdict.fate for verdict in kept.check(*items).values()} == {Fate.THERE}
    mastodon.next = [Reply(404, body=b"<html>"), *[Reply(404, body=b"<html>")] * 3]
    assert kept.check(*items) == {}
    mastodon.closed = True
    assert kept.check(*items) == {}


def test_a_check_that_is_refused_half_way_keeps_what_it_learnt(kept: Kept, mastodon: Mastodon, ann: Account) -> None:
    for number in range(3):
        mastodon.post(ann, str(number))
    items = kept.fetch().items
    mastodon.next = [Reply(429)]
    with pytest.raises(Busy):
        kept.check(*items)
    mastodon.next = [Reply(body=b"[]"), Reply(410), Reply(429)]
    assert [verdict.fate for verdict in kept.check(*items).values()] == [Fate.DELETED]
    mastodon.next = [Reply(body=b"[]"), Reply(500)]
    with pytest.raises(BadStatus):
        kept.check(*items)
    assert kept.fetcher.at_once == 20


def test_nobody_is_asked_who_is_not_watched(
    kept: Kept, mastodon: Mastodon, ann: Account, internet: Internet, clock: FakeClock, watch: Watch
) -> None:
    other = Mastodon("social.example", clock)
    internet.site("social.example", other.answer)
    mastodon.post(ann, "here")
    other.post(other.account("zoe"), "there")
    apart = watch("https://social.example/@zoe")
    items = (*kept.fetch().items, *apart.fetch().items)
    other.asked.clear()
    assert list(kept.check(*items)) == [0]
    assert other.asked == []
