"""What is pasted, and what it is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import corpus
from veille.content import handles
from veille.content.addresses import normalise
from veille.content.networks import Form, in_words, meant, shown, understand
from veille.content.text import plain
from veille.errors import BadAddress
from veille.i18n import use
from veille.model import SourceKind

DID = "did:plc:7iza6de2dwap2sbkpav7c6c6"
X, BLUESKY, MASTODON = "https://x.com/", "https://bsky.app/profile/", "https://piaille.fr/@"


def addresses(text: str) -> list[str]:
    """What ``text`` may mean; a feed with "feed:" before it."""
    return [("feed:" if each.kind is SourceKind.FEED else "") + each.address for each in understand(text)]


@pytest.mark.parametrize(
    ("pasted", "likeliest"),
    [
        # X
        ("@LeMonde", X + "lemonde"),
        ("  \uff20LeMonde\u200b ", X + "lemonde"),
        ("\u202a@LeMonde\u202c", X + "lemonde"),
        ("https://x.com/LeMonde", X + "lemonde"),
        ("https://x.com/LeMonde/", X + "lemonde"),
        ("x.com/LeMonde?s=20&t=abc#top", X + "lemonde"),
        ("http://www.twitter.com/LeMonde/status/1234567890/photo/1", X + "lemonde"),
        ("https://mobile.twitter.com/@LeMonde/with_replies", X + "lemonde"),
        ("https://twitter.com/#!/LeMonde", X + "lemonde"),
        ("https://twitter.com/intent/user?screen_name=LeMonde", X + "lemonde"),
        ("https://fxtwitter.com/LeMonde/status/12", X + "lemonde"),
        ("<https://x.com/LeMonde>", X + "lemonde"),
        ("@lemonde@twitter.com", X + "lemonde"),
        ("https://piaille.fr/@lemonde@twitter.com", X + "lemonde"),
        ("https://x.com/i/lists/84839422", X + "i/lists/84839422"),
        ("twitter.com/i/lists/84839422/members?x=1", X + "i/lists/84839422"),
        ("https://x.com/search?q=hydrogen%20lang%3Afr&src=typed_query&f=live", X + "search?q=hydrogen%20lang%3Afr"),
        ("https://x.com/search?q=a+b", X + "search?q=a%20b"),
        ("https://x.com/hashtag/Hydrogène?src=hashtag_click", X + "search?q=%23Hydrog%C3%A8ne"),
        ("#H2", X + "search?q=%23H2"),
        ("x: hydrogène -foot", X + "search?q=hydrog%C3%A8ne%20-foot"),
        ("Search:\u00a0“green  steel”", X + "search?q=%E2%80%9Cgreen%20steel%E2%80%9D"),
        ("recherche\u00a0: acier vert", X + "search?q=acier%20vert"),
        # Bluesky
        ("@name.example.com", BLUESKY + "name.example.com"),
        ("Name.bsky.social", BLUESKY + "name.bsky.social"),
        ("@name.bsky.social.", BLUESKY + "name.bsky.social"),
        ("https://name.bsky.social", BLUESKY + "name.bsky.social"),
        ("@bücher.example", BLUESKY + "xn--bcher-kva.example"),
        ("@long-name-of-sixt", BLUESKY + "long-name-of-sixt.bsky.social"),
        (DID, BLUESKY + DID),
        (f"at://{DID}/app.bsky.feed.post/3kabc", BLUESKY + DID),
        ("at://name.example.com", BLUESKY + "name.example.com"),
        ("https://bsky.app/profile/Name.bsky.social", BLUESKY + "name.bsky.social"),
        ("bsky.app/profile/name.bsky.social/post/3kabc?ref=x", BLUESKY + "name.bsky.social"),
        (f"https://bsky.app/profile/{DID.replace(':', '%3A')}", BLUESKY + DID),
        ("https://bsky.app/profile/@name.bsky.social/", BLUESKY + "name.bsky.social"),
        ("https://bsky.app/profile/name.bsky.social/rss", BLUESKY + "name.bsky.social"),
        ("@name.bsky.social@bsky.brid.gy", BLUESKY + "name.bsky.social"),
        ("name@bsky.social", BLUESKY + "name.bsky.social"),
        # Mastodon
        ("@User@piaille.fr", MASTODON + "user"),
        ("user@PIAILLE.fr.", MASTODON + "user"),
        ("acct:user@piaille.fr", MASTODON + "user"),
        ("https://piaille.fr/@User", MASTODON + "user"),
        ("http://piaille.fr/@User/", MASTODON + "user"),
        ("piaille.fr/@user/109876543210", MASTODON + "user"),
        ("https://piaille.fr/web/@user", MASTODON + "user"),
        ("https://piaille.fr/deck/@user/109876543210", MASTODON + "user"),
        ("https://piaille.fr/users/User", MASTODON + "user"),
        ("https://piaille.fr/users/user/statuses/109876543210", MASTODON + "user"),
        ("https://mastodon.social/@user@piaille.fr", MASTODON + "user"),
        ("https://mastodon.social/@user@piaille.fr/109876543210", MASTODON + "user"),
        ("https://piaille.fr/@user.rss", MASTODON + "user"),
        ("https://piaille.fr/@user/with_replies.rss", MASTODON + "user"),
        ("https://piaille.fr/%40user", MASTODON + "user"),
        ("http://pi.lan:3000/@user", "http://pi.lan:3000/@user"),
        ("@user@bücher.example", "https://xn--bcher-kva.example/@user"),
        ("#Hydrogène@piaille.fr", "https://piaille.fr/tags/hydrog%C3%A8ne"),
        ("https://piaille.fr/tags/Hydrogène", "https://piaille.fr/tags/hydrog%C3%A8ne"),
        ("https://piaille.fr/tags/h2.rss", "https://piaille.fr/tags/h2"),
        ("https://piaille.fr/web/timelines/tag/h2", "https://piaille.fr/tags/h2"),
        # Feeds
        ("https://News.Example:443/feed#top", "feed:https://news.example/feed"),
        ("news.example/feed?x=1", "feed:https://news.example/feed?x=1"),
        ("//news.example/feed", "feed:https://news.example/feed"),
        ("feed:https://piaille.fr/@user.rss", "feed:https://piaille.fr/@user.rss"),
        ("feed://bsky.app/profile/name.bsky.social/rss", "feed:http://bsky.app/profile/name.bsky.social/rss"),
        ("https://www.youtube.com/@channel", "feed:https://www.youtube.com/@channel"),
        ("https://medium.com/@writer", "feed:https://medium.com/@writer"),
        ("https://www.threads.net/@name", "feed:https://www.threads.net/@name"),
        ("https://blog.example/@writer/some-story-12ab", "feed:https://blog.example/@writer/some-story-12ab"),
        ("https://blog.example/tags/h2/feed/", "feed:https://blog.example/tags/h2/feed/"),
        ("https://nitter.net/LeMonde", "feed:https://nitter.net/LeMonde/rss"),
        ("https://nitter.net/LeMonde/rss", "feed:https://nitter.net/LeMonde/rss"),
        ("http://nitter.lan:8080/LeMonde/with_replies", "feed:http://nitter.lan:8080/LeMonde/with_replies/rss"),
        ("https://xcancel.com/LeMonde/status/12#m", "feed:https://xcancel.com/LeMonde/rss"),
        ("https://nitter.net/search?f=tweets&q=h2", "feed:https://nitter.net/search/rss?f=tweets&q=h2"),
        ("https://nitter.net/i/lists/84839422", "feed:https://nitter.net/i/lists/84839422/rss"),
        ("https://nitter.net/a,b/rss", "feed:https://nitter.net/a,b/rss"),
        ("https://rsshub.example/twitter/user/LeMonde", "feed:https://rsshub.example/twitter/user/LeMonde"),
    ],
)
def test_what_is_pasted_is_understood(pasted: str, likeliest: str) -> None:
    assert addresses(pasted)[0] == likeliest


@pytest.mark.parametrize(
    ("pasted", "also"),
    [
        ("@LeMonde", BLUESKY + "lemonde.bsky.social"),
        ("https://nitter.net/LeMonde", X + "lemonde"),
        ("https://nitter.net/LeMonde/rss", X + "lemonde"),
        ("https://nitter.net/search?q=h2", X + "search?q=h2"),
        ("https://nitter.net/i/lists/84839422/rss", X + "i/lists/84839422"),
        ("https://piaille.fr/@user.rss", "feed:https://piaille.fr/@user.rss"),
        ("https://blog.example/@user", "feed:https://blog.example/@user"),
        ("https://blog.example/tags/h2/", "feed:https://blog.example/tags/h2/"),
        ("https://bsky.app/profile/a.example/rss", "feed:https://bsky.app/profile/a.example/rss"),
        ("name.example.com", BLUESKY + "name.example.com"),
    ],
)
def test_what_else_it_may_mean_comes_second(pasted: str, also: str) -> None:
    assert addresses(pasted)[1:] == [also]


@pytest.mark.parametrize(
    "pasted",
    [
        "", "   ", "nonsense", "two words", "@", "@@", "@user@", "@user@host", "#", "#123", "#a b", "x:", "x://y/z",
        "search:  ", "https://", "ftp://news.example/", "javascript:alert(1)", "file:///etc/passwd",
        "mailto:user@piaille.fr", "https://ann:secret@news.example/feed", "https://ann@piaille.fr/@user",
        "x.com", "https://x.com/home", "https://x.com/i/communities/12", "https://x.com/search?f=live",
        "https://x.com/LeMonde/lists/press", "https://x.com/i/lists/press", "https://x.com/a_name_too_long_for_x",
        "https://bsky.app/", "https://bsky.app/profile/name", "https://bsky.app/profile/a.example/feed/news",
        "https://bsky.app/profile/did:plc:%", "did:plc:", "at://", "@name..example", "@-name.example.com",
        "@user@threads.net", "@user@nitter.net", "user name@piaille.fr", "@na\u0301me@piaille.fr",
        "@user@piaille.fr/x", "https://x.com/" + "a" * 5000, "x: " + "a" * 513, "@" + "a" * 40, "\x00", "\ud800",
    ],
)  # fmt: skip
def test_what_means_nothing(pasted: str) -> None:
    assert understand(pasted) == ()


@pytest.mark.parametrize(
    ("address", "kind", "form", "name", "host"),
    [
        ("https://x.com/lemonde", SourceKind.X, Form.ACCOUNT, "lemonde", "api.twitter.com"),
        ("https://x.com/i/lists/12", SourceKind.X, Form.LIST, "12", "api.twitter.com"),
        ("https://x.com/search?q=a%20%23b%2Bc", SourceKind.X, Form.SEARCH, "a #b+c", "api.twitter.com"),
        ("https://bsky.app/profile/a.example", SourceKind.BLUESKY, Form.ACCOUNT, "a.example", "public.api.bsky.app"),
        ("https://piaille.fr/@user", SourceKind.MASTODON, Form.ACCOUNT, "user@piaille.fr", "piaille.fr"),
        ("http://localhost:3000/@user", SourceKind.MASTODON, Form.ACCOUNT, "user@localhost:3000", "localhost"),
        ("https://piaille.fr/tags/%C3%A9nergie", SourceKind.MASTODON, Form.HASHTAG, "énergie", "piaille.fr"),
        ("https://piaille.fr/@user.rss", SourceKind.FEED, Form.FEED, "", "piaille.fr"),
    ],
)
def test_a_stored_address_says_what_it_is(address: str, kind: SourceKind, form: Form, name: str, host: str) -> None:
    one = meant(kind, address)
    assert (one.kind, one.form, one.address, one.name, one.host) == (kind, form, address, name, host)
    assert meant(kind, one.address) == one
    assert normalise(address) == address


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (SourceKind.X, "https://piaille.fr/@user"),
        (SourceKind.BLUESKY, "https://x.com/lemonde"),
        (SourceKind.MASTODON, "https://youtube.com/@user"),
        (SourceKind.X, "@lemonde"),
        (SourceKind.FEED, "news"),
    ],
)
def test_another_networks_address_is_refused(kind: SourceKind, address: str) -> None:
    with pytest.raises(BadAddress):
        meant(kind, address)


@pytest.mark.parametrize(
    ("pasted", "said", "short"),
    [
        ("@LeMonde", "The account @lemonde on X.", "@lemonde"),
        ("https://x.com/i/lists/12", "The list 12 on X.", "List 12"),
        ("x: green steel", "The search “green steel” on X.", "“green steel”"),
        ("@a.example", "The account @a.example on Bluesky.", "@a.example"),
        (DID, f"The account {DID} on Bluesky.", DID),
        ("@user@piaille.fr", "The account @user@piaille.fr on Mastodon.", "@user@piaille.fr"),
        ("#H2@piaille.fr", "The hashtag #h2 on piaille.fr (Mastodon).", "#h2"),
        ("news.example/feed", "The feed at https://news.example/feed", "https://news.example/feed"),
    ],
)
def test_in_words(pasted: str, said: str, short: str) -> None:
    use("en")
    one = understand(pasted)[0]
    assert in_words(one) == said
    assert shown(one) == short


SYNTAX = ("C_social", "atproto-models", "tests", "interop-test-files", "syntax")


def _lines(name: str) -> list[str]:
    text = corpus(*SYNTAX, name).read_text("utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def test_handles_and_dids_by_the_rules_of_the_network() -> None:
    for handle in _lines("handle_syntax_valid.txt"):
        assert handles.bluesky_name(handle.strip()) == handle.strip().lower()
        assert addresses(f"at://{handle.strip()}") == [BLUESKY + handle.strip().lower()]
    for did in _lines("did_syntax_valid.txt"):
        assert addresses(did) == [BLUESKY + did]
    for wrong in (*_lines("handle_syntax_invalid.txt"), *_lines("did_syntax_invalid.txt")):
        assert handles.bluesky_name(wrong) in ("", "did.method.val")  # no DID, but a handle


PIECES = [
    "@", "#", ":", "/", "//", ".", "?q=", "&", "%40", "%23", "https://", "http://", "at://", "did:plc:", "acct:", "x:",
    "search: ", "x.com", "twitter.com", "bsky.app/profile/", "bsky.social", "nitter.net", "piaille.fr", "example.com",
    ":8080", "i/lists/", "search", "hashtag/", "tags/", "users/", "web/", "rss", ".rss", "status/", "1234567", "name",
    "Name_1", "İ", "ß", "é", "е\u0301", "\u202e", "\u200b", "\uff20", "🙂", " ", "\n", "xn--", "..", "[", "\ud800",
]  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=8).map("".join)))
def test_it_never_raises_and_a_canonical_address_means_itself(text: str) -> None:
    for one in understand(text):
        assert normalise(one.address) == one.address
        assert meant(one.kind, one.address) == one
        again = understand(one.address)
        assert again[0] == one if one.kind is not SourceKind.FEED else one in understand(f"feed:{one.address}")
        for said in (in_words(one), shown(one)):
            assert plain(said) == said
