"""The composition root: builds everything once, by hand, and starts a face.

Time and chance come from here and from nowhere else. What is slow to import (the network, the parsers, the
search index, Qt) is imported when it is first needed.
"""

import os
import random
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veille import cli, i18n
from veille.cli import Need
from veille.core.briefing import Briefings
from veille.core.curating.curation import Curation
from veille.core.discretion import Discretion
from veille.core.history import History
from veille.core.library import Library
from veille.core.preferences import Preferences
from veille.core.searching.indexing import Indexer
from veille.core.searching.searches import Searches
from veille.core.services import Services
from veille.core.watching.refresh import Refresher
from veille.core.watching.timetable import Chance
from veille.core.x.access import VARIABLE, XAccess
from veille.errors import NotInSample, ProfileBusy, ProfileUnwritable, VeilleError
from veille.i18n import _
from veille.model import Clock
from veille.outside import Outside, Paid
from veille.store import Store, open_store
from veille.store.secrets import Secrets

if TYPE_CHECKING:
    from veille.core.doors import Door
    from veille.core.keeping.restoring import Restorer
    from veille.search.index import Index

_PATIENCE = 1.5  # seconds to wait for a command that has the profile for a moment


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present, UTC-aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()


@cache
def _given_token() -> str:
    """The token of X that the environment gives; taken out of it, so that what is started from here has it not."""
    return os.environ.pop(VARIABLE, "")


@dataclass(frozen=True)
class World:
    """Time, chance, further arguments of :class:`veille.net.gateway.Gateway`, the system's keyring and the token that
    the environment gives: the real ones, unless a test simulates an internet."""

    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    door: Mapping[str, Any] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    x_token: str = field(default_factory=_given_token, repr=False)


def open_services(folder: Path, *, write: bool, sample: bool = False, world: World | None = None) -> Services:
    """Everything that a face gets for the profile in ``folder``, whose language is spoken from now on.

    A ``sample`` profile is filled, or moved to today. Raises what :func:`veille.store.open_store` raises.
    """
    world = world or World()
    store = open_store(folder, write=write, clock=world.clock)
    try:
        preferences = Preferences(store)
        i18n.use(preferences.values.language)
        if sample and write:
            from veille.core.sample import load

            load(store, world.clock)
        return _services(store, preferences, world, sample)
    except BaseException:
        store.close()
        raise


def _services(store: Store, preferences: Preferences, world: World, sample: bool) -> Services:
    clock = world.clock
    discretion = Discretion(preferences, clock)
    x = XAccess(store, world.secrets, clock, world.rng, lambda: preferences.values, environment=world.x_token,
                sample=sample)  # fmt: skip
    outside = Outside(clock, store.traces, world.door, Paid(x.token, lambda: services.budget, store.people))
    indexer = Indexer(store, partial(_open_index, store))
    library = Library(store, indexer.index, clock, indexer.renew, lambda: indexer.problem)
    refresher = Refresher(
        store, clock, world.rng, outside.fetchers, lambda: preferences.values, discretion, indexer.wake,
        sample=sample, settled=outside.hang_up)  # fmt: skip
    services = Services(
        folder=store.folder, sample=sample, writable=store.writable, clock=clock, preferences=preferences,
        library=library, searches=Searches(store, library.total),
        curation=Curation(store, clock, strict=lambda: discretion.strict), history=History(store, indexer.wake),
        refresher=refresher, indexer=indexer, briefings=Briefings(store, library, clock), discretion=discretion, x=x,
        _store=store, _chance=Chance(world.rng), _fetchers=outside.fetchers, _checkers=outside.checkers, _x=outside.x,
        _hang_up=outside.hang_up, _door=_nobody if sample else outside.door, _extract=outside.extract,
        _read=outside.read, _run=outside.run, closing=[outside.close, indexer.close, store.close])  # fmt: skip
    return services


def _nobody() -> "Door":
    """Behind the items of the sample is no page."""
    raise NotInSample


def _open_index(store: Store) -> "Index":
    from veille.search.index import Index

    return Index.open(store.folder / "index", write=store.writable)


# Which profile -----------------------------------------------------------------------------------


def profile_folder(name: str) -> Path:
    """Where the person's own profile ("profile") and the sample ("sample") are kept on this machine."""
    import platformdirs

    return platformdirs.user_data_path("veille", appauthor=False) / name


def _chosen(arguments: Namespace, need: Need) -> tuple[Path, bool]:
    """The folder that is meant, and whether it is the sample.

    Who has no profile yet is in the sample until they ask for what begins their own.
    """
    if arguments.profile:
        return Path(arguments.profile), False
    own = profile_folder("profile")
    if arguments.sample or not (need is Need.BEGIN or own.is_dir()):
        return profile_folder("sample"), True
    return own, False


def _open_for_command(arguments: Namespace, need: Need) -> Services:
    """For writing if it is free, so that it is brought up to date; beside a window, commands that read still do."""
    folder, sample = _chosen(arguments, need)
    if need is not Need.READ:
        return _open_patiently(folder, sample)
    try:
        return open_services(folder, write=True, sample=sample)
    except (ProfileBusy, ProfileUnwritable):
        return open_services(folder, write=False, sample=sample)


def _open_patiently(folder: Path, sample: bool) -> Services:
    """Another command may have the profile for a moment."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return open_services(folder, write=True, sample=sample)
        except ProfileBusy:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


# The faces ---------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """The command ``veille``: returns the exit status."""
    i18n.use("system")
    cli.robust()
    arguments = cli.parse(argv)
    if arguments.command is None:
        if _can_show():
            return _window(arguments)
        print(_("veille: there is no display for the window; here is the briefing."), file=sys.stderr)
        arguments = cli.parse(["brief"], arguments)
    return cli.run(arguments, partial(_open_for_command, arguments), _print_pdf, partial(_restorer, arguments))


def _restorer(arguments: Namespace) -> "Restorer":
    """For the person's own profile, or the one they name: whatever is there now."""
    from veille.core.keeping.restoring import Restorer

    return Restorer(_chosen(arguments, Need.BEGIN)[0], SystemClock())


def _print_pdf(html: str, path: Path) -> None:
    from veille.ui.paper import print_pdf

    print_pdf(html, path)


def _can_show() -> bool:
    """Whether there is a display (only X11 and Wayland can be missing) and what Qt needs of the system."""
    if sys.platform not in ("win32", "darwin") and not _has_display():
        return False
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:  # a library such as libEGL
        print(f"veille: {error}", file=sys.stderr)
        return False
    return True


def _has_display() -> bool:
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY")) and _x_answers()


def _x_answers() -> bool:
    """Whether the X server that DISPLAY names lets us in; Qt ends the process when it does not.

    Without libxcb nobody can tell: then Qt says what it lacks.
    """
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _window(arguments: Namespace) -> int:
    from veille.ui import start

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it: Qt's loop would not let Python hear of it
    folder, sample = _chosen(arguments, Need.READ)
    try:
        first = _open_patiently(folder, sample)
    except VeilleError as error:
        return start.complain(str(error))
    return start.run(first, partial(_open_profile, arguments), sys.argv[:1])


def _open_profile(arguments: Namespace, name: str) -> Services:
    """The person's own profile ("own") or the sample, when they go from one to the other in the window."""
    sample = name == "sample"
    folder = profile_folder("sample") if sample else Path(arguments.profile or profile_folder("profile"))
    return _open_patiently(folder, sample)
