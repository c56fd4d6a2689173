"""Reading the TOML files that describe sectors: strict about what is there, blind to what is not known."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from veille import i18n
from veille.content.text import paragraphs, plain
from veille.errors import BadFile, os_detail
from veille.i18n import _

Texts = Mapping[str, str]  # language code -> text; "" for one in the writer's own language

LONGEST = 4096  # characters of a text, unless a getter is told otherwise
LANGUAGES = 20  # in which one thing is said
_GREATEST = 1_000_000_000
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?")

# What makes reading slow or deep (a name of a million parts, brackets in brackets) is looked for before, in the text
# without its strings and comments. A string without an end is taken to the end: there tomllib stops, too.
_STRINGS = re.compile(
    r'"""(?:[^\\]|\\.?)*?(?:"""|\Z)' r"|'''.*?(?:'''|\Z)" r'|"(?:[^"\\\n]|\\.)*+"?' r"|'[^'\n]*+'?" r"|#[^\n]*+",
    re.DOTALL,
)
_NAME = r'(?:[A-Za-z0-9_-]++|"")'
_LONG_NAME = re.compile(rf'(?<![A-Za-z0-9_"-]){_NAME}(?:[ \t]*+\.[ \t]*+{_NAME}){{16}}')
_HEADER = re.compile(r"^[ \t]*+\[", re.MULTILINE)
_DEEPEST, _HEADERS = 32, 20_000


class Table:
    """A table of the file ``name``; each getter raises BadFile that says what is wrong, and where. Texts come on one
    line, without control characters."""

    def __init__(self, name: str, values: Mapping[str, Any], where: str = "") -> None:
        self._name = name
        self._values = values
        self._where = where

    @classmethod
    def read(cls, path: Path) -> "Table":
        """The file as a table."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"), path.name)
        except OSError as error:
            raise BadFile(name=path.name, detail=os_detail(error)) from error
        except UnicodeDecodeError as error:
            raise BadFile(name=path.name, detail=str(error)) from error

    @classmethod
    def parse(cls, text: str, name: str) -> "Table":
        """The text of the file called ``name`` as a table."""
        name = plain(name)[:200]
        _refuse_costly(text, name)
        try:
            return cls(name, tomllib.loads(text))
        except RecursionError as error:
            raise BadFile(name=name, detail=_("it is nested too deeply")) from error
        except ValueError as error:  # not TOML, or a number without end
            raise BadFile(name=name, detail=plain(str(error))[:300]) from error

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None, most: int = LONGEST) -> str:
        """A text of at most ``most`` characters; required, and then not empty, unless there is a default."""
        value = self._values.get(key, default)
        if not isinstance(value, str) or (default is None and not plain(value)):
            raise self.wrong(key, _("a text is expected"))
        return self._short(key, value, most)

    def paragraphs(self, key: str, most: int) -> str:
        """A text of several lines, at most ``most`` characters; "" for none."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, _("a text is expected"))
        return self._short(key, value, most, paragraphs)

    def whole(self, key: str) -> int:
        """A whole number from 1 to a thousand million."""
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _GREATEST:
            raise self.wrong(key, _("a whole number is expected"))
        return value

    def flag(self, key: str) -> bool:
        """True or false; nothing at all is false."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, _("true or false is expected"))
        return value

    def texts(self, key: str, most: int = LONGEST) -> Texts:
        """A text in each language; English is required."""
        found = self._spoken(key, most) if isinstance(self._values.get(key), dict) else {}
        if not found.get("en"):
            raise self.wrong(key, _("a text in each language is expected"))
        return found

    def said(self, key: str, most: int = LONGEST, needed: bool = False) -> Texts:
        """A text, or one in each language; none where nothing is ``needed``."""
        value = self._values.get(key, "")
        found = self._spoken(key, most) if isinstance(value, dict) else {"": self.text(key, "", most)}
        found = {lang: text for lang, text in found.items() if text}
        if needed and not found:
            raise self.wrong(key, _("a text is expected"))
        return found

    def list_of_texts(self, key: str, most: int = 1000, longest: int = LONGEST, needed: bool = True) -> tuple[str, ...]:
        """At most ``most`` texts of at most ``longest`` characters, each once; one at least where it is ``needed``."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or (needed and not value) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, _("a list of texts is expected"))
        if len(value) > most:
            raise self.wrong(key, _("there is room for {most}").format(most=i18n.number(most)))
        return tuple(dict.fromkeys(filter(None, (self._short(key, each, longest) for each in value))))

    def day(self, key: str) -> date | None:
        """A date; false, or nothing at all, is None."""
        value = self._values.get(key, False)
        if value is False:
            return None
        if isinstance(value, date) and not isinstance(value, datetime) and date.min.year < value.year < date.max.year:
            return value
        raise self.wrong(key, _("a date or false is expected"))

    def moment(self, key: str) -> datetime | None:
        """A date and time with its offset, in UTC and to the second; nothing at all is None. Not at the ends of the
        calendar: in another zone it would be none."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, datetime) and value.tzinfo is not None and date.min.year < value.year < date.max.year:
            return value.astimezone(UTC).replace(microsecond=0)
        raise self.wrong(key, _("a date and time with its offset is expected"))

    def table(self, key: str) -> "Table":
        """The table ``[key]``."""
        value = self._values.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, _("a table is expected"))
        return Table(self._name, value, f"{key}: ")

    def tables(self, key: str, most: int = 5000, needed: bool = True) -> list["Table"]:
        """The tables ``[[key]]``, at most ``most``; one at least where it is ``needed``."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or (needed and not value) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, _("a list of tables is expected"))
        if len(value) > most:
            raise self.wrong(key, _("there is room for {most}").format(most=i18n.number(most)))
        return [Table(self._name, each, f"{key} {count}: ") for count, each in enumerate(value, 1)]

    def wrong(self, key: str, detail: str) -> BadFile:
        """The error for what is wrong with ``key``."""
        return BadFile(name=self._name, detail=f"{self._where}{key}: {detail}")

    def _short(self, key: str, value: str, most: int, clean: Callable[[str], str] = plain) -> str:
        text = clean(value)
        if len(text) > most:
            raise self.wrong(key, _("a text of at most {most} characters is expected").format(most=i18n.number(most)))
        return text

    def _spoken(self, key: str, most: int) -> dict[str, str]:
        value = self._values[key]
        good = len(value) <= LANGUAGES and all(
            isinstance(text, str) and _LANGUAGE.fullmatch(lang) for lang, text in value.items()
        )
        if not good:
            raise self.wrong(key, _("a text in each language is expected"))
        return {lang: self._short(key, text, most) for lang, text in value.items()}


def speak(texts: Texts) -> str:
    """The text in the language in force, or else in the writer's own, in English, in any; "" for none."""
    return texts.get(i18n.language()) or texts.get("") or texts.get("en") or next(iter(texts.values()), "")


def _refuse_costly(text: str, name: str) -> None:
    bare = _STRINGS.sub(lambda found: "" if found[0].startswith("#") else '""', text)
    if _LONG_NAME.search(bare):
        raise BadFile(name=name, detail=_("it is nested too deeply"))
    if sum(1 for _each in _HEADER.finditer(bare)) > _HEADERS:
        raise BadFile(name=name, detail=_("there is too much in it"))
    depth = 0
    for bracket in re.finditer(r"[\[{}\]]", bare):
        depth = depth + 1 if bracket[0] in "[{" else depth - 1
        if depth > _DEEPEST:
            raise BadFile(name=name, detail=_("it is nested too deeply"))
