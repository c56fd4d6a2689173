"""What narrows a search, as pieces ``operator:value`` of its own text: found there, put in, taken out. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from veille import i18n
from veille.content.text import plain
from veille.core.naming import folded as fold
from veille.model import ItemKind, Outline
from veille.search.query import lexer, operators
from veille.search.query.lexer import Sign
from veille.ui.places import Place

LONGEST = 4000  # characters of a text that is put together here

K = TypeVar("K", int, str)
Terms = tuple[tuple[str, str], ...]  # keys of operators, each with its value as a person would type it

_BEGUN = re.compile(r"[\w-]+")
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
    named = False  # whether it is a name that waits for its value
    for each, depth in _deep(text):
        if depth:
            pass
        elif each.sign is Sign.OR:
            return []
        elif each.operator and not (before and before.sign is Sign.NOT):
            found.append(Piece(each.start, each.end, each.operator.key, each.text))
        elif each.sign is Sign.PHRASE and named and found and found[-1].end == each.start:
            found[-1] = replace(found[-1], end=each.end, value=each.text)
        before, named = each, each.sign is Sign.NAME
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


def tag_text(tag: str) -> str:
    """What lists the items with that ``tag`` of the person's; one that no search can name (it came from elsewhere, with
    quotation marks in it) by its beginning."""
    text = written("tag", tag)
    if _read("tag", tag):
        return text
    begun = _BEGUN.match(tag)
    return f"{written('tag', begun[0])}*" if begun else text


def in_force(text: str) -> frozenset[tuple[str, str]]:
    """What :func:`holds` looks at."""
    return frozenset((each.key, _meaning(each.key, each.value)) for each in pieces(text))


def holds(force: frozenset[tuple[str, str]], terms: Terms) -> bool:
    """Whether each of ``terms`` is in force."""
    return all((key, _read(key, value)) in force for key, value in terms)


def without(text: str, terms: Terms) -> str:
    """``text`` no longer narrowed by ``terms``."""
    gone = {(key, _read(key, value)) for key, value in terms}
    return _opened(_cut(text, [each for each in pieces(text) if (each.key, _meaning(each.key, each.value)) in gone]))


def narrowed(text: str, terms: Terms, put: set[str]) -> str:
    """``text`` narrowed by ``terms``, in place of pieces of the same operators that were ``put`` there so.

    They go before what was typed, which may end with a word that is still in the typing. ``put`` is kept up to date.
    """
    keys = {key for key, _value in terms}
    rest = _cut(text, [each for each in pieces(text) if each.key in keys and text[each.start : each.end] in put])
    new = [written(key, value) for key, value in terms]
    whole = joined(" ".join(new), _starred(rest))
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


def sought(text: str) -> frozenset[str]:
    """What ``text`` looks for: "words", what is "like" an item, and "names", which are all other operators."""
    before: lexer.Piece | None = None
    found = set[str]()
    for each in lexer.pieces(text):
        named = before if before and before.end == each.start else None
        operator = each.operator or (named.operator if named else None)
        if operator and operator.takes is operators.Takes.ITEM and not each.text.isdigit():
            pass  # not understood
        elif each.sign in (Sign.WORD, Sign.PHRASE, Sign.VALUE):
            takes = operator.takes if operator else operators.Takes.WORDS
            found.add({operators.Takes.WORDS: "words", operators.Takes.ITEM: "like"}.get(takes, "names"))
        before = each if each.sign is Sign.NAME else None
    return frozenset(found)


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


def sector_terms(outline: Outline) -> dict[str, Terms]:
    """In that very sector, for each by its key."""
    return _telling("sector", {each.key: (each.title, each.key) for each in outline.sectors})


def source_terms(outline: Outline) -> dict[int, Terms]:
    """From that very source, for each."""
    names = {id: (each.label, each.title, each.address) for id, each in outline.named.items()}
    return _telling("source", names)


def _telling(key: str, names: Mapping[K, Sequence[str]]) -> dict[K, Terms]:
    """What narrows to each alone: the first of its names that is read as it was written and is nobody else's.

    Where each of its names is another's too, all of them together: it alone has them all, or nobody can tell.
    """
    owners = defaultdict[str, set[K]](set)
    for id, some in names.items():
        for name in filter(None, map(fold, some)):
            owners[name].add(id)
    found: dict[K, Terms] = {}
    for id, some in names.items():
        readable = [name for name in dict.fromkeys(some) if id in owners.get(_read(key, name), ())]
        alone = [name for name in readable if len(owners[_read(key, name)]) == 1]
        found[id] = tuple((key, name) for name in alone[:1] or readable or some[-1:])
    return found


@lru_cache(maxsize=1 << 13)
def _read(key: str, value: str) -> str:
    """What the parser makes of ``value`` as it is written here; "" where it would take it for something else."""
    text = written(key, value)
    found = pieces(text)
    return _meaning(key, found[0].value) if len(found) == 1 and found[0].end == len(text) else ""


def _of_place(place: Place, outline: Outline) -> str:
    if place.name in ("unread", "saved", "flagged", "hidden"):
        return written("is", _value("is", place.name))
    if place.tag:
        return tag_text(place.tag)  # which finds what its source tagged so, too: no search tells the two apart
    terms: Terms = ()
    sector = next((each for each in outline.sectors if each.key == place.sector), None)
    source = outline.named.get(place.source or 0)
    if place.name == "sector" and sector:
        terms = sector_terms(outline)[sector.key]
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
    return known.key if known else fold(plain(value))


def _closed(text: str) -> str:
    """``text``, in parentheses where it is one thing or another; what would close them too soon is left out."""
    outside = _outside(text)
    if not any(each.sign is Sign.OR for each in outside):
        return text.lstrip()
    return f"({_cut(text, [each for each in outside if each.sign is Sign.CLOSE]).strip()})"


def _starred(text: str) -> str:
    """``text`` that is one thing or another: a last word in the typing stays a beginning, also in parentheses."""
    outside = _outside(text)
    last, negated = outside[-1:], any(each.sign is Sign.NOT for each in outside[-2:-1])
    begun = any(each.sign is Sign.WORD and each.end == len(text) for each in last) and text[-1].isalnum()
    either = any(each.sign is Sign.OR for each in outside)
    return f"{text}*" if begun and either and not negated else text


def _opened(text: str) -> str:
    """``text`` without parentheses around the whole of it."""
    found = list(_deep(text.strip()))
    closing = [each.end for each, depth in found if each.sign is Sign.CLOSE and depth < 2]
    around = found[:1] and found[0][0].sign is Sign.OPEN and closing == [len(text.strip())]
    return text.strip()[1:-1] if around else text


def _outside(text: str) -> list[lexer.Piece]:
    return [each for each, depth in _deep(text) if not depth]


def _cut(text: str, gone: Sequence[Piece | lexer.Piece]) -> str:
    for each in reversed(gone):
        before, after = text[: each.start].rstrip(), text[each.end :].lstrip()
        text = f"{before} {after}" if before and after else before or after
    return text
