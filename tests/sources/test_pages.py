"""Pages without a feed: what a selector finds, which selectors are offered, and what pages do to prevent it."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from tests.corpora import corpus
from tests.fakes import FakeClock
from tests.harmless import item_faults
from tests.net.conftest import FakeLedger
from tests.servers import FeedServer
from veille.contacts import Purpose, Reason
from veille.errors import BadSelector, NothingSelected, SourceError, Unreadable
from veille.model import Item, ItemKind, Source, SourceKind, SourceState
from veille.net.gateway import Gateway
from veille.sources.listed import SELECTOR
from veille.sources.pages import PageFetcher, check, parse
from veille.sources.proposing import selectors
from veille.sources.workers import Workers

T = TypeVar("T")

SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADDRESS = "https://regulator.example/news/"


def card(number: int, when: str = "") -> str:
    time = f'<time datetime="{when}">{when}</time>' if when else ""
    return (
        f'<li class="card"><img src="/p.gif"><h3><a href="/news/{number}?utm_source=x">Decision number {number} of the'
        f"</a></h3>{time}<p>What was decided on case {number}.</p></li>"
    )


NEWS = f"""<!doctype html><html lang="fr"><head><title>Actualités – Régulateur</title></head><body>
<nav><ul><li class="card"><a href="/somewhere">A long entry of the menu</a></li></ul></nav>
<main><ul class="news">{card(3, "2026-03-01T10:00:00+01:00")}{card(2, "2026-02-20")}{card(1)}</ul>
<div class="links"><p><a href="/a">Legal notice and more words</a></p></div></main></body></html>"""


def found(page: str, selector: str, known: dict[str, str] | None = None) -> tuple[Item, ...]:
    return parse(page.encode(), "text/html; charset=utf-8", ADDRESS, selector, 7, SEEN, known or {}).items


def test_a_selector_finds_items() -> None:
    parsed = parse(NEWS.encode(), "text/html; charset=utf-8", ADDRESS, "ul.news > li", 7, SEEN, {})
    assert (parsed.title, parsed.site, parsed.lang, parsed.entries) == ("Actualités – Régulateur", ADDRESS, "fr", 3)
    first, second, third = sorted(parsed.items, key=lambda item: item.url, reverse=True)
    assert first.title == "Decision number 3 of the"
    assert first.url == "https://regulator.example/news/3"
    assert first.summary == "What was decided on case 3."
    assert first.published == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert second.published == datetime(2026, 2, 20, tzinfo=UTC)
    assert (third.published, third.at, third.kind) == (None, SEEN, ItemKind.ARTICLE)
    assert not item_faults(first)


def test_what_is_known_is_not_given_again_and_a_clock_is_no_change() -> None:
    page = NEWS.replace("</h3>", "</h3><time>3 minutes ago</time>")
    known = {item.uid: item.hash for item in found(page, "ul.news li")}
    page = page.replace("</ul>\n<div", "</ul><div")
    later = page.replace("3 minutes ago", "2 hours ago").replace("</ul><div", f"{card(0)}</ul><div")
    assert [item.title for item in found(later, "ul.news li", known)] == ["Decision number 0 of the"]


def test_of_elements_inside_each_other_the_outer_one_counts() -> None:
    assert len(found("<div><div><a href=/1>One</a></div><div><a href=/2>Two</a></div></div>", "div")) == 1


@pytest.mark.parametrize(
    ("page", "selector", "url", "title"),
    [
        ('<a class="x" href="/1"><h2>Title</h2><p>Text</p></a>', "a.x", "https://regulator.example/1", "Title"),
        ('<a href="/1"><div class="x"><h2>Title</h2></div></a>', ".x", "https://regulator.example/1", "Title"),
        ('<p class="x">Words without a link</p>', ".x", ADDRESS, "Words without a link"),
        ('<base href="/b/"><p class="x"><a href="1">Words</a></p>', ".x", "https://regulator.example/b/1", "Words"),
        ('<p class="x"><a href="javascript:alert(1)">Words</a></p>', ".x", ADDRESS, "Words"),
    ],
)
def test_which_link_and_title(page: str, selector: str, url: str, title: str) -> None:
    (item,) = found(page, selector)
    assert (item.url, item.title) == (url, title)


def test_nothing_found_is_said() -> None:
    for page, selector in ((NEWS, "table.absent"), ("", "p"), ("\x00\x01", "p")):
        with pytest.raises(NothingSelected):
            found(page, selector)


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "  ",
        "li[",
        "li::before()",
        ">",
        "a:nosuch",
        "x" * (SELECTOR + 1),
        "((((",
        "|",
        "ns|a",
        "*:nth-of-type(2)",
        "a:nth-child(2 of b)",
    ],
)
def test_what_is_no_selector_is_refused_in_words(selector: str) -> None:
    with pytest.raises(BadSelector) as raised:
        check(selector)
    assert str(raised.value).startswith("“")
    assert not str(raised.value).endswith("..")
    assert check(" li >\n a\x00[title='\ud83d'] ") == "li > a[title='']"  # what no store takes


# What tells items from each other ----------------------------------------------------------------


def entries(*inside: str) -> str:
    return "".join(f"<li>{each}</li>" for each in inside)


def test_a_link_is_one_item_whatever_marks_a_reader_on_it() -> None:
    one, other = (
        found(entries(f'<a href="{link}">The decision on case 5</a>'), "li")
        for link in ("/news/5?utm_source=home&fbclid=x", "https://www.regulator.example/news/5?utm_source=list")
    )
    assert [item.uid for item in one] == [item.uid for item in other]
    assert one[0].url == "https://regulator.example/news/5"


def test_the_same_link_twice_is_one_item() -> None:
    """A picture that links, then the headline."""
    page = entries(
        '<a href="/1"><img src="/p.gif"></a>', '<a href="/1">The decision</a>', '<a href="/1#top">The decision</a>',
        '<a href="/2">Another one</a>', '<a href="/2">Read on about it</a>',
    )  # fmt: skip
    assert sorted(item.title for item in found(page, "li")) == ["Another one", "The decision", "The decision"]


def test_where_all_links_lead_to_one_place_the_words_tell_items_apart() -> None:
    for link in ("/login", "#", "", ADDRESS):
        page = entries(*(f'<b>Case {number}</b> <a href="{link}">Read on in the archive</a>' for number in range(4)))
        assert len(found(page, "li")) == 4, link


def test_other_words_behind_a_known_link_are_a_change_and_no_new_item() -> None:
    before = found(entries('<a href="/1">The decision</a> on case 5', '<a href="/2">Another</a>'), "li")
    known = {item.uid: item.hash for item in before}
    (after,) = found(entries('<a href="/1">The decision!</a> on case 5', '<a href="/2">Another</a>'), "li", known)
    assert after.uid in known
    assert after.title == "The decision!"


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("3 minutes ago", "2 hours ago"),
        ("il y a 5 minutes", "il y a environ 2 heures"),
        ("12 comments · just now", "1,314 comments · 1 day ago"),
        ("By Ana, an hour ago, 3 views", "By Ana, 2 days ago, 5.1k views"),
    ],
)
def test_what_passes_is_no_change(first: str, later: str) -> None:
    def page(passing: str) -> str:
        linked = f'<h3><a href="/1">The decision of 3 years ago</a></h3><p>What was decided.</p><span>{passing}</span>'
        return entries(linked, f"<b>Words without a link</b> <i>{passing}</i>")

    before = found(page(first), "li")
    assert sorted(item.title for item in before)[0] == "The decision of 3 years ago"  # a headline stays whole
    assert found(page(later), "li", {item.uid: item.hash for item in before}) == ()


@pytest.mark.parametrize(
    ("time", "when"),
    [
        ('<time datetime="0001-01-01T00:00:00+10:00">', None),
        ('<time datetime="9999-12-31T23:59:59-10:00">', None),
        ('<time datetime="yesterday">2026-02-20', None),
        ("<time>2026-02-20", datetime(2026, 2, 20, tzinfo=UTC)),
        ('<time datetime="">2026-02-20T10:00Z', datetime(2026, 2, 20, 10, tzinfo=UTC)),
    ],
)
def test_dates_that_are_none_are_passed_over(time: str, when: datetime | None) -> None:
    (item,) = found(entries(f'<a href="/1">The decision</a>{time}</time>'), "li")
    assert item.published == when


def test_the_link_that_tells_most_is_the_items() -> None:
    """Not that to its section."""
    (item,) = found(entries('<a href="/s">Power</a> <a href="/1">The decision on case number 5</a>'), "li")
    assert (item.url, item.title) == ("https://regulator.example/1", "The decision on case number 5")


# Which selectors ---------------------------------------------------------------------------------


def test_selectors_are_offered() -> None:
    offered = selectors(NEWS.encode(), "text/html", ADDRESS)
    assert {item.url for item in found(NEWS, offered[0])} == {f"https://regulator.example/news/{n}" for n in (1, 2, 3)}


def test_a_list_of_articles_is_offered_before_a_list_of_tags() -> None:
    articles = "".join(
        f'<article class="post-{n} hentry"><h2><a href="/p/{n}">The title of article number {n}</a></h2>'
        f'<a href="/p/{n}">Read on, please do</a></article>'
        for n in range(8)
    )
    tags = "".join(f'<li class="tag"><a href="/t/{n}">Category number {n}</a></li>' for n in range(30))
    page = f"<html><body><div>{articles}</div><ul>{tags}</ul></body></html>"
    offered = selectors(page.encode(), "text/html", ADDRESS)
    assert {item.url for item in found(page, offered[0])} == {f"https://regulator.example/p/{n}" for n in range(8)}
    assert all(found(page, each) for each in offered)


HEADED = "".join(
    f'<article class="post odd"><header class="entry-header"><h2 class="entry-title"><a href="/p/{n}">The title of the '
    f'article number {n}</a></h2></header><a href="/by">By somebody of the house</a></article>'
    for n in range(5)
)
MENU = '<ul class="main-menu">' + "".join(
    f'<li class="entry"><a href="/m/{n}">The rubric number {n} of this rather long menu</a></li>' for n in range(40)
) + "</ul>"  # fmt: skip


def links_of(page: str, at: int = 0) -> set[str]:
    offered = selectors(page.encode(), "text/html", ADDRESS)
    return {item.url.removeprefix("https://regulator.example") for item in found(page, offered[at])}


@pytest.mark.parametrize(
    "page",
    [
        f'<form id="aspnetForm">{MENU}<div>{HEADED}</div></form>',  # a whole page in a form
        f"<header>{MENU}</header>{HEADED}",
        "<div>" + MENU + HEADED.replace("<article", "<div").replace("</article", "</div") + "</div>",
        '<div class="sc-iorIHl">'
        + "".join(
            f'<div class="cell"><a class="hJpRRP" href="/p/{n}"><h3>The title of the article number {n}</h3></a></div>'
            for n in range(5)
        )
        + "</div>",
    ],
)
def test_headlines_come_first(page: str) -> None:
    assert links_of(page) == {f"/p/{n}" for n in range(5)}
    assert "hJpRRP" not in "".join(selectors(page.encode(), "text/html", ADDRESS))


def test_what_alternates_is_found_whole() -> None:
    page = '<ul class="list">' + "".join(
        f'<li class="{("even", "odd")[n % 2]}{" with-image" * (n % 3 == 0)}"><a href="/p/{n}">The title of the article '
        f"number {n}</a></li>" for n in range(9)) + "</ul>"  # fmt: skip
    assert links_of(page) == {f"/p/{n}" for n in range(9)}


def test_a_list_of_links_to_others_is_offered_where_there_is_none_of_its_own() -> None:
    page = entries(*(f'<a href="https://other.example/{n}">What others wrote, number {n}</a>' for n in range(5)))
    assert len(links_of(page)) == 5


def test_saved_pages_are_read() -> None:
    """Pages of articles: each ends, and what is offered finds something."""
    paths = sorted(corpus("D_articles", "readability").rglob("source.html"))[::3]
    offered = 0
    for path in paths:
        body = path.read_bytes()
        there = re.search(rb"""rel=["']canonical["'][^>]{0,99}href=["'](https?://[^"']{1,300})""", body)
        address = there[1].decode("utf-8", "replace") if there else ADDRESS
        for selector in selectors(body, "text/html", address)[:2]:
            assert parse(body, "text/html", address, selector, 7, SEEN, {}).items
            offered += 1
    assert offered > len(paths) / 4


def test_a_page_without_a_list_offers_nothing() -> None:
    assert selectors(b"<p><a href=/1>Only one link here</a></p>", "text/html", ADDRESS) == ()
    assert selectors(b"", "text/html", ADDRESS) == ()


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000, "<li class=a><a href=/1>Some words here</a>" * 20_000, "<li class='" + "a " * 100_000 + "'>",
        "<a href='" + "x" * 100_000 + "'>Some words here</a>" * 5, "<p>" + "\ud83d" * 3,
        "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "<li class=a>" + "<a href=/1><h2>Some words here</h2></a>" * 20_000,
        "".join(f"<li class={chr(97 + n % 26) * (2 + n // 26 % 30)}><a href=/{n}>Some words here</a>"
                for n in range(9000)),
    ],
)  # fmt: skip
def test_hostile_pages_end(page: str) -> None:
    body = page.encode("utf-8", "replace")
    selectors(body, "text/html", ADDRESS)
    with suppress(NothingSelected):
        assert len(parse(body, "text/html", ADDRESS, "li, p, a, div", 7, SEEN, {}).items) <= 100


def test_a_page_is_fetched_like_a_feed(clock: FakeClock) -> None:
    def run(call: Callable[..., T], /, *arguments: Any) -> T:
        return call(*arguments)

    gateway = Gateway(clock, FakeLedger())
    with FeedServer() as server:
        server.put("/news", NEWS.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        source = Source(7, "k", SourceKind.PAGE, server.url("/news"), "", clock.now(), allow_private=True)
        source = replace(source, selector=".news li")
        fetcher = PageFetcher(gateway.get, clock, run)
        purpose = Purpose(Reason.BY_HAND, 7)
        first = fetcher.fetch(source, SourceState(7), {}, purpose, lambda: False)
        assert [len(first.items), first.title] == [3, "Actualités – Régulateur"]
        again = fetcher.fetch(source, first.state, {}, purpose, lambda: False)
        assert again.unchanged
        with pytest.raises(NothingSelected):
            fetcher.fetch(replace(source, selector=".absent"), SourceState(7), {}, purpose, lambda: False)
        with pytest.raises(SourceError, match=r"is no CSS selector") as raised:  # of a pack; it ends no pass
            fetcher.fetch(replace(source, selector=":none-that-is-known"), SourceState(7), {}, purpose, lambda: False)
        assert not str(raised.value).endswith("..")
    gateway.close()


def test_with_another_selector_an_old_page_is_a_new_one(clock: FakeClock) -> None:
    """Though its server says that nothing changed."""

    def run(call: Callable[..., T], /, *arguments: Any) -> T:
        return call(*arguments)

    gateway = Gateway(clock, FakeLedger())
    with FeedServer() as server:
        server.put("/news", NEWS.encode(), headers={"Content-Type": "text/html; charset=utf-8", "ETag": '"1"'})
        source = Source(7, "k", SourceKind.PAGE, server.url("/news"), "", clock.now(), allow_private=True)
        fetcher, purpose = PageFetcher(gateway.get, clock, run), Purpose(Reason.BY_HAND, 7)
        state = SourceState(7)
        for selector, count in ((".news li", 3), (".news li", 0), (".links p", 1), (".news li", 3)):
            clock.advance(hours=1)
            one = fetcher.fetch(replace(source, selector=selector), state, {}, purpose, lambda: False)
            assert (len(one.items), one.unchanged) == (count, not count)
            state = one.state
    gateway.close()


def test_a_selector_that_takes_for_ever_ends_as_a_sentence() -> None:
    workers = Workers(1, patience=1.0)
    body = ("<div>" + "<p>a</p>" * 60_000 + "</div>").encode()
    try:
        with pytest.raises(Unreadable, match="longer than 1 seconds"):
            workers.run(parse, body, "text/html", ADDRESS, "* ~ * ~ * ~ * ~ *", 7, SEEN, {})
        assert workers.run(parse, NEWS.encode(), "text/html", ADDRESS, ".news li", 7, SEEN, {}).entries == 3
    finally:
        workers.close()
