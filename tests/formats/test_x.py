"""The archive of X: every shape in which it comes, what each of its rows becomes, and that none goes missing."""

import csv
import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.formats.archives import ACCOUNT, SEEN, entries, like, note, packed, rows, script, tweet, unpacked
from veille.errors import BadFile
from veille.formats.entry import Collection, Entry, Refused
from veille.formats.files import opening
from veille.formats.readers import x
from veille.model import Item, ItemKind
from veille.posts import Figures, Media, Network, Person, Relation

MADE = datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)
ME = Person("@ada", "Ada Example", "https://x.com/ada", "99")
WHOLE = {
    "data/account.js": script("account", [ACCOUNT]),
    "data/tweets.js": script("tweets", [tweet(101, "One"), tweet(102, "Two")]),
    "data/tweets-part1.js": script("tweets", [tweet(103, "Three")["tweet"]], 1),
    "data/community-tweet.js": script("community_tweet", [tweet(104, "Four")]),
    "data/like.js": script("like", [like(201, "Liked"), like(202)]),
    "data/like-part1.js": script("like", [like(203, "More")["like"]], 1),
    "data/bookmarks.js": script("bookmarks", [like(301, "Kept", "bookmark")]),
    "data/bookmark-part1.js": script("bookmark", [like(302, "Flat", "bookmark")["bookmark"]], 1),
    "data/deleted-tweets.js": script("deleted_tweets", [tweet(105, "Gone")]),
    "data/tweet-headers.js": script("tweet_headers", [tweet(106, "")]),
    "data/direct-messages.js": script("direct_messages", [{"dmConversation": {}}]),
    "data/manifest.js": b'window.__THAR_CONFIG = {"userInfo": {}}',
    "assets/js/tweets.js": b"// no data",
    "data/tweets_media/101-a.jpg": b"\xff\xd8",
    "Your archive.html": b"<html>",
}
FOUND = ["101", "102", "103", "104", "201", "202", "203", "301", "302"]


def one(tmp_path: Path, *tweets: Any, account: bool = True) -> Item:
    """The item of the first of ``tweets``."""
    members = {"data/tweets.js": script("tweets", tweets)}
    if account:
        members["data/account.js"] = script("account", [ACCOUNT])
    return entries(packed(tmp_path / "one.zip", members))[0].item


# Shapes ------------------------------------------------------------------------------------------


def test_an_archive_as_it_comes(tmp_path: Path) -> None:
    found = entries(packed(tmp_path / "twitter.zip", WHOLE))
    assert sorted(each.item.uid for each in found) == FOUND
    assert Counter(each.collection for each in found) == {
        Collection.X_POSTS: 4, Collection.X_LIKES: 3, Collection.X_BOOKMARKS: 2}  # fmt: skip
    assert [(each.place, each.row) for each in found if each.collection is Collection.X_LIKES] == [
        ("data/like.js", 1), ("data/like.js", 2), ("data/like-part1.js", 1)]  # fmt: skip
    assert {each.item.kind for each in found} == {ItemKind.POST}


def test_unpacked_deeper_or_as_its_data_alone(tmp_path: Path) -> None:
    expected = [each.item for each in entries(packed(tmp_path / "a.zip", WHOLE))]
    deeper = {f"twitter-2026-11-26/{name}": data for name, data in WHOLE.items()}
    flat = {name.partition("/")[2]: data for name, data in WHOLE.items() if name.startswith("data/")}
    for number, path in enumerate(
        [
            unpacked(tmp_path / "a", WHOLE), unpacked(tmp_path / "b", deeper), unpacked(tmp_path / "c", flat),
            packed(tmp_path / "d.zip", deeper), packed(tmp_path / "e.zip", flat),
        ]
    ):  # fmt: skip
        assert {each.uid for each in expected} == {each.item.uid for each in entries(path)}, number


@pytest.mark.parametrize(
    ("name", "uids"),
    [("data/tweets.js", ["101", "102"]), ("data/like-part1.js", ["203"]), ("data/bookmark-part1.js", ["302"])],
)
def test_one_script_by_itself_whatever_it_is_called(tmp_path: Path, name: str, uids: list[str]) -> None:
    path = tmp_path / "download (1)"
    path.write_bytes(WHOLE[name])
    found = entries(path)
    assert [each.item.uid for each in found] == uids
    assert {each.place for each in found} == {""}
    with opening(path, x.wanted) as files:
        list(x.rows(files, SEEN))
        assert files.done == files.total == len(WHOLE[name])


def test_other_files_are_no_archive_of_x(tmp_path: Path) -> None:
    for name, data in (("a.js", b"// script"), ("tweets.js", b"[]"), ("b.js", WHOLE["data/deleted-tweets.js"])):
        (tmp_path / name).write_bytes(data)
        with opening(tmp_path / name, x.wanted) as files:
            assert not x.recognises(files)
    with opening(packed(tmp_path / "c.zip", {"data/account.js": b"[]", "index.html": b""}), x.wanted) as files:
        assert not x.recognises(files)


def test_an_archive_of_before_2018(tmp_path: Path) -> None:
    user = {"screen_name": "ada", "name": "Ada", "id_str": "99"}
    raw = {"id_str": "7", "text": "Old &amp; short", "created_at": "2012-01-31 10:11:12 +0100", "user": user}
    text = "Grailbird.data.tweets_2012_01 = " + json.dumps([raw])
    (found,) = entries(packed(tmp_path / "a.zip", {"data/js/tweets/2012_01.js": text.encode()}))
    assert found.item.content == "<p>Old &amp; short</p>"
    assert found.item.published == datetime(2012, 1, 31, 9, 11, 12, tzinfo=UTC)
    assert found.item.url == "https://x.com/ada/status/7"


# Posts -------------------------------------------------------------------------------------------


def test_a_post(tmp_path: Path) -> None:
    item = one(tmp_path, tweet(101, "Hello &lt;you&gt; &amp; me\n\nagain"))
    assert item.post is not None
    assert (item.uid, item.url, item.author) == ("101", "https://x.com/ada/status/101", "Ada Example")
    assert item.content == "<p>Hello &lt;you&gt; &amp; me</p><p>again</p>"
    assert (item.published, item.at, item.seen, item.lang) == (MADE, MADE, SEEN, "en")
    assert (item.post.network, item.post.id, item.post.author) == (Network.X, "101", ME)
    assert item.post.figures == Figures(reposts=1, likes=3)


def test_links_media_names_and_tags(tmp_path: Path) -> None:
    text = "🙂 @Bob read https://t.co/aaa #Énergie $X https://t.co/zzz https://t.co/mmm"
    medium = {
        "url": "https://t.co/mmm", "expanded_url": "https://twitter.com/ada/status/101/photo/1", "type": "photo",
        "media_url": "http://pbs.twimg.com/a.jpg", "media_url_https": "https://pbs.twimg.com/a.jpg",
        "ext_alt_text": "A roof", "indices": ["63", "79"]}  # fmt: skip
    item = one(tmp_path, tweet(101, text, entities={
        "urls": [{"url": "https://t.co/aaa", "expanded_url": "https://example.org/a?utm_source=x&b=1",
                  "display_url": "example.org/a", "indices": ["12", "28"]}],
        "hashtags": [{"text": "Énergie", "indices": ["29", "37"]}], "symbols": [{"text": "X", "indices": ["38", "40"]}],
        "user_mentions": [{"screen_name": "Bob", "name": "Bob", "id_str": "5", "indices": ["2", "6"]}],
        "media": [medium]}, extended_entities={"media": [medium, {**medium, "type": "video"}]}))  # fmt: skip
    assert item.content == (
        '<p>🙂 <a href="https://x.com/Bob">@Bob</a> read <a href="https://example.org/a?b=1">example.org/a?b=1</a> '
        '<a href="https://x.com/hashtag/%C3%89nergie">#Énergie</a> <a href="https://x.com/search?q=%24X">$X</a> '
        '<a href="https://t.co/zzz">t.co/zzz</a></p>')  # fmt: skip
    assert item.media == (
        Media("image", "https://pbs.twimg.com/a.jpg", "A roof"),
        Media("video", "https://pbs.twimg.com/a.jpg", "A roof"),
    )
    assert item.tags == ("Énergie",)
    assert item.post is not None
    assert item.post.mentions == (Person("@Bob", "", "https://x.com/Bob", "5"),)


def test_answers_and_threads(tmp_path: Path) -> None:
    to = {"in_reply_to_status_id_str": "90", "in_reply_to_user_id_str": "5", "in_reply_to_screen_name": "bob"}
    post = one(tmp_path, tweet(101, "@bob yes", **to)).post
    assert post is not None
    assert not post.continues
    (answered,) = post.referred
    assert (answered.relation, answered.id, answered.url) == (Relation.ANSWERED, "90", "https://x.com/bob/status/90")
    assert answered.author == Person("@bob", "", "https://x.com/bob", "5")
    post = one(tmp_path, tweet(101, "and", in_reply_to_status_id_str="90", in_reply_to_user_id_str="99")).post
    assert post is not None
    assert post.continues == "90"
    assert post.referred[0].author == ME
    post = one(tmp_path, tweet(101, "@gone thanks", in_reply_to_status_id="90", in_reply_to_user_id="7")).post
    assert post is not None
    assert post.referred[0].author == Person("", "", "https://x.com/i/user/7", "7")


def test_quotes(tmp_path: Path) -> None:
    url = {"url": "https://t.co/q", "expanded_url": "https://twitter.com/bob/status/90", "indices": ["5", "19"]}
    quoting = {"entities": {"urls": [url]}, "quoted_status_id_str": "90"}
    more = {"quoted_status_permalink": {"expanded": "https://twitter.com/bob/status/90"}}
    item = one(tmp_path, tweet(101, "This https://t.co/q", **quoting, **more))
    assert item.content == "<p>This</p>"
    assert item.post is not None
    assert [(each.relation, each.url) for each in item.post.referred] == [
        (Relation.QUOTED, "https://x.com/bob/status/90")]  # fmt: skip
    untold = one(tmp_path, tweet(101, "This https://t.co/q", entities={"urls": [url]}))
    assert '<a href="https://twitter.com/bob/status/90">' in untold.content


def test_reposts(tmp_path: Path) -> None:
    bob = {"screen_name": "Bob", "id_str": "5", "indices": ["3", "7"]}
    item = one(tmp_path, tweet(101, "RT @bob: Big news &amp; mo…", entities={"user_mentions": [bob]}))
    assert item.post is not None
    assert item.post.author == Person("@bob", "", "https://x.com/bob", "5")
    assert item.post.reposted_by == ME
    assert item.content == "<p>Big news &amp; mo…</p>"
    assert (item.url, item.published, item.at) == ("https://x.com/ada/status/101", None, MADE)
    original = tweet(90, "Big news and more", user={"screen_name": "bob", "name": "Bob"})["tweet"]
    item = one(tmp_path, tweet(101, "RT @bob: Big", retweeted_status=original))
    assert item.post is not None
    assert (item.uid, item.post.id, item.url) == ("101", "90", "https://x.com/bob/status/90")
    assert (item.content, item.author) == ("<p>Big news and more</p>", "Bob")


def test_without_an_account_or_a_date(tmp_path: Path) -> None:
    raw = tweet("1500000000000000000", "Hello")["tweet"]
    del raw["created_at"]
    item = one(tmp_path, raw, account=False)
    assert (item.url, item.author) == ("https://x.com/i/status/1500000000000000000", "")
    assert item.published == datetime(2022, 3, 5, 6, 47, 23, 309000, tzinfo=UTC)
    item = one(tmp_path, tweet(5, "Older than ids tell", created_at="nonsense"))
    assert (item.published, item.at) == (None, SEEN)


def test_an_edited_post_is_known_by_its_first_id(tmp_path: Path) -> None:
    first, last = "1500000000000000000", "1500000000999999999"
    item = one(tmp_path, tweet(last, "Better", edit_info={"edit": {"initialTweetId": first}}))
    assert item.post is not None
    assert (item.uid, item.post.id, item.url.rpartition("/")[2]) == (first, first, last)
    assert item.published == datetime(2022, 3, 5, 6, 47, 23, 309000, tzinfo=UTC)


# Long posts --------------------------------------------------------------------------------------

LONG = "This is the beginning of a text that goes on & on for much longer than a post of old could ever have been. " * 6
CUT = LONG[:200].replace("&", "&amp;") + "… https://t.co/cut"


@pytest.mark.parametrize("name", ["note-tweet.js", "z/data/note-tweet-part1.js"])
@pytest.mark.parametrize("id", [101, 777])
def test_a_long_text_takes_the_place_of_its_beginning(tmp_path: Path, name: str, id: int) -> None:
    url = {"shortUrl": "https://t.co/in", "expandedUrl": "https://example.org/in"}
    long = note(id, f"{LONG} https://t.co/in #tag", urls=[url], hashtags=["tag"])
    other = note(500, "Something else, made in the same second")
    found = entries(packed(tmp_path / "a.zip", {
        "data/tweets.js": script("tweets", [tweet(100, "Short"), tweet(101, f"@bob {CUT}"), tweet(102, "Short, too")]),
        name: script("note_tweet", [other, long])}))  # fmt: skip
    assert [(each.row, each.item.uid) for each in found if each.place == "data/tweets.js"] == [
        (1, "100"), (2, "101"), (3, "102")]  # fmt: skip
    whole = found[1].item
    assert whole.content.startswith("<p>@bob This is the beginning")
    assert whole.content.endswith(
        '<a href="https://example.org/in">example.org/in</a> <a href="https://x.com/hashtag/tag">#tag</a></p>'
    )
    assert "t.co" not in whole.content
    assert found[2].item == whole  # the row of the note
    assert (found[2].place, found[2].row) == (name, 2)
    assert [each.item.uid for each in found] == ["100", "101", "101", "102", "500"]


def test_a_long_text_is_found_by_its_beginning_when_the_seconds_differ(tmp_path: Path) -> None:
    members = {
        "data/tweets.js": script("tweets", [tweet(101, CUT)]),
        "data/note-tweet.js": script("note_tweet", [note(777, LONG, "2018-10-10T20:19:25.000Z")])}  # fmt: skip
    found = entries(packed(tmp_path / "a.zip", members))
    assert [each.item.uid for each in found] == ["101", "101"]


def test_a_long_text_without_its_post_is_kept_and_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "note-tweet.js"
    path.write_bytes(script("note_tweet", [note(777, LONG)]))
    (found,) = entries(path)
    assert (found.item.uid, found.item.url) == ("777", "")
    assert found.item.published == MADE
    assert found.item.post is not None
    assert not found.item.post.id  # so that nobody is asked whether it still stands


def test_long_texts_that_have_no_room_are_kept_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x, "_MOST_HELD", 10_000)
    notes = [note(700 + number, f"{number} {LONG}") for number in range(10)]
    posts = [tweet(100 + number, f"{number} {CUT}") for number in range(10)]
    found = entries(packed(tmp_path / "a.zip", {
        "data/tweets.js": script("tweets", posts), "data/note-tweet.js": script("note_tweet", notes)}))  # fmt: skip
    assert len(found) == 20


# Likes and bookmarks -----------------------------------------------------------------------------


def test_a_like(tmp_path: Path) -> None:
    path = tmp_path / "like.js"
    path.write_bytes(script("like", [
        like("1500000000000000000", "Sun &amp; wind https://t.co/abc", likedAt="2023-01-02T03:04:05.000Z"),
        like(202), like(203, "Named", expandedUrl="https://x.com/bob/status/203")]))  # fmt: skip
    said, bare, named = entries(path)
    assert said.item.content == '<p>Sun &amp; wind <a href="https://t.co/abc">t.co/abc</a></p>'
    assert said.item.url == "https://x.com/i/status/1500000000000000000"
    assert said.item.published == datetime(2022, 3, 5, 6, 47, 23, 309000, tzinfo=UTC)
    assert (said.saved, said.item.author) == (datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC), "")
    assert bare.item.content == '<p><a href="https://x.com/i/status/202">x.com/i/status/202</a></p>'
    assert (bare.item.summary, bare.saved) == ("x.com/i/status/202", None)
    assert (named.item.url, named.item.author) == ("https://x.com/bob/status/203", "@bob")


def test_a_bookmark_may_hold_the_post_itself(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.js"
    path.write_bytes(script("bookmarks", [
        {"tweet": {"id_str": "301", "full_text": "Whole", "created_at": "Wed Oct 10 20:19:24 +0000 2018"}},
        {"bookmarkId": "9", "tweetId": 302, "addedAt": "2024-01-15T00:00:00Z"}]))  # fmt: skip
    whole, flat = entries(path)
    assert (whole.item.uid, whole.item.published, whole.item.summary) == ("301", MADE, "Whole")
    assert (flat.item.uid, flat.saved) == ("302", datetime(2024, 1, 15, tzinfo=UTC))


# Hostile -----------------------------------------------------------------------------------------


def test_what_has_no_id_is_refused_and_said(tmp_path: Path) -> None:
    odd = [{"tweet": {"full_text": "No id <b>"}}, 7, None, "x", [], {}, {"tweet": []}, {"tweet": {"id_str": "../1"}}]
    found = rows(packed(tmp_path / "a.zip", {"data/tweets.js": script("tweets", [tweet(1, "Good"), *odd])}))
    assert isinstance(found[0], Entry)
    assert [each.row for each in found] == list(range(1, len(odd) + 2))
    assert all(isinstance(each, Refused) and each.reason == "It does not say which post it is." for each in found[1:])
    assert isinstance(found[1], Refused)
    assert found[1].title == "No id <b>"


def test_nothing_in_a_text_runs(tmp_path: Path) -> None:
    evil = '"><svg onload=alert(1)> <script>x</script> javascript:alert(1) https://t.co/a'
    url = {"url": "https://t.co/a", "expanded_url": "javascript:alert(1)"}
    found = entries(packed(tmp_path / "a.zip", {
        "data/tweets.js": script("tweets", [tweet(1, evil, entities={"urls": [url]})]),
        "data/account.js": script("account", [{"account": {"username": "<b>", "accountDisplayName": "\u202e<i>"}}]),
        "data/like.js": script("like", [like(2, evil, expandedUrl="javascript:alert(1)")])}))  # fmt: skip
    for each in found:
        assert "<svg" not in each.item.content
        assert "<script" not in each.item.content
        assert 'href="javascript' not in each.item.content
        assert each.item.url.startswith("https://x.com/i/status/")
    assert found[0].item.author == "<i>"


def test_a_damaged_script_gives_what_came_before_and_the_others_are_read(tmp_path: Path) -> None:
    whole = script("tweets", [tweet(number, "x") for number in range(1, 6)])
    found = rows(packed(tmp_path / "a.zip", {
        "data/tweets.js": whole[: len(whole) * 3 // 4], "data/tweets-part1.js": b"\0\0\0", "data/account.js": b"[",
        "data/like.js": script("like", [like(9, "y")])}))  # fmt: skip
    assert [each.item.uid for each in found if isinstance(each, Entry)] == ["1", "2", "3", "9"]
    said = {each.place: each.reason for each in found if isinstance(each, Refused)}
    assert said == {
        "data/account.js": "The file could not be read to its end: it ends too early, after 0 entries.",
        "data/tweets.js": "The file could not be read to its end: it ends too early, after 3 entries.",
        "data/tweets-part1.js": "The file could not be read to its end: it is not JSON.",
    }


KEYS = """tweet like id_str id full_text text created_at entities urls url expanded_url indices media hashtags
    user_mentions screen_name extended_entities edit_info initial editTweetIds tweetId fullText expandedUrl core
    noteTweet noteTweetId createdAt mentions retweeted_status quoted_status_id_str user lang account username
    in_reply_to_status_id_str in_reply_to_user_id_str favorite_count quoted_status_permalink"""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.text(max_size=20) | st.sampled_from(["1", "RT @a: b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=8),
    max_leaves=30,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("x") / "a.zip"


@settings(deadline=None, max_examples=60)
@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_every_object_is_accounted_for(place: Path, posts: list[Any], notes: list[Any], likes: list[Any]) -> None:
    good = tweet(10**18, "Good")
    found = rows(packed(place, {
        "data/account.js": script("account", notes), "data/tweets.js": script("tweets", [*posts, good]),
        "data/note-tweet.js": script("note_tweet", notes), "data/like.js": script("like", likes)}))  # fmt: skip
    counted = Counter(each.place for each in found)
    expected = {"data/tweets.js": len(posts) + 1, "data/note-tweet.js": len(notes), "data/like.js": len(likes)}
    assert counted == Counter(expected)
    for name, count in expected.items():
        assert sorted(each.row for each in found if each.place == name) == list(range(1, count + 1))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([name for name in WHOLE if name.endswith("s.js")]), st.floats(0, 1))
def test_no_bytes_in_a_member_raise_anything(place: Path, junk: bytes, name: str, at: float) -> None:
    whole = WHOLE[name]
    cut = int(at * len(whole))
    for data in (junk, whole[:cut] + junk + whole[cut:], whole[:cut]):
        packed(place, {**WHOLE, name: data})
        with suppress(BadFile), opening(place, x.wanted) as files:
            assert len(list(x.rows(files, SEEN))) >= len(FOUND) - 2


# Real ones ---------------------------------------------------------------------------------------


def test_posts_of_a_real_archive(tmp_path: Path) -> None:
    lines = (corpus("C_social", "x-archive-waynegraham") / "tweets.jsonl").read_text(encoding="utf-8").splitlines()
    raw = [json.loads(line) for line in lines if line]
    found = entries(packed(tmp_path / "a.zip", {"data/tweets.js": script("tweets", [{"tweet": each} for each in raw])}))
    assert [each.item.uid for each in found] == [each["id_str"] for each in raw]
    for each in found:
        assert each.item.post is not None
        assert each.item.post.author.handle
        assert each.item.published
        assert "t.co" not in each.item.content


def test_texts_of_real_posts(tmp_path: Path) -> None:
    csv.field_size_limit(1_000_000)
    with (corpus("C_social", "minet-tweets-fr") / "tweets_melenchon.csv").open(encoding="utf-8", newline="") as file:
        texts = [(row["id"], row["text"].replace("&", "&amp;").replace("<", "&lt;")) for row in csv.DictReader(file)]
    posts = [tweet(id, text, created_at="") for id, text in texts]
    likes = [like(id, text) for id, text in texts]
    found = entries(packed(tmp_path / "a.zip", {
        "data/tweets.js": script("tweets", posts), "data/likes.js": script("like", likes)}))  # fmt: skip
    assert len(found) == 2 * len(texts)
    assert [each.item.uid for each in found] == [id for id, _text in texts] * 2
    assert all(each.item.summary for each in found)
    recent = [each for each in found if each.item.published and SEEN - each.item.published < timedelta(days=365 * 6)]
    assert len(recent) == len(found)
