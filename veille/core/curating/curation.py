"""The person's list: sectors, and the sources in them. Every change can be undone; what is removed is set aside."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from veille.content.addresses import host, normalise, source_key
from veille.content.networks import Meant, meant, shown, understand
from veille.content.text import fold, plain
from veille.core.history import standing
from veille.core.naming import next_rank, slug
from veille.core.packs.received import refuse_places, refuse_sector
from veille.errors import BadAddress, InNoSector, NeverAsked, NoPages, NotFound, PersonalAddress
from veille.i18n import N_, _
from veille.model import Changes, Clock, Deed, Membership, Outline, Sector, Source, SourceKind
from veille.settings import shown as setting_shown

if TYPE_CHECKING:
    from veille.store import Store

TITLE = 200  # characters of a title or name that are kept
WHY = 1000
_REFUSED = "moves.refused."  # in the store's values, followed by the source's id: the address that was refused


class Curation:
    """Changes to the list, made by ``by``, each one entry of the history. ``strict`` tells whether that level is on."""

    def __init__(
        self, store: "Store", clock: Clock, by: str = "person", strict: Callable[[], bool] = lambda: False
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._by = by
        self._strict = strict

    def outline(self) -> Outline:
        """The list as it stands."""
        return self._store.sources.outline()

    # Sources -------------------------------------------------------------------------------------

    def add(
        self, what: str | Meant, sector: str | None = None, title: str = "", allow_private: bool = False,
        why: str = "", new_sector: str = "", allow_personal: bool = False, selector: str = "", called: str = ""
    ) -> tuple[Source, Changes]:  # fmt: skip
        """Watch ``what``, or the likeliest of what this text means, in the sector with the key ``sector`` if given.

        ``new_sector`` is the title of a sector to make for it, in the same entry of the history. Without a ``title``,
        a source of posts is called by its handle; ``called`` is what the text calls it. A source that is there already
        is given back, and put into that sector too; one that was set aside comes back. A feed's address that looks made
        for one reader is flagged in the text. ``selector`` finds the items of a page, from now on of one that is there
        already. Raises BadAddress, BadSelector, at the strict level PersonalAddress for such an address unless
        ``allow_personal``, and NotFound for the sector.
        """
        one = meanings(what)[0] if isinstance(what, str) else what
        key = source_key(one.kind, one.address)
        feed = one.kind in (SourceKind.FEED, SourceKind.PAGE)
        selector = _selector(selector) if one.kind is SourceKind.PAGE else ""
        name = plain(title)[:TITLE] or ("" if feed else shown(one)[:TITLE])
        if sector is not None:
            self._sector(sector)
        known = self._store.sources.by_key(key)
        there = known is not None and known.removed is None
        personal = self._personal(one.address, allow_personal) if feed and not there else ""
        text = _("“{title}” is there already.") if there else _("“{title}” was added.")
        before = known.label if known else ""
        text = text.format(title=(not there and plain(called)[:TITLE]) or before or name or one.address)
        if there and known and selector != known.selector:
            text = _(_SELECTED).format(title=known.label, selector=selector)
        site = "" if feed else one.address
        with self._store.history.recording(text) as entry:
            source = self._store.sources.add(
                key, one.kind, one.address, name, site=site, allow_private=allow_private, selector=selector
            )
            source = self._permitted(source, allow_private, allow_personal)
            if selector != source.selector:
                source = self._select(source, selector)
            if new_sector:
                sector = self.add_sector(new_sector)[0].key
            if sector is not None:
                self._place(source.id, sector, why=plain(why)[:WHY])
        return source, self._changed(entry, " ".join(filter(None, (text, personal))), source.id)

    def add_feed(
        self, address: str, sector: str | None = None, title: str = "", allow_private: bool = False, why: str = "",
        new_sector: str = "", allow_personal: bool = False
    ) -> tuple[Source, Changes]:  # fmt: skip
        """Watch the feed at ``address``, whatever else that address may mean; as :meth:`add`."""
        one = meant(SourceKind.FEED, address)
        return self.add(one, sector, title, allow_private, why, new_sector, allow_personal)

    def _personal(self, address: str, allowed: bool) -> str:
        """What is said of an address that looks made for one reader; "" for any other."""
        from veille.content.personal import token

        found = token(address)
        if not found:
            return ""
        error = PersonalAddress(address=host(address), host=host(address), token=found)
        if self._strict() and not allowed:
            raise error
        return str(error)

    def _permitted(self, source: Source, private: bool, personal: bool) -> Source:
        """``source`` with what is allowed from now on; what was allowed before stays."""
        allowed = source.allowed | {Deed.PERSONAL} if personal else source.allowed
        new = replace(source, allow_private=source.allow_private or private, allowed=allowed)
        if new != source:
            self._store.sources.replace(new)
        return new

    def rename_source(self, source: int, name: str) -> Changes:
        """Call it ``name``; nothing goes back to what it calls itself."""
        old = self._source(source)
        new = replace(old, name=plain(name)[:TITLE])
        return self._replace(new, _("“{old}” is now called “{new}”.").format(old=old.label, new=new.label))

    def allow_private(self, source: int, allowed: bool = True) -> Changes:
        """Let Veille ask this source, and no other, at an address of a private network; or no longer."""
        old = self._asked(source)
        if allowed:
            text = _("“{title}” may be asked in your own network.")
        else:
            text = _("“{title}” may no longer be asked in your own network.")
        return self._replace(replace(old, allow_private=allowed), text.format(title=old.label))

    def allow(self, source: int, deed: Deed, allowed: bool = True) -> Changes:
        """Do ``deed`` for this source without a question from now on; or ask again."""
        old = self._asked(source)
        text = (_ALLOWED if allowed else _ASKED)[deed]
        new = replace(old, allowed=old.allowed | {deed} if allowed else old.allowed - {deed})
        return self._replace(new, _(text).format(title=old.label))

    def set_full_text(self, source: int, on: bool = True) -> Changes:
        """Fetch the page behind each item that it gives from now on; or no longer. Raises NoPages for posts."""
        old = self._asked(source)
        if not old.has_pages:
            raise NoPages(title=old.label)
        if on:
            text = _("The full article of each new item of “{title}” is fetched from now on.")
        else:
            text = _("Full articles of “{title}” are fetched only when you ask for them.")
        text = text.format(title=old.label)
        with self._store.history.recording(text) as entry:
            self._store.sources.replace(replace(old, full_text=on))
            if on != old.full_text:  # said twice, what waits goes on waiting
                self._store.arrivals.forget_source(source)
        return self._changed(entry, text, source)

    def set_route(self, source: int, text: str) -> Changes:
        """Ask it by a way of its own: "direct", or the address of a proxy; "" for the profile's. Raises BadSetting."""
        from veille.net.routes import parse_route

        old = self._asked(source)
        route = parse_route(text.strip())
        if not text.strip():
            said = _("“{title}” is asked by the profile's own way.")
        elif route.direct:
            said = _("“{title}” is asked directly.")
        else:
            said = _("“{title}” is asked through {proxy}.")
        new = replace(old, route="direct" if text.strip() and route.direct else text.strip())
        return self._replace(new, said.format(title=old.label, proxy=setting_shown(str(route))))

    def set_selector(self, source: int, selector: str) -> Changes:
        """Find the items of a page by ``selector`` from now on. Raises BadSelector; NotFound for what is no page."""
        old = self._asked(source)
        if old.kind is not SourceKind.PAGE:
            raise NotFound(what=_("page"), name=old.label)
        selector = _selector(selector)
        text = _(_SELECTED).format(title=old.label, selector=selector)
        with self._store.history.recording(text) as entry:
            self._select(old, selector)
        return self._changed(entry, text, source)

    def _select(self, page: Source, selector: str) -> Source:
        new = replace(page, selector=selector)
        self._store.sources.replace(new)
        self._soon(page.id)
        return new

    def _soon(self, source: int) -> None:
        """Ask it as soon as a pass begins."""
        self._store.sources.put_states([replace(self._store.sources.state(source), next_due=None)])

    def move_in_question(self, source: int) -> str:
        """The address to which the source says it moved, when that looks made for one reader; "" when it does not,
        or when the person chose to stay."""
        from veille.content.personal import personal

        found, moved = self._asked(source), self._store.sources.state(source).moved
        if not moved or moved == self._store.values.get(_REFUSED + str(source)):
            return ""
        return moved if personal(found.address, moved) else ""

    def follow_move(self, source: int) -> Changes:
        """Ask it at the address to which it says it moved, though that looks made for one reader.

        What the person allowed in their own network holds for the host and port that they allowed. Raises NotFound
        when it says no such thing, or when another source is there already.
        """
        old, moved = self._asked(source), self._store.sources.state(source).moved
        if not moved:
            raise NotFound(what=_("new address"), name=old.label)
        key = source_key(old.kind, moved)
        if (other := self._store.sources.by_key(key)) is not None and other.id != source:
            raise NotFound(what=_("free address"), name=moved)
        private = old.allow_private and urlsplit(moved).netloc == urlsplit(old.address).netloc
        new = replace(old, key=key, address=moved, allow_private=private, allowed=old.allowed | {Deed.PERSONAL})
        text = _("“{title}” is asked at its new address.").format(title=old.label)
        with self._store.history.recording(text) as entry:
            self._store.sources.replace(new)
            self._soon(source)
        return self._changed(entry, text, source)

    def refuse_move(self, source: int) -> Changes:
        """Stay with the address as it is, and do not ask about this move again."""
        old, moved = self._source(source), self._store.sources.state(source).moved
        text = _("“{title}” stays at its address.").format(title=old.label)
        with self._store.history.recording(text) as entry:
            self._store.values.decide(_REFUSED + str(source), moved)
        return self._changed(entry, text, source)

    def remove_source(self, source: int) -> Changes:
        """Set it aside: it is no longer asked nor shown; what was saved of it stays."""
        text = _("“{title}” was removed.").format(title=self._source(source).label)
        with self._store.history.recording(text) as entry:
            self._store.sources.remove(source)
        return self._changed(entry, text, source)

    def move(self, source: int, to_sector: str | None, from_sector: str | None = None) -> Changes:
        """Put it into ``to_sector``, out of ``from_sector``, or both; what was noted of it goes along.

        Raises FromPack where a received pack put it into ``from_sector``.
        """
        title = self._asked(source).label
        if from_sector is not None and from_sector != to_sector:
            refuse_places(self._store, self._source(source), [from_sector])
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

    def rank(self, source: int, sector: str, up: int | None = None) -> Changes:
        """Ask it earlier than its neighbours in ``sector``: by ``up`` places (negative: later), or first of all.

        It matters where not all can be asked. Raises NotFound when it is not in that sector, and FromPack where a
        received pack put it there.
        """
        title, where = self._asked(source).label, self._sector(sector)
        refuse_places(self._store, self._source(source), [sector])
        members = list(self.outline().members[sector])
        old = next((at for at, each in enumerate(members) if each.source == source), None)
        if old is None:
            raise NotFound(what=_("source in “{sector}”").format(sector=where.title), name=title)
        new = 0 if up is None else min(max(old - up, 0), len(members) - 1)
        text = _(_rank_text(old, new)).format(title=title, sector=where.title)
        members.insert(new, members.pop(old))
        with self._store.history.recording(text) as entry:
            for at, each in enumerate(members if new != old else ()):
                if each.rank != at:
                    self._store.sources.put_member(replace(each, rank=at))
        return self._changed(entry, text, source)

    def pause(self, source: int, paused: bool = True) -> Changes:
        """Ask it no longer, or ask it again; it stays in its sectors, and what it gave stays in the lists.

        The pause is noted where the source stands in a sector, be it one that was removed; raises InNoSector.
        """
        text = _("“{title}” is paused.") if paused else _("“{title}” is watched again.")
        title = self._asked(source).label
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
        sector, there = self.sector_called(title, summary)
        if there:
            return sector, Changes(text=_("“{title}” is there already.").format(title=sector.title))
        return sector, self._put(sector, _("The sector “{title}” was added.").format(title=sector.title))

    def sector_called(self, title: str, summary: str = "") -> tuple[Sector, bool]:
        """The sector of that title, and whether it is there; else the one to make for it, which is not kept yet."""
        title = _title(title)
        outline = self.outline()
        for each in outline.sectors:
            if fold(each.title) == fold(title):
                return each, True
        return Sector(self._new_key(title), title, plain(summary)[:WHY], next_rank(outline.sectors)), False

    def rename_sector(self, sector: str, title: str) -> Changes:
        """Another title; the key stays, so that other machines still know it. Raises FromPack for a received one."""
        old = self._sector(sector)
        refuse_sector(self._store, sector, old.title)
        new = replace(old, title=_title(title))
        return self._put(new, _("The sector “{old}” is now called “{new}”.").format(old=old.title, new=new.title))

    def remove_sector(self, sector: str) -> Changes:
        """Set it aside; its sources stay. Raises FromPack for a received one, which can be left."""
        title = self._sector(sector).title
        refuse_sector(self._store, sector, title)
        text = _("The sector “{title}” was removed; its sources stay.").format(title=title)
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
            before = self.newcomer(source, sector, paused=source in outline.paused, why=why)
        self._store.sources.put_member(replace(before, sector=sector, rank=next_rank(members)))

    def newcomer(self, source: int, sector: str, *, paused: bool, why: str = "") -> Membership:
        """How a source is put into a sector now; one that is paused elsewhere stays so until the person wakes it."""
        return Membership(sector, source, "person", self._by, self._clock.now(), why=why, paused=paused)

    def _membership(self, sector: str | None, source: int) -> Membership | None:
        members = self.outline().members.get(sector or "", ())
        return next((each for each in members if each.source == source), None)

    def _source(self, source: int) -> Source:
        found = self._store.sources.get(source)
        if found is None or found.removed is not None:
            raise NotFound(what=_("source"), name=found.label if found else str(source))
        return found

    def _asked(self, source: int) -> Source:
        """A source that is watched; raises NeverAsked for a collection."""
        found = self._source(source)
        if found.kind is SourceKind.COLLECTION:
            raise NeverAsked(title=found.label)
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


def _selector(text: str) -> str:
    from veille.sources.pages import check

    return check(text)


def meanings(text: str) -> tuple[Meant, ...]:
    """What ``text`` may mean, the likeliest first, at least one thing.

    Raises BadAddress; for an address with a password, which is not said again, LoginAddress.
    """
    if found := understand(text):
        return found
    normalise(text.strip())
    raise BadAddress(address=plain(text)[:200])


_SELECTED = N_("The items of “{title}” are found by “{selector}” from now on.")
_ALLOWED = {
    Deed.OPEN: N_("Links of “{title}” open without a question."),
    Deed.PICTURES: N_("Pictures of “{title}” load without a question when you ask for them."),
    Deed.ARTICLE: N_("Articles of “{title}” are fetched without a question when you ask for them."),
    Deed.PERSONAL: N_("“{title}” may be watched at an address that is made for you alone."),
}
_ASKED = {
    Deed.OPEN: N_("Veille asks before it opens links of “{title}”."),
    Deed.PICTURES: N_("Veille asks before it loads pictures of “{title}”."),
    Deed.ARTICLE: N_("Veille asks before it fetches articles of “{title}”."),
    Deed.PERSONAL: N_("“{title}” may no longer lead to an address that is made for you alone."),
}


def _rank_text(old: int, new: int) -> str:
    if new == old:
        return N_("“{title}” stays where it is in “{sector}”.")
    if new == 0:
        return N_("“{title}” is asked first in “{sector}”.")
    return N_("“{title}” moved up in “{sector}”.") if new < old else N_("“{title}” moved down in “{sector}”.")


def _title(text: str) -> str:
    """``text`` as a title: one line, never empty."""
    return plain(text)[:TITLE].strip() or _("Sector")
