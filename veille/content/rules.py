"""The tables of cleaning, ``resources/discretion/cleaning.toml`` and ``redirectors.toml``, by host."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from veille.resources import resource

Rows = Mapping[str, list[dict[str, Any]]]

_SECOND_LEVEL = ("co", "com")  # amazon.co.uk, amazon.com.au


@dataclass(frozen=True, slots=True)
class Names:
    """Names of parameters in lower case; ``utm_*`` stands for all that begin so."""

    exact: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> "Names":
        """From a table's list."""
        lower = [name.lower() for name in names]
        exact = frozenset(name for name in lower if not name.endswith("*"))
        return cls(exact, tuple(name[:-1] for name in lower if name.endswith("*")))

    def __contains__(self, name: str) -> bool:
        return name in self.exact or name.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class Redirector:
    """Where a link holds the real address: in ``parameters``, or after ``path`` or "?" (``follows``)."""

    path: re.Pattern[str]
    parameters: frozenset[str]
    follows: str


@dataclass(frozen=True, slots=True)
class Site:
    """All that the tables say of a host. ``in_path``: an address may be held in the path alone."""

    names: Names
    redirectors: tuple[Redirector, ...] = ()
    opaque: tuple[re.Pattern[str], ...] = ()
    untouched: bool = False
    in_path: bool = False


@lru_cache(maxsize=4096)
def site(host: str) -> Site:
    """What holds on ``host``, in lower case and without port."""
    tables, keys = _tables(), list(_keys(host))
    own = [name for key in keys for name in tables.names.get(key, ())]
    redirectors = tuple(each for key in keys for each in tables.redirectors.get(key, ()))
    opaque = tuple(each for key in keys for each in tables.opaque.get(key, ()))
    untouched = any(key in tables.untouched for key in keys)
    names = Names.of([*tables.everywhere, *own]) if own else tables.common
    return Site(names, redirectors, opaque, untouched, any(each.follows == "path" for each in redirectors))


def _keys(host: str) -> Iterator[str]:
    """How the tables may call ``host``: itself, the hosts above it, the same under any country, any host."""
    labels = host.rstrip(".").split(".")
    country = 2 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 1
    for first in range(len(labels)):
        yield ".".join(labels[first:])
    for first in range(len(labels) - country):
        yield ".".join([*labels[first:-country], "*"])
    yield "*"


@dataclass(frozen=True, slots=True)
class _Tables:
    everywhere: tuple[str, ...]
    common: Names
    names: Mapping[str, list[str]]
    redirectors: Mapping[str, list[Redirector]]
    opaque: Mapping[str, list[re.Pattern[str]]]
    untouched: frozenset[str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    cleaning, ways = _read("cleaning.toml"), _read("redirectors.toml")
    everywhere = tuple(name for row in cleaning["everywhere"] for name in row["names"])
    names: dict[str, list[str]] = {}
    redirectors: dict[str, list[Redirector]] = {}
    opaque: dict[str, list[re.Pattern[str]]] = {}
    for row in cleaning["site"]:
        for host in row["hosts"]:
            names.setdefault(host, []).extend(row["names"])
    for row in ways["redirector"]:
        rule = Redirector(_paths(row), frozenset(row.get("parameters", ())), row.get("follows", ""))
        for host in row["hosts"]:
            redirectors.setdefault(host, []).append(rule)
    for row in ways["opaque"]:
        for host in row["hosts"]:
            opaque.setdefault(host, []).append(_paths(row))
    untouched = frozenset(host for row in ways["untouched"] for host in row["hosts"])
    return _Tables(everywhere, Names.of(everywhere), names, redirectors, opaque, untouched)


def _read(name: str) -> Rows:
    with resource("discretion", name).open("rb") as file:
        return tomllib.load(file)


def _paths(row: Mapping[str, Any]) -> re.Pattern[str]:
    """What matches the beginnings of a path that ``row`` names, each up to the end of a part of the path."""
    return re.compile("|".join(map(_path, row.get("paths", ["/"]))))


def _path(path: str) -> str:
    pattern = re.escape(path).replace(r"\*", "[^/?#]+")
    return pattern if path.endswith(("/", "=", ":")) else pattern + r"(?=[/?#]|\Z)"
