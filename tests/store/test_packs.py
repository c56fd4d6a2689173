from dataclasses import replace

from tests.fakes import FakeClock
from veille.store import PackRow, Store

ROW = PackRow(
    "energy", "/share/energy.veille.toml", base="text", edition=3, signer="key", automatic=True,
    declined=frozenset({"one", "two"}), brought=frozenset({"feed:https://a.example/"}), note="A word.")  # fmt: skip


def test_a_pack_is_kept_as_it_is(store: Store) -> None:
    assert store.packs.all() == ()
    store.packs.put(ROW)
    mine = PackRow("grid", mine=True)
    store.packs.put(mine)
    assert store.packs.all() == (ROW, mine)
    assert store.packs.all() is store.packs.all()
    assert store.packs.get("energy") == ROW
    assert store.packs.get("other") is None
    store.packs.put(replace(ROW, declined=frozenset()))
    assert store.packs.get("energy") == replace(ROW, declined=frozenset())


def test_one_that_is_removed_is_set_aside_and_comes_back(store: Store, clock: FakeClock) -> None:
    store.packs.put(ROW)
    assert store.packs.set_aside("energy") is None
    store.packs.remove("energy")
    store.packs.remove("energy")
    store.packs.remove("never")
    assert store.packs.all() == ()
    assert store.packs.set_aside("energy") == ROW
    assert store.packs.set_aside("never") is None
    store.packs.put(ROW)
    assert store.packs.all() == (ROW,)


def test_it_is_undone_with_what_was_done_beside_it(store: Store) -> None:
    with store.history.recording("Followed"):
        store.packs.put(replace(ROW, base="", edition=0))
    with store.history.recording("Taken over"):
        store.packs.put(ROW)
    with store.history.recording("Left"):
        store.packs.remove("energy")
    assert store.history.undo().outline
    assert store.packs.get("energy") == ROW
    store.history.undo()
    assert store.packs.get("energy") == replace(ROW, base="", edition=0)
    store.history.undo()
    assert store.packs.all() == ()
