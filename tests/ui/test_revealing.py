"""Before you are seen: every deed that would show the person says so first, and offers the quieter ways."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NEWEST
from tests.ui.test_pictures import encoded
from veille.contacts import Reason
from veille.core.pictures import Picture, Pictures
from veille.errors import ProfileUnwritable
from veille.model import Article, Deed, Item, Mode, Progress
from veille.posts import Media
from veille.ui import links as links_module
from veille.ui.pictures import shown
from veille.ui.start import Face
from veille.ui.window import Window

PROXY = "socks5://127.0.0.1:9050"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open: the test has none."""
    addresses: list[str] = []

    class Desktop:
        @staticmethod
        def openUrl(url: QUrl) -> bool:
            addresses.append(url.toString())
            return True

    monkeypatch.setattr(links_module, "QDesktopServices", Desktop)
    return addresses


class Loaded:
    """Pictures that were there all along: each asked item is remembered."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.held: Callable[[Progress], None] = lambda _progress: None

    addresses = Pictures.addresses

    def stored(self, _item: int) -> list[Picture]:
        return []

    def load(self, item: int, progress: Progress, *, whole: bool = False) -> list[Picture]:
        self.asked.append(item)
        self.held(progress)
        return [Picture("https://cdn.example.org/p.png", encoded("png"))]


class Fetching:
    """Articles that come at once and are kept, as the real ones are."""

    def __init__(self, window: Window) -> None:
        self.asked: list[int] = []
        self._store = window.services._store

    def fetch(self, item: int, progress: Progress) -> Article:
        self.asked.append(item)
        article = Article(item, "<p>The whole story</p>", NEWEST)
        self._store.articles.put(article)
        return article


@pytest.fixture
def loaded(window: Window) -> Loaded:
    made = Loaded()
    window.services.pictures = made  # type: ignore[assignment]
    return made


@pytest.fixture
def fetching(window: Window) -> Fetching:
    made = Fetching(window)
    window.services.articles = made  # type: ignore[assignment]
    return made


def read(window: Window, qtbot: QtBot, row: int = 0) -> None:
    """Open an item."""
    item = window.model.ids[row]
    window.items.go(row)
    qtbot.waitUntil(lambda: window.reader.hit is not None and window.reader.hit.item.id == item)


def choices(window: Window) -> list[str]:
    return [each.text() for each in window.reader.strip.choices]


def choose(window: Window, name: str) -> None:
    next(each for each in window.reader.strip.choices if each.text() == name).click()


def be(window: Window, mode: Mode) -> None:
    window.services.discretion.set_mode(mode)


def opened_links(window: Window) -> int:
    return window.services.traces.today().by_reason.get(Reason.BROWSER, 0)


# Links -------------------------------------------------------------------------------------------


def test_opening_a_link_asks_first_and_the_quieter_way_has_the_keyboard(
    window: Window, qtbot: QtBot, opened: list[str]
) -> None:
    read(window, qtbot)
    window.reader._open.click()
    strip = window.reader.strip
    assert strip.isVisible()
    assert "example.org" in strip.text
    assert choices(window) == ["Copy the clean link", "Open all the same", "Always for this source"]
    qtbot.waitUntil(strip.choices[0].hasFocus)
    strip.choices[0].click()
    assert QGuiApplication.clipboard().text() == "https://example.org/0"
    assert not strip.isVisible()
    assert (opened, opened_links(window)) == ([], 0)


def test_a_link_that_is_opened_all_the_same_is_traced_and_clean(
    window: Window, qtbot: QtBot, opened: list[str]
) -> None:
    read(window, qtbot)
    window.reader.text.anchorClicked.emit(QUrl("https://example.org/page?id=3&utm_source=feed"))
    choose(window, "Open all the same")
    qtbot.waitUntil(lambda: opened == ["https://example.org/page?id=3"])
    (row,) = window.services.traces.find()
    assert (row.reason, row.address) == (Reason.BROWSER, "https://example.org/page?id=3")
    assert row.source_id == window.reader.hit.item.source
    qtbot.waitUntil(lambda: "1 link was opened" in window.status.mode.toolTip())


def test_what_cannot_be_traced_is_not_opened(window: Window, qtbot: QtBot, opened: list[str]) -> None:
    class Full:
        def opened(self, url: str, source_id: int = 0) -> None:
            raise ProfileUnwritable(path="traces.db", detail="no space left")

    window.services.traces = Full()  # type: ignore[assignment]
    read(window, qtbot)
    window.revealing.do("open")
    choose(window, "Open all the same")
    qtbot.waitUntil(lambda: "no space left" in window.failure.text)
    assert opened == []


def test_always_for_this_source_asks_no_more_and_can_be_undone(window: Window, qtbot: QtBot, opened: list[str]) -> None:
    read(window, qtbot)
    window.revealing.do("open")
    choose(window, "Always for this source")
    qtbot.waitUntil(lambda: len(opened) == 1)
    source = window.reader.hit.item.source
    qtbot.waitUntil(lambda: Deed.OPEN in window.browsing.outline.sources[source].allowed)
    window.revealing.do("open")
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert [each.text() for each in window.done.choices] == ["Undo"]
    window.done.choices[0].click()
    qtbot.waitUntil(lambda: not window.browsing.outline.sources[source].allowed)
    window.revealing.do("open")
    assert window.reader.strip.isVisible()


def test_open_mode_opens_at_once(window: Window, qtbot: QtBot, opened: list[str]) -> None:
    be(window, Mode.OPEN)
    read(window, qtbot)
    window.revealing.do("open")
    qtbot.waitUntil(lambda: opened == ["https://example.org/0"])
    assert opened_links(window) == 1


def test_strict_lets_an_opaque_redirector_only_be_copied(window: Window, qtbot: QtBot, opened: list[str]) -> None:
    be(window, Mode.STRICT)
    read(window, qtbot)
    window.reader.text.anchorClicked.emit(QUrl("https://bit.ly/3abcdef"))
    assert choices(window) == ["Copy the clean link"]
    assert "bit.ly" in window.reader.strip.text
    assert opened == []


@pytest.mark.parametrize("mode", [Mode.DISCREET, Mode.OPEN])
def test_nothing_but_web_and_mail_is_ever_opened(window: Window, qtbot: QtBot, opened: list[str], mode: Mode) -> None:
    be(window, mode)
    for address in (
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//host/share",
        "data:text/html,x",
        "ftp://x.example/",
    ):
        with qtbot.waitSignal(window.revealing.told) as told:
            window.reader.text.anchorClicked.emit(QUrl(address))
        assert address in told.args[0]
    assert opened == []


def test_a_letter_is_only_begun(window: Window, qtbot: QtBot, opened: list[str]) -> None:
    window.reader.text.anchorClicked.emit(QUrl("mailto:ada@example.org"))
    assert opened == ["mailto:ada@example.org"]
    assert opened_links(window) == 0


def test_a_copied_link_says_what_was_taken_out(window: Window, qtbot: QtBot) -> None:
    window.links.copy("https://example.org/page?id=3&utm_source=feed")
    assert QGuiApplication.clipboard().text() == "https://example.org/page?id=3"
    assert window.status.text == "Link copied, without utm_source."
    window.links.copy_whole("https://example.org/feed?utm_source=feed")
    assert QGuiApplication.clipboard().text() == "https://example.org/feed?utm_source=feed"


# Pictures ----------------------------------------------------------------------------------------


def test_pictures_are_asked_about_then_shown(window: Window, qtbot: QtBot, loaded: Loaded) -> None:
    read(window, qtbot)
    window.reader.text.anchorClicked.emit(QUrl("veille:pictures"))
    assert "cdn.example.org" in window.reader.strip.text
    assert choices(window) == [
        "Read what is stored", "Through a proxy…", "Show all the same", "Always for this source"]  # fmt: skip
    assert loaded.asked == []
    choose(window, "Show all the same")
    qtbot.waitUntil(lambda: "\ufffc" in window.reader.text.toPlainText())
    assert loaded.asked == [window.reader.hit.item.id]


def test_through_a_proxy_is_not_offered_where_it_goes_through_one(window: Window, qtbot: QtBot, loaded: Loaded) -> None:
    window.services.preferences.set("proxy", PROXY)
    read(window, qtbot)
    window.revealing.do("pictures")
    assert "Through a proxy…" not in choices(window)
    assert "proxy" in window.reader.strip.text


def test_strict_never_loads_pictures(window: Window, qtbot: QtBot, loaded: Loaded) -> None:
    window.services.preferences.set("proxy", PROXY)
    be(window, Mode.STRICT)
    read(window, qtbot)
    window.revealing.do("pictures")
    assert choices(window) == ["Read what is stored"]
    assert loaded.asked == []


def test_pictures_load_by_themselves_in_open_mode_for_a_source_that_may(
    window: Window, qtbot: QtBot, loaded: Loaded
) -> None:
    read(window, qtbot)
    source = window.reader.hit.item.source
    window.curating.allow(source, Deed.PICTURES)
    qtbot.waitUntil(lambda: Deed.PICTURES in window.browsing.outline.sources[source].allowed)
    rows = [at for at, item in enumerate(window.model.ids) if window.services.library.item(item).item.source == source]
    read(window, qtbot, rows[1])
    assert loaded.asked == [], "never by reading, in discreet mode"
    be(window, Mode.OPEN)
    read(window, qtbot, rows[2])
    qtbot.waitUntil(lambda: loaded.asked == [window.model.ids[rows[2]]])
    other = next(at for at in range(12) if at not in rows)
    read(window, qtbot, other)
    assert len(loaded.asked) == 1


def test_who_reads_on_asks_for_no_more(window: Window, qtbot: QtBot, loaded: Loaded) -> None:
    from threading import Event

    begun, stopped = Event(), Event()

    def hold(progress: Progress) -> None:
        begun.set()
        while not progress.cancelled:
            Event().wait(0.005)
        stopped.set()

    loaded.held = hold
    be(window, Mode.OPEN)
    read(window, qtbot)
    window.revealing.do("pictures")
    qtbot.waitUntil(begun.is_set)
    read(window, qtbot, 1)
    qtbot.waitUntil(stopped.is_set)
    qtbot.waitUntil(lambda: not window.tasks.busy())
    assert "\ufffc" not in window.reader.text.toPlainText()


def test_an_item_without_pictures_says_so(window: Window, qtbot: QtBot) -> None:
    read(window, qtbot)
    window.reader.hit = replace(window.reader.hit, item=replace(window.reader.hit.item, media=()))
    window.revealing.do("pictures")
    assert window.status.text == "This item has no pictures."


def test_stored_pictures_show_when_the_item_is_read_and_nobody_is_asked(window: Window, qtbot: QtBot) -> None:
    item, url = window.model.ids[0], "https://cdn.example.org/p.png"
    window.services._store.pictures.put(item, [(0, url, encoded("png"))])
    be(window, Mode.STRICT)
    read(window, qtbot)
    qtbot.waitUntil(lambda: "\ufffc" in window.reader.text.toPlainText())
    window.revealing.do("pictures")
    assert not window.reader.strip.isVisible(), "there is nothing to ask for"
    read(window, qtbot, 1)
    qtbot.waitUntil(lambda: not window.tasks.busy())
    assert "\ufffc" not in window.reader.text.toPlainText()
    assert window.services.traces.find() == []


def test_what_was_asked_for_shows_beside_what_is_stored(window: Window, qtbot: QtBot, loaded: Loaded) -> None:
    read(window, qtbot)
    hit = window.reader.hit
    media = (*hit.item.media, Media("image", "https://cdn.example.org/q.png"))
    window.reader.hit = replace(hit, item=replace(hit.item, media=media))
    window.revealing._show([hit.item.id], [shown(Picture(media[1].url, encoded("png")))])
    window.revealing.do("pictures")
    assert "cdn.example.org" in window.reader.strip.text
    choose(window, "Show all the same")
    qtbot.waitUntil(lambda: window.reader.text.toPlainText().count("\ufffc") == 2)


# The article -------------------------------------------------------------------------------------


def test_the_article_is_asked_about_fetched_and_kept(window: Window, qtbot: QtBot, fetching: Fetching) -> None:
    read(window, qtbot)
    window.revealing.do("article")
    assert choices(window) == [
        "Read what is stored", "Copy the clean link", "Through a proxy…", "Fetch all the same",
        "Always for this source"]  # fmt: skip
    choose(window, "Fetch all the same")
    qtbot.waitUntil(lambda: "The whole story" in window.reader.text.toPlainText())
    window.revealing.do("article")
    assert "Content number0" in window.reader.text.toPlainText()
    read(window, qtbot, 1)
    read(window, qtbot, 0)
    window.revealing.do("article")
    assert "The whole story" in window.reader.text.toPlainText(), "the stored one, without a question"
    assert len(fetching.asked) == 1


def test_strict_without_a_proxy_offers_one(window: Window, qtbot: QtBot, fetching: Fetching) -> None:
    be(window, Mode.STRICT)
    read(window, qtbot)
    window.revealing.do("article")
    assert choices(window) == ["Read what is stored", "Copy the clean link", "Through a proxy…"]
    window.revealing.routed.disconnect()  # the dialogue that would come
    with qtbot.waitSignal(window.revealing.routed) as routed:
        choose(window, "Through a proxy…")
    assert routed.args == [window.reader.hit.item.source]
    assert fetching.asked == []


def test_the_answer_for_another_item_is_not_shown(window: Window, qtbot: QtBot, fetching: Fetching) -> None:
    be(window, Mode.OPEN)
    read(window, qtbot)
    first = window.reader.hit.item.id
    window.revealing.do("article")
    window.reader.hit = replace(window.reader.hit, item=replace(window.reader.hit.item, id=999))
    qtbot.waitUntil(lambda: not window.tasks.busy())
    assert fetching.asked == [first]
    assert window.reader.article is None


# The sample --------------------------------------------------------------------------------------


def test_the_sample_asks_nobody(sample_face: Face, qtbot: QtBot) -> None:
    window = sample_face.window
    be(window, Mode.OPEN)
    read(window, qtbot)
    media = (Media("image", "https://cdn.example.org/p.png"),)
    item: Item = replace(window.reader.hit.item, media=media, url="https://example.org/a")
    window.reader.hit = replace(window.reader.hit, item=item)
    for deed in ("pictures", "article"):
        window.status.say("")
        window.revealing.do(deed)
        assert "invented" in window.status.text
    assert not window.tasks.busy()
