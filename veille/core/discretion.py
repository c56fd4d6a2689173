"""How much of the person others may see: the mode in force, the way out, and the question before they are seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason, Route
from veille.content.addresses import host as host_of
from veille.errors import BadSetting, NeverLoaded, NoProxy, OnlyCopied, ProxyFailed, VeilleError
from veille.i18n import N_, _, ngettext, number
from veille.model import Clock, Deed, Mode, Source
from veille.settings import shown

if TYPE_CHECKING:
    from veille.core.preferences import Preferences

STAYS = "stays"  # open until the person says otherwise
_LONGEST_DAY = timedelta(hours=25)  # on which the clocks go back
_NAMED = 3  # hosts that a question names; more are counted


@dataclass(frozen=True, slots=True)
class Question:
    """What a person reads before a deed that would show them: ``text``, one line, says who would learn what.

    ``url`` is what would be asked for and ``host`` who is asked, for a person to read. ``refused``: it cannot be
    done in this mode, and ``text`` says why; only the quieter ways remain. ``always`` says that it may be allowed
    for the source once and for all, ``proxied`` that it would go through a proxy.
    """

    deed: Deed
    text: str
    url: str
    host: str
    refused: bool = False
    always: bool = False
    proxied: bool = False


class Discretion:
    """The one place that knows the mode. Thread-safe to read."""

    def __init__(self, preferences: "Preferences", clock: Clock) -> None:
        self._preferences = preferences
        self._clock = clock

    # The mode ------------------------------------------------------------------------------------

    @property
    def mode(self) -> Mode:
        """The mode in force: open until that ends, then strict or discreet as the setting says."""
        if self._preferences.opened == STAYS or self.open_until is not None:
            return Mode.OPEN
        return Mode.STRICT if self._preferences.values.strict else Mode.DISCREET

    @property
    def strict(self) -> bool:
        """Whether the strict level is in force."""
        return self.mode is Mode.STRICT

    @property
    def open_until(self) -> datetime | None:
        """When open mode ends by itself, UTC-aware; None when it does not, or is not in force."""
        try:
            until = datetime.fromisoformat(self._preferences.opened)
        except ValueError:
            return None
        left = until - self._clock.now()  # more than a day is left only when a clock that was ahead noted it
        return until if timedelta(0) < left <= _LONGEST_DAY else None

    def set_mode(self, mode: Mode, *, stay: bool = False) -> None:
        """Go over to ``mode``; open lasts until the end of the day, on this machine's clock, unless it is to ``stay``.

        Open leaves the setting ``strict`` alone: what was in force comes back when it ends.
        """
        if mode is Mode.OPEN:
            self._preferences.set_opened(STAYS if stay else end_of_day(self._clock.now()).isoformat())
            return
        self._preferences.set_opened("")
        if self._preferences.values.strict is not (mode is Mode.STRICT):
            self._preferences.set("strict", "on" if mode is Mode.STRICT else "off")

    @property
    def in_words(self) -> str:
        """The mode in a word or two, for the status bar."""
        if self.mode is not Mode.OPEN:
            return _("strict") if self.strict else _("discreet")
        return _("open until tonight") if self.open_until else _("open")

    # The way out ---------------------------------------------------------------------------------

    def route(self, source: Source | None = None) -> Route:
        """The way to ``source`` (None: to one that has no way of its own).

        Raises NoProxy at the strict level when there is no proxy, and ProxyFailed for an address of a proxy that
        makes no sense: what was meant for a proxy never goes out without it.
        """
        from veille.net.routes import parse_route

        text = (source.route if source else "") or self._preferences.values.proxy
        try:
            route = parse_route(text)
        except BadSetting as error:
            raise ProxyFailed(proxy=shown(text), detail=N_("its address makes no sense")) from error
        if route.direct and self.strict:
            raise NoProxy()
        return route

    def purpose(self, source: Source | None, reason: Reason) -> Purpose:
        """What a request for ``source`` (None: for an address of no source) carries; raises as :meth:`route` does."""
        personal = source is not None and Deed.PERSONAL in source.allowed
        return Purpose(reason, source.id if source else 0, self.route(source), self.strict, personal)

    # Before the person is seen -------------------------------------------------------------------

    def refusal(self, deed: Deed, url: str, source: Source | None = None) -> VeilleError | None:
        """Why ``deed`` cannot be done in the mode in force; None when it can."""
        from veille.content.cleaning import opaque

        if self.strict and deed is Deed.PICTURES:
            return NeverLoaded()
        if self.strict and deed in (Deed.OPEN, Deed.ARTICLE) and opaque(url):
            return OnlyCopied(host=host_of(url))
        if deed in (Deed.PICTURES, Deed.ARTICLE):
            try:
                self.route(source)
            except (NoProxy, ProxyFailed) as error:
                return error
        return None

    def before(self, deed: Deed, url: str, source: Source | None = None, more: Sequence[str] = ()) -> Question | None:
        """The question before ``deed`` at ``url``, for an item of ``source``; None: do it at once.

        It is about the clean address: known redirectors are passed by. ``more`` are further addresses that the same
        deed would ask: the other pictures of an item. Nothing is asked in open mode, nor for what the person allowed
        this source; what is refused stays so.
        """
        from veille.content.cleaning import clean_link

        url = clean_link(url)
        hosts = list(dict.fromkeys(host_of(each) or each for each in (url, *map(clean_link, more))))
        refused = self.refusal(deed, url, source)
        if refused is not None:
            return Question(deed, str(refused), url, _listed(hosts), refused=True)
        if self.mode is Mode.OPEN or (source is not None and deed in source.allowed):
            return None
        route = self.route(source) if deed in (Deed.PICTURES, Deed.ARTICLE) else Route()
        text = " ".join(filter(None, (self._who_learns(deed, url, hosts, route, source), _key_of_ones_own(deed, url))))
        return Question(deed, text, url, _listed(hosts), always=source is not None, proxied=not route.direct)

    def before_full_text(self, source: Source, hosts: Sequence[str]) -> Question:
        """The question before the page behind each new item of ``source`` is fetched from now on.

        ``hosts`` are those of the pages of late. It is asked in open mode, too: the answer outlasts the mode.
        """
        listed = _listed(list(hosts))
        try:
            route = self.route(source)
        except (NoProxy, ProxyFailed) as error:
            return Question(Deed.ARTICLE, str(error), source.address, listed, refused=True)
        if route.direct:
            text = ngettext(
                "{hosts} would learn that somebody at this machine's address fetches each of its new pages when it "
                "appears; not which of them you read.",
                "{hosts} would learn that somebody at this machine's address fetches each of their new pages when it "
                "appears; not which of them you read.",
                len(hosts),
            )
        else:
            text = ngettext(
                "{hosts} would learn that somebody behind the proxy {proxy} fetches each of its new pages when it "
                "appears; not which of them you read.",
                "{hosts} would learn that somebody behind the proxy {proxy} fetches each of their new pages when it "
                "appears; not which of them you read.",
                len(hosts),
            )
        text = text.format(hosts=listed, proxy=route)
        text += " " + _("Where a new item leads to another host, that one is asked, too.")
        return Question(Deed.ARTICLE, text, source.address, listed, proxied=not route.direct)

    def _who_learns(self, deed: Deed, url: str, hosts: list[str], route: Route, source: Source | None) -> str:
        if deed is Deed.OPEN:
            return self._browser_tells(url, hosts, source)
        if deed is Deed.PERSONAL:
            return _("{host} would know by this address that it is you who reads.").format(host=_listed(hosts))
        if route.direct:
            text = ngettext(
                "{hosts} would learn that somebody at this machine's address looks at this item now; "
                "nothing else about you is sent.",
                "{hosts} would learn that somebody at this machine's address looks at this item now; "
                "nothing else about you is sent.",
                len(hosts),
            )
        else:
            text = ngettext(
                "{hosts} would learn that somebody behind the proxy {proxy} looks at this item now; "
                "nothing else about you is sent.",
                "{hosts} would learn that somebody behind the proxy {proxy} looks at this item now; "
                "nothing else about you is sent.",
                len(hosts),
            )
        return text.format(hosts=_listed(hosts), proxy=route)

    def _browser_tells(self, url: str, hosts: list[str], source: Source | None) -> str:
        """A browser knows nothing of Veille's proxy."""
        if url.lower().startswith("mailto:"):
            return _("Your mail program would open; who it writes to learns your address once you send.")
        if (source.route if source else "") or self._preferences.values.proxy:
            text = _(
                "{host} would learn that you read this page now: your browser shows its own address, not Veille's "
                "proxy's, and adds cookies, system and language."
            )
        else:
            text = _(
                "{host} would learn that somebody at this machine's address reads this page now; "
                "your browser adds cookies, system and language."
            )
        return text.format(host=_listed(hosts))


def _key_of_ones_own(deed: Deed, url: str) -> str:
    """A second sentence for an address by which the host would know the person."""
    from veille.content.personal import token

    found = token(url)
    if not found or deed is Deed.PICTURES:
        return ""
    return _("The address holds what looks like a key of your own ({token}).").format(token=found)


def _listed(hosts: list[str]) -> str:
    if len(hosts) <= _NAMED:
        return ", ".join(hosts)
    rest = len(hosts) - _NAMED
    text = ngettext("{hosts} and {n} more host", "{hosts} and {n} more hosts", rest)
    return text.format(hosts=", ".join(hosts[:_NAMED]), n=number(rest))


def end_of_day(now: datetime) -> datetime:
    """The coming midnight on this machine's clock, in UTC."""
    return day_begins(now, 1)


def day_begins(now: datetime, later: int = 0) -> datetime:
    """The midnight with which the day of ``now``, or one so many days ``later``, begins on this machine's clock."""
    day = now.astimezone().date() + timedelta(days=later)
    return datetime.combine(day, time.min).astimezone().astimezone(now.tzinfo)
