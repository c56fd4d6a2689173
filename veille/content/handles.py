"""What may name an account, a hashtag or a search on each network: the networks' own rules, and one spelling."""

import re
import unicodedata

from veille.content.text import plain

LONGEST_QUERY = 512  # characters; X takes no longer one
LONGEST_HASHTAG = 100

_ANY_CASE = re.IGNORECASE | re.ASCII  # without ASCII, ſ is an s
_X_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
# https://atproto.com/specs/handle and /did
_BLUESKY_HANDLE = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", _ANY_CASE
)
_BLUESKY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,16}[a-z0-9]", _ANY_CASE)  # before .bsky.social
_DID = re.compile(r"(?=.{1,2048}\Z)did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_MASTODON_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,98}[a-z0-9_])?", _ANY_CASE)
_FILE = re.compile(r"\.(?:rss|atom|json)\Z", _ANY_CASE)  # what an instance gives out under a name


def x_name(text: str) -> str:
    """``text`` as the name of an account on X, in lower case; "" if it cannot be one."""
    return text.lower() if _X_NAME.fullmatch(text) else ""


def number(text: str) -> str:
    """``text`` as a number by which X knows a list; "" if it cannot be one."""
    return text if re.fullmatch(r"[1-9][0-9]{0,18}", text) else ""


def query(text: str) -> str:
    """``text`` as a search on X, on one line; "" if it is empty or too long."""
    text = plain(text)
    return text if len(text) <= LONGEST_QUERY else ""


def bluesky_name(text: str) -> str:
    """``text`` as a handle (in lower case) or a DID of Bluesky; "" if it is neither."""
    if _DID.fullmatch(text):
        return text
    return text.lower() if _BLUESKY_HANDLE.fullmatch(text) else ""


def bluesky_own(text: str) -> str:
    """The handle at Bluesky's own host that ``text`` begins: name.bsky.social; "" if no account there is called so."""
    return f"{text.lower()}.bsky.social" if _BLUESKY_NAME.fullmatch(text) else ""


def mastodon_name(text: str) -> str:
    """``text`` as the name of an account on an instance, in lower case; "" if it cannot be one."""
    return text.lower() if _MASTODON_NAME.fullmatch(text) and not _FILE.search(text) else ""


def no_file(text: str) -> str:
    """``text`` without .rss, .atom or .json at its end: the page behind it."""
    return _FILE.sub("", text)


def hashtag(text: str) -> str:
    """``text`` as a hashtag without "#", in one spelling (NFKC, lower case); "" if it cannot be one."""
    tag = _spelt(text[: LONGEST_HASHTAG * 2])
    letters = any(unicodedata.category(each)[0] == "L" for each in tag)
    fits = len(tag) <= LONGEST_HASHTAG and all(unicodedata.category(c)[0] in "LMN" or c in "_·・" for c in tag)
    return tag if fits and letters and _spelt(tag) == tag else ""


def _spelt(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
