"""Sites of every layout, and what a person would choose there: written down before anybody looked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers import Reply

SITE = "https://news.example"
FULL = "Words that say what happened, and why people care about it. " * 40


def rss(
    title: str = "News", count: int = 3, *, text: str = FULL, link: str = SITE, kind: str = "application/rss+xml"
) -> Reply:
    """A feed of ``count`` items, one a day, the newest of 1 March 2026."""
    items = "".join(
        f"<item><title>News number {n}</title><link>{link}/{n}</link><guid>{link}/{n}</guid>"
        f"<pubDate>{28 - n if n else 1:02d} {'Feb' if n else 'Mar'} 2026 08:00:00 GMT</pubDate>"
        f"<description><![CDATA[<p>{text}</p>]]></description></item>"
        for n in range(count)
    )
    body = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><link>{link}</link>{items}'
        "</channel></rss>"
    )
    return Reply(200, {"Content-Type": kind}, body.encode())


def atom(title: str = "News", kind: str = "application/atom+xml") -> Reply:
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>x</id><updated>2026-03-01T08:00:00Z</updated>'
        f'<entry><id>{SITE}/a</id><title>One</title><link href="{SITE}/a"/><updated>2026-03-01T08:00:00Z</updated>'
        f"<content>{FULL}</content></entry></feed>"
    )
    return Reply(200, {"Content-Type": kind}, body.encode())


def json_feed(title: str = "News", kind: str = "application/feed+json") -> Reply:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": title,
        "items": [{"id": "1", "url": f"{SITE}/1", "content_text": FULL, "date_published": "2026-03-01T08:00:00Z"}],
    }  # fmt: skip
    return Reply(200, {"Content-Type": kind}, json.dumps(feed).encode())


def page(head: str = "", body: str = "<p>Words.</p>", title: str = "News", lang: str = "en") -> Reply:
    html = f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, html.encode())


def link(href: str, title: str = "", type: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{type}" title="{title}" href="{href}">'


def moved(to: str, status: int = 301) -> Reply:
    return Reply(status, {"Location": to})


@dataclass(frozen=True)
class Case:
    """A site, what is typed, and what must come first.

    ``after`` says how many times one looks further before it is there. ``others`` must be offered, too, in this order;
    ``redirected`` are the addresses on the way that were not announced by themselves: redirects within the site.
    """

    name: str
    first: str
    pages: Mapping[str, Reply] = field(default_factory=dict)
    typed: str = f"{SITE}/"
    after: int = 0
    others: tuple[str, ...] = ()
    redirected: tuple[str, ...] = ()
    title: str = ""
    nobody: bool = False  # it is known without a request


LIES = page(link("/lie.xml", "News"))
COMMENTS = link("/comments/feed/", "News » Comments Feed")

CASES = [
    Case("declared", f"{SITE}/rss.xml", {"/": page(link("/rss.xml", "All news"))}, title="All news"),
    Case("declared, bare host", f"{SITE}/rss.xml", {"/": page(link("/rss.xml"))}, "news.example"),
    Case("declared as Atom", f"{SITE}/atom", {"/": page(link("atom", type="application/atom+xml"))}),
    Case("declared as JSON Feed", f"{SITE}/feed.json", {"/": page(link("feed.json", type="application/feed+json"))}),
    Case("JSON Feed by its old type", f"{SITE}/feed.json", {"/": page(link("feed.json", type="application/json"))}),
    Case("wrong case", f"{SITE}/rss.xml", {
        "/": page('<LINK REL="Alternate" TYPE="Application/RSS+XML" HREF="/rss.xml">')}),
    Case("rel=feed", f"{SITE}/f", {"/": page('<link rel="feed" href="/f">')}),
    Case("several rels and a charset", f"{SITE}/f", {
        "/": page('<link rel="home alternate" type="application/rss+xml; charset=utf-8" href="/f">')}),
    Case("in the body", f"{SITE}/rss.xml", {"/": page("", "<p>Words" + link("/rss.xml"))}),
    Case("relative to a base", f"{SITE}/deep/rss.xml", {"/": page('<base href="/deep/x.html">' + link("rss.xml"))}),
    Case("a base after the link", f"{SITE}/deep/rss.xml", {"/": page(link("rss.xml") + '<base href="/deep/">')}),
    Case("twice", f"{SITE}/rss.xml", {"/": page(link("/rss.xml") + link(f"{SITE}:443/rss.xml#top"))}),
    Case("feed: in front", f"{SITE}/rss.xml", {"/": page(link(f"feed:{SITE}/rss.xml"))}),
    Case("in UTF-16", f"{SITE}/é.xml".replace("é", "%C3%A9"), {
        "/": Reply(200, {"Content-Type": "text/html"}, page(link("/é.xml", "Été")).body.decode().encode("utf-16"))},
        title="Été"),
    Case("in Latin-1 by a meta element", f"{SITE}/rss.xml", {
        "/": Reply(200, {"Content-Type": "text/html"}, page(
            '<meta charset="iso-8859-1">' + link("/rss.xml", "Énergie")).body.decode().encode("latin-1"))},
        title="Énergie"),
    Case("several, the site's first", f"{SITE}/feed/", {"/": page(
        link("/category/energy/feed/", "News » Energy Category Feed") + link("/feed/", "News » Feed") + COMMENTS)},
        others=(f"{SITE}/category/energy/feed/", f"{SITE}/comments/feed/")),
    Case("comments first on the page", f"{SITE}/feed/", {"/": page(COMMENTS + link("/feed/", "News » Feed"))},
        others=(f"{SITE}/comments/feed/",)),
    Case("comments in French", f"{SITE}/feed/", {"/": page(
        link("/x1/feed/", "Le Site » Flux des commentaires") + link("/feed/", "Le Site » Flux"), lang="fr")},
        others=(f"{SITE}/x1/feed/",)),
    Case("a site called Commentary", f"{SITE}/feed/", {"/": page(
        link("/feed/", "Comment » Feed") + link("/comments/feed/", "Comment » Comments Feed"), title="Comment")},
        others=(f"{SITE}/comments/feed/",)),
    Case("comments of an article", f"{SITE}/feed/", {"/2026/story/": page(
        link("/2026/story/feed/", "News » Story Comments Feed") + link("/feed/", "News » Feed"))},
        f"{SITE}/2026/story/", others=(f"{SITE}/2026/story/feed/",)),
    Case("articles before podcasts", f"{SITE}/all.xml", {"/": page(
        link("/podcast.xml", "News – Podcast") + link("/all.xml", "News – All"))}, others=(f"{SITE}/podcast.xml",)),
    Case("the section that was asked for", f"{SITE}/rss/energie.xml", {"/energie/": page(
        link("/rss/une.xml", "À la une") + link("/rss/energie.xml", "Énergie"), lang="fr")},
        f"{SITE}/energie/", others=(f"{SITE}/rss/une.xml",)),
    Case("the section below its page", f"{SITE}/science/feed/", {"/science/": page(
        link("/feed/", "News") + link("/science/feed/", "News » Science Category Feed"))},
        f"{SITE}/science/", others=(f"{SITE}/feed/",)),
    Case("the page's language", f"{SITE}/fr/rss", {"/": page(
        link("/en/rss", "News") + link("/fr/rss", "News"), lang="fr")}, others=(f"{SITE}/en/rss",)),
    Case("one feed in three formats", f"{SITE}/index.xml", {"/": page(
        link("/feed.json", "News", "application/feed+json") + link("/index.xml", "News")
        + link("/atom.xml", "News", "application/atom+xml") + link("/podcast/rss", "The podcast"))},
        others=(f"{SITE}/podcast/rss", f"{SITE}/atom.xml", f"{SITE}/feed.json")),
    Case("the one of everything", f"{SITE}/feed/", {"/": page(
        link("/code/feed/", "Code (RSS)") + link("/photos/feed/", "Photography") + link("/feed/", "Everything (RSS)"))},
        others=(f"{SITE}/code/feed/", f"{SITE}/photos/feed/")),
    Case("answers to an article, in a language unknown", f"{SITE}/feed/", {"/2015/10/27/sejarah/": page(
        link("/2015/10/27/sejarah/feed/", "Sejarah") + link("/feed/", "Feed"))},
        f"{SITE}/2015/10/27/sejarah/", others=(f"{SITE}/2015/10/27/sejarah/feed/",)),
    Case("another site's feed", f"{SITE}/rss.xml", {"/": page(
        link("https://partner.example/rss.xml", "Partner") + link("/rss.xml", "News"))},
        others=("https://partner.example/rss.xml",)),
    Case("kept by a service", "https://feeds.feedburner.com/news", {"/": page(
        link("https://feeds.feedburner.com/news", "News") + COMMENTS)}, others=(f"{SITE}/comments/feed/",)),
    Case("only a link that people click", f"{SITE}/syndication/news", {"/": page(
        body='<a href="/about">About</a> <a href="/syndication/news">RSS</a>')}, title="RSS"),
    Case("a picture as the link", f"{SITE}/x", {"/": page(body='<a href="/x"><img src="i.png" alt="Flux RSS"></a>')}),
    Case("a link by its path", f"{SITE}/flux/actus.xml", {"/": page(body='<a href="/flux/actus.xml">S’abonner</a>')}),
    Case("declared before linked", f"{SITE}/a.xml", {"/": page(link("/a.xml"), '<a href="/b.rss">RSS</a>')},
        others=(f"{SITE}/b.rss",)),
    Case("the address is a feed", f"{SITE}/rss.xml", {"/rss.xml": rss()}, f"{SITE}/rss.xml", title="News"),
    Case("a feed that says it is HTML", f"{SITE}/rss", {"/rss": rss(kind="text/html")}, f"{SITE}/rss", title="News"),
    Case("a feed that says it is a download", f"{SITE}/r", {"/r": rss(kind="application/octet-stream")}, f"{SITE}/r"),
    Case("an Atom feed after a comment", f"{SITE}/a", {
        "/a": Reply(200, {}, b"<!-- x -->\n" + atom().body)}, f"{SITE}/a"),
    Case("a JSON Feed as text", f"{SITE}/j", {"/j": json_feed(kind="text/plain")}, f"{SITE}/j", title="News"),
    Case("a page that says it is a feed", f"{SITE}/real.xml", {"/x.rss": Reply(
        200, {"Content-Type": "application/rss+xml"}, page(link("/real.xml")).body)}, f"{SITE}/x.rss"),
    Case("moved within the site", "https://www.news.example/rss.xml", {"/": moved("https://www.news.example/"),
        "www/": page(link("/rss.xml"))}, redirected=("https://www.news.example/",)),
    Case("a feed that moved for good", f"{SITE}/new.xml", {"/old.xml": moved("/new.xml"), "/new.xml": rss()},
        f"{SITE}/old.xml", redirected=(f"{SITE}/new.xml",)),
    Case("a feed that moved for now", f"{SITE}/old.xml", {"/old.xml": moved("/new.xml", 302), "/new.xml": rss()},
        f"{SITE}/old.xml", redirected=(f"{SITE}/new.xml",)),
    Case("moved to another site", "https://other.example/rss.xml", {"/": moved("https://other.example/home"),
        "other/home": page(link("/rss.xml"))}, after=1),
    Case("undeclared, /feed", f"{SITE}/feed", {"/": page(), "/feed": rss("Found")}, after=1, title="Found"),
    Case("undeclared, /feed/", f"{SITE}/feed/", {"/": page(), "/feed": moved("/feed/"), "/feed/": rss()}, after=1,
        redirected=(f"{SITE}/feed/",)),
    Case("undeclared, /index.xml", f"{SITE}/index.xml", {"/": page(), "/index.xml": atom(kind="text/xml")}, after=1),
    Case("undeclared, below /blog", f"{SITE}/blog/feed", {"/": page(), "/blog/feed": rss()}, after=1),
    Case("undeclared, /feed.json", f"{SITE}/feed.json", {"/": page(), "/feed.json": json_feed()}, after=1),
    Case("undeclared, in the folder", f"{SITE}/blog/rss.xml", {"/blog/today.html": page(), "/blog/rss.xml": rss(),
        "/rss.xml": rss()}, f"{SITE}/blog/today.html", after=1),
    Case("undeclared, every place says 200", f"{SITE}/atom.xml", {"/": page(), "/feed": page(), "/rss": page(),
        "/rss.xml": page(), "/feed.xml": page(), "/atom.xml": atom()}, after=1),
    Case("undeclared, a page of feeds", f"{SITE}/rss/une.xml", {"/": page(), "/rss": page(
        body='<a href="/rss/une.xml">À la une</a><a href="/rss/economie.xml">Économie</a>')}, after=1),
    Case("a place that is kept by a service", "https://feeds.feedburner.com/news", {"/": page(),
        "/feed": moved("https://feeds.feedburner.com/news", 302), "feedburner/news": rss()}, after=2),
    Case("only comments declared", f"{SITE}/rss.xml", {"/": page(COMMENTS), "/rss.xml": rss()}, after=1),
    Case("a page that is gone", f"{SITE}/feed", {"/feed": rss()}, f"{SITE}/gone.html", after=1),
    Case("WordPress", f"{SITE}/feed/", {"/": page(link("/feed/", "News » Feed") + COMMENTS + link(
        "/wp-json/wp/v2/pages/2", "JSON", "application/json") + link(
        "/wp-json/oembed/1.0/embed?url=x", "oEmbed (JSON)", "application/json+oembed")
        + '<meta name="generator" content="WordPress 6.5">')}, others=(f"{SITE}/comments/feed/",)),
    Case("WordPress that declares nothing, below a folder", f"{SITE}/blog/feed/", {
        "/blog/a/": page('<link rel="https://api.w.org/" href="/blog/wp-json/">'), "/blog/feed/": rss()},
        f"{SITE}/blog/a/", after=1),
    Case("Discourse", f"{SITE}/latest.rss", {
        "/": page('<meta name="generator" content="Discourse 3.2">'), "/latest.rss": rss()}, after=1),
    Case("Hugo", f"{SITE}/index.xml", {"/": page('<meta name="generator" content="Hugo 0.120">'), "/index.xml": rss()},
        after=1),
    Case("Blogger", f"{SITE}/feeds/posts/default", {"/": page(
        link("/feeds/posts/default", "News - Atom", "application/atom+xml")
        + link("/feeds/posts/default?alt=rss", "News - RSS"))}, others=(f"{SITE}/feeds/posts/default?alt=rss",)),
    Case("SPIP", f"{SITE}/spip.php?page=backend", {"/": page('<meta name="generator" content="SPIP 4.2">'),
        "/spip.php": rss()}, after=1),
    # Known without asking.
    *(Case(typed, first, typed=typed, others=others, nobody=True) for typed, first, *others in (
        ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"),
        ("youtube.com/user/somebody", "https://www.youtube.com/feeds/videos.xml?user=somebody"),
        ("https://m.youtube.com/playlist?list=PL12345", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL12345"),
        ("https://www.reddit.com/r/energy/", "https://www.reddit.com/r/energy/.rss"),
        ("old.reddit.com/r/energy/new",
            "https://www.reddit.com/r/energy/new/.rss", "https://www.reddit.com/r/energy/.rss"),
        ("https://www.reddit.com/u/some_body", "https://www.reddit.com/user/some_body/.rss"),
        ("https://github.com/owner/project", "https://github.com/owner/project/releases.atom",
            "https://github.com/owner/project/tags.atom", "https://github.com/owner/project/commits.atom"),
        ("https://github.com/owner/project/tags", "https://github.com/owner/project/tags.atom"),
        ("https://github.com/owner/project/commits/main", "https://github.com/owner/project/commits/main.atom"),
        ("https://gitlab.com/group/sub/project/-/releases", "https://gitlab.com/group/sub/project/-/releases.atom"),
        ("https://medium.com/@somebody", "https://medium.com/feed/@somebody"),
        ("https://letter.substack.com/p/today", "https://letter.substack.com/feed"),
        ("https://blog.tumblr.com/", "https://blog.tumblr.com/rss"),
        ("https://site.wordpress.com/", "https://site.wordpress.com/feed/", "https://site.wordpress.com/comments/feed/"),
        ("https://name.blogspot.com/2026/03/x.html", "https://name.blogspot.com/feeds/posts/default"),
        ("https://mastodon.social.example/users/a/", "https://mastodon.social.example/@a"),
        ("@name@mastodon.example", "https://mastodon.example/@name"),
        ("https://bsky.app/profile/name.bsky.social", "https://bsky.app/profile/name.bsky.social"),
        ("https://x.com/name", "https://x.com/name"),
        ("https://nitter.example/name", "https://nitter.example/name/rss"),
    )),
]  # fmt: skip

YOUTUBE = page(
    '<link rel="canonical" href="https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv">'
    '<meta property="og:title" content="Some channel">',
    '<script>{"externalId":"UCabcdefghijklmnopqrstuv"}</script>',
)
_PODCAST = {"collectionName": "The podcast", "feedUrl": "https://pod.example/feed"}
APPLE = Reply(200, {"Content-Type": "text/javascript"}, json.dumps({"resultCount": 1, "results": [_PODCAST]}).encode())

# More than one host: what it is typed, and what each host answers.
ELSEWHERE = [
    Case("YouTube by its handle", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
         {"www.youtube.com/@name": YOUTUBE}, "https://www.youtube.com/@name", title="Some channel"),
    Case("a film on YouTube", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
         {"www.youtube.com/watch": page('<meta itemprop="channelId" content="UCabcdefghijklmnopqrstuv">')},
         "https://www.youtube.com/watch?v=abc"),
    Case("a podcast at Apple", "https://pod.example/feed", {"itunes.apple.com/lookup": APPLE},
         "https://podcasts.apple.com/fr/podcast/the-podcast/id123456?i=1", title="The podcast"),
]  # fmt: skip
