"""Every setting, declared once: name, type, default, bounds, help.

:class:`Settings` is a frozen value. The preferences window, ``veille settings`` and ``veille set`` are
all drawn from :func:`declared`; where the values are kept is the store's business.
"""

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from veille.errors import BadSetting
from veille.i18n import N_, _

LONGEST = 500  # characters of a text
# The form alone; veille.net.routes reads it. A name and password may stand before the host.
PROXY = r"(?:(?:socks5h?|http)://(?:[^\s/@:]+:[^\s/@]*@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}/?)?"


def _declare(
    default: Any,
    title: str,
    help: str,
    *,
    choices: dict[str, str] | None = None,
    low: int = 0,
    high: int = 0,
    unit: str = "",
    pattern: str = "",
    takes: str = "",
) -> Any:
    about = {
        "title": title, "help": help, "choices": choices or {}, "low": low, "high": high, "unit": unit,
        "pattern": pattern, "takes": takes,
    }  # fmt: skip
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Settings:
    """The values in force."""

    language: str = _declare(
        "system",
        N_("Language"),
        N_("The language of Veille's own texts."),
        choices={"system": N_("Follow the system"), "fr": "Français", "en": "English"},
    )
    theme: str = _declare(
        "system",
        N_("Appearance"),
        N_("Light, dark, or as the system says."),
        choices={"system": N_("Follow the system"), "light": N_("Light"), "dark": N_("Dark")},
    )
    text_size: int = _declare(100, N_("Text size"), N_("Size of the text in the reader."), low=80, high=200, unit="%")
    strict: bool = _declare(
        False,
        N_("Strict level"),
        N_(
            "Nothing is asked without a proxy, nor outside fixed times; no pictures; no conditional requests; "
            "addresses that look made for one reader are asked about first."
        ),
    )
    proxy: str = _declare(
        "",
        N_("Proxy"),
        N_(
            "The way out for every source that has none of its own, as in socks5://127.0.0.1:9050 or "
            "http://proxy.example:3128. It looks the names up itself. Empty: direct."
        ),
        pattern=PROXY,
        takes=N_("it takes an address such as socks5://127.0.0.1:9050 or http://proxy.example:3128, or nothing"),
    )
    curator: str = _declare(
        "",
        N_("Your name as a curator"),
        N_("Who reads your sector packs sees it beside what you added."),
        pattern=r"[^\x00-\x1f\x7f]{0,80}",
        takes=N_("it takes a name of 80 characters at most, or nothing"),
    )
    keep_traces: int = _declare(
        90,
        N_("Keep traces for"),
        N_("How long Veille remembers which hosts it contacted."),
        low=1,
        high=3650,
        unit=N_("days"),
    )
    read_on_open: bool = _declare(
        True, N_("Opening marks as read"), N_("An item that is shown in the reader counts as read.")
    )
    refresh_minutes: int = _declare(
        60,
        N_("Refresh every"),
        N_("How often the sources are asked while Veille runs; 0: only when you ask."),
        low=0,
        high=10080,
        unit=N_("minutes"),
    )
    keep_days: int = _declare(
        90,
        N_("Keep unsaved items for"),
        N_("What you did not save, tag, highlight or note is deleted after this time; 0: never."),
        low=0,
        high=36500,
        unit=N_("days"),
    )
    search_order: str = _declare(
        "relevance",
        N_("Order of search results"),
        N_("The best first, or the newest first."),
        choices={"relevance": N_("Best first"), "date": N_("Newest first")},
    )
    recheck_days: int = _declare(
        30,
        N_("Check stored posts for"),
        N_(
            "Veille asks the networks about posts younger than this, and follows what was edited or deleted there; "
            "0: never."
        ),
        low=0,
        high=365,
        unit=N_("days"),
    )
    deleted_posts: str = _declare(
        "mark",
        N_("A post deleted at its network"),
        N_("Its text goes in any case, as the networks ask."),
        choices={"mark": N_("Keep a mark that it existed"), "nothing": N_("Keep nothing")},
    )
    x_minutes: int = _declare(
        15,
        N_("Ask X every"),
        N_("How often X is asked for new posts, once you gave Veille a token. Asking is free; each post costs."),
        low=5,
        high=1440,
        unit=N_("minutes"),
    )
    x_cap: int = _declare(
        20,
        N_("Budget for X"),
        N_("The most that reading X may cost in a month (UTC). Veille never goes beyond it."),
        low=0,
        high=100_000,
        unit=N_("dollars"),
    )
    x_recheck_share: int = _declare(
        10,
        N_("Share for checking stored posts"),
        N_("The largest share of the budget that may go into checking stored posts."),
        low=0,
        high=100,
        unit="%",
    )
    x_post_price: int = _declare(
        5,
        N_("Price of 1,000 posts on X"),
        N_("What X asks for 1,000 posts read; change it when X changes its prices."),
        low=0,
        high=10_000,
        unit=N_("dollars"),
    )
    x_user_price: int = _declare(
        10,
        N_("Price of 1,000 accounts on X"),
        N_("What X asks for 1,000 accounts looked up; each is looked up once, and rarely again."),
        low=0,
        high=10_000,
        unit=N_("dollars"),
    )


_DEFAULTS = Settings()


@dataclass(frozen=True)
class Setting:
    """One declared setting, as a face shows it. Texts are translated when read.

    A text has ``choices``, or a ``pattern`` that all of it must match and ``takes``, which says so in words.
    """

    key: str
    default: bool | int | str
    title: str
    help: str
    choices: dict[str, str]
    low: int
    high: int
    unit: str
    pattern: str = ""
    takes: str = ""

    @property
    def kind(self) -> type:
        """bool, int or str."""
        return type(self.default)


def declared() -> tuple[Setting, ...]:
    """All settings in the order in which they are shown, texts translated."""
    return tuple(_shown(each.name, **each.metadata) for each in fields(Settings))


def _shown(
    key: str,
    *,
    title: str,
    help: str,
    choices: dict[str, str],
    low: int,
    high: int,
    unit: str,
    pattern: str,
    takes: str,
) -> Setting:
    named = {value: _(text) for value, text in choices.items()}
    unit, takes = unit and _(unit), takes and _(takes)
    return Setting(key, getattr(_DEFAULTS, key), _(title), _(help), named, low, high, unit, pattern, takes)


def find(key: str) -> Setting:
    """The setting that a person calls ``key``, in any case, with hyphens or not; raises :class:`BadSetting`."""
    name = key.strip().lower().replace("-", "_")
    for each in declared():
        if each.key == name:
            return each
    raise BadSetting(key=key, detail=_("there is no such setting"))


def changed(settings: Settings, key: str, text: str) -> Settings:
    """``settings`` with ``key`` set from ``text``; raises :class:`BadSetting` with what it takes."""
    one = find(key)
    value: Any = _parse(one, text.strip())
    return replace(settings, **{one.key: value})


def shown(value: bool | int | str) -> str:
    """A value as it may be shown: without the name and password of a proxy."""
    return re.sub(r"//[^/@]*@", "//•••@", as_text(value))


def as_text(value: bool | int | str) -> str:
    """A value as :func:`changed` reads it."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _parse(one: Setting, text: str) -> bool | int | str:
    if one.kind is bool:
        if text.lower() in ("on", "yes", "true", "1", "oui"):
            return True
        if text.lower() in ("off", "no", "false", "0", "non"):
            return False
        raise BadSetting(key=one.key, detail=_("it takes on or off"))
    if one.kind is int:
        digits = text.isascii() and text.isdigit() and len(text) < 10
        if not digits or not one.low <= int(text) <= one.high:
            raise BadSetting(
                key=one.key, detail=_("it takes a number from {low} to {high}").format(low=one.low, high=one.high)
            )
        return int(text)
    if one.pattern:
        if not re.fullmatch(one.pattern, text) or len(text) > LONGEST:
            raise BadSetting(key=one.key, detail=one.takes)
        return text
    if text not in one.choices:
        raise BadSetting(key=one.key, detail=_("it takes one of: {choices}").format(choices=", ".join(one.choices)))
    return text
