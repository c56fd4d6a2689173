"""All of it together, as app.py builds it, on an internet of our own."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from tests.fakes import FakeClock, FakeProgress
from tests.internet import Internet, Seen
from tests.servers import Reply
from veille.app import World, open_services
from veille.contacts import Reason, TraceFilter
from veille.core.services import Services
from veille.errors import NotInSample
from veille.model import Mode, Query
from veille.net.headers import NEUTRAL

FEED = b"""<rss version='2.0'><channel><title>News</title><item><guid>1</guid><title>Energy</title>
<link>https://news.example/a?utm_source=rss</link>
<description>&lt;p&gt;Text &lt;img src="https://pictures.example/p.png"&gt;&lt;/p&gt;</description></item></channel></rss>"""
PNG = b"\x89PNG\r\n\x1a\n picture"
PAGE = "<html><body><article>" + "<p>The price of energy fell again this week, says the market.</p>" * 6
BODIES = {"/feed": FEED, "/p.png": PNG, "/a": PAGE.encode()}


@pytest.fixture
def internet(clock: FakeClock) -> Iterator[Internet]:
    with Internet(clock) as internet:
        for name in ("news.example", "pictures.example"):
            internet.site(name, answer)
        yield internet


def answer(seen: Seen) -> Reply:
    return Reply(body=BODIES[seen.path])


@pytest.fixture
def services(tmp_path: Path, internet: Internet, clock: FakeClock) -> Iterator[Services]:
    world = World(clock, Random(1), internet.door)
    services = open_services(tmp_path / "profile", write=True, world=world)
    yield services
    services.close()


def test_what_a_person_asks_for_is_asked_once_by_the_one_door_and_written_down(services: Services, internet: Internet):
    source, _changes = services.curation.add_feed("https://news.example/feed")
    report = services.refresher.run(FakeProgress())
    assert (report.asked, report.failed, report.changes.new) == (1, (), 1)
    (item,) = services.library.listing(Query()).ids
    services.library.item(item)
    services.library.mark_read([item])
    assert [each.path for each in internet.seen] == ["/feed"]  # reading asks for nothing
    (picture,) = services.pictures.load(item, FakeProgress())
    assert (picture.data, picture.problem) == (PNG, "")
    article = services.articles.fetch(item, FakeProgress())
    assert "The price of energy" in article.html
    assert services.library.article(item) == article
    services.traces.opened("https://news.example/a", source.id)

    asked = [(each.host, each.path) for each in internet.seen]
    assert asked == [("news.example", "/feed"), ("pictures.example", "/p.png"), ("news.example", "/a")]
    for each in internet.seen:
        assert each.headers == {"host": each.host} | {name.lower(): value for name, value in NEUTRAL.items()}
    rows = list(services.traces.rows())
    assert [each.reason for each in rows] == [Reason.BROWSER, Reason.ARTICLE, Reason.PICTURE, Reason.BY_HAND]
    assert {each.source for each in rows} == {"News"}
    assert [each.sent for each in reversed(rows[1:])] == [len(each.raw) for each in internet.seen]
    assert (services.traces.today().reads, services.traces.today().hosts) == (3, 2)


def test_a_certificate_of_it(services: Services, clock: FakeClock):
    services.curation.add_feed("https://news.example/feed")
    start = clock.now()
    services.refresher.run(FakeProgress())
    clock.advance(minutes=1)
    html = services.certificates.certificate(start, clock.now())
    assert "Veille made 1 request to 1 host. All were made to read" in html
    digest = sha256()
    services.traces.csv(TraceFilter(since=start, until=clock.now()), lambda text: digest.update(text.encode()))
    assert digest.hexdigest() in html


def test_strict_without_a_proxy_asks_nobody(services: Services, internet: Internet):
    services.curation.add_feed("https://news.example/feed")
    services.refresher.run(FakeProgress())
    (item,) = services.library.listing(Query()).ids
    services.discretion.set_mode(Mode.STRICT)
    before = (len(internet.seen), len(internet.looked_up))
    services.refresher.run(FakeProgress())
    services.refresher.run(FakeProgress(), services.refresher.due(), reason=Reason.SCHEDULED)
    for ask in (services.pictures.load, services.articles.fetch):
        with pytest.raises(Exception, match="Strict level"):
            ask(item, FakeProgress())
    assert (len(internet.seen), len(internet.looked_up)) == before


def test_behind_the_sample_is_nobody(tmp_path: Path, internet: Internet, clock: FakeClock):
    world = World(clock, Random(1), internet.door)
    services = open_services(tmp_path / "sample", write=True, sample=True, world=world)
    try:
        hits = services.library.hits(services.library.listing(Query()).ids)
        for item in [hit.item for hit in hits if hit.item.url][:3]:
            with pytest.raises(NotInSample):
                services.articles.fetch(item.id, FakeProgress())
        for item in [hit.item for hit in hits if hit.item.media]:
            whole = services.library.item(item.id)
            if whole and services.pictures.addresses(whole.item):
                with pytest.raises(NotInSample):
                    services.pictures.load(item.id, FakeProgress())
        assert (internet.seen, internet.looked_up) == ([], [])
    finally:
        services.close()
