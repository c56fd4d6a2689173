"""What the profile tells a search: names, and marks as sets of items.

A search asks at each key that is pressed. The store gives the very same answer until something changes, so that what
is made of it here is kept as long.
"""

from array import array
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from veille.core.naming import Labels
from veille.search.query.question import Beginning, Mark, OfItems, Phrase, Word

if TYPE_CHECKING:
    from veille.model import Outline
    from veille.store import Store

_MOST = 200  # questions about notes whose answers are remembered


class Known:
    """The names and marks of one profile."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._sets: dict[Hashable, tuple[array[int], OfItems]] = {}
        self._notes: Mapping[int, str] | None = None
        self._noting: dict[Word | Beginning | Phrase, OfItems] = {}  # of those notes
        self._labels: tuple[dict[int, str], Labels] | None = None

    def outline(self) -> "Outline":
        """The list of what is watched."""
        return self._store.sources.outline()

    def labels(self, outline: "Outline") -> Labels:
        """The words of the names of sources."""
        named = {source.id: source.label for source in outline.named.values()}
        kept = self._labels
        if kept is None or kept[0] != named:
            kept = self._labels = (named, Labels(named))
        return kept[1]

    def marked(self, mark: Mark) -> OfItems:
        """The items with ``mark``; for ``UNREAD``, which has no end, those without it: that were read."""
        marks = self._store.marks
        ids = {
            Mark.SAVED: marks.saved_ids, Mark.UNREAD: marks.read_ids, Mark.NOTED: marks.noted_ids,
            Mark.HIGHLIGHTED: self._store.highlights.ids, Mark.FLAGGED: marks.flagged_ids,
            Mark.HIDDEN: self._store.rules.hidden,
        }  # fmt: skip
        return self._set(mark, ids[mark]())

    def tagged(self, name: str, begins: bool = False) -> OfItems:
        """The items to which the person gave the folded tag ``name``, or with ``begins`` any that begins so."""
        return OfItems(self._store.marks.tagged(name, begins=begins).tobytes())

    def noting(self, words: Word | Beginning | Phrase) -> OfItems:
        """The items with ``words`` in their note, by the index's own rules of what matches."""
        from veille.search.snippets import mark, words_of
        from veille.search.words.analysis import tokens

        notes = self._store.marks.notes()
        if notes is not self._notes or len(self._noting) > _MOST:
            self._notes = notes
            self._noting.clear()
        if words not in self._noting:
            exact = words.words[0] if isinstance(words, Phrase) and len(words.words) == 1 else ""
            ids = [item for item, text in notes.items() if mark(text, words_of(words)).marks]
            ids = [item for item in ids if not exact or exact in tokens(notes[item])]
            self._noting[words] = OfItems(array("q", ids).tobytes())
        return self._noting[words]

    def hidden(self) -> OfItems:
        """What no list shows."""
        return self._set("hidden", self._store.items.hidden())

    def aside(self) -> OfItems:
        """What not even a list of hidden items shows."""
        return self._set("aside", self._store.items.aside())

    def following(self) -> OfItems:
        """What lists show under the beginning of its thread, and not by itself."""
        return self._set("following", self._store.items.following())

    def _set(self, key: Hashable, ids: "array[int]") -> OfItems:
        kept = self._sets.get(key)
        if kept is None or kept[0] is not ids:
            kept = self._sets[key] = (ids, OfItems(ids.tobytes()))
        return kept[1]
