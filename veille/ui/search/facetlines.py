"""The lines beside the results: what they count, and which of them narrow already. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QDate, QLocale

from veille import i18n
from veille.i18n import _
from veille.model import Facets, ItemKind, Outline
from veille.ui.search import narrowing
from veille.ui.search.narrowing import Terms

SHOWN = 8  # lines of a section until the person asks for more


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section."""

    label: str


@dataclass(frozen=True, slots=True)
class Facet:
    """``count`` items are ``label``; ``share`` is of the most in the section (0 to 1).

    ``terms`` narrow the search to it, ``chosen`` says that they do already.
    """

    section: str
    label: str
    count: int
    share: float
    terms: Terms
    chosen: bool


@dataclass(frozen=True, slots=True)
class More:
    """Unfolds a section, or folds it again."""

    section: str
    label: str
    spoken: str  # to who does not see what it stands under


Line: TypeAlias = Heading | Facet | More
Counted: TypeAlias = list[tuple[str, int, Terms]]  # label, how many, what narrows to it


def lines(facets: Facets, outline: Outline, text: str, unfolded: frozenset[str] = frozenset()) -> list[Line]:
    """What is shown for the results of ``text``: each section that has something to count, or something in force."""
    force = narrowing.in_force(text)
    found: list[Line] = []
    for section, name, counted in (
        ("sector", _("Sectors"), _sectors(facets, outline)), ("source", _("Sources"), _sources(facets, outline)),
        ("kind", _("Kinds"), _kinds(facets)), ("month", _("Months"), _months(facets, force)),
    ):  # fmt: skip
        most = max((count for _label, count, _terms in counted), default=0) or 1
        every = [
            Facet(section, label, count, count / most, terms, narrowing.holds(force, terms))
            for label, count, terms in counted
        ]
        shown = sorted((each for each in every if each.count or each.chosen), key=lambda each: not each.chosen)
        if shown:
            found += _section(section, name, shown, section in unfolded)
    return found


def _section(section: str, name: str, facets: list[Facet], unfolded: bool) -> Iterator[Line]:
    yield Heading(name)
    yield from facets if unfolded else facets[:SHOWN]
    if len(facets) > SHOWN and unfolded:
        yield More(section, _("Fewer"), _("Fewer: {section}").format(section=name))
    elif len(facets) > SHOWN:
        yield More(section, _("More…"), _("More: {section}").format(section=name))


def _sectors(facets: Facets, outline: Outline) -> Counted:
    terms = narrowing.sector_terms(outline)
    found = [(each.title, facets.sectors.get(each.key, 0), terms[each.key]) for each in outline.sectors]
    return sorted(found, key=lambda each: -each[1])


def _sources(facets: Facets, outline: Outline) -> Counted:
    terms = narrowing.source_terms(outline)
    found = [(each.label, facets.sources.get(id, 0), terms[id]) for id, each in outline.named.items()]
    return sorted(found, key=lambda each: -each[1])


def _kinds(facets: Facets) -> Counted:
    names = {ItemKind.ARTICLE: _("Articles"), ItemKind.POST: _("Posts")}
    found = [(name, facets.kinds.get(kind, 0), narrowing.kind_term(kind)) for kind, name in names.items()]
    return sorted(found, key=lambda each: -each[1])


def _months(facets: Facets, force: frozenset[tuple[str, str]]) -> Counted:
    """The newest first."""
    chosen = narrowing.month_of(force)
    months = {**({chosen: 0} if chosen else {}), **facets.months}
    return [(month_name(*each), months[each], narrowing.month_term(*each)) for each in sorted(months, reverse=True)]


def month_name(year: int, month: int) -> str:
    """March 2026, Mars 2026."""
    name = QLocale(i18n.language()).toString(QDate(year, month, 1), "MMMM yyyy")
    return name[:1].upper() + name[1:]
