"""Worlds to fetch in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeClock
from tests.net.conftest import FakeLedger, internet  # noqa: F401  # a fixture

if TYPE_CHECKING:
    from tests.internet import Internet
    from tests.sources.xworld import World


@pytest.fixture
def x(clock: FakeClock, internet: "Internet") -> "Iterator[World]":  # noqa: F811
    """X, with nobody on it, watched by nobody; the purse has 300 dollars."""
    from tests.networks.purse import MemoryPurse
    from tests.networks.x import XServer
    from tests.sources.xworld import World
    from veille.net.gateway import Gateway
    from veille.sources.x.fetcher import HOST

    server, ledger = XServer(clock), FakeLedger()
    internet.site(HOST, server)
    gateway = Gateway(clock, ledger, **internet.door)
    yield World(clock, internet, server, gateway, ledger, MemoryPurse(clock))
    gateway.close()
    assert not server.written
