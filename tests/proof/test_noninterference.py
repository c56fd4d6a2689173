"""Reading, scrolling, saving, searching and exporting cannot be noticed by anybody who is watched.

Two profiles that are alike, with clocks that are alike. Before one of them a person works, at random, for
simulated days; the other lies idle. What the watched hosts saw is the same, byte for byte and second for second:
feeds, the networks of posts, what these are asked about posts that are stored, and the pages behind new items where the
person chose to have them all.
``VEILLE_DAYS=21`` makes it weeks.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.internet import Handler, Internet, Seen
from tests.networks.bluesky import Bluesky
from tests.networks.mastodon import Mastodon
from tests.networks.x import TOKEN, XServer
from tests.observer.stage import feed
from tests.proof.everything import ARTICLE
from tests.servers import Reply
from tests.simulated import Person, SimulatedClock
from veille.contacts import TraceFilter
from veille.model import Query
from veille.sources.x.fetcher import HOST

DAYS = int(os.environ.get("VEILLE_DAYS", "2"))
STEP = timedelta(minutes=3)
SITES = 7
WHOLE = (0, 1, 3, 4)  # sites of which the page behind each new item is fetched
NIGHT = timedelta(hours=8)


@pytest.mark.timeout(300)
def test_what_a_person_does_is_not_seen(tmp_path: Path) -> None:
    idle, none = life(tmp_path / "idle", None)
    busy, deeds = life(tmp_path / "busy", Random(7))
    assert len(deeds) > 50 * DAYS, "the person did too little to prove anything"
    assert len(set(deeds)) > 8
    assert not none
    assert len(idle) > 5 * SITES * DAYS, "too little was asked to prove anything"
    checks = [
        raw for _when, _host, raw in idle if b"getPosts" in raw or b"/2/tweets?ids" in raw or b"statuses?id" in raw
    ]
    assert len(checks) > DAYS, "too little was asked about stored posts to prove anything"
    pages = [raw for _when, _host, raw in idle if raw.startswith(b"GET /story/")]
    assert len(pages) > 2 * DAYS * len(WHOLE), "too few pages were asked for to prove anything"
    assert busy == idle


def life(folder: Path, chance: Random | None) -> tuple[list[tuple[datetime, str, bytes]], list[str]]:
    """The requests that were seen, in order (those of one moment in any), and what the person did."""
    clock = SimulatedClock()
    with Internet(clock) as internet:
        for number in range(SITES):
            internet.site(f"site{number}.watched.example", _site(number))
        networks = Networks(internet)
        person = Person(folder, internet, seed=3, token=TOKEN)
        doing = Deeds(person, folder, chance) if chance else None
        try:
            for number in range(SITES):
                scheme = "https" if number % 2 else "http"
                for path in ("/feed", "/second") if number < 2 else ("/feed",):
                    address = f"{scheme}://site{number}.watched.example{path}"
                    source, _changes = person.services.curation.add_feed(address)
                    person.services.curation.set_full_text(source.id, number in WHOLE)
            person.services.x.turn_on()
            for text in networks.watched:
                person.services.curation.add(text)
            person.refresh()
            for _day in range(DAYS):
                _live(person, clock, doing, networks)
        finally:
            person.close()
        return sorted((each.when, each.host, each.raw) for each in internet.seen), doing.done if doing else []


def _live(person: Person, clock: SimulatedClock, doing: "Deeds | None", networks: "Networks") -> None:
    ends = clock.now() + timedelta(days=1) - NIGHT
    while clock.now() < ends:
        networks.go_on()
        person.tick()
        if doing:
            doing.one()
        clock.advance(STEP)
    clock.advance(NIGHT)


class Networks:
    """X, Bluesky and a Mastodon instance, on which somebody posts every three hours, and deletes a post at times."""

    watched = ("@jane", "ann.bsky.social", "@bob@mastodon.example")

    def __init__(self, internet: Internet) -> None:
        self._clock = clock = internet.clock
        self._x, self._bluesky, self._mastodon = XServer(clock), Bluesky(clock), Mastodon("mastodon.example", clock)
        self._x.account("jane")
        self._ann, self._bob = self._bluesky.account("ann.bsky.social"), self._mastodon.account("bob")
        internet.site(HOST, self._x)
        internet.site("public.api.bsky.app", self._bluesky.answer)
        internet.site("mastodon.example", self._mastodon.answer)
        self._turn = -1

    def go_on(self) -> None:
        """What happened since the last time."""
        turn = int(self._clock.now().timestamp()) // 10_800
        if turn == self._turn:
            return
        self._turn = turn
        words = f"Words of hour {turn}"
        posts = self._x.post("jane", words), self._bluesky.post(self._ann, words), self._mastodon.post(self._bob, words)
        if turn % 4 == 0:
            self._x.delete(posts[0])
            self._bluesky.delete(posts[1])
            self._mastodon.delete(posts[2])


def _site(number: int) -> Handler:
    """News at every third hour, with an ETag; one site is often out of order, one moves, one wants patience."""

    def answer(seen: Seen) -> Reply:
        hours = int(seen.when.timestamp()) // 10_800
        if number == 3 and hours % 3 == 0:
            return Reply(503, {"Retry-After": "7200"})
        if seen.path.startswith("/story/"):
            return Reply(200, {"Content-Type": "text/html"}, ARTICLE)
        if number == 4 and seen.path == "/feed":
            return Reply(301, {"Location": "/moved"})
        tag = f'"{hours}"'
        if seen.headers.get("if-none-match") == tag:
            return Reply(304, {"ETag": tag})
        picture = f'<p>Words of hour {hours} <img src="https://site{number}.watched.example/picture.png"></p>'
        reply = feed(picture, title=f"News {hours}", link=f"http://site{number}.watched.example/story/{hours}",
                     headers={"ETag": tag})  # fmt: skip
        return replace(reply, body=reply.body.replace(b">one<", f">{hours}<".encode()))

    return answer


class Deeds:
    """A person's deeds at the window, at random: all but a refresh by hand and what Veille says would show them."""

    def __init__(self, person: Person, folder: Path, chance: Random) -> None:
        self._person, self._folder, self._chance = person, folder, chance
        self.done: list[str] = []

    def one(self) -> None:
        """Something, or nothing."""
        if self._chance.random() < 0.6:
            return
        name = self._chance.choice(sorted(self._deeds))
        self.done.append(name)
        self._deeds[name]()
        self._person.app.processEvents()
        if self._chance.random() < 0.3:  # a slow person and a hasty one
            self._person.settle()

    @property
    def _deeds(self) -> dict[str, Callable[[], object]]:
        window = self._person.window
        services = self._person.services
        return {
            "read": lambda: window.items.step(1),
            "read back": lambda: window.items.step(-1),
            "next unread": window.browsing.next_unread,
            "scroll": window.reader.page_down,
            "save": window.browsing.toggle_saved,
            "mark": window.browsing.toggle_read,
            "mark all": window.browsing.mark_all_read,
            "undo": window.browsing.undo,
            "search": lambda: window.search.box.setText(self._chance.choice(("news", "words hour", "zzz", ""))),
            "copy": lambda: window.revealing.do("copy"),
            "ask to open": lambda: window.revealing.do("open"),  # asked, and not answered
            "ask for pictures": lambda: window.revealing.do("pictures"),
            "export": lambda: window.curating.export_file(str(self._folder / "out.opml")),
            "traces": lambda: services.traces.find(TraceFilter(), limit=50),
            "certificate": lambda: services.certificates.certificate(*self._days()),
            "look": lambda: services.library.listing(Query(unread=True)),
            "brief": lambda: services.briefings.visited(),
            "settings": lambda: services.preferences.set("text_size", self._chance.choice(("90", "110"))),
            "rename": lambda: services.curation.rename_source(1, self._chance.choice(("One", "Another"))),
            "sector": lambda: services.curation.add_sector(self._chance.choice(("Energy", "Health"))),
        }

    def _days(self) -> tuple[datetime, datetime]:
        now = self._person.services.clock.now()
        return now - timedelta(days=1), now
