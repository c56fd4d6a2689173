"""Traces: on the disk before a contact is made, found again, added up, forgotten in time."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from array import array
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.store.build import START, contact, ending
from veille.contacts import Contact, Ledger, Reason, Totals, Trace, TraceFilter
from veille.errors import ProfileBusy, ProfileNewer, ProfileUnwritable, TracesDamaged
from veille.store import Store, open_store, tracing
from veille.store.tracing import conditions

ALL = TraceFilter()


def numbers(store: Store, wanted: TraceFilter) -> list[int]:
    """What every way to ask for ``wanted`` agrees on, oldest first."""
    found = [trace.number for trace in store.traces.find(wanted)]
    assert store.traces.numbers(wanted) == array("q", found)
    assert store.traces.count(wanted) == len(found) == sum(store.traces.totals(wanted).by_reason.values())
    return sorted(found)


def beside(store: Store) -> Store:
    """The same profile, only read."""
    return open_store(store.folder, write=False, clock=FakeClock())


# Written ------------------------------------------------------------------------------------------


def test_the_traces_are_a_ledger(store: Store) -> None:
    ledger: Ledger = store.traces
    assert ledger.begin(contact()) == 1


def test_a_trace_comes_back_as_it_was(store: Store) -> None:
    made = Contact(
        START + timedelta(microseconds=7), Reason.PICTURE, 3, "HEAD", "https://e.example/é?a=%20&b", "e.example",
        "socks5://127.0.0.1:9050", conditional=True, led_by="t.example", keyed=True)  # fmt: skip
    number = store.traces.begin(made)
    assert store.traces.find(ALL) == [Trace(number, made)]
    over = ending(minutes=1, status=0, error='{"code": "gone", "host": "é"}', address="2001:db8::1")
    store.traces.end(number, over)
    assert store.traces.find(ALL) == [Trace(number, made, over)]


def test_a_trace_is_on_the_disk_when_it_has_its_number_and_the_ending_once_it_is_flushed(store: Store) -> None:
    number = store.traces.begin(contact())
    reader = beside(store)
    assert reader.traces.find(ALL) == [Trace(number, contact())]
    store.traces.end(number, ending())
    assert reader.traces.find(ALL)[0].ending is None
    store.traces.flush()
    assert reader.traces.find(ALL)[0].ending == ending()
    reader.close()


def test_an_ending_goes_with_the_next_trace(store: Store) -> None:
    store.traces.end(store.traces.begin(contact()), ending())
    store.traces.begin(contact())
    reader = beside(store)
    assert [trace.ending for trace in reader.traces.find(ALL)] == [None, ending()]
    reader.close()


def test_closing_writes_the_last_endings(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    store.traces.end(store.traces.begin(contact()), ending())
    store.close()
    store = open_store(tmp_path, write=True, clock=clock)
    assert [trace.ending for trace in store.traces.find(ALL)] == [ending()]
    store.close()


def test_an_ending_of_what_is_not_there_is_passed_over(store: Store) -> None:
    store.traces.end(9, ending())
    store.traces.flush()
    assert store.traces.count() == 0


def test_a_host_is_the_same_however_it_is_written(store: Store) -> None:
    store.traces.begin(contact("WWW.Example.ORG"))
    assert [trace.contact.host for trace in store.traces.find(TraceFilter(host="example.Org"))] == ["www.example.org"]


def test_hostile_text_is_kept_as_far_as_it_is_text(store: Store) -> None:
    made = contact("x'); drop table trace; --\0%_", url="https://e/\ud800\0", led_by="\udfff")
    store.traces.end(store.traces.begin(made), ending(error="\ud800"))
    (trace,) = store.traces.find(TraceFilter(host=made.host))
    assert (trace.contact.host, trace.contact.url, trace.contact.led_by) == (made.host, "https://e/?\0", "?")
    assert trace.ending == ending(error="?")


# Group commit -------------------------------------------------------------------------------------


class Commits:
    """Counts the transactions of the traces, and holds the next one until it is let go."""

    def __init__(self, store: Store) -> None:
        self.count = 0
        self.begun = threading.Event()
        self.go = threading.Event()
        with store.traces._db.write() as db:
            db.set_trace_callback(self._hear)

    def _hear(self, sql: str) -> None:
        if sql == "BEGIN IMMEDIATE":
            self.count += 1
            self.begun.set()
            self.go.wait(10)


def test_threads_that_wait_at_the_same_time_share_one_commit(store: Store) -> None:
    commits = Commits(store)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(store.traces.begin, contact("first.example"))
        commits.begun.wait(10)  # and now it is held
        others = [pool.submit(store.traces.begin, contact(f"h{number}.example")) for number in range(19)]
        while len(store.traces._begun) < len(others):
            pass
        commits.go.set()
        given = [first.result(10), *(each.result(10) for each in others)]
    assert commits.count == 2
    hosts = {trace.number: trace.contact.host for trace in store.traces.find(ALL)}
    assert [hosts[number] for number in given] == ["first.example", *(f"h{number}.example" for number in range(19))]


def test_each_of_many_threads_gets_the_number_of_its_own(store: Store) -> None:
    def make(number: int) -> tuple[int, int]:
        given = store.traces.begin(contact(source=number))
        store.traces.end(given, ending(sent=number))
        return given, number

    with ThreadPoolExecutor(10) as pool:
        given = dict(pool.map(make, range(200)))
    assert sorted(given) == list(range(1, 201))
    for trace in store.traces.find(ALL):
        assert trace.ending is not None
        assert trace.contact.source == trace.ending.sent == given[trace.number]


def test_a_trace_does_not_wait_for_a_batch_of_items(store: Store) -> None:
    with store.db.write(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(store.traces.begin, contact()).result(10) == 1


def fill_up(store: Store) -> None:
    """Let ``traces.db`` grow no more."""
    with store.traces._db.write() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_said_to_each_thread_and_nothing_else_is_lost(store: Store) -> None:
    number = store.traces.begin(contact())
    store.traces.end(number, ending(error="x" * 10_000))
    fill_up(store)
    with ThreadPoolExecutor(5) as pool:
        failures = [pool.submit(store.traces.begin, contact(url="x" * 10_000)).exception(10) for _ in range(5)]
    assert [type(each) for each in failures] == [ProfileUnwritable] * 5
    assert store.traces.find(ALL) == [Trace(number, contact())]  # it can still be read
    with store.traces._db.write() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    store.traces.begin(contact(minutes=1))
    assert store.traces.find(ALL) == [
        Trace(number + 1, contact(minutes=1)),
        Trace(number, contact(), ending(error="x" * 10_000)),
    ]


# Found --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ALL, [1, 2, 3, 4, 5]),
        (TraceFilter(host="example.org"), [1, 2]),
        (TraceFilter(host="WWW.Example.org"), [2]),
        (TraceFilter(host="ample.org"), []),
        (TraceFilter(host="%"), []),
        (TraceFilter(host="e_ample.org"), []),
        (TraceFilter(source=0), [3]),
        (TraceFilter(source=2), [4, 5]),
        (TraceFilter(since=START + timedelta(minutes=3)), [4, 5]),
        (TraceFilter(until=START + timedelta(minutes=3)), [1, 2, 3]),
        (TraceFilter(source=2, since=START, until=START + timedelta(minutes=4), host="b.example"), [4]),
    ],
)
def test_filters(store: Store, wanted: TraceFilter, expected: list[int]) -> None:
    for number, (host, source) in enumerate(
        [("example.org", 1), ("www.example.org", 1), ("notexample.org", 0), ("b.example", 2), ("b.example", 2)]
    ):
        store.traces.begin(contact(host, minutes=number, source=source))
    assert numbers(store, wanted) == expected


def test_pages_follow_one_another_without_gap_or_repeat(store: Store) -> None:
    for _ in range(10):
        store.traces.begin(contact())
    pages: list[int] = []
    while page := store.traces.find(ALL, limit=4, after=pages[-1] if pages else None):
        store.traces.begin(contact())  # what comes meanwhile is on no later page
        pages += [trace.number for trace in page]
    assert pages == list(range(10, 0, -1))
    assert len(store.traces.find(ALL, limit=10**30)) == 13


def test_the_numbers_show_what_is_missing_and_none_is_given_again(store: Store) -> None:
    for _ in range(3):
        store.traces.begin(contact())
    with store.traces._db.write() as db:
        db.execute("DELETE FROM trace WHERE number > 1")
    store.traces.begin(contact())
    assert list(store.traces.numbers()) == [4, 1]


def test_totals_add_up_and_leave_the_browser_apart(store: Store) -> None:
    socks = "socks5://127.0.0.1:9050"
    for made, over in [
        (contact("a.example"), ending()),
        (contact("b.example", route=socks), ending(status=404)),
        (contact("b.example", route=socks, reason=Reason.PICTURE), ending(status=304, received=200)),
        (contact("c.example", method="HEAD"), ending(status=0, error="{}", received=0, address="")),
        (contact("b.example"), None),
        (contact("d.example", reason=Reason.BROWSER, route="browser"), ending(status=0, sent=0, received=0)),
    ]:
        number = store.traces.begin(made)
        if over:
            store.traces.end(number, over)
    totals = store.traces.totals()
    assert totals == Totals(
        reads=5, hosts=3, sent=1200, received=10_200, failed=2, unfinished=1,
        by_method={"GET": 4, "HEAD": 1},
        by_reason={Reason.SCHEDULED: 4, Reason.PICTURE: 1, Reason.BROWSER: 1},
        by_route={"direct": 3, socks: 2},
        by_host={"b.example": 3, "a.example": 1, "c.example": 1})  # fmt: skip
    assert next(iter(totals.by_host)) == "b.example"
    assert store.traces.totals(TraceFilter(host="nobody.example")) == Totals()


def test_the_totals_of_a_day_read_that_day_alone(store: Store) -> None:
    """The status bar asks for them often, over 100,000 traces."""
    where, parameters = conditions(TraceFilter(since=START))
    (step,) = store.traces._db.query(f"EXPLAIN QUERY PLAN SELECT sum(sent) FROM trace WHERE {where}", parameters)
    assert "USING INDEX trace_at" in step[3]


# Forgotten ----------------------------------------------------------------------------------------


def test_what_is_old_is_forgotten_and_that_is_remembered(store: Store) -> None:
    assert (store.traces.first, store.traces.kept_since) == (None, None)
    for minutes in range(5):
        store.traces.begin(contact(minutes=minutes))
    assert (store.traces.first, store.traces.kept_since) == (START, None)
    assert store.traces.forget(START) == 0
    assert store.traces.kept_since is None  # nothing was forgotten
    limit = START + timedelta(minutes=3)
    assert store.traces.forget(limit) == 3
    assert (store.traces.first, store.traces.kept_since) == (limit, limit)
    store.traces.begin(contact(minutes=-9))  # the clock was put back
    assert store.traces.forget(START) == 1
    assert store.traces.kept_since == limit
    assert list(store.traces.numbers()) == [5, 4]


def test_a_clock_that_leaps_ahead_takes_nothing_along_at_once(store: Store) -> None:
    def pass_on(day: float) -> int:
        """A pass, and what it forgets that is older than ten days."""
        store.traces.begin(contact(minutes=day * 24 * 60))
        return store.traces.forget(START + timedelta(days=day - 10))

    assert [pass_on(day) for day in range(9)] == [0] * 9
    assert [pass_on(3650 + hour / 24) for hour in range(5)] == [0] * 5  # wrong, and set right
    assert store.traces.kept_since is None
    assert [pass_on(9 + hour / 24) for hour in range(24)] == [0] * 24
    assert [pass_on(day) for day in (10, 11, 12)] == [0, 1, 1]
    assert [pass_on(day) for day in (40, 41)] == [2, 0]  # nobody was there for a month: two days of it count
    assert pass_on(42) == 8 + 24  # and now it is sure: days 4 to 12, of which day 9 has 24
    assert store.traces.kept_since == START + timedelta(days=32)


def test_what_was_forgotten_is_gone_from_the_file(store: Store) -> None:
    for minutes in range(50):
        store.traces.begin(contact(minutes=minutes, url=f"https://secret.example/{'x' * 200}"))
    store.traces.forget(START + timedelta(minutes=49))
    store.traces.forget(START + timedelta(minutes=60))
    store.close()
    assert b"secret" not in (store.folder / "traces.db").read_bytes()


# Opened -------------------------------------------------------------------------------------------


def test_a_profile_that_is_only_read_takes_no_trace(store: Store) -> None:
    reader = beside(store)
    with pytest.raises(ProfileBusy):
        reader.traces.begin(contact())
    assert reader.traces.find(ALL) == []
    reader.close()


@pytest.mark.parametrize("made", [False, True])
def test_a_missing_or_unfinished_file_is_an_empty_ledger_to_who_only_reads(
    tmp_path: Path, clock: FakeClock, made: bool
) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    path = tmp_path / "traces.db"
    path.unlink()
    if made:
        path.touch()
    store = open_store(tmp_path, write=False, clock=clock)
    assert (store.traces.find(ALL), list(store.traces.numbers()), store.traces.count()) == ([], [], 0)
    assert (store.traces.totals(), store.traces.first, store.traces.kept_since) == (Totals(), None, None)
    with pytest.raises(ProfileBusy):
        store.traces.begin(contact())
    store.close()
    assert path.exists() == made
    store = open_store(tmp_path, write=True, clock=clock)
    assert store.traces.begin(contact()) == 1
    store.close()


def test_another_process_reads_while_one_writes(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.fakes import FakeClock; from veille.store import open_store;"
        "print(open_store(Path(sys.argv[1]), write=False, clock=FakeClock()).traces.totals().reads)"
    )
    store.traces.begin(contact())
    with store.traces._db.write():  # in the middle of a transaction
        ran = subprocess.run([sys.executable, "-c", code, str(store.folder)], capture_output=True, text=True)
    assert ran.stdout.strip() == "1", ran.stderr


@pytest.mark.parametrize("write", [True, False])
def test_traces_of_a_newer_veille_are_left_untouched(tmp_path: Path, clock: FakeClock, write: bool) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    path = tmp_path / "traces.db"
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {tracing.SCHEMA.version + 1}")
    database.close()
    before = path.read_bytes()
    with pytest.raises(ProfileNewer):
        open_store(tmp_path, write=write, clock=clock)
    assert path.read_bytes() == before


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize("data", [b"not a database" * 100, b"\0" * 4096])
def test_damaged_traces_are_named_and_left_untouched(
    tmp_path: Path, clock: FakeClock, data: bytes, write: bool
) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    path = tmp_path / "traces.db"
    path.write_bytes(data)
    store = open_store(tmp_path, write=write, clock=clock)
    assert store.sources.all() == []  # all but the traces is there
    for use in (lambda: store.traces.begin(contact()), store.traces.totals, lambda: store.traces.kept_since):
        with pytest.raises(TracesDamaged, match=r"traces\.db"):
            use()
    store.traces.flush()
    store.close()
    assert path.read_bytes() == data
    path.rename(tmp_path / "elsewhere")
    store = open_store(tmp_path, write=True, clock=clock)
    assert store.traces.begin(contact()) == 1
    store.close()


@pytest.mark.parametrize("schema", [True, False])
def test_what_is_damaged_behind_the_head_takes_no_contact(tmp_path: Path, clock: FakeClock, schema: bool) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    store.traces.begin(contact())
    store.close()
    path = tmp_path / "traces.db"
    data = bytearray(path.read_bytes())
    where = slice(100, 4096) if schema else slice(4096, None)
    data[where] = b"\xa5" * len(data[where])
    path.write_bytes(data)
    store = open_store(tmp_path, write=True, clock=clock)
    with pytest.raises(TracesDamaged, match=r"traces\.db"):
        store.traces.begin(contact())
    store.close()


def test_traces_that_are_damaged_inside_are_named(store: Store) -> None:
    for number in range(300):
        store.traces.end(store.traces.begin(contact(url="x" * 900)), ending(minutes=number))
    store.close()
    path = store.folder / "traces.db"
    data = bytearray(path.read_bytes())
    data[8 * 4096 :] = b"\xa5" * (len(data) - 8 * 4096)
    path.write_bytes(data)
    opened = open_store(store.folder, write=True, clock=FakeClock())
    with pytest.raises(TracesDamaged, match=r"traces\.db"):
        opened.traces.find(ALL)
    opened.close()
    assert path.stat().st_size == len(data)


def test_one_database_is_not_taken_for_the_other(tmp_path: Path, clock: FakeClock) -> None:
    open_store(tmp_path, write=True, clock=clock).close()
    shutil.copy(tmp_path / "veille.db", tmp_path / "traces.db")
    store = open_store(tmp_path, write=True, clock=clock)
    with pytest.raises(TracesDamaged, match=r"traces\.db.*another program"):
        store.traces.begin(contact())
    store.close()


def test_traces_of_the_first_version_are_brought_up_to_date(tmp_path: Path, clock: FakeClock) -> None:
    store = open_store(tmp_path, write=True, clock=clock)
    store.traces.end(store.traces.begin(contact()), ending())
    store.close()
    database = sqlite3.connect(tmp_path / "traces.db")
    database.executescript("ALTER TABLE trace DROP COLUMN keyed; PRAGMA user_version = 1")
    database.close()
    store = open_store(tmp_path, write=True, clock=clock)
    store.traces.begin(contact(keyed=True))
    new, old = store.traces.find(TraceFilter())
    assert (new.contact.keyed, old.contact, old.ending) == (True, contact(), ending())
    store.close()
