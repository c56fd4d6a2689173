"""The server that stands for X does what X is documented to do: asked by tweepy alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import tweepy

from tests.fakes import FakeClock
from tests.internet import Internet
from tests.networks.x import TOKEN, XServer

X = "api.twitter.com"


@pytest.fixture
def server(clock: FakeClock) -> XServer:
    made = XServer(clock)
    made.account("ann", "Ann")
    made.account("bob", "Bob", protected=True)
    made.account("carla", "Carla", suspended=True)
    return made


@pytest.fixture
def client(clock: FakeClock, server: XServer) -> Iterator[tweepy.Client]:
    with Internet(clock) as internet:
        internet.site(X, server)
        made = tweepy.Client(TOKEN, return_type=dict)
        made.session.close()
        with internet.session() as made.session:
            yield made


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer.get("data", [])]


def test_accounts_and_what_is_refused_of_them(client: tweepy.Client, server: XServer) -> None:
    answer = client.get_users(usernames=["ANN", "bob", "carla", "nobody"], user_fields=["protected", "public_metrics"])
    assert [(each["username"], each["protected"]) for each in answer["data"]] == [("ann", False), ("bob", True)]
    assert [(each["resource_id"], each["title"]) for each in answer["errors"]] == [
        ("carla", "Forbidden"), ("nobody", "Not Found Error")]  # fmt: skip
    assert len(server.billed("user")) == 2


def test_pages_newest_first_within_bounds(client: tweepy.Client, server: XServer) -> None:
    written = [server.post("ann", f"{n}") for n in range(23)]
    page = client.get_users_tweets(1000, max_results=10)
    assert ids(page) == written[:12:-1]
    assert (page["meta"]["newest_id"], page["meta"]["oldest_id"]) == (written[22], written[13])
    rest = client.get_users_tweets(1000, max_results=100, pagination_token=page["meta"]["next_token"])
    assert ids(rest) == written[12::-1]
    assert "next_token" not in rest["meta"]
    some = client.get_users_tweets(1000, max_results=100, since_id=written[4], until_id=written[9])
    assert ids(some) == written[8:4:-1]
    for bad in (4, 101):
        with pytest.raises(tweepy.BadRequest):
            client.get_users_tweets(1000, max_results=bad)


def test_search_and_its_limits(client: tweepy.Client, server: XServer, clock: FakeClock) -> None:
    server.account("dan")
    old = server.post("dan", "Old", at=clock.now() - timedelta(days=8))
    first, second = server.post("ann", "Hydrogen news"), server.post("dan", "Hydrogène", lang="fr")
    server.post("bob", "Hidden")
    assert ids(client.search_recent_tweets("from:ann OR from:DAN OR from:bob")) == [second, first]
    assert ids(client.search_recent_tweets("hydrogen")) == [first]
    assert ids(client.search_recent_tweets("lang:fr")) == [second]
    assert ids(client.search_recent_tweets("from:ann OR from:dan", since_id=first)) == [second]
    for params in ({"query": "x" * 513}, {"query": "x", "max_results": 9}, {"query": "x", "since_id": old}):
        with pytest.raises(tweepy.BadRequest):
            client.search_recent_tweets(**params)


def test_only_what_was_asked_for_is_given(client: tweepy.Client, server: XServer) -> None:
    quoted = server.post("ann", "A", media=(("photo", "words"),))
    server.post("ann", "B https://example.org/ #c", quotes=int(quoted), options=("x", "y"))
    bare = client.get_users_tweets(1000)["data"][0]
    assert set(bare) == {"id", "text", "edit_history_tweet_ids"}
    full = client.get_users_tweets(
        1000,
        tweet_fields=["entities", "referenced_tweets"],
        expansions=["referenced_tweets.id", "attachments.poll_ids"],
    )
    assert [each["id"] for each in full["includes"]["tweets"]] == [quoted]
    assert "media" not in full["includes"]
    entities = full["data"][0]["entities"]
    for kind, word in (("urls", "url"), ("hashtags", "tag")):
        for each in entities[kind]:
            assert full["data"][0]["text"][each["start"] : each["end"]].lstrip("#") == each[word]


def test_edits_deletions_and_lookups(client: tweepy.Client, server: XServer, clock: FakeClock) -> None:
    first = server.post("ann", "Teh")
    clock.advance(minutes=1)
    second = server.edit(first, "The")
    answer = client.get_tweets([first, second, "99"])
    assert [(each["text"], each["edit_history_tweet_ids"]) for each in answer["data"]] == [
        ("Teh", [first, second]), ("The", [first, second])]  # fmt: skip
    assert answer["errors"][0]["resource_id"] == "99"
    assert ids(client.get_users_tweets(1000)) == [second]
    server.delete(first)
    assert [each["title"] for each in client.get_tweets([first, second])["errors"]] == ["Not Found Error"] * 2


def test_it_counts_requests_and_begins_anew(client: tweepy.Client, server: XServer, clock: FakeClock) -> None:
    server.limits["by"] = 2
    for _time in range(2):
        client.get_users(usernames=["ann"])
    with pytest.raises(tweepy.TooManyRequests) as limited:
        client.get_users(usernames=["ann"])
    assert limited.value.reset_time == (clock.now() + timedelta(minutes=15)).timestamp()
    clock.advance(minutes=15)
    assert client.get_users(usernames=["ann"])["data"]


def test_the_bill_counts_a_post_once_a_day(client: tweepy.Client, server: XServer, clock: FakeClock) -> None:
    server.post("ann", "Once")
    for _time in range(3):
        client.get_users_tweets(1000)
    assert round(server.dollars, 3) == 0.005
    clock.advance(days=1)
    client.get_users_tweets(1000)
    assert (round(server.dollars, 3), server.duplicates) == (0.01, 1)
    server.credit = 0.01
    with pytest.raises(tweepy.HTTPException, match="402"):
        client.get_users_tweets(1000)


def test_who_has_no_token_gets_nothing_and_nobody_writes(client: tweepy.Client, server: XServer) -> None:
    client.bearer_token = "wrong"
    with pytest.raises(tweepy.Unauthorized):
        client.get_users(usernames=["ann"])
    with pytest.raises(tweepy.HTTPException, match="405"):
        client.request("POST", "/2/tweets", json={"text": "x"})
    assert server.written == ["POST /2/tweets HTTP/1.1"]
