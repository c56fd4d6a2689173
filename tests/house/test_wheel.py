"""What a person installs: a wheel, made from a source archive, in an empty environment.

The environment is new and holds the wheel alone; its dependencies are those of the tests' own
environment (one line in a ``.pth``), since fetching 150 MB anew would need the network. So that nothing
hides behind this, the declared dependencies are compared with what is there and with what the code imports.
"""

import ast
import email
import os
import subprocess
import sys
import sysconfig
import zipfile
from email.message import Message
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is: the source archive first, the wheel from that."""
    out = tmp_path_factory.mktemp("dist")
    finish([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT], cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands in an environment that has nothing but the wheel."""
    home = tmp_path_factory.mktemp("empty")
    finish([sys.executable, "-m", "venv", "--without-pip", home / "env"])
    paths = sysconfig.get_paths("venv", {"base": str(home / "env"), "platbase": str(home / "env")})
    python = Path(paths["scripts"]) / Path(sys.executable).name
    finish([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel])
    (Path(paths["purelib"]) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return Path(paths["scripts"])


@pytest.fixture(scope="module")
def requirements(wheel: Path) -> list[Requirement]:
    """What the wheel says it needs."""
    declared = [Requirement(each) for each in metadata(wheel).get_all("Requires-Dist", [])]
    return [each for each in declared if not each.marker or each.marker.evaluate({"extra": ""})]


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def finish(command: list[str | Path], cwd: Path | None = None, **variables: str) -> str:
    """Run ``command`` and return what it printed; it must succeed."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")} | variables
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", check=False)  # fmt: skip
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def test_the_wheel_holds_the_package_and_its_resources_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {each for each in archive.namelist() if ".dist-info/" not in each}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "veille").rglob("*.py")}
    shipped = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    assert names == package | {f"veille/{path.relative_to(ROOT).as_posix()}" for path in shipped}
    assert "veille/resources/translations/fr/LC_MESSAGES/veille.mo" in names


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    said = metadata(wheel)
    assert (said["Name"], said["License-Expression"], said["Requires-Python"]) == ("veille", "MIT", ">=3.11")
    assert said["License-File"] == "LICENSE"


def test_what_is_declared_is_what_is_there(requirements: list[Requirement]) -> None:
    assert [str(each) for each in requirements if not each.specifier.contains(version(each.name))] == []


def test_what_is_imported_is_declared(requirements: list[Requirement]) -> None:
    declared = {canonicalize_name(each.name) for each in requirements}
    owners = packages_distributions()
    ours = {name for name, dists in owners.items() if declared & {canonicalize_name(each) for each in dists}}
    imported = {name for path in (ROOT / "veille").rglob("*.py") for name in imports(path)}
    assert imported - sys.stdlib_module_names - {"veille"} - ours == set()


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in plain | parts}


def test_it_runs(installed: Path, tmp_path: Path) -> None:
    assert finish([installed / "veille", "--version"], cwd=tmp_path) == "veille 0.1.0\n"
    assert finish([installed / "python", "-m", "veille", "--version"], cwd=tmp_path) == "veille 0.1.0\n"


def test_it_finds_its_resources(installed: Path, tmp_path: Path) -> None:
    where = finish([installed / "python", "-c", "import veille.resources as r; print(r.resource())"], cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    starters = finish([installed / "veille", "starters", "--json", "--profile", tmp_path / "p"], cwd=tmp_path)
    assert '"key": "telecoms"' in starters
    french = finish([installed / "veille", "--help"], cwd=tmp_path, LC_ALL="fr_FR.UTF-8", PYTHONUTF8="1")
    assert "options" in french
    assert "Watch your sector" not in french
