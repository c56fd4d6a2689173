"""The person's own way to X: a token that they bring, once they have read what X asks, costs and sees."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from threading import RLock
from typing import TYPE_CHECKING

from veille.errors import (
    BadToken,
    KeyringFailed,
    NoCredit,
    NoticeUnread,
    NotInSample,
    NoToken,
    TokenRefused,
    VeilleError,
    code,
)
from veille.i18n import N_, _, day, ngettext, number
from veille.model import Clock, SourceKind
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.store import Store
    from veille.store.secrets import Secrets

VARIABLE = "VEILLE_X_TOKEN"
LONGEST = 500  # characters of a token; those of X have 120 or so
AGAIN = timedelta(hours=1)  # until a keyring that failed is asked again: it may ask the person for a password

_WANTS_TOKEN = {each.code for each in (NoToken, TokenRefused, NoCredit, KeyringFailed)}
_NOTICE = "x.notice"  # in the store's values: when the notice was accepted, ISO 8601
_KEPT = "x.kept"  # where the token is kept; "" while X is off
_PROFILE = "profile.id"  # what this profile is called in the keyring, wherever its folder goes

_FORM = re.compile(rf"[!-~]{{1,{LONGEST}}}")  # what may stand in a header without being quoted (RFC 9110, 5.6.2)
_BEFORE = re.compile(r"^(?:authorization\s*:)?\s*bearer\b", re.IGNORECASE)


class Kept(StrEnum):
    """Where a token is kept."""

    KEYRING = "keyring"
    ENVIRONMENT = "environment"
    RUN = "run"  # in memory, until Veille ends

    @property
    def in_words(self) -> str:
        """As the end of a sentence."""
        return _(_PLACES[self])


_PLACES = {
    Kept.KEYRING: N_("in the keyring of this system"),
    Kept.ENVIRONMENT: N_("in the environment variable VEILLE_X_TOKEN"),
    Kept.RUN: N_("in memory, until Veille ends"),
}


@dataclass(frozen=True, slots=True)
class State:
    """Whether X is on: ``kept`` says where the token is, None while it is off.

    ``accepted`` is when the person said that they had read the notice; ``problem`` why the token cannot be had.
    """

    kept: Kept | None = None
    accepted: datetime | None = None
    problem: str = ""

    @property
    def on(self) -> bool:
        """Whether there is a token, as far as is known without asking the keyring."""
        return self.kept is not None

    @property
    def in_words(self) -> str:
        """The state in a sentence or three."""
        parts = [_("X is off.")]
        if self.kept is not None:
            parts = [_("X is on. The token is kept {where}.").format(where=self.kept.in_words)]
        if self.problem:
            parts.append(self.problem)
        if self.accepted:
            when = day(self.accepted.astimezone())
            parts.append(_("You said on {day} that you had read what follows.").format(day=when))
        return " ".join(parts)


class Token(str):
    """A token whose ``repr`` does not show it: traces of errors, logs of values and debuggers print that."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<token>"


def cleaned(text: str) -> Token:
    """The token in what was pasted: without "Bearer" before it, and without the line ends of a narrow window.

    Raises BadToken for what no header can carry.
    """
    token = "".join(_BEFORE.sub("", text.strip().strip("\"'")).split())
    if not token:
        raise BadToken(detail=N_("nothing was given"))
    if len(token) > LONGEST:
        raise BadToken(detail=N_("it is too long"))
    if not _FORM.fullmatch(token):
        raise BadToken(detail=N_("it has letters or signs that no token has"))
    return Token(token)


class XAccess:
    """Whether and by which token X is read. Thread-safe.

    :attr:`state` and :meth:`notice` answer at once. The others may wait for the system's keyring, and for the person
    to open it. ``environment`` is the token that the environment gives, "" for none.
    """

    def __init__(
        self,
        store: "Store",
        secrets: "Secrets",
        clock: Clock,
        rng: Random,
        settings: Callable[[], Settings],
        *,
        environment: str = "",
        sample: bool = False,
    ) -> None:
        self._store, self._secrets, self._clock, self._rng = store, secrets, clock, rng
        self._settings = settings
        self._sample = sample
        self._lock = RLock()
        self._token = Token()
        self._given = Token()  # by the environment
        self._failed: tuple[float, KeyringFailed] | None = None  # when, by the monotonic clock
        self._state = self._begin(environment)

    def __repr__(self) -> str:
        return f"<XAccess {self._state.kept or 'off'}>"

    def _begin(self, environment: str) -> State:
        """The state as it was left. The keyring is not asked before the token is needed."""
        if self._sample:
            return State()
        kept, accepted = self._store.values.get(_KEPT), _when(self._store.values.get(_NOTICE))
        problem = ""
        try:
            self._given = cleaned(environment) if environment else Token()
        except BadToken as error:
            problem = f"{VARIABLE}: {error}"
        if kept == Kept.KEYRING:
            return State(Kept.KEYRING, accepted)
        if kept and accepted and self._given:  # who gave it for a run may have put it there since
            self._token = self._given
            return State(Kept.ENVIRONMENT, accepted)
        if kept == Kept.ENVIRONMENT and not environment:
            problem = _("The environment variable VEILLE_X_TOKEN is not set.")
        return State(None, accepted, problem)

    # What is asked --------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Whether X is on, and where the token is kept."""
        return self._state

    @property
    def given(self) -> bool:
        """Whether the environment gives a token that could be used."""
        return bool(self._given) and not self._sample

    def token(self) -> str:
        """The token, "" while X is off. Read from the keyring once.

        Raises KeyringFailed when that is locked or fails; it is not asked again for an hour then, nor before the
        person turns X on or off.
        """
        return self._token or self._read()

    def _read(self) -> Token:
        with self._lock:
            if self._token or self._state.kept is not Kept.KEYRING:
                return self._token
            if self._failed and self._clock.monotonic() - self._failed[0] < AGAIN.total_seconds():
                raise self._failed[1]
            problem = ""
            try:
                self._token = Token(self._secrets.get(self._name()))
            except KeyringFailed as error:
                self._failed = (self._clock.monotonic(), error)
                self._state = replace(self._state, problem=str(error))
                raise
            except VeilleError as error:
                problem = str(error)
            if not self._token:
                lost = _("The keyring of this system no longer has the token: give it again.")
                self._state = State(None, self._state.accepted, problem or lost)
            else:
                self._failed, self._state = None, replace(self._state, problem="")
            return self._token

    def place(self) -> Kept:
        """Where a token that is given now would be kept."""
        return Kept.KEYRING if self._secrets.there else Kept.RUN

    # What is done ---------------------------------------------------------------------------------

    def turn_on(self, token: str = "", read_notice: bool = True, where: Kept | None = None) -> State:
        """Read X by ``token`` from now on; "" takes the one that the environment gives.

        It is kept ``where`` the person says: in the keyring, or for this run; None: in the keyring if there is one.
        Raises NotInSample, NoticeUnread, BadToken, and NoKeyring or KeyringFailed, with everything as it was.
        """
        if self._sample:
            raise NotInSample
        if not read_notice:
            raise NoticeUnread
        clean = cleaned(token) if token.strip() or not self._given else self._given
        with self._lock:
            kept = Kept.ENVIRONMENT if clean is self._given else where or self.place()
            if kept is Kept.KEYRING:
                self._secrets.put(self._name(), clean)
            accepted = self._clock.now()
            self._store.values.put(_NOTICE, accepted.isoformat())
            self._store.values.put(_KEPT, kept)
            self._token, self._failed = clean, None
            self._state = State(kept, accepted)
            self._wake_sources()
            return self._state

    def turn_off(self) -> State:
        """Forget the token, here and in the keyring. What the environment gives is no longer used, but stays there.

        Raises NotInSample, and KeyringFailed when it may still be in the keyring; X is off all the same.
        """
        if self._sample:
            raise NotInSample
        with self._lock:
            self._store.values.put(_KEPT, "")
            self._token, self._failed = Token(), None
            self._state = State(None, self._state.accepted)
            if self._store.values.get(_PROFILE) and self._secrets.there:
                self._secrets.forget(self._name())
            return self._state

    def _wake_sources(self) -> None:
        """What failed for want of a good token is due at once."""
        outline = self._store.sources.outline()
        states = (state for id, state in outline.states.items() if outline.sources[id].kind is SourceKind.X)
        waiting = [state for state in states if code(state.error) in _WANTS_TOKEN]
        self._store.sources.put_states(replace(each, next_due=None, error="", failures=0) for each in waiting)

    def _name(self) -> str:
        """What this profile is called in the keyring; drawn once, so that it moves and is renamed as it likes."""
        name = self._store.values.get(_PROFILE)
        if not name:
            name = f"profile {self._rng.getrandbits(64):016x}"
            self._store.values.put(_PROFILE, name)
        return name

    # What is read before --------------------------------------------------------------------------

    def notice(self) -> tuple[str, ...]:
        """What a person reads before X is turned on, paragraph by paragraph."""
        values = self._settings()
        return (
            _("X is off until you have read this page and given Veille a token of your own: the key to X's interface "
              "for programs. Every other network is read without one."),
            _("X itself knows your key. X sees which accounts, lists and searches are read with it, and when, and "
              "knows whose it is. The people whom you watch are not told, and you follow nobody: on X nobody sees you. "
              "X does."),
            _("X's terms let you read for your own watch. They forbid gathering intelligence on persons, and watching "
              "people for their health, origin, beliefs, opinions or private life. Watch a sector, by what is said "
              "there in public; leave persons in peace."),
            _checks(values),
            _price(values),
            _("How to get a token: open an account for developers at developer.x.com, buy credit there, make an app, "
              "and copy its “bearer token” (app-only). It needs no right to post: Veille only reads, and sends the "
              "token to X's own interface and to nobody else."),
            _("Veille keeps the token in the keyring of this system, never in a file. Where there is no keyring, it is "
              "taken from the environment variable VEILLE_X_TOKEN, or kept in memory until Veille ends."),
        )  # fmt: skip


def _checks(values: Settings) -> str:
    asked = _("X's terms also ask that posts which are stored follow what becomes of them: a post that is edited or "
              "deleted on X is to be edited or deleted here.")  # fmt: skip
    if not values.recheck_days:
        return asked + " " + _("You have switched off the checks that do this (“Check stored posts for”).")
    done = ngettext(
        "Veille does this by asking about posts again for {n} day.",
        "Veille does this by asking about posts again for {n} days.",
        values.recheck_days,
    )
    return f"{asked} {done.format(n=number(values.recheck_days))}"


def _price(values: Settings) -> str:
    asked = _("X charges your account there for what is read: {posts} for 1,000 posts, {users} for 1,000 accounts "
              "looked up; an empty answer is free.")  # fmt: skip
    cap = _("Veille stops at {cap} a month, warns before that, and says what each source costs. The prices and the "
            "limit are in the preferences.")  # fmt: skip
    prices = asked.format(posts=_dollars(values.x_post_price), users=_dollars(values.x_user_price))
    return f"{prices} {cap.format(cap=_dollars(values.x_cap))}"


def _dollars(count: int) -> str:
    return ngettext("{n} dollar", "{n} dollars", count).format(n=number(count))


def _when(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
