"""The person's list: sectors, and the sources in them. Every change can be undone; what is removed is set aside."""

from dataclasses import replace
from typing import TYPE_CHECKING

from veille.content.addresses import normalise, source_key
from veille.content.text import fold, plain
from veille.core.history import standing
from veille.core.naming import next_rank, slug
from veille.errors import InNoSector, NotFound
from veille.i18n import _
from veille.model import Changes, Clock, Membership, Outline, Sector, Source, SourceKind

if TYPE_CHECKING:
    from veille.store import Store

TITLE = 200  # characters of a title or name that are kept
WHY = 1000


class Curation:
    """Changes to the list, made by ``by``, each one entry of the history."""

    def __init__(self, store: "Store", clock: Clock, by: str = "person") -> None:
        self._store = store
        self._clock = clock
        self._by = by

    def outline(self) -> Outline:
        """The list as it stands."""
        return self._store.sources.outline()

    # Sources -------------------------------------------------------------------------------------

    def add_feed(
        self, address: str, sector: str | None = None, title: str = "", allow_private: bool = False, why: str = "",
        new_sector: str = ""
    ) -> tuple[Source, Changes]:  # fmt: skip
        """Watch the feed at ``address``, in the sector with the key ``sector`` if one is given.

        ``new_sector`` is the title of a sector to make for it, in the same entry of the history.
        A feed that is there already is given back, and put into that sector too; one that was set aside
        comes back. Raises BadAddress, and NotFound for the sector.
        """
        address = normalise(address.strip())
        key = source_key(SourceKind.FEED, address)
        name = plain(title)[:TITLE]
        if sector is not None:
            self._sector(sector)
        known = self._store.sources.by_key(key)
        there = known is not None and known.removed is None
        text = _("“{title}” is there already.") if there else _("“{title}” was added.")
        text = text.format(title=known.label if known else name or address)
        with self._store.history.recording(text) as entry:
            source = self._store.sources.add(key, SourceKind.FEED, address, name, allow_private=allow_private)
            if there and allow_private and not source.allow_private:
                source = replace(source, allow_private=True)
                self._store.sources.replace(source)
            if new_sector:
                sector = self.add_sector(new_sector)[0].key
            if sector is not None:
                self._place(source.id, sector, why=plain(why)[:WHY])
        return source, self._changed(entry, text, source.id)

    def rename_source(self, source: int, name: str) -> Changes:
        """Call it ``name``; nothing goes back to what it calls itself."""
        old = self._source(source)
        new = replace(old, name=plain(name)[:TITLE])
        return self._replace(new, _("“{old}” is now called “{new}”.").format(old=old.label, new=new.label))

    def allow_private(self, source: int, allowed: bool = True) -> Changes:
        """Let Veille ask this source, and no other, at an address of a private network; or no longer."""
        old = self._source(source)
        if allowed:
            text = _("“{title}” may be asked in your own network.")
        else:
            text = _("“{title}” may no longer be asked in your own network.")
        return self._replace(replace(old, allow_private=allowed), text.format(title=old.label))

    def remove_source(self, source: int) -> Changes:
        """Set it aside: it is no longer asked nor shown; what was saved of it stays."""
        text = _("“{title}” was removed.").format(title=self._source(source).label)
        with self._store.history.recording(text) as entry:
            self._store.sources.remove(source)
        return self._changed(entry, text, source)

    def move(self, source: int, to_sector: str | None, from_sector: str | None = None) -> Changes:
        """Put it into ``to_sector``, out of ``from_sector``, or both; what was noted of it goes along."""
        title = self._source(source).label
        sector = self._sector(to_sector) if to_sector is not None else None
        if sector is not None:
            text = _("“{title}” is now in “{sector}”.").format(title=title, sector=sector.title)
        else:
            left = self._sector(from_sector or "").title
            text = _("“{title}” is no longer in “{sector}”.").format(title=title, sector=left)
        with self._store.history.recording(text) as entry:
            before = self._membership(from_sector, source)
            if to_sector is not None:
                self._place(source, to_sector, before=before)
            if from_sector is not None and from_sector != to_sector:
                self._store.sources.remove_member(from_sector, source)
        return self._changed(entry, text, source)

    def pause(self, source: int, paused: bool = True) -> Changes:
        """Ask it no longer, or ask it again; it stays in its sectors, and what it gave stays in the lists.

        The pause is noted where the source stands in a sector, be it one that was removed; raises InNoSector.
        """
        text = _("“{title}” is paused.") if paused else _("“{title}” is watched again.")
        title = self._source(source).label
        members = self._store.sources.memberships(source)
        if not members:
            raise InNoSector(title=title)
        text = text.format(title=title)
        with self._store.history.recording(text) as entry:
            for each in members:
                self._store.sources.put_member(replace(each, paused=paused))
        return self._changed(entry, text, source)

    # Sectors -------------------------------------------------------------------------------------

    def add_sector(self, title: str, summary: str = "") -> tuple[Sector, Changes]:
        """A new sector at the end of the list; one of the same title is given back instead."""
        title = _title(title)
        outline = self.outline()
        for each in outline.sectors:
            if fold(each.title) == fold(title):
                return each, Changes(text=_("“{title}” is there already.").format(title=each.title))
        sector = Sector(self._new_key(title), title, plain(summary)[:WHY], next_rank(outline.sectors))
        return sector, self._put(sector, _("The sector “{title}” was added.").format(title=title))

    def rename_sector(self, sector: str, title: str) -> Changes:
        """Another title; the key stays, so that other machines still know it."""
        old = self._sector(sector)
        new = replace(old, title=_title(title))
        return self._put(new, _("The sector “{old}” is now called “{new}”.").format(old=old.title, new=new.title))

    def remove_sector(self, sector: str) -> Changes:
        """Set it aside; its sources stay."""
        text = _("The sector “{title}” was removed; its sources stay.").format(title=self._sector(sector).title)
        with self._store.history.recording(text) as entry:
            self._store.sources.remove_sector(sector)
        return self._changed(entry, text)

    # Pieces --------------------------------------------------------------------------------------

    def _put(self, sector: Sector, text: str) -> Changes:
        with self._store.history.recording(text) as entry:
            self._store.sources.put_sector(sector)
        return self._changed(entry, text)

    def _replace(self, source: Source, text: str) -> Changes:
        with self._store.history.recording(text) as entry:
            self._store.sources.replace(source)
        return self._changed(entry, text, source.id)

    def _place(self, source: int, sector: str, why: str = "", before: Membership | None = None) -> None:
        """Into ``sector``, at its end, unless it is there; as it stood in the sector it comes from, if from one."""
        outline = self.outline()
        members = outline.members.get(sector, ())
        if any(each.source == source for each in members):
            return
        if before is None:
            paused = source in outline.paused  # until the person wakes it
            before = Membership(sector, source, "person", self._by, self._clock.now(), why=why, paused=paused)
        self._store.sources.put_member(replace(before, sector=sector, rank=next_rank(members)))

    def _membership(self, sector: str | None, source: int) -> Membership | None:
        members = self.outline().members.get(sector or "", ())
        return next((each for each in members if each.source == source), None)

    def _source(self, source: int) -> Source:
        found = self._store.sources.get(source)
        if found is None or found.removed is not None:
            raise NotFound(what=_("source"), name=str(source))
        return found

    def _sector(self, key: str) -> Sector:
        found = next((each for each in self.outline().sectors if each.key == key), None)
        if found is None:
            raise NotFound(what=_("sector"), name=key)
        return found

    def _new_key(self, title: str) -> str:
        return slug(title, (each.key for each in self._store.sources.sectors()))

    def _changed(self, entry: int, text: str, *sources: int) -> Changes:
        return Changes(sources=frozenset(sources), outline=True, undo=standing(self._store, entry), text=text)


def _title(text: str) -> str:
    """``text`` as a title: one line, never empty."""
    return plain(text)[:TITLE].strip() or _("Sector")
