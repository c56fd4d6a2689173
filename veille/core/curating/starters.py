"""Starter sectors: ready lists of sources, one sector pack for each (ARCHITECTURE.md)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from veille.core.history import standing
from veille.core.naming import next_rank
from veille.core.packs.pack import Pack
from veille.core.packs.reading import decode, read
from veille.errors import BadFile, NotFound, os_detail
from veille.i18n import _
from veille.model import Changes, Clock, Membership, Sector
from veille.resources import resource

if TYPE_CHECKING:
    from veille.store import Store


def read_starter(path: Path) -> Pack:
    """The starter sector in the file ``path``; raises BadFile with what is wrong and where."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(name=path.name, detail=os_detail(error)) from error
    return read(decode(data, path.name), path.name)


def _tried(starter: Pack, days: Mapping[str, date]) -> Pack:
    """``starter`` with what was tried on this machine."""
    return replace(starter, sources=tuple(replace(s, tried=days.get(s.key, s.tried)) for s in starter.sources))


class Starters:
    """The starter sectors that ship with Veille, and adopting them.

    ``answered`` tells when the sources that were tried on this machine answered, by source key.
    """

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        folder: Path | None = None,
        answered: Callable[[], Mapping[str, date]] = dict,
    ) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder or resource("sectors")
        self._answered = answered

    def starter_sectors(self) -> list[Pack]:
        """All of them, by title; raises BadFile."""
        tried = self._answered()
        starters = [read_starter(path) for path in sorted(self._folder.glob("*.toml"))]
        return sorted((_tried(each, tried) for each in starters), key=lambda each: each.title)

    def named(self, keys: Iterable[str]) -> list[Pack]:
        """Those with these keys, each once, in that order; raises NotFound for one that there is not."""
        known = {each.key: each for each in self.starter_sectors()}
        wanted = list(dict.fromkeys(keys))
        for key in wanted:
            if key not in known:
                raise NotFound(what=_("starter sector"), name=key)
        return [known[key] for key in wanted]

    def adopt(self, keys: Iterable[str]) -> Changes:
        """Put these sectors and their sources into the person's list, as one change; what is there stays as it is.

        Raises NotFound before anything is changed.
        """
        wanted = self.named(keys)
        text = _("Added: {titles}.").format(titles=", ".join(each.title for each in wanted))
        with self._store.history.recording(text) as entry:
            sources = {source for each in wanted for source in self._adopt(each)}
        return Changes(sources=frozenset(sources), outline=True, undo=standing(self._store, entry), text=text)

    def _adopt(self, starter: Pack) -> list[int]:
        outline = self._store.sources.outline()
        if all(each.key != starter.key for each in outline.sectors):
            rank = next_rank(outline.sectors)
            self._store.sources.put_sector(Sector(starter.key, starter.title, starter.summary, rank))
        members = outline.members.get(starter.key, ())
        placed = {each.source for each in members}
        rank = next_rank(members)
        origin = f"starter:{starter.key}@{starter.version}"
        added: list[int] = []
        for each in starter.sources:
            source = self._store.sources.add(
                each.key, each.kind, each.address, each.title, site=each.site, lang=each.lang,
                selector=each.selector)  # fmt: skip
            if source.id not in placed:
                self._store.sources.put_member(
                    Membership(
                        starter.key, source.id, origin, "person", self._clock.now(), why=each.why, rank=rank,
                        paused=source.id in outline.paused)
                )  # fmt: skip
                rank += 1
            added.append(source.id)
        return added
