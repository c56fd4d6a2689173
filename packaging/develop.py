"""Set Veille up, run it, test it: ``python3 packaging/develop.py setup|run|test|messages|freeze [arguments]``.

Written with the standard library alone, for Python 3.11 or newer on Debian and its kin, other Linuxes,
Windows and macOS. ``setup`` prepares ``.venv`` and what the system lacks, and is quick when nothing changed;
``run`` and ``test`` do it first. ``freeze`` takes the newest versions and notes them in the constraints.
Exit status: that of what was run; 1 when something is missing or failed.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "veille-setup"
OLDEST_PYTHON = (3, 11)
CONSTRAINTS = Path("packaging", "constraints.txt")
ABOUT_CONSTRAINTS = (
    "# The versions that Veille was tested with, for pip's -c; renewed by: python3 packaging/develop.py freeze"
)

# Debian's package -> the library that Qt loads from it. The first eight are needed even without a screen.
QT_LIBRARIES = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libfreetype6": "libfreetype.so.6",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libx11-6": "libX11.so.6",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
FONTS = ["fonts-dejavu-core", "fonts-noto-color-emoji"]  # only where there is none at all
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports",),
    ("pytest",),
)


class Stop(Exception):
    """Setting up cannot go on; the text says what to do."""


def main(arguments: list[str]) -> int:
    """Do what ``arguments`` say; returns the exit status."""
    command, *rest = arguments or [""]
    commands = {"setup": setup, "run": run, "test": test, "messages": messages, "freeze": freeze}
    if command not in commands or (rest and command not in ("run", "test")):
        print(
            "usage: python3 packaging/develop.py setup|messages|freeze|run [ARGUMENT…]|test [ARGUMENT…]",
            file=sys.stderr,
        )
        return 2
    try:
        return commands[command](*rest)
    except Stop as why:
        say(str(why))
        return 1
    except KeyboardInterrupt:
        return 130


def setup() -> int:
    """Prepare ``.venv`` and what the system lacks."""
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"Veille needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}."
        )
    prepare_system()
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return compile_translations()
    if not has_pip():
        say("Creating .venv")
        call([base_python(), "-m", "venv", "--clear", VENV], "The virtual environment could not be created.")
    say("Installing what Veille needs into .venv (the first time, about 150 MB are downloaded)")
    install("--constraint", ROOT / CONSTRAINTS)
    STAMP.write_text(fingerprint())
    return compile_translations()


def run(*arguments: str) -> int:
    """Start Veille with ``arguments``, in the folder where the person is."""
    setup()
    return subprocess.call([str(SCRIPTS / "veille"), *arguments])


def test(*arguments: str) -> int:
    """Every check, one after the other, all of them even when one fails; ``arguments`` go to pytest."""
    setup()
    failed = []
    for check in CHECKS:
        say(" ".join(check))
        command = [str(SCRIPTS / check[0]), *check[1:], *(arguments if check[0] == "pytest" else ())]
        if subprocess.call(command, cwd=ROOT):
            failed.append(" ".join(check))
    say(f"FAILED: {', '.join(failed)}" if failed else "Every check passed.")
    return 1 if failed else 0


def messages() -> int:
    """Bring the translations' source files up to the program's texts."""
    setup()
    return (
        subprocess.call([str(python()), str(ROOT / "packaging" / "catalogue.py"), "update"]) or compile_translations()
    )


def freeze() -> int:
    """Bring ``.venv`` up to the newest versions that pyproject.toml allows, and note them in the constraints."""
    setup()
    install("--upgrade", "--upgrade-strategy", "eager")
    command = [str(python()), "-m", "pip", "freeze", "--exclude", "veille"]
    versions = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    lines = [ABOUT_CONSTRAINTS, *sorted(versions, key=str.lower)]
    (ROOT / CONSTRAINTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    STAMP.write_text(fingerprint())
    return 0


def compile_translations() -> int:
    """Write the files that gettext reads, where they are absent or old."""
    call([python(), ROOT / "packaging" / "catalogue.py", "compile"], "The translations could not be compiled.")
    return 0


# The virtual environment ---------------------------------------------------------------------------


def python() -> Path:
    """The Python of ``.venv``."""
    return SCRIPTS / ("python.exe" if os.name == "nt" else "python")


def base_python() -> str:
    """The Python that this runs on; the one behind it when that is a virtual environment."""
    return getattr(sys, "_base_executable", None) or sys.executable


def has_pip() -> bool:
    """Whether ``.venv`` works, with this version of Python."""
    question = "import pip, sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([str(python()), "-c", question], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def install(*how: str | Path) -> None:
    """Let pip bring Veille and all it needs into ``.venv``."""
    command = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *how, "--editable", f"{ROOT}[dev]"]
    call([python(), *command], "The dependencies could not be installed; the reason is above. Run this again to go on.")


def fingerprint() -> str:
    """What ``.venv`` was made from: when it changes, the dependencies are installed anew."""
    files = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", CONSTRAINTS))
    made_from = files + f"{sys.version_info[:2]} {ROOT}".encode()
    return hashlib.sha256(made_from).hexdigest()


# The system ----------------------------------------------------------------------------------------


def prepare_system() -> None:
    """Install what the system lacks (Debian and its kin, as root), or say how."""
    if not (missing := missing_packages()):
        return
    if not shutil.which("apt-get"):
        lacking = ", ".join(QT_LIBRARIES.get(each, each) for each in missing)
        raise Stop(f"This system lacks {lacking}: install them with its package manager, then run this again.")
    update, install = ["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        wanted = f"sudo {shlex.join(update)} && sudo {shlex.join(install)}"
        raise Stop(f"Veille needs some packages of this system. Run this, then try again:\n\n    {wanted}\n")
    say(f"Installing {' '.join(missing)}")
    call([*update, "-qq"], "apt-get update failed; the reason is above.")
    call([*install, "-qq"], "apt-get install failed; the reason is above.")
    importlib.invalidate_caches()
    if still := missing_packages():
        raise Stop(f"Still missing after their installation: {' '.join(still)}")


def missing_packages() -> list[str]:
    """Debian's names of what a Linux lacks; Windows and macOS have it all."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for package, library in QT_LIBRARIES.items() if not loads(library)]
    if importlib.util.find_spec("ensurepip") is None and not has_pip():
        missing.insert(0, "python3-venv")
    if not any(next(Path(folder).expanduser().rglob("*.[to]t[fc]"), None) for folder in FONT_FOLDERS):
        missing += FONTS
    return missing


def loads(library: str) -> bool:
    """Whether the system's loader finds ``library``."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def call(command: list[str | Path], problem: str) -> None:
    """Run ``command``, which asks nothing; :class:`Stop` with ``problem`` when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.call([str(part) for part in command], stdin=subprocess.DEVNULL, env=environment, cwd=ROOT)
    except OSError as error:
        raise Stop(f"{problem} ({error})") from error
    if done:
        raise Stop(problem)


def say(text: str) -> None:
    """Tell the person what goes on."""
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
