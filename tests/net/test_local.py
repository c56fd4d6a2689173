"""Whatever form a local address takes, written, redirected to or answered by a name server: nothing leaves."""

import ipaddress
import itertools
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.corpora import corpus
from tests.fakes import FakeClock
from tests.net.conftest import READ, FakeLedger, Make, Names
from veille.contacts import Purpose, Reason, Route
from veille.errors import PrivateAddress, RefusedAddress, SourceError, Unreachable
from veille.net.gateway import Gateway
from veille.net.guard import Guard

LOCAL = ["127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"]
PROXIED = Purpose(Reason.BY_HAND, route=Route("socks5", "127.0.0.1", 9))
guard = Guard()


def as_ipv4(text: str) -> Iterator[str]:
    """Every way to write an IPv4 address: one to four numbers, each decimal, octal or hexadecimal."""
    parts = list(ipaddress.IPv4Address(text).packed)
    for count in range(1, 5):
        front, rest = parts[: count - 1], parts[count - 1 :]
        numbers = [*front, int.from_bytes(bytes(rest))]
        forms = [
            (str(each), f"0{each:o}", f"{each:#x}", f"{each:#X}", f"0x0{each:x}", f"00{each:o}") for each in numbers
        ]
        written = list(itertools.product(*forms)) if count < 3 else list(zip(*forms, strict=True))
        for each in written:
            yield ".".join(each)
            yield ".".join(each) + "."


def as_ipv6(text: str) -> Iterator[str]:
    """Every IPv6 address that stands for an IPv4 address, in several spellings."""
    high, low = int.from_bytes(ipaddress.IPv4Address(text).packed) >> 16, ipaddress.IPv4Address(text).packed[2:]
    hexadecimal = f"{high:x}:{int.from_bytes(low):x}"
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "64:ff9b:1:fffe::"):
        yield from (f"[{prefix}{text}]", f"[{prefix}{hexadecimal}]", f"[{prefix}{hexadecimal.upper()}]")
        yield f"[{ipaddress.IPv6Address(prefix + hexadecimal).exploded}]"
    yield from (f"[2002:{hexadecimal}::]", f"[2002:{hexadecimal}::1]", f"[2002:{hexadecimal}:0:0:0:0:1]")
    teredo = int(ipaddress.IPv4Address(text)) ^ 0xFFFFFFFF
    yield f"[2001:0:4136:e378:8000:63bf:{teredo >> 16:x}:{teredo & 0xFFFF:x}]"
    yield f"[fe80::5efe:{hexadecimal}]"


def as_deceit(text: str) -> Iterator[str]:
    """Spellings that some parser takes for the address."""
    yield text.translate({ord(digit): ord("０") + int(digit) for digit in "0123456789"})
    yield "".join(f"%{ord(letter):02x}" for letter in text)
    for dot in "。．｡":
        yield text.replace(".", dot)
    yield f"[{text}]"
    yield f"[::ffff:{text}%25lo]"
    yield f"{text}%00.example.org"
    yield f"{text}\\.example.org"
    yield f"example.org@{text}"
    yield f"\t{text[:3]}\t{text[3:]}"


@pytest.mark.parametrize("address", LOCAL)
def test_no_spelling_of_a_local_address_leaves(
    gateway: Gateway, names: Names, ledger: FakeLedger, address: str
) -> None:
    spelled = [*as_ipv4(address), *as_ipv6(address), *as_deceit(address)]
    assert len(spelled) > 100
    for host in spelled:
        for purpose in (READ, PROXIED):
            with pytest.raises((PrivateAddress, RefusedAddress)):
                gateway.get(f"http://{host}/", purpose=purpose)
        assert not _passes(f"//{host}/", "http://news.example/")
    assert (ledger.traces, names.asked) == ([], [])


@pytest.mark.parametrize("address", LOCAL)
def test_no_name_stands_for_a_local_address(make: Make, clock: FakeClock, address: str) -> None:
    dialled: list[Any] = []
    answers: list[str] = []

    def resolve(_host: str, port: int, **_options: object) -> list[tuple[Any, ...]]:
        family = socket.AF_INET6 if ":" in answers[0] else socket.AF_INET
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port)), (family, 1, 6, "", (answers.pop(), port))]

    def reach(where: tuple[Any, ...]) -> tuple[Any, ...]:
        dialled.append(where)
        return where

    gateway = make(clock, resolve=resolve, reach=reach)
    for each in (address, *(host.strip("[]") for host in as_ipv6(address))):
        answers.append(each)
        with pytest.raises(PrivateAddress):
            gateway.get("http://news.example/", purpose=READ)
    assert dialled == []


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for pair in value.items() for each in pair for text in _strings(each))
        case list():
            yield from (text for each in value for text in _strings(each))


def _is_local(host: str) -> bool:
    """As the system's own resolver reads ``host``, and the standard library judges it."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(socket.inet_aton(host) if ":" not in host else host)
    except (OSError, ValueError, UnicodeError):
        return host == "localhost" or host.endswith(".localhost")
    return not (getattr(address, "ipv4_mapped", None) or address).is_global


def _passes(url: str, base: str = "") -> str:
    """The host that would be asked directly; "" when it is refused."""
    try:
        target = guard.check_redirect(guard.check_url(base), url) if base else guard.check_url(url)
        guard.check_host(target.host, allow_private=False, proxied=False)
    except SourceError:
        return ""
    return target.host


def _tests() -> list[Path]:
    return sorted(corpus("E_hostile", "wpt-url-ada").rglob("*.json"))


def test_what_the_url_standard_takes_for_a_local_address_is_refused() -> None:
    """Its tests say what host each input has in a browser."""
    cases = [
        case
        for path in _tests()
        if path.name.endswith("urltestdata.json")
        for case in json.loads(path.read_text("utf-8", "surrogatepass"))
        if isinstance(case, dict) and _is_local(case.get("hostname") or "")
    ]
    assert len(cases) > 20
    for case in cases:
        assert not _passes(case["input"]), case
        base = case.get("base")
        if base and base.startswith("http") and _passes(base):
            assert not _passes(case["input"], base), case


def test_no_string_of_the_corpora_leads_to_a_local_address() -> None:
    texts = {text for path in _tests() for text in _strings(json.loads(path.read_text("utf-8", "surrogatepass")))}
    sheets = corpus("E_hostile", "owasp-cheatsheets").rglob("*.md")
    texts |= {text for path in sheets for text in re.findall(r"[^\s`'\"<>()]+", path.read_text("utf-8"))}
    naughty = corpus("E_hostile", "naughty-strings", "blns.txt").read_text("utf-8")
    texts |= set(naughty.splitlines())
    assert len(texts) > 10_000
    for text in texts:
        for url in (text, f"http://{text}", f"https://{text}/"):
            host = _passes(url)
            assert not (host and _is_local(host)), url


def test_a_name_that_looks_like_an_address_is_looked_up_as_it_is(make: Make, clock: FakeClock, names: Names) -> None:
    names.known |= {"127.0.0.1.example.org": [[]], "0x7f.example": [[]]}
    for name in names.known:
        with pytest.raises(Unreachable):
            make(clock).get(f"http://{name}/", purpose=READ)
    assert names.asked == list(names.known)
