"""The sample profile: invented companies and sources, with dates relative to today.

It comes through the same parser, decision and store as real feeds, and is never fetched. Its feed files
say dates as offsets: ``{{-2d3h15m}}`` is that long before the moment it is loaded. Its sectors and reasons are
written in the language in force, until the person gives a sector a title of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from veille.content.addresses import source_key
from veille.core.tables import Table, Texts, speak
from veille.core.watching.decide import decide
from veille.errors import BadFile, os_detail
from veille.i18n import _, language
from veille.model import Changes, Clock, Membership, Sector, Source, SourceKind
from veille.resources import resource

if TYPE_CHECKING:
    from veille.store import Store

_OFFSET = re.compile(r"\{\{-(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?\}\}")
_LOADED = "sample.loaded"  # the day and the language it was last loaded in
_TYPES = {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".json": "application/feed+json"}


@dataclass(frozen=True, slots=True)
class _SampleSector:
    key: str
    titles: Texts
    summaries: Texts
    rank: int

    @property
    def spoken(self) -> Sector:
        """The sector in the language in force."""
        return Sector(self.key, speak(self.titles), speak(self.summaries), self.rank)


@dataclass(frozen=True, slots=True)
class _SampleSource:
    path: Path
    address: str
    title: str
    site: str
    lang: str
    sectors: tuple[_SampleSector, ...]
    reasons: Texts

    @property
    def key(self) -> str:
        """What names the source on every machine."""
        return source_key(SourceKind.FEED, self.address)


def load(store: "Store", clock: Clock, folder: Path | None = None) -> Changes:
    """Fill the sample profile, or move its dates and say it anew when that was on another day or in another language.

    Marks stay, what the person removed stays away, and what only moved in time makes no former version. Raises
    BadFile when the shipped files are wrong.
    """
    now = clock.now()
    loaded = f"{now.date()} {language()}"
    if store.values.get(_LOADED) == loaded:
        return Changes()
    folder = folder or resource("sample")
    table = Table.read(folder / "sample.toml")
    sectors = _sectors(table)
    sources = [_source(each, folder, sectors) for each in table.tables("source")]
    changes = Changes(outline=True)
    with store.db.write():
        _speak_again(store, sectors, {each.key: each for each in sources})
        for rank, each in enumerate(sources):
            source = store.sources.by_key(each.key) or _add(store, each, rank, now)
            changes |= _load_items(store, each, source, now)
        store.values.put(_LOADED, loaded)
    return changes


def _sectors(table: Table) -> dict[str, _SampleSector]:
    found = [
        _SampleSector(each.text("key"), each.texts("title"), each.texts("summary"), rank)
        for rank, each in enumerate(table.tables("sector"))
    ]
    return {each.key: each for each in found}


def _source(table: Table, folder: Path, sectors: Mapping[str, _SampleSector]) -> _SampleSource:
    path = folder / table.text("file")
    if path.suffix not in _TYPES:
        raise table.wrong("file", _("one of {endings} is expected").format(endings=", ".join(_TYPES)))
    keys = table.list_of_texts("sectors")
    if not set(keys) <= set(sectors):
        raise table.wrong("sectors", _("a list of sectors of this file is expected"))
    return _SampleSource(
        path=path, address=table.text("address"), title=table.text("title"), site=table.text("site", ""),
        lang=table.text("lang", ""), sectors=tuple(sectors[key] for key in keys),
        reasons=table.texts("why"))  # fmt: skip


def _add(store: "Store", sample: _SampleSource, rank: int, now: datetime) -> Source:
    """The source, new, in its sectors. What the person removed later is not brought back by another load."""
    source = store.sources.add(
        sample.key, SourceKind.FEED, sample.address, sample.title, site=sample.site, lang=sample.lang
    )
    known = {each.key for each in store.sources.sectors()}
    for sector in sample.sectors:
        if sector.key not in known:
            store.sources.put_sector(sector.spoken)
        why = speak(sample.reasons)
        store.sources.put_member(Membership(sector.key, source.id, "sample", "person", now, why=why, rank=rank))
    return source


def _speak_again(store: "Store", sectors: Mapping[str, _SampleSector], sources: Mapping[str, _SampleSource]) -> None:
    """What is there of the sample, in the language in force; what the person called otherwise stays so."""
    outline = store.sources.outline()
    for old in outline.sectors:
        new = sectors.get(old.key)
        if new and old.title in new.titles.values():
            store.sources.put_sector(replace(new.spoken, rank=old.rank))
    for member in (each for members in outline.members.values() for each in members):
        sample = sources.get(outline.sources[member.source].key)
        if sample and member.why in sample.reasons.values():
            store.sources.put_member(replace(member, why=speak(sample.reasons)))


def _load_items(store: "Store", sample: _SampleSource, source: Source, now: datetime) -> Changes:
    from veille.sources.feeds import parse

    kind = _TYPES[sample.path.suffix]
    parsed = parse(_dated(sample.path, now), kind, sample.address, source.id, now, {})
    old = store.items.by_uids(source.id, [item.uid for item in parsed.items])
    decision = decide(old, [replace(item, published=item.at, seen=item.at) for item in parsed.items])
    inserted = store.items.apply(decision.inserts, decision.updates)
    touched = frozenset(inserted) | {item.id for item in decision.updates}
    return Changes(sources=frozenset([source.id]), items=touched, new=len(inserted))


def _dated(path: Path, now: datetime) -> bytes:
    """The feed with its offsets turned into dates: RFC 822 in RSS, ISO 8601 elsewhere."""

    def date(offset: re.Match[str]) -> str:
        days, hours, minutes = (int(part or 0) for part in offset.groups())
        when = now - timedelta(days=days, hours=hours, minutes=minutes)
        return format_datetime(when) if path.suffix == ".rss" else when.isoformat(timespec="seconds")

    try:
        return _OFFSET.sub(date, path.read_text(encoding="utf-8")).encode()
    except OSError as error:
        raise BadFile(name=path.name, detail=os_detail(error)) from error
    except UnicodeDecodeError as error:
        raise BadFile(name=path.name, detail=str(error)) from error
