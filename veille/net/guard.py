"""What may pass the door: which methods, which addresses, which hosts.

The guard judges and never asks the network. A name is judged twice: as it is written, here, and by
every address that it stands for, when :mod:`veille.net.connections` connects.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from veille.errors import PrivateAddress, RefusedAddress, RefusedMethod
from veille.i18n import N_

METHODS = frozenset({"GET", "HEAD"})
LONGEST = 4_000  # characters of an address; the web gets by with 2,000, feeds with signed queries need some more

_DEFAULT_PORTS = {"http": 80, "https": 443}

# Ports where other services listen that could take a request for something else: WHATWG Fetch, "port blocking".
# fmt: off
_BAD_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526,
    530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
    4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on

# Names that never leave the machine or its network: RFC 6761 (localhost), 6762 (local, and what its appendix G
# finds in use), 8375 (home.arpa), and ICANN's resolution 2024.07.29.06 (internal). Refused before any name server
# or proxy hears of them.
_LOCAL_NAMES = (
    *("localhost", "localdomain", "local", "internal", "home.arpa"),
    *("intranet", "private", "corp", "home", "lan"),
)

# What Python's tables (which change with its version) call global all the same: IETF protocol assignments
# (RFC 6890) and 6to4, which hides any IPv4 address (RFC 7526 retired it).
_NOT_PUBLIC = tuple(ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "2002::/16"))
# All public IPv6 there is (RFC 4291 and IANA's registry). Outside: IPv4 in disguise (NAT64 64:ff9b::/96 and
# 64:ff9b:1::/48, ::a.b.c.d), ::1, fc00::/7, fe80::/10, ff00::/8.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")

_NAME = re.compile(r"[a-z0-9_-][a-z0-9_.-]*")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_AUTHORITY = re.compile(r"[^:/?#]+://([^/?#]*)")
_USER = re.compile(r"(^|//)[^/?#]*@")
_NEVER = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that passed: ``host`` is lower case, without brackets; ``url`` has no name, password or fragment."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def place(self) -> tuple[str, int]:
        """Host and port: what a permission for a private network is given for."""
        return self.host, self.port

    @property
    def path(self) -> str:
        """Path and query, as they are asked for."""
        return "/" + self.url.split("/", 3)[3]


class Guard:
    """The rules, without state."""

    def check_method(self, method: str) -> None:
        """Raise :class:`RefusedMethod` for all but GET and HEAD: Veille reads and never writes."""
        if method not in METHODS:
            raise RefusedMethod(method=shown(method))

    def check_url(self, url: str) -> Target:
        """The normalised target of ``url``, or :class:`RefusedAddress`.

        Only http and https. A name or password in the address is refused rather than dropped: Veille sends no
        ``Authorization``, and ``https://known.example@other.example/`` means to deceive. Control characters,
        backslashes and hosts with percent signs (zones of IPv6 too) are refused: parsers disagree on them, as the
        corpora of WPT and ada show.
        """
        text = url.strip()
        if len(text) > LONGEST or _NEVER.search(text):
            raise _refused(text, N_("it is not a valid address"))
        try:
            parts = parse_url(text)
        except (LocationParseError, ValueError) as error:
            raise _refused(text, N_("it is not a valid address")) from error
        if not parts.scheme or parts.scheme not in _DEFAULT_PORTS:
            raise _refused(text, N_("only http and https are read"))
        authority = _AUTHORITY.match(text)
        written = authority[1] if authority else ""
        if "@" in written:
            raise _refused(text, N_("it carries a name or a password"))
        host = "" if "%" in written else _canonical((parts.host or "").lower())
        if not host:
            raise _refused(text, N_("it is not a valid address"))
        port = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        if port in _BAD_PORTS:
            raise _refused(text, N_("its port belongs to another service than the web"))
        shortest = None if port == _DEFAULT_PORTS[parts.scheme] else port
        whole = Url(parts.scheme, None, host, shortest, parts.path or "/", parts.query).url
        return Target(whole, parts.scheme, host.strip("[]"), port)

    def check_redirect(self, here: Target, location: str) -> Target:
        """Where ``location`` leads from ``here``; checked like any address."""
        try:
            there = urljoin(here.url, location.strip())
        except ValueError as error:
            raise _refused(location, N_("it is not a valid address")) from error
        return self.check_url(there)

    def check_host(self, host: str, allow_private: bool, *, proxied: bool) -> None:
        """Raise what can be said of ``host`` before anything leaves: of a local name, of a literal address.

        A proxy looks names up itself (``proxied``), in its own network: one without a dot is a host of that. A name
        in ``onion`` is for a proxy alone; no name server shall hear of it (RFC 7686).
        """
        self.check_name(host, allow_private)
        if literal := _literal(host):
            self.check_address(literal, host, allow_private)
        elif proxied and not allow_private and "." not in host.rstrip("."):
            raise PrivateAddress(host=shown(host))
        elif not proxied and host.rstrip(".").endswith(".onion"):
            raise _refused(host, N_("it can be reached through a Tor proxy alone"))

    def check_name(self, host: str, allow_private: bool) -> None:
        """Raise :class:`PrivateAddress` for a name that belongs to no public host, before it is looked up."""
        name = host.rstrip(".").lower()
        if not allow_private and any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES):
            raise PrivateAddress(host=shown(host))

    def check_address(self, ip: str, host: str, allow_private: bool) -> None:
        """Raise :class:`PrivateAddress` unless ``ip``, one of the addresses of ``host``, is public.

        With ``allow_private`` any address passes that one host can have; multicast and the unspecified address
        never do (they raise :class:`RefusedAddress`). An IPv4 address inside ``::ffff:0:0/96`` is judged as itself.
        """
        address = ipaddress.ip_address(ip)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if allow_private:
            if address.is_multicast or address.is_unspecified or ip == "255.255.255.255":
                raise _refused(host, N_("no host can have this address"))
        elif not _public(address):
            raise PrivateAddress(host=shown(host))


def _canonical(host: str) -> str:
    """``host`` in its one form, "" if it has none.

    A host that ends in a number is an IPv4 address, whatever its form: WHATWG URL, "host parsing". So ``127.1``,
    ``0x7f000001`` and ``2130706433`` are ``127.0.0.1``, and no name server is asked for them. The dot that may end
    a name goes: one host is one host for permissions, turns and traces.
    """
    if host.startswith("["):
        return host if _IPV6.fullmatch(host) and _literal(host[1:-1]) else ""
    if not _NAME.fullmatch(host) or ".." in host:
        return ""
    host = host.removesuffix(".")
    labels = host.split(".")
    if not _NUMBER.fullmatch(labels[-1]):
        return host
    if not all(map(_NUMBER.fullmatch, labels)):
        return ""
    try:
        *front, last = [_number(label) for label in labels]
        value = last + sum(byte << 24 - 8 * place for place, byte in enumerate(front))
        fits = len(front) < 4 and all(byte < 256 for byte in front) and last < 256 ** (4 - len(front))
        return str(ipaddress.IPv4Address(value)) if fits else ""
    except ValueError:
        return ""


def _literal(host: str) -> str:
    """``host`` if it is an IP address, "" for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _number(label: str) -> int:
    """A part of an IPv4 address: decimal, octal (0…) or hexadecimal (0x…)."""
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or any(address in network for network in _NOT_PUBLIC):
        return False
    return address.version == 4 or address in _PUBLIC_V6


def shown(text: str) -> str:
    """``text`` from outside as one short line that can do no harm where it is shown; punycode as it reads."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in text[:200])
    if not plain.startswith("xn--") and ".xn--" not in plain:
        return plain
    try:
        return plain.encode("ascii").decode("idna")
    except UnicodeError:
        return plain


def _refused(address: str, detail: str) -> RefusedAddress:
    return RefusedAddress(address=shown(_USER.sub(r"\1", address)), detail=detail)
