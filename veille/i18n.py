"""One gettext catalogue for core, terminal and window.

Import ``_`` for a text, ``ngettext`` for one that counts, ``N_`` to mark a text that is declared at
import time and translated when it is shown. Source texts are English; ``{name}`` marks a place that
``str.format`` fills.
"""

import locale
import os
from collections.abc import Mapping
from datetime import date, datetime
from gettext import NullTranslations, translation

from veille.resources import resource

LANGUAGES = ("en", "fr")

_catalogue: NullTranslations = NullTranslations()
_language = "en"


def use(language: str) -> str:
    """Speak ``language`` from now on ("system" asks the machine) and return the one in force."""
    global _catalogue, _language
    _language = system_language() if language == "system" else language
    if _language not in LANGUAGES:
        _language = "en"
    _catalogue = translation("veille", resource("translations"), [_language], fallback=True)
    return _language


def language() -> str:
    """The language in force: "en" or "fr"."""
    return _language


def system_language(environ: Mapping[str, str] = os.environ) -> str:
    """The machine's language as POSIX ranks it (LANGUAGE, LC_ALL, LC_MESSAGES, LANG); "en" when it is not ours."""
    named = [environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if not any(named):
        named = [locale.getlocale()[0] or ""]  # macOS and Windows set none of them
    first = next((name for name in named if name), "")
    code = first.split(":")[0][:2].lower()
    return code if code in LANGUAGES else "en"


def _(message: str) -> str:
    """``message`` in the person's language."""
    return _catalogue.gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that goes with ``count``; the caller fills ``{n}`` with :func:`number`."""
    return _catalogue.ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark ``message`` for translation without translating it yet."""
    return message


def labelled(name: str, text: str) -> str:
    """``text`` after its ``name`` and a colon, as the language writes one."""
    return _("{name}: {text}").format(name=name, text=text)


def quoted(text: str) -> str:
    """``text`` in the quotation marks of the language in force, for a list of names."""
    return _("“{word}”").format(word=text)


def number(value: int) -> str:
    """``value`` with its thousands apart: 40,122 in English, 40 122 (narrow no-break space) in French."""
    grouped = f"{value:,}"
    return grouped.replace(",", "\u202f") if _language == "fr" else grouped


_UNITS = (N_("{n} kB"), N_("{n} MB"), N_("{n} GB"), N_("{n} TB"))


def size(count: int) -> str:
    """``count`` bytes to two digits at least, in units of a thousand (SI): 850 bytes, 4.2 kB; 4,2 ko in French."""
    if count < 1000:
        return ngettext("{n} byte", "{n} bytes", count).format(n=count)
    value, unit = count / 1000, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    text = f"{value:.1f}" if value < 9.95 else number(round(value))
    return _(_UNITS[unit]).format(n=text.replace(".", ",") if _language == "fr" else text)


def moment(when: datetime) -> str:
    """A date and time of day, on this machine's clock: 24/11/2025 15:45."""
    return when.astimezone().strftime("%d/%m/%Y %H:%M" if _language == "fr" else "%d %b %Y, %H:%M")


def day(when: date) -> str:
    """A date alone."""
    return when.strftime("%d/%m/%Y" if _language == "fr" else "%d %b %Y")
