"""X, Bluesky and Mastodon through the whole program: watched, read, searched, edited and deleted, paid for, traced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeProgress
from tests.internet import Internet
from tests.networks.bluesky import Bluesky
from tests.networks.mastodon import Mastodon
from tests.networks.x import TOKEN, XServer
from tests.simulated import SimulatedClock
from veille.app import World, open_services
from veille.contacts import Reason, TraceFilter
from veille.content.networks import understand
from veille.core.services import Services
from veille.errors import NoToken, code
from veille.model import Hit, ItemKind, Query, SourceKind
from veille.posts import Fate, Network
from veille.sources.x.fetcher import HOST


@dataclass
class Stage:
    """A person's program, and the three networks that it reaches."""

    services: Services
    internet: Internet
    clock: SimulatedClock
    x: XServer
    bluesky: Bluesky
    mastodon: Mastodon

    def refresh(self) -> None:
        report = self.services.refresher.run(FakeProgress())
        assert report.failed == ()
        self.services.indexer.drain()

    def tick(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    def hits(self, text: str = "", **query: object) -> list[Hit]:
        return self.services.library.hits(self.services.library.listing(Query(text, **query)).ids)

    def texts(self, text: str = "", **query: object) -> set[str]:
        return {each.item.summary for each in self.hits(text, **query)}

    def watch(self, *texts: str) -> None:
        sector = self.services.curation.add_sector("Energy")[0].key
        for text in texts:
            self.services.curation.add(text, sector)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = SimulatedClock()
    with Internet(clock) as internet:
        x, bluesky, mastodon = XServer(clock), Bluesky(clock), Mastodon("mastodon.example", clock)
        internet.site(HOST, x)
        internet.site("public.api.bsky.app", bluesky.answer)
        internet.site("mastodon.example", mastodon.answer)
        world = World(clock, Random(2), internet.door, x_token=TOKEN)
        services = open_services(tmp_path / "profile", write=True, world=world)
        services.x.turn_on()
        yield Stage(services, internet, clock, x, bluesky, mastodon)
        services.close()


def test_posts_of_three_networks_are_one_list(stage: Stage) -> None:
    stage.x.account("jane", "Jane Doe")
    stage.x.post("jane", "Hydrogen from X #H2")
    stage.bluesky.post(stage.bluesky.account("ann.bsky.social", "Ann"), "Hydrogen from Bluesky")
    stage.mastodon.post(stage.mastodon.account("bob", "Bob"), "Hydrogen from Mastodon")
    stage.watch("@jane", "ann.bsky.social", "@bob@mastodon.example")
    stage.refresh()
    assert stage.texts() == {"Hydrogen from X #H2", "Hydrogen from Bluesky", "Hydrogen from Mastodon"}
    assert {each.item.kind for each in stage.hits()} == {ItemKind.POST}
    authors = {(each.item.post.network, each.item.post.author.handle) for each in stage.hits()}
    assert authors == {
        (Network.X, "@jane"), (Network.BLUESKY, "@ann.bsky.social"), (Network.MASTODON, "@bob@mastodon.example"),
    }  # fmt: skip
    assert {each.source for each in stage.hits()} == {
        each.label for each in stage.services.curation.outline().sources.values()
    }


def test_they_are_found_by_what_they_say_and_by_who_said_it(stage: Stage) -> None:
    stage.x.account("jane_doe", "Jane Doe")
    stage.x.post("jane_doe", "The #EnergyTransition is here 🚀 https://example.org/report")
    stage.watch("@jane_doe")
    stage.refresh()
    for words in ("#EnergyTransition", "energytransition", "transition", "🚀", "@jane_doe", "jane_doe", "Jane Doe"):
        assert len(stage.hits(words)) == 1, words
    assert stage.hits("nothing of the kind") == []


def test_a_thread_is_read_as_one_and_marked_as_one(stage: Stage) -> None:
    ann = stage.bluesky.account("ann.bsky.social", "Ann")
    first = stage.bluesky.post(ann, "One")
    stage.tick(minutes=1)
    second = stage.bluesky.post(ann, "Two", reply=first)
    stage.tick(minutes=1)
    stage.bluesky.post(ann, "Three", reply=second)
    stage.tick(minutes=1)
    stage.watch("ann.bsky.social")
    stage.refresh()
    (row,) = stage.hits()
    assert (row.item.summary, row.more) == ("One", 2)
    assert [each.summary for each in stage.services.library.thread(row.item.id)] == ["One", "Two", "Three"]
    stage.services.library.mark_read([row.item.id])
    assert stage.hits(unread=True) == []
    stage.services.library.save([row.item.id])
    assert stage.services.library.counts().saved == 1
    assert len(list(stage.services._store.marks.saved_ids())) == 3


def test_an_edit_is_shown_with_what_was_said_before(stage: Stage) -> None:
    stage.x.account("jane")
    number = stage.x.post("jane", "The price is 10")
    bob = stage.mastodon.account("bob")
    status = stage.mastodon.post(bob, "The price is 20")
    stage.watch("@jane", "@bob@mastodon.example")
    stage.refresh()
    stage.tick(minutes=20)
    stage.x.edit(number, "The price is 11")
    stage.mastodon.edit(status, "The price is 21")
    stage.tick(minutes=90)
    stage.refresh()
    assert stage.texts() == {"The price is 11", "The price is 21"}
    for hit in stage.hits():
        (before,) = stage.services.library.versions(hit.item.id)
        assert before.summary in ("The price is 10", "The price is 20")


def test_what_is_deleted_goes_here_too_saved_or_not(stage: Stage) -> None:
    stage.x.account("jane")
    on_x = stage.x.post("jane", "Gone from X")
    stage.x.post("jane", "Still on X")
    ann, bob = stage.bluesky.account("ann.bsky.social"), stage.mastodon.account("bob")
    on_bluesky, on_mastodon = (
        stage.bluesky.post(ann, "Gone from Bluesky"),
        stage.mastodon.post(bob, "Gone from Mastodon"),
    )
    stage.watch("@jane", "ann.bsky.social", "@bob@mastodon.example")
    stage.refresh()
    stage.services.library.save([each.item.id for each in stage.hits()])
    stage.x.delete(on_x)
    stage.bluesky.delete(on_bluesky)
    stage.mastodon.delete(on_mastodon)
    before = stage.x.dollars
    stage.clock.time = stage.clock.now().replace(hour=22, minute=5)
    assert stage.services.rechecks.due()
    stage.services.rechecks.run(FakeProgress())
    assert stage.x.dollars == before  # X bills a post once a day
    stage.tick(days=1, hours=1)
    stage.services.rechecks.run(FakeProgress())
    stage.services.indexer.drain()
    assert stage.texts() == {"", "Still on X"}
    gone = [each.item for each in stage.hits() if each.item.post.fate is Fate.DELETED]
    assert len(gone) == 3
    assert stage.hits("gone") == []
    reasons = {each.contact.reason for each in stage.services._store.traces.find(TraceFilter())}
    assert Reason.RECHECK in reasons


def test_x_is_off_without_a_token_and_nothing_is_asked(tmp_path: Path) -> None:
    clock = SimulatedClock()
    with Internet(clock) as internet:
        internet.site(HOST, XServer(clock))
        services = open_services(
            tmp_path / "profile", write=True, world=World(clock, Random(2), internet.door, x_token="")
        )
        services.curation.add("@jane")
        report = services.refresher.run(FakeProgress())
        assert [why for _source, why in report.failed] == [str(NoToken())]
        assert (internet.seen, internet.looked_up) == ([], [])
        services.close()


def test_what_was_read_is_paid_and_said(stage: Stage) -> None:
    stage.x.account("jane")
    for each in range(3):
        stage.x.post("jane", f"Post {each}")
    stage.watch("@jane")
    stage.refresh()
    said = stage.services.budget.statement()
    assert said.month == round(stage.x.dollars * 1_000_000) == 3 * 5_000 + 10_000
    assert (said.sources[0].posts, said.sources[0].items, said.reserved) == (3, 3, 0)
    assert [each.title for each in said.sectors] == ["Energy"]


def test_the_trace_says_that_x_knows_who_asked(stage: Stage) -> None:
    stage.x.account("jane")
    stage.bluesky.account("ann.bsky.social")
    stage.watch("@jane", "ann.bsky.social")
    stage.refresh()
    rows = stage.services.traces.find()
    assert {each.keyed for each in rows if each.host == HOST} == {True}
    assert {each.keyed for each in rows if each.host != HOST} == {False}
    assert all("who you are there" in each.learnt for each in rows if each.keyed)
    assert stage.x.written == []


def test_a_network_that_refuses_says_why_beside_its_source(stage: Stage) -> None:
    stage.watch("@nobody", "nobody.bsky.social", "@nobody@mastodon.example")
    report = stage.services.refresher.run(FakeProgress())
    assert len(report.failed) == 3
    assert all("nobody" in why for _source, why in report.failed)
    kinds = {source.kind for source, _why in report.failed}
    assert kinds == {SourceKind.X, SourceKind.BLUESKY, SourceKind.MASTODON}
    states = stage.services.curation.outline().states.values()
    assert {code(each.error) for each in states} == {"noaccount"}


def test_it_survives_opml(stage: Stage, tmp_path: Path) -> None:
    stage.watch("@jane", "ann.bsky.social", "@bob@mastodon.example", "#h2@mastodon.example")
    before = {each.key for each in stage.services.curation.outline().sources.values()}
    data = stage.services.exchange.export_opml()
    other = open_services(tmp_path / "other", write=True, world=World(stage.clock, Random(2), {}, x_token=""))
    other.exchange.import_opml(data, "mine.opml")
    assert {each.key for each in other.curation.outline().sources.values()} == before
    other.close()


def test_an_account_is_asked_about_before_it_is_watched(stage: Stage) -> None:
    jane = stage.x.account("jane")
    for _post in range(40):
        stage.x.post("jane", "Hydrogen")
        stage.tick(hours=6)
    (one, *_others) = understand("@jane")
    said = stage.services.lookups.estimate(one)
    assert said.known
    assert said.posts == pytest.approx(4, abs=0.5)
    assert stage.x.dollars == 0.01
    stage.services.curation.add(one)
    stage.refresh()
    assert stage.x.billed("user") == [jane.id]  # it is known


def test_nothing_is_asked_of_x_while_it_is_off(stage: Stage) -> None:
    stage.services.x.turn_off()
    with pytest.raises(NoToken):
        stage.services.lookups.estimate(understand("@jane")[0])
    assert stage.x.asked == []


def test_a_token_wakes_what_waited_for_it(stage: Stage) -> None:
    stage.services.x.turn_off()
    stage.x.account("jane")
    stage.x.post("jane", "Hydrogen")
    stage.watch("@jane")
    assert len(stage.services.refresher.run(FakeProgress()).failed) == 1
    stage.tick(minutes=1)
    assert stage.services.refresher.due(once=True) == ()
    stage.services.x.turn_on()
    stage.tick(minutes=5)
    due = stage.services.refresher.due(once=True)
    assert len(due) == 1
    stage.services.refresher.run(FakeProgress(), due, reason=Reason.SCHEDULED)
    assert stage.texts() == {"Hydrogen"}
