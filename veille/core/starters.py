"""Starter sectors: ready lists of sources, one TOML file for each sector (format 1, see ARCHITECTURE.md)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from veille.content.addresses import source_key
from veille.content.networks import meant
from veille.core.history import standing
from veille.core.naming import next_rank
from veille.core.tables import Table, Texts, speak
from veille.errors import BadAddress, NotFound
from veille.i18n import _
from veille.model import Changes, Clock, Membership, Sector, SourceKind
from veille.resources import resource

if TYPE_CHECKING:
    from veille.store import Store

FORMAT = 1  # the newest version of the file format that is understood


@dataclass(frozen=True, slots=True)
class StarterSource:
    """A source with the reason it is proposed. ``tried`` is when it last answered; None: it could not be tried.

    ``key`` begins with its kind; ``address`` is what :func:`veille.content.networks.meant` understands.
    """

    key: str
    title: str
    address: str
    site: str
    lang: str
    reasons: Texts
    tried: date | None

    @property
    def kind(self) -> SourceKind:
        """What kind of source it is."""
        return SourceKind(self.key.partition(":")[0])

    @property
    def why(self) -> str:
        """The reason, in the language in force."""
        return speak(self.reasons)


@dataclass(frozen=True, slots=True)
class Starter:
    """A sector that a person may adopt. ``version`` counts the editions of this list."""

    key: str
    titles: Texts
    summaries: Texts
    version: int
    sources: tuple[StarterSource, ...]

    @property
    def title(self) -> str:
        """The title, in the language in force."""
        return speak(self.titles)

    @property
    def summary(self) -> str:
        """What it covers, in the language in force."""
        return speak(self.summaries)


def read_starter(path: Path) -> Starter:
    """The starter sector in the file ``path``; raises BadFile with what is wrong and where."""
    table = Table.read(path)
    found = table.whole("veille")
    if found > FORMAT:
        newer = _("this file needs a newer Veille (format {found}; this one knows {known})")
        raise table.wrong("veille", newer.format(found=found, known=FORMAT))
    sources = tuple(_source(each) for each in table.tables("source"))
    if len({each.key for each in sources}) != len(sources):
        raise table.wrong("source", _("the same source is listed twice"))
    return Starter(table.text("key"), table.texts("title"), table.texts("summary"), table.whole("version"), sources)


def _source(table: Table) -> StarterSource:
    key, address = table.text("key"), table.text("address")
    kind = next((each for each in SourceKind if key.startswith(f"{each}:")), SourceKind.FEED)
    try:
        right = source_key(kind, meant(kind, address).address)
    except BadAddress as error:
        raise table.wrong("address", str(error)) from error
    if key != right:
        raise table.wrong("key", _("“{key}” is expected").format(key=right))
    return StarterSource(
        key=key, address=address, title=table.text("title"), site=table.text("site", ""), lang=table.text("lang", ""),
        reasons=table.texts("why"), tried=table.day("tried"))  # fmt: skip


def _tried(starter: Starter, days: Mapping[str, date]) -> Starter:
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

    def starter_sectors(self) -> list[Starter]:
        """All of them, by title; raises BadFile."""
        tried = self._answered()
        starters = [read_starter(path) for path in sorted(self._folder.glob("*.toml"))]
        return sorted((_tried(each, tried) for each in starters), key=lambda each: each.title)

    def named(self, keys: Iterable[str]) -> list[Starter]:
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

    def _adopt(self, starter: Starter) -> list[int]:
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
                each.key, each.kind, meant(each.kind, each.address).address, each.title, site=each.site, lang=each.lang
            )
            if source.id not in placed:
                self._store.sources.put_member(
                    Membership(
                        starter.key, source.id, origin, "person", self._clock.now(), why=each.why, rank=rank,
                        paused=source.id in outline.paused)
                )  # fmt: skip
                rank += 1
            added.append(source.id)
        return added
