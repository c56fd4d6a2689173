"""The menu of a source: its route, and what is allowed for it without a question."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from veille.model import Deed, Membership, Outline, Sector, Source, SourceKind
from veille.ui.dialogs import route
from veille.ui.places import Place
from veille.ui.sidebar import Sidebar
from veille.ui.tree import ICON, PLACE

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
HERE = Place("source", "s0", 1)


def sidebar(qtbot: QtBot, way: str = "", allowed: frozenset[Deed] = frozenset()) -> Sidebar:
    made = Sidebar()
    qtbot.addWidget(made)
    address = "https://a.example/"
    source = Source(1, f"feed:{address}", SourceKind.FEED, address, "Alpha", WHEN, route=way, allowed=allowed)
    member = Membership("s0", 1, "person", "person", WHEN)
    outline = Outline((Sector("s0", "Energy"),), {1: source}, {"s0": (member,)})
    made.show_outline(outline)
    made.places.show_outline(outline)
    return made


def actions(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def deeds(made: Sidebar) -> dict[str, QAction]:
    menu = actions(made.menu_for(HERE))["Allowed without asking"].menu()
    assert isinstance(menu, QMenu)
    return actions(menu)


def test_what_is_allowed_is_ticked_and_can_be_changed(qtbot: QtBot) -> None:
    made = sidebar(qtbot, allowed=frozenset({Deed.PICTURES}))
    entries = deeds(made)
    assert [entry.isChecked() for entry in entries.values()] == [False, True, False]
    told: list[object] = []
    made.wanted.connect(lambda *wanted: told.append(wanted))
    for entry in entries.values():
        entry.trigger()
    expected = [(Deed.OPEN, True), (Deed.PICTURES, False), (Deed.ARTICLE, True)]
    assert told == [("allow", HERE, each) for each in expected]


def test_an_allowed_personal_address_can_be_withdrawn_here(qtbot: QtBot) -> None:
    made = sidebar(qtbot, allowed=frozenset({Deed.PERSONAL}))
    entry = deeds(made)["Follow it to addresses that look made for you"]
    with qtbot.waitSignal(made.wanted) as told:
        entry.trigger()
    assert told.args == ["allow", HERE, (Deed.PERSONAL, False)]


@pytest.mark.parametrize(("answer", "told"), [("direct", True), ("", False), (None, False)])
def test_a_route_is_asked_for_and_told_when_it_is_another(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, answer: str | None, told: bool
) -> None:
    made = sidebar(qtbot)
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(route, "ask_route", lambda _parent, *about: asked.append(about) or answer)
    wanted: list[object] = []
    made.wanted.connect(lambda *each: wanted.append(each))
    actions(made.menu_for(HERE))["Route…"].trigger()
    assert asked == [("Alpha", "")]
    assert wanted == ([("route", HERE, answer)] if told else [])


@pytest.mark.parametrize(("kind", "offered"), [("feed", True), ("mastodon", True), ("x", False), ("bluesky", False)])
def test_a_private_address_is_allowed_where_there_can_be_one(qtbot: QtBot, kind: str, offered: bool) -> None:
    made = sidebar(qtbot)
    made.outline.sources[1] = replace(made.outline.sources[1], kind=SourceKind(kind))
    assert ("Allow its private address" in actions(made.menu_for(HERE))) is offered


def test_a_sector_has_no_route(qtbot: QtBot) -> None:
    made = sidebar(qtbot)
    names = actions(made.menu_for(Place("sector", "s0")))
    assert not {"Route…", "Allowed without asking"} & set(names)


@pytest.mark.parametrize(
    ("way", "said"),
    [("", None), ("direct", "Route: direct"), ("http://ada:s3cret@p.example:3128", "Route: http://•••@p.example:3128")],
)
def test_its_own_route_stands_in_the_tip(qtbot: QtBot, way: str, said: str | None) -> None:
    made = sidebar(qtbot, way)
    tip = made.places.places.find(HERE).data(Qt.ItemDataRole.ToolTipRole)
    assert ("Route" in tip) is bool(said)
    assert said is None or said in tip
    assert "s3cret" not in tip


def ranked(qtbot: QtBot, kinds: list[SourceKind]) -> Sidebar:
    """A sector with a source of each of ``kinds``."""
    made = Sidebar()
    qtbot.addWidget(made)
    sources = {
        at: Source(at, f"{kind}:{at}", kind, f"https://{at}.example/", f"Source {at}", WHEN)
        for at, kind in enumerate(kinds, 1)
    }
    members = tuple(Membership("s0", at, "person", "person", WHEN, rank=at) for at in sources)
    outline = Outline((Sector("s0", "Energy"),), sources, {"s0": members})
    made.show_outline(outline)
    made.places.show_outline(outline)
    return made


@pytest.mark.parametrize(("source", "possible"), [(1, ["down"]), (2, ["top", "up", "down"]), (3, ["top", "up"])])
def test_a_source_goes_up_and_down_its_sector(qtbot: QtBot, source: int, possible: list[str]) -> None:
    made = ranked(qtbot, [SourceKind.FEED] * 3)
    place = Place("source", "s0", source)
    entries = actions(made.menu_for(place))
    told: list[object] = []
    made.wanted.connect(lambda *wanted: told.append(wanted))
    for text in ("Ask first: move to the top", "Move up", "Move down"):
        entries[text].trigger()
    assert told == [("rank", place, to) for to in possible]


def test_a_source_alone_has_nowhere_to_go(qtbot: QtBot) -> None:
    made = ranked(qtbot, [SourceKind.FEED])
    assert "Move up" not in actions(made.menu_for(Place("source", "s0", 1)))
    assert "Move up" not in actions(made.menu_for(Place("source", None, 1)))


def test_accounts_have_a_sign_of_their_own(qtbot: QtBot) -> None:
    made = ranked(qtbot, [SourceKind.FEED, SourceKind.X, SourceKind.BLUESKY, SourceKind.MASTODON])
    rows = [row for row in made.places.places.rows() if row.data(PLACE).name == "source"]
    assert [row.data(ICON) for row in rows] == ["rss", "at", "at", "at"]
