"""Every recorded answer of Mastodon that holds a post, through the real parser, beside what it says by itself."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.corpora import corpus
from tests.harmless import item_faults
from tests.sources.bench import post, standing
from veille.content import html
from veille.model import Item
from veille.posts import Fate, Figures, Relation
from veille.sources.mastodonposts import Instance, account, instance, judged, parse

SEEN = datetime(2027, 1, 1, tzinfo=UTC)
_OPEN = ("public", "unlisted")


@dataclass(frozen=True)
class Interaction:
    method: str
    uri: str
    status: int
    answer: Any

    @property
    def path(self) -> str:
        return urlsplit(self.uri).path

    @property
    def where(self) -> Instance:
        return instance(self.uri)

    @property
    def body(self) -> bytes:
        return json.dumps(self.answer).encode()


def interactions() -> Iterator[Interaction]:
    for file in sorted(corpus("C_social", "mastodon-cassettes").glob("*.json")):
        for each in json.loads(file.read_text("utf-8")):
            if "json" in each:
                yield Interaction(each["method"], each["uri"], each["status"], each["json"])


def statuses(value: Any) -> Iterator[dict[str, Any]]:
    """Every status in an answer, those inside others, too."""
    if isinstance(value, dict):
        if {"content", "visibility", "uri", "account"} <= value.keys():
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from statuses(each)


class Reader(HTMLParser):
    """The text and the links of a status as a browser shows them, by the standard library alone."""

    def __init__(self, page: str, *, without_quote: bool) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._link: tuple[str, int] | None = None
        self._skipping = ""
        self._without_quote = without_quote
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._without_quote and "quote-inline" in (given.get("class") or ""):
            self._skipping = tag
        if tag in ("p", "br", "li", "ul", "ol", "pre", "blockquote"):
            self.words.append(" ")
        if tag == "a" and not self._skipping:
            self.links.append(given.get("href") or "")
            self._link = (self.links[-1], len(self.words))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipping:
            self._skipping = ""
        elif tag == "a" and self._link and not self._skipping:
            address, start = self._link
            if "".join(self.words[start:]).endswith(("...", "…")):
                self.words[start:] = [address]

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.words.append(data)

    @property
    def text(self) -> str:
        return _bare("".join(self.words))


def _bare(text: str) -> str:
    """On one line, handles without their hosts."""
    return " ".join(re.sub(r"@(\w[\w.]*)@[\w.:-]+", r"@\1", text).split())


def compare(item: Item, status: dict[str, Any], where: Instance) -> None:
    """``item`` says what ``status`` does."""
    said = status["reblog"] or status
    read = Reader(said["content"], without_quote=bool(said.get("quote")))
    card = said.get("card") or {}
    attached = bool(card) and card["url"] not in read.links
    assert _bare(html.to_text(item.content)) == (f"{read.text} {card.get('title')}" if attached else read.text).strip()
    links = re.findall('href="([^"]*)"', item.content)
    assert len(links) == len(read.links) + attached
    for found, given in zip(links, read.links, strict=False):
        assert found.replace("&amp;", "&").split("?")[0] == given.split("?")[0]
    assert (item.uid, item.url) == (status["uri"], said["url"] or said["uri"])
    assert item.published == datetime.fromisoformat(said["created_at"])
    assert item.updated == (datetime.fromisoformat(said["edited_at"]) if said.get("edited_at") else None)
    assert [(each.url, each.description) for each in item.media] == [
        (each["url"] or each["remote_url"], " ".join((each["description"] or "").split()))
        for each in said["media_attachments"]
    ]
    kinds = {"image": "image", "gifv": "video", "video": "video", "audio": "audio", "unknown": "file"}
    assert [each.kind for each in item.media] == [kinds[each["type"]] for each in said["media_attachments"]]
    assert item.tags == tuple(dict.fromkeys(tag["name"] for tag in said["tags"]))
    assert said["language"] in (item.lang, None)
    compare_post(item, status, said, where)


def compare_post(item: Item, status: dict[str, Any], said: dict[str, Any], where: Instance) -> None:
    found = post(item)
    assert found.id == f"{said['id']}@{where.origin.removeprefix('https://')}"
    acct = said["account"]["acct"]
    assert found.author.handle == (f"@{acct}" if "@" in acct else f"@{acct}@{where.host}")
    assert found.author.name == " ".join(said["account"]["display_name"].split())
    counts = ("replies_count", "reblogs_count", "favourites_count", "quotes_count")
    assert found.figures == Figures(*(said.get(name) for name in counts))
    assert found.warning == said["spoiler_text"]
    assert bool(found.reposted_by) == bool(status["reblog"])
    assert [each.url for each in found.mentions] == [each["url"] for each in said["mentions"]]
    poll = said.get("poll")
    assert bool(found.poll) == bool(poll)
    if poll and found.poll:
        assert found.poll.options == tuple((each["title"], each["votes_count"]) for each in poll["options"])
        assert found.poll.votes == (poll["votes_count"] if poll.get("voters_count") is None else poll["voters_count"])
    own = said["in_reply_to_account_id"] == said["account"]["id"]
    assert bool(found.continues) == bool(said["in_reply_to_id"] and own)
    relations = [each.relation for each in found.referred]
    answered = bool(said["in_reply_to_id"] and not own)
    assert relations == [Relation.QUOTED] * bool(said.get("quote")) + [Relation.ANSWERED] * answered
    for each in found.referred:
        assert each.fate is Fate.THERE
        if each.relation is Relation.QUOTED and (quoted := said["quote"].get("quoted_status")):
            # Of what the quoted post itself quotes no more than the line remains.
            assert (
                Reader(each.html, without_quote=False).text
                == Reader(quoted["content"], without_quote=bool(quoted.get("quote"))).text
            )


@pytest.mark.timeout(60)
def test_every_recorded_post_says_what_it_said() -> None:
    seen: Counter[str] = Counter()
    for each in interactions():
        for status in statuses(each.answer):
            page = parse(json.dumps([status]).encode(), each.where, 5, SEEN, {}, False)
            said = status["reblog"] or status
            if status["visibility"] not in _OPEN or said["visibility"] not in _OPEN:
                assert page.items == ()
                seen["closed"] += 1
                continue
            (item,) = page.items
            assert item_faults(item) == []
            compare(item, status, each.where)
            seen["open"] += 1
            seen.update(name for name in ("poll", "quote", "reblog", "edited_at", "card") if status.get(name))
            seen.update({"media": len(item.media)})
    assert seen["open"] >= 300
    assert seen["closed"] >= 40
    assert all(seen[name] >= 4 for name in ("poll", "quote", "reblog", "edited_at", "card", "media"))


def test_timelines_as_a_whole() -> None:
    asked = 0
    for each in interactions():
        of_account = re.fullmatch(r"/api/v1/accounts/\w+/statuses", each.path)
        if each.method != "GET" or each.status != 200 or not (of_account or "/timelines/tag/" in each.path):
            continue
        asked += 1
        page = parse(each.body, each.where, 5, SEEN, {}, bool(of_account))
        shown = [
            status
            for status in each.answer
            if status["visibility"] in _OPEN
            and not (of_account and status["in_reply_to_account_id"] not in (None, status["account"]["id"]))
        ]
        assert [item.uid for item in page.items] == [status["uri"] for status in shown]
        assert page.more == (each.answer[-1]["id"] if each.answer else "")
        assert not page.met
        known = {item.uid: item.hash for item in page.items}
        again = parse(each.body, each.where, 5, SEEN, known, bool(of_account))
        assert (again.items, again.met) == ((), bool(known))
        if of_account and each.answer:
            owner = each.answer[0]["account"]
            assert page.title == f"{owner['display_name']} (@{owner['acct']}@{each.where.host})"
    assert asked >= 16


def test_look_ups_and_single_posts() -> None:
    looked_up = single = 0
    for each in interactions():
        if each.path == "/api/v1/accounts/lookup" and each.status == 200:
            found = account(each.body, each.where)
            assert (found.id, found.site, found.suspended) == (each.answer["id"], each.answer["url"], False)
            looked_up += 1
        if each.method == "GET" and each.status == 200 and re.fullmatch(r"/api/v1/statuses/\d+", each.path):
            items = parse(json.dumps([each.answer]).encode(), each.where, 5, SEEN, {}, False).items
            posts = [standing(item, 7) for item in items]
            verdicts, missing = judged(each.body, each.where, posts, SEEN)
            assert [(verdict.item, verdict.fate, verdict.fresh) for verdict in verdicts] == [
                (7, Fate.THERE, None)
            ] * len(items)
            assert missing == []
            single += 1
    assert looked_up == 2
    assert single >= 15
