from dataclasses import replace
from datetime import UTC, datetime

import pytest

from veille.model import GONE, ItemKind
from veille.posts import Media
from veille.sources.entries import Entry, Place, Text, build, moment
from veille.sources.feeds import parse

_SEEN = datetime(2026, 3, 2, tzinfo=UTC)
_PLACE = Place(7, "https://x.example/feed.xml", _SEEN, "https://x.example/", "fr-FR")
_ENTRY = Entry(
    guid="g1",
    link="/1",
    title=Text("L'&eacute;nergie &amp; <b>l'eau</b>", html=True),
    summary=Text("<p>Le r&eacute;sum&eacute;.</p>", html=True),
    content=Text("<p>Le texte, <a href='b'>plus long</a>.</p><img src='i.png' alt='Une vue'>", html=True),
    author=" Une\nPlume ",
    published=datetime(2026, 3, 1, tzinfo=UTC),
    updated=datetime(2026, 3, 1, 12, tzinfo=UTC),
    tags=("eau", "énergie", "eau", ""),
    media=(Media("audio", "son.mp3", "", "audio/mpeg"),),
)


def test_an_entry_becomes_a_clean_item() -> None:
    (item,) = build([_ENTRY], _PLACE, {})
    assert (item.id, item.source, item.uid, item.kind) == (0, 7, "g1", ItemKind.ARTICLE)
    assert item.url == "https://x.example/1"
    assert item.title == "L'énergie & l'eau"
    assert item.summary == "Le résumé."
    assert item.content == '<p>Le texte, <a href="https://x.example/b">plus long</a>.</p>'
    assert item.author == "Une Plume"
    assert item.lang == "fr"
    assert (item.published, item.updated, item.seen) == (_ENTRY.published, _ENTRY.updated, _SEEN)
    assert item.at == _ENTRY.published
    assert item.tags == ("eau", "énergie")
    assert item.media == (
        Media("audio", "https://x.example/son.mp3", "", "audio/mpeg"),
        Media("image", "https://x.example/i.png", "Une vue"),
    )
    assert item.hash == _ENTRY.hash


def test_what_is_known_or_gone_does_not_come_back_and_what_changed_does() -> None:
    known = {"g1": _ENTRY.hash, "g2": GONE}
    gone = replace(_ENTRY, guid="g2", title=Text("Another"))
    assert build([_ENTRY, gone], _PLACE, known) == ()
    changed = replace(_ENTRY, summary=Text("other"))
    assert [item.uid for item in build([changed, gone], _PLACE, known)] == ["g1"]


def test_the_hash_is_of_all_that_the_source_gave() -> None:
    changes = {
        "guid": "x",
        "link": "x",
        "title": Text("x"),
        "summary": Text("x"),
        "content": Text("x"),
        "author": "x",
        "lang": "x",
        "published": None,
        "updated": None,
        "tags": (),
        "media": (),
        "base": "x",
    }
    assert set(changes) == set(Entry.__slots__)
    assert len({_ENTRY.hash, *(replace(_ENTRY, **{name: value}).hash for name, value in changes.items())}) == 13


def test_the_future_is_now_and_no_date_too() -> None:
    future = replace(_ENTRY, published=datetime(2027, 1, 1, tzinfo=UTC))
    assert build([future], _PLACE, {})[0].at == _SEEN
    assert build([future], _PLACE, {})[0].published == future.published
    assert build([replace(_ENTRY, published=None)], _PLACE, {})[0].at == _ENTRY.updated
    assert build([replace(_ENTRY, published=None, updated=None)], _PLACE, {})[0].at == _SEEN
    assert build([replace(_ENTRY, published=datetime(1, 1, 1, tzinfo=UTC))], _PLACE, {})[0].published is None


def test_moments() -> None:
    assert moment(1_772_323_200) == datetime(2026, 3, 1, tzinfo=UTC)
    assert [moment(wrong) for wrong in (None, 0, 1e20, -1e20, float("nan"), -3e9)] == [None] * 6


def test_newest_first() -> None:
    days = [replace(_ENTRY, guid=str(day), published=datetime(2026, 2, day, tzinfo=UTC)) for day in (3, 9, 1)]
    assert [item.uid for item in build(days, _PLACE, {})] == ["9", "3", "1"]


def test_a_date_of_change_tells_entries_without_a_guid_apart() -> None:
    same = replace(_ENTRY, guid="", link="/", published=None)
    days = [replace(same, updated=datetime(2026, 2, day, tzinfo=UTC)) for day in (3, 9)]
    assert len(build(days, _PLACE, {})) == 2


def test_one_guid_for_several_pages_tells_them_apart() -> None:
    twins = [replace(_ENTRY, guid="g", link=f"/{n}") for n in (1, 2)]
    uids = {item.uid for item in build([*twins, twins[0]], _PLACE, {})}
    assert uids == {"g /1", "g /2"}
    known = {item.uid: item.hash for item in build(twins, _PLACE, {})}
    assert build(twins[:1], _PLACE, known) == ()  # later alone, it is still the same item


def test_without_a_guid_the_link_names_and_without_a_link_the_words() -> None:
    bare = replace(_ENTRY, guid="")
    assert build([bare], _PLACE, {})[0].uid == "/1"
    same = [replace(bare, title=Text(title)) for title in ("One", "Two")]
    assert len({item.uid for item in build(same, _PLACE, {})}) == 2
    linkless = [replace(entry, link="") for entry in same]
    assert len({item.uid for item in build(linkless, _PLACE, {})}) == 2
    assert build(linkless, _PLACE, {}) == build(linkless, _PLACE, {})


def test_a_uid_is_never_long() -> None:
    assert len(build([replace(_ENTRY, guid="g" * 10_000)], _PLACE, {})[0].uid) == 32


def _bridged(title: str, text: str) -> Entry:
    return Entry(guid=text, title=Text(title), content=Text(f"<p>{text}</p>", html=True))


def test_a_post_has_no_title_of_its_own() -> None:
    bare = _bridged("", "Une grande nouvelle pour le secteur")
    cut = _bridged("UNE GRANDE nouvelle…", "Une grande nouvelle pour le marché")
    whole = _bridged("Une grande nouvelle", "Une grande nouvelle")
    assert [(item.kind, item.title) for item in build([bare, cut, whole], _PLACE, {})] == [(ItemKind.POST, "")] * 3


def test_an_article_whose_text_is_its_title_stays_one_among_articles() -> None:
    whole = _bridged("Une vidéo", "Une vidéo")
    others = [_bridged(f"Titre {n}", f"Un texte {n}") for n in range(3)]
    items = build([whole, *others], _PLACE, {})
    assert {(item.kind, bool(item.title)) for item in items} == {(ItemKind.ARTICLE, True)}


def test_an_entry_without_words_is_called_by_its_address_and_one_without_anything_is_none() -> None:
    linked = Entry(link="https://y.example/p")
    heard = Entry(guid="a", media=(Media("audio", "https://y.example/s.mp3", "Entretien"),))
    assert [item.title for item in build([linked, heard], _PLACE, {})] == ["https://y.example/p", "Entretien"]
    assert build([Entry(guid="nothing", author="A", link="javascript:x")], _PLACE, {}) == ()


def test_a_declared_base_comes_before_the_page() -> None:
    page = Entry(guid="a", link="https://y.example/p/", content=Text("<a href='q'>x</a>", html=True))
    assert "https://y.example/p/q" in build([page], _PLACE, {})[0].content
    assert "https://z.example/q" in build([replace(page, base="https://z.example/")], _PLACE, {})[0].content
    assert "https://x.example/s/q" in build([replace(page, base="/s/")], _PLACE, {})[0].content


def test_the_language_is_the_entrys_then_the_documents_then_guessed() -> None:
    words = replace(
        _ENTRY, title=Text("The prices of the market are up"), content=Text("The rest of it is in the report.")
    )
    silent = Place(7, _PLACE.address, _SEEN)
    assert build([replace(words, lang="de-AT")], _PLACE, {})[0].lang == "de"
    assert build([words], _PLACE, {})[0].lang == "fr"
    assert build([words], silent, {})[0].lang == "en"


def test_lengths_are_capped() -> None:
    long = Entry(
        guid="g",
        title=Text("t" * 9000),
        author="a" * 9000,
        content=Text("c " * 900_000),
        tags=tuple(map(str, range(99))),
    )
    (item,) = build([long], _PLACE, {})
    assert (len(item.title), len(item.author), len(item.tags)) == (500, 200, 20)
    assert len(item.content) <= 500_000
    assert len(item.summary) <= 300


def test_links_are_cleaned_and_identity_stays_as_the_source_has_it() -> None:
    marked = replace(
        _ENTRY,
        guid="",
        link="/1?id=3&utm_source=rss#xtor=RSS-1",
        media=(Media("audio", "https://dts.podtrac.com/redirect.mp3/y.example/s.mp3?a=1"),),
        content=Text("<a href='b?xtor=1'>b</a><img src='i.png?utm_medium=rss'>", html=True),
    )
    (item,) = build([marked], _PLACE, {})
    assert item.uid == marked.link
    assert item.url == "https://x.example/1?id=3"
    assert item.content == '<a href="https://x.example/b">b</a>'
    assert [each.url for each in item.media] == ["https://y.example/s.mp3?a=1", "https://x.example/i.png"]
    assert build([marked], _PLACE, {item.uid: item.hash}) == ()


def test_one_file_attached_and_shown_under_two_marks_is_one() -> None:
    twice = replace(
        _ENTRY,
        media=(Media("image", "/i.png?utm_source=a"),),
        content=Text("<img src='/i.png?utm_source=b' alt='Une vue'>", html=True),
    )
    assert build([twice], _PLACE, {})[0].media == (Media("image", "https://x.example/i.png", "Une vue"),)


@pytest.mark.parametrize(
    "counter", ["http://rssnamespace.org/feedburner/ext/1.0", "http://www.pheedo.com/namespace/pheedo"]
)
def test_a_link_is_read_as_it_was_before_a_counter_wrapped_it(counter: str) -> None:
    prefix = "feedburner" if "feedburner" in counter else "pheedo"
    item = "<item><guid>g</guid><title>T</title><link>http://feedproxy.google.com/~r/a/~3/b/</link>"
    item += f"<{prefix}:origLink>https://x.example/a?utm_source=feedburner</{prefix}:origLink></item>"
    feed = f"<rss version='2.0' xmlns:{prefix}='{counter}'><channel>{item}</channel></rss>"
    (read,) = parse(feed.encode(), "", _PLACE.address, 7, _SEEN, {}).items
    assert (read.uid, read.url) == ("g", "https://x.example/a")
