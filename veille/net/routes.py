"""The ways out, as a person writes them: nothing for direct, or the address of a proxy."""

import ipaddress
import re
from urllib.parse import unquote

from veille.contacts import DIRECT, Route
from veille.errors import BadSetting
from veille.i18n import N_

_LONGEST = 500  # characters
_WRITTEN = re.compile(
    r"(?P<kind>socks5h?|http)://(?:(?P<user>[^\s/@:]+):(?P<password>[^\s/@]*)@)?"
    r"(?P<host>[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\]):(?P<port>[0-9]{1,5})/?",
    re.IGNORECASE,
)
_FORM = N_("it takes an address such as socks5://127.0.0.1:9050 or http://proxy.example:3128, or nothing")
_SECRET = N_("the name and the password of a proxy have 255 bytes at most, and no colon in the name")


def parse_route(text: str) -> Route:
    """The route of ``text``: "" or "direct", ``socks5://…``, ``socks5h://…`` (the same: names always go to the
    proxy) or ``http://…``, with ``name:password@`` percent-encoded before the host.

    Raises :class:`BadSetting`, whose words do not repeat the password.
    """
    text = text.strip()
    if text.lower() in ("", "direct"):
        return DIRECT
    written = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if not written or not 0 < int(written["port"]) < 65_536:
        raise BadSetting(key="proxy", detail=_FORM)
    kind = "http" if written["kind"].lower() == "http" else "socks5"
    user, password = _secret(written["user"] or ""), _secret(written["password"] or "")
    if ":" in user:  # HTTP's Basic could not tell it from the password (RFC 7617, 2)
        raise BadSetting(key="proxy", detail=_SECRET)
    return Route(kind, _host(written["host"].lower()), int(written["port"]), user, password)


def _secret(text: str) -> str:
    try:
        secret = unquote(text, errors="strict")
        if len(secret.encode()) <= 255:  # RFC 1929, 2
            return secret
    except UnicodeError:
        pass
    raise BadSetting(key="proxy", detail=_SECRET)


def _host(written: str) -> str:
    if not written.startswith("["):
        return written
    try:
        return str(ipaddress.IPv6Address(written[1:-1]))
    except ValueError as error:
        raise BadSetting(key="proxy", detail=_FORM) from error
