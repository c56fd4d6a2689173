"""No answer, however it is built, takes more time or memory than a request may cost."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import READ, Make
from tests.servers import FeedServer, Recorded, Reply
from veille.errors import Cancelled, Gone, TimedOut, TooLarge, Unreachable
from veille.net.gateway import Gateway
from veille.net.patience import Turns

SOON = 0.6  # seconds that a request may take in these tests
STOPPED = 15  # seconds within which it has stopped on the slowest machine; unstopped it would take twice as long


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_bomb_is_not_unpacked_beyond_the_cap(server: FeedServer, gateway: Gateway, layers: int) -> None:
    server.bomb("/bomb", megabytes=100, layers=layers)
    tracemalloc.start()
    with pytest.raises(TooLarge, match="larger than 10 MB"):
        gateway.get(server.url("/bomb"), purpose=READ, allow_private=True)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_gzipped_feed_is_unpacked(server: FeedServer, gateway: Gateway) -> None:
    server.bomb("/feed.xml", megabytes=9, layers=2)
    assert gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True).body == bytes(9_000_000)


@pytest.mark.parametrize("manners", [{}, {"chunked": True}, {"length": -1}, {"length": 10**12}])
def test_a_body_over_the_cap_is_not_read(server: FeedServer, make: Make, clock: FakeClock, manners: dict) -> None:
    server.put("/large", b"x" * 1_000_001, **manners)
    server.put("/most", b"x" * 1_000_000)
    gateway = make(clock, bytes=1_000_000)
    with pytest.raises(TooLarge):
        gateway.get(server.url("/large"), purpose=READ, allow_private=True)
    assert len(gateway.get(server.url("/most"), purpose=READ, allow_private=True).body) == 1_000_000


@pytest.mark.parametrize(
    "reply",
    [
        Reply(wait=30),
        Reply(body=b"x" * 1000, piece=1, pause=0.05),
        Reply(body=b"x" * 1000, piece=1, pause=0.05, length=-1),
        Reply(body=b"x" * 1000, piece=1, pause=0.05, chunked=True),
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X" * 5000, piece=1, pause=0.05),
        Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 500, piece=5, pause=0.05),
        Reply(body=b"x" * 1000, piece=1, pause=0.05, status=404),
    ],
    ids=["silence", "body", "endless body", "chunk", "head", "continue", "error"],
)
def test_a_drip_is_cut_at_the_deadline(server: FeedServer, make: Make, reply: Reply) -> None:
    server.handle("/drip", lambda request: reply)
    started = time.monotonic()
    with pytest.raises((TimedOut, Gone)) as failed:
        make(seconds=SOON).get(server.url("/drip"), purpose=READ, allow_private=True)
    assert time.monotonic() - started < STOPPED
    assert failed.type is (Gone if reply.status == 404 else TimedOut)


def test_the_deadline_is_the_clocks_and_in_words(server: FeedServer, gateway: Gateway, clock: FakeClock) -> None:
    def slow(request: Recorded) -> Reply:
        clock.advance(seconds=31)
        return Reply(body=b"late")

    server.handle("/slow", slow)
    with pytest.raises(TimedOut, match=r"^127\.0\.0\.1 did not finish its answer within 30 seconds\.$"):
        gateway.get(server.url("/slow"), purpose=READ, allow_private=True)


def test_redirects_share_one_deadline(server: FeedServer, gateway: Gateway, clock: FakeClock) -> None:
    def slow(request: Recorded) -> Reply:
        clock.advance(seconds=8)
        return Reply(302, {"Location": f"/{len(server.requests)}"})

    for path in ("/0", "/1", "/2", "/3", "/4", "/5"):
        server.handle(path, slow)
    with pytest.raises(TimedOut):
        gateway.get(server.url("/0"), purpose=READ, allow_private=True)
    assert server.paths == ["/0", "/1", "/2", "/3"]


def test_waiting_for_a_turn_costs_no_patience(server: FeedServer, make: Make, clock: FakeClock) -> None:
    def slow(request: Recorded) -> Reply:
        clock.advance(seconds=20)
        return Reply(body=b"here")

    server.handle("/slow", slow)
    gateway = make(clock, at_once=1)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _number: gateway.get(server.url("/slow"), purpose=READ, allow_private=True), range(4))
        )
    assert [answer.body for answer in answers] == [b"here"] * 4


# Stopping ----------------------------------------------------------------------------------------


def test_what_is_cancelled_is_not_asked(server: FeedServer, gateway: Gateway) -> None:
    with pytest.raises(Cancelled):
        gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True, cancelled=lambda: True)
    assert server.connections == 0


@pytest.mark.parametrize("reply", [Reply(wait=30), Reply(body=b"x" * 100_000, piece=1, pause=0.01)])
def test_a_request_stops_when_asked(server: FeedServer, gateway: Gateway, reply: Reply) -> None:
    stop = threading.Event()

    def answer(request: Recorded) -> Reply:
        stop.set()
        return reply

    server.handle("/slow", answer)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        gateway.get(server.url("/slow"), purpose=READ, allow_private=True, cancelled=stop.is_set)
    assert time.monotonic() - started < STOPPED


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens; nobody takes up what comes."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listening:
        yield listening


@pytest.fixture
def silent(listener: socket.socket) -> Iterator[int]:
    """The port of a host that swallows whatever knocks: its backlog is full."""
    with ExitStack() as waiting:
        for _full in range(5):
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        probe = waiting.enter_context(socket.socket())
        probe.settimeout(0.2)
        with pytest.raises(TimeoutError):
            probe.connect(listener.getsockname())
        yield listener.getsockname()[1]


def after(asks: int) -> Callable[[], bool]:
    """A wish to stop that comes when it was asked for ``asks`` times."""
    answers = iter([False] * asks)
    return lambda: next(answers, True)


def test_a_connection_that_nobody_answers_stops_when_asked(gateway: Gateway, silent: int) -> None:
    with pytest.raises(Cancelled):
        gateway.get(f"http://127.0.0.1:{silent}/", purpose=READ, allow_private=True, cancelled=after(4))


def test_a_handshake_that_nobody_answers_stops_when_asked(gateway: Gateway, listener: socket.socket) -> None:
    with pytest.raises(Cancelled):
        gateway.get(
            f"https://127.0.0.1:{listener.getsockname()[1]}/", purpose=READ, allow_private=True, cancelled=after(5)
        )


def test_a_connection_that_nobody_answers_ends_in_time(make: Make, clock: FakeClock, silent: int) -> None:
    with pytest.raises(Unreachable, match="it does not answer"):
        make(clock, connect=SOON).get(f"http://127.0.0.1:{silent}/", purpose=READ, allow_private=True)
    with pytest.raises((TimedOut, Unreachable)):
        make(seconds=SOON).get(f"http://127.0.0.1:{silent}/", purpose=READ, allow_private=True)


def test_a_connection_that_is_refused_is_said(gateway: Gateway, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Unreachable, match="it refuses the connection"):
        gateway.get(f"http://127.0.0.1:{port}/", purpose=READ, allow_private=True)


def test_who_waits_for_a_turn_can_stop(server: FeedServer, make: Make, clock: FakeClock) -> None:
    busy, stop = threading.Event(), threading.Event()

    def hold(request: Recorded) -> Reply:
        busy.set()
        stop.wait(5)
        return Reply(body=b"held")

    server.handle("/held", hold)
    server.put("/feed.xml", b"<rss/>")
    gateway = make(clock, at_once=1)
    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(gateway.get, server.url("/held"), purpose=READ, allow_private=True)
        assert busy.wait(5)
        with pytest.raises(Cancelled):
            gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True, cancelled=lambda: True)
        stop.set()
        assert held.result().body == b"held"
    assert gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True).status == 200
    assert server.paths == ["/held", "/feed.xml"]


# Turns -------------------------------------------------------------------------------------------


def test_a_failed_request_gives_its_turn_back(server: FeedServer, make: Make, clock: FakeClock) -> None:
    gateway = make(clock, at_once=1)
    for _time in range(3):
        with pytest.raises(Gone):
            gateway.get(server.url("/none"), purpose=READ, allow_private=True)
    server.put("/feed.xml", b"<rss/>")
    assert gateway.get(server.url("/feed.xml"), purpose=READ, allow_private=True).status == 200


def test_turns_are_taken_in_order_and_by_name() -> None:
    turns, order, threads = Turns(1), [], []

    def wait(number: int) -> None:
        with turns.turn("a", lambda: False):
            order.append(number)

    with turns.turn("a", lambda: False):
        for number in range(8):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            time.sleep(0.02)  # so that they queue in this order
        with turns.turn("b", lambda: False):
            order.append(-1)
    for thread in threads:
        thread.join()
    assert order == [-1, *range(8)]


def test_turns_leave_nothing_behind() -> None:
    turns, at_once, most, lock = Turns(2), 0, 0, threading.Lock()

    def work(number: int) -> None:
        nonlocal at_once, most
        try:
            with turns.turn("a", lambda: number % 7 == 0):
                with lock:
                    at_once += 1
                    most = max(most, at_once)
                time.sleep(0.001)
                with lock:
                    at_once -= 1
                if number % 5 == 0:
                    raise ValueError
        except (ValueError, Cancelled):
            pass

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(200)))
    assert most == 2
    assert vars(turns) == vars(turns) | {"_taken": {}, "_waiting": {}}
