"""What is saved stays, whatever happens to where it came from: by the whole program, on an internet of our own."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeProgress
from tests.internet import Internet, Seen
from tests.networks.bluesky import Bluesky
from tests.proof.everything import ARTICLE
from tests.servers import Reply
from tests.simulated import SimulatedClock
from tests.store.test_schema import DATA
from veille.app import World, open_services
from veille.core.services import Services
from veille.core.transfer.exporting import Kind
from veille.core.watching.refresh import Report
from veille.model import Hit, Query
from veille.posts import Fate
from veille.store.schema import PROFILE

HOST = "watched.example"
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
NOTE = "Ask Cunégonde"
PASSAGE = "The reserve is opened."
DOTS = bytes.fromhex("47494638396103000300800000ff0000ffffff2c00000000030003000002048c8f1905003b")  # a GIF of 3 by 3
PICTURE = f"http://{HOST}/picture.gif"
TEXT = f"<p>A word that nobody else says: bathyscaphe. The reserve is opened. <img src='{PICTURE}' alt='A dive'></p>"
YEARS = timedelta(days=5 * 365)


@dataclass
class Site:
    """A feed of two entries, ``entries`` is what they say by guid; ``answers`` are other paths."""

    internet: Internet
    entries: dict[str, str] = field(default_factory=lambda: {"kept": TEXT, "other": "<p>Something else</p>"})
    answers: dict[str, Reply] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = self.internet.clock.now()
        self.internet.site(HOST, self.answer)
        self.answers["/kept"] = Reply(200, {"Content-Type": "text/html"}, ARTICLE)
        self.answers["/picture.gif"] = Reply(body=DOTS)

    def answer(self, seen: Seen) -> Reply:
        return self.answers.get(seen.path) or self.feed()

    def feed(self, *entries: tuple[str, str, str, datetime]) -> Reply:
        """``entries``, or what it has: guid, title, text, date."""
        rows = entries or [(guid, f"Title of {guid}", text, self.began) for guid, text in self.entries.items()]
        items = "".join(
            f"<item><guid>{guid}</guid><title>{title}</title><link>http://{HOST}/{guid}</link>"
            f"<description>{escape(text)}</description><pubDate>{format_datetime(when)}</pubDate></item>"
            for guid, title, text, when in rows
        )
        return Reply(200, RSS, f"<rss version='2.0'><channel><title>A feed</title>{items}</channel></rss>".encode())

    def bring_news(self) -> None:
        """Years later it has other entries alone."""
        now = self.internet.clock.now()
        self.answers["/feed"] = self.feed(("new", "News", "<p>Today</p>", now))


@dataclass
class Stage:
    """A person who saved one of two items, with all that they can do to it."""

    services: Services
    internet: Internet
    clock: SimulatedClock
    site: Site
    source: int
    sector: str
    kept: int = 0
    other: int = 0

    def refresh(self) -> Report:
        return self.services.refresher.run(FakeProgress())

    def pass_by(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    def saved(self) -> list[Hit]:
        library = self.services.library
        return library.hits(library.listing(Query(saved=True)).ids)

    def check(self, content: str = "bathyscaphe") -> None:
        """All of it is there, can be read, found and taken along."""
        check(self.services, self.kept, content)


def check(services: Services, kept: int, content: str = "bathyscaphe") -> None:
    """The item ``kept`` is saved with all that the person did to it, can be read, found and taken along."""
    services.indexer.drain()
    library = services.library
    assert kept in library.listing(Query(saved=True)).ids
    hit = library.item(kept)
    assert hit is not None
    assert content in hit.item.content
    assert hit.mark.saved is not None
    assert (hit.mark.tags, hit.mark.note) == (("mine",), NOTE)
    assert [each.text for each in services.annotations.highlights(kept)] == [PASSAGE]
    article = library.article(kept)
    assert article is not None
    assert "Line 3 of the article" in article.html
    assert [(each.url, each.data) for each in services.pictures.stored(kept)] == [(PICTURE, DOTS)]
    for text in (content, "tag:mine", "is:saved", "Cunégonde", "article day 13", "has:note"):
        assert kept in library.listing(Query(text=text)).ids, text
    file = io.BytesIO()
    assert services.exporter.write(Query(saved=True), Kind.JSON, file, FakeProgress()) >= 1
    written = file.getvalue().decode()
    for part in (content, "mine", NOTE, PASSAGE, "Line 3 of the article"):
        assert part in written or json.dumps(part)[1:-1] in written, part


def keep(services: Services, item: int) -> None:
    """Do to ``item`` all that a person can."""
    services.library.save([item])
    services.annotations.tag([item], ["mine"])
    services.annotations.note(item, NOTE)
    services.annotations.highlight(item, PASSAGE)
    services.articles.fetch(item, FakeProgress())
    assert [each.problem for each in services.pictures.load(item, FakeProgress())] == [""]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = SimulatedClock()
    with Internet(clock) as internet:
        site = Site(internet)
        services = open_services(tmp_path / "profile", write=True, world=World(clock, Random(3), internet.door))
        sector = services.curation.add_sector("Sea")[0].key
        source = services.curation.add_feed(f"http://{HOST}/feed", sector)[0].id
        made = Stage(services, internet, clock, site, source, sector)
        assert made.refresh().changes.new == 2
        uids = services._store.items.by_uids(source, ["kept", "other"])
        made.kept, made.other = uids["kept"].id, uids["other"].id
        keep(services, made.kept)
        made.check()
        yield made
        made.services.close()


def test_removal_of_its_source_and_sector(stage: Stage) -> None:
    stage.services.curation.remove_source(stage.source)
    stage.check()
    stage.services.curation.remove_sector(stage.sector)
    stage.check()
    assert stage.services.library.item(stage.other) is not None, "it is hidden, and comes back by undo"
    assert list(stage.services.library.listing(Query()).ids) == [stage.kept]
    stage.pass_by(days=1)
    stage.refresh()
    stage.check()


@pytest.mark.parametrize("status", [404, 410])
def test_deletion_of_its_feed(stage: Stage, status: int) -> None:
    stage.site.answers["/feed"] = Reply(status)
    for _day in range(5):
        stage.pass_by(days=1)
        assert len(stage.refresh().failed) == 1
    stage.check()
    assert stage.services.library.item(stage.other)


def test_a_permanent_move_of_its_feed(stage: Stage) -> None:
    stage.site.answers["/feed"] = Reply(301, {"Location": "/moved"})
    for _twice in range(2):
        stage.pass_by(hours=3)
        stage.refresh()
    assert stage.services.curation.outline().sources[stage.source].address == f"http://{HOST}/moved"
    stage.check()
    assert len(stage.services.library.listing(Query()).ids) == 2, "and nothing came twice"


def test_its_feed_no_longer_lists_it(stage: Stage) -> None:
    del stage.site.entries["kept"]
    stage.pass_by(hours=3)
    stage.refresh()
    stage.check()


def test_its_feed_empties_the_entry(stage: Stage) -> None:
    stage.site.entries["kept"] = ""
    stage.pass_by(hours=3)
    stage.refresh()
    stage.check()


def test_its_feed_says_something_else_again_and_again(stage: Stage) -> None:
    for time in range(30):
        stage.site.entries["kept"] = f"<p>Edition {time}</p>"
        stage.pass_by(hours=3)
        stage.refresh()
    stage.check("Edition 29")
    versions = stage.services.library.versions(stage.kept)
    assert len(versions) == 11
    assert "bathyscaphe" in versions[-1].content, "as it was when it was saved"
    highlights = stage.services.annotations.highlights(stage.kept)
    assert stage.services.annotations.lost(highlights) == highlights, "which is said"


def test_expiry_years_later(stage: Stage) -> None:
    stage.pass_by(days=YEARS.days)
    stage.site.bring_news()
    stage.refresh()
    stage.check()
    assert stage.services.library.item(stage.other) is None


def test_clean_up(stage: Stage) -> None:
    stage.pass_by(days=YEARS.days)
    stage.services.preferences.set("keep_days", "0")
    stage.site.bring_news()
    stage.refresh()
    assert stage.services.library.item(stage.other) is not None
    proposal = stage.services.storage.propose(1)
    assert (proposal.items, proposal.kept) == (1, 1)
    stage.services.storage.clean(proposal, FakeProgress())
    stage.services._store.room.give_back(lambda: False)
    stage.check()
    assert stage.services.library.item(stage.other) is None


def test_rechecks_leave_an_article_and_take_the_text_of_a_deleted_post(stage: Stage) -> None:
    bluesky = Bluesky(stage.clock)
    stage.internet.site("public.api.bsky.app", bluesky.answer)
    uri = bluesky.post(bluesky.account("ann.bsky.social", "Ann"), f"Said once. {PASSAGE}")
    stage.services.curation.add("ann.bsky.social")
    stage.refresh()
    (post,) = [each for each in stage.services.library.hits(stage.services.library.listing(Query()).ids)
               if each.item.post]  # fmt: skip
    services, item = stage.services, post.item.id
    services.library.save([item])
    services.annotations.tag([item], ["mine"])
    services.annotations.note(item, NOTE)
    services.annotations.highlight(item, PASSAGE)
    bluesky.delete(uri)
    stage.pass_by(days=2)
    services.rechecks.run(FakeProgress())
    stage.check()
    hit = services.library.item(item)
    assert hit is not None
    assert (hit.item.content, hit.item.summary) == ("", "")
    assert hit.item.post is not None
    assert (hit.item.post.fate, hit.item.post.author.name) == (Fate.DELETED, "Ann")
    assert (hit.mark.tags, hit.mark.note) == (("mine",), NOTE), "what the person wrote is theirs"
    assert services.annotations.highlights(item) == (), "a passage is the author's text"
    assert stage.services.library.listing(Query(text="once")).total == 0


def test_backup_and_restore(stage: Stage, tmp_path: Path) -> None:
    services, file = stage.services, tmp_path / "veille.backup"
    made = services.backups.write(file, FakeProgress())
    assert (made.saved, made.items) == (1, 2)
    services.library.save([stage.kept], saved=False)
    services._store.items.remove([stage.kept])
    restorer = services.restorer
    restorer.prepare(file, FakeProgress())
    services.close()
    restorer.finish()
    world = World(stage.clock, Random(3), stage.internet.door)
    stage.services = open_services(tmp_path / "profile", write=True, world=world)
    stage.check()


def test_the_index_is_lost(stage: Stage, tmp_path: Path) -> None:
    stage.services.close()
    for file in (tmp_path / "profile" / "index").rglob("*"):
        if file.is_file():
            file.unlink()
    world = World(stage.clock, Random(3), stage.internet.door)
    stage.services = open_services(tmp_path / "profile", write=True, world=world)
    stage.check()


@pytest.mark.parametrize("version", range(1, PROFILE.version + 1))
def test_an_update_of_veille(tmp_path: Path, version: int) -> None:
    """A profile that each Veille wrote: what was saved, tagged or noted in it is read, found and taken along."""
    (tmp_path / "profile").mkdir()
    shutil.copy(DATA / f"schema-{version}.db", tmp_path / "profile" / "veille.db")
    with closing(open_services(tmp_path / "profile", write=True)) as services:
        services.indexer.drain()
        library, found = services.library, _saved_by(version)
        saved = {each.item.uid: each.item.id for each in library.hits(library.listing(Query(saved=True)).ids)}
        assert set(saved) == {uid for uid, _text, is_saved in found if is_saved}
        everything = {each.item.uid: each.item.id for each in library.hits(library.listing(Query()).ids)}
        file = io.BytesIO()
        services.exporter.write(Query(), Kind.JSON, file, FakeProgress())
        for uid, text, is_saved in found:
            query = f"({text}) is:saved" if is_saved else text
            assert everything[uid] in library.listing(Query(text=query)).ids, (uid, text)
            assert library.item(everything[uid]) is not None
            if ":" not in text:
                assert text in file.getvalue().decode(), (uid, text)
        assert services.storage.propose(1).items == 0, "of what is left nothing is so old"
        assert services.storage.sizes().kept == len({uid for uid, _text, _saved in found})


def _saved_by(version: int) -> list[tuple[str, str, bool]]:
    """What ``tests.store.build.fill_sample`` kept in a profile of that version: uid, a text that finds it, whether it
    is saved."""
    found = [("a1", "Content of a1", True)]
    if version > 1:
        found += [("a1", "All of a1", True)]
    if version > 3:
        found += [("b1", "Call Ada", False), ("b1", "tag:5G", False)]
    if version > 4:
        found += [("a1", "said at length", True), ("p1", "Content of p1", True)]
    return found
