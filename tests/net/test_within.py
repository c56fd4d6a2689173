"""Redirects that belong to what was agreed to, and those that do not: nobody there is asked."""

import pytest

from tests.net.conftest import READ, FakeLedger
from tests.servers import FeedServer
from veille.content.addresses import same_site
from veille.errors import LeadsElsewhere, PrivateAddress, RefusedAddress
from veille.net.gateway import Gateway


def test_a_redirect_within_the_site_is_followed(server: FeedServer, gateway: Gateway) -> None:
    server.redirect("/old", "/new")
    server.put("/new", b"there")
    assert gateway.get(server.url("/old"), purpose=READ, allow_private=True, within=same_site).body == b"there"


FAR = "http://93.184.216.34/far?a=1"  # nobody is there: it must not be asked


def test_another_site_is_not_asked(server: FeedServer, gateway: Gateway, ledger: FakeLedger) -> None:
    server.redirect("/old", "/nearer")
    server.redirect("/nearer", FAR)
    with pytest.raises(LeadsElsewhere) as raised:
        gateway.get(server.url("/old"), purpose=READ, allow_private=True, within=same_site)
    assert raised.value.facts["to"] == FAR
    assert len(server.requests) == len(ledger.endings) == 2
    assert "127.0.0.1 sends on to another site" in str(raised.value)


def test_it_is_for_the_caller_to_say_what_is_one_site(server: FeedServer, gateway: Gateway) -> None:
    server.redirect("/old", "/new")
    with pytest.raises(LeadsElsewhere):
        gateway.get(server.url("/old"), purpose=READ, allow_private=True, within=lambda _one, _other: False)
    assert server.paths == ["/old"]


def test_nobody_is_offered_a_place_that_may_not_be_asked(server: FeedServer, gateway: Gateway) -> None:
    """Another port of an address that was allowed, another host of one's own network, what is no web address."""
    with FeedServer() as other:
        for to, error in (
            (other.url("/far"), PrivateAddress), ("http://localhost/", PrivateAddress),
            ("http://[::1]/", PrivateAddress),
            ("file:///etc/passwd", RefusedAddress), ("http://news.example:22/", RefusedAddress),
        ):  # fmt: skip
            server.redirect("/old", to)
            with pytest.raises(error):
                gateway.get(server.url("/old"), purpose=READ, allow_private=True, within=same_site)
        assert not other.requests
