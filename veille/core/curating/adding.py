"""Adding what was found, with all that a person says of it: one entry of the history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from veille.content.networks import Meant
from veille.content.text import fold, plain
from veille.core.curating.curation import WHY
from veille.core.history import standing
from veille.model import Changes, Membership

if TYPE_CHECKING:
    from veille.core.curating.curation import Curation
    from veille.core.curating.several import Several
    from veille.store import Store


class NewAddress(NamedTuple):
    """What the person gave: ``sector`` is a key, None for none; ``new_sector`` the title of one to make for it.

    ``title`` is what the source calls itself, as far as that is known, ``name`` what the person calls it. ``why`` and
    ``trial``, the last day of one, are of its place in the sector. ``selector`` finds the items of a page.
    """

    meant: Meant
    sector: str | None = None
    allow_private: bool = False
    allow_personal: bool = False
    title: str = ""
    name: str = ""
    new_sector: str = ""
    why: str = ""
    trial: date | None = None
    labels: tuple[str, ...] = ()
    selector: str = ""


class Adding:
    """:meth:`Curation.add`, and beside it what belongs to the new source from its first day."""

    def __init__(self, store: "Store", curation: "Curation", several: "Callable[[], Several]") -> None:
        self._store = store
        self._curation = curation
        self._several = several

    def add(self, new: NewAddress) -> Changes:
        """Watch it; all or nothing. What is said of a source that is there already takes the place of what was said
        before. Raises as :meth:`Curation.add` and :class:`Several` do."""
        with self._store.db.write():
            source, changes = self._curation.add(
                new.meant, new.sector, new.title, allow_private=new.allow_private, why=new.why,
                new_sector=new.new_sector, allow_personal=new.allow_personal, selector=new.selector,
                called=new.name)  # fmt: skip
            stands = self._unexplained(source.id, new)
            if not (new.name or new.labels or new.trial or stands):
                return changes
            with self._store.history.recording(changes.text, changes.undo) as entry:
                if new.name:
                    self._curation.rename_source(source.id, new.name)
                if new.labels:
                    self._several().label((source.id,), add=new.labels)
                if stands:
                    self._several().explain(source.id, stands.sector, plain(new.why)[:WHY])
                if new.trial:
                    self._several().on_trial((source.id,), new.trial)
        return replace(changes, undo=standing(self._store, entry))

    def _unexplained(self, source: int, new: NewAddress) -> Membership | None:
        """Where it stood before for another reason than the one that is given now; None for nowhere."""
        why, outline = plain(new.why)[:WHY], self._store.sources.outline()
        made = next((each.key for each in outline.sectors if fold(each.title) == fold(new.new_sector)), "")
        members = outline.members.get(new.sector or made, ()) if why else ()
        return next((each for each in members if each.source == source and each.why != why), None)
