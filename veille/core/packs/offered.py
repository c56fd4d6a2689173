"""What is offered of packs that are received, as values and in words."""

from dataclasses import dataclass
from enum import StrEnum

from veille.core.packs.comparing import Change
from veille.core.packs.pack import Pack
from veille.core.packs.signing import Signature
from veille.i18n import N_, _, ngettext, number
from veille.model import Changes
from veille.store.packs import PackRow


class Author(StrEnum):
    """Whether an edition is by whom it is expected."""

    UNSIGNED = "unsigned"  # as all before
    FIRST = "first"  # signed, and nobody is expected yet
    EXPECTED = "expected"
    ANOTHER = "another"  # signed by somebody else
    NO_LONGER = "no-longer"  # those before were signed, this one is not
    BROKEN = "broken"  # changed after it was signed


@dataclass(frozen=True, slots=True)
class Offer:
    """An edition that is not taken over yet. ``changes`` leave out what was declined before. ``text`` says in a
    sentence what it is, ``author_text`` by whom, ``suspicious`` that it is not by whom it should be. ``older`` than
    the one in force: it is shown, and taken over only when the person insists. ``fingerprint`` is of the key that
    signed it.
    """

    pack: Pack
    place: str
    changes: tuple[Change, ...]
    author: Author = Author.UNSIGNED
    fingerprint: str = ""
    text: str = ""
    author_text: str = ""
    suspicious: bool = False
    older: bool = False
    source_text: str = ""  # the file, whole


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at all places gave. ``problems`` are sentences about places that cannot be read, by key of the
    pack or by place; one that is not whole yet is left for the next look, and is no problem before :data:`PATIENCE`
    is over. ``accepted`` are the changes of editions that were taken over without a question; ``waiting`` are the
    problems that may still pass by themselves."""

    offers: tuple[Offer, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    accepted: tuple[Changes, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


SUSPICIOUS = (Author.ANOTHER, Author.NO_LONGER, Author.BROKEN)
_AUTHORS = {
    Author.UNSIGNED: N_("It is not signed: nobody can tell who wrote it."),
    Author.FIRST: N_(
        "It is signed with a key that is new to you: {fingerprint}. Ask the curator whether that is theirs."
    ),
    Author.EXPECTED: N_("It is signed by the curator whom you know."),
    Author.ANOTHER: N_("It is signed with another key than before: {fingerprint}. Somebody else may have written it."),
    Author.NO_LONGER: N_("Earlier editions were signed and this one is not: somebody else may have written it."),
    Author.BROKEN: N_("It was changed after it was signed."),
}


def author_of(row: PackRow, found: Signature) -> Author:
    """Who wrote an edition, for somebody who expects the signer of ``row``."""
    if found.key and not found.valid:
        return Author.BROKEN
    if not found.key:
        return Author.NO_LONGER if row.signer else Author.UNSIGNED
    if not row.signer:
        return Author.FIRST
    return Author.EXPECTED if found.key == row.signer else Author.ANOTHER


def author_said(author: Author, fingerprint: str) -> str:
    """By whom it is, in a sentence; ``fingerprint`` is of the key that signed it."""
    return _(_AUTHORS[author]).format(fingerprint=fingerprint)


def is_offered(row: PackRow, offer: Offer) -> bool:
    """Whether there is something to take over; a first signature of what is received already is, too, once."""
    first = offer.author is Author.FIRST and bool(row.base) and not offer.older
    return bool(offer.changes) or (first and signer_mark(offer) not in row.declined)


def signer_mark(offer: Offer) -> str:
    """Names, among what is declined, whoever signed ``offer``."""
    return f"signer:{offer.fingerprint}"


def offered(row: PackRow, pack: Pack, count: int) -> str:
    """What is offered to somebody who has ``row``: an edition that changes so much."""
    if not row.base:
        text = ngettext(
            "The pack “{title}” has {n} source (edition {version}).",
            "The pack “{title}” has {n} sources (edition {version}).",
            len(pack.sources),
        )
        return text.format(title=pack.title, n=number(len(pack.sources)), version=pack.version)
    if pack.version < row.edition:
        text = _("Edition {version} of the pack “{title}” is older than the one that you have ({known}).")
        return text.format(version=pack.version, title=pack.title, known=row.edition)
    text = ngettext(
        "Edition {version} of the pack “{title}” brings {n} change.",
        "Edition {version} of the pack “{title}” brings {n} changes.",
        count,
    )
    return text.format(version=pack.version, title=pack.title, n=number(count))


def taken_over(pack: Pack, count: int, of: int) -> str:
    """What was taken over of an edition: so many changes of all."""
    if count == of:
        text = _("Edition {version} of the pack “{title}” was taken over.")
        return text.format(version=pack.version, title=pack.title)
    text = ngettext(
        "Of edition {version} of the pack “{title}”, {n} change of {all} was taken over.",
        "Of edition {version} of the pack “{title}”, {n} changes of {all} were taken over.",
        count,
    )
    return text.format(version=pack.version, title=pack.title, n=number(count), all=number(of))
