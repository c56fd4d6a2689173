"""Every setting, declared once: name, type, default, bounds, help.

:class:`Settings` is a frozen value. The preferences window, ``veille settings`` and ``veille set`` are
all drawn from :func:`declared`; where the values are kept is the store's business.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from veille.errors import BadSetting
from veille.i18n import N_, _


def _declare(
    default: Any,
    title: str,
    help: str,
    *,
    choices: dict[str, str] | None = None,
    low: int = 0,
    high: int = 0,
    unit: str = "",
) -> Any:
    about = {"title": title, "help": help, "choices": choices or {}, "low": low, "high": high, "unit": unit}
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
    read_only: bool = _declare(
        True,
        N_("Read-only mode"),
        N_("Watch without being seen: before a link opens in the browser, Veille asks, and offers to copy it instead."),
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
        N_("What you did not save goes after this time; 0: never."),
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


_DEFAULTS = Settings()


@dataclass(frozen=True)
class Setting:
    """One declared setting, as a face shows it. Texts are translated when read."""

    key: str
    default: bool | int | str
    title: str
    help: str
    choices: dict[str, str]
    low: int
    high: int
    unit: str

    @property
    def kind(self) -> type:
        """bool, int or str."""
        return type(self.default)


def declared() -> tuple[Setting, ...]:
    """All settings in the order in which they are shown, texts translated."""
    return tuple(_shown(each.name, **each.metadata) for each in fields(Settings))


def _shown(key: str, *, title: str, help: str, choices: dict[str, str], low: int, high: int, unit: str) -> Setting:
    named = {value: _(text) for value, text in choices.items()}
    return Setting(key, getattr(_DEFAULTS, key), _(title), _(help), named, low, high, _(unit))


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
    if text not in one.choices:
        raise BadSetting(key=one.key, detail=_("it takes one of: {choices}").format(choices=", ".join(one.choices)))
    return text
