"""Addresses on the web: one spelling each, and what a link in a page means."""

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from veille.errors import BadAddress, LoginAddress

LONGEST = 4096  # characters; longer addresses are refused

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,253}\.?\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?\Z")
_IGNORED = re.compile(r"[\t\r\n]")  # what browsers drop anywhere in an address (WHATWG URL, 4.4)
_EDGES = "".join(map(chr, range(0x21)))  # and at its ends
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_MAIL = re.compile(r"mailto:[^\s<>\"'`\\\x00-\x20\x7f]{1,320}\Z", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'()*+,/:;=?@_.~\[\]-]*\Z")
_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#][A-Za-z0-9!#$%&'()*+,/:;=?@_.~-]*)?\Z")
_SAFE = "!#$%&'()*+,/:;=?@[]~"  # besides letters, digits and -._ : what stays as it is
_ROUTE = ("!", "/")  # fragments that begin so name a page of an application


def normalise(url: str) -> str:
    """The one spelling of a web address, the same on every machine.

    Scheme and host in lower case, the host in ASCII (IDNA), no default port, no fragment, "/" for an empty
    path; ``feed:`` in front is taken off. What is not ASCII in path and query is percent-encoded as UTF-8.

    :raises BadAddress: not http or https, no host, an impossible port or host, over 4,096 characters;
        :class:`LoginAddress` for one with a name or a password, which Veille would not send.
    """
    try:
        return _normalise(url)
    except ValueError as error:
        raise BadAddress(address=url[:200]) from error


def _normalise(url: str) -> str:
    text = _IGNORED.sub("", url.strip(_EDGES))
    if text[:5].lower() == "feed:":
        rest = text[5:]
        text = "http:" + rest if rest.startswith("//") else rest
    parts = urlsplit(text)
    if len(text) > LONGEST or parts.scheme not in _PORTS or "\\" in parts.netloc:
        raise ValueError(url)
    host, port = _ascii_host(parts.hostname or ""), parts.port
    if port == 0:
        raise ValueError(url)
    if "@" in parts.netloc:
        raise LoginAddress(host=host)
    shown_port = "" if port in (None, _PORTS[parts.scheme]) else f":{port}"
    path = quote(parts.path, safe=_SAFE, errors="replace") or "/"
    return urlunsplit((parts.scheme, host + shown_port, path, quote(parts.query, safe=_SAFE, errors="replace"), ""))


def _ascii_host(name: str) -> str:
    if "%" in name:
        raise ValueError(name)  # a zone of IPv6 names a network card of this machine
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name).compressed}]"
    if not name.isascii():
        import idna  # rarely needed: not worth its time at start

        name = idna.encode(name, uts46=True).decode()
    name = name.lower()
    if not _HOST.match(name):
        raise ValueError(name)
    return name


def page(url: str) -> str:
    """What tells the page at ``url`` from others: its one spelling, with a fragment where that names a page (#!, #/).

    :raises BadAddress: as :func:`normalise`.
    """
    fragment = url.partition("#")[2]
    return normalise(url) + (f"#{fragment}" if fragment.startswith(_ROUTE) else "")


def source_key(kind: str, address: str) -> str:
    """What names a source on every machine: kind and normalised address.

    :raises BadAddress: as :func:`normalise`.
    """
    return f"{kind}:{normalise(address)}"


def host(url: str) -> str:
    """The host that ``url`` names, in lower case, for a person to read; "" if it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def resolve(link: str, base: str = "", *, mail: bool = False) -> str:
    """The absolute http or https address that ``link`` means on the page ``base``; "" if it means none.

    Read as a browser does: line ends and tabs inside, control characters around and backslashes don't
    hide a scheme. With ``mail``, a ``mailto:`` address stays.
    """
    if not link:
        return ""
    if len(link) <= LONGEST and _USUAL.match(link):
        return link
    text = _IGNORED.sub("", link.strip(_EDGES))
    if not text or len(text) > LONGEST:
        return ""
    if mail and _MAIL.match(text):
        return "mailto:" + text[7:]
    address, mark, query = text.partition("?")
    text = address.replace("\\", "/") + mark + query
    try:
        whole = text if _SCHEME.match(text) else urljoin(base, text)
        parts = urlsplit(whole)
        if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0:
            return ""
        return quote(whole, safe=_SAFE, errors="replace") if not _PLAIN.match(whole) else whole
    except ValueError:
        return ""


_TWICE = re.compile(r"\A(?:www|m|mobile)\.(?=[^.]+\.)")  # before the name of a site that is the same without it


def same_site(one: str, other: str) -> bool:
    """Whether both addresses are one site for certain: one host and port, with or without www., m. or mobile. in front,
    by http or https.

    What else belongs together (``blog.example.co.uk`` and ``example.co.uk``) cannot be told without a list of all
    suffixes under which anybody may have a name, so it does not count.
    """
    try:
        first, second = urlsplit(one), urlsplit(other)
        ports = [None if each.port == _PORTS.get(each.scheme) else each.port for each in (first, second)]
    except ValueError:
        return False
    names = [_TWICE.sub("", (each.hostname or "").rstrip(".")) for each in (first, second)]
    return bool(names[0]) and names[0] == names[1] and ports[0] == ports[1]
