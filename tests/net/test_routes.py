"""The ways out as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.contacts import DIRECT, Route
from veille.errors import BadSetting
from veille.net.routes import parse_route


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("", DIRECT),
        (" direct ", DIRECT),
        ("socks5://127.0.0.1:9050", Route("socks5", "127.0.0.1", 9050)),
        ("socks5h://Tor.Example:9050/", Route("socks5", "tor.example", 9050)),
        ("HTTP://proxy.example:3128", Route("http", "proxy.example", 3128)),
        ("http://[::1]:8080", Route("http", "::1", 8080)),
        ("socks5://ann:p%40ss%2f%C3%A9@10.0.0.1:1", Route("socks5", "10.0.0.1", 1, "ann", "p@ss/é")),
        ("socks5://ann:@proxy:1080", Route("socks5", "proxy", 1080, "ann")),
    ],
)
def test_a_route_is_read(text: str, route: Route) -> None:
    assert parse_route(text) == route


@pytest.mark.parametrize(
    "text",
    [
        "socks4://127.0.0.1:9050", "https://proxy.example:443", "proxy.example:3128", "socks5://proxy.example",
        "http://proxy.example:0", "http://proxy.example:65536", "http://:80", "http://[::g]:80", "http://[1:2]:80",
        "http://proxy.example:80/path", "http://a b:80", "http://a:secret@b@c:80", "socks5://ann@proxy:80",
        "http://a%3Ab:secret@proxy:80", "socks5://a:%ff@proxy:80", f"socks5://a:{'s' * 256}@proxy:80",
        "http://proxy:80?", "http://-proxy:80", "direct://", "http://" + "a" * 500 + ":80", "socks5://ann:secret@:1",
    ],
)  # fmt: skip
def test_all_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_route(text)
    assert refused.value.facts["key"] == "proxy"
    assert "secret" not in str(refused.value)


def test_another_secret_is_another_route() -> None:
    routes = [parse_route(f"socks5://{user}proxy:1080") for user in ("", "a:b@", "a:c@", "ab:@")]
    assert len({route.key for route in routes}) == 4
    assert {str(route) for route in routes} == {"socks5://proxy:1080"}
    assert not [route for route in routes if "password" in repr(route)]


@given(st.text())
def test_any_text_is_a_route_or_refused(text: str) -> None:
    for each in (text, f"socks5://{text}:9050", f"http://{text}@proxy:80", f"http://proxy:{text}"):
        try:
            route = parse_route(each)
        except BadSetting:
            continue
        assert route.direct or 0 < route.port < 65_536
