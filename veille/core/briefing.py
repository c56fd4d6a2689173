"""What is new, sector by sector: the page to open in the morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from veille.i18n import _
from veille.model import Clock, Hit, Sector
from veille.store.filters import Filter

if TYPE_CHECKING:
    from veille.core.library import Library
    from veille.store import Store

_VISIT = "last_visit"
_DAY = timedelta(hours=24)
LATE = timedelta(days=7)  # what was published longer ago is no news, even if it came just now
PER_SECTION = 20  # hits that a section shows; its total counts all


@dataclass(frozen=True, slots=True)
class Section:
    """What is new in a sector, newest first. ``sector`` is None for sources that are in none."""

    sector: Sector | None
    hits: tuple[Hit, ...]
    total: int

    @property
    def title(self) -> str:
        """What a person sees."""
        return self.sector.title if self.sector else _("In no sector")


class Briefings:
    """Briefings since a moment, by default since the person was last here."""

    def __init__(self, store: "Store", library: "Library", clock: Clock) -> None:
        self._store = store
        self._library = library
        self._clock = clock

    @property
    def last_visit(self) -> datetime:
        """When the person was last here; a day ago when that is not known, or was noted by a clock that was ahead."""
        now = self._clock.now()
        try:
            visit = datetime.fromisoformat(self._store.values.get(_VISIT))
        except ValueError:
            return now - _DAY
        return visit if visit <= now else now - _DAY

    def visited(self) -> None:
        """The person leaves and has seen what there is: the next briefing begins here. For a window that closes."""
        if self._store.writable:
            self._store.values.put(_VISIT, self._clock.now().isoformat())

    def brief(self, since: datetime | None = None, limit: int | None = PER_SECTION) -> list[Section]:
        """The sectors, in the person's order, that have something new since ``since`` (None: the last visit).

        Each has its newest ``limit`` hits (None: all). New is what Veille first had since then; what was
        published before and came late counts, up to a week.
        """
        since = since or self.last_visit
        outline = self._store.sources.outline()
        loose = frozenset(source.id for source in outline.loose)
        places: list[tuple[Sector | None, frozenset[int]]] = [
            (each, frozenset(member.source for member in outline.members[each.key])) for each in outline.sectors
        ]
        sections = [self._section(sector, sources, since, limit) for sector, sources in [*places, (None, loose)]]
        return [each for each in sections if each.total]

    def _section(self, sector: Sector | None, sources: frozenset[int], since: datetime, limit: int | None) -> Section:
        recent = self._store.items.rows(self._store.items.ids(Filter(sources=sources, since=since - LATE)))
        now = self._clock.now()  # what came under a clock that was ahead is not new until then
        new = [item.id for item in recent if since <= max(item.seen, item.at) <= now]
        return Section(sector, tuple(self._library.hits(new[:limit])), len(new))
