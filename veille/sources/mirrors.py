"""Feeds that mirror a network of posts: Nitter, RSS-Bridge, RSSHub, and the feeds that Mastodon and Bluesky give.

They stay feeds; but what they give comes out as posts of the people who wrote them. A mirror is known by its address,
else by its entries: all of them are addresses of posts on one network.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from veille.content import html, language, postings
from veille.content.addresses import host as host_of
from veille.content.networks import X_HOSTS, Form, Meant, is_nitter, understand
from veille.content.text import fold
from veille.model import Item, SourceKind
from veille.posts import Network, Person, Post, Referred, Relation
from veille.sources import furniture
from veille.sources.entries import Document, Entry, words
from veille.sources.furniture import Bare, x_person

_LONGEST = 50_000  # characters of HTML; no post is longer
_SAMPLE = 20  # entries that show what kind of document it is
_NITTER, _BRIDGE, _HUB, _OWN, _LINKS = "nitter", "rss-bridge", "rsshub", "own", "links"
_BRIDGES = {"twitter": Network.X, "twitterv2": Network.X, "bluesky": Network.BLUESKY, "mastodon": Network.MASTODON}
_BRIDGE_OWNERS = {Network.X: "u", Network.BLUESKY: "user_id", Network.MASTODON: "canusername"}
_HUBS = {"twitter": Network.X, "x": Network.X, "bsky": Network.BLUESKY, "mastodon": Network.MASTODON}
_HUB_OWNERS = frozenset({("twitter", "user"), ("twitter", "media"), ("x", "user"), ("x", "media")})
_HUB_OWNERS |= {("bsky", "profile"), ("mastodon", "acct"), ("mastodon", "account_id")}

_ON_X = re.compile(r"https?://([^/?#]+)/(?:i/web|([A-Za-z0-9_]{1,15}))/status(?:es)?/([0-9]{1,19})(?:[/?#].*)?")
_ON_BLUESKY = re.compile(r"https://bsky\.app/profile/([^/?#]{1,300})/post/([A-Za-z0-9._:~-]{1,512})(?:[?#].*)?")
_AT_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,500})/app\.bsky\.feed\.post/[A-Za-z0-9._:~-]{1,512}")
_ON_MASTODON = re.compile(
    r"(https?://([^/?#@]+))/(?:@|users/)([A-Za-z0-9_.-]{1,100})(?:@([^/?#@\s]{1,253}))?/(?:statuses/|posts/)?"
    r"([A-Za-z0-9]{1,64})(?:[/?#].*)?"
)
_NITTER_TITLE = re.compile(r".* / @[A-Za-z0-9_]{1,15}|Search results for .*", re.DOTALL)
# How a feed's title holds its owner's name, for each bridge; of RSS-Bridge's for X nothing but the handle.
_NAMES = (
    re.compile(r"(?P<name>.+) / @[A-Za-z0-9_]{1,15}"),
    re.compile(r"Bluesky - (?P<name>.+) \(@[^()\s]+\)"),
    re.compile(r"(?P<name>.+) \(@[^()\s]+\)(?: — Bluesky)?"),
    re.compile(r"@[^\s.]+\.[^\s]+ - (?P<name>.+)"),
    re.compile(r"Twitter @(?P<name>.*\s.*)"),
)
_NAMED = re.compile(r"(?:RT: )?(?P<name>.*?)\s*\(@(?P<handle>[^()\s]{1,300})\)", re.DOTALL)
_REPOST = re.compile(r"RT by @(?P<by>[A-Za-z0-9_]{1,15}): ")
_OTHERS_POST = re.compile(r"RT: |Shared a status by @\S+: |Re @\S+: \"|Repost by \S+, ")
_ANSWER = re.compile(r"R to @(?P<to>[A-Za-z0-9_]{1,15}): ")
_HUB_ANSWERS = re.compile(r"(?:.{1,100}: )?(?:Re |↩)")
_PREFIX = re.compile(f'Pinned: |{_REPOST.pattern}|{_ANSWER.pattern}|{_OTHERS_POST.pattern}|@\\S+: "')
_NO_WORDS = frozenset({"image", "video", "gif"})  # Nitter's title of a post without a text


class _Status(NamedTuple):
    """Where a post is: whose, "" when the address does not tell, and what the network calls it."""

    who: str
    id: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Mirror:
    """What a document mirrors. ``owner`` is whose account, None where there are many; ``host`` is the mirror's own."""

    network: Network
    bridge: str
    host: str
    owner: Person | None

    def dress(self, entry: Entry, item: Item) -> Item:
        """``item``, which was made of ``entry``, as a post of its author; as it is where it is none, such as an error
        that a bridge reports."""
        status = self._status(entry, item)
        if status is None:
            return item
        title = words(entry.title)
        bare = self._bare(item.content or self._said_in(title), title)
        author, by = self._people(entry, status, title, bare)
        post = Post(
            self.network, status.id, author, reposted_by=by, warning=bare.warning,
            referred=(*bare.referred, *_answered(title, author)))  # fmt: skip
        made = postings.item(
            post, source=item.source, uid=item.uid, url=item.url, content=html.clean(bare.content).html, seen=item.seen,
            published=item.published, updated=item.updated, at=item.at, lang=entry.lang, tags=item.tags,
            media=[each for each in item.media if "/profile_images" not in unquote(each.url)])  # fmt: skip
        return replace(made, url=item.url, hash=item.hash, lang=made.lang or language.guess(title))

    def _status(self, entry: Entry, item: Item) -> _Status | None:
        for address in (item.url, entry.link, entry.guid):
            if (status := _status(self.network, address, self.host, entry)) is not None:
                return status
        if self.network is Network.MASTODON and self.bridge == _OWN and self.owner and not words(entry.title):
            return _Status("", item.url or item.uid)
        return None

    def _said_in(self, title: str) -> str:
        said = _PREFIX.sub("", title, count=1)
        return "" if fold(said) in _NO_WORDS else html.from_text(said)

    def _bare(self, content: str, title: str) -> Bare:
        if len(content) > _LONGEST:
            return Bare(content)
        match self.network, self.bridge:
            case Network.X, "rss-bridge":
                return furniture.bridge_x(content)
            case Network.X, "rsshub":
                return furniture.hub_x(content, bool(_HUB_ANSWERS.match(title)))
            case Network.X, _other:
                return furniture.nitter(content, self.host)
            case Network.BLUESKY, "rss-bridge":
                return furniture.bridge_bluesky(content)
            case Network.MASTODON, "rsshub":
                return furniture.hub_mastodon(content)
            case Network.BLUESKY, "own" if "<" not in content:  # its feed has text, and no HTML
                return Bare(html.from_text(unescape(content)))
        return Bare(content)

    def _people(self, entry: Entry, status: _Status, title: str, bare: Bare) -> tuple[Person, Person | None]:
        """Who wrote it, and who passed it on."""
        given = self._given(entry, status)
        if bare.passed_on:  # of whom this bridge tells no more than a name; the address is that of who passed it on
            return Person("", bare.name), given
        author = replace(given, name=bare.name) if bare.name and not given.name else given
        if found := _REPOST.match(title):
            return author, self._known(x_person(found["by"]))
        passed_on = _OTHERS_POST.match(title) or entry.author.startswith("RT: ")
        if self.owner and (passed_on or not _same(author, self.owner)) and author.handle:
            return author, self.owner
        return author, None

    def _given(self, entry: Entry, status: _Status) -> Person:
        """Who has the post's address, by the name that the entry gives."""
        if not status.who:
            return self.owner or Person("", entry.author)
        known, other = self._known(_person(self.network, status)), entry.author[:500].strip()
        if known.name:
            return known
        if named := _NAMED.fullmatch(other):
            return replace(known, name=named["name"])
        other = other.partition(" (@")[0]  # of name@host behind it, feedparser leaves a piece
        plainly = other and not other.startswith(("@", "RT: ")) and fold(other) != fold(known.handle.removeprefix("@"))
        return replace(known, name=other) if plainly else known

    def _known(self, person: Person) -> Person:
        if not self.owner or not _same(person, self.owner):
            return person
        told = self.owner if person.handle.startswith("did:") else person
        return replace(self.owner, handle=told.handle, url=told.url, id=person.id or self.owner.id)


def recognise(document: Document, address: str) -> Mirror | None:
    """The network that the feed at ``address`` mirrors; None for every other feed."""
    host = host_of(address)
    found = _by_address(address, host) or _by_entries(document)
    if found is None:
        return None
    network, bridge, owners = found
    owner = _owner(network, document, owners) if owners is not None else None
    return Mirror(network, bridge, _mirror_host(document, host), owner)


# Which network -----------------------------------------------------------------------------------

_Found = tuple[Network, str, Sequence[str] | None]  # and the addresses that may tell the owner; None: there is none


def _by_address(address: str, host: str) -> _Found | None:
    parts = urlsplit(address)
    if is_nitter(host):
        return Network.X, _NITTER, (address,)
    return (
        _bridged(_parameters(parts.query))
        or _hubbed([unquote(each) for each in parts.path.split("/") if each])
        or (_own_feed(address, parts.path))
    )


def _bridged(given: Mapping[str, str]) -> _Found | None:
    """RSS-Bridge: ?action=display&bridge=TwitterBridge&u=name."""
    network = _BRIDGES.get(given.get("bridge", "").lower().removesuffix("bridge"))
    if network is None:
        return None
    name = given.get(_BRIDGE_OWNERS[network], "")
    return network, _BRIDGE, _spelt(network, name) if name else None


def _hubbed(segments: Sequence[str]) -> _Found | None:
    """RSSHub: /twitter/user/name, perhaps below a folder of its own."""
    for at, (first, second, third) in enumerate(zip(segments, segments[1:], segments[2:], strict=False)):
        if at < 3 and first in _HUBS:
            network = _HUBS[first]
            return network, _HUB, _spelt(network, third) if (first, second) in _HUB_OWNERS else None
    return None


def _own_feed(address: str, path: str) -> _Found | None:
    """What a network gives itself: https://HOST/@name.rss, https://bsky.app/profile/name/rss."""
    meanings = understand(address)
    kind = meanings[0].kind if meanings else SourceKind.FEED
    if kind == SourceKind.BLUESKY:
        return Network.BLUESKY, _OWN, (address,)
    if kind == SourceKind.MASTODON and path.endswith((".rss", ".atom")):
        return Network.MASTODON, _OWN, (address,) if meanings[0].form is Form.ACCOUNT else None
    return None


def _by_entries(document: Document) -> _Found | None:
    sample = document.entries[:_SAMPLE]
    for network in Network if sample else ():
        if all(_plainly(network, entry, document) for entry in sample):
            return network, _LINKS, ()
    return None


def _plainly(network: Network, entry: Entry, document: Document) -> bool:
    """Whether an entry is a post, with no other sign than its address."""
    match network:
        case Network.X:
            found = _ON_X.fullmatch(entry.link)
            known = found and (found[1].removeprefix("www.") in X_HOSTS or is_nitter(found[1]))
            # An instance of Nitter may be called anything.
            titled = found and len(found[3]) > 7 and _NITTER_TITLE.fullmatch(words(document.title))
            return bool(known or titled)
        case Network.BLUESKY:
            return bool(_ON_BLUESKY.fullmatch(entry.link))
        case Network.MASTODON:
            found = _ON_MASTODON.fullmatch(entry.link)
            return bool(found and found[5].isdigit() and not entry.title.value.strip())


def _spelt(network: Network, name: str) -> tuple[str, ...]:
    match network:
        case Network.X:
            return (f"https://x.com/{name.removeprefix('@')}",)
        case Network.BLUESKY:
            return (f"at://{name.removeprefix('@')}",)
        case Network.MASTODON:
            return (f"@{name.removeprefix('@')}",)


def _mirror_host(document: Document, host: str) -> str:
    """The host to which links within the text lead, that stands for the network's own."""
    return host_of(document.site) or host


# Whose -------------------------------------------------------------------------------------------


def _owner(network: Network, document: Document, addresses: Sequence[str]) -> Person | None:
    """The document's own word of whose it is, else what its address says."""
    for text in (document.site, *addresses):
        for one in understand(text):
            if one.kind.value == network.value and one.form is Form.ACCOUNT:
                return _of(one, words(document.title), text)
    return None


def _of(one: Meant, title: str, text: str) -> Person:
    name, network = one.name, Network(one.kind.value)
    if name.startswith("did:"):
        return Person(name, _name(title, network), one.address, name)
    spelt = re.search(rf"(?<=[@/]){re.escape(name)}\b", f"{title} {text}", re.IGNORECASE)  # with its capitals
    handle = spelt[0] if spelt and network is Network.X else name
    return Person(f"@{handle}", _name(title, network), one.address)


def _name(title: str, network: Network) -> str:
    """The owner's name out of a feed's title; Mastodon's is nothing else."""
    for form in _NAMES:
        if found := form.fullmatch(title):
            return found["name"].strip()
    return "" if network is not Network.MASTODON or title.startswith("@") else title


def _person(network: Network, status: _Status) -> Person:
    who = status.who
    match network:
        case Network.X:
            return x_person(who)
        case Network.BLUESKY:
            did = who if who.startswith("did:") else ""
            uri = _AT_URI.fullmatch(status.id)
            return Person(did or f"@{who}", "", f"https://bsky.app/profile/{who}", did or (uri[1] if uri else ""))
        case Network.MASTODON:
            return Person(f"@{who}", "", status.page, status.page)


def _same(one: Person, other: Person) -> bool:
    """Whether two are one; a handle and a DID are taken for one, since nothing tells."""
    if one.handle.startswith("did:") != other.handle.startswith("did:"):
        return True
    return one.handle.lower() == other.handle.lower()


def _answered(title: str, author: Person) -> Iterator[Referred]:
    found = _ANSWER.match(title)
    if found and found["to"].lower() != author.handle.removeprefix("@").lower():
        yield Referred(Relation.ANSWERED, author=x_person(found["to"]))


# Where -------------------------------------------------------------------------------------------


def _status(network: Network, address: str, mirror: str, entry: Entry) -> _Status | None:
    match network:
        case Network.X:
            found = _ON_X.fullmatch(address)
            known = found and (
                found[1].removeprefix("www.") in X_HOSTS or is_nitter(found[1]) or found[1].partition(":")[0] == mirror
            )
            return _Status(found[2] or "", found[3]) if found and known else None
        case Network.BLUESKY:
            found = _ON_BLUESKY.fullmatch(address)
            uri = entry.guid if _AT_URI.fullmatch(entry.guid) else ""
            who = unquote(found[1]) if found else ""
            return _Status(who, uri or f"at://{who}/app.bsky.feed.post/{found[2]}") if found else None
        case Network.MASTODON:
            found = _ON_MASTODON.fullmatch(address)
            if not found:
                return None
            host, name = found[4] or found[2], found[3]
            page = f"https://{host}/@{name}" if found[4] else f"{found[1]}/@{name}"
            return _Status(f"{name}@{host}", f"{found[5]}@{found[1].removeprefix('https://')}", page)


def _parameters(query: str) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(query, max_num_fields=100))
    except ValueError:
        return {}
