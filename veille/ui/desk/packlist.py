"""What stands in the packs window: packs that are published or received, and the folders that are followed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from veille.core.packs.signing import fingerprint
from veille.i18n import _

if TYPE_CHECKING:
    from veille.core.services import Services


@dataclass(frozen=True)
class PackLine:
    """A row: a pack (``key`` is the sector's), or a folder in which new packs are looked for (``key`` is its path)."""

    key: str
    title: str
    place: str
    mine: bool = False
    folder: bool = False
    edition: int = 0
    signed: str = ""  # the fingerprint of who is expected
    automatic: bool = False


def lines(services: "Services") -> list[PackLine]:
    """What is published, what is received, and the folders that are followed."""
    titles = {each.key: each.title for each in services.curation.outline().sectors}
    rows = [*services.publishing.all(), *services.offers.all()]
    packs = [
        PackLine(
            each.key, titles.get(each.key, each.key), each.place, each.mine, edition=each.edition,
            signed=fingerprint(each.signer), automatic=each.automatic)
        for each in rows
    ]  # fmt: skip
    folders = [
        PackLine(str(each), each.name or str(each), str(each), folder=True) for each in services.offers.folders()
    ]
    return [*packs, *folders]


def kind(line: PackLine) -> str:
    """What it is, in a word."""
    if line.folder:
        return _("folder")
    return _("published") if line.mine else _("received")


def edition(line: PackLine) -> str:
    """The edition that is published or was taken over; "" for a folder."""
    return _("edition {version}").format(version=line.edition) if line.edition else ""


def leaving(line: PackLine | None) -> str:
    """What the button does that ends it."""
    if line and line.mine:
        return _("Publish no longer")
    return _("Follow no longer") if line and line.folder else _("Leave")
