"""Posts in the reader: who, what, what is inside, what became of them; and nothing of it is ever markup."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFontInfo, QImage, QTextCursor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.families import payloads
from tests.posted import ADA, GRACE, NEWEST, posted
from tests.ui.conftest import item
from veille import i18n
from veille.content.postings import weave
from veille.model import Hit, Item, ItemKind, Mark, Snippet, Version
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation
from veille.ui.cards import Around
from veille.ui.page import Extras, page
from veille.ui.pictures import SCHEME, Picture
from veille.ui.reader import Reader
from veille.ui.theme import LIGHT

EVIL = '<img src="https://evil.example/x.png" onerror="x()"></a></td></table>\u202e&amp;"\'><script>y()</script>'
CLEAN = EVIL.replace("\u202e", "")
PAPER = Media("image", "https://cdn.example.org/curve.png", "A curve that falls")
QUOTED = Referred(
    Relation.QUOTED, "q1", GRACE, "https://x.com/grace/status/1", "<p>What she said</p>", NEWEST - timedelta(days=1),
    (PAPER,))  # fmt: skip
LOOKS = {"class", "dir", "width", "bgcolor", "style", "cellspacing", "cellpadding", "align", "colspan"}


def hit(one: Item, source: str = "Ada Lovelace") -> Hit:
    return Hit(one, Mark(one.id), source, Snippet(one.title), Snippet(one.summary))


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    made = Reader()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def shown(reader: Reader, one: Item, around: Around | None = None) -> str:
    """What the reader says of it."""
    reader.show_hit(hit(one), None, around or Around((one,)))
    return reader.text.toPlainText()


def anchors(reader: Reader) -> dict[str, str]:
    """The links of the page, by their words."""
    found, block = {}, reader.text.document().begin()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            fragment = at.fragment()
            if href := fragment.charFormat().anchorHref():
                found[fragment.text()] = href
            at += 1
        block = block.next()
    return found


def test_who_when_where_and_the_whole_text_with_its_lines(reader: Reader) -> None:
    text = shown(reader, posted("Two plants opened:\n– one in Spain\n– one in Sweden\n\nMore soon.", minutes=5))
    assert "Ada Lovelace @ada" in text
    assert "01 Mar 2026, 11:55 · on X" in text
    assert "Two plants opened:\n– one in Spain\n– one in Sweden\nMore soon." in text
    assert reader._badge.name == "Ada Lovelace"


def test_the_name_stands_out_and_a_short_text_is_larger(reader: Reader) -> None:
    def size(one: Item) -> float:
        shown(reader, one)
        at = reader.text.document().find("Energy")
        return QFontInfo(at.charFormat().font()).pointSizeF()

    short, long = posted("Energy"), posted("Energy " * 100, id="p2")
    assert size(short) > size(replace(long, id=2))
    name = reader.text.document().find("Ada Lovelace")
    assert name.charFormat().fontWeight() > name.document().find("@ada").charFormat().fontWeight()


def test_who_has_no_name_is_called_by_the_handle_once(reader: Reader) -> None:
    assert shown(reader, posted("x", Person("@ada"))).count("@ada") == 1
    nobody = replace(item(3, 1), author="", kind=ItemKind.POST)
    assert shown(reader, nobody).startswith("Ada Lovelace"), "then the source speaks"


@pytest.mark.parametrize(
    ("network", "words"), [(Network.X, "on X"), (Network.BLUESKY, "on Bluesky"), (Network.MASTODON, "on Mastodon")]
)
def test_the_network_is_named(reader: Reader, network: Network, words: str) -> None:
    assert words in shown(reader, posted("x", network=network))


def test_a_repost_says_who_reposted_and_when(reader: Reader) -> None:
    text = shown(reader, posted("x", GRACE, minutes=90, reposted_by=ADA, at=NEWEST))
    assert "reposted by Ada Lovelace · 01 Mar 2026, 12:00" in text
    assert text.index("reposted by") < text.index("Grace Hopper @grace") < text.index("01 Mar 2026, 10:30")


def test_numbers_are_words_and_what_is_not_told_is_left_out(reader: Reader) -> None:
    some = Figures(replies=12, reposts=1, likes=0, views=1204)
    assert "12 replies · 1 repost · 1,204 views" in shown(reader, posted("x", figures=some))
    text = shown(reader, posted("x", id="p2"))
    assert not any(word in text for word in ("repl", "repost", "like", "view", "quote", "None"))


def test_a_quoted_post_stands_inside_and_its_picture_is_described(reader: Reader) -> None:
    text = shown(reader, posted("I disagree.", referred=(QUOTED,)))
    assert text.index("I disagree.") < text.index("Quoting Grace Hopper @grace · 28 Feb 2026, 12:00")
    assert text.index("What she said") < text.index("Picture: A curve that falls (cdn.example.org)")
    assert anchors(reader)["28 Feb 2026, 12:00"] == "https://x.com/grace/status/1"


def test_an_answered_post_comes_before_the_answer(reader: Reader) -> None:
    text = shown(reader, posted("Because.", referred=(replace(QUOTED, relation=Relation.ANSWERED),)))
    assert text.index("In answer to Grace Hopper @grace") < text.index("What she said") < text.index("Because.")


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (Fate.DELETED, "This post was deleted."), (Fate.WITHHELD, "withheld by its network"),
        (Fate.PROTECTED, "protected by its author"), (Fate.SUSPENDED, "is suspended"),
        (Fate.UNAVAILABLE, "This post is not shown to us."), (Fate.THERE, "Its text was not given to us."),
    ],
)  # fmt: skip
def test_a_post_inside_that_is_not_there_says_why(reader: Reader, fate: Fate, words: str) -> None:
    text = shown(reader, posted("x", referred=(Referred(Relation.QUOTED, "q1", fate=fate),)))
    assert "Quoting another post" in text
    assert words in text


def test_a_poll_shows_votes_and_shares_and_until_when(reader: Reader) -> None:
    poll = Poll((("Lithium", 2), ("Sodium", 1), ("Lead", 0)), 3, NEWEST)
    text = shown(reader, posted("Which?", poll=poll)).replace("\xa0", " ")
    for words in ("Lithium\n2 votes · 67 %", "Sodium\n1 vote · 33 %", "Lead\n0 votes · 0 %"):
        assert words in text
    assert "3 voted · until 01 Mar 2026, 12:00" in text


def test_a_poll_whose_votes_are_not_told_shows_its_options(reader: Reader) -> None:
    text = shown(reader, posted("Which?", poll=Poll((("Lithium", None), ("Sodium", None)))))
    assert "Lithium" in text
    assert "Sodium" in text
    assert "vote" not in text


def test_a_warning_stands_before_the_text_which_is_shown_all_the_same(reader: Reader) -> None:
    text = shown(reader, posted("He wins.", warning="The end of the film", withheld=("DE", "FR")))
    assert text.index("Content warning by the author: The end of the film") < text.index("He wins.")
    assert "does not show it in: DE, FR" in text


@pytest.mark.parametrize("fate", [each for each in Fate if each is not Fate.THERE])
def test_what_became_of_a_post_stands_in_place_of_its_text(reader: Reader, fate: Fate) -> None:
    one = posted("Secret words", fate=fate, fated=NEWEST, media=[PAPER], referred=(QUOTED,), figures=Figures(likes=3))
    text = shown(reader, one, Around((one,), {0: (Version(0, NEWEST, "", "", "<p>Older words</p>"),)}))
    assert "Veille learnt of it on 01 Mar 2026, 12:00." in text
    assert not any(words in text for words in ("Secret", "Older", "What she said", "A curve", "3 likes"))
    assert "Ada Lovelace @ada" in text


def test_an_edited_post_shows_what_it_said_before(reader: Reader) -> None:
    one = posted("Now 400 MW", minutes=60, updated=NEWEST)
    versions = (Version(0, NEWEST, "", "", "<p>First 40 MW</p>"), Version(0, NEWEST, "", "Only in short", ""))
    text = shown(reader, one, Around((one,), {0: versions}))
    assert "edited 01 Mar 2026, 12:00" in text
    assert text.index("Now 400 MW") < text.index("Until 01 Mar 2026, 12:00 it said:") < text.index("First 40 MW")
    assert "Only in short" in text
    untold = replace(one, updated=None)
    assert "· edited\n" in shown(reader, replace(untold, id=2), Around((replace(untold, id=2),), {2: versions}))
    assert "edited" not in shown(reader, replace(untold, id=3))


def test_an_article_shows_what_it_said_before_behind_a_link(reader: Reader) -> None:
    one = item(0, 1)
    around = Around((one,), {0: (Version(0, NEWEST, "Old title", "", "<p>Old words</p>"),)})
    assert "Old words" not in shown(reader, one, around)
    link = QUrl(anchors(reader)["Show what it said before"])
    reader.text.anchorClicked.emit(link)
    assert "Old title\nOld words" in reader.text.toPlainText()
    reader.text.anchorClicked.emit(link)
    assert "Old words" not in reader.text.toPlainText()
    reader.text.anchorClicked.emit(link)
    assert "Show what" not in shown(reader, replace(one, id=7))
    assert "Old words" not in shown(reader, one, around), "it is hidden again"


# Links -------------------------------------------------------------------------------------------


def test_a_hashtag_is_looked_for_here_and_other_links_are_wishes(reader: Reader) -> None:
    wishes: list[tuple[str, str]] = []
    pointed: list[str] = []
    reader.wanted.connect(lambda deed, address: wishes.append((deed, address)))
    reader.pointed.connect(pointed.append)
    shown(reader, posted("#Énergie2026 by @grace, see https://example.org/a?b=c#d", referred=(QUOTED,)))
    links = anchors(reader)
    for words in ("#Énergie2026", "@grace", "https://example.org/a?b=c#d"):
        reader.text.highlighted.emit(QUrl(links[words]))
        reader.text.anchorClicked.emit(QUrl(links[words]))
    assert wishes == [
        ("search", "#Énergie2026"), ("open", "https://x.com/grace"), ("open", "https://example.org/a?b=c#d"),
    ]  # fmt: skip
    assert pointed[0] == "Search for #Énergie2026 in Veille"


def test_only_a_whole_hashtag_is_one(reader: Reader) -> None:
    one = replace(
        posted("x"),
        content='<p><a href="https://m.example/tags/grid">#<span>grid</span></a> <a href="https://e.example/">#12</a> '
        '<a href="https://e.example/">#grid is new</a></p>',
    )
    shown(reader, one)
    assert {words: href.split(":")[0] for words, href in anchors(reader).items()} == {
        "#grid": "veille", "#12": "https", "#grid is new": "https"}  # fmt: skip


# Threads -----------------------------------------------------------------------------------------


def thread(count: int, text: str = "Words of part") -> tuple[Item, ...]:
    return tuple(
        replace(posted(f"{text} {at}", id=f"t{at}", minutes=60 - at, continues=f"t{at - 1}" if at else ""), id=at + 1)
        for at in range(count)
    )


def test_a_thread_is_one_text_and_its_author_stands_once(reader: Reader) -> None:
    posts = thread(3)
    text = shown(reader, posts[0], Around(posts))
    assert text.count("Ada Lovelace") == 1
    assert "A thread of 3 posts · on X" in text
    places = [text.index(words) for at in range(3) for words in (f"{at + 1} · 01 Mar", f"Words of part {at}")]
    assert places == sorted(places)
    assert reader.items == posts


def test_the_post_that_was_chosen_is_seen_first(reader: Reader, qtbot: QtBot) -> None:
    posts = thread(6, "many words " * 60)
    bar = reader.text.verticalScrollBar()
    text = shown(reader, posts[4], Around(posts))
    assert "▸ 5 · " in text
    qtbot.waitUntil(lambda: bar.value() > 500)
    assert "▸" not in shown(reader, posts[0], Around(posts))
    assert bar.value() == 0


def test_what_a_thread_answers_in_itself_is_not_said_twice(reader: Reader) -> None:
    posts = list(thread(2))
    before = Referred(Relation.ANSWERED, "t0", ADA, html="<p>Words of part 0</p>")
    posts[1] = replace(posts[1], post=replace(posts[1].post, referred=(before, QUOTED)))
    text = shown(reader, posts[0], Around(tuple(posts)))
    assert text.count("Words of part 0") == 1
    assert "What she said" in text


def test_a_deleted_part_of_a_thread_leaves_a_mark(reader: Reader) -> None:
    posts = list(thread(3))
    posts[1] = replace(posts[1], content="", post=replace(posts[1].post, fate=Fate.DELETED, fated=NEWEST))
    text = shown(reader, posts[0], Around(tuple(posts)))
    assert text.index("part 0") < text.index("was deleted at its network") < text.index("part 2")


def test_pictures_that_were_asked_for_stand_where_they_belong(reader: Reader) -> None:
    posts = list(thread(2))
    posts[1] = replace(posts[1], media=(PAPER,))
    shown(reader, posts[0], Around(tuple(posts)))
    assert "Show the pictures (P)" in reader.text.toPlainText()
    reader.show_pictures((Picture(PAPER.url, QImage(40, 40, QImage.Format.Format_RGB32)),))
    text = reader.text.toPlainText()
    assert text.index("part 1") < text.index("\ufffc")
    shown(reader, posted("x", id="q", referred=(QUOTED,)))
    reader.show_pictures((Picture(PAPER.url, QImage(40, 40, QImage.Format.Format_RGB32)),))
    assert "\ufffc" in reader.text.toPlainText(), "also of a post inside"


# Hostile -----------------------------------------------------------------------------------------


class Judge(HTMLParser):
    """Notes what a page would do."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def hostile() -> Item:
    """A post of which every text is an attack, as if nobody had cleaned it."""
    who = Person(EVIL, EVIL, f"javascript:{EVIL}", EVIL)
    media = (Media("image", f"https://cdn.example/{EVIL}", EVIL, EVIL), Media(EVIL, EVIL, EVIL))
    inside = Referred(Relation.QUOTED, EVIL, who, f"https://x.com/{EVIL}", "<p>Inside</p>", NEWEST, media)
    gone = Referred(Relation.ANSWERED, EVIL, who, f"javascript:{EVIL}", fate=Fate.DELETED)
    post = Post(
        Network.X, EVIL, who, who, EVIL, (inside, gone), Poll(((EVIL, 3), (EVIL, None)), 3), Figures(1, 2, 3, 4, 5),
        (who,), EVIL, (EVIL,))  # fmt: skip
    return replace(posted("Harmless #words"), post=post, author=EVIL, media=media, tags=(EVIL,), summary=EVIL)


def test_nothing_that_a_network_says_becomes_markup(reader: Reader) -> None:
    one = hostile()
    former = (Version(0, NEWEST, EVIL, EVIL, ""),)
    for around in (Around((one,), {0: former}), Around((replace(one, id=1), one), {0: former})):
        judge = Judge()
        judge.feed(page(hit(one, EVIL), LIGHT, Extras(around=around)))
        judge.close()
        assert judge.open == []
        assert judge.tags <= {"p", "span", "a", "div", "table", "tr", "td", "b", "i"}
        assert judge.attributes <= LOOKS | {"href", "name"}
        text = shown(reader, one, around)
        assert text.count(CLEAN) >= 10, "it is all there, as text"
        assert "\u202e" not in text
        assert "\ufffc" not in text
        assert not any(href.startswith("javascript") for href in anchors(reader).values())


def test_a_name_written_from_the_right_moves_nothing(reader: Reader) -> None:
    shown(reader, posted("x", Person("@akhbar", "أخبار")))
    line = QTextCursor(reader.text.document()).block().layout().lineAt(0)
    text = QTextCursor(reader.text.document()).block().text()
    assert line.cursorToX(text.index("أ"))[0] < line.cursorToX(text.index("@"))[0], "the handle stays at its right"


def test_french_has_its_own_numbers(reader: Reader) -> None:
    i18n.use("fr")
    shown(reader, posted("x", figures=Figures(views=1204)))
    assert "1\u00a0204" in reader.text.document().toRawText(), "no line ends in a number"


@pytest.mark.timeout(120)
def test_no_attack_of_the_corpora_becomes_markup(reader: Reader) -> None:
    attacks = payloads()[::9]
    for at, attack in enumerate(attacks):
        who, media = Person(f"@{attack}", attack, attack, attack), (Media("image", attack, attack, attack),)
        inside = Referred(Relation.QUOTED, attack, who, attack, weave(attack), NEWEST, media)
        poll = Poll(((attack, 1),), 1)
        post = Post(Network.X, attack, who, who, "", (inside,), poll, warning=attack, withheld=(attack,))
        one = replace(posted(attack), post=post, author=attack, media=media, tags=(attack,), url=attack)
        judge = Judge()
        judge.feed(
            page(hit(one, attack), LIGHT, Extras(around=Around((one,), {0: (Version(0, NEWEST, attack, attack, ""),)})))
        )
        judge.close()
        assert judge.open == []
        assert judge.tags <= {"p", "span", "a", "div", "table", "tr", "td", "b", "i", "br"}
        assert judge.attributes <= LOOKS | {"href", "name"}
        if at % 20 == 0:  # as Qt reads it
            shown(reader, one)
            assert all(href.startswith(("https://", "http://", f"{SCHEME}:")) for href in anchors(reader).values())
            assert [each for each in reader.findChildren(QLabel) if "<" in each.toolTip()[6:-7]] == []
