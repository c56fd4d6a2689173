"""Looking at places again and again: reading what changed, and being patient with what is not whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from veille.core.packs import places
from veille.core.packs.pack import Pack
from veille.core.packs.places import SUFFIX, Print
from veille.core.packs.reading import read
from veille.core.packs.signing import Signature, signature
from veille.errors import BadFile, os_detail
from veille.i18n import _
from veille.model import Clock

SETTLED = 5  # seconds for which a file is read again though nothing tells that it changed: clocks of disks are coarse


@dataclass(frozen=True, slots=True)
class Edition:
    """A pack with the text that it was read from, and by whom that is."""

    pack: Pack
    text: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class _Known:
    mark: Print
    since: float  # when that mark was first seen
    read: float
    text: str
    found: Edition | BadFile


def edition(text: str, name: str) -> Edition:
    """What ``text`` is, which came from the file ``name``. Raises as :func:`veille.core.packs.reading.read` does."""
    return Edition(read(text, name), text, signature(text))


class Looking:
    """Remembers, while Veille runs, what each file said."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Path, _Known] = {}
        self._troubled: dict[Path, float] = {}

    def read(self, path: Path) -> Edition:
        """The edition in the file ``path``. Raises OSError, BadFile."""
        now, mark, known = self._clock.monotonic(), places.fingerprint(path), self._known.get(path)
        same = known is not None and known.mark == mark
        if known is None or not same or known.read - known.since < SETTLED:
            text = places.load(path)
            found = known.found if known is not None and known.text == text else _edition(text, path.name)
            since = known.since if known is not None and same else now
            known = self._known[path] = _Known(mark, since, now, text, found)
        if isinstance(known.found, BadFile):
            raise type(known.found)(**known.found.facts)
        return known.found

    def of(self, path: Path, key: str) -> Edition:
        """The edition of the pack ``key`` in the file ``path``. Raises OSError, BadFile, and Vanished where its folder
        cannot be reached."""
        try:
            found = self.read(path)
        except OSError as error:
            if not _reached(path.parent):
                raise Vanished(path.parent, error) from error
            raise
        if found.pack.key != key:
            text = _("it holds the pack “{found}” instead of “{expected}”")
            raise BadFile(name=path.name, detail=text.format(found=found.pack.key, expected=key))
        self._troubled.pop(path, None)
        return found

    def forget_others(self, paths: Iterable[Path]) -> None:
        """Forget every file but these."""
        kept = set(paths)
        for each in self._known.keys() - kept:
            del self._known[each]
        for each in self._troubled.keys() - kept:
            del self._troubled[each]

    def patient(self, path: Path) -> bool:
        """Whether what is wrong with ``path`` may still pass by itself: somebody may be writing there."""
        now = self._clock.monotonic()
        return now - self._troubled.setdefault(path, now) < places.PATIENCE


def _edition(text: str, name: str) -> Edition | BadFile:
    try:
        return edition(text, name)
    except BadFile as error:
        return error


def in_folder(folder: Path) -> dict[Path, Edition]:
    """What can be read in ``folder``, each pack once; raises what is wrong when nothing can."""
    found, problem = dict[Path, Edition](), None
    try:
        listed = places.listed(folder)
    except OSError as error:
        raise BadFile(name=folder.name, detail=os_detail(error)) from error
    for path in listed:
        try:
            each = edition(places.given(path), path.name)
        except BadFile as error:
            problem = problem or error
            continue
        if path.name == each.pack.key + SUFFIX:  # not the copies that a synchronisation makes of conflicts
            found[path] = each
    if not found and problem:
        raise problem
    return found


def _reached(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False


def unreadable(path: Path, error: OSError) -> str:
    """What is said of the file ``path``, which cannot be read though its folder is there."""
    if isinstance(error, FileNotFoundError):
        text = _("{name} is no longer there. What you received of it stays, and Veille goes on looking for it.")
        return text.format(name=path.name)
    return str(BadFile(name=path.name, detail=os_detail(error)))


class Vanished(Exception):
    """A folder that cannot be reached."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(str(folder))
        self.place = str(folder)
        self._detail = os_detail(error)

    def __str__(self) -> str:
        text = _("The folder {path} cannot be reached ({detail}). Nothing is lost: Veille looks again.")
        return text.format(path=self.place, detail=_(self._detail))
