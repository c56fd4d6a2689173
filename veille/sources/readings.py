"""Two readings of one page made into one: the strict one says where an article begins and ends, the usual one what it
says in between.

A strict reading leaves out what surrounds an article, but at times also headings and paragraphs with many links in
the midst of it. These come back where both readings begin and end alike; nothing that the strict one has is lost.
"""

from typing import Any

_TELLING = 20  # letters by which a passage is known again
_AHEAD = 50  # passages among which the next one is looked for
_WORK = 100_000_000  # letters that are looked through at most; no article comes near


def joined(strict: str, usual: str) -> str:
    """HTML of the article, from two readings of its page as HTML documents; ``strict`` where they do not fit."""
    if not strict or not usual:
        return strict or usual
    from lxml.html import tostring

    kept, given = _passages(strict), _passages(usual)
    met = _met(kept, given)
    if not met:
        return strict
    first, last, fits = met[0], met[-1], set(met)
    begins = given[first][1].startswith(kept[0][1][:_TELLING])
    ends = given[last][1].endswith(kept[-1][1][-_TELLING:]) or _same_paragraph(kept[-1][1], given[last][1])
    if not (begins and ends):
        return strict
    there = {text for _element, text in kept}
    chosen = [
        (element, text)
        for at, (element, text) in enumerate(given[first : last + 1], first)
        if at in fits or text in there or not _leads_away(element, text)
    ]
    if _lost([text for _element, text in kept], [text for _element, text in chosen]):
        return strict
    return "".join(tostring(element, encoding="unicode") for element, _text in chosen)


def _passages(html: str) -> list[tuple[Any, str]]:
    """What stands side by side in the body, each with its text without blanks; those without text left out."""
    from lxml.html import document_fromstring

    body = document_fromstring(html).find("body")
    found = [(each, _squeezed(each) + "".join((each.tail or "").split())) for each in (() if body is None else body)]
    return [(element, text) for element, text in found if text]


def _met(kept: list[tuple[Any, str]], given: list[tuple[Any, str]]) -> list[int]:
    """Which of ``given`` hold ``kept``, in the order of both; none when that does not go up to the end."""
    met, at = list[int](), 0
    for place, (_element, text) in enumerate(given):
        ahead = next((to for to in range(at, min(at + _AHEAD, len(kept))) if _alike(kept[to][1], text)), None)
        if ahead is None or (not met and ahead):
            continue
        at = ahead + 1
        while at < len(kept) and len(kept[at][1]) >= _TELLING and kept[at][1] in text:  # the next piece of it
            at += 1
        met.append(place)
    return met if at == len(kept) else []


def _lost(kept: list[str], chosen: list[str]) -> bool:
    """Whether something of ``kept`` is not in ``chosen``."""
    whole, said = set(chosen), "".join(chosen)
    if len(said) < sum(map(len, kept)):
        return True
    doubtful = [text for text in kept if text not in whole]
    if len(doubtful) * len(said) > _WORK:
        return True
    return any(text not in said and not any(_same_paragraph(text, each) for each in chosen) for text in doubtful)


def _alike(one: str, other: str) -> bool:
    """Whether one passage is the other, or a piece of it: a reading may part paragraphs at their links, or leave the
    words of a link out."""
    if one == other or (len(one) >= _TELLING and one in other) or (len(other) >= _TELLING and other in one):
        return True
    return _same_paragraph(one, other)


def _same_paragraph(one: str, other: str) -> bool:
    """Whether both begin alike and are about as long."""
    short, long = sorted((len(one), len(other)))
    return one[:_TELLING] == other[:_TELLING] and 2 * _TELLING < long < 1.5 * short


def _leads_away(element: Any, text: str) -> bool:
    """Whether a passage is all links, and no heading: what else there is to read."""
    linked = sum(len(_squeezed(each)) for each in element.iter("a"))
    return linked >= 0.8 * len(text) and element.tag not in ("h1", "h2", "h3", "h4", "h5", "h6")


def _squeezed(element: Any) -> str:
    return "".join("".join(element.itertext()).split())
