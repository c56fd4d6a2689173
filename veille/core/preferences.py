"""The settings in force, kept with the profile."""

from dataclasses import replace
from typing import TYPE_CHECKING

from veille import settings
from veille.errors import BadSetting
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.store import Store

_PREFIX = "setting."
_FACE = "face."
_OPENED = "mode.open"


class Preferences:
    """Reads and writes :class:`veille.settings.Settings`."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._values = self._load()
        self._opened = store.values.get(_OPENED)

    @property
    def values(self) -> Settings:
        """The settings in force."""
        return self._values

    def set(self, key: str, text: str) -> Settings:
        """Set ``key`` from what the person typed; raises BadSetting with what it takes.

        Who asks for the strict level leaves open mode.
        """
        values = settings.changed(self._values, key, text)
        name = settings.find(key).key
        if name == "proxy":
            _check_route(values.proxy)
        self._store.values.put(_PREFIX + name, settings.as_text(getattr(values, name)))
        self._values = values
        if name == "strict" and values.strict:
            self.set_opened("")
        return values

    @property
    def opened(self) -> str:
        """How long open mode lasts, as :class:`veille.core.discretion.Discretion` noted it; "" when it is not on."""
        return self._opened

    def set_opened(self, text: str) -> None:
        """Note ``text`` for :attr:`opened`."""
        if text != self._opened:
            self._store.values.put(_OPENED, text)
            self._opened = text

    def recall(self, name: str) -> str:
        """What a face noted under ``name`` (the size of a window, say); "" for nothing."""
        return self._store.values.get(_FACE + name)

    def remember(self, name: str, text: str) -> None:
        """Note ``text`` under ``name`` for the next time."""
        self._store.values.put(_FACE + name, text)

    def _load(self) -> Settings:
        """What is stored, over the defaults; a value of another version that makes no sense here is passed over.

        Not where that would show the person: such a proxy stays, and lets nothing through; such a strict is on.
        """
        values = Settings()
        for name, text in self._store.values.all(_PREFIX).items():
            try:
                values = settings.changed(values, name.removeprefix(_PREFIX), text)
            except BadSetting:
                if name == _PREFIX + "proxy":
                    values = replace(values, proxy=text)
                elif name == _PREFIX + "strict":
                    values = replace(values, strict=True)
        return values


def _check_route(text: str) -> None:
    """What has the form of a proxy's address may still be none, as with port 70000; raises BadSetting."""
    from veille.net.routes import parse_route

    parse_route(text)
