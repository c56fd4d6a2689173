"""Posts of X as items: both vocabularies, long posts, edits, reposts, quotes, answers, and nonsense."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veille.content.html import to_text
from veille.content.xposts import first_of, made
from veille.errors import Garbled
from veille.model import Item
from veille.posts import Account, Fate, Figures, Media, Person, Relation, Standing
from veille.sources.x.answers import Answer, concerns, fate, history, read
from veille.sources.x.posts import Reading, asked, newer, verdicts

SEEN = datetime(2026, 3, 9, tzinfo=UTC)
JANE, BOB = "1000", "1001"
PEOPLE = {
    JANE: Account(JANE, "jane", "Jane Doe", SEEN),
    BOB: Account(BOB, "bob", "Bob Roe", SEEN),
}
WORDS = ["tweet", "post"]


def id_at(when: datetime, more: int = 0) -> str:
    return str(first_of(when) + more)


MORNING = datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)
ID = id_at(MORNING)
OTHER = id_at(MORNING - timedelta(days=1))


def post(**more: Any) -> dict[str, Any]:
    return {"id": ID, "text": "Hello", "author_id": JANE, "created_at": "2026-03-02T09:00:00.000Z"} | more


def item(raw: dict[str, Any], people: dict[str, Account] = PEOPLE, errors: Any = (), **includes: Any) -> Item:
    document = {"data": [raw], "includes": includes, "errors": list(errors)}
    answer = read(document)
    found = Reading(answer, people, SEEN).item(answer.posts[0], 7)
    assert found is not None
    return found


def content(raw: dict[str, Any], **includes: Any) -> str:
    return item(raw, **includes).content


# One post ----------------------------------------------------------------------------------------


def test_a_plain_post() -> None:
    found = item(post(text="Fish &amp; chips &lt;3\n\nand more", lang="en", public_metrics={
        "retweet_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 4, "impression_count": 5}))  # fmt: skip
    assert found.post is not None
    assert (found.uid, found.post.id, found.title, found.author) == (ID, ID, "", "Jane Doe")
    assert found.content == "<p>Fish &amp; chips &lt;3</p><p>and more</p>"
    assert found.url == f"https://x.com/jane/status/{ID}"
    assert (found.published, found.updated) == (datetime(2026, 3, 2, 9, tzinfo=UTC), None)
    assert found.at == found.published
    assert found.lang == "en"
    assert found.post.author == Person("@jane", "Jane Doe", "https://x.com/jane", JANE)
    assert found.post.figures == Figures(replies=2, reposts=1, likes=3, quotes=4, views=5)


def test_who_is_not_known_has_an_address_all_the_same() -> None:
    found = item(post(), people={})
    assert found.post is not None
    assert found.post.author == Person("", "", f"https://x.com/i/user/{JANE}", JANE)
    assert found.url == f"https://x.com/i/status/{ID}"
    given = item(post(username="jane"), people={})
    assert given.url == f"https://x.com/jane/status/{ID}"


def test_without_its_date_the_id_tells_when_it_was_made() -> None:
    assert item(post(created_at=None)).published == MORNING
    assert item(post(id="20", created_at="2006-03-21T20:50:14.000Z")).published == datetime(
        2006, 3, 21, 20, 50, 14, tzinfo=UTC
    )
    assert item(post(id="20", created_at=None)).published is None
    assert made("29700859247") is None
    assert made(id_at(MORNING)) == MORNING


@pytest.mark.parametrize("words", WORDS)
def test_of_a_long_post_the_whole_text_is_read_with_its_own_links(words: str) -> None:
    whole = "word " * 100 + "#Long"
    note = {"text": whole, "entities": {"hashtags": [{"start": 500, "end": 505, "tag": "Long"}]}}
    found = item(post(text="word word… https://t.co/abc", **{f"note_{words}": note}))
    assert to_text(found.content) == whole
    assert found.tags == ("Long",)
    assert found.content.endswith('<a href="https://x.com/hashtag/Long">#Long</a></p>')


# Links -------------------------------------------------------------------------------------------


def url(start: int, expanded: str, short: str = "https://t.co/0000000001", **more: Any) -> dict[str, Any]:
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": expanded, **more}


def test_links_are_whole_and_never_of_t_co() -> None:
    text = "See https://t.co/0000000001 now"
    assert content(post(text=text, entities={"urls": [url(4, "https://www.example.org/a/?utm_source=x&b=1")]})) == (
        '<p>See <a href="https://www.example.org/a/?b=1">example.org/a/?b=1</a> now</p>')  # fmt: skip


def test_a_long_address_is_cut_where_it_stands() -> None:
    address = "https://example.org/" + "long/" * 30
    found = content(post(text="https://t.co/0000000001", entities={"urls": [url(0, address)]}))
    assert f'href="{address}"' in found
    assert "example.org/long/long/" in to_text(found)
    assert to_text(found).endswith("…")
    assert len(to_text(found)) == 50


def test_what_x_found_behind_a_shortener_is_shown_and_behind_an_address_of_its_own_is_not() -> None:
    text, unwound = "https://t.co/0000000001", "https://example.org/story"
    hidden = content(post(text=text, entities={"urls": [url(0, "https://bit.ly/3abc", unwound_url=unwound)]}))
    assert f'href="{unwound}"' in hidden
    told = content(
        post(text=text, entities={"urls": [url(0, "https://news.example/1", unwound_url="https://login.example/")]})
    )
    assert 'href="https://news.example/1"' in told


@pytest.mark.parametrize(
    "text",
    ["Look https://t.co/abcdefghij", "RT https://t.co/o0Gk…", "Go https:/…", "Go https://t…", "Go https://t.co/…"],
)
def test_what_only_t_co_knows_is_not_shown(text: str) -> None:
    said = to_text(content(post(text=text)))
    assert said == f"{text.split()[0]} …"


def test_places_count_in_the_escaped_text_and_what_is_misplaced_is_looked_for() -> None:
    text = "a &amp; b @bob #one #one $TSLA"
    entities = {
        "mentions": [{"start": 10, "end": 14, "username": "bob", "id": BOB}],
        "hashtags": [{"start": 15, "end": 19, "tag": "one"}, {"start": 2, "end": 6, "tag": "one"}],
        "cashtags": [{"start": 900, "end": 905, "tag": "TSLA"}],
    }
    one = '<a href="https://x.com/hashtag/one">#one</a>'
    assert content(post(text=text, entities=entities)) == (
        f'<p>a &amp; b <a href="https://x.com/bob">@bob</a> {one} {one} '
        '<a href="https://x.com/search?q=%24TSLA">$TSLA</a></p>')  # fmt: skip


def test_a_hashtag_is_not_found_in_a_longer_one() -> None:
    found = content(post(text="#artist #art", entities={"hashtags": [{"start": 99, "tag": "art"}]}))
    assert found == '<p>#artist <a href="https://x.com/hashtag/art">#art</a></p>'


@pytest.mark.parametrize("tag", ["Énergie", "日本", "COVID19", "l_été"])
def test_hashtags_of_any_writing_lead_to_x(tag: str) -> None:
    found = item(post(text=f"#{tag}", entities={"hashtags": [{"start": 0, "end": 1 + len(tag), "tag": tag}]}))
    assert found.tags == (tag,)
    assert 'href="https://x.com/hashtag/' in found.content
    assert to_text(found.content) == f"#{tag}"


# Media and polls ---------------------------------------------------------------------------------


def test_media_stand_beside_the_text_and_their_link_is_gone() -> None:
    page = f"https://twitter.com/jane/status/{ID}/photo/1"
    raw = post(
        text="Cats https://t.co/0000000001", attachments={"media_keys": ["3_1", "13_2", "16_3", "3_9", "3_1"]},
        entities={"urls": [url(5, page, media_key="3_1"), url(5, page, media_key="3_9")]})  # fmt: skip
    media = [
        {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg", "alt_text": "Two cats"},
        {"media_key": "13_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/2.jpg"},
        {"media_key": "16_3", "type": "animated_gif", "preview_image_url": "https://pbs.twimg.com/3.jpg"},
    ]
    found = item(raw, media=media)
    assert to_text(found.content) == "Cats"
    assert found.media == (
        Media("image", "https://pbs.twimg.com/1.jpg", "Two cats"), Media("video", "https://pbs.twimg.com/2.jpg"),
        Media("video", "https://pbs.twimg.com/3.jpg"), Media("image", ""))  # fmt: skip


def test_a_link_to_a_picture_of_somebody_else_stays() -> None:
    raw = post(
        text="See https://t.co/0000000001", entities={"urls": [url(4, f"https://x.com/bob/status/{OTHER}/photo/1")]}
    )
    assert to_text(content(raw)) == f"See x.com/bob/status/{OTHER}/photo/1"


def test_a_poll() -> None:
    poll = {"id": "5", "end_datetime": "2026-03-03T09:00:00.000Z", "options": [
        {"position": 2, "label": "No", "votes": 7}, {"position": 1, "label": "Yes", "votes": 5}]}  # fmt: skip
    found = item(post(attachments={"poll_ids": ["5"]}), polls=[poll]).post
    assert found is not None
    assert found.poll is not None
    assert found.poll.options == (("Yes", 5), ("No", 7))
    assert (found.poll.votes, found.poll.ends) == (12, datetime(2026, 3, 3, 9, tzinfo=UTC))


# Other posts inside ------------------------------------------------------------------------------


def references(words: str, **kinds: str) -> dict[str, Any]:
    return {f"referenced_{words}s": [{"type": kind, "id": id} for kind, id in kinds.items()]}


@pytest.mark.parametrize("words", WORDS)
def test_a_repost_is_the_post_that_was_passed_on(words: str) -> None:
    raw = post(text="RT @bob: The whole st…", **references(words, retweeted=OTHER))
    original = {
        "id": OTHER, "text": "The whole story", "author_id": BOB, "created_at": "2026-03-01T09:00:00.000Z",
        "public_metrics": {"like_count": 8}, "lang": "en", "attachments": {"media_keys": ["3_1"]}}  # fmt: skip
    media = [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg"}]
    found = item(raw, **{f"{words}s": [original]}, media=media)
    assert found.post is not None
    assert (found.uid, found.post.id) == (ID, OTHER)
    assert (found.author, to_text(found.content)) == ("Bob Roe", "The whole story")
    assert found.post.reposted_by == Person("@jane", "Jane Doe", "https://x.com/jane", JANE)
    assert found.url == f"https://x.com/bob/status/{OTHER}"
    assert (found.published, found.at) == (datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert (found.post.figures.likes, len(found.media)) == (8, 1)


def test_a_repost_whose_post_is_not_given_has_the_beginning_of_it() -> None:
    raw = post(
        text="RT @Carla_9: The whole st…", **references("tweet", retweeted=OTHER),
        entities={"mentions": [{"start": 3, "end": 11, "username": "Carla_9", "id": "77"}]})  # fmt: skip
    found = item(raw)
    assert found.post is not None
    assert (found.post.id, found.url) == (OTHER, f"https://x.com/Carla_9/status/{OTHER}")
    assert found.post.author == Person("@Carla_9", "", "https://x.com/Carla_9", "77")
    assert to_text(found.content) == "The whole st…"


@pytest.mark.parametrize("words", WORDS)
def test_a_quoted_post_is_inside_and_its_link_is_gone(words: str) -> None:
    raw = post(
        text="Indeed https://t.co/0000000001", **references(words, quoted=OTHER),
        entities={"urls": [url(7, f"https://twitter.com/bob/status/{OTHER}")]})  # fmt: skip
    quoted = {"id": OTHER, "text": "So it is", "author_id": BOB, "created_at": "2026-03-01T09:00:00.000Z"}
    found = item(raw, **{f"{words}s": [quoted]})
    assert found.post is not None
    (inside,) = found.post.referred
    assert to_text(found.content) == "Indeed"
    assert (inside.relation, inside.id, to_text(inside.html)) == (Relation.QUOTED, OTHER, "So it is")
    assert inside.author == Person("@bob", "Bob Roe", "https://x.com/bob", BOB)
    assert (inside.published, inside.fate) == (datetime(2026, 3, 1, 9, tzinfo=UTC), Fate.THERE)


def error(title: str, detail: str, type: str = "") -> dict[str, str]:
    return {"resource_id": OTHER, "title": title, "detail": detail, "type": type, "resource_type": "tweet"}


@pytest.mark.parametrize(
    ("said", "became"),
    [
        (error("Not Found Error", f"Could not find tweet with referenced_tweets.id: [{OTHER}]."), Fate.DELETED),
        (error("Authorization Error", "Sorry, you are not authorized to see the Tweet with …"), Fate.PROTECTED),
        (error("Authorization Error", "User has been suspended: [4]."), Fate.SUSPENDED),
        (error("Forbidden", "This post is withheld in all countries"), Fate.WITHHELD),
        (error("Service Error", "Something broke"), Fate.UNAVAILABLE),
    ],
)
def test_a_quoted_post_that_is_not_given_has_its_author_and_its_fate(said: dict[str, str], became: Fate) -> None:
    raw = post(
        text="Indeed https://t.co/0000000001", **references("tweet", quoted=OTHER),
        entities={"urls": [url(7, f"https://x.com/carla/status/{OTHER}?s=20")]})  # fmt: skip
    found = item(raw, errors=[said]).post
    assert found is not None
    (inside,) = found.referred
    assert (inside.fate, inside.html, inside.url) == (became, "", f"https://x.com/carla/status/{OTHER}")
    assert inside.author == Person("@carla", "", "https://x.com/carla", "")


def test_an_answer_has_the_post_that_it_answers() -> None:
    raw = post(
        text="@carla Yes", in_reply_to_user_id="77", **references("tweet", replied_to=OTHER),
        entities={"mentions": [{"start": 0, "end": 6, "username": "carla", "id": "77"}]})  # fmt: skip
    found = item(raw).post
    assert found is not None
    (inside,) = found.referred
    assert (inside.relation, inside.author) == (Relation.ANSWERED, Person("@carla", "", "https://x.com/carla", "77"))
    assert (inside.url, found.continues) == (f"https://x.com/carla/status/{OTHER}", "")


@pytest.mark.parametrize("words", WORDS)
def test_who_answers_themselves_carries_on(words: str) -> None:
    raw = post(in_reply_to_user_id=JANE, **references(words, replied_to=OTHER))
    found = item(raw).post
    assert found is not None
    assert found.continues == OTHER
    first = id_at(MORNING - timedelta(days=1, minutes=3))
    before = {"id": OTHER, "text": "1", "author_id": JANE, f"edit_history_{words}_ids": [first, OTHER]}
    edited = item(raw, **{f"{words}s": [before]}).post
    assert edited is not None
    assert (edited.continues, edited.referred[0].id) == (first, first)


def test_an_answer_told_by_its_own_field_counts_too() -> None:
    found = item(post(in_reply_to_user_id=JANE, in_reply_to_tweet_id=OTHER)).post
    assert found is not None
    assert (found.continues, found.referred[0].id) == (OTHER, OTHER)


# Edits, and posts that are not shown -------------------------------------------------------------


@pytest.mark.parametrize("words", WORDS)
def test_an_edited_post_is_the_same_item(words: str) -> None:
    new = id_at(MORNING + timedelta(minutes=5))
    raw = post(id=new, created_at="2026-03-02T09:05:00.000Z", **{f"edit_history_{words}_ids": [ID, new]})
    found = item(raw)
    assert found.post is not None
    assert (found.uid, found.post.id) == (ID, ID)
    assert (found.published, found.updated) == (MORNING, datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
    assert found.url == f"https://x.com/jane/status/{new}"
    assert history(raw) == [ID, new]


def test_the_link_of_a_medium_is_gone_from_each_version() -> None:
    new = id_at(MORNING + timedelta(minutes=5))
    raw = post(
        id=new, edit_history_tweet_ids=[ID, new], text="Cats https://t.co/0000000001",
        attachments={"media_keys": ["3_1"]},
        entities={"urls": [url(5, f"https://x.com/jane/status/{ID}/photo/1")]})  # fmt: skip
    assert to_text(content(raw)) == "Cats"


def test_countries_in_which_it_is_withheld_are_told() -> None:
    found = item(post(withheld={"copyright": True, "country_codes": ["fr", "DE", "nonsense", 7]})).post
    assert found is not None
    assert (found.withheld, found.fate) == (("DE", "FR"), Fate.THERE)


# Whether it still stands -------------------------------------------------------------------------


def standing(found: Item) -> Standing:
    assert found.post is not None
    return Standing(3, 7, found.uid, found.post.network, found.post.id, found.url, found.hash)


def judge(document: Any, *standings: Standing) -> list[Any]:
    return verdicts(read(document), standings, PEOPLE, SEEN + timedelta(days=1))


def test_a_post_that_says_the_same_is_there() -> None:
    (verdict,) = judge({"data": [post()]}, standing(item(post())))
    assert (verdict.item, verdict.fate, verdict.fresh) == (3, Fate.THERE, None)


def test_a_post_that_says_something_else_is_given_anew() -> None:
    (verdict,) = judge({"data": [post(text="Goodbye")]}, standing(item(post())))
    assert verdict.fresh is not None
    assert (verdict.fresh.uid, to_text(verdict.fresh.content)) == (ID, "Goodbye")


def test_of_an_edited_post_the_newest_version_counts() -> None:
    new = id_at(MORNING + timedelta(minutes=5))
    ids = {"edit_history_tweet_ids": [ID, new]}
    old, fresh = post(**ids), post(id=new, text="Edited", **ids)
    before = standing(item(post()))
    answer = read({"data": [old]})
    assert newer(answer, {ID: 7}) == {new: 7}
    assert judge({"data": [old]}, before) == []  # it is left out until the newest is known
    (verdict,) = judge({"data": [old, fresh]}, before)
    assert verdict.fresh is not None
    assert (verdict.fresh.uid, to_text(verdict.fresh.content)) == (ID, "Edited")
    assert newer(read({"data": [old, fresh]}), {}) == {}
    assert asked(standing(item(fresh))) == new  # the next time it is asked for by that
    assert asked(before) == ID


def test_a_repost_is_asked_for_by_its_own_id() -> None:
    raw = post(text="RT @bob: Story", **references("tweet", retweeted=OTHER))
    original = {"id": OTHER, "text": "Story", "author_id": BOB}
    before = standing(item(raw, tweets=[original]))
    assert (asked(before), before.id) == (ID, OTHER)
    (same,) = judge({"data": [raw], "includes": {"tweets": [original]}}, before)
    assert same.fresh is None
    (gone,) = judge({"errors": [{"resource_id": ID, "title": "Not Found Error"}]}, before)
    assert gone.fate is Fate.DELETED


@pytest.mark.parametrize(
    ("said", "became"),
    [
        ({"title": "Not Found Error", "type": "https://api.twitter.com/2/problems/resource-not-found"}, Fate.DELETED),
        ({"title": "Authorization Error", "detail": "Sorry, you are not authorized to see the Tweet"}, Fate.PROTECTED),
        ({"title": "Authorization Error", "detail": "User has been suspended"}, Fate.SUSPENDED),
        ({"title": "Forbidden", "detail": "withheld"}, Fate.WITHHELD),
    ],
)
def test_what_became_of_a_post(said: dict[str, str], became: Fate) -> None:
    (verdict,) = judge({"errors": [{"value": ID, "resource_id": ID, **said}]}, standing(item(post())))
    assert (verdict.fate, verdict.fresh) == (became, None)


def test_a_post_that_is_withheld_everywhere_is_gone() -> None:
    (verdict,) = judge({"data": [post(withheld={"country_codes": ["XX"]})]}, standing(item(post())))
    assert verdict.fate is Fate.WITHHELD
    (part,) = judge({"data": [post(withheld={"country_codes": ["FR"]})]}, standing(item(post())))
    assert part.fate is Fate.THERE


def test_of_a_post_of_which_nothing_was_learnt_there_is_no_verdict() -> None:
    unknown = {
        "errors": [
            {"resource_id": ID, "title": "Service Unavailable"},
            {"resource_id": "9", "title": "Not Found Error"},
        ]
    }
    assert judge(unknown, standing(item(post()))) == []


# Nonsense ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [None, 7, "data", [], {}, {"detail": "x"}, {"data": "posts"}, {"data": 7}])
def test_what_is_no_answer_is_garbled(document: Any) -> None:
    with pytest.raises(Garbled):
        read(document)


def test_nothing_is_an_answer() -> None:
    assert read({"meta": {"result_count": 0}}) == Answer()
    assert read({"errors": [{"title": "x"}]}).refused
    assert not read({"errors": [{"title": "x"}], "meta": {"result_count": 0}}).refused


WHOLE = {
    "data": [
        post(
            edit_history_tweet_ids=[ID], entities={
                "urls": [url(0, "https://example.org/")], "hashtags": [{"start": 0, "end": 3, "tag": "ab"}],
                "mentions": [{"start": 0, "username": "bob", "id": BOB}], "cashtags": [{"tag": "AB"}]},
            attachments={"media_keys": ["3_1"], "poll_ids": ["5"]}, public_metrics={"like_count": 1},
            note_tweet={"text": "Long", "entities": {}}, withheld={"country_codes": ["FR"]}, in_reply_to_user_id=JANE,
            referenced_tweets=[{"type": "quoted", "id": OTHER}, {"type": "replied_to", "id": OTHER}]),
        post(id=id_at(MORNING, 1), referenced_tweets=[{"type": "retweeted", "id": OTHER}], text="RT @bob: x"),
    ],
    "includes": {
        "tweets": [{"id": OTHER, "text": "x", "author_id": BOB}],
        "users": [{"id": BOB, "username": "bob", "name": "Bob"}],
        "media": [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/1.jpg", "alt_text": "A"}],
        "polls": [{"id": "5", "options": [{"position": 1, "label": "Yes", "votes": 1}]}]},
    "errors": [{"resource_id": OTHER, "title": "Not Found Error", "detail": "x", "type": "y"}],
    "meta": {"newest_id": ID, "next_token": "n", "result_count": 2},
}  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in ``value``."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return (
        [way, *(found for key, each in inside for found in places(each, (*way, key)))]
        if way
        else [found for key, each in inside for found in places(each, (key,))]
    )


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just("\ud800 \x00 https://t.co/"),
    st.just([]), st.just({}), st.just([None, [], {}, 7, "x"]), st.just({"id": {}, "type": []}), st.just(10**40),
    st.just("9" * 60), st.just("https://" + "a" * 5000), st.just("javascript:alert(1)"),
    st.just("2026-99-99T00:00:00Z"),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), ODD), min_size=1, max_size=4))
def test_whatever_an_answer_has_wrong_nothing_but_garbled_is_raised(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    document = json.loads(json.dumps(WHOLE))
    for way, value in changes:
        at = document
        with suppress(KeyError, IndexError, TypeError):  # another change took the place away
            for key in way[:-1]:
                at = at[key]
            at[way[-1]] = value
    try:
        answer = read(document)
    except Garbled:
        return
    reading = Reading(answer, PEOPLE, SEEN)
    for raw in answer.posts:
        found = reading.item(raw, 7)
        assert found is not None
        assert "t.co/" not in found.content
        assert 'href="javascript' not in found.content
        hash(found)
        judge_all = Standing(1, 7, found.uid, found.post.network, found.post.id, found.url, "")  # type: ignore[union-attr]
        verdicts(answer, [judge_all], PEOPLE, SEEN)
    assert all(isinstance(fate(each), Fate) and isinstance(concerns(each), str) for each in answer.errors)
    answer.paid_by(lambda _raw: 7)
