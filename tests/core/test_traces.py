import csv
import io
from datetime import timedelta

import pytest

from tests.core.conftest import add_source
from tests.fakes import FakeClock
from veille import i18n
from veille.contacts import Contact, Ending, Reason, TraceFilter
from veille.core.traces import KEYS, Traces
from veille.errors import ProfileBusy, Unreachable
from veille.store import Store, open_store

HTTPS = "https://news.example/feed"
HTTP = "http://news.example/feed"
PROXY = "socks5://127.0.0.1:9050"


@pytest.fixture
def traces(store: Store, clock: FakeClock) -> Traces:
    return Traces(store, clock)


def contact(store: Store, clock: FakeClock, url: str = HTTPS, *, ending: Ending | None = None, **parts) -> int:
    """A contact that was made, and ended well unless told."""
    given = {"reason": Reason.SCHEDULED, "source": 0, "method": "GET", "host": url.split("/")[2]} | parts
    number = store.traces.begin(Contact(clock.now(), url=url, **given))
    ending = ending or Ending(clock.now(), 200, sent=120, received=4000, address="93.184.1.1")
    store.traces.end(number, ending)
    return number


def begun(store: Store, clock: FakeClock, **parts) -> int:
    """A contact whose end was never noted."""
    return store.traces.begin(Contact(clock.now(), Reason.SCHEDULED, 0, "GET", HTTPS, "news.example", **parts))


def test_a_trace_in_words(traces: Traces, store: Store, clock: FakeClock):
    source = add_source(store, "News")
    number = contact(store, clock, source=source.id)
    (row,) = traces.find()
    assert row.keys() == {
        "number": number, "at": clock.now(), "finished": clock.now(), "reason": "scheduled", "source_id": source.id,
        "source": "News", "host": "news.example", "method": "GET", "address": HTTPS, "route": "direct",
        "redirected_by": "", "conditional": False, "keyed": False, "ip": "93.184.1.1", "status": 200,
        "outcome": "answered (200)",
        "sent": 120, "received": 4000,
        "learnt": (
            "The host: that somebody at this machine's address asked for this page then; no name, no cookie. Its way "
            "of speaking TLS tells what kind of software asks. Name servers, and whoever runs the network: the name "
            "of the host, not the page."),
    }  # fmt: skip
    assert (row.why, row.way, row.failed) == ("scheduled refresh", "direct", False)
    assert tuple(row.keys()) == KEYS


LEARNT = {
    "without TLS the page can be read on the way": (HTTP, {}, None, "also the page and what came back"),
    "a proxy hides the address": (HTTPS, {"route": PROXY}, None, "somebody behind the proxy"),
    "a proxy knows the host": (HTTPS, {"route": PROXY}, None, "not the page"),
    "a proxy without TLS knows all": (HTTP, {"route": PROXY}, None, "the page and what came back"),
    "a mark was sent back": (HTTPS, {"conditional": True}, None, "by a mark that it had given twice"),
    "a key of one's own": (HTTPS, {"keyed": True}, None, "who you are there"),
    "an address of a redirect": (HTTPS, {"led_by": "go.example"}, None, "could put a mark into it"),
    "the name alone": (HTTPS, {}, Ending(FakeClock().now(), error="{}"), "The host: nothing."),
    "no answer": (
        HTTPS, {}, Ending(FakeClock().now(), error="{}", address="93.184.1.1"), "wished to connect, not what for"),
    "a proxy that failed": (HTTPS, {"route": PROXY}, Ending(FakeClock().now(), error="{}"), "at most that somebody"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEARNT)
def test_what_could_be_learnt(traces: Traces, store: Store, clock: FakeClock, case: str):
    url, parts, ending, words = LEARNT[case]
    contact(store, clock, url, ending=ending, **parts)
    (row,) = traces.find()
    assert words in row.learnt
    assert ("The host: that somebody behind the proxy" in row.learnt) is ("route" in parts and ending is None)


def test_what_was_cut_short_may_have_arrived(traces: Traces, store: Store, clock: FakeClock):
    begun(store, clock)
    (row,) = traces.find()
    assert row.finished is None
    assert row.learnt.startswith("At most this. The host: that somebody")
    assert row.outcome == "no end was noted: under way, or cut short"


@pytest.mark.parametrize(
    ("ending", "words", "failed"),
    [
        (Ending(FakeClock().now(), 304), "nothing new (304)", False),
        (Ending(FakeClock().now(), 301), "sent on to another address (301)", False),
        (Ending(FakeClock().now(), 404), "answered with error 404", True),
        (
            Ending(FakeClock().now(), error=Unreachable(host="news.example", detail="refused").pack()),
            "news.example cannot be reached (refused).",
            True,
        ),
    ],
)
def test_outcomes(traces: Traces, store: Store, clock: FakeClock, ending: Ending, words: str, failed: bool):
    contact(store, clock, ending=ending)
    (row,) = traces.find()
    assert (row.outcome, row.failed) == (words, failed)


def test_they_are_found_page_by_page_by_host_source_and_day(traces: Traces, store: Store, clock: FakeClock):
    first = contact(store, clock)
    clock.advance(days=1)
    second = contact(store, clock, "https://www.other.example/", source=7)
    third = contact(store, clock)
    assert [each.number for each in traces.find(limit=2)] == [third, second]
    assert [each.number for each in traces.find(limit=2, after=second)] == [first]
    assert [each.number for each in traces.rows()] == [third, second, first]
    assert [each.number for each in traces.find(TraceFilter(host="other.example"))] == [second]
    assert [each.number for each in traces.find(TraceFilter(source=7))] == [second]
    assert [each.number for each in traces.find(TraceFilter(until=clock.now()))] == [first]
    assert traces.hosts() == ["news.example", "www.other.example"]


def test_today_begins_at_midnight(traces: Traces, store: Store, clock: FakeClock):
    contact(store, clock)
    clock.advance(days=1)
    contact(store, clock)
    contact(store, clock, "https://other.example/")
    assert (traces.today().reads, traces.today().hosts, traces.totals().reads) == (2, 2, 3)


def test_a_link_is_noted_before_it_is_opened(traces: Traces, store: Store, clock: FakeClock):
    traces.opened("https://news.example/a?b=c", 3)
    (row,) = traces.find()
    assert (row.reason, row.route, row.host, row.source_id) == (Reason.BROWSER, "browser", "news.example", 3)
    assert (row.why, row.way, row.outcome) == (
        "link opened in the browser", "your browser", "handed to your browser")  # fmt: skip
    assert "Veille itself sent nothing" in row.learnt
    assert traces.today().reads == 0
    beside = open_store(store.folder, write=False, clock=clock)
    try:
        assert [each.number for each in Traces(beside, clock).find()] == [row.number]
        with pytest.raises(ProfileBusy):
            Traces(beside, clock).opened("https://news.example/")
    finally:
        beside.close()


def test_csv_can_be_read_again_and_calculates_nothing(traces: Traces, store: Store, clock: FakeClock):
    source = add_source(store, "Evil")
    store.sources.replace(type(source)(**{name: getattr(source, name) for name in source.__slots__} | {"name": "=1+1"}))
    contact(store, clock, 'https://news.example/a,"b"', source=source.id)
    begun(store, clock)
    text = io.StringIO(newline="")
    assert traces.csv(TraceFilter(), text.write) == 2
    text.seek(0)
    last, first = csv.DictReader(text)
    assert tuple(first) == KEYS
    assert (last["finished"], last["status"]) == ("", "0")
    assert first["address"] == 'https://news.example/a,"b"'
    assert first["source"] == "'=1+1"
    assert first["at"] == clock.now().isoformat()


def test_words_follow_the_language(traces: Traces, store: Store, clock: FakeClock):
    contact(store, clock)
    english = traces.find()[0].learnt
    i18n.use("fr")
    try:
        traces.find()  # speaks French where the catalogue does, and is not what was put together in English before
    finally:
        i18n.use("en")
    assert traces.find()[0].learnt == english


def test_missing_numbers_are_counted(traces: Traces, store: Store, clock: FakeClock):
    """A trace taken out leaves its number behind, also where the period begins and ends."""
    start = clock.now()
    for _each in range(10):
        contact(store, clock)
        clock.advance(hours=1)
    since, until = start + timedelta(hours=3), start + timedelta(hours=6)
    assert traces.missing(since, until) == 0
    assert traces.missing(start - timedelta(days=1), clock.now()) == 0
    for number in (4, 5, 6):  # all of the period
        with store.traces._db.write() as db:
            db.execute("DELETE FROM trace WHERE number = ?", (number,))
    assert traces.missing(since, until) == 3
    assert traces.missing(start, start + timedelta(hours=2)) == 0


def test_what_was_forgotten_as_the_settings_say_is_not_missing_later(traces: Traces, store: Store, clock: FakeClock):
    start = clock.now()
    for _each in range(10):
        contact(store, clock)
        clock.advance(hours=1)
    store.traces.forget(start + timedelta(hours=3))
    assert traces.kept_since == start + timedelta(hours=3)
    assert traces.first == start + timedelta(hours=3)
    assert traces.missing(start, clock.now()) == 0
    assert traces.missing(start + timedelta(hours=4), clock.now()) == 0
