"""CSL JSON, as Zotero writes it (https://docs.citationstyles.org/en/stable/specification.html)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from veille.formats import objects
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said
from veille.formats.objects import Object, text
from veille.formats.times import moment, of_parts
from veille.formats.works import Work, said

_PEOPLE = ("author", "editor", "translator", "director", "interviewer", "container-author")


def read(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each reference; keywords are tags. Raises BadFile."""
    return objects.read(stream, Collection.ZOTERO, seen, _said, "items")


def _said(entry: Object) -> Said:
    issue, volume, page = (text(entry.get(name)) for name in ("issue", "volume", "page"))
    return said(
        Work(
            title=text(entry.get("title")), authors=_names(entry), abstract=text(entry.get("abstract")),
            notes=[text(entry.get("note")), text(entry.get("annote"))],
            keywords=re.split(r"[,;\n]", text(entry.get("keyword"))), doi=text(entry.get("DOI")),
            urls=[text(entry.get("URL"))], published=_date(entry.get("issued")),
            accessed=_date(entry.get("accessed")), lang=text(entry.get("language")),
            within=text(entry.get("container-title")),
            part=", ".join(filter(None, (volume + (f" ({issue})" if issue else ""), page))),
            publisher=text(entry.get("publisher")),
        )
    )  # fmt: skip


def _names(entry: Object) -> list[str]:
    """The authors, else whoever comes next, as "von Family, Given de, Jr."."""
    for role in _PEOPLE:
        people = [
            text(each.get("literal")) or ", ".join(filter(None, _parts(each)))
            for each in objects.objects(entry.get(role))
        ]
        if any(people):
            return people
    return []


def _parts(person: Object) -> Iterator[str]:
    for names in (("non-dropping-particle", "family"), ("given", "dropping-particle"), ("suffix",)):
        yield " ".join(filter(None, (text(person.get(name)) for name in names)))


def _date(value: Any) -> datetime | None:
    """A date of any precision: in parts, or as it was typed."""
    if not isinstance(value, dict):
        return moment(text(value))
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list):
        numbers = [int(digits) for digits in map(text, first[:3]) if digits.isascii() and digits.isdigit()]
        if numbers and len(str(numbers[0])) <= 4:
            return of_parts(numbers)
    return moment(text(value.get("raw")) or text(value.get("literal")))
