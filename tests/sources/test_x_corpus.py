"""Recorded answers of X, and 2,700 French posts, through the real parser: beside what the raw data say themselves."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import corpus
from veille.content.cleaning import clean_link
from veille.content.html import to_text
from veille.model import Item, ItemKind
from veille.posts import Fate, Relation, Standing
from veille.sources.x.answers import read
from veille.sources.x.posts import Reading, verdicts

SEEN = datetime(2026, 11, 26, tzinfo=UTC)
POSTS = re.compile(
    r"/2/(?:tweets(?:/\d+|/search/recent|/search/all)?|users/(?:\d+|\{id\})/tweets|lists/(?:\d+|\{id\})/tweets)(?:\?.*)?"
)
USERS = re.compile(r"/2/users(?:/by)?(?:\?.*)?")
RELATIONS = {"quoted": Relation.QUOTED, "replied_to": Relation.ANSWERED}
ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def cassettes(pattern: re.Pattern[str]) -> Iterator[tuple[str, Any]]:
    """The recorded answers of the endpoints in use: file, and the JSON value."""
    for path in sorted(corpus("C_social", "tweepy-cassettes").glob("test_*client_*.json")):
        for one in json.loads(path.read_text(encoding="utf-8")):
            route = one["uri"].removeprefix("https://api.twitter.com")
            if one["method"] == "GET" and pattern.fullmatch(route):
                yield path.name, one["json"]


def examples(pattern: re.Pattern[str]) -> Iterator[tuple[str, Any]]:
    """The same of X's own examples."""
    for path in sorted(corpus("C_social", "x-playground").rglob("*.json")):
        for one in json.loads(path.read_text(encoding="utf-8")):
            if one["method"] == "GET" and pattern.fullmatch(one["endpoint"]):
                yield path.name, one["response"]


def parsed(document: Any) -> list[tuple[Any, Item]]:
    """The raw posts of an answer, each with its item."""
    answer = read(document)
    reading = Reading(answer, {}, SEEN)
    return [(raw, item) for raw in answer.posts if (item := reading.item(raw, 7))]


def at(id: str) -> datetime:
    """When a post with this id was made."""
    return datetime.fromtimestamp(((int(id) >> 22) + 1288834974657) // 1000, UTC)


# Recorded ----------------------------------------------------------------------------------------


def test_every_recorded_post_of_an_endpoint_in_use_comes_out() -> None:
    files, count, reposts = set(), 0, 0
    for file, document in cassettes(POSTS):
        data = document["data"] if isinstance(document["data"], list) else [document["data"]]
        found = parsed(document)
        assert [raw["id"] for raw, _item in found] == [each["id"] for each in data]
        for raw, item in found:
            files.add(file)
            count += 1
            assert (item.uid, item.kind, item.title) == (raw["edit_history_tweet_ids"][0], ItemKind.POST, "")
            assert item.published is not None
            assert abs(item.published - at(item.uid)) < timedelta(seconds=1)
            assert item.url == f"https://x.com/i/status/{raw['id']}"
            # Without entities nobody knows where t.co leads: it is not shown.
            said = re.sub(r"https?:(?:/|//|//t|//t\.|//t\.c|//t\.co)?…|https://t\.co/\w*…?", "…", unescape(raw["text"]))
            assert same(to_text(item.content)) == same(said)
            assert "t.co" not in item.content
            reposts += raw["text"].startswith("RT @")
    wanted = {"get_tweet", "get_tweets", "get_users_tweets", "get_list_tweets", "search_recent_tweets"}
    assert {name.removesuffix(".json").partition("client_")[2] for name in files} >= wanted
    assert count > 200
    assert reposts > 40


def same(text: str) -> str:
    """Spaces and line ends aside."""
    return " ".join(text.split())


def test_every_recorded_account_comes_out() -> None:
    count = 0
    for _file, document in cassettes(USERS):
        users = read(document, users=True).users
        assert [users[each["id"]]["username"] for each in document["data"]] == [
            each["username"] for each in document["data"]
        ]
        count += len(users)
    assert count >= 4


def test_every_example_of_x_comes_out() -> None:
    count, notes, polls, withheld, inside = 0, 0, 0, 0, 0
    for _file, document in examples(POSTS):
        for raw, item in parsed(document):
            count += 1
            assert item.post is not None
            assert item.uid == item.post.id == min(raw["edit_history_tweet_ids"], key=int)
            if said := raw.get("note_tweet"):
                notes += 1
                shown, whole = same(to_text(item.content)), same(unescape(said["text"]))
                assert shown.startswith(whole.partition("X API")[0].strip())
            polls += item.post.poll is not None
            for code in raw.get("withheld", {}).get("country_codes", ()):
                withheld += 1
                assert code in item.post.withheld
            kinds = {each["type"] for each in raw.get("referenced_tweets", ())}
            figures, given = item.post.figures, raw.get("public_metrics", {})
            if "retweeted" not in kinds:  # whose figures are those of the post that was passed on
                assert figures.likes == given.get("like_count")
                assert figures.views == given.get("impression_count")
                assert {each.relation for each in item.post.referred} == {RELATIONS[each] for each in kinds}
                inside += len(item.post.referred)
            if polled := item.post.poll:
                labels = {option["label"] for poll in document["includes"]["polls"] for option in poll["options"]}
                assert {label for label, _votes in polled.options} <= labels
    assert count > 10
    assert notes > 10
    assert polls > 10
    assert withheld > 20
    assert inside > 8


def test_every_example_of_accounts_comes_out() -> None:
    found = [read(document, users=True).users for _file, document in examples(USERS)]
    assert sum(map(len, found)) >= 2


def test_an_example_of_a_lookup_is_a_verdict_on_each_post() -> None:
    for _file, document in examples(re.compile("/2/tweets")):
        answer = read(document)
        for raw in answer.posts:
            newest = max(raw["edit_history_tweet_ids"], key=int)
            standing = Standing(1, 7, newest, "x", newest, f"https://x.com/i/status/{newest}", "other")
            assert [(each.item, each.fate) for each in verdicts(answer, [standing], {}, SEEN)] == [(1, Fate.THERE)]


# French posts ------------------------------------------------------------------------------------

URL = re.compile(r"https?://[^\s…)»]+(?<![.,;:!?'\"])")
TAG = re.compile(r"(?<!\w)#\w*[^\W\d_]\w*")
QUOTED = re.compile(r"\s*« (\w+): (.*?) — (https://twitter\.com/\w+/status/\d+) »\Z", re.DOTALL)
MEDIUM = re.compile(r"https://twitter\.com/\w+/status/\d+/(?:photo|video)/\d+")
KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}


def rows() -> list[dict[str, str]]:
    path: Path = corpus("C_social", "minet-tweets-fr", "tweets_melenchon.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked(text: str, names: dict[str, str], medium: str = "") -> tuple[str, dict[str, Any]]:
    """The text as X would send it: escaped, links shortened; with the entities by their places."""
    mention = "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))
    wanted = re.compile(
        f"{URL.pattern}|{TAG.pattern}" + (f"|(?<!\\w)@(?:{mention})(?!\\w)" if mention else ""), re.IGNORECASE
    )
    said, place, entities = "", 0, dict[str, list[dict[str, Any]]]()
    for number, found in enumerate(wanted.finditer(text)):
        said += escape(text[place : found.start()], quote=False)
        place, start = found.end(), len(said)
        if found[0].startswith("http"):
            said += f"https://t.co/{number:010d}"
            more = {"media_key": medium} if medium and MEDIUM.fullmatch(found[0]) else {}
            one = {"url": said[start:], "expanded_url": found[0], "display_url": found[0][8:30], **more}
            entities.setdefault("urls", []).append({"start": start, "end": len(said), **one})
        elif found[0].startswith("#"):
            said += found[0]
            entities.setdefault("hashtags", []).append({"start": start, "end": len(said), "tag": found[0][1:]})
        else:
            said += found[0]
            one = {"username": found[0][1:], "id": names[found[0][1:].lower()]}
            entities.setdefault("mentions", []).append({"start": start, "end": len(said), **one})
    return said + escape(text[place:], quote=False), entities


def as_x_says(row: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The answer of X that has this post, and the text that a person should see: its media and quote by themselves."""
    text, quoted = row["text"], QUOTED.search(row["text"]) if row["quoted_id"] else None
    shown = text[: quoted.start()] if quoted else text
    sent = f"{shown} {quoted[3]}" if quoted else shown
    types = row["media_types"].split("|") if row["media_types"] else []
    keys = [f"9_{row['id']}{number}" for number in range(len(types))]
    names = dict(zip(row["mentioned_names"].lower().split("|"), row["mentioned_ids"].split("|"), strict=True))
    names.pop("", None)
    said, entities = marked(sent, names, keys[0] if keys else "")
    post: dict[str, Any] = {
        "id": row["id"], "text": said, "entities": entities, "author_id": row["user_id"], "lang": row["lang"],
        "created_at": datetime.fromtimestamp(int(row["timestamp_utc"]), UTC).isoformat(),
        "edit_history_tweet_ids": [row["id"]], "attachments": {"media_keys": keys} if keys else {},
        "referenced_tweets": [],
        "public_metrics": {
            "like_count": int(row["like_count"]), "retweet_count": int(row["retweet_count"])}}  # fmt: skip
    media = [
        {"media_key": key, "type": kind, "url": url}
        for key, kind, url in zip(keys, types, row["media_urls"].split("|"), strict=False)
    ]
    user = {"id": row["user_id"], "username": row["user_screen_name"], "name": row["user_name"]}
    includes: dict[str, Any] = {"media": media, "users": [user]}
    if row["quoted_id"]:
        post["referenced_tweets"].append({"type": "quoted", "id": row["quoted_id"]})
    if quoted:
        inside, within = marked(quoted[2], {})
        includes["tweets"] = [
            {"id": row["quoted_id"], "text": inside, "entities": within, "author_id": row["quoted_user_id"]}
        ]
    if row["to_tweetid"]:
        post["referenced_tweets"].append({"type": "replied_to", "id": row["to_tweetid"]})
        post["in_reply_to_user_id"] = row["to_userid"]
    return {"data": [post], "includes": includes}, re.sub(rf"\s*{MEDIUM.pattern}\Z", "", shown)


def undone(content: str) -> str:
    """The text of ``content`` with its links whole, as they were written."""

    def whole(found: re.Match[str]) -> str:
        plain = unescape(found[2])
        return plain if plain[0] in "#@$" else unescape(found[1])

    return to_text(ANCHOR.sub(lambda found: escape(whole(found), quote=False), content))


def test_french_posts_keep_text_emoji_accents_links_and_order() -> None:
    count = links = emoji = quotes = films = threads = 0
    for row in rows():
        document, shown = as_x_says(row)
        ((_raw, item),) = parsed(document)
        count += 1
        assert item.post is not None
        # Line ends and spaces may be folded, nothing else; links are the author's own, cleaned, in their order.
        assert same(undone(item.content)) == same(URL.sub(lambda found: clean_link(found[0]), shown))
        hrefs = [unescape(href) for href, words in ANCHOR.findall(item.content) if words[0] not in "#@$"]
        assert hrefs == [clean_link(url) for url in URL.findall(shown)]
        assert "t.co/" not in item.content
        assert {each.lower() for each in item.tags} == {each[1:].lower() for each in TAG.findall(shown)}
        assert [each.kind for each in item.media] == [
            KINDS[each] for each in filter(None, row["media_types"].split("|"))
        ]
        assert item.published == datetime.fromtimestamp(int(row["timestamp_utc"]), UTC)
        assert (item.url, item.author) == (
            f"https://x.com/{row['user_screen_name']}/status/{row['id']}",
            row["user_name"],
        )
        assert (item.post.figures.likes, item.post.figures.reposts) == (
            int(row["like_count"]),
            int(row["retweet_count"]),
        )
        named = {each.handle.lower() for each in item.post.mentions}
        assert named <= {f"@{each}" for each in row["mentioned_names"].lower().split("|")}
        quoted = [each for each in item.post.referred if each.relation is Relation.QUOTED]
        assert [each.id for each in quoted] == [each for each in [row["quoted_id"]] if each]
        if quoted and (said := QUOTED.search(row["text"])):
            assert same(undone(quoted[0].html)) == same(URL.sub(lambda found: clean_link(found[0]), said[2]))
            assert quoted[0].author is not None
            assert quoted[0].author.handle.lower() == f"@{row['quoted_user'].lower()}"
            quotes += 1
        assert item.post.continues == (row["to_tweetid"] if row["to_userid"] == row["user_id"] else "")
        links += len(hrefs)
        emoji += bool(re.search("[\U0001f300-\U0001faff]", item.content))
        films += any(each.kind == "video" for each in item.media)
        threads += bool(item.post.continues)
    assert count > 2700
    assert links > 1000
    assert emoji > 200
    assert quotes > 30
    assert films > 500
    assert threads > 500


# An archive of the older API ---------------------------------------------------------------------


def from_archive(old: dict[str, Any]) -> dict[str, Any]:
    """A post of the API 1.1 as the API 2 says it."""
    kinds = {"urls": "urls", "hashtags": "hashtags", "user_mentions": "mentions"}
    entities = {
        new: [
            {"start": each["indices"][0], "end": each["indices"][1], "tag": each.get("text"),
             "username": each.get("screen_name"), "id": each.get("id_str"), **each}
            for each in old["entities"][name]
        ]
        for name, new in kinds.items()
    }  # fmt: skip
    made = datetime.strptime(old["created_at"], "%a %b %d %H:%M:%S %z %Y")
    again = old.get("retweeted_status")
    return {
        "id": old["id_str"], "text": old["full_text"], "entities": entities, "author_id": old["user"]["id_str"],
        "created_at": made.isoformat(), "lang": old["lang"], "public_metrics": {"like_count": old["favorite_count"]},
        "referenced_tweets": [{"type": "retweeted", "id": again["id_str"]}] if again else []}  # fmt: skip


def archive() -> list[dict[str, Any]]:
    lines = corpus("C_social", "x-archive-waynegraham", "tweets.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("given", [True, False])
def test_an_archive_comes_out_with_its_reposts(given: bool) -> None:
    reposts = 0
    for old in archive():
        again = old.get("retweeted_status")
        users = [
            {"id": each["user"]["id_str"], "username": each["user"]["screen_name"]} for each in [old, again] if each
        ]
        includes = {"users": users, "tweets": [from_archive(again)] if again and given else []}
        ((_raw, item),) = parsed({"data": [from_archive(old)], "includes": includes})
        assert item.post is not None
        author = f"@{(again or old)['user']['screen_name']}"
        assert item.post.author.handle == author
        whole = again if again and given else old
        said = re.sub(r"^RT @\w+: ", "", whole["full_text"]) if again else whole["full_text"]
        for one in whole["entities"]["urls"]:
            said = said.replace(one["url"], one["expanded_url"])
            assert one["expanded_url"] in [unescape(href) for href, _words in ANCHOR.findall(item.content)]
        assert same(undone(item.content)) == same(said)
        if again:
            reposts += 1
            assert (item.uid, item.post.id) == (old["id_str"], again["id_str"])
            assert item.post.reposted_by is not None
            assert item.post.reposted_by.handle == f"@{old['user']['screen_name']}"
            assert item.at == datetime.fromisoformat(from_archive(old)["created_at"])
    assert reposts == 2
