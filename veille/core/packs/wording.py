"""What is said of sources and rules of a pack, and of what becomes of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from veille.content.text import plain
from veille.core.packs.pack import Pack, PackRule, PackSource
from veille.errors import SourceError
from veille.i18n import N_, _, day
from veille.model import Outline, Sector, Source, SourceKind

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # sources in a pack have no moment of their own

# What of a source may change, besides its address, as the file calls it.
FIELDS = {
    "title": N_("Title"),
    "site": N_("Site"),
    "lang": N_("Language"),
    "why": N_("Reason"),
    "trial": N_("Last day of the trial"),
    "labels": N_("Labels"),
    "selector": N_("Selector"),
}


def named(source: PackSource) -> str:
    """What a person calls it."""
    return source.title or source.address


def where(source: PackSource) -> str:
    """Its address."""
    return plain(source.address)


def value(source: PackSource, field: str) -> str:
    """The field as a person reads it; "" for none."""
    match field:
        case "trial":
            return day(source.trial) if source.trial else ""
        case "labels":
            return ", ".join(source.labels)
        case "address":
            return where(source)
    return str(getattr(source, field))


def added(source: PackSource) -> str:
    """That it is new."""
    if source.trial:
        text = _("“{title}” is added on trial until {day}: {address}")
    elif source.kind is SourceKind.PAGE:
        text = _("“{title}” is added, a page without a feed: {address}")
    else:
        text = _("“{title}” is added: {address}")
    said = text.format(title=named(source), address=where(source), day=day(source.trial) if source.trial else "")
    return " – ".join(filter(None, (said, unreachable(source))))


def moved(old: PackSource, new: PackSource) -> str:
    """That it has another address."""
    text = _("“{title}” moves from {old} to {new}.")
    said = text.format(title=named(new), old=where(old), new=where(new))
    return " – ".join(filter(None, (said, unreachable(new))))


def unreachable(source: PackSource) -> str:
    """Why nothing is asked at its address, such as one of a private network; "" where nothing speaks against it."""
    from veille.net.guard import Guard

    if source.kind not in (SourceKind.FEED, SourceKind.PAGE):
        return ""
    guard = Guard()
    try:
        guard.check_host(guard.check_url(source.address).host, False, proxied=True)
    except SourceError as error:
        return str(error)
    return ""


def changed(old: PackSource, new: PackSource, fields: Iterable[str]) -> str:
    """What becomes of ``fields``, from what to what."""
    said = {each: became(_(FIELDS[each]), value(old, each), value(new, each)) for each in fields}
    if "title" in said and old.title and new.title:
        said["title"] = _("“{old}” is now called “{new}”.").format(old=old.title, new=new.title)
    return " ".join(said.values())


def became(name: str, old: str, new: str) -> str:
    """The field called ``name`` changes from ``old`` to ``new``, either of which may be empty."""
    if old == new:
        return _("{name}: it changes in another language.").format(name=name)
    if not old:
        return _("{name}: “{new}”, which was not given before.").format(name=name, new=new)
    if not new:
        return _("{name}: “{old}” is taken away.").format(name=name, old=old)
    return _("{name}: “{old}” becomes “{new}”.").format(name=name, old=old, new=new)


class Sentences:
    """Rules of a pack as sentences."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._numbers = {each.key: number for number, each in enumerate(pack.sources, 1)}
        sources = [_source(number, each) for number, each in enumerate(pack.sources, 1)]
        self._outline = Outline((Sector(pack.key, plain(pack.title)),), {each.id: each for each in sources})

    def of(self, rule: PackRule) -> str:
        """The sentence of ``rule``."""
        from veille.core.rules.sentences import sentence

        if not rule.source:
            return sentence(replace(rule.rule, sector=self._pack.key, source=0), self._outline)
        number, outline = self._numbers.get(rule.source, 0), self._outline
        if not number:  # its source is not among those that were taken over
            number = len(self._numbers) + 1
            key, address = rule.source, rule.source.partition(":")[2]
            source = _source(number, PackSource(key, address, address))
            outline = replace(outline, sources={**outline.sources, number: source})
        return sentence(replace(rule.rule, sector="", source=number), outline)

    def title(self, rule: PackRule) -> str:
        """What it is for: its source, or the sector."""
        number = self._numbers.get(rule.source, 0)
        return self._outline.sources[number].label if number else plain(rule.source) or self._outline.sectors[0].title


def _source(number: int, source: PackSource) -> Source:
    return Source(number, source.key, source.kind, source.address, named(source), _NEVER)
