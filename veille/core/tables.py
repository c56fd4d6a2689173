"""Reading the TOML files that describe sectors: strict about what is there, blind to what is not known."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from veille import i18n
from veille.errors import BadFile, os_detail
from veille.i18n import _

Texts = Mapping[str, str]  # language code -> text


class Table:
    """A table of the file ``name``; each getter raises BadFile that says what is wrong, and where."""

    def __init__(self, name: str, values: Mapping[str, Any], where: str = "") -> None:
        self._name = name
        self._values = values
        self._where = where

    @classmethod
    def read(cls, path: Path) -> "Table":
        """The file as a table."""
        try:
            return cls(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise BadFile(name=path.name, detail=os_detail(error)) from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadFile(name=path.name, detail=str(error)) from error

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless there is a default."""
        value = self._values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, _("a text is expected"))
        return value

    def whole(self, key: str) -> int:
        """A whole number from 1."""
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.wrong(key, _("a whole number is expected"))
        return value

    def texts(self, key: str) -> Texts:
        """A text in each language; English is required."""
        value = self._values.get(key)
        if (
            not isinstance(value, dict)
            or not value.get("en")
            or not all(isinstance(each, str) for each in value.values())
        ):
            raise self.wrong(key, _("a text in each language is expected"))
        return value

    def list_of_texts(self, key: str) -> tuple[str, ...]:
        """Texts, one at least."""
        value = self._values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, _("a list of texts is expected"))
        return tuple(value)

    def day(self, key: str) -> date | None:
        """A date; false, or nothing at all, is None."""
        value = self._values.get(key, False)
        if value is False:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, _("a date or false is expected"))
        return value

    def tables(self, key: str) -> list["Table"]:
        """The tables ``[[key]]``, one at least."""
        value = self._values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, _("a list of tables is expected"))
        return [Table(self._name, each, f"{key} {count}: ") for count, each in enumerate(value, 1)]

    def wrong(self, key: str, detail: str) -> BadFile:
        """The error for what is wrong with ``key``."""
        return BadFile(name=self._name, detail=f"{self._where}{key}: {detail}")


def speak(texts: Texts) -> str:
    """The text in the language in force, or in English."""
    return texts.get(i18n.language()) or texts["en"]
