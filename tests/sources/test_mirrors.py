"""Bridges' feeds, written as the bridges write them, come out as posts of the people whom they mirror."""

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harmless import item_faults
from veille.model import Item, ItemKind
from veille.posts import Network, Person, Post, Referred, Relation
from veille.sources.base import Parsed
from veille.sources.feeds import parse

_SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DID = "did:plc:7iza6de2dwap2sbkpav7c6c6"


def _feed(address: str, title: str, site: str, *items: str, known: dict[str, str] | None = None) -> Parsed:
    channel = f"<title>{escape(title)}</title><link>{escape(site)}</link><language>en-us</language>"
    body = (
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{channel}{"".join(items)}</channel>'
    )
    return parse(f"{body}</rss>".encode(), "application/rss+xml", address, 3, _SEEN, known or {})


def _entry(link: str, title: str, content: str, author: str = "", guid: str = "") -> str:
    parts = {"title": title, "dc:creator": author, "description": content, "link": link, "guid": guid or link}
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text)
    return f"<item>{inside}<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>"


def _post(item: Item) -> Post:
    assert item.kind is ItemKind.POST
    assert item.title == ""
    assert item.post is not None
    assert item.author == item.post.author.label
    assert item_faults(item) == []
    return item.post


# Nitter ------------------------------------------------------------------------------------------


def _nitter(*items: str, host: str = "https://nitter.net", address: str = "/gridmoor/rss") -> tuple[Item, ...]:
    return _feed(host + address, "Gridmoor Power / @GridMoor", f"{host}/GridMoor", *items).items


def test_nitter_gives_posts_of_its_account() -> None:
    text = 'Storm over: <a href="https://nitter.net/search?q=%23grid">#grid</a> <a href="https://nitter.net/Ofgem">@Ofgem</a>'
    (item,) = _nitter(
        _entry(
            "https://nitter.net/GridMoor/status/1638285829238333440#m",
            "Storm over: #grid @Ofgem",
            f'<p>{text}</p><img src="https://nitter.net/pic/media%2Fabc.jpg" style="max-width:250px;" />',
            "@GridMoor",
        )
    )
    post = _post(item)
    assert (post.network, post.id, post.reposted_by) == (Network.X, "1638285829238333440", None)
    assert post.author == Person("@GridMoor", "Gridmoor Power", "https://x.com/GridMoor")
    assert item.url.startswith("https://nitter.net/GridMoor/status/1638285829238333440")
    assert item.content == (
        '<p>Storm over: <a href="https://x.com/search?q=%23grid">#grid</a> <a href="https://x.com/Ofgem">@Ofgem</a></p>'
    )
    assert item.summary == "Storm over: #grid @Ofgem"
    assert [each.url for each in item.media] == ["https://nitter.net/pic/media%2Fabc.jpg"]
    assert item.at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_nitter_says_who_passed_a_post_on() -> None:
    link = "https://nitter.net/OtherOne/status/1638285829238333441#m"
    (item,) = _nitter(_entry(link, "RT by @GridMoor: Read this", "<p>Read this</p>", "@OtherOne"))
    post = _post(item)
    assert (post.id, post.author.handle) == ("1638285829238333441", "@OtherOne")
    assert post.reposted_by == Person("@GridMoor", "Gridmoor Power", "https://x.com/GridMoor")
    assert item.content == "<p>Read this</p>"


def test_older_nitter_does_so_by_the_address_alone() -> None:
    link = "https://nitter.net/OtherOne/status/12345678901"
    (item,) = _nitter(_entry(link, "RT: Read this", "<p>Read this</p>", "@OtherOne"))
    assert (_post(item).author.handle, _post(item).reposted_by.handle) == ("@OtherOne", "@GridMoor")  # type: ignore[union-attr]


def test_nitter_says_whom_a_post_answers() -> None:
    link = "https://nitter.net/GridMoor/status/12345678901#m"
    other, own = _nitter(
        _entry(link, "R to @OtherOne: No.", "<p>No.</p>", "@GridMoor"),
        _entry(link.replace("901", "902"), "R to @gridmoor: Two.", "<p>Two.</p>", "@GridMoor"),
        address="/gridmoor/with_replies/rss",
    )
    assert _post(other).referred == (
        Referred(Relation.ANSWERED, author=Person("@OtherOne", url="https://x.com/OtherOne")),
    )
    assert _post(own).referred == ()
    assert other.content == "<p>No.</p>"


@pytest.mark.parametrize(
    ("under", "name", "text"),
    [
        ('<p><a href="https://nitter.net/Ofgem/status/77#m">nitter.net/Ofgem/status/77#m</a></p>', "", ""),
        (
            "<hr/><blockquote><b>The Regulator (@Ofgem)</b><p>Their words</p><footer>— <cite>"
            '<a href="https://nitter.net/Ofgem/status/77#m">https://nitter.net/Ofgem/status/77#m</a></cite></footer></blockquote>',
            "The Regulator",
            "<p>Their words</p>",
        ),
    ],
)
def test_nitter_s_quoted_post_is_put_inside(under: str, name: str, text: str) -> None:
    (item,) = _nitter(_entry("https://nitter.net/GridMoor/status/12345678901", "Quite", f"<p>Quite</p>{under}"))
    assert item.content == "<p>Quite</p>"
    quoted = Referred(
        Relation.QUOTED, "77", Person("@Ofgem", name, "https://x.com/Ofgem"), "https://x.com/Ofgem/status/77", text
    )
    assert _post(item).referred == (quoted,)


def test_a_post_without_words_has_none_of_the_mirror_s() -> None:
    picture = '<p></p><img src="https://nitter.net/pic/media%2Fabc.jpg" />'
    (item,) = _nitter(_entry("https://nitter.net/GridMoor/status/12345678901", "Image", picture, "@GridMoor"))
    assert (_post(item).id, item.content, item.summary, len(item.media)) == ("12345678901", "", "", 1)


def test_an_instance_of_any_name_is_known_by_what_it_writes() -> None:
    link = "https://birds.example/GridMoor/status/1638285829238333440#m"
    quoted = '<a href="https://birds.example/Ofgem">@Ofgem</a>'
    (item,) = _nitter(_entry(link, "Pinned: Hi @Ofgem", f"<p>Hi {quoted}</p>"), host="https://birds.example")
    assert _post(item).author.handle == "@GridMoor"
    assert item.content == '<p>Hi <a href="https://x.com/Ofgem">@Ofgem</a></p>'


def test_a_search_has_many_authors_and_no_owner() -> None:
    parsed = _feed(
        "https://nitter.net/search/rss?q=hydrogen",
        'Search results for "hydrogen"',
        "https://nitter.net/search",
        _entry("https://nitter.net/One/status/12345678901#m", "A", "<p>A</p>", "@One"),
        _entry("https://nitter.net/Two/status/12345678902#m", "B", "<p>B</p>", "@Two"),
    )
    assert [_post(item).author.handle for item in parsed.items] == ["@One", "@Two"]
    assert not any(_post(item).reposted_by for item in parsed.items)


def test_the_language_is_the_post_s_not_the_mirror_s() -> None:
    text = "Le réseau est de nouveau en service dans toute la région depuis ce matin."
    (item,) = _nitter(_entry("https://nitter.net/GridMoor/status/12345678901", text, f"<p>{text}</p>"))
    assert item.lang == "fr"


def test_what_is_no_post_stays_as_it_is() -> None:
    (item,) = _nitter(_entry("https://nitter.net/about", "This instance is full", "<p>Come back later</p>"))
    assert (item.kind, item.post, item.title) == (ItemKind.ARTICLE, None, "This instance is full")


# RSS-Bridge --------------------------------------------------------------------------------------

_BRIDGE = "https://bridge.example/rss/?action=display&bridge=Twitter"


def _boxes(text: str, media: str = "") -> str:
    portrait = (
        '<a href="https://twitter.com/GridMoor"><img style="width:75px" alt="GridMoor" '
        'src="https://pbs.twimg.com/profile_images/1/a.jpg" title="Gridmoor Power" /></a>'
    )
    box = '<div style="display: inline-block; vertical-align: top;">\n\t{}\n</div>\n'
    return "".join(
        box.format(each) for each in (portrait, f"<blockquote>{text}</blockquote>", f"<blockquote>{media}</blockquote>")
    )


@pytest.mark.parametrize("bridge", ["Twitter", "TwitterBridge"])
def test_rss_bridge_s_boxes_go(bridge: str) -> None:
    media = '<a href="https://pbs.twimg.com/media/x.jpg"><img src="https://pbs.twimg.com/media/x.jpg" /></a>'
    parsed = _feed(
        _BRIDGE.replace("Twitter", bridge) + "&context=By+username&u=gridmoor&format=Mrss",
        "Twitter @gridmoor",
        "https://twitter.com/gridmoor",
        _entry(
            "https://twitter.com/GridMoor/status/12345678901", "Two\nlines", _boxes("Two\nlines", media),
            "Gridmoor Power (@GridMoor)"),
        _entry("https://twitter.com/Other/status/12345678902", "Theirs", _boxes("Theirs"), "RT: Some One (@Other)"),
    )  # fmt: skip
    own, other = parsed.items
    assert _post(own).author == Person("@GridMoor", "Gridmoor Power", "https://x.com/GridMoor")
    assert own.content == "<p>Two<br>lines</p>"
    assert [each.url for each in own.media] == ["https://pbs.twimg.com/media/x.jpg"]
    assert _post(other).author == Person("@Other", "Some One", "https://x.com/Other")
    assert _post(other).reposted_by == Person("@gridmoor", "", "https://x.com/gridmoor")


def test_rss_bridge_s_error_stays_an_article() -> None:
    parsed = _feed(
        _BRIDGE + "&u=gridmoor", "Twitter @gridmoor", "https://twitter.com/gridmoor",
        _entry("https://bridge.example/?x", "Bridge returned error 0! (20514)", "<p>Details</p>"))  # fmt: skip
    assert (parsed.items[0].kind, parsed.items[0].post) == (ItemKind.ARTICLE, None)


def test_rss_bridge_s_words_about_a_post_of_bluesky_go() -> None:
    page = "https://bsky.app/profile/name.example/post/3kabc"
    content = (
        f'<p><b>A Name</b> <i>@name.example</i> <a href="{page}">posted</a>:<br>Mine</p>'
        '<p><a href="https://bsky.app/profile/b.example/post/3kq">Quoted post</a> from <b>Bee</b> '
        "<i>@b.example</i>:<br>Theirs</p>"
        '<hr/><p>Replying to <b>Sea</b> <i>@c.example</i>\'s <a href="https://bsky.app/profile/c.example/post/3kr">post</a>:'
        "<br>Question?</p>"
    )
    parsed = _feed(
        "https://bridge.example/?action=display&bridge=BlueskyBridge&user_id=name.example&format=Atom",
        "Bluesky - A Name (@name.example)", "https://bsky.app/profile/name.example",
        _entry(page, "Mine", content, "name.example"),
        _entry("https://bsky.app/profile/d.example/post/3kd", "Repost by name.example, post by d.example",
               '<p><b>Dee</b> <i>@d.example</i> <a href="https://bsky.app/profile/d.example/post/3kd">posted</a>:<br>D</p>',
               "d.example"))  # fmt: skip
    own, other = parsed.items
    post = _post(own)
    assert own.content == "<p>Mine</p>"
    assert (post.network, post.id) == (Network.BLUESKY, "at://name.example/app.bsky.feed.post/3kabc")
    assert post.author == Person("@name.example", "A Name", "https://bsky.app/profile/name.example")
    said = {(each.relation, each.author.handle, each.author.name, each.html) for each in post.referred if each.author}
    assert said == {
        (Relation.QUOTED, "@b.example", "Bee", "Theirs"),
        (Relation.ANSWERED, "@c.example", "Sea", "Question?"),
    }
    assert (other.content, _post(other).author.name, _post(other).author.handle) == ("<p>D</p>", "Dee", "@d.example")
    assert _post(other).reposted_by == post.author


def test_rss_bridge_s_posts_of_mastodon() -> None:
    parsed = _feed(
        "https://bridge.example/?action=display&bridge=MastodonBridge&canusername=%40user%40piaille.fr",
        "@user@piaille.fr", "https://piaille.fr/users/user",
        _entry("https://piaille.fr/users/user/statuses/109", "Bonjour...", "<p>Bonjour à tous</p>", "@user@piaille.fr"),
        _entry("https://autre.example/users/elle/statuses/110", "Shared a status by @elle@autre.example: Salut",
               "<p>Salut</p>", "@elle@autre.example"))  # fmt: skip
    own, other = parsed.items
    assert (_post(own).network, _post(own).id) == (Network.MASTODON, "109@piaille.fr")
    assert _post(own).author.handle == "@user@piaille.fr"
    assert (_post(own).reposted_by, _post(other).author.name) == (None, "")
    assert (_post(other).id, _post(other).author.handle) == ("110@autre.example", "@elle@autre.example")
    assert _post(other).reposted_by.handle == "@user@piaille.fr"  # type: ignore[union-attr]


# RSSHub ------------------------------------------------------------------------------------------


def test_rsshub_s_posts_of_x() -> None:
    link = "https://x.com/GridMoor/status/{}"
    quote = '<hr style="border:0"><div class="rsshub-quote">Some One:&ensp;Their words<br></div>'
    readable = (
        '<div class="rsshub-quote"><br clear="both" /><div style="clear: both"></div><blockquote style="margin:0">'
        "<a href='https://x.com/One'><strong>Some One</strong></a>:&ensp;Their words<br><small>Link: "
        "<a href='https://x.com/One/status/77'>https://x.com/One/status/77</a></small></blockquote></div>"
        '<br clear="both" /><div style="clear: both"></div>'
    )
    parsed = _feed(
        "https://rsshub.example/twitter/user/gridmoor/includeRts=1", "Twitter @Gridmoor Power", "https://x.com/gridmoor",
        _entry(link.format(11), "Storm over", "Storm over", "Gridmoor Power"),
        _entry(link.format(12), "RT Some One: Theirs", "RT&ensp;Some One<br>Theirs<br>too", "Gridmoor Power"),
        _entry(link.format(13), "Quite", f"Quite{quote}", "Gridmoor Power"),
        _entry(link.format(14), "Quite", f"Quite{readable}", "Gridmoor Power"),
        _entry(link.format(15), "Re @One yes", "Re @One yes", "Gridmoor Power"),
        _entry(link.format(16), "RT @old: manner", "RT @old: manner", "Gridmoor Power"),
    )  # fmt: skip
    plainly, passed, quoting, readably, answer, manual = parsed.items
    me = Person("@GridMoor", "Gridmoor Power", "https://x.com/GridMoor")
    assert (_post(plainly).author, _post(plainly).id, plainly.content) == (me, "11", "Storm over")
    assert (_post(passed).author, _post(passed).reposted_by) == (Person("", "Some One"), me)
    assert passed.content == "Theirs<br>too"
    assert (quoting.content, readably.content) == ("Quite", "Quite")
    assert _post(quoting).referred == (Referred(Relation.QUOTED, author=Person("", "Some One"), html="Their words"),)
    assert _post(readably).referred == (
        Referred(
            Relation.QUOTED, "77", Person("@One", "Some One", "https://x.com/One"), "https://x.com/One/status/77",
            "Their words"),
    )  # fmt: skip
    assert answer.content == "@One yes"
    assert _post(answer).referred == (Referred(Relation.ANSWERED, author=Person("@One", url="https://x.com/One")),)
    assert (_post(manual).author, _post(manual).reposted_by, manual.content) == (me, None, "RT @old: manner")


def test_rsshub_s_search_says_whose_each_post_is() -> None:
    parsed = _feed(
        "https://rsshub.example/twitter/keyword/hydrogen", "Twitter Keyword: hydrogen", "https://x.com/search?q=hydrogen",
        _entry("https://x.com/One/status/11", "Some One: A", "A", "Some One"))  # fmt: skip
    assert _post(parsed.items[0]).author == Person("@One", "Some One", "https://x.com/One")


def test_rsshub_s_posts_of_bluesky_and_mastodon() -> None:
    (item,) = _feed(
        "https://rsshub.example/bsky/profile/name.example", "A Name (@name.example) — Bluesky",
        "https://bsky.app/profile/name.example",
        _entry("https://bsky.app/profile/name.example/post/3kabc", "Hello", "Hello<br>there<br>", "A Name"),
    ).items  # fmt: skip
    assert _post(item).author == Person("@name.example", "A Name", "https://bsky.app/profile/name.example")
    own, other = _feed(
        "https://rsshub.example/mastodon/acct/user@piaille.fr/statuses", "Une Plume (@user)", "https://piaille.fr/@user",
        _entry(
            "https://piaille.fr/@user/109", '@user: "(CW) chaleur"', "chaleur<hr /><p>Il fait 40.</p>",
            "Une Plume (@user)"),
        _entry(
            "https://autre.example/@elle/110", 'Re @user: "Salut"', "<hr /><p>Salut</p>", "Elle (@elle@autre.example)"),
    ).items  # fmt: skip
    assert (_post(own).warning, own.content) == ("chaleur", "<p>Il fait 40.</p>")
    assert _post(own).author == Person(
        "@user@piaille.fr", "Une Plume", "https://piaille.fr/@user", "https://piaille.fr/@user"
    )
    assert (_post(other).author.handle, _post(other).author.name) == ("@elle@autre.example", "Elle")
    assert _post(other).reposted_by.handle == "@user@piaille.fr"  # type: ignore[union-attr]
    assert (_post(other).warning, other.content) == ("", "<p>Salut</p>")


# What networks give themselves -------------------------------------------------------------------


def test_mastodon_s_own_feed() -> None:
    (item,) = _feed(
        "https://piaille.fr/@user.rss", "Une Plume", "https://piaille.fr/@user",
        _entry("https://piaille.fr/@user/109", "", "<p>Bonjour <a href='https://piaille.fr/tags/h2'>#h2</a></p>"),
    ).items  # fmt: skip
    post = _post(item)
    assert (post.network, post.id) == (Network.MASTODON, "109@piaille.fr")
    assert post.author == Person(
        "@user@piaille.fr", "Une Plume", "https://piaille.fr/@user", "https://piaille.fr/@user"
    )
    assert item.content == '<p>Bonjour <a href="https://piaille.fr/tags/h2">#h2</a></p>'


def test_a_hashtag_s_feed_has_many_authors() -> None:
    items = _feed(
        "https://piaille.fr/tags/h2.rss", "#h2", "https://piaille.fr/tags/h2",
        _entry("https://piaille.fr/@a/109", "", "<p>A</p>"), _entry("https://autre.example/@b/110", "", "<p>B</p>"),
    ).items  # fmt: skip
    assert [_post(item).author.handle for item in items] == ["@a@piaille.fr", "@b@autre.example"]


def test_a_feed_of_mastodon_is_known_without_its_address() -> None:
    (item,) = _feed(
        "https://burner.example/x", "Une Plume", "https://piaille.fr/@user",
        _entry("https://piaille.fr/@user/109", "", "<p>Bonjour</p>")).items  # fmt: skip
    assert _post(item).author.label == "Une Plume"


def test_bluesky_s_own_feed() -> None:
    uri = f"at://{DID}/app.bsky.feed.post/3kabc"
    (item,) = _feed(
        "https://bsky.app/profile/name.example/rss", "@name.example - A Name", "https://bsky.app/profile/name.example",
        _entry("https://bsky.app/profile/name.example/post/3kabc", "", "Two\n\nparts", guid=uri)).items  # fmt: skip
    post = _post(item)
    assert (post.network, post.id, item.uid) == (Network.BLUESKY, uri, uri)
    assert post.author == Person("@name.example", "A Name", "https://bsky.app/profile/name.example", DID)
    assert item.content == "<p>Two</p><p>parts</p>"


# All other feeds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://blog.example/feed", "https://blog.example/2026/a-word"),
        ("https://blog.example/@writer.rss", "https://blog.example/@writer/a-story"),
        ("https://blog.example/tags/h2.rss", "https://blog.example/2026/h2"),
        ("https://blog.example/feed", "https://blog.example/@writer/109"),
        ("https://blog.example/feed", "https://blog.example/team/status/12345678901"),
        ("https://medium.example/twitter/user/name", "https://medium.example/a-word"),
        ("https://blog.example/?bridge=London", "https://blog.example/london"),
    ],
)
def test_other_feeds_stay_as_they_are(address: str, link: str) -> None:
    (item,) = _feed(address, "A Blog", "https://blog.example/", _entry(link, "A story", "<p>It begins.</p>")).items
    assert (item.kind, item.post, item.title) == (ItemKind.ARTICLE, None, "A story")


def test_a_mirror_s_known_entries_stay_known() -> None:
    entry = _entry("https://nitter.net/GridMoor/status/12345678901#m", "Hi", "<p>Hi</p>", "@GridMoor")
    (item,) = _nitter(entry)
    feed = ("https://nitter.net/gridmoor/rss", "Gridmoor Power / @GridMoor", "https://nitter.net/GridMoor")
    assert _feed(*feed, entry, known={item.uid: item.hash}).items == ()


_PIECES = [
    "<div>", "</div>", "<blockquote>", "</blockquote>", "<hr>", "<p>", "</p>", "<b>", "</b>", "<br>", "<small>Link: ",
    "Name (@h)", ":\u2002", "RT\u2002", "RT: ", "Re ", "\u202e", "Replying to <b>", "Quoted post</a> from <b>",
    "<footer>",
    '<a href="https://nitter.net/a/status/1">', '<a href="javascript:x">', '<a href="https://[x/">', "</a>",
    "posted</a>:<br>",
]  # fmt: skip
_ADDRESSES = [
    "https://nitter.net/a/rss", "https://b.example/?bridge=Twitter&u=a", "https://b.example/?bridge=Bluesky&user_id=%00",
    "https://b.example/?bridge=Mastodon&canusername=@@", "https://h.example/twitter/user/a", "https://h.example/mastodon/acct/@",
    "https://bsky.app/profile/a.example/rss", "https://m.example/@a.rss",
]  # fmt: skip
_LINKS = [
    "https://x.com/a/status/1",
    "https://bsky.app/profile/a.b/post/3",
    "https://m.example/@a/1",
    "https://[x/",
    "",
]


@given(
    st.sampled_from(_ADDRESSES), st.sampled_from(_LINKS), st.lists(st.sampled_from(_PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(_PIECES), max_size=4).map("".join))  # fmt: skip
def test_hostile_mirrors_are_harmless(address: str, link: str, content: str, title: str) -> None:
    parsed = _feed(address, title, link, _entry(link, title, content, title, guid="x"))
    for item in parsed.items:
        assert item_faults(item) == []
        for inside in item.post.referred if item.post else ():
            assert "javascript:" not in inside.html
            assert "\u202e" not in inside.html
