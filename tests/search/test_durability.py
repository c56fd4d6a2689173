"""What happens to the index when processes die, files break, and several read while one writes."""

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import sleep

import pytest
from whoosh.index import TOC

from tests.search.made import NOW, document, found, items, within
from veille.errors import Cancelled, IndexBroken, IndexUnwritable, ProfileUnwritable
from veille.model import Order
from veille.search.engine import committing
from veille.search.engine.arrays import ArrayFile, ArrayWriter
from veille.search.index import Document, Index
from veille.search.query.parsing import parse
from veille.search.query.question import OfSources, Word

KILLS = 12
QUESTIONS = ("mot ", "mo", "numéro1", '"mot numéro1"', "-mot", "titre numéro3 ", "", "since:2020")

WRITER = """
import sys
from pathlib import Path
from tests.search.made import document
from veille.search.index import Index
index = Index.open(Path(sys.argv[1]))
number = index.count()
while True:
    index.write([document(number + n, f"mot numéro{n} " * 30) for n in range(10)])
    number += 10
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_opens_with_all_that_was_committed(tmp_path: Path) -> None:
    rng, before = random.Random(5), 0
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        confirmed = int(process.stdout.readline())
        sleep(rng.random() * 0.15)
        process.kill()
        confirmed = max([confirmed, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        index = Index.open(tmp_path)
        assert not index.fresh
        count = index.count()
        assert count in (confirmed, confirmed + 10)
        assert count > before
        assert len(found(index, "mot ")) == count
        before = count
        index.close()
    assert not [each for each in tmp_path.iterdir() if each.is_dir()]


def test_what_a_killed_writer_left_behind_goes(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    (tmp_path / "MAIN_2x0.terms").write_bytes(b"half")
    (tmp_path / "MAIN_9x0.terms").write_bytes(b"half")
    (tmp_path / "_MAIN_2.toc.1700000000.5").write_bytes(b"half")
    index.close()
    index = Index.open(tmp_path)
    index.write([document(2, "mot")])
    assert found(index, "mot") == [2, 1]
    assert not (tmp_path / "MAIN_9x0.terms").exists()
    assert not (tmp_path / "_MAIN_2.toc.1700000000.5").exists()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, with deletions."""
    folder = tmp_path_factory.mktemp("whole") / "index"
    index = Index.open(folder)
    documents = [document(number, f"mot numéro{number} " * 20, title="titre") for number in range(40)]
    index.write(documents[:20])
    index.write(documents[20:], [17])
    index.write([], [37])
    index.close()
    return folder


def made() -> list[Document]:
    """What it should hold."""
    return [document(n, f"mot numéro{n} " * 20, title="titre") for n in range(40) if n not in (17, 37)]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path, at: float) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[min(len(data) - 1, int(len(data) * at))] ^= 0xFF
        path.write_bytes(data)


HARMS: dict[str, Callable[[Path], None]] = {
    "cut": cut, "empty": empty, "removed": Path.unlink,
    **{f"flipped{at}": lambda path, at=at: flip(path, at / 10) for at in (0, 1, 3, 5, 7, 9, 10)},
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_file_is_noticed_and_the_others_go_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    """What is left is searched; the index tells what is missing, and takes it in again."""
    monkeypatch.setattr(committing, "FAN", 3)
    everything = {document.id: document for document in made()}
    for number, path in enumerate(sorted(whole.iterdir())):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        HARMS[harm](folder / path.name)
        index = Index.open(folder)
        sound = use(index) and not index.fresh and index.verify()
        if not sound:
            index.close()
            index = Index.open(folder)
        there = set(index.ids())
        if path.suffix in (".docs", ".terms"):
            changed = not (folder / path.name).exists() or (folder / path.name).read_bytes() != path.read_bytes()
            noticed = not sound or there != everything.keys()
            assert noticed == changed, (harm, path.name)
            assert len(there) >= 17, (harm, path.name)
        assert there <= everything.keys()
        index.write([each for each in everything.values() if each.id not in there])
        assert sorted(found(index, "mot ")) == sorted(everything)
        assert index.verify()
        index.close()


def use(index: Index) -> bool:
    """Whether searching works; the only failure there may be is IndexBroken."""
    try:
        for text in QUESTIONS:
            for order in Order:
                index.find(parse(text, NOW).root, order, 10)
    except IndexBroken:
        return False
    return True


def test_merging_does_not_take_damage_along(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "FAN", 2)
    folder = tmp_path / "index"
    shutil.copytree(whole, folder)
    for each in folder.glob("*.terms"):
        flip(each, 0.5)
    index = Index.open(folder)
    with pytest.raises(IndexBroken):
        index.write([document(500, "nouveau")])
    index.close()
    index = Index.open(folder)
    assert (index.fresh, index.count(), index.verify()) == (False, 0, True)
    index.close()


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("at", ["segment", "contents"])
def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    before = sorted(path.name for path in tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(*{"segment": (ArrayWriter, "put", full), "contents": (TOC, "write", full)}[at])
        with pytest.raises(IndexUnwritable) as raised:
            index.write([document(2, "mot")], [1])
        assert str(raised.value)
        assert found(index, "mot") == [1]
        assert sorted(path.name for path in tmp_path.iterdir()) == before
    index.write([document(2, "mot")])
    assert found(index, "mot") == [2, 1]
    index.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the system lets this user write everywhere")
def test_a_disk_that_can_only_be_read_is_searched(tmp_path: Path) -> None:
    index = Index.open(tmp_path / "index")
    index.write([document(1, "mot")])
    index.close()
    (tmp_path / "index").chmod(0o500)
    try:
        index = Index.open(tmp_path / "index")
        assert found(index, "mot") == [1]
        with pytest.raises(IndexUnwritable):
            index.write([document(2, "mot")])
        assert found(index, "mot") == [1]
    finally:
        (tmp_path / "index").chmod(0o700)


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "too many"), OSError(errno.EIO, "io"), MemoryError()])
def test_what_the_system_refuses_for_a_moment_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise error

    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    with monkeypatch.context() as patch:
        patch.setattr(ArrayWriter, "put", refuse)
        with pytest.raises(IndexUnwritable):
            index.write([document(2, "mot")])
        patch.setattr(ArrayFile, "__init__", refuse)
        index.close()
        (tmp_path / "suspect").touch()
        index = Index.open(tmp_path)
        assert not index.fresh
        with pytest.raises(IndexUnwritable):
            found(index, "mot")
    assert found(index, "mot") == [1]
    assert found(Index.open(tmp_path), "mot") == [1]


def test_a_question_that_fails_costs_nothing(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    with pytest.raises(IndexBroken):
        index.find(Word("\ud800"))
    index.close()
    assert found(index, "mot") == [1]
    again = Index.open(tmp_path)
    assert (again.fresh, found(again, "mot")) == (False, [1])


def test_what_the_store_says_while_it_is_read_comes_through(tmp_path: Path) -> None:
    def documents() -> Iterator[Document]:
        yield document(2, "mot")
        raise ProfileUnwritable(path="/", detail="busy")

    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    with pytest.raises(ProfileUnwritable):
        index.write(documents(), [1])
    assert found(index, "mot") == [1]


def test_a_reader_tells_an_index_that_was_made_anew_from_the_old_one(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    index.write([document(1, "ancien"), document(2, "ancien")])
    beside = Index.open(tmp_path, write=False)
    assert found(beside, "ancien") == [2, 1]
    index.close()
    (tmp_path / "format").write_text("0")
    index = Index.open(tmp_path)
    index.write([document(7, "nouveau"), document(8, "nouveau")])
    index.write([document(9, "nouveau")])
    assert (found(beside, "nouveau"), found(beside, "ancien")) == ([9, 8, 7], [])


def test_files_of_another_segment_are_noticed(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(whole, folder)
    one, other = sorted(folder.glob("*.docs"))[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    index = Index.open(folder)
    assert index.count() == 0
    index.close()


def test_a_file_that_is_cut_short_while_it_is_open_is_not_read(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    index.write([document(n, "mot " * 2000) for n in range(50)])
    assert len(found(index, "mot")) == 50
    for each in tmp_path.glob("*.terms"):
        os.truncate(each, 100)
    with pytest.raises(IndexBroken):
        found(index, "mot")
    index.close()


@pytest.mark.parametrize("newest", [b"", b"half of a table of contents"])
def test_a_power_cut_in_a_commit_costs_that_commit(tmp_path: Path, newest: bytes) -> None:
    index = Index.open(tmp_path)
    index.write([document(1, "mot")])
    index.close()
    (tmp_path / "_MAIN_7.toc").write_bytes(newest)
    index = Index.open(tmp_path)
    assert (index.fresh, found(index, "mot")) == (False, [1])
    index.write([document(2, "mot")])
    assert found(index, "mot") == [2, 1]


def test_closed_segments_let_go_of_their_files(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    for n in range(30):
        index.write([document(n, "batterie numéro")], [n - 1])
        index.suggest(["baterie"])
        found(index, within("batterie", items(n), OfSources(frozenset({1}))))
    index.close()
    if maps := [Path("/proc/self/maps")] if Path("/proc/self/maps").exists() else []:
        assert str(tmp_path) not in maps[0].read_text()


def test_a_folder_that_cannot_be_made_gives_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file is in the way")
    index = Index.open(tmp_path / "index")
    assert (index.fresh, found(index, "mot"), index.count()) == (True, [], 0)
    with pytest.raises(IndexUnwritable):
        index.write([document(1, "mot")])


def test_reading_a_broken_index_leaves_it_alone(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(whole, folder)
    for each in folder.glob("*.terms"):
        empty(each)
    before = sorted(each.name for each in folder.iterdir())
    index = Index.open(folder, write=False)
    assert (index.fresh, found(index, "mot")) == (True, [])
    assert sorted(each.name for each in folder.iterdir()) == before


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    other = index._storage.lock("MAIN_WRITELOCK")
    assert other.acquire()
    try:
        with pytest.raises(IndexBroken):
            index.write([document(1, "mot")])
    finally:
        other.release()
    index.write([document(1, "mot")])
    assert found(index, "mot") == [1]


def test_readers_see_whole_commits_while_one_writes(tmp_path: Path) -> None:
    index = Index.open(tmp_path)
    index.write([])
    beside = Index.open(tmp_path, write=False)
    stop, totals, failures = threading.Event(), [], []

    def read(searched: Index) -> None:
        try:
            while not stop.is_set():
                for order in Order:
                    totals.append(searched.find(parse("mot ", NOW).root, order, 5).total)
        except Exception as error:
            failures.append(error)

    readers = [threading.Thread(target=read, args=(each,)) for each in (index, index, beside)]
    for reader in readers:
        reader.start()
    for commit in range(40):
        again = [document(n, "mot un") for n in range(commit * 10 - 5, commit * 10) if n >= 0]
        index.write(again + [document(commit * 10 + n, "mot deux") for n in range(10)])
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert set(totals) <= set(range(0, 401, 10))
    assert len(found(index, "mot ")) == 400


@pytest.mark.parametrize("patience", [0, 1, 4])  # it stops while documents are gathered, and while terms are written
def test_a_commit_that_is_stopped_leaves_everything_as_it_was(tmp_path: Path, patience: int) -> None:
    index, asked = Index.open(tmp_path / "index"), count()
    index.write([document(1, "alpha")])
    with pytest.raises(Cancelled):
        index.write([document(2, "beta gamma delta")], [1], lambda: next(asked) >= patience)
    assert (found(index, "alpha"), found(index, "beta")) == ([1], [])
    index.write([document(2, "beta gamma delta")], [1])
    assert (found(index, "alpha"), found(index, "beta")) == ([], [2])
    assert not Index.open(tmp_path / "index", write=False).fresh


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a power cut loses what the store no longer queues."""
    synced: set[int] = set()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: synced.add(os.fstat(handle).st_ino) or fsync(handle))
    index = Index.open(tmp_path / "index")
    before = {path.stat().st_ino for path in (tmp_path / "index").iterdir()}
    index.write([document(1, "alpha"), document(2, "beta")])
    written = [path for path in (tmp_path / "index").iterdir() if path.stat().st_ino not in before]
    assert len(written) >= 3  # documents, terms and the table of contents
    assert [path.name for path in written if path.stat().st_ino not in synced and "LOCK" not in path.name] == []
