"""Queries, changes and long work: the newest wins, failures are told, cancelling stops."""

from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest
from pytestqt.qtbot import QtBot

from veille.errors import BadFile
from veille.model import Changes
from veille.ui.tasks import Task, Tasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_a_stale_answer_is_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    held, answers = Event(), []
    tasks.query("list", lambda: held.wait(5) and "old", answers.append)
    tasks.query("list", lambda: "new", answers.append)
    qtbot.waitUntil(lambda: answers == ["new"])
    held.set()
    tasks.query("other", lambda: "last", answers.append)
    qtbot.waitUntil(lambda: "last" in answers)
    qtbot.wait(50)
    assert answers == ["new", "last"]


def test_a_query_runs_elsewhere_and_answers_here(tasks: Tasks, qtbot: QtBot) -> None:
    answers = []
    tasks.query("slot", lambda: current_thread() is main_thread(), lambda asked_here: answers.append(
        (asked_here, current_thread() is main_thread())))  # fmt: skip
    qtbot.waitUntil(lambda: answers == [(False, True)])


def test_a_failed_query_is_told_in_words_and_not_answered(tasks: Tasks, qtbot: QtBot) -> None:
    def fail() -> str:
        raise BadFile(name="a.opml", detail="it is empty")

    answers, otherwise = [], []
    with qtbot.waitSignal(tasks.failed) as told:
        tasks.query("slot", fail, answers.append, lambda: otherwise.append(True))
    assert told.args == ["a.opml cannot be read: it is empty."]
    assert (answers, otherwise) == ([], [True])


def test_a_bug_is_told_as_unexpected_with_details_in_the_terminal(
    tasks: Tasks, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    with qtbot.waitSignal(tasks.failed) as told:
        tasks.change(lambda: 1 // 0)
    assert "unexpected" in told.args[0]
    assert "ZeroDivisionError" in told.args[0]
    assert "1 // 0" in capsys.readouterr().err


def test_changes_keep_their_order_and_are_announced(tasks: Tasks, qtbot: QtBot) -> None:
    seen = []
    tasks.changed.connect(lambda changes: seen.append(changes.new))
    for at in range(20):
        tasks.change(lambda at=at: Changes(new=at))
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_long_work_shows_where_it_is_and_can_be_cancelled(tasks: Tasks, qtbot: QtBot) -> None:
    def work(task: Task) -> int:
        done = 0
        while not task.cancelled and done < 2000:
            done += 1
            task.step(done, 2000, "counting")
            Event().wait(0.005)
        return done

    answers = []
    assert tasks.job("count", work, answers.append)
    assert not tasks.job("count", work, answers.append), "the same work is not begun twice"
    with qtbot.waitSignal(tasks.progress, timeout=3000) as shown:
        pass
    assert shown.args[1:] == [2000, "counting"]
    with qtbot.waitSignal(tasks.idle):
        tasks.cancel()
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert 0 < answers[0] < 2000
    assert not tasks.busy()


def test_work_of_one_kind_does_not_wait_for_another(tasks: Tasks, qtbot: QtBot) -> None:
    held, answers = Event(), []
    tasks.job("import", lambda task: held.wait(5), answers.append)
    tasks.job("refresh", lambda task: "asked", answers.append)
    qtbot.waitUntil(lambda: answers == ["asked"])
    held.set()
    qtbot.waitUntil(lambda: answers == ["asked", True])


def test_what_was_cancelled_can_be_begun_anew_at_once(tasks: Tasks, qtbot: QtBot) -> None:
    answers = []

    def work(task: Task) -> str:
        while not task.cancelled:
            Event().wait(0.005)
        return "stopped"

    tasks.job("pictures", work, answers.append)
    tasks.job("import", lambda task: "whole", answers.append)
    tasks.cancel("pictures")
    assert not tasks.busy("pictures")
    assert tasks.job("pictures", lambda task: "new", answers.append)
    qtbot.waitUntil(lambda: sorted(answers) == ["new", "stopped", "whole"])
    assert answers.index("stopped") < answers.index("new")


def test_short_work_shows_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tasks.progress, wait=700), qtbot.waitSignal(tasks.idle):
        tasks.job("short", lambda task: task.step(1, 2, "quick"))


def test_work_that_fails_ends_too(tasks: Tasks, qtbot: QtBot) -> None:
    def work(task: Task) -> None:
        raise BadFile(name="x", detail="y")

    with qtbot.waitSignals([tasks.failed, tasks.idle]):
        tasks.job("bad", work)
    assert not tasks.busy()


def test_closing_finishes_changes_and_drops_answers(qtbot: QtBot) -> None:
    tasks, done, answers = Tasks(), [], []
    for at in range(50):
        tasks.change(lambda at=at: done.append(at), answers.append)
    tasks.close()
    qtbot.wait(20)
    assert done == list(range(50))
    assert answers == []


def test_a_change_that_comes_too_late_is_not_made(qtbot: QtBot) -> None:
    tasks, made = Tasks(), []
    tasks.close()
    tasks.change(lambda: made.append(True))
    qtbot.wait(50)
    assert made == []
