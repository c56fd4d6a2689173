"""How what is typed into the search box may go on: operators, what they take, searches of before. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from veille.core.naming import folded as fold
from veille.i18n import N_, _, language, ngettext, number
from veille.model import Outline
from veille.search.query.lexer import Piece, Sign, holds_operator, pieces
from veille.search.query.operators import AND, NOT, OPERATORS, OR, Operator, Takes, Value, named

MOST = 8
_SHORTEST = 2  # letters of an operator's name from which it is offered
_BARE = re.compile(r"\w[\w&'’.+/@-]*\Z")  # what needs no quotation marks
_UNQUOTABLE = re.compile('["“”„‟«»＂]')
_WORDS = (Sign.WORD, Sign.VALUE, Sign.NAME)
_REST = re.compile(r"\S*")
_AGO = {"7d": N_("7 days ago"), "30d": N_("30 days ago")}


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` is to be put in the place of ``typed[start:end]``; a person chooses by ``label`` and ``detail``."""

    text: str
    start: int
    end: int
    label: str
    detail: str = ""


class _Spot(NamedTuple):
    """Where the cursor is: what of a name or a value stands before it, and what a completion takes the place of."""

    typed: str
    start: int
    end: int
    operator: Operator | None = None  # whose value it is; None: the beginning of a name
    before: str = ""  # "sector:", as it was typed
    last: bool = False  # nothing follows


class _Offer(NamedTuple):
    """A value: by what names it is found, and what is put in for it."""

    names: tuple[str, ...]
    value: str
    detail: str = ""


def complete(
    typed: str, cursor: int, outline: Outline, recent: Sequence[str] = (), tags: Iterable[str] = ()
) -> list[Completion]:
    """At most eight ways to go on at ``cursor`` (in characters); ``tags`` are the person's, ``recent`` newest first."""
    spot = _spot(typed, cursor)
    found = list(islice(_of_spot(spot, outline, tags), MOST)) if spot else []
    if cursor == len(typed):
        found += (Completion(each, 0, len(typed), each, _("searched before")) for each in _recent(typed, recent))
    return [each for each in found if each.text.strip() != typed[each.start : each.end].strip()][:MOST]


def _recent(typed: str, recent: Sequence[str]) -> Iterator[str]:
    begun = fold(typed.lstrip())
    return (each for each in recent if fold(each).startswith(begun) and fold(each) != begun)


# Where the cursor is -----------------------------------------------------------------------------


def _spot(typed: str, cursor: int) -> _Spot | None:
    """What is being typed; None where nothing can be offered."""
    groups: list[Operator | None] = [None]
    name: Piece | None = None  # an operator whose value may be the next piece
    for piece in pieces(typed):
        name = name if name and name.end == piece.start else None
        if piece.start >= cursor and not (name and piece.start == cursor and piece.sign is Sign.PHRASE):
            break
        operator = piece.operator or (name.operator if name else groups[-1])
        if piece.sign is Sign.OPEN:
            groups.append(operator)
        elif piece.sign is Sign.CLOSE:
            groups = groups[:-1] or [None]
        elif piece.sign is Sign.PHRASE and cursor <= piece.end:
            return _in_phrase(typed, cursor, piece, operator, name)
        elif piece.sign in _WORDS and cursor <= piece.end - (piece.sign is Sign.NAME):
            return _in_word(typed, cursor, piece, operator)
        name = piece if piece.sign is Sign.NAME else None
    if name and name.end == cursor:
        return _Spot("", name.start, cursor, name.operator, typed[name.start : cursor], cursor == len(typed))
    return _Spot("", cursor, cursor, groups[-1]) if groups[-1] else None


def _in_word(typed: str, cursor: int, piece: Piece, operator: Operator | None) -> _Spot:
    last = piece.end == len(typed)
    if piece.operator is None:
        return _Spot(typed[piece.start : cursor], piece.start, piece.end, operator, last=last and not operator)
    if cursor < piece.within:
        return _Spot(typed[piece.start : cursor], piece.start, piece.within)
    before = typed[piece.start : piece.within]
    return _Spot(typed[piece.within : cursor], piece.start, piece.end, operator, before, last)


def _in_phrase(typed: str, cursor: int, piece: Piece, operator: Operator | None, name: Piece | None) -> _Spot | None:
    """A quotation mark that nobody closed may have met the first one of what follows."""
    if operator is None:
        return None
    start, within, end = name.start if name else piece.start, piece.within, piece.end
    if not piece.closed or holds_operator(typed[cursor:end]):
        end = _REST.match(typed, cursor).end()  # type: ignore[union-attr]  # it matches anywhere
    value = typed[within : min(cursor, within + len(piece.text))]
    return _Spot(value, start, end, operator, typed[start : piece.start], bool(name) and end == len(typed))


# What is offered ---------------------------------------------------------------------------------


def _of_spot(spot: _Spot, outline: Outline, tags: Iterable[str]) -> Iterator[Completion]:
    if spot.operator is None:
        yield from _names(spot)
        return
    for offer in _matching(spot.typed, _offers(spot.operator, outline, tags)):
        text = f"{spot.before}{_quoted(offer.value)}{' ' * spot.last}"
        yield Completion(text, spot.start, spot.end, offer.names[0], offer.detail)


def _names(spot: _Spot) -> Iterator[Completion]:
    """The operators whose name begins so, in the person's language, or that go by it whole."""
    begun = fold(spot.typed)
    for each in OPERATORS if len(begun) >= _SHORTEST else ():
        first, *others = map(fold, _said(each))
        if first.startswith(begun) or begun in others:
            text = f"{named(each, language())}:"
            yield Completion(text, spot.start, spot.end, text, each.help)


def _offers(operator: Operator, outline: Outline, tags: Iterable[str]) -> Iterable[_Offer]:
    match operator.takes:
        case Takes.SECTOR:
            return _sectors(outline)
        case Takes.SOURCE:
            return _sources(outline)
        case Takes.TAG:
            return (_Offer((tag,), tag) for tag in tags if not _UNQUOTABLE.search(tag))
        case Takes.LANGUAGE:
            used = Counter(source.lang[:2] for source in outline.sources.values())
            ordered = sorted(operator.values, key=lambda value: -used[value.key])  # the others stay in their order
            return (_Offer((*reversed(_said(each)),), each.key, each.key) for each in ordered)
    return (_Offer(_said(each), named(each, language()), _(_AGO.get(each.key, ""))) for each in operator.values)


def _sectors(outline: Outline) -> Iterator[_Offer]:
    """By what the person sees; one whose title is another's key, or cannot be typed, is meant by its own key."""
    names = Counter(name for each in outline.sectors for name in {fold(each.title), fold(each.key)})
    for each in outline.sectors:
        count = len(outline.members.get(each.key, ()))
        detail = ngettext("{n} source", "{n} sources", count).format(n=number(count))
        apart = names[fold(each.title)] == 1 and not _UNQUOTABLE.search(each.title)
        yield _Offer((each.title,), each.title if apart else each.key, detail)


def _sources(outline: Outline) -> Iterator[_Offer]:
    """By what the person sees; one whose name is another's, too, or cannot be typed, is meant by its address."""
    labels = Counter(fold(each.label) for each in outline.named.values())
    for each in outline.named.values():
        apart = labels[fold(each.label)] == 1 and not _UNQUOTABLE.search(each.label)
        yield _Offer((each.label,), each.label if apart else each.address, each.address)


def _matching(typed: str, offers: Iterable[_Offer]) -> list[_Offer]:
    """Those with a name that begins so, then those that hold it, both as they come."""
    wanted, begin, hold = fold(typed).lstrip(), list[_Offer](), list[_Offer]()
    for each in offers:
        names = [fold(name) for name in each.names]
        if any(name.startswith(wanted) for name in names):
            begin.append(each)
        elif any(wanted in name for name in names):
            hold.append(each)
    return begin + hold


def _quoted(value: str) -> str:
    return value if _BARE.match(value) and value not in AND | OR | NOT else f'"{value}"'


def _said(what: Operator | Value) -> tuple[str, ...]:
    """Its names in the person's language."""
    return what.french if language() == "fr" else what.names
