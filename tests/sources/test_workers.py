"""Worker processes: what comes back, and what becomes of one that harms itself."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from veille.errors import Busy, Unreadable
from veille.sources.workers import Workers, stream


def double(value: int) -> int:
    return value * 2


def refuse() -> None:
    raise Busy(host="example.org", status=429, retry_after=60)


def stumble() -> None:
    raise KeyError("a bug")


def hang() -> None:
    time.sleep(3600)


def die(code: int) -> None:
    os._exit(code)


def loaded() -> list[str]:
    return [name for name in sys.modules if name.split(".")[0] in ("PySide6", "requests", "whoosh", "sqlite3")]


def identity() -> int:
    return os.getpid()


@pytest.fixture
def workers() -> Iterator[Workers]:
    one = Workers(1, patience=20)
    yield one
    one.close()


def test_a_call_runs_in_another_process_which_stays(workers: Workers) -> None:
    assert workers.run(double, 21) == 42
    first, second = workers.run(identity), workers.run(identity)
    assert first == second != os.getpid()


def test_an_error_comes_back_with_its_facts(workers: Workers) -> None:
    with pytest.raises(Busy) as caught:
        workers.run(refuse)
    assert caught.value.facts == {"host": "example.org", "status": 429, "retry_after": 60}


def test_a_bug_comes_back_with_the_place_where_it_is(workers: Workers) -> None:
    with pytest.raises(KeyError) as caught:
        workers.run(stumble)
    assert "in stumble" in caught.value.__notes__[0]


def test_a_call_that_hangs_is_given_up_and_the_next_one_runs() -> None:
    impatient = Workers(1, patience=1)
    try:
        with pytest.raises(Unreadable, match="longer than 1 seconds"):
            impatient.run(hang)
        assert impatient.run(double, 1) == 2
    finally:
        impatient.close()


@pytest.mark.parametrize("code", [0, 9])
def test_a_call_that_takes_its_worker_along_is_an_error_and_the_next_one_runs(workers: Workers, code: int) -> None:
    with pytest.raises(Unreadable, match="failed altogether"):
        workers.run(die, code)
    assert workers.run(double, 1) == 2


def test_a_worker_that_left_between_two_calls_is_replaced_unnoticed(workers: Workers) -> None:
    worker = workers.run(identity)
    os.kill(worker, signal.SIGKILL)
    assert _soon(lambda: all(each.pid != worker for each in multiprocessing.active_children()))
    assert workers.run(double, 2) == 4


def test_a_worker_loads_nothing_that_it_does_not_need(workers: Workers) -> None:
    before = {name.split(".")[0] for name in sys.modules}
    assert "pytest" in before
    assert workers.run(loaded) == []


_PARENT = """
import threading, time
from tests.sources.test_workers import hang, identity
from veille.sources.workers import Workers
if __name__ == "__main__":
    workers = Workers(1)
    print(workers.run(identity), flush=True)
    workers.run(hang)
"""


def test_a_worker_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        parent.kill()
    assert _soon(lambda: not _alive(worker)), "the worker outlived its parent"


def count(path: str, to: int) -> Iterator[int]:
    """Numbers, each after a line in the file that it was made."""
    for number in range(to):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        yield number


def gone_wrong(after: int) -> Iterator[int]:
    yield from range(after)
    raise Busy(host="example.org", status=429, retry_after=60)


def dying(after: int) -> Iterator[int]:
    yield from range(after)
    os._exit(9)


def hanging(after: int) -> Iterator[int]:
    yield from range(after)
    time.sleep(3600)


def never() -> Iterator[int]:
    raise KeyError("a bug")


def test_a_stream_gives_all_of_it_from_one_other_process_which_ends(tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert list(stream(count, str(made), 5)) == [0, 1, 2, 3, 4]
    processes = set(made.read_text().split())
    assert len(processes) == 1
    assert processes != {str(os.getpid())}
    assert not _alive(int(processes.pop()))
    assert list(stream(count, str(made), 0)) == []


def test_a_stream_is_one_step_ahead_and_no_further(tmp_path: Path) -> None:
    made = tmp_path / "made"
    steps = stream(count, str(made), 1000)
    assert not made.exists()
    assert next(steps) == 0
    assert _soon(lambda: len(made.read_text().split()) == 2)
    time.sleep(0.2)
    assert len(made.read_text().split()) == 2
    assert next(steps) == 1
    steps.close()  # type: ignore[attr-defined]
    assert not _alive(int(made.read_text().split()[0]))
    assert len(made.read_text().split()) <= 3


@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_ends_with_the_error_that_it_meets(after: int) -> None:
    given = list[int]()
    with pytest.raises(Busy) as caught:
        given.extend(stream(gone_wrong, after))
    assert caught.value.facts == {"host": "example.org", "status": 429, "retry_after": 60}
    assert given == list(range(after))
    with pytest.raises(KeyError) as bug:
        list(stream(never))
    assert "in never" in bug.value.__notes__[0]


def test_a_stream_whose_process_dies_or_hangs_is_an_error() -> None:
    with pytest.raises(Unreadable, match="failed altogether"):
        list(stream(dying, 2))
    with pytest.raises(Unreadable, match="longer than 1 seconds"):
        list(stream(hanging, 2, patience=1))
    assert _soon(lambda: not multiprocessing.active_children())


_READER = """
import sys
from tests.sources.test_workers import count
from veille.sources.workers import stream
if __name__ == "__main__":
    steps = stream(count, sys.argv[1], 1000)
    print(next(steps), flush=True)
    sys.stdin.read()
"""


def test_a_stream_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script, made = tmp_path / "reader.py", tmp_path / "made"
    script.write_text(_READER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script, made], env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout
        assert parent.stdout.readline() == "0\n"
        parent.kill()
    reader = int(made.read_text().split()[0])
    assert _soon(lambda: not _alive(reader)), "the reader outlived its parent"


def _soon(condition: Callable[[], bool]) -> bool:
    """Whether it holds within 20 seconds."""
    for _attempt in range(400):
        if condition():
            return True
        time.sleep(0.05)
    return False


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")  # a killed one may still wait for somebody to notice
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
