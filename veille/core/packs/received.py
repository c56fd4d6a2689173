"""What a received pack alone decides: the person adds beside it, and pauses what they like."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from veille.errors import FromPack
from veille.model import Membership, Source

if TYPE_CHECKING:
    from veille.store import Store


def is_received(store: "Store", key: str) -> bool:
    """Whether the sector ``key`` comes from a pack of somebody else that was taken over."""
    row = store.packs.get(key) if key else None
    return row is not None and not row.mine and bool(row.base)


def refuse_sector(store: "Store", key: str, title: str) -> None:
    """Raise FromPack where another curator decides on the sector ``key`` itself."""
    if is_received(store, key):
        raise FromPack(title=title, pack=title)


def refuse_places(store: "Store", source: Source, sectors: Iterable[str] | None = None) -> None:
    """Raise FromPack where another curator decides how ``source`` stands in one of ``sectors`` (None: of all)."""
    wanted = None if sectors is None else set(sectors)
    for member in store.sources.memberships(source.id):
        if (wanted is None or member.sector in wanted) and is_placed(store, member):
            raise FromPack(title=source.label, pack=_title(store, member.sector))


def is_placed(store: "Store", member: Membership) -> bool:
    """Whether a received pack put the source there."""
    return member.pack == member.sector and is_received(store, member.sector)


def refuse_rule(store: "Store", pack: str, title: str) -> None:
    """Raise FromPack for a rule that the received pack ``pack`` brought."""
    if is_received(store, pack):
        raise FromPack(title=title, pack=_title(store, pack))


def _title(store: "Store", key: str) -> str:
    return next((each.title for each in store.sources.sectors() if each.key == key), key)
