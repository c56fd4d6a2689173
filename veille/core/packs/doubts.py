"""Addresses in a pack that a person should look at, and sectors of their own that a pack is taken for."""

from typing import TYPE_CHECKING

from veille.content.addresses import host
from veille.content.text import fold
from veille.core.packs.comparing import Change, Kind
from veille.core.packs.pack import Pack, PackSource
from veille.core.packs.wording import unreachable
from veille.errors import PersonalAddress
from veille.i18n import _
from veille.model import SourceKind

if TYPE_CHECKING:
    from veille.store import Store


def personal(store: "Store", change: Change) -> str:
    """What in the address that ``change`` brings looks made for one reader; "" for what is watched already."""
    from veille.content.personal import token

    after = _brought(change)
    if after is None or after.kind not in (SourceKind.FEED, SourceKind.PAGE):
        return ""
    known = store.sources.by_key(after.key)
    return token(after.address) if known is None or known.removed is not None else ""


def personal_said(store: "Store", change: Change, strict: bool) -> str:
    """What is said of such an address: at the ``strict`` level it is left out."""
    found, after = personal(store, change), _brought(change)
    address = after.address if after is not None else ""
    if strict:
        text = _("“{title}” was left out: its address ({host}) looks made for one reader ({token}).")
        return text.format(title=change.title, host=host(address), token=found)
    return str(PersonalAddress(address=host(address), host=host(address), token=found))


def doubtful(store: "Store", change: Change) -> bool:
    """Whether ``change`` brings an address that is not taken over without a question."""
    after = _brought(change)
    return after is not None and bool(personal(store, change) or unreachable(after))


def beside(store: "Store", pack: Pack) -> str:
    """What is said, before ``pack`` is taken over first, of a sector of the person's own into which it comes, or which
    is called the same."""
    sectors = store.sources.sectors()
    if (own := next((each for each in sectors if each.key == pack.key), None)) is not None:
        text = _("It comes into your sector “{title}”, which keeps its name and its sources.")
        return text.format(title=own.title)
    if any(fold(each.title) == fold(pack.title) for each in sectors):
        return _("It is another sector than yours of the same name.")
    return ""


def _brought(change: Change) -> PackSource | None:
    """The source that is new, or at another address."""
    brings = change.kind in (Kind.ADDED, Kind.MOVED)
    return change.after if brings and isinstance(change.after, PackSource) else None
