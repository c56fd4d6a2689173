"""What the profile tells a search: names, and marks as sets of items.

A search asks at each key that is pressed. The store gives the very same answer until something changes, so that what
is made of it here is kept as long.
"""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from veille.core.naming import Labels
from veille.search.query.question import Mark, OfItems

if TYPE_CHECKING:
    from array import array

    from veille.model import Outline
    from veille.store import Store


class Known:
    """The names and marks of one profile."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._sets: dict[Hashable, tuple[array[int], OfItems]] = {}
        self._labels: tuple[dict[int, str], Labels] | None = None

    def outline(self) -> "Outline":
        """The list of what is watched."""
        return self._store.sources.outline()

    def labels(self, outline: "Outline") -> Labels:
        """The words of the names of sources."""
        named = {source.id: source.label for source in outline.sources.values()}
        kept = self._labels
        if kept is None or kept[0] != named:
            kept = self._labels = (named, Labels(named))
        return kept[1]

    def marked(self, mark: Mark) -> OfItems:
        """The items with ``mark``; for ``UNREAD``, which has no end, those without it: that were read."""
        marks = self._store.marks
        ids = {Mark.SAVED: marks.saved_ids, Mark.UNREAD: marks.read_ids, Mark.NOTED: marks.noted_ids}
        return self._set(mark, ids[mark]())

    def tagged(self, name: str, begins: bool = False) -> OfItems:
        """The items to which the person gave the folded tag ``name``, or with ``begins`` any that begins so."""
        return OfItems(self._store.marks.tagged(name, begins=begins).tobytes())

    def hidden(self) -> OfItems:
        """What no list shows."""
        return self._set("hidden", self._store.items.hidden())

    def following(self) -> OfItems:
        """What lists show under the beginning of its thread, and not by itself."""
        return self._set("following", self._store.items.following())

    def _set(self, key: Hashable, ids: "array[int]") -> OfItems:
        kept = self._sets.get(key)
        if kept is None or kept[0] is not ids:
            kept = self._sets[key] = (ids, OfItems(ids.tobytes()))
        return kept[1]
