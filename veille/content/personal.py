"""Addresses that look made for one reader: whoever gives them out knows by them who asks.

Nobody can tell for sure. What counts is a parameter whose name says so, a mail address, or a long piece that no
person would write; words, dates, numbers of articles and the names of public lists do not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from veille.content.text import plain

_SECRETS = (
    "token", "apikey", "authkey", "accesskey", "feedkey", "rsskey", "userkey", "secret", "signature",
    "password", "passwd", "passphrase", "sessionid", "sessid",
)  # fmt: skip
_SECRET = frozenset({"key", "auth", "sig", "hash", "sid", "pwd", "pass", "jwt", "private", "code"})
_WHO = frozenset(
    {"user", "username", "userid", "uid", "uuid", "guid", "login", "un", "u", "me", "who", "client", "clientid"}
)
_WHO |= {"account", "accountid", "member", "profile", "subscription"}
# Whatever stands here is about one person: numbers too.
_READERS = frozenset({"subscriber", "subscriberid", "reader", "readerid", "visitor", "visitorid", "recipient"})
_READERS |= {"recipientid", "customer", "customerid", "contactid", "memberid", "email", "mail"}
# What everybody may ask for, however drawn it looks.
_PUBLIC_NAMES = frozenset({"channel", "channelid", "list", "listid", "playlist", "playlistid", "ned", "v"})
_PUBLIC_HOSTS = (".youtube.com", ".campaign-archive.com", ".omnycontent.com", ".acast.com", ".simplecast.com")

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s/]+@[^@\s/]+\.[a-z]{2,}", re.IGNORECASE)
_PIECE = re.compile(r"[A-Za-z0-9]+")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")  # a word, capitals or a number
_HEX = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}")
_IN_A_RUN = 2.6  # characters, on average: what is drawn has less, what is written has more
_LONG = 32  # characters in one piece of letters and digits: no word, date or number
_SHORTEST = 6  # characters of a key
_SHOWN = 6  # of which so many are shown
_MOST = 100  # parameters that are looked at


@dataclass(frozen=True, slots=True)
class _Caution:
    """From how many drawn characters on a value or a part of the path counts.

    ``wary``: any name of a person counts, whatever its value, and a slug with a number drawn at its end.
    """

    value: int
    segment: int
    wary: bool


_GIVEN = _Caution(16, 20, wary=False)  # an address that the person has
_TOLD = _Caution(8, 8, wary=True)  # an address to which a server sends on: it could have stayed as it was


def token(address: str) -> str:
    """What in ``address`` looks like a personal key: the name of a parameter, or the beginning of a part; "" for none.

    For a person to recognise it by; the key itself is never shown whole.
    """
    return next((shown for shown, _value in _keys(address, _GIVEN)), "")


def personal(before: str, after: str) -> str:
    """What in ``after`` looks made for one reader and was not in ``before``; shown as :func:`token` does.

    Less is enough here than for an address that the person brought.
    """
    known = unquote(before)
    return next((shown for shown, value in _keys(after, _TOLD) if value not in known), "")


def _keys(address: str, caution: _Caution) -> Iterator[tuple[str, str]]:
    """What looks like a key: how it is shown, and its value."""
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, max_num_fields=_MOST)
        host = parts.hostname or ""
    except ValueError:
        return
    public = f".{host}".endswith(_PUBLIC_HOSTS)
    segments = [segment.split(";") for segment in unquote(parts.path).split("/")]
    inside = (each.partition("=") for _first, *rest in segments for each in rest)  # /page;jsessionid=…
    for name, value in (*pairs, *((name, value) for name, _equals, value in inside)):
        if value and _is_key(name, value, caution, public):
            yield plain(name)[:40], value
    for segment in (*(first for first, *_rest in segments), *host.split(".")):
        mail = _MAIL.fullmatch(segment) and not segment.startswith("@")
        least = caution.segment if caution.wary else max(caution.segment, len(segment) // 2)
        if mail or (not public and _drawn(segment) >= least):
            yield f"{segment[:_SHOWN]}…", segment


def _is_key(name: str, value: str, caution: _Caution, public: bool) -> bool:
    bare = re.sub(r"[^a-z]", "", name.lower())
    if _MAIL.fullmatch(value):
        return True
    if bare.endswith(_SECRETS) or bare in _SECRET:
        return len(value) >= _LONG // 2 or (len(value) >= _SHORTEST and any(map(str.isdigit, value)))
    if bare in _READERS:
        return caution.wary or any(map(str.isdigit, value))
    if public or bare in _PUBLIC_NAMES:
        return False
    if bare in _WHO:
        return caution.wary or _drawn(value) >= _SHORTEST
    return _drawn(value) >= caution.value


def _drawn(text: str) -> int:
    """How many characters of ``text`` look drawn by a machine."""
    if uuid := _UUID.search(text):
        return len(uuid[0])
    return sum(len(piece) for piece in _PIECE.findall(text) if _is_drawn(piece))


def _is_drawn(piece: str) -> bool:
    """Hexadecimal, or letters and digits that change places again and again, as in no word and no date."""
    runs = len(_RUN.findall(piece))
    if runs < 4:
        return False
    if _HEX.fullmatch(piece) or (len(piece) >= _LONG and not piece.isalpha()):
        return True
    return runs * _IN_A_RUN >= len(piece)
