"""Rows of the list: who says it, what a screen reader hears, and all kinds of posts drawn."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.posted import ADA, GRACE, NEWEST, posted
from tests.ui.conftest import item
from veille.model import Hit, Item, ItemKind, Mark, Snippet
from veille.posts import Fate, Media, Person
from veille.ui import theme
from veille.ui.items import spoken
from veille.ui.rows import HIT, RIGHT, RowDelegate, names


def hit(one: Item, source: str = "Ada Lovelace (@ada)", more: int = 0) -> Hit:
    return Hit(one, Mark(one.id), source, Snippet(one.title), Snippet(one.summary), more)


def said(one: Hit) -> list[str]:
    return [words for words, _colour in names(one)]


def test_an_article_is_its_source_and_a_post_its_author() -> None:
    assert said(hit(item(0, 1), "Alpha")) == ["Alpha"]
    assert said(hit(posted("x"))) == ["Ada Lovelace", "@ada"]
    assert said(hit(posted("x", Person("@ada")))) == ["@ada"]


def test_the_source_is_named_where_it_is_not_the_author() -> None:
    assert said(hit(posted("x"), "Hydrogen people")) == ["Ada Lovelace", "@ada", "· Hydrogen people"]
    assert said(hit(replace(item(3, 1), author="", kind=ItemKind.POST), "A bridge")) == ["A bridge"]
    assert said(hit(replace(item(3, 1), author="Ada", kind=ItemKind.POST), "Ada")) == ["Ada"]


def test_a_repost_names_both() -> None:
    assert said(hit(posted("x", GRACE, reposted_by=ADA))) == ["Grace Hopper", "↻ Ada Lovelace", "@grace"]


def test_a_screen_reader_hears_author_text_and_time() -> None:
    one = hit(posted("Two plants opened. #grid", minutes=5), more=2)
    assert spoken(one) == (
        "unread, Ada Lovelace, Two plants opened. #grid, and 2 more posts of this thread, on X, 01 Mar 2026, 11:55"
    )
    passed_on = replace(hit(posted("x", GRACE, reposted_by=ADA), "A list"), mark=Mark(0, read=True, saved=NEWEST))
    assert spoken(passed_on) == ("Grace Hopper, reposted by Ada Lovelace, x, on X, A list, 01 Mar 2026, 12:00, saved")


@pytest.fixture
def draw(qtbot: QtBot) -> "type[Drawing]":
    return Drawing


class Index(QModelIndex):
    """Stands for a row that holds ``hit``."""

    hit: Hit | None = None

    def data(self, role: int = 0) -> Hit | None:
        return self.hit if role == HIT else None


class Drawing:
    """A row drawn on paper of 400 by its height."""

    def __init__(self, one: Hit | None) -> None:
        delegate, option = RowDelegate(), QStyleOptionViewItem()
        self.height = delegate.height(option.font)
        option.rect = QRect(0, 0, 400, self.height)
        index = Index()
        index.hit = one
        paper = QImage(400, self.height + 40, QImage.Format.Format_RGB32)
        paper.fill(QColor("white"))
        painter = QPainter(paper)
        delegate.paint(painter, option, index)
        painter.end()
        self.paper = paper

    def ink(self, top: int, bottom: int, left: int = 30) -> int:
        """How many dots between two lines are not paper."""
        white = QColor("white").rgb()
        return sum(self.paper.pixel(x, y) != white for y in range(top, bottom) for x in range(left, 400))


LONG = "A text that is longer than the three lines which a row of the list has for it, and so on. " * 4


@pytest.mark.parametrize(
    "one",
    [
        hit(posted(LONG)), hit(posted(LONG), more=3), hit(posted(LONG, GRACE, reposted_by=ADA), "Hydrogen people"),
        hit(posted("نص طويل " * 40, Person("@akhbar", "أخبار"))), hit(posted("【速報】電力大手三社" * 20)),
        hit(posted("🔥🔋🇫🇷👩🏽‍🔬" * 40)), hit(posted("", media=[Media("image", "https://x.example/p.png", LONG)])),
        hit(posted(LONG, warning=LONG)), hit(posted(LONG, fate=Fate.DELETED, fated=NEWEST)),
        replace(hit(posted(LONG)), mark=Mark(0, read=True, saved=NEWEST)), hit(item(0, 1)), None,
        replace(hit(posted("a b", warning="w")), excerpt=Snippet("🔥 alpha beta", ((2, 7),))),
    ],
)  # fmt: skip
def test_every_kind_of_post_is_drawn_within_its_row(draw: type[Drawing], one: Hit | None) -> None:
    row = draw(one)
    assert row.ink(25, row.height) > 50
    assert row.ink(row.height + 1, row.height + 40) == 0


def test_a_word_without_end_and_piles_of_marks_stay_within_the_row(draw: type[Drawing]) -> None:
    endless = draw(hit(posted("ab" * 500)))
    assert endless.ink(25, endless.height - 2, left=400 - RIGHT + 2) == 0
    high = draw(hit(posted(("Z" + "\u0330" * 60) * 20, Person("@z", ("Z" + "\u0330" * 60) * 9))))
    assert high.ink(high.height, high.height + 40) == 0


def test_what_is_deleted_says_so_in_place_of_its_text(draw: type[Drawing]) -> None:
    gone = posted("", fate=Fate.DELETED, fated=NEWEST)
    assert spoken(hit(gone)).startswith("unread, Ada Lovelace, Deleted at its network, on X")
    kept = replace(gone, summary="Secret")
    assert draw(hit(kept)).paper == draw(hit(gone)).paper, "whatever is still stored"
    there = posted("Deleted at its network")
    assert draw(hit(there)).paper != draw(hit(gone)).paper, "it looks unlike a text of these words"


def test_the_warning_comes_first_and_the_words_of_a_search_stay_marked(draw: type[Drawing]) -> None:
    plain = hit(posted("alpha beta", warning="Spoiler"))
    marked = replace(plain, excerpt=Snippet("alpha beta", ((6, 10),)))
    assert "⚠ Spoiler · alpha beta" in spoken(plain)
    tint = QColor(theme.colours().mark).rgb()

    def tinted(one: Hit) -> list[int]:
        paper = draw(one).paper
        return [x for x in range(400) for y in range(paper.height()) if paper.pixel(x, y) == tint]

    assert tinted(plain) == []
    assert len(tinted(marked)) > 100
    assert min(tinted(marked)) > 110, "not on the warning"


def test_names_that_are_too_long_leave_the_date_alone(draw: type[Drawing]) -> None:
    short, long = posted("x", Person("@ada", "Ada")), posted("x", Person("@ada", "Ada " * 100))
    one, other = draw(hit(short)).paper, draw(hit(long)).paper
    right = QRect(280, 8, 110, 16)
    assert one.copy(right) == other.copy(right)
