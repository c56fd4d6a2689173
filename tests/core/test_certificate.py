from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from tests.core.conftest import add_source
from tests.core.test_traces import begun, contact
from tests.fakes import FakeClock
from veille.contacts import Ending, Reason, TraceFilter
from veille.core.certificate import Certificates
from veille.core.discretion import Discretion
from veille.core.preferences import Preferences
from veille.core.traces import Traces
from veille.model import Mode
from veille.net.headers import table
from veille.store import Store


@pytest.fixture
def traces(store: Store, clock: FakeClock) -> Traces:
    return Traces(store, clock)


@pytest.fixture
def discretion(store: Store, clock: FakeClock) -> Discretion:
    return Discretion(Preferences(store), clock)


@pytest.fixture
def certificates(traces: Traces, discretion: Discretion, clock: FakeClock) -> Certificates:
    return Certificates(traces, discretion, clock)


class _Reader(HTMLParser):
    """Tags and attributes that were met, and the rows of tables as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.text = ""
        self._cell = False

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data) -> None:
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data.strip()


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def rows(html: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in read(html).rows}


def test_it_states_what_was_sent_to_whom_and_that_nothing_was_written(
    certificates: Certificates, traces: Traces, store: Store, clock: FakeClock
):
    start = clock.now()
    contact(store, clock, "https://before.example/")
    clock.advance(days=1)
    since = clock.now()
    for url in ("https://a.example/1", "https://a.example/2", "https://b.example/"):
        contact(store, clock, url)
    contact(store, clock, "https://b.example/p", reason=Reason.PICTURE, route="socks5://127.0.0.1:9050", method="HEAD")
    contact(store, clock, "https://b.example/q", ending=Ending(clock.now(), 404, sent=100), conditional=True)
    begun(store, clock)
    traces.opened("https://opened.example/page")
    clock.advance(hours=1)
    html = certificates.certificate(since, clock.now())
    said, text = rows(html), read(html).text
    assert "Veille made 6 requests to 3 hosts. All were made to read, by GET or HEAD; nothing was written." in text
    assert "before.example" not in text
    assert said["by GET"] == ["5"]
    assert said["by HEAD"] == ["1"]
    assert said["by any other method"] == ["0"]
    assert said["Requests that failed"] == ["1"]
    assert said["picture asked for"] == ["1"]
    assert said["socks5://127.0.0.1:9050"] == ["1"]
    assert said["a.example"] == ["2", "240", "8,000"]
    assert said["b.example"] == ["3", "340", "8,000"]
    assert said["opened.example"] == ["1"]
    assert "Of 1 request no end was noted" in text
    assert "1 request also named the version" in text
    assert "No number is missing." in text
    assert "No trace was ever forgotten." in text
    assert "The traces of this period have the numbers 2 to 8." in text
    assert "Mode in force then: discreet." in text
    for header in table():
        assert f"{header.name}: {header.value}" in text
    assert start < since


def test_its_checksum_is_that_of_the_csv_of_the_same_traces(
    certificates: Certificates, traces: Traces, store: Store, clock: FakeClock
):
    source = add_source(store, "News")
    since = clock.now()
    for _each in range(5):
        contact(store, clock, source=source.id)
        clock.advance(hours=1)
    digest = sha256()
    traces.csv(TraceFilter(since=since, until=clock.now()), lambda text: digest.update(text.encode()))
    html = certificates.certificate(since, clock.now() + timedelta(days=5))
    assert digest.hexdigest() in html
    contact(store, clock)
    clock.advance(seconds=1)
    assert digest.hexdigest() not in certificates.certificate(since, clock.now())


def test_a_quiet_period_says_so(certificates: Certificates, clock: FakeClock):
    html = certificates.certificate(clock.now() - timedelta(days=30), clock.now())
    assert "Veille contacted nobody" in html
    assert "There is no trace of this period." in html
    backwards = certificates.certificate(clock.now() + timedelta(days=1), clock.now())
    assert "Veille contacted nobody" in backwards


def test_it_never_says_more_than_the_traces_do(certificates: Certificates, store: Store, clock: FakeClock):
    """Another method (a fault, or a forged trace), gaps, and a time of which nothing is known, are said."""
    start = clock.now()
    for method in ("GET", "POST", "GET", "GET"):
        contact(store, clock, method=method)
        clock.advance(days=1)
    html = certificates.certificate(start, clock.now())
    assert "of which 1 by a method other than GET and HEAD" in html
    assert "nothing was written" not in html
    with store.traces._db.write() as db:
        db.execute("DELETE FROM trace WHERE number = 3")
    assert "1 number is missing" in certificates.certificate(start, clock.now())
    store.traces.forget(start + timedelta(days=1))
    assert "of the part of this period that lies before" in certificates.certificate(start, clock.now())
    assert "of the part of this period" not in certificates.certificate(start + timedelta(days=2), clock.now())


def test_it_is_complete_in_itself_and_hosts_cannot_write_into_it(
    certificates: Certificates, store: Store, clock: FakeClock
):
    since = clock.now()
    evil = '<script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>\u202e"'
    contact(store, clock, host=evil, route=evil)
    clock.advance(hours=1)
    html = certificates.certificate(since, clock.now())
    reader = read(html)
    assert not reader.tags & {"script", "img", "link", "iframe", "a", "object"}
    known = "lang charset http-equiv content border cellspacing cellpadding class align"
    assert reader.attributes <= set(known.split())
    assert "\u202e" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_the_mode_is_said(certificates: Certificates, discretion: Discretion, clock: FakeClock):
    discretion.set_mode(Mode.STRICT)
    assert "Mode in force then: strict." in certificates.certificate(clock.now(), clock.now())


def test_a_key_of_ones_own_is_owned_up_to(certificates: Certificates, store: Store, clock: FakeClock):
    start = clock.now()
    contact(store, clock, "https://news.example/")
    clock.advance(hours=1)
    assert "own key" not in certificates.certificate(start, clock.now())
    contact(store, clock, "https://api.twitter.com/2/tweets", keyed=True)
    clock.advance(hours=1)
    assert "1 request also carried the person" in certificates.certificate(start, clock.now())
