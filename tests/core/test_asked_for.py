"""Pictures and articles: what a person asks to see, and what is asked of the door for it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.core.conftest import add_source, an_item
from tests.fakes import FakeClock, FakeProgress
from veille.contacts import Purpose, Reason
from veille.core.articles import Articles
from veille.core.discretion import Discretion
from veille.core.doors import LARGEST
from veille.core.library import Library
from veille.core.pictures import MOST, Pictures, is_picture
from veille.core.preferences import Preferences
from veille.errors import (
    Cancelled,
    NeverLoaded,
    NoArticle,
    NoProxy,
    NotFound,
    OnlyCopied,
    ProxyFailed,
    Unreachable,
    Unreadable,
)
from veille.model import Article, Mode, Source
from veille.net.gateway import Response
from veille.posts import Media
from veille.sources.articles import Extract
from veille.store import Store

PNG = b"\x89PNG\r\n\x1a\n and more"
PAGE = "https://news.example/a"


@dataclass
class FakeDoor:
    """A :class:`veille.core.doors.Door` to a web of ``pages``: a body, or an error. It opens when it is asked for."""

    pages: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    opened: int = 0
    hung_up: int = 0

    def __call__(self) -> "FakeDoor":
        self.opened += 1
        return self

    def get(
        self, url: str, *, purpose: Purpose, allow_private: bool, cap: int | None, cancelled: Callable[[], bool]
    ) -> Response:
        assert cap == LARGEST
        self.asked.append(url)
        self.purposes.append(purpose)
        self.private.append(allow_private)
        page = self.pages.get(url, Unreachable(host="news.example", detail="refused"))
        if isinstance(page, Exception):
            raise page
        return Response(url, "", 200, {"content-type": "text/html"}, page)

    def hang_up(self) -> None:
        self.hung_up += 1


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor()


@pytest.fixture
def discretion(store: Store, clock: FakeClock) -> Discretion:
    return Discretion(Preferences(store), clock)


@pytest.fixture
def pictures(store: Store, discretion: Discretion, door: FakeDoor) -> Pictures:
    return Pictures(store, discretion, door)


@pytest.fixture
def articles(store: Store, clock: FakeClock, discretion: Discretion, door: FakeDoor) -> Articles:
    return Articles(
        store, clock, discretion, door,
        lambda body, kind, url: Extract(f"<p>{body.decode()} {kind} {url}</p>"))  # fmt: skip


@pytest.fixture
def source(store: Store) -> Source:
    return add_source(store, "News")


def put(store: Store, clock: FakeClock, source: Source, *media: Media, url: str = PAGE) -> int:
    (item,) = store.items.apply([an_item(source.id, "a", clock.now(), url=url, media=media)], [])
    return item


def image(name: str) -> Media:
    return Media("image", f"https://pictures.example/{name}")


# Pictures ----------------------------------------------------------------------------------------


def test_the_pictures_of_an_item_and_nothing_else(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(
        store, clock, source, image("1"), Media("audio", "https://pictures.example/sound"), image("2"), image("1"),
        Media("frame", "https://pictures.example/frame"), Media("image", "data:image/png;base64,AA"))  # fmt: skip
    door.pages = {image("1").url: PNG, image("2").url: b"<svg onload='alert(1)'/>"}
    first, second = pictures.load(item, FakeProgress())
    assert (first.url, first.data, first.problem) == (image("1").url, PNG, "")
    assert (second.data, second.problem) == (
        b"", "What pictures.example sent is not a picture that Veille can show.")  # fmt: skip
    assert sorted(door.asked) == [image("1").url, image("2").url]
    assert {(each.reason, each.source, each.strict) for each in door.purposes} == {(Reason.PICTURE, source.id, False)}
    assert door.hung_up == 1


def test_a_picture_that_fails_says_why_and_the_others_come(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source, image("1"), image("2"))
    door.pages = {image("2").url: PNG}
    first, second = pictures.load(item, FakeProgress())
    assert first.problem == "news.example cannot be reached (refused)."
    assert second.data == PNG


def test_a_page_of_pictures_is_capped(pictures: Pictures, store: Store, clock: FakeClock, source: Source):
    item = store.items.get(put(store, clock, source, *(image(str(count)) for count in range(50))))
    assert item is not None
    assert len(pictures.addresses(item)) == MOST


def test_stopped_it_asks_no_more(pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor):
    item = put(store, clock, source, *(image(str(count)) for count in range(9)))
    assert pictures.load(item, FakeProgress(stop_after=0)) == []
    assert door.asked == []
    door.pages = {image(str(count)).url: Cancelled() for count in range(9)}
    assert pictures.load(item, FakeProgress()) == []


def test_nobody_is_asked_for_an_item_without_pictures(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    assert pictures.load(put(store, clock, source), FakeProgress()) == []
    with pytest.raises(NotFound):
        pictures.load(999, FakeProgress())
    assert door.opened == 0


def test_strict_never_loads_pictures(
    pictures: Pictures, discretion: Discretion, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source, image("1"))
    Preferences(store).set("proxy", "socks5://127.0.0.1:9050")
    discretion.set_mode(Mode.STRICT)
    with pytest.raises(NeverLoaded):
        pictures.load(item, FakeProgress())
    assert door.opened == 0


def test_only_the_place_that_was_allowed_may_be_private(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    store.sources.replace(replace(source, allow_private=True))
    here, there = Media("image", "https://news.example/p.png"), Media("image", "https://news.example:8080/p.png")
    pictures.load(put(store, clock, source, here, there), FakeProgress())
    assert dict(zip(door.asked, door.private, strict=True)) == {here.url: True, there.url: False}


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (PNG, True), (b"\xff\xd8\xff\xe0", True), (b"GIF89a..", True), (b"RIFF\0\0\0\0WEBPVP8 ", True),
        (b"RIFF\0\0\0\0WAVE", False), (b"<svg/>", False), (b"", False), (b"BM", False), (b"II*\0", False),
    ],
)  # fmt: skip
def test_what_is_a_picture(data: bytes, good: bool):
    assert is_picture(data) is good


# What was asked for once is here -------------------------------------------------------------------


def test_what_was_asked_for_once_is_not_asked_for_again(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source, image("1"), image("2"), image("3"))
    door.pages = {image("1").url: PNG + b"1", image("3").url: PNG + b"3"}
    assert pictures.stored(item) == []
    pictures.load(item, FakeProgress())
    assert [(each.url, each.data) for each in pictures.stored(item)] == [
        (image("1").url, PNG + b"1"), (image("3").url, PNG + b"3")]  # fmt: skip
    door.asked.clear()
    door.pages = {image("2").url: PNG + b"2"}
    assert [each.data for each in pictures.load(item, FakeProgress())] == [PNG + b"1", PNG + b"2", PNG + b"3"]
    assert door.asked == [image("2").url]


def test_stored_pictures_show_at_the_strict_level_and_open_no_door(
    pictures: Pictures, discretion: Discretion, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source, image("1"))
    store.pictures.put(item, [(0, image("1").url, PNG)])
    discretion.set_mode(Mode.STRICT)
    for found in (pictures.stored(item), pictures.load(item, FakeProgress())):
        assert [each.data for each in found] == [PNG]
    assert door.opened == 0


def test_the_pictures_of_the_full_article_come_first_where_it_is_read(
    pictures: Pictures, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source, image("feed"))
    store.articles.put(Article(item, "<p>all</p>", clock.now(), media=(image("page"), Media("video", PAGE))))
    door.pages = {image("feed").url: PNG, image("page").url: PNG}
    assert [each.url for each in pictures.load(item, FakeProgress())] == [image("feed").url]
    found = pictures.load(item, FakeProgress(), whole=True)
    assert [each.url for each in found] == [image("page").url, image("feed").url]
    assert sorted(door.asked) == [image("feed").url, image("page").url]


# Articles ----------------------------------------------------------------------------------------


def test_an_article_is_fetched_once_and_kept(
    articles: Articles, library: Library, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source)
    door.pages = {PAGE: b"text"}
    assert library.article(item) is None
    came = articles.fetch(item, FakeProgress())
    assert came == Article(item, f"<p>text text/html {PAGE}</p>", clock.now())
    assert library.article(item) == came
    assert [(each.reason, each.source) for each in door.purposes] == [(Reason.ARTICLE, source.id)]
    assert door.hung_up == 1


def test_a_page_without_an_article_keeps_nothing(
    store: Store, clock: FakeClock, source: Source, discretion: Discretion, library: Library, door: FakeDoor
):
    def broken(_body: bytes, _kind: str, _url: str) -> Extract:
        raise Unreadable(detail="reading it took longer than 10 seconds")

    articles = Articles(store, clock, discretion, door, broken)
    item = put(store, clock, source)
    door.pages = {PAGE: b""}
    with pytest.raises(NoArticle, match=r"the page of news\.example"):
        articles.fetch(item, FakeProgress())
    door.pages = {}
    with pytest.raises(Unreachable):
        articles.fetch(item, FakeProgress())
    assert library.article(item) is None
    assert door.hung_up == 2


def test_an_article_stays_where_its_page_says_much_less_later(
    articles: Articles, library: Library, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    item = put(store, clock, source)
    door.pages = {PAGE: b"a long text " * 50}
    first = articles.fetch(item, FakeProgress())
    door.pages = {PAGE: b"Subscribe."}
    assert articles.fetch(item, FakeProgress()) == first
    door.pages = {PAGE: Unreachable(host="news.example", detail="refused")}
    with pytest.raises(Unreachable):
        articles.fetch(item, FakeProgress())
    assert library.article(item) == first
    door.pages = {PAGE: b"another text " * 45}
    assert library.article(item) != articles.fetch(item, FakeProgress()) == library.article(item)


def test_an_item_without_a_link_has_no_page(
    articles: Articles, store: Store, clock: FakeClock, source: Source, door: FakeDoor
):
    with pytest.raises(NoArticle):
        articles.fetch(put(store, clock, source, url=""), FakeProgress())
    with pytest.raises(NotFound):
        articles.fetch(999, FakeProgress())
    assert door.opened == 0


def test_strict_fetches_an_article_through_a_proxy_alone(
    store: Store, clock: FakeClock, source: Source, door: FakeDoor, articles: Articles, discretion: Discretion
):
    item = put(store, clock, source)
    discretion.set_mode(Mode.STRICT)
    with pytest.raises(NoProxy):
        articles.fetch(item, FakeProgress())
    assert door.opened == 0
    store.sources.replace(replace(source, route="socks5://127.0.0.1:9050"))
    door.pages = {PAGE: b"text"}
    articles.fetch(item, FakeProgress())
    assert [(str(each.route), each.strict) for each in door.purposes] == [("socks5://127.0.0.1:9050", True)]


def test_strict_fetches_nothing_through_an_unknown_redirector(
    store: Store, clock: FakeClock, source: Source, door: FakeDoor, articles: Articles, discretion: Discretion
):
    store.sources.replace(replace(source, route="socks5://127.0.0.1:9050"))
    item = put(store, clock, source, url="https://bit.ly/3xYz")
    discretion.set_mode(Mode.STRICT)
    with pytest.raises(OnlyCopied):
        articles.fetch(item, FakeProgress())
    assert door.opened == 0


def test_a_broken_proxy_is_not_gone_around(
    store: Store, clock: FakeClock, source: Source, door: FakeDoor, articles: Articles, pictures: Pictures
):
    store.sources.replace(replace(source, route="socks5://127.0.0.1:99999"))
    item = put(store, clock, source, image("1"))
    with pytest.raises(ProxyFailed):
        articles.fetch(item, FakeProgress())
    with pytest.raises(ProxyFailed):
        pictures.load(item, FakeProgress())
    assert door.opened == 0
