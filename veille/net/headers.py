"""What is said to a host: the table ``resources/discretion/headers.toml``, and very little else."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from veille.model import Validators
from veille.resources import resource

# A validator is sent back byte for byte (RFC 9110, 8.8.3), unless it could not be a header at all.
_VALIDATOR = re.compile(r"[\t\x20-\x7e\x80-\xff]{1,1000}")


@dataclass(frozen=True, slots=True)
class Header:
    """One line that every request has, and what it is for."""

    name: str
    value: str
    why: str


def table() -> tuple[Header, ...]:
    """The neutral headers, in the order in which they are sent."""
    with resource("discretion", "headers.toml").open("rb") as file:
        return tuple(Header(**each) for each in tomllib.load(file)["header"])


NEUTRAL: Mapping[str, str] = MappingProxyType({header.name: header.value for header in table()})
"""All that is said of us: no program, version, language or number of readers."""


def conditions(validators: Validators, url: str) -> dict[str, str]:
    """The headers that ask ``url`` for what is new: none, unless that very address gave the validators."""
    if validators.url != url:
        return {}
    named = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in named.items() if _VALIDATOR.fullmatch(value)}
