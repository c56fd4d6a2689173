"""What can go wrong, in the person's words: one tree.

``str(error)`` is a sentence in the language in force. A failure of a source is kept in the store as
the short text that :meth:`SourceError.pack` gives, so that it is still shown in the person's language
after they change it.
"""

import errno
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import ClassVar

from veille.i18n import N_, _
from veille.i18n import day as said_day


class VeilleError(Exception):
    """The root: something a person can understand. Bugs are ordinary exceptions."""

    text: ClassVar[str] = N_("Something went wrong: {detail}")

    def __init__(self, **facts: str | int) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return _(self.text).format_map(_Known(self.facts))

    def __reduce__(self) -> tuple[Callable[..., "VeilleError"], tuple[type["VeilleError"], dict[str, str | int]]]:
        return _again, (type(self), self.facts)  # an error crosses from a worker process


def _again(kind: type[VeilleError], facts: dict[str, str | int]) -> VeilleError:
    return kind(**facts)


class _Known(dict[str, str | int]):
    """Facts of an error; one that is missing leaves a gap rather than a second error.

    A ``detail`` that was marked by ``N_``, and a ``day`` (ISO 8601), are said in the language in force.
    """

    def __getitem__(self, key: str) -> str | int:
        value = super().__getitem__(key)
        if key == "day":
            with suppress(ValueError):
                return said_day(date.fromisoformat(str(value)))
        return _(value) if key == "detail" and isinstance(value, str) else value

    def __missing__(self, key: str) -> str:
        return "?"


_OS_DETAILS = {
    errno.ENOENT: N_("it does not exist"),
    errno.EACCES: N_("permission was refused"),
    errno.EPERM: N_("permission was refused"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EROFS: N_("the disk can only be read"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("part of its path is not a folder"),
    errno.ENAMETOOLONG: N_("its name is too long"),
    errno.EIO: N_("the disk failed to read or write"),
}


def os_detail(error: OSError) -> str:
    """Why a file cannot be used, as the ``detail`` of a :class:`VeilleError`, which says it in the language in force;
    the system's own words for what is rare."""
    return _OS_DETAILS.get(error.errno or 0) or error.strerror or str(error)


# The profile -------------------------------------------------------------------------------------


class ProfileBusy(VeilleError):
    """Another Veille writes to this profile."""

    text = N_("Another Veille window has this profile open ({path}). Close it first, or choose another profile.")


class ProfileNewer(VeilleError):
    """The database was written by a later Veille; it is left untouched."""

    text = N_(
        "This profile was written by a newer Veille (format {found}; this one knows {known}). "
        "It was left untouched: update Veille to open it."
    )


class ProfileDamaged(VeilleError):
    """The database cannot be read."""

    text = N_("The profile {path} cannot be read: {detail}. It was left untouched.")


class TracesDamaged(ProfileDamaged):
    """The traces cannot be read or written: the rest of the profile can, but nobody is asked anything."""

    text = N_(
        "The traces in {path} cannot be read: {detail}. The file was left untouched. "
        "Nothing is asked of anybody until you move it elsewhere and open the profile again."
    )


class IndexBroken(VeilleError):
    """The search index is damaged; it is derived, and what it lost is made anew after its next opening."""

    text = N_("The search index is damaged; it is being built again.")


class IndexUnwritable(VeilleError):
    """The disk does not take the search index: it is full, or can only be read. What is there can still be searched."""

    text = N_("The search index cannot be written: {detail}.")


class ProfileUnwritable(VeilleError):
    """The folder cannot be written to, or the disk is full."""

    text = N_("Veille cannot write to {path}: {detail}.")


# What a person gave ------------------------------------------------------------------------------


class BadFile(VeilleError):
    """A file given by the person cannot be used at all."""

    text = N_("{name} cannot be read: {detail}.")


class IsPack(BadFile):
    """A sector pack where what a person saved elsewhere was expected."""

    text = N_("{name} is a sector pack: “Packs…” at the desk, or “veille review FILE”, shows what it brings.")


class PackNewer(BadFile):
    """A sector pack in a format of a later Veille."""

    text = N_("{name} needs a newer Veille (format {found}; this one knows {known}).")


class PackUnfinished(BadFile):
    """A sector pack without its end: somebody still writes it, or a synchronisation was cut."""

    text = N_("{name} is not whole: it is still being written, or was cut. It is looked at again.")


class SuspiciousPack(VeilleError):
    """An edition that is not by whom it should be."""

    text = N_("The pack “{title}” was not taken over: {detail}")


class OlderPack(VeilleError):
    """An edition before the one in force."""

    text = N_("The pack “{title}” in edition {found} is older than the one that you have ({known}).")


class UnsignedPack(VeilleError):
    """Nobody can tell who wrote it."""

    text = N_(
        "The pack “{title}” is not signed: nobody can tell who wrote it, so you are asked before it changes anything."
    )


class PackConflicts(VeilleError):
    """Two curators changed the same, and nobody has said yet whose is taken."""

    text = N_("Another curator changed the pack “{title}” meanwhile: say what is to be taken ({n}).")


class NoPlace(VeilleError):
    """A pack is to be published for the first time, and nothing says where."""

    text = N_("Say where “{title}” is to be published: a folder that the others see, too.")


class BadKey(VeilleError):
    """A file that holds no private key."""

    text = N_("The key in {path} cannot be used to sign: {detail}.")


class OnlySources(VeilleError):
    """Items were asked for in a format that holds sources."""

    text = N_(
        "OPML holds sources, not items: leave out what narrows the list but a sector, or write to a file that ends in "
        "one of {endings}."
    )


class NoFormat(VeilleError):
    """Items are to be written, and nothing says in which format."""

    text = N_("“{name}” does not say which format to write: end it in one of {endings}, or use --as.")


class BadBackup(BadFile):
    """A file that is no backup, or a damaged one; the profile is as it was."""

    text = N_("{name} cannot be restored: {detail}. Your profile was left untouched.")


class BackupNewer(BadBackup):
    """A backup of a later Veille; the profile is as it was."""

    text = N_("{name} was made by a newer Veille: update Veille to restore it. Your profile was left untouched.")


class RestoreUnfinished(VeilleError):
    """It was decided, and something kept it from its end; whoever opens the profile next goes on with it."""

    text = N_(
        "Veille could not finish the restore in {path}: {detail}. It will be finished when the profile is opened next."
    )


class BadAddress(VeilleError):
    """What was typed is no address of a feed."""

    text = N_(
        "Veille cannot watch “{address}”: give an address that begins with http:// or https://, or an "
        "account such as @name, @name@mastodon.example or name.bsky.social."
    )


class LoginAddress(BadAddress):
    """An address with a name or a password in it, which is not said again."""

    text = N_("Veille sends no name and no password: take them out of the address at {host}.")


class OtherMeaning(BadAddress):
    """What was typed means something, but not of the kind that was asked for."""

    text = N_("“{address}” does not mean that. It may mean: {meanings}")


class BadSetting(VeilleError):
    """An unknown setting, or a value that it does not take."""

    text = N_("{key}: {detail}.")


class NoPages(VeilleError):
    """A source of posts: what it gives is whole."""

    text = N_("“{title}” gives posts: these are whole, and there is no article behind them.")


class NotFound(VeilleError):
    """What was named is not there."""

    text = N_("There is no {what} named “{name}”.")


class TooLong(VeilleError):
    """A text that is longer than what is kept of its kind; nothing was changed."""

    text = N_("{what} has room for {most} characters.")


class TooMany(VeilleError):
    """More of something than there is room for; nothing was changed."""

    text = N_("There is room for {most} {what}.")


class NotInText(VeilleError):
    """A passage to be marked that its item does not say; nothing was changed."""

    text = N_("This passage is not in the text of the item: it must be there word for word.")


class NothingAsked(VeilleError):
    """A search to be kept that asks for nothing."""

    text = N_("A search needs something to look for.")


class NeverAsked(VeilleError):
    """A collection is no source that is watched."""

    text = N_("“{title}” holds what you brought from another program: nobody is asked for it.")


class FromPack(VeilleError):
    """What was to be changed belongs to a pack that is received: its curator changes it."""

    text = N_(
        "“{title}” comes from the pack “{pack}”: its curator changes it. You can pause it, or leave the pack to make "
        "it your own."
    )


class BadSelector(VeilleError):
    """A CSS selector that is none, or too costly."""

    text = N_("“{selector}” is no CSS selector that Veille understands: {detail}.")


class BadRule(VeilleError):
    """A rule that does nothing, or cannot be meant."""

    text = N_("This rule cannot be kept: {detail}.")


class InNoSector(VeilleError):
    """A source is paused in its sectors, so it needs one."""

    text = N_("“{title}” is in no sector: put it into one before you pause it.")


class Cancelled(VeilleError):
    """The person stopped it; what was done so far is kept."""

    text = N_("Stopped. What had come in is kept.")


class Untouched(Cancelled):
    """The person stopped it before anything was done."""

    text = N_("Stopped. Nothing was changed.")


# A refresh ---------------------------------------------------------------------------------------


class NotInSample(VeilleError):
    """The sources of the sample profile are invented."""

    text = N_(
        "The sources of this sample are invented, so there is nothing to ask. Your own profile watches real ones."
    )


class RefreshRunning(VeilleError):
    """One pass at a time."""

    text = N_("A refresh is running already.")


# A source ----------------------------------------------------------------------------------------


class SourceError(VeilleError):
    """A source did not give what it should; nothing else is disturbed."""

    code: ClassVar[str] = "failed"
    text = N_("It failed: {detail}.")

    def pack(self) -> str:
        """The error as one line of JSON, for :attr:`veille.model.SourceState.error`."""
        return json.dumps({"code": self.code, **self.facts}, ensure_ascii=False, sort_keys=True)


class Unreachable(SourceError):
    """No connection: name not found, refused, network down."""

    code = "unreachable"
    text = N_("{host} cannot be reached ({detail}).")


class BadCertificate(SourceError):
    """TLS could not be verified."""

    code = "certificate"
    text = N_("The certificate of {host} cannot be trusted ({detail}).")


class TimedOut(SourceError):
    """The answer took too long, as a whole."""

    code = "timeout"
    text = N_("{host} did not finish its answer within {seconds} seconds.")


class TooLarge(SourceError):
    """The answer is over the cap."""

    code = "large"
    text = N_("The answer of {host} is larger than {megabytes} MB and was not read further.")


class TooManyRedirects(SourceError):
    """The address leads from one to the next without end."""

    code = "redirects"
    text = N_("{host} sends from one address to another without end.")


class PrivateAddress(SourceError):
    """The address belongs to a private or local network and was not allowed for this source."""

    code = "private"
    text = N_(
        "{host} is an address of a private or local network. "
        "Veille asks such an address only when you allow it for that source."
    )


class RefusedAddress(SourceError):
    """The scheme, port or form of an address is refused."""

    code = "refused"
    text = N_("Veille does not go to {address}: {detail}.")


class Downgraded(SourceError):
    """A redirect from https to http, which anybody on the way could read and forge."""

    code = "downgraded"
    text = N_("{host} sends on from a protected address (https) to one that is not: {address}.")


class RefusedMethod(SourceError):
    """Veille reads; it never writes."""

    code = "method"
    text = N_("Veille only reads: {method} was refused.")


class ProxyFailed(SourceError):
    """The proxy, not the host, is the trouble."""

    code = "proxy"
    text = N_("The proxy {proxy} does not do its work ({detail}).")


class NoProxy(SourceError):
    """Strict level: no proxy means no request."""

    code = "noproxy"
    text = N_("Strict level: no proxy is set, so nothing is asked.")


class NeverLoaded(VeilleError):
    """Strict level: pictures are not loaded at all."""

    text = N_("Strict level: pictures are never loaded.")


class OnlyCopied(VeilleError):
    """Strict level: a link through an unknown redirector is neither opened nor fetched."""

    text = N_("Strict level: only {host} knows where this link leads, so it can be copied, not opened.")


class PersonalRedirect(SourceError):
    """Strict level: a redirect to an address that looks made for one reader is not followed unasked."""

    code = "personal"
    text = N_("{host} sends on to an address that looks made for you alone: {address}. It was not followed.")


class LeadsElsewhere(SourceError):
    """A redirect to another site, where only what was announced is asked."""

    code = "elsewhere"
    text = N_("{host} sends on to another site: {address}. It was not asked.")


class PersonalAddress(BadAddress):
    """Strict level: an address that looks made for one reader is not added unasked."""

    text = N_("The address at {host} holds what looks like a key of your own ({token}): the source knows you by it.")


class BadStatus(SourceError):
    """The server answered with an error."""

    code = "status"
    text = N_("{host} answered with error {status}.")


class Gone(SourceError):
    """404 and 410: there is nothing at that address (any more)."""

    code = "gone"
    text = N_("There is no feed at this address any more ({status}).")


class Busy(SourceError):
    """429 and 503: the server asks for patience."""

    code = "busy"
    text = N_("{host} asks to be left alone for a while ({status}).")


class NoArticle(SourceError):
    """No article was found on the page behind an item."""

    code = "noarticle"
    text = N_("No article was found on the page of {host}.")


class NoPicture(SourceError):
    """What came is not a picture that Veille shows."""

    code = "nopicture"
    text = N_("What {host} sent is not a picture that Veille can show.")


class NotAFeed(SourceError):
    """The answer holds no feed."""

    code = "notafeed"
    text = N_("What {host} sent is not a feed.")


class NothingSelected(SourceError):
    """What finds the items of a page finds none."""

    code = "nothing"
    text = N_("Nothing on the page of {host} is found by “{selector}”: the page may have been made anew.")


class Unreadable(SourceError):
    """A feed that is broken beyond saving, or built to do harm."""

    code = "unreadable"
    text = N_("The feed cannot be read: {detail}.")


# A network of posts ------------------------------------------------------------------------------


class NoToken(SourceError):
    """X is off until the person brings a token."""

    code = "notoken"
    text = N_("X is off: Veille has no token for it. Give it one under “X…” in the menu.")


class KeyringFailed(SourceError):
    """The system's keyring is locked, or fails."""

    code = "keyring"
    text = N_("The keyring of this system could not read or store the token: {detail}.")


class NoKeyring(VeilleError):
    """There is no keyring that keeps a secret safe; a plain file is none."""

    text = N_(
        "This system has no keyring that Veille trusts with the token. It can be kept until Veille ends, or given by "
        "the environment variable VEILLE_X_TOKEN."
    )


class BadToken(VeilleError):
    """What was given as a token is none; it is not said again."""

    text = N_("This is not a token of X: {detail}.")


class NoticeUnread(VeilleError):
    """X is turned on by whoever has read what it asks, costs and sees."""

    text = N_("X stays off until you have read what it asks, what it costs and what it sees.")


class TokenRefused(SourceError):
    """401: the token is wrong, or was withdrawn."""

    code = "token"
    text = N_("{host} does not accept the token (401). Give it anew under “X…” in the menu.")


class NoCredit(SourceError):
    """402: nothing is left of what was paid to the network."""

    code = "credit"
    text = N_("{host} says that the credit of your account there is used up (402).")


class NotAllowed(SourceError):
    """403: the network does not give this to this token, or to anybody without an account."""

    code = "notallowed"
    text = N_("{host} does not let Veille read this. {detail}")


class NoAccount(SourceError):
    """The account, list or hashtag is not there (any more)."""

    code = "noaccount"
    text = N_("{name} is not on {host} (any more).")


class Suspended(SourceError):
    """The network suspended the account."""

    code = "suspended"
    text = N_("{host} has suspended {name}.")


class Protected(SourceError):
    """The account shows its posts to those alone whom it lets follow it."""

    code = "protected"
    text = N_("{name} shows its posts on {host} only to followers; Veille follows nobody.")


class QueryRefused(SourceError):
    """400: the network does not understand what is searched for."""

    code = "query"
    text = N_("{host} does not accept this request (400). {detail}")


class Garbled(SourceError):
    """An answer that is no JSON, half of one, or not what was agreed."""

    code = "garbled"
    text = N_("What {host} sent cannot be read; Veille tries again later.")


class BudgetSpent(SourceError):
    """The month's cap leaves nothing for this request."""

    code = "budget"
    text = N_("The month's budget for X is used up; it begins anew on {day} (UTC).")


class BudgetKept(SourceError):
    """What is left of the month's budget is kept for sources that the curator ranked before this one."""

    code = "budgetkept"
    text = N_("What is left of the month's budget for X is kept for the sources that are ranked before this one.")


# Nobody was asked, and no source is to blame.
OURS = (NoToken, TokenRefused, NoCredit, KeyringFailed, BudgetSpent, BudgetKept, NoProxy, ProxyFailed)


def describe(packed: str) -> str:
    """The sentence for an error that :meth:`SourceError.pack` wrote; "" for none."""
    return str(unpack(packed)) if packed else ""


def unpack(packed: str) -> SourceError:
    """The error that :meth:`SourceError.pack` wrote."""
    facts = json.loads(packed)
    kind = _BY_CODE.get(facts.pop("code", ""), SourceError)
    return kind(**facts)


def code(packed: str) -> str:
    """Which error :meth:`SourceError.pack` wrote; "" for none."""
    return str(json.loads(packed).get("code", "")) if packed else ""


_KINDS: list[type[SourceError]] = [SourceError, *SourceError.__subclasses__()]
_BY_CODE = {kind.code: kind for kind in _KINDS}
