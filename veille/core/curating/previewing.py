"""What a feed gives, as far as its document tells: how often, in which language, whether whole articles are inside."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from veille.content import language
from veille.content.text import fold, plain
from veille.i18n import _, day, ngettext, number, quoted
from veille.i18n import language as spoken
from veille.model import Item, ItemKind
from veille.sources.bodies import MOST_ITEMS

SHOWN = 10  # items
LATE = timedelta(days=60)  # as far back as the pace is reckoned, where enough came since
_FEW = 5  # items that are enough for it
_LONG, _SHORT = 1500, 400  # letters: as a rule an article has more than the first, a summary less than the second
_TELLING = 3  # short ones: two may be two short notes
_LOOKED = 30  # items whose text is looked at
_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\[&hellip;\])\W*\Z|(?:read (?:more|the (?:rest|full|whole))|continue reading|keep "
    r"reading|full (?:story|article)|lire la suite|lire (?:plus|l'article|l'integralite)|en savoir plus|suite sur|"
    r"weiterlesen|mehr lesen|leer mas|seguir leyendo|leggi tutto|lees verder|leia mais)[^.!?]{0,120}\Z"
)
_APPEARED = re.compile(r"(?:the post|cet article|l'article|der beitrag|el post) .{1,300}\Z")  # which WordPress adds


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many items are in the profile already, and the labels of the sources that have them, the most first."""

    known: int = 0
    alike: tuple[str, ...] = ()


def weekly(items: Sequence[Item], now: datetime) -> float | None:
    """Items a week, counting the silence up to ``now``; None where fewer than three have dates, or all have one.

    Of what came in the last 60 days, where that is enough; else of all that the document holds.
    """
    dates = sorted(when for each in items if (when := each.published or each.updated) and when <= now + _DAY)
    if len(dates) < 3 or dates[-1] - dates[0] < timedelta(minutes=10):
        return None
    recent = [when for when in dates if when >= now - LATE]
    counted = recent if len(recent) >= _FEW else dates
    return len(counted) / (max(now - counted[0], _DAY) / timedelta(weeks=1))


_DAY = timedelta(days=1)


def tongue(declared: str, items: Sequence[Item]) -> str:
    """The two letters of the language: by what the items say, or else what the document declares."""
    words = " ".join(f"{each.title} {each.summary}" for each in items[:_LOOKED])
    return language.guess(words) or declared or next((each.lang for each in items if each.lang), "")


def full_text(items: Sequence[Item]) -> bool | None:
    """Whether whole articles are inside, by how long texts are and how they end; None where that cannot be told, and
    for posts, which are whole."""
    from veille.content.html import to_text

    articles = [each for each in items if each.kind is ItemKind.ARTICLE][:_LOOKED]
    if not articles:
        return None
    texts = [to_text(each.content) if each.content else each.summary for each in articles]
    long = median(map(len, texts))
    cut = sum(map(_is_cut, texts))
    if long < _SHORT or (cut > len(texts) / 2 and long < 2 * _LONG):
        return False if len(texts) >= _TELLING else None
    return True if long >= _LONG and cut <= len(texts) / 2 else None


def _is_cut(text: str) -> bool:
    end = _APPEARED.sub("", fold(plain(text[-500:]))).rstrip()
    return bool(_CUT.search(end))


def overlap(
    items: Sequence[Item], holders: Mapping[str, frozenset[int]], labels: Mapping[int, str], own: int
) -> Overlap:
    """What ``holders``, addresses to sources, say of ``items``; ``own`` is the source that is watched there already."""
    by_source = Counter(source for each in items for source in holders.get(each.url, ()) if source != own)
    known = sum(1 for each in items if each.url in holders)
    return Overlap(known, tuple(labels[source] for source, _count in by_source.most_common(5) if source in labels))


def sentences(
    items: Sequence[Item], entries: int, pace: float | None, lang: str, whole: bool | None, asked: int, met: Overlap,
    watched: str
) -> tuple[str, ...]:  # fmt: skip
    """All of it in words; ``asked`` is of how many items the profile was asked, ``watched`` the label of the source."""
    told = (
        watched and _("You watch it already, as “{title}”.").format(title=watched),
        _holds(items, entries), "" if pace is None else rhythm(pace), _spoken(lang), _inside(whole, items),
        _met(met, asked, bool(watched)),
    )  # fmt: skip
    return tuple(filter(None, told))


def _holds(items: Sequence[Item], entries: int) -> str:
    dates = [when for each in items if (when := each.published or each.updated)]
    if not entries:
        return _("It holds nothing at the moment.")
    if entries >= MOST_ITEMS:
        text = _("It holds {n} items or more; the newest is of {day}.") if dates else _("It holds {n} items or more.")
    elif not dates:
        text = ngettext("It holds {n} item.", "It holds {n} items.", entries)
    else:
        text = ngettext(
            "It holds {n} item; the newest is of {day}.", "It holds {n} items; the newest is of {day}.", entries
        )
    newest = day(max(dates).astimezone().date()) if dates else ""
    return text.format(n=number(entries), day=newest)


def rhythm(pace: float) -> str:
    """How often it publishes, from ``pace`` items a week."""
    if pace >= 14:
        count = round(pace / 7)
        return ngettext("It publishes about {n} item a day.", "It publishes about {n} items a day.", count).format(
            n=number(count)
        )
    if pace >= 0.75:
        count = round(pace)
        return ngettext("It publishes about {n} item a week.", "It publishes about {n} items a week.", count).format(
            n=number(count)
        )
    if pace >= 0.17:
        count = max(1, round(pace * 30 / 7))
        return ngettext("It publishes about {n} item a month.", "It publishes about {n} items a month.", count).format(
            n=number(count)
        )
    return _("It publishes less than once a month.")


def _spoken(lang: str) -> str:
    if not lang:
        return ""
    from veille.search.query.operators import OPERATORS, Takes

    values = next(each.values for each in OPERATORS if each.takes is Takes.LANGUAGE)
    names = next(((each.names, each.french) for each in values if each.key == lang), None)
    name = (names[1] if spoken() == "fr" else names[0])[-1] if names else lang
    return _("Its language is {language}.").format(language=name)


def _inside(whole: bool | None, items: Sequence[Item]) -> str:
    if whole is None:
        return ""
    if whole:
        return _("Whole articles are inside.")
    if not any(each.content or each.summary for each in items):
        return _("Only titles are inside.")
    return _("Only the beginnings of articles are inside.")


def _met(met: Overlap, asked: int, watched: bool) -> str:
    if not met.known:
        return "" if watched or not asked else _("None of its newest items is in your lists yet.")
    if not met.alike:
        return ""
    text = ngettext(
        "{n} of its {all} newest items is in your lists already, from {sources}.",
        "{n} of its {all} newest items are in your lists already, from {sources}.",
        met.known,
    )
    return text.format(n=number(met.known), all=number(asked), sources=", ".join(map(quoted, met.alike[:3])))
