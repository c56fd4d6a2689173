"""RIS, as Zotero and catalogues of libraries write it.

https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html; in the wild indented, with one blank, without ER.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from veille.errors import BadFile
from veille.formats.encodings import texts
from veille.formats.entry import Collection, Row
from veille.formats.files import Stream
from veille.formats.items import refused, row
from veille.formats.tables import lines
from veille.formats.times import moment
from veille.formats.works import Work, said
from veille.i18n import N_, _

_LINE = re.compile(r"\s{0,20}([A-Z][A-Z0-9])(\s{0,4})-(?:[ \t](.*)|\s*\Z)", re.DOTALL)
_KNOWN = frozenset(
    """TY AU A1 A2 A3 A4 AB AD AN AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DO DP ED EP ER ET ID IS J1 J2 JA JF
    JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NV OP PB PP PY RD RI RN RP SE SN SP SR ST SV T1 T2 T3 TA TI TT U1 U2 U3
    U4 U5 UR VL VO Y1 Y2""".split()  # noqa: SIM905
)
_LONGEST = 1_000_000  # characters of a reference that are kept

_Fields = dict[str, list[str]]


def read(stream: Stream, seen: datetime) -> Iterator[Row]:
    """A row for each reference; keywords are tags. Raises BadFile where there is none."""
    number, any_end = 0, False
    for number, (fields, ended, long) in enumerate(_references(lines(texts(stream))), 1):
        any_end = any_end or bool(ended)
        given = said(_work(fields))
        # The last one of all has no end: cut off, where others had one, or where there is nothing to compare it with.
        if ended is None and (any_end or number == 1):
            yield refused(number, _("The file ends in the middle of it."), given.title, given.url)
        elif long:
            yield refused(number, _("It is far too long."), given.title, given.url)
        elif given.url or given.name:
            yield row(number, Collection.ZOTERO, given, seen)
        else:
            yield refused(number, _("It has neither a title nor an address."))
    if not number:
        raise BadFile(name=stream.name, detail=N_("it holds no references (RIS)"))


def is_line(text: str) -> bool:
    """Whether ``text`` is how a reference begins."""
    found = _LINE.match(text)
    return bool(found and found[1] == "TY")


def _references(given: Iterable[str]) -> Iterator[tuple[_Fields, bool | None, bool]]:
    """The fields of each reference, whether it ends as it should (None: with the file), and whether it is too long."""
    fields: dict[str, list[list[str]]] = {}  # of each field its values, of each value its lines
    last, size = list[str](), 0
    for text in given:
        found = _LINE.match(text)
        if found and len(found[2]) != 2 and found[1] not in _KNOWN:
            found = None
        name = found[1] if found else ""
        if name in ("TY", "ER"):
            if fields:
                yield _joined(fields), name == "ER", size > _LONGEST
            fields = {"TY": []} if name == "TY" else {}
            last, size = [], 0
        elif size > _LONGEST:
            continue
        elif found:
            size += len(text)
            last = [(found[3] or "").strip()]
            fields.setdefault(name, []).append(last)
        elif last:  # a field goes on
            size += len(text)
            last.append(text.strip())
    if fields:
        yield _joined(fields), None, size > _LONGEST


def _joined(fields: dict[str, list[list[str]]]) -> _Fields:
    return {name: ["\n".join(lines).strip() for lines in values] for name, values in fields.items()}


def _work(fields: _Fields) -> Work:
    def first(*names: str) -> str:
        return next((value for name in names for value in fields.get(name, ()) if value.strip()), "")

    def every(*names: str) -> list[str]:
        return [value for name in names for value in fields.get(name, ())]

    volume, issue = first("VL", "VO"), first("IS")
    pages = "–".join(filter(None, (first("SP"), first("EP"))))
    return Work(
        title=first("TI", "T1", "CT", "BT", "ST"), authors=every("AU", "A1") or every("A2", "ED", "A3"),
        abstract=first("AB", "N2"), notes=every("N1", "RN"),
        keywords=[each for value in every("KW") for each in re.split(r"[;\n]", value)],
        doi=first("DO", "DI", "M3"), urls=every("UR", "LK", "L2", "L1"),
        published=moment(first("DA")) or moment(first("PY", "Y1")), accessed=moment(first("Y2")), lang=first("LA"),
        within=first("T2", "JF", "JO", "JA", "J2"),
        part=", ".join(filter(None, (volume + (f" ({issue})" if issue else ""), pages))),
        publisher=first("PB"))  # fmt: skip
