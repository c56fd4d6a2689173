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
