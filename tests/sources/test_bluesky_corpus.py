"""Records and views from a Bluesky SDK, and the network's own lists of what is a name, an address and a time."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.corpora import corpus
from tests.harmless import item_faults
from tests.sources.bench import post
from veille.content import html
from veille.content.shapes import moment
from veille.model import Item
from veille.posts import Fate, Figures, Media, Network, Relation
from veille.sources.blueskyposts import Place, did, handle, judged, parse, place

SEEN = datetime(2026, 3, 2, tzinfo=UTC)
_FOLDER = ("C_social", "atproto-models", "tests")


def lines(name: str) -> list[str]:
    """The cases of a list, spaces and all; its comments are none."""
    whole = corpus(*_FOLDER, "interop-test-files", "syntax", f"{name}.txt").read_text("utf-8")
    return [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]


def record(name: str) -> dict[str, Any]:
    path = corpus(*_FOLDER, "test_atproto_client", "models", "test_data", f"{name}.json")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_names_and_addresses_are_what_the_network_holds_to_be_some() -> None:
    assert [name for name in lines("did_syntax_valid") if did(name) != name] == []
    assert [name for name in lines("did_syntax_invalid") if did(name)] == []
    assert [name for name in lines("handle_syntax_valid") if handle(name) != name.lower()] == []
    assert [name for name in lines("handle_syntax_invalid") if handle(name)] == []
    assert [uri for uri in lines("aturi_syntax_invalid") if place(uri)] == []
    records = [uri for uri in lines("aturi_syntax_valid") if uri.count("/") == 4]
    assert len(records) > 10
    assert [uri for uri in records if not place(uri)] == []
    post = "at://a.test/app.bsky.feed.post"
    keys = lines("recordkey_syntax_valid")
    assert [place(f"{post}/{key}") for key in keys] == [Place("a.test", "app.bsky.feed.post", key) for key in keys]
    assert [key for key in lines("recordkey_syntax_invalid") if place(f"{post}/{key}")] == []
    assert [kind for kind in lines("nsid_syntax_invalid") if place(f"at://a.test/{kind}/x")] == []
    assert [kind for kind in lines("nsid_syntax_valid") if not place(f"at://a.test/{kind}/x")] == []


def test_times_are_read_as_they_are_meant() -> None:
    valid = lines("datetime_syntax_valid")
    for said in valid:
        year = int(said[:4])
        expected = datetime(year, *(int(said[at : at + 2]) for at in (5, 8, 11, 14, 17)), tzinfo=UTC)
        found = moment(said)
        if year < 1970 or year > 2199:
            assert found is None, said
        else:
            assert found is not None, said
            away = -700 if "-07:00" in said else 700 if "+07:00" in said else 145 if "+01:45" in said else 0
            minutes = (abs(away) // 100 * 60 + abs(away) % 100) * (1 if away > 0 else -1)
            assert round((expected - found).total_seconds() - minutes * 60) in (0, -1), said
    assert [said for said in lines("datetime_parse_invalid") if moment(said)] == []
    for said in lines("datetime_syntax_invalid"):  # some are written by careless apps, and understood
        assert (found := moment(said)) is None or found.tzinfo is UTC


def view_of(record: dict[str, Any]) -> dict[str, Any]:
    """The feed's view of a record, as the API makes it."""
    author = record["uri"].split("/")[2]
    return {
        "uri": record["uri"], "cid": record["cid"], "record": record["value"], "indexedAt": "2024-02-22T20:00:00.000Z",
        "author": {"did": author, "handle": "test.marshal.dev", "displayName": "Python SDK"}, "replyCount": 1,
        "repostCount": 2, "likeCount": 3, "quoteCount": 4}  # fmt: skip


def items(*views: dict[str, Any]) -> tuple[Item, ...]:
    page = parse(json.dumps({"feed": [{"post": view} for view in views]}).encode(), 5, SEEN, {})
    assert [fault for item in page.items for fault in item_faults(item)] == []
    return page.items


@pytest.mark.parametrize("name", ["post_record", "extended_post_record"])
def test_a_record_is_an_item(name: str) -> None:
    given = record(name)
    (item,) = items(view_of(given))
    value = given["value"]
    assert (item.uid, post(item).id, post(item).network) == (given["uri"], given["uri"], Network.BLUESKY)
    assert html.to_text(item.content) == value["text"]
    created = datetime.fromisoformat(value["createdAt"])
    assert item.published == (created if created.tzinfo else created.replace(tzinfo=UTC))
    assert item.lang == next(iter(value.get("langs", [])), "")
    assert post(item).figures == Figures(1, 2, 3, 4)
    assert item.url == f"https://bsky.app/profile/test.marshal.dev/post/{given['uri'].rpartition('/')[2]}"


@pytest.mark.parametrize("name", ["custom_record", "feed_record", "like_record", "extended_like_record"])
def test_what_is_no_post_is_no_item(name: str) -> None:
    assert items(view_of(record(name))) == ()


def test_a_post_that_quotes_and_shows_a_picture() -> None:
    given = record("thread_view_post_with_embed_media")["thread"]["post"]
    (item,) = items(given)
    image = given["embed"]["media"]["images"][0]
    assert item.media == (Media("image", image["fullsize"], image["alt"]),)
    (quoted,) = post(item).referred
    inside = given["embed"]["record"]["record"]
    assert (quoted.relation, quoted.fate, quoted.id) == (Relation.QUOTED, Fate.THERE, inside["uri"])
    assert quoted.html == f"<p>{inside['value']['text']}</p>"
    assert quoted.published == datetime.fromisoformat(inside["value"]["createdAt"])
    author = inside["author"]
    assert quoted.author
    assert (quoted.author.id, quoted.author.handle, quoted.author.name) == (
        author["did"], f"@{author['handle']}", author["displayName"])  # fmt: skip
    assert post(item).figures == Figures(0, 0, 0)
    assert post(item).warning == ""
    answer = json.dumps({"posts": [given]}).encode()
    assert judged(answer, [], SEEN) == ([], [])
