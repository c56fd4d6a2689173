"""The settings in force, kept with the profile."""

from typing import TYPE_CHECKING

from veille import settings
from veille.errors import BadSetting
from veille.settings import Settings

if TYPE_CHECKING:
    from veille.store import Store

_PREFIX = "setting."
_FACE = "face."


class Preferences:
    """Reads and writes :class:`veille.settings.Settings`."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._values = self._load()

    @property
    def values(self) -> Settings:
        """The settings in force."""
        return self._values

    def set(self, key: str, text: str) -> Settings:
        """Set ``key`` from what the person typed; raises BadSetting with what it takes."""
        values = settings.changed(self._values, key, text)
        name = settings.find(key).key
        self._store.values.put(_PREFIX + name, settings.as_text(getattr(values, name)))
        self._values = values
        return values

    def recall(self, name: str) -> str:
        """What a face noted under ``name`` (the size of a window, say); "" for nothing."""
        return self._store.values.get(_FACE + name)

    def remember(self, name: str, text: str) -> None:
        """Note ``text`` under ``name`` for the next time."""
        self._store.values.put(_FACE + name, text)

    def _load(self) -> Settings:
        """What is stored, over the defaults; a value of another version that makes no sense here is passed over."""
        values = Settings()
        for name, text in self._store.values.all(_PREFIX).items():
            try:
                values = settings.changed(values, name.removeprefix(_PREFIX), text)
            except BadSetting:
                continue
        return values
