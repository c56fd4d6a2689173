"""Values for the tests of the store, and the small database that is kept of each schema version."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.fakes import FakeClock
from veille.contacts import Contact, Ending, Reason
from veille.model import (
    Article,
    Deed,
    Highlight,
    Item,
    ItemKind,
    Membership,
    SavedSearch,
    Sector,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from veille.posts import Account, Figures, Media, Network, Person, Poll, Post, Referred, Relation
from veille.rules import Action, Condition, Rule
from veille.store import PackRow, Store, open_store
from veille.store.spending import Cost

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VALIDATORS = Validators(
    '"etag"', "Mon, 02 Mar 2026 09:00:00 GMT", etag_agreed=True, url="https://one.example/feed", route="direct"
)
STATE = SourceState(
    1,
    VALIDATORS,
    "https://one.example/new",
    "hash",
    START,
    START,
    START,
    failures=2,
    error='{"code": "gone"}',
    cursor="42",
)
POST = Post(
    Network.X, "b1", Person("@bob", "Bob", "https://x.com/bob", "7"), continues="b0",
    referred=(Referred(Relation.QUOTED, "9", Person("@eve"), "https://x.com/eve/status/9", "<p>Quoted</p>", START),),
    poll=Poll((("Oui", 2), ("Non", None)), 2, START), figures=Figures(likes=3), warning="Attention", withheld=("FR",)
)  # fmt: skip
SEARCHES = (SavedSearch(1, "hydrogène is:unread", "H2", 1), SavedSearch(2, "5G", rank=2))
ARTICLE = Article(
    1, "<p>All of a1, said at length</p>", START + timedelta(hours=1), "A longer title", "Ada L.", "One, the paper",
    START - timedelta(days=1), (Media("image", "https://example.org/q.png", "A tower"),)
)  # fmt: skip
PICTURE = bytes(range(256))
PASSAGE = Highlight(1, "said at length", START + timedelta(hours=1), "All of a1, ", "")
TRIAL = date(2026, 6, 30)
CONDITION = Condition(("5G", "mât*"), ("réseau",), True, ("Ada",), ("fr",), ItemKind.ARTICLE, 500, 10)
RULE = Rule(
    frozenset({Action.HIDE, Action.READ}), CONDITION, "telecoms", 0, ("lu",), 0, "rule-1", "person", "Ada", START,
    "too long", 3)  # fmt: skip
PACK = PackRow(
    "energy", "/share/energy.veille.toml", False, "veille = 2", 7, "a2V5", True, frozenset({"m1"}),
    frozenset({"feed:https://two.example/new"}), "Bonjour")  # fmt: skip
JANE = Account("7", "bob", "Bob", START, posts=100, since=START - timedelta(days=900))


def feed(store: Store, name: str = "one") -> Source:
    """A source called ``name``, added to the store."""
    address = f"https://{name}.example/feed"
    return store.sources.add(f"feed:{address}", SourceKind.FEED, address, name.title())


def item(source: int, uid: str, *, hours: float = 0, seen: datetime = START, **parts: object) -> Item:
    """An item of ``source`` that stands ``hours`` before :data:`START`."""
    at = START - timedelta(hours=hours)
    values: dict[str, object] = {
        "id": 0, "source": source, "uid": uid, "kind": ItemKind.ARTICLE, "url": f"https://example.org/{uid}",
        "title": f"Title of {uid}", "author": "Ada", "summary": f"Summary of {uid}",
        "content": f"<p>Content of {uid}</p>", "lang": "en", "published": at, "updated": None, "seen": seen, "at": at,
        "hash": hashlib.sha256(uid.encode()).hexdigest()[:12],
    }  # fmt: skip
    return Item(**{**values, **parts})  # type: ignore[arg-type]


def member(sector: str, source: int, rank: int = 0) -> Membership:
    """A place of ``source`` in ``sector``."""
    return Membership(sector, source, "person", "Ada", START, f"reason {source}", rank)


def contact(host: str = "one.example", *, minutes: float = 0, **parts: object) -> Contact:
    """A contact with ``host``, ``minutes`` after :data:`START`."""
    values: dict[str, object] = {
        "at": START + timedelta(minutes=minutes), "reason": Reason.SCHEDULED, "source": 1, "method": "GET",
        "url": f"https://{host}/feed", "host": host,
    }  # fmt: skip
    return Contact(**{**values, **parts})  # type: ignore[arg-type]


def ending(*, minutes: float = 0, **parts: object) -> Ending:
    """A good ending, ``minutes`` after :data:`START`."""
    values: dict[str, object] = {"status": 200, "sent": 300, "received": 5000, "address": "192.0.2.7"}
    return Ending(START + timedelta(minutes=minutes), **{**values, **parts})  # type: ignore[arg-type]


def fill_sample(folder: Path) -> None:
    """Make in ``folder`` the profile that ``tests/store/data/schema-N.db`` keeps.

    Run ``python -m tests.store.build FOLDER`` once for a new schema version, copy its ``veille.db`` there, and extend
    ``test_schema.py`` by what the version brought. Never write an old file again.
    """
    clock = FakeClock(START)
    store = open_store(folder, write=True, clock=clock)
    store.sources.put_sector(Sector("telecoms", "Télécoms", "Réseaux et opérateurs", 1))
    store.sources.put_sector(Sector("energy", "Energy", "", 2))
    with store.history.recording("Added One"):
        one = feed(store, "one")
        store.sources.put_member(member("telecoms", one.id, 1))
    two, three = feed(store, "two"), feed(store, "three")
    store.sources.put_member(member("telecoms", two.id, 2))
    store.sources.put_member(member("energy", two.id))
    store.sources.put_states([STATE])
    media = (Media("image", "https://example.org/p.png", "A mast", "image/png"),)
    post = item(two.id, "b1", hours=2, kind=ItemKind.POST, title="", lang="fr", content="", published=None, post=POST)
    numbers = store.items.apply(
        [
            item(one.id, "a1", media=media, tags=("5G", "œuvre")),
            item(one.id, "a2", hours=1),
            post,
            item(three.id, "c1"),
        ],
        [],
    )
    clock.advance(hours=1)
    store.items.apply([], [item(one.id, "a2", hours=1, title="A better title", updated=clock.now(), hash="new")])
    with store.history.recording("Saved an item"):
        store.marks.set_saved([numbers[0]], clock.now())
    with store.history.recording("All read"):
        store.marks.set_read(numbers[:2])
    store.items.remove([numbers[3]])
    with store.history.recording("Removed Three"):
        store.sources.remove(three.id)
    store.sources.replace(replace(two, route="socks5://127.0.0.1:9050", allowed=frozenset({Deed.OPEN, Deed.ARTICLE})))
    _fill_library(store, numbers, clock)
    store.values.put("setting.theme", "dark")
    for search in (*SEARCHES, SavedSearch(3, "aside")):
        store.searches.put(replace(search, id=0))
    store.searches.remove(3)
    for text in ("5G", "hydrogène"):
        store.searches.remember(text)
    store.marks.set_tags([numbers[2]], ["À lire", "5G"])
    store.marks.set_note(numbers[2], "Call Ada\nabout it", clock.now())
    store.people.put([JANE])
    money = store.spending.set_aside(START.date(), "poll", 50_000)
    store.spending.settle(money, START.date(), [Cost(two.id, 3, 0, 15_000)])
    store.spending.note_paid(START.date(), "post", ["9"], START.date())
    _fill_desk(store, numbers)
    store.close()


def _fill_desk(store: Store, numbers: list[int]) -> None:
    """A label, a trial, a new address, a flag, a rule with what it hides, one that was removed, and a pack."""
    two = store.sources.all()[1]
    store.sources.replace(
        replace(
            two, labels=("À suivre", "presse"), was="Deux", key="feed:https://two.example/new",
            address="https://two.example/new")
    )  # fmt: skip
    store.sources.put_member(replace(member("energy", two.id), trial=TRIAL))
    page = store.sources.add(
        "page:https://page.example/", SourceKind.PAGE, "https://page.example/", "Page", selector="li")  # fmt: skip
    store.sources.put_states([SourceState(page.id, failures=1, error='{"code": "gone"}', failing=START)])
    store.marks.set_flagged([numbers[0]], START)
    for rule in (RULE, replace(RULE, key="aside")):
        store.rules.put(rule)
    store.rules.hide(1, [numbers[1]])
    store.rules.remove(2)
    store.packs.put(PACK)


def _fill_library(store: Store, numbers: list[int], clock: FakeClock) -> None:
    """A page with its pictures and passages, one that waits, and what was brought from another program."""
    one = store.sources.all()[0]
    store.sources.replace(replace(one, full_text=True))
    store.articles.put(replace(ARTICLE, item=numbers[0]))
    store.pictures.put(numbers[0], [(0, "https://example.org/p.png", PICTURE), (1, "https://example.org/q.png", b"2")])
    store.highlights.put([replace(PASSAGE, item=numbers[0])])
    store.arrivals.add([numbers[1]], clock.now() + timedelta(hours=2), 9)
    pocket = store.sources.add("collection:Pocket", SourceKind.COLLECTION, "Pocket", "Pocket")
    (brought,) = store.items.bring([item(pocket.id, "p1", hours=3)])
    store.marks.set_saved([brought], START - timedelta(days=1000))


if __name__ == "__main__":
    import sys

    fill_sample(Path(sys.argv[1]))
