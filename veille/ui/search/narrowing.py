"""What narrows a search, as pieces ``operator:value`` of its own text: found there, put in, taken out. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from veille import i18n
from veille.content.text import fold
from veille.model import ItemKind, Outline, Sector
from veille.search.query import lexer, operators
from veille.search.query.lexer import Sign
from veille.ui.places import Place

LONGEST = 4000  # characters of a text that is put together here

Terms = tuple[tuple[str, str], ...]  # keys of operators, each with its value as a person would type it

_UNQUOTABLE = re.compile('["“”„‟«»＂]')
_BARE = re.compile(r"[\w-]+\Z")
_MONTH = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Piece:
    """``operator:value`` at ``start`` to ``end`` of a text; ``value`` is without quotation marks."""

    start: int
    end: int
    key: str
    value: str


def pieces(text: str) -> list[Piece]:
    """Those that hold for the whole of ``text``: not in parentheses, not excluded, not on one side of an OR."""
    found: list[Piece] = []
    before: lexer.Piece | None = None
    for each, depth in _deep(text):
        if depth:
            pass
        elif each.sign is Sign.OR:
            return []
        elif each.operator and not (before and before.sign is Sign.NOT):
            found.append(Piece(each.start, each.end, each.operator.key, each.text))
        elif each.sign is Sign.PHRASE and found and before and before.operator and each.start == before.end:
            found[-1] = replace(found[-1], end=each.end, value=each.text)
        before = each
    return [each for each in found if each.value]


def _deep(text: str) -> Iterator[tuple[lexer.Piece, int]]:
    """The pieces, each with how many parentheses are around it."""
    depth = 0
    for each in lexer.pieces(text):
        depth += each.sign is Sign.OPEN
        yield each, depth
        depth = max(0, depth - (each.sign is Sign.CLOSE))


def written(key: str, value: str) -> str:
    """``operator:value`` in the person's language; what a name holds besides letters and digits stands in quotes."""
    operator = _operator(key)
    quoted = operator.takes in (operators.Takes.SECTOR, operators.Takes.SOURCE) or not _BARE.match(value)
    return f"{operators.named(operator, i18n.language())}:" + (f'"{value}"' if quoted else value)


def in_force(text: str) -> frozenset[tuple[str, str]]:
    """What :func:`holds` looks at."""
    return frozenset((each.key, _meaning(each.key, each.value)) for each in pieces(text))


def holds(force: frozenset[tuple[str, str]], terms: Terms) -> bool:
    """Whether each of ``terms`` is in force."""
    return all((key, _meaning(key, value)) in force for key, value in terms)


def without(text: str, terms: Terms) -> str:
    """``text`` no longer narrowed by ``terms``."""
    gone = {(key, _meaning(key, value)) for key, value in terms}
    return _cut(text, [each for each in pieces(text) if (each.key, _meaning(each.key, each.value)) in gone])


def narrowed(text: str, terms: Terms, put: set[str]) -> str:
    """``text`` narrowed by ``terms``, in place of pieces of the same operators that were ``put`` there so.

    They go before what was typed, which may end with a word that is still in the typing. ``put`` is kept up to date.
    """
    keys = {key for key, _value in terms}
    rest = _cut(text, [each for each in pieces(text) if each.key in keys and text[each.start : each.end] in put])
    new = [written(key, value) for key, value in terms]
    whole = joined(" ".join(new), rest)
    if len(whole) > LONGEST:
        return text
    put.update(new)
    return whole


def joined(one: str, other: str) -> str:
    """Both must match; an OR in one of them does not reach into the other."""
    some = [text for text in (one, other) if text.strip()]
    return " ".join(map(_closed, some)) if len(some) > 1 else "".join(some)


def whole(text: str, place: Place, outline: Outline) -> str:
    """What is searched by ``text`` in ``place``, as a text that means it everywhere."""
    return joined(_of_place(place, outline), text).strip()


def kind_term(kind: ItemKind) -> Terms:
    """Of that kind."""
    return (("kind", _value("kind", kind.value)),)


def month_term(year: int, month: int) -> Terms:
    """In that month."""
    return (("since", f"{year:04}-{month:02}"), ("until", f"{year:04}-{month:02}"))


def month_of(force: frozenset[tuple[str, str]]) -> tuple[int, int] | None:
    """The one month that is in force."""
    since = next((value for key, value in force if key == "since" and _MONTH.match(value)), "")
    return (int(since[:4]), int(since[5:])) if since and ("until", since) in force else None


def sector_term(sector: Sector) -> Terms:
    """In that very sector: by its title, or by its key where a title cannot be written."""
    return (("sector", sector.title if _writable(sector.title) else sector.key),)


def source_terms(outline: Outline) -> dict[int, Terms]:
    """From that very source, for each: by its name, or its address where the name is another's too or unwritable."""
    names = Counter(fold(each.label) for each in outline.sources.values())
    return {
        id: (("source", each.label if names[fold(each.label)] == 1 and _writable(each.label) else each.address),)
        for id, each in outline.sources.items()
    }


def _writable(name: str) -> bool:
    return not _UNQUOTABLE.search(name)


def _of_place(place: Place, outline: Outline) -> str:
    if place.name in ("unread", "saved"):
        return written("is", _value("is", place.name))
    terms: Terms = ()
    sector = next((each for each in outline.sectors if each.key == place.sector), None)
    source = outline.sources.get(place.source or 0)
    if place.name == "sector" and sector:
        terms = sector_term(sector)
    elif place.name == "source" and source:
        terms = source_terms(outline)[source.id]
    return " ".join(written(key, value) for key, value in terms) or place.text


def _value(key: str, value: str) -> str:
    """What a person calls a value of an operator."""
    known = _operator(key).value(value)
    return operators.named(known, i18n.language()) if known else value


def _operator(key: str) -> operators.Operator:
    return next(each for each in operators.OPERATORS if each.key == key)


def _meaning(key: str, value: str) -> str:
    known = _operator(key).value(value)
    return known.key if known else fold(value)


def _closed(text: str) -> str:
    """``text``, in parentheses where it is one thing or another."""
    either = any(each.sign is Sign.OR and not depth for each, depth in _deep(text))
    return f"({text.strip()})" if either else text.lstrip()


def _cut(text: str, gone: list[Piece]) -> str:
    for each in reversed(gone):
        before, after = text[: each.start].rstrip(), text[each.end :].lstrip()
        text = f"{before} {after}" if before and after else before or after
    return text
