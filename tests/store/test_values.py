"""Small texts by name."""

from veille.store import Store


def test_values(store: Store) -> None:
    assert store.values.get("a.b", "none") == "none"
    store.values.put("a.b", "1")
    store.values.put("a.b", "œ")
    store.values.put("a_c", "3")
    assert store.values.get("a.b", "none") == "œ"
    assert store.values.all("a.") == {"a.b": "œ"}
    assert list(store.values.all()) == ["a.b", "a_c"]


def test_what_a_person_decided_is_undone(store: Store) -> None:
    """Each by itself; what nobody records is only kept."""
    store.values.decide("a", "0")
    entries = []
    for name, value in (("a", "1"), ("b", "1")):
        with store.history.recording(name) as entry:
            store.values.decide(name, value)
            entries.append(entry)
    store.history.undo(entries[0])
    assert store.values.all() == {"a": "0", "b": "1"}
    changes = store.history.undo(entries[1])
    assert store.values.all() == {"a": "0"}
    assert changes.outline
    store.values.forget("a")
    store.values.forget("never")
    assert store.values.all() == {}
