"""JSON as other programs write it: rows from the objects of an array, and values whatever they turn out to be."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import Said, refused, row
from veille.formats.jsonstream import TOO_LARGE, entries
from veille.i18n import _

Object = Mapping[str, Any]


def read(
    stream: Stream, collection: Collection, seen: datetime, said: Callable[[Object], Said], key: str = ""
) -> Iterator[Row]:
    """A row for each entry of the array, of which ``said`` says what it says; ``key`` as in :func:`entries`.

    Raises BadFile.
    """
    for number, entry in enumerate(entries(stream, key), 1):
        if isinstance(entry, dict):
            yield row(number, collection, said(entry), seen)
        elif entry is TOO_LARGE:
            yield refused(number, _("It is far too long."))
        else:
            yield refused(number, _("It does not look like an entry."), str(entry)[:500])


def text(value: Any) -> str:
    """``value`` where it is a text or a number, else ""."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def texts(value: Any, *names: str) -> list[str]:
    """The texts of a list; of the objects in it the first of ``names`` that they have. A text by itself is a list."""
    if not isinstance(value, list):
        return [text(value)] if text(value) else []
    found = (next(filter(None, (text(each.get(name)) for name in names)), "") if isinstance(each, dict) else text(each)
             for each in value)  # fmt: skip
    return [each for each in found if each]


def objects(value: Any) -> list[Object]:
    """The objects of a list; one by itself is a list."""
    value = value if isinstance(value, list) else [value]
    return [each for each in value if isinstance(each, dict)]


def true(value: Any, default: bool = False) -> bool:
    """``value`` as programs write it: a truth, 0 or 1, or a word; ``default`` for what is absent."""
    if isinstance(value, str):
        return value.strip().lower() in ("1", "true", "yes", "t") if value.strip() else default
    return default if value is None else bool(value)
