"""Where sites have their feeds: by rule for well-known ones, by custom for all others. Asks nobody.

Rules are those that the sites document or link to themselves, as of 2025; a site that changes its own answers the
preview with an error, and nothing else is lost.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from veille.content.addresses import normalise
from veille.content.text import fold
from veille.errors import BadAddress
from veille.i18n import N_, _, quoted
from veille.sources.discovery.values import Declared, How, Page

MOST = 8  # common places that are asked at one site

_APPLE = "https://itunes.apple.com/lookup?entity=podcast&id="  # Apple, iTunes Search API, "lookup"
_PODCAST = re.compile(r"/id([0-9]{1,15})(?:\Z|/)")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_NO_OWNERS = frozenset({
    "about", "apps", "codespaces", "collections", "contact", "customer-stories", "enterprise", "events", "explore",
    "features", "issues", "join", "login", "marketplace", "new", "notifications", "orgs", "pricing", "pulls",
    "readme", "search", "security", "settings", "signup", "site", "sponsors", "stars", "team", "topics", "trending",
    "users", "help", "groups", "dashboard",
})  # fmt: skip

# In the order of how common they are in OPML files that people share (of 2,370 feeds: /feed 396, /rss 92, then 61, 59,
# 46, 43 and 22); JSON Feed last.
_AT_ROOT = ("feed", "rss", "feed.xml", "atom.xml", "rss.xml", "index.xml", "blog/feed", "feed.json")
_IN_FOLDER = ("feed", "rss.xml", "index.xml")
_BY_PLATFORM = {
    "wordpress": ("feed/", "?feed=rss2"), "blogger": ("feeds/posts/default",), "ghost": ("rss/",),
    "hugo": ("index.xml",), "jekyll": ("feed.xml", "atom.xml"), "discourse": ("latest.rss", "posts.rss"),
    "drupal": ("rss.xml",), "joomla": ("?format=feed&type=rss",), "spip": ("spip.php?page=backend",),
    "dotclear": ("feed/atom", "feed/rss2"), "typo3": ("rss.xml", "feed.xml"), "squarespace": ("?format=rss",),
    "wix": ("blog-feed.xml",), "substack": ("feed",), "medium": ("feed",), "hexo": ("atom.xml", "rss2.xml"),
    "gatsby": ("rss.xml",), "eleventy": ("feed.xml", "feed/feed.xml"), "pelican": ("feeds/all.atom.xml",),
    "mediawiki": ("index.php?title=Special:RecentChanges&feed=atom",), "plone": ("RSS",), "astro": ("rss.xml",),
    "shopify": ("blogs/news.atom",), "movable type": ("atom.xml", "index.xml"), "zola": ("atom.xml",),
    "docusaurus": ("blog/rss.xml", "blog/atom.xml"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule says of an address: ``feeds`` in the order in which a person would choose, or what must be asked
    first (``lookup``, an address); ``note`` is a sentence for a site that gives no feeds."""

    feeds: tuple[Declared, ...] = ()
    lookup: str = ""
    note: str = ""


def known(address: str) -> Known | None:
    """What is known of a normalised ``address`` without a request; None when its page has to be asked. Pure."""
    parts = urlsplit(address)
    name = re.sub(r"\A(?:www|m|mobile|old|new)\.(?=[^.]+\.)", "", parts.hostname or "")
    path = [each for each in parts.path.split("/") if each]
    query = {key: values[0] for key, values in parse_qs(parts.query, max_num_fields=50).items()} if parts.query else {}
    rule = _SITES.get(name)
    if rule is not None:
        found = rule(path, query)
    else:
        rule = next((rule for ending, rule in _BELOW.items() if name.endswith(ending)), None)
        rule = rule or (_blogger if _BLOGGER.search(name) else None)
        if rule is None:
            return None
        found = rule([parts.hostname or "", *path], query)
    if isinstance(found, Known):
        return found
    feeds = tuple(_spelt(found or ()))
    return Known(feeds) if feeds else None


def _spelt(found: Iterable[tuple[str, str]]) -> Iterator[Declared]:
    """What a rule made of an address, each in its one spelling; what cannot be one is left out."""
    for url, title in found:
        with suppress(BadAddress):
            yield Declared(normalise(url), title, how=How.KNOWN)


def common(page: Page, skip: Sequence[str] = ()) -> list[str]:
    """The addresses at which a site without declared feeds may have one, the likeliest first, at most 8.

    First what the platform of the page is known for, then places in the folder of the page, then at the site's root.
    """
    parts = urlsplit(page.address)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/"
    by_platform = _BY_PLATFORM.get(page.platform, ())
    places = [urljoin(page.root or root, each) for each in by_platform]
    if folder != "/" and len(folder) < 100:
        places += [f"{root.rstrip('/')}{folder}{each}" for each in _IN_FOLDER]
    places += [root + each for each in _AT_ROOT]
    left_out = {*skip, page.address}
    return [each for each in dict.fromkeys(places) if each not in left_out][:MOST]


# Well-known sites --------------------------------------------------------------------------------

_Found = Iterator[tuple[str, str]]


def _youtube(path: list[str], query: dict[str, str]) -> _Found:
    feed = "https://www.youtube.com/feeds/videos.xml?"
    match path:
        case ["channel", number, *_more] if _CHANNEL.match(number):
            yield f"{feed}channel_id={number}", _("Videos of the channel")
        case ["user", name, *_more] if _NAME.match(name):
            yield f"{feed}user={name}", _("Videos of {name}").format(name=name)
        case ["playlist"] if _NAME.match(query.get("list", "")):
            yield f"{feed}playlist_id={query['list']}", _("Videos of the playlist")
        case ["feeds", "videos.xml"]:
            return


def _reddit(path: list[str], query: dict[str, str]) -> _Found:
    root = "https://www.reddit.com"
    match path:
        case [] | [".rss"]:
            yield f"{root}/.rss", "reddit"
        case ["r", name, "comments", number, *_more] if _NAME.match(number) and _group(name):
            yield f"{root}/r/{name}/.rss", f"r/{name}"
            yield f"{root}/r/{name}/comments/{number}/.rss", _("Comments on the post")
        case ["r", name, "new" | "top" | "rising" | "controversial" as order, *_more] if _group(name):
            span = f"?t={query['t']}" if query.get("t") in ("hour", "day", "week", "month", "year", "all") else ""
            yield f"{root}/r/{name}/{order}/.rss{span}", f"r/{name} ({order})"
            yield f"{root}/r/{name}/.rss", f"r/{name}"
        case ["r", name, *_more] if _group(name):
            yield f"{root}/r/{name}/.rss", f"r/{name}"
        case ["user" | "u", name, *_more] if _NAME.match(name.replace("_", "a")):
            yield f"{root}/user/{name}/.rss", f"u/{name}"


def _group(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_]{2,24}(?:\+[A-Za-z0-9_]{2,24}){0,30}", name))


def _github(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case [owner, project, *more] if _NAME.match(owner) and _NAME.match(project) and owner not in _NO_OWNERS:
            root = f"https://github.com/{owner}/{project.removesuffix('.git')}"
            rows = {
                "releases": (f"{root}/releases.atom", _("Releases of {name}")),
                "tags": (f"{root}/tags.atom", _("Tags of {name}")),
                "commits": (f"{root}/commits.atom", _("Changes of {name}")),
            }
            if more[:1] in (["commits"], ["tree"]) and len(more) > 1:
                branch = quote("/".join(more[1:]), safe="/")
                rows["commits"] = (f"{root}/commits/{branch}.atom", rows["commits"][1])
            shown = more[0].partition(".")[0] if more else ""
            first = {"commits": "commits", "tree": "commits", "tags": "tags"}.get(shown, "releases")
            for _row, (url, title) in sorted(rows.items(), key=lambda row: row[0] != first):
                yield url, title.format(name=f"{owner}/{project.removesuffix('.git')}")
        case [owner] if _NAME.match(owner) and owner not in _NO_OWNERS:
            yield f"https://github.com/{owner}.atom", _("What {name} does").format(name=owner)


def _gitlab(path: list[str], _query: dict[str, str]) -> _Found:
    """https://docs.gitlab.com/user/project/releases/ and /tags: the feeds that their pages link to."""
    project = path[: path.index("-")] if "-" in path else path
    if len(project) > 1 and all(map(_NAME.match, project)) and project[0] not in _NO_OWNERS:
        root, name = f"https://gitlab.com/{'/'.join(project)}", "/".join(project)
        yield f"{root}/-/releases.atom", _("Releases of {name}").format(name=name)
        yield f"{root}/-/tags?format=atom", _("Tags of {name}").format(name=name)
        yield f"{root}.atom", _("Changes of {name}").format(name=name)


def _codeberg(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case [owner, project, *_more] if _NAME.match(owner) and _NAME.match(project) and owner not in _NO_OWNERS:
            root, name = f"https://codeberg.org/{owner}/{project}", f"{owner}/{project}"
            yield f"{root}/releases.rss", _("Releases of {name}").format(name=name)
            yield f"{root}/tags.rss", _("Tags of {name}").format(name=name)
            yield f"{root}.rss", _("Changes of {name}").format(name=name)
        case [owner] if _NAME.match(owner) and owner not in _NO_OWNERS:
            yield f"https://codeberg.org/{owner}.rss", _("What {name} does").format(name=owner)


def _medium(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case ["tag", tag, *_more]:
            yield f"https://medium.com/feed/tag/{tag}", f"#{tag}"
        case [who, *_more] if who not in ("m", "me", "search", "about", "feed", "p"):
            yield f"https://medium.com/feed/{who}", who


def _vimeo(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case ["channels" | "groups" as kind, name, *_more] if _NAME.match(name):
            yield f"https://vimeo.com/{kind}/{name}/videos/rss", name
        case [name, *_more] if _NAME.match(name) and not name.isdigit() and name not in _NO_OWNERS:
            yield f"https://vimeo.com/{name}/videos/rss", name


def _arxiv(path: list[str], _query: dict[str, str]) -> _Found:
    """https://info.arxiv.org/help/rss.html"""
    match path:
        case ["list", archive, *_more] if _NAME.match(archive):
            yield f"https://rss.arxiv.org/rss/{archive}", f"arXiv {archive}"


def _pypi(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case ["project", name, *_more] if _NAME.match(name):
            yield f"https://pypi.org/rss/project/{name}/releases.xml", _("Releases of {name}").format(name=name)


def _google_news(path: list[str], query: dict[str, str]) -> _Found:
    """Google News answers each of its pages as RSS below /rss, for the same language and country."""
    kept = "&".join(f"{key}={quote(query[key], safe='')}" for key in ("q", "hl", "gl", "ceid") if key in query)
    match path:
        case ["search"] if query.get("q"):
            yield f"https://news.google.com/rss/search?{kept}", quoted(query["q"][:100])
        case ["topics" | "publications" as kind, number, *_more] if _NAME.match(number):
            yield f"https://news.google.com/rss/{kind}/{number}{'?' + kept if kept else ''}", "Google News"


def _apple(path: list[str], _query: dict[str, str]) -> Known | None:
    number = _PODCAST.search("/" + "/".join(path))
    return Known(lookup=_APPLE + number[1]) if number and "podcast" in path else None


def _spotify(path: list[str], _query: dict[str, str]) -> Known | None:
    kind = next((each for each in path if not each.startswith("intl-")), "")
    return Known(note=_(_NO_SPOTIFY)) if kind in ("show", "episode") else None


_NO_SPOTIFY = N_(
    "Spotify gives out no feeds. Most podcasts have one all the same: give the address of the podcast’s own site, or "
    "of its page at Apple Podcasts."
)

# Sites below a host that gives people a name of their own: the first part of the path is the whole host.


def _below_feed(path: list[str], _query: dict[str, str]) -> _Found:
    name = path[0].partition(".")[0]
    yield f"https://{path[0]}/feed", name


def _wordpress(path: list[str], _query: dict[str, str]) -> _Found:
    root = f"https://{path[0]}"
    match path[1:]:
        case ["category" | "tag" | "author" as kind, name, *_more]:
            yield f"{root}/{kind}/{name}/feed/", name
    yield f"{root}/feed/", path[0].partition(".")[0]
    yield f"{root}/comments/feed/", _("Comments")


def _tumblr(path: list[str], _query: dict[str, str]) -> _Found:
    match path[1:]:
        case ["tagged", tag, *_more]:
            yield f"https://{path[0]}/tagged/{tag}/rss", f"#{tag}"
    yield f"https://{path[0]}/rss", path[0].partition(".")[0]


def _tumblr_itself(path: list[str], _query: dict[str, str]) -> _Found:
    match path:
        case [name, *_more] if re.fullmatch(r"[a-z0-9-]{1,32}", name) and name not in ("explore", "login", "tagged"):
            yield f"https://{name}.tumblr.com/rss", name


def _blogger(path: list[str], _query: dict[str, str]) -> _Found:
    """https://support.google.com/blogger/answer/97933"""
    root, name = f"https://{path[0]}", path[0].partition(".")[0]
    match path[1:]:
        case ["search", "label", label, *_more]:
            yield f"{root}/feeds/posts/default/-/{label}", label
    yield f"{root}/feeds/posts/default", name
    yield f"{root}/feeds/comments/default", _("Comments")


_BLOGGER = re.compile(r"\.blogspot\.(?:com?\.)?[a-z]{2,3}\Z")
_SITES = {
    "youtube.com": _youtube, "reddit.com": _reddit, "github.com": _github, "gitlab.com": _gitlab,
    "codeberg.org": _codeberg, "medium.com": _medium, "vimeo.com": _vimeo, "arxiv.org": _arxiv, "pypi.org": _pypi,
    "news.google.com": _google_news, "podcasts.apple.com": _apple, "itunes.apple.com": _apple,
    "open.spotify.com": _spotify, "tumblr.com": _tumblr_itself,
}  # fmt: skip
_BELOW = {
    ".medium.com": _below_feed, ".substack.com": _below_feed, ".wordpress.com": _wordpress, ".tumblr.com": _tumblr,
}  # fmt: skip


def section(address: str) -> list[str]:
    """The parts of the path of ``address`` that name a section, folded: without numbers, dates and file names."""
    parts = [fold(each.partition(".")[0]) for each in urlsplit(address).path.split("/") if each]
    return [each for each in parts if not each.isdigit() and each not in ("index", "home", "fr", "en", "accueil")]
