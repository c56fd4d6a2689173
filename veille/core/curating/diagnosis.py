"""What is wrong with one source, from what is known of it. Pure: it asks nobody, and reads no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from veille.core.curating.findings import WORST, Cure, Finding, Ill
from veille.core.curating.habit import habit, hour_of, moment_of
from veille.errors import (
    OURS,
    BadCertificate,
    BadStatus,
    Busy,
    Gone,
    NoAccount,
    NotAFeed,
    NothingSelected,
    PersonalRedirect,
    PrivateAddress,
    SourceError,
    Suspended,
    TimedOut,
    Unreachable,
    unpack,
)
from veille.i18n import _, day, ngettext, number
from veille.model import Membership, Source, SourceKind, SourceState

if TYPE_CHECKING:
    from veille.core.curating.gaps import Pattern

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_NETWORK = (Unreachable, TimedOut, BadCertificate)  # a bad network of one's own looks the same
_MANY = 5  # other hosts that do not all fail at once, whatever they say: that is a portal, or a proxy
_ALONE = 3 * _DAY  # for which nobody else need have answered
_REPEATED = 3  # failures in a row
_NOBODY = 14 * _DAY  # a host that cannot be reached for so long is gone
_OTHER = 7 * _DAY  # an address that gives no feed for so long gives none any more
_REFUSED = (401, 402, 403)  # statuses of pages that are sold (and of servers that want no programs)
FEEDS = (SourceKind.FEED, SourceKind.PAGE)


@dataclass(frozen=True, slots=True)
class Twin:
    """The source ``other``, called ``title``, that gives the same: ``share``, from 0 to 1, of the newest items; 0 where
    it is the same address at another spelling, or the one to which this one ``moved``. ``packed`` says that a pack
    brought it."""

    other: int
    title: str
    share: float = 0.0
    moved: bool = False
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one source.

    ``members`` are its places in sectors in use. ``reached`` is when any of so many other ``hosts`` gave its last good
    answer (None: there is no other), ``over`` when the last time ended in which nobody did. ``move`` is an address at
    which the person has to say whether it is believed, ``free`` whether no source has it. ``hours`` are when it gave
    items (whole hours since 1970), ``pattern`` what they show, None when there is nothing to look at; ``asked`` is when
    it was asked last, as far as clocks can be believed, and ``arrived`` when its newest item came. ``paid`` says in
    which way it asks for money. Nothing is said of what is ``left``.
    """

    source: Source
    state: SourceState
    members: tuple[Membership, ...] = ()
    reached: datetime | None = None
    hosts: int = 0
    over: datetime | None = None
    move: str = ""
    free: bool = True
    hours: Sequence[int] = ()
    pattern: "Pattern | None" = None
    asked: datetime | None = None
    arrived: datetime | None = None
    paid: str = ""
    twin: Twin | None = None
    left: frozenset[Ill] = field(default_factory=frozenset)


def diagnose(facts: Facts, today: date) -> tuple[Finding, ...]:
    """What is wrong with it, the worst first, but for what is ``left``; ``today`` is the person's day."""
    found = [each for each in _all(facts, today) if each.ill not in facts.left]
    fitting = [replace(each, cures=_fitting(each.cures, facts)) for each in found]
    return tuple(sorted(fitting, key=lambda each: WORST[each.ill]))


def _all(facts: Facts, today: date) -> Iterator[Finding]:
    if facts.state.error:
        yield from _failing(facts, unpack(facts.state.error))
    else:
        yield from _quiet(facts)
    if facts.move and not (facts.twin and facts.twin.moved):  # one question, not two
        yield _moved(facts)
    if facts.paid and not facts.state.error:
        yield _paid(facts)
    if facts.twin:
        yield _duplicate(facts, facts.twin)
    if facts.source.was:
        yield _renamed(facts)
    over = [(each.trial, each.pack) for each in facts.members if each.trial and each.trial < today]
    own = [end for end, pack in over if not pack]
    if over:
        yield _tried(facts, min(own or [end for end, _pack in over]), own=bool(own))


def _fitting(cures: tuple[Cure, ...], facts: Facts) -> tuple[Cure, ...]:
    """Those of ``cures`` that can be done with this source; what comes from a pack is its curator's to remove."""
    barred = {
        Cure.PAUSE: not facts.members,  # a pause is noted where it stands in a sector
        Cure.REMOVE: _packed(facts),
        Cure.REMOVE_OTHER: facts.twin is not None and facts.twin.packed,
        Cure.FOLLOW: not facts.free,
        Cure.FIND: facts.source.kind not in FEEDS,
    }
    return tuple(each for each in cures if not barred.get(each))


def _packed(facts: Facts) -> bool:
    return any(each.pack for each in facts.members)


# It fails ----------------------------------------------------------------------------------------


def _failing(facts: Facts, error: SourceError) -> Iterator[Finding]:
    state, since = facts.state, facts.state.failing
    if since is None or state.checked is None or isinstance(error, OURS):
        return
    if facts.over:
        since = max(since, facts.over)
    lasted = state.checked - since
    if not _somebody_answered(facts, error, since, lasted):
        return
    if _dead(error, lasted, state.failures):
        yield _dead_finding(facts, error, since)
    elif isinstance(error, BadCertificate):
        if lasted >= 6 * _HOUR and state.failures > 1:
            yield _certificate(facts, error, since)
    elif _refused(error) and state.changed and lasted >= _DAY:
        yield _paid(facts, since, str(error))
    elif lasted >= (3 if isinstance(error, Busy) else 1) * _DAY and state.failures >= _REPEATED:
        yield _failing_finding(facts, error, since)


def _somebody_answered(facts: Facts, error: SourceError, since: datetime, lasted: timedelta) -> bool:
    """Whether it is this source that fails, and not everybody."""
    if not isinstance(error, _NETWORK) and facts.hosts < _MANY:
        return True
    if facts.reached is None:
        return lasted >= _ALONE
    return facts.reached > since + lasted / 2


def _dead(error: SourceError, lasted: timedelta, failures: int) -> bool:
    """Whether there is nothing to wait for. A 404 may be a mistake of a day; 410 is said on purpose (RFC 9110)."""
    if isinstance(error, Gone) and error.facts.get("status") == 410:
        return failures > 1  # it is asked again after a week
    if isinstance(error, Gone | NoAccount | Suspended):
        return lasted >= 2 * _DAY and failures >= _REPEATED
    if isinstance(error, NotAFeed):
        return lasted >= _OTHER and failures >= _REPEATED
    return isinstance(error, Unreachable) and lasted >= _NOBODY and failures >= _REPEATED


def _refused(error: SourceError) -> bool:
    return isinstance(error, BadStatus) and error.facts.get("status") in _REFUSED


def _dead_finding(facts: Facts, error: SourceError, since: datetime) -> Finding:
    text = _("It has been gone since {day}. {reason}").format(day=_day(since), reason=error)
    advice = _("Look for its new address at its site, or remove it: what you saved of it stays.")
    return _finding(facts, Ill.DEAD, text, advice, Cure.FIND, Cure.REMOVE, Cure.RETRY, Cure.PAUSE, since=since)


def _certificate(facts: Facts, error: SourceError, since: datetime) -> Finding:
    text = _("Its certificate has not been in order since {day}. {reason}").format(day=_day(since), reason=error)
    advice = _("Mostly its owner renews it within days. Veille never reads past a bad certificate: try again later.")
    return _finding(facts, Ill.CERTIFICATE, text, advice, Cure.RETRY, Cure.PAUSE, Cure.FIND, since=since)


def _failing_finding(facts: Facts, error: SourceError, since: datetime) -> Finding:
    text = _("It has been failing since {day}. {reason}").format(day=_day(since), reason=error)
    if isinstance(error, PrivateAddress | PersonalRedirect):
        advice = _("Allow it where you trust that address, or remove the source.")
        return _finding(facts, Ill.FAILING, text, advice, Cure.RETRY, Cure.PAUSE, Cure.REMOVE, since=since)
    if isinstance(error, NothingSelected):
        advice = _("Its page may look otherwise by now: choose anew what is watched there.")
        return _finding(facts, Ill.FAILING, text, advice, Cure.FIND, Cure.RETRY, Cure.PAUSE, Cure.REMOVE, since=since)
    advice = _("Try again, look for another feed at its site, or pause it until it is mended.")
    return _finding(facts, Ill.FAILING, text, advice, Cure.RETRY, Cure.FIND, Cure.PAUSE, Cure.REMOVE, since=since)


# It answers, and gives nothing -------------------------------------------------------------------


def _quiet(facts: Facts) -> Iterator[Finding]:
    """Silent or frozen, as of when it was asked last: while nobody asked it, it could not give anything."""
    checked, pattern = facts.asked or facts.state.checked, facts.pattern
    if checked is None or pattern is None:
        return
    until = hour_of(checked)
    arrived = max(pattern.last, hour_of(facts.arrived)) if facts.arrived else pattern.last
    if not (pattern.silent(until) and pattern.silent(until, arrived)):
        return
    last = moment_of(pattern.last)
    usual = habit([moment_of(each) for each in facts.hours], checked).text
    said = _("{habit}, nothing for {time}.").format(habit=usual[:1].upper() + usual[1:], time=_time(checked - last))
    changed = facts.state.changed
    if facts.source.kind in FEEDS and changed and pattern.silent(until, hour_of(changed)):
        text = _("{silence} It answers, but its document has not changed since {day}.")
        advice = _("Its feed may be forgotten while its site goes on: look there for another feed.")
        text = text.format(silence=said, day=_day(changed))
        yield _finding(
            facts, Ill.FROZEN, text, advice, Cure.FIND, Cure.RETRY, Cure.PAUSE, Cure.REMOVE, since=changed
        )  # fmt: skip
    else:
        advice = _("Perhaps it rests, or publishes elsewhere by now: look at its site, or leave it for a while.")
        yield _finding(facts, Ill.SILENT, said, advice, Cure.FIND, Cure.PAUSE, Cure.REMOVE, since=last)


# The rest ----------------------------------------------------------------------------------------


def _moved(facts: Facts) -> Finding:
    from veille.content.addresses import host

    text = _("It moved to an address at {host} that looks made for you alone: it would know you by it.")
    advice = _("Stay with the old address while it answers.")
    return Finding(
        facts.source.id, Ill.MOVED, text.format(host=host(facts.move)), advice, (Cure.STAY, Cure.FOLLOW)
    )  # fmt: skip


def _paid(facts: Facts, since: datetime | None = None, reason: str = "") -> Finding:
    if reason:
        text = _("Since {day} it does not let everybody read it: it may have to be paid for. {reason}")
        text = text.format(day=_day(since or facts.source.added), reason=reason)
    elif facts.paid == "phrases":
        text = _("Most of its newest items end by asking for a subscription; those before did not.")
    else:
        text = _("It gives beginnings of articles by now, where it gave whole ones before.")
    if reason:  # 403 is also what servers say that want no programs, for a while or for good
        advice = _("Try again, look for another feed at its site, or remove it.")
        return _finding(facts, Ill.PAID, text, advice, Cure.RETRY, Cure.FIND, Cure.PAUSE, Cure.REMOVE, since=since)
    advice = _("It may have to be paid for by now. Keep it for its headlines, or remove it.")
    return _finding(facts, Ill.PAID, text, advice, Cure.PAUSE, Cure.REMOVE, since=since)


def _duplicate(facts: Facts, twin: Twin) -> Finding:
    if twin.moved:
        text = _("It moved to the address of “{other}”, which you watch already.").format(other=twin.title)
    elif twin.share:
        text = _("“{other}” gives the same: {percent} % of the newest items of this one are there, too.")
        text = text.format(other=twin.title, percent=round(twin.share * 100))
    else:
        text = _("“{other}” is the same feed at another spelling of its address.").format(other=twin.title)
    cures = (Cure.REMOVE, Cure.LEAVE) if twin.moved else (Cure.REMOVE, Cure.REMOVE_OTHER, Cure.LEAVE)
    if _packed(facts):  # its curator's to remove
        advice = _("Pause this one, or remove the other, so that you do not read the same twice.")
        cures = (Cure.PAUSE, Cure.REMOVE_OTHER, Cure.LEAVE)
        if twin.packed or twin.moved:
            cures = (Cure.PAUSE, Cure.LEAVE)
            advice = _("Pause this one, so that you do not read the same twice.")
    elif twin.moved:  # the other has the address that will last
        advice = _("Remove this one, so that you do not read the same twice.")
    elif twin.share:
        advice = _("Remove one of the two, so that you do not read the same twice; this one gives less.")
    else:
        advice = _("Remove one of the two, so that you do not read the same twice.")
    return Finding(facts.source.id, Ill.DUPLICATE, text, advice, cures, other=twin.other)


def _renamed(facts: Facts) -> Finding:
    text = _("It calls itself “{new}” by now; it was “{old}”.")
    advice = _("Its subject or its owner may have changed, too: see whether it still gives what you watch it for.")
    text = text.format(new=facts.source.title, old=facts.source.was)
    return Finding(facts.source.id, Ill.RENAMED, text, advice, (Cure.NEW_NAME, Cure.OLD_NAME))


def _tried(facts: Facts, end: date, *, own: bool) -> Finding:
    text = _("Its trial ended on {day}.").format(day=day(end))
    if not own:
        advice = _("The curator of its pack says what becomes of it; you can pause it until then.")
        return _finding(facts, Ill.TRIAL, text, advice, Cure.PAUSE)
    if _packed(facts):
        advice = _("Keep it for good; a pack has it, too.")
        return _finding(facts, Ill.TRIAL, text, advice, Cure.KEEP, Cure.PAUSE)
    advice = _("Keep it for good, or remove it: what you saved of it stays.")
    return _finding(facts, Ill.TRIAL, text, advice, Cure.KEEP, Cure.REMOVE)


def _finding(
    facts: Facts, ill: Ill, text: str, advice: str, *cures: Cure, since: datetime | None = None
) -> Finding:  # fmt: skip
    return Finding(facts.source.id, ill, text, advice, (*cures, Cure.LEAVE), since)


def _day(moment: datetime) -> str:
    return day(moment.astimezone().date())


def _time(lasted: timedelta) -> str:
    """A silence in words: "3 days", "20 hours"."""
    days, hours = lasted.days, round(lasted / _HOUR)
    if days < 2:
        return ngettext("{n} hour", "{n} hours", hours).format(n=number(hours))
    if days < 21:
        return ngettext("{n} day", "{n} days", days).format(n=number(days))
    return ngettext("{n} week", "{n} weeks", days // 7).format(n=number(days // 7))
