"""What a person means by @name, @name@host, name.bsky.social or an address: a source, its network and its form."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from veille.content import handles
from veille.content.addresses import LONGEST, host, normalise
from veille.content.text import plain, printable
from veille.errors import BadAddress
from veille.i18n import _, quoted
from veille.model import SourceKind


class Form(StrEnum):
    """What of a network is watched."""

    FEED = "feed"
    PAGE = "page"
    ACCOUNT = "account"
    LIST = "list"
    SEARCH = "search"
    HASHTAG = "hashtag"


@dataclass(frozen=True, slots=True)
class Meant:
    """A source, as far as its address tells. ``address`` is its canonical address, which a person may type, too:

    ============================  ==================================================
    account on X                  ``https://x.com/name`` (lower case)
    list on X                     ``https://x.com/i/lists/84839422``
    search on X                   ``https://x.com/search?q=hydrogen%20lang%3Afr``
    account on Bluesky            ``https://bsky.app/profile/name.bsky.social`` (or a DID)
    account on Mastodon           ``https://mastodon.example/@name`` (lower case)
    hashtag on Mastodon           ``https://mastodon.example/tags/hydrogen`` (lower case)
    feed                          the address of the feed
    page                          the address of the page, which has no feed
    ============================  ==================================================

    ``name`` is the handle without its first "@" (of Mastodon name@host, as the address has the host), the list's
    number, the query, or the hashtag without "#"; "" for a feed and for a page.
    ``host`` is the machine that will be asked: an API's, an instance's or the feed's.
    """

    kind: SourceKind
    form: Form
    address: str
    name: str
    host: str


X_HOSTS = frozenset({"x.com", "twitter.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com"})
_X_API = "api.twitter.com"
_X_PAGES = frozenset({
    "about", "account", "compose", "download", "explore", "hashtag", "home", "i", "intent", "jobs", "login", "logout",
    "messages", "notifications", "oauth", "privacy", "search", "settings", "share", "signup", "tos", "widgets",
})  # fmt: skip
_NITTERS = frozenset({"xcancel.com", "lightbrd.com", "twiiit.com"})  # those that are not called so
_BLUESKY_HOSTS = frozenset({"bsky.app", "main.bsky.app", "staging.bsky.app"})
_BLUESKY_API = "public.api.bsky.app"
_BLUESKY_BRIDGE = "bsky.brid.gy"  # shows accounts of Bluesky to Mastodon, as @name.bsky.social@bsky.brid.gy
# Other places that call people @name: they know nothing of Mastodon's API.
_NO_MASTODON = frozenset({
    "bitchute.com", "ecency.com", "flipboard.com", "hashnode.com", "hive.blog", "jsr.io", "medium.com",
    "observablehq.com", "odysee.com", "paragraph.xyz", "peakd.com", "producthunt.com", "replit.com", "rumble.com",
    "steemit.com", "substack.com", "threads.com", "threads.net", "tiktok.com", "unsplash.com", "velog.io",
    "wattpad.com", "youtu.be", "youtube.com",
})  # fmt: skip
_OF_AN_ACCOUNT = frozenset(
    {"with_replies", "media", "tagged", "featured", "following", "followers", "statuses", "posts", "feed", "outbox"}
)
_SEARCH = re.compile(r"(?:x|search|recherche)\s*[:\uff1a](?!//)(.+)", re.IGNORECASE | re.DOTALL)
_AT_HOST = re.compile(r"@?([^\s@/:#?]+)@([^\s@/#?]+)")
_TAG_AT_HOST = re.compile(r"#([^\s@/#]+)@([^\s@/#?]+)")
_NO_SCHEME = re.compile(r"(?:[^\W_](?:[\w-]*)\.)+[^\W\d_][\w-]+\.?(?::[0-9]{1,5})?(?:[/?#].*)?", re.DOTALL)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2065\ufe0e\ufe0f]+")  # of no width: no part of a name
_EDGES = " \t\r\n\x0b\x0c\u00a0\u200b\u200e\u200f\u2060"
_WRAPPING = f'{_EDGES}<>"“”«»'  # what people copy along


def understand(text: str) -> tuple[Meant, ...]:
    """What ``text`` may mean, the likeliest first; () for nothing. Asks nobody, never raises."""
    text = printable(text[: 2 * LONGEST]).strip(_EDGES)
    if not text or len(text) > LONGEST:
        return ()
    if found := _SEARCH.fullmatch(text):
        return tuple(_search(found[1]))
    text = text.strip(_WRAPPING)
    short = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:3000])).strip(_WRAPPING)
    return tuple(dict.fromkeys(_handle(short))) or tuple(dict.fromkeys(_address(text)))


def meant(kind: SourceKind, address: str) -> Meant:
    """What a source that is stored as ``address`` is. Raises BadAddress."""
    if kind == SourceKind.FEED:
        return _feed(normalise(address))
    if kind == SourceKind.PAGE:
        return _watched(normalise(address))
    for each in _page(normalise(address)):
        if each.kind == kind:
            return each
    raise BadAddress(address=address[:200])


def listed(address: str, kind: str = "") -> Meant:
    """What ``address`` is in a list of feeds, where it was written as one; ``kind`` is what the list says of it.

    Pages of X and Bluesky, which are no feeds, are accounts there, too. Raises BadAddress.
    """
    address = normalise(address)
    if kind == SourceKind.FEED:
        return _feed(address)
    if kind == SourceKind.PAGE:
        return _watched(address)
    found = list(_page(address))
    told = next((each for each in found if each.kind == kind), None)
    first = found[0] if found else None
    no_feed = first and first.kind in (SourceKind.X, SourceKind.BLUESKY) and not address.endswith("/rss")
    return told or (first if first and no_feed else _feed(address))


def elsewhere(one: Meant) -> str:
    """The address at which other readers get what ``one`` gives, where there is one; else its own."""
    match one.kind:
        case SourceKind.MASTODON:
            return f"{one.address}.rss"
        case SourceKind.BLUESKY:
            return f"{one.address}/rss"
    return one.address


def in_words(one: Meant) -> str:
    """What Veille understood, as a sentence: "The account @name on X."."""
    name = plain(one.name)
    match one.kind, one.form:
        case SourceKind.X, Form.LIST:
            return _("The list {name} on X.").format(name=name)
        case SourceKind.X, Form.SEARCH:
            return _("The search “{query}” on X.").format(query=name)
        case SourceKind.X, _other:
            return _("The account {name} on X.").format(name=shown(one))
        case SourceKind.BLUESKY, _other:
            return _("The account {name} on Bluesky.").format(name=shown(one))
        case SourceKind.MASTODON, Form.HASHTAG:
            return _("The hashtag {name} on {host} (Mastodon).").format(name=shown(one), host=one.host)
        case SourceKind.MASTODON, _other:
            return _("The account {name} on Mastodon.").format(name=shown(one))
        case SourceKind.PAGE, _other:
            return _("The page at {address}").format(address=plain(one.address)[:300])
    return _("The feed at {address}").format(address=plain(one.address)[:300])


def shown(one: Meant) -> str:
    """How a person writes it: @name, #hashtag, “query”, a DID, the number of a list; the address of a feed."""
    name = plain(one.name)
    match one.form:
        case Form.ACCOUNT:
            return name if name.startswith("did:") else f"@{name}"
        case Form.HASHTAG:
            return f"#{name}"
        case Form.SEARCH:
            return quoted(name)
        case Form.LIST:
            return _("List {number}").format(number=name)
    return plain(one.address)


def is_nitter(name: str) -> bool:
    """Whether the host called ``name`` shows posts of X by Nitter, going by what it is called."""
    return name in _NITTERS or any("nitter" in label for label in name.split("."))


# Names -------------------------------------------------------------------------------------------


def _handle(text: str) -> Iterator[Meant]:
    """What is meant by a name that is no address."""
    lower = text.lower()
    if lower.startswith("at://"):
        yield from _bluesky(text[5:].partition("/")[0])
    elif lower.startswith("did:"):
        yield from _bluesky(text)
    elif found := _TAG_AT_HOST.fullmatch(text):
        yield from _hashtag(found[1], _instance(found[2]))
    elif lower.startswith("#"):
        yield from _x_hashtag(text[1:])
    elif found := _AT_HOST.fullmatch(text[5:] if lower.startswith("acct:") else text):
        yield from _at(found[1], found[2])
    elif lower.startswith("@"):
        yield from _at_name(text[1:])
    elif lower.rstrip(".").endswith(".bsky.social") and ":" not in text:
        yield from _bluesky(_ascii(text))


def _at_name(name: str) -> Iterator[Meant]:
    """@name: X is where such names come from; Bluesky's own host gives out the like."""
    if "." in name:
        yield from _bluesky(_ascii(name))
        return
    yield from _x_account(name)
    yield from _bluesky(handles.bluesky_own(name))


def _at(name: str, place: str) -> Iterator[Meant]:
    """name@host: Mastodon, but for hosts of other networks."""
    known = place.lower().removeprefix("www.").rstrip(".")
    if known in X_HOSTS:
        yield from _x_account(name)
    elif known == "bsky.social":
        yield from _bluesky(handles.bluesky_own(name))
    elif known == _BLUESKY_BRIDGE:
        yield from _bluesky(name)
    else:
        yield from _mastodon_account(name, _instance(place))


# Addresses ---------------------------------------------------------------------------------------


def _address(text: str) -> Iterator[Meant]:
    """What is meant by a web address, with or without its scheme."""
    bare = bool(_NO_SCHEME.fullmatch(text))
    whole = f"https://{text}" if bare else f"https:{text}" if text.startswith("//") else text
    try:
        address = normalise(whole.replace("/#!/", "/", 1))  # as Twitter wrote it once
    except BadAddress:
        return
    if text[:5].lower() == "feed:":
        yield _feed(address)
        return
    found = list(_page(address))
    yield from found
    if found and bare and urlsplit(address)[2:4] == ("/", ""):
        yield from _bluesky(host(address))  # a handle may be any host


def _page(address: str) -> Iterator[Meant]:
    """What is meant by a normalised address."""
    parts = urlsplit(address)
    raw = [each for each in parts.path.split("/") if each]
    segments = [_UNSEEN.sub("", unicodedata.normalize("NFKC", unquote(each))).strip() for each in raw]
    known = _known(parts)
    if known in X_HOSTS:
        yield from _x_page(segments, parts.query)
    elif known in _BLUESKY_HOSTS:
        yield from _bluesky_page(raw, address)
    elif is_nitter(known):
        yield from _nitter_page(parts, segments)
    elif known.endswith(".bsky.social") and not raw:
        yield from _bluesky(known)
    else:
        found = list(_mastodon_page(_origin(parts), segments))
        yield from found
        if all(each.host == parts.hostname for each in found):
            yield _feed(address)


def _known(parts: SplitResult) -> str:
    """The host, without what stands before it on telephones."""
    name = (parts.hostname or "").rstrip(".")
    return re.sub(r"\A(?:www|m|mobile)\.(?=[^.]+\.)", "", name)


def _x_page(segments: Sequence[str], query: str) -> Iterator[Meant]:
    match segments:
        case ["i", "lists", number, *_more]:
            yield from _x_list(number)
        case ["search"]:
            yield from _search(_parameter(query, "q"))
        case ["hashtag", tag, *_more]:
            yield from _x_hashtag(tag)
        case ["intent", "user" | "follow"]:
            yield from _x_account(_parameter(query, "screen_name"))
        case [_name, "lists", _slug, *_more]:
            return  # X no longer finds a list by its name
        case [name, *_more]:
            yield from _x_account(name.removeprefix("@"))


def _nitter_page(parts: SplitResult, segments: Sequence[str]) -> Iterator[Meant]:
    """The RSS behind a page of Nitter; then what it mirrors."""
    origin, query = _origin(parts), f"?{parts.query}" if parts.query else ""
    match segments:
        case ["search"] | ["search", "rss"]:
            yield _feed(f"{origin}/search/rss{query}")
            yield from _search(_parameter(parts.query, "q"))
        case ["i", "lists", number, *_more] if handles.number(number):
            yield _feed(f"{origin}/i/lists/{number}/rss")
            yield from _x_list(number)
        case [name, *more] if handles.x_name(name) and name.lower() not in _X_PAGES:
            kept = [each for each in more[:1] if each in ("with_replies", "media", "search")]
            yield _feed("/".join((origin, name, *kept, "rss")) + (query if kept == ["search"] else ""))
            yield from _x_account(name)
        case _other:
            yield _feed(parts.geturl())


def _bluesky_page(raw: Sequence[str], address: str) -> Iterator[Meant]:
    match raw:
        case ["profile", _who, "feed" | "lists", _name, *_more]:
            return  # by many, not by the one who keeps it
        case ["profile", who, *more]:
            named = handles.bluesky_name(who) or _ascii(unquote(who).strip().removeprefix("@"))
            found = list(_bluesky(named))
            yield from found
            if found and more == ["rss"]:
                yield _feed(address)


def _mastodon_page(origin: str, segments: Sequence[str]) -> Iterator[Meant]:
    """What of an instance of Mastodon, or of the like, has this page; nothing for pages of other sites."""
    if not _instance(origin.partition("://")[2], origin):
        return
    if len(segments) > 1 and segments[0] in ("web", "deck"):
        segments = segments[1:]
    match segments:
        case ["tags", tag] | ["timelines", "tag", tag]:
            yield from _hashtag(handles.no_file(tag), origin)
        case ["users", who, *more] if not who.startswith("@") and _of_account(more):
            yield from _mastodon_who(handles.no_file(who), origin)
        case [who, *more] if who.startswith("@") and _of_account(more):
            yield from _mastodon_who(handles.no_file(who[1:]), origin)


def _of_account(more: Sequence[str]) -> bool:
    """Whether this follows an account's name: nothing, the number of a post, one of its own pages."""
    return not more or (more[0].isascii() and more[0].isdigit()) or more[0].partition(".")[0] in _OF_AN_ACCOUNT


def _mastodon_who(who: str, origin: str) -> Iterator[Meant]:
    """An account of the instance ``origin``, or of another one, as seen from there."""
    name, at, place = who.partition("@")
    yield from _at(name, place) if at else _mastodon_account(name, origin)


# Sources -----------------------------------------------------------------------------------------


def _feed(address: str) -> Meant:
    return Meant(SourceKind.FEED, Form.FEED, address, "", host(address))


def _watched(address: str) -> Meant:
    return Meant(SourceKind.PAGE, Form.PAGE, address, "", host(address))


def _x_account(name: str) -> Iterator[Meant]:
    if (name := handles.x_name(name)) and name not in _X_PAGES:
        yield Meant(SourceKind.X, Form.ACCOUNT, f"https://x.com/{name}", name, _X_API)


def _x_list(number: str) -> Iterator[Meant]:
    if handles.number(number):
        yield Meant(SourceKind.X, Form.LIST, f"https://x.com/i/lists/{number}", number, _X_API)


def _x_hashtag(tag: str) -> Iterator[Meant]:
    if handles.hashtag(tag):
        yield from _search(f"#{tag}")


def _search(words: str) -> Iterator[Meant]:
    if words := handles.query(words):
        address = f"https://x.com/search?q={quote(words, safe='')}"
        if len(address) <= LONGEST:
            yield Meant(SourceKind.X, Form.SEARCH, address, words, _X_API)


def _bluesky(name: str) -> Iterator[Meant]:
    if name := handles.bluesky_name(name):
        yield Meant(SourceKind.BLUESKY, Form.ACCOUNT, f"https://bsky.app/profile/{name}", name, _BLUESKY_API)


def _mastodon_account(name: str, origin: str) -> Iterator[Meant]:
    if origin and (name := handles.mastodon_name(name)):
        place = origin.partition("://")[2]
        yield Meant(SourceKind.MASTODON, Form.ACCOUNT, f"{origin}/@{name}", f"{name}@{place}", host(origin))


def _hashtag(tag: str, origin: str) -> Iterator[Meant]:
    if origin and (tag := handles.hashtag(tag)):
        yield Meant(SourceKind.MASTODON, Form.HASHTAG, f"{origin}/tags/{quote(tag)}", tag, host(origin))


# Pieces ------------------------------------------------------------------------------------------


def _instance(place: str, origin: str = "") -> str:
    """``place``, a host with or without a port, as the beginning of an address; "" where no instance can be."""
    try:
        parts = urlsplit(normalise(origin or f"https://{place}"))
    except BadAddress:
        return ""
    known = _known(parts)
    others = X_HOSTS | _BLUESKY_HOSTS | _NO_MASTODON
    if known in others or known.endswith(".medium.com") or is_nitter(known) or not ("." in known or parts.port):
        return ""
    return _origin(parts)


def _origin(parts: SplitResult) -> str:
    """Scheme, host and port; https where nothing speaks for an instance that knows none."""
    name = parts.netloc.replace(f"{parts.hostname}", f"{parts.hostname}".rstrip("."), 1)
    return f"{parts.scheme if parts.port or is_nitter(_known(parts)) else 'https'}://{name}"


def _ascii(name: str) -> str:
    """A handle that is a host, in ASCII (IDNA), without a dot at its end; as it is if it cannot be one."""
    try:
        return urlsplit(normalise(f"https://{name}")).netloc.rstrip(".") or name
    except BadAddress:
        return name


def _parameter(query: str, name: str) -> str:
    try:
        pairs = parse_qsl(query, max_num_fields=100)
    except ValueError:
        return ""
    return next((value for key, value in pairs if key == name), "")
