"""Tricks in what is published: every way in which a page, a feed or a link makes a reader call home."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from urllib.parse import quote

from tests.observer.stage import Check, Play, Stage, feed, trick
from tests.servers import Reply

PICTURES = "pictures, pixels, favicons, avatars, media, styles, frames"

# What a page loads by itself; {at} is an address of the tracker.
PAGES = {
    "a picture": '<img src="{at}">',
    "a picture of one dot": '<img width="1" height="1" alt="" src="{at}">',
    "a picture that is hidden": '<img style="display:none" src="{at}">',
    "a set of pictures": '<img srcset="{at} 2x">',
    "a picture with a source": '<picture><source srcset="{at}"><img alt=""></picture>',
    "a picture by its old name": '<image src="{at}">',
    "a picture in low resolution first": '<img lowsrc="{at}">',
    "a picture in capitals": '<IMG SRC="{at}">',
    "a picture without quotes": "<img src={at}>",
    "a picture in a paragraph that is never closed": '<p><b><i><img src="{at}"',
    "a picture for readers without scripts": '<noscript><img src="{at}"></noscript>',
    "a picture whose address has a space": '<img src=" {at} ">',
    "a picture by a relative scheme": '<img src="{bare}">',
    "a picture by the page's base": '<base href="{root}"><img src="{path}">',
    "a button that is a picture": '<input type="image" src="{at}">',
    "a film": '<video src="{at}"></video>',
    "the poster of a film": '<video poster="{at}"></video>',
    "the source of a film": '<video><source src="{at}"></video>',
    "the subtitles of a film": '<video><track src="{at}"></video>',
    "a sound": '<audio src="{at}" autoplay></audio>',
    "a frame": '<iframe src="{at}"></iframe>',
    "a frame of a set": '<frameset><frame src="{at}"></frameset>',
    "an embedded thing": '<embed src="{at}">',
    "an object": '<object data="{at}"></object>',
    "a script": '<script src="{at}"></script>',
    "a style sheet": '<link rel="stylesheet" href="{at}">',
    "a style sheet of a style sheet": "<style>@import '{at}';</style>",
    "the background of a style": '<div style="background:url({at})">x</div>',
    "the background of a rule": "<style>p {{ background: url('{at}') }}</style>",
    "the mark of a list": '<ul style="list-style-image:url({at})"><li>x</ul>',
    "a font": "<style>@font-face {{ font-family: x; src: url({at}) }}</style>",
    "the content before a paragraph": "<style>p::before {{ content: url({at}) }}</style>",
    "the pointer": '<p style="cursor:url({at}),auto">x</p>',
    "the background of the page": '<body background="{at}">x</body>',
    "the background of a table": '<table background="{at}"><tr><td>x</table>',
    "the background of a cell": '<table><tr><td background="{at}">x</table>',
    "a drawing's picture": '<svg><image href="{at}"/></svg>',
    "a drawing's picture by the old name": '<svg><image xlink:href="{at}"/></svg>',
    "a drawing's part": '<svg><use href="{at}#x"/></svg>',
    "a page that moves on": '<meta http-equiv="refresh" content="0;url={at}">',
    "a page that is fetched ahead": '<link rel="prefetch" href="{at}">',
    "a part that is fetched ahead": '<link rel="preload" as="image" href="{at}">',
    "a page that is drawn ahead": '<link rel="prerender" href="{at}">',
    "the page's icon": '<link rel="icon" href="{at}">',
    "the page's manifest": '<link rel="manifest" href="{at}">',
}


def _page(html: str) -> Play:
    def play(stage: Stage) -> Check:
        path = f"/{stage.mark()}.gif"
        parts = {
            "at": stage.track(path), "bare": f"//{stage.tracker}{path}", "root": stage.track("/"), "path": path[1:],
        }  # fmt: skip
        stage.page("/feed", feed(html.format(**parts)))
        return lambda: any(each.path.lower() == path for each in stage.tracked)

    return play


for _words, _html in PAGES.items():
    trick(PICTURES, _words)(_page(_html))


@trick(PICTURES, "a name to be looked up ahead")
def _looked_up(stage: Stage) -> Check:
    name = stage.open(f"{stage.mark()}.{stage.tracker}")
    stage.page("/feed", feed(f'<link rel="dns-prefetch" href="//{name}/"><link rel="preconnect" href="//{name}/">'))
    return lambda: name in stage.internet.looked_up


# Where a feed has pictures: {at} is an address of the tracker.
PLACES = {
    "a picture in the title": {"title": '<img src="{at}">News'},
    "a picture in the summary": {"item": "<description>&lt;img src='{at}'&gt;</description>"},
    "a picture in the author's name": {"item": "<dc:creator>&lt;img src='{at}'&gt;</dc:creator>"},
    "an attachment": {"item": '<enclosure url="{at}" type="audio/mpeg" length="9"/>'},
    "a small picture beside the item": {"item": '<media:thumbnail url="{at}"/>'},
    "media beside the item": {"item": '<media:content url="{at}" medium="image"/>'},
    "the picture of the feed": {"channel": "<image><url>{at}</url><title>x</title><link>x</link></image>"},
    "the icon of the feed": {"channel": "<atom:icon>{at}</atom:icon>"},
    "the logo of the feed": {"channel": "<atom:logo>{at}</atom:logo>"},
    "the cover of a podcast": {"channel": '<itunes:image href="{at}"/>'},
}


def _place(parts: dict[str, str]) -> Play:
    def play(stage: Stage) -> Check:
        path = f"/{stage.mark()}.gif"
        stage.page("/feed", feed(**{name: text.format(at=stage.track(path)) for name, text in parts.items()}))
        return lambda: any(each.path == path for each in stage.tracked)

    return play


for _words, _parts in PLACES.items():
    trick(PICTURES, _words)(_place(_parts))


@trick(PICTURES, "the icon of the site")
def _favicon(stage: Stage) -> Check:
    stage.page("/feed", feed(channel=f"<link>{stage.url('/')}</link>"))
    return lambda: any(each.path == "/favicon.ico" for each in stage.seen)


# XML and hubs ---------------------------------------------------------------------------------------

HUBS = "WebSub, rssCloud, pingback, xml-stylesheet, DTD"

# The root's surroundings and parts that name an address; {at} is one of the tracker.
BESIDE = {
    "a style sheet of XML": {"before": '<?xml-stylesheet type="text/xsl" href="{at}"?>'},
    "a document type": {"before": '<!DOCTYPE rss SYSTEM "{at}">'},
    "an entity from outside": {"before": '<!DOCTYPE rss [<!ENTITY x SYSTEM "{at}">]>', "title": "News"},
    "a hub": {"channel": '<atom:link rel="hub" href="{at}"/><atom:link rel="self" href="{at}"/>'},
    "a cloud": {"channel": '<cloud domain="{host}" port="80" path="{path}" protocol="http-post"/>'},
    "the next page of the feed": {"channel": '<atom:link rel="next" href="{at}"/>'},
    "comments of the item": {"item": "<comments>{at}</comments>"},
}


def _beside(parts: dict[str, str]) -> Play:
    def play(stage: Stage) -> Check:
        path = f"/{stage.mark()}"
        names = {"at": stage.track(path), "host": stage.tracker, "path": path}
        stage.page("/feed", feed(**{name: text.format(**names) for name, text in parts.items()}))
        return lambda: any(each.path == path for each in stage.tracked)

    return play


for _words, _parts in BESIDE.items():
    trick(HUBS, _words)(_beside(_parts))


@trick(HUBS, "a server that asks to be told of readers (pingback, Link, Refresh)")
def _headers(stage: Stage) -> Check:
    at = stage.track("/told")
    told = {"X-Pingback": at, "Link": f'<{at}>; rel="hub", <{at}>; rel="preload"', "Refresh": f"0; url={at}"}
    stage.page("/feed", feed(headers=told))
    return lambda: bool(stage.tracked)


@trick("a method other than GET and HEAD", "a redirect that asks for more than reading")
def _method(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: stage.redirect("/again", 307))
    stage.page("/again", Reply(405, {"Allow": "POST"}))
    return lambda: any(each.method not in ("GET", "HEAD") for each in stage.seen)


# Links ----------------------------------------------------------------------------------------------

LINKS = "utm_*, fbclid, click redirectors"

# Parameters that tell who published the link, or who followed it.
PARAMETERS = ("utm_source=feed", "fbclid=IwAR0x", "gclid=Cj0x", "mc_eid=9f3a1c0d2b", "xtor=RSS-1", "igshid=x1")


def _parameter(text: str) -> Play:
    def play(stage: Stage) -> Check:
        stage.page("/feed", feed(link=stage.url(f"/article?id=7&{text}")))
        return lambda: any("/article" in each.path and text in each.path for each in stage.seen)

    return play


for _text in PARAMETERS:
    trick(LINKS, f"a link with {_text.partition('=')[0]}")(_parameter(_text))

# Hosts that count the clicks; {to} is where they lead.
REDIRECTORS = {
    "a search engine's": ("www.google.com", "/url?q={to}&sa=D"),
    "a social network's": ("l.facebook.com", "/l.php?u={to}&h=AT0x"),
    "another social network's": ("www.linkedin.com", "/redir/redirect?url={to}"),
    "a film platform's": ("www.youtube.com", "/redirect?q={to}"),
}


def _click(name: str, path: str) -> Play:
    def play(stage: Stage) -> Check:
        to = stage.url("/article")
        stage.internet.site(name, lambda seen: stage.redirect(to, 302))
        mark = stage.mark()
        where = path.format(to=quote(to, safe=""))
        stage.page("/feed", feed(link=f"{stage.scheme}://{name}{where}&click={mark}"))
        return lambda: any(mark in each.path for each in stage.internet.to(name))

    return play


for _words, (_name, _path) in REDIRECTORS.items():
    trick(LINKS, f"{_words} counter of clicks")(_click(_name, _path))


@trick(LINKS, "a feed service's counter of clicks, beside the true address")
def _original(stage: Stage) -> Check:
    counter = stage.open("feedproxy.google.com")
    stage.page("/feed", feed(
        link=stage.url(f"/~r/{stage.name}", host=counter),
        item=f"<feedburner:origLink>{escape(stage.url('/article'))}</feedburner:origLink>"))  # fmt: skip
    return lambda: any(stage.name in each.path for each in stage.internet.to(counter))


# Rhythm ---------------------------------------------------------------------------------------------

RHYTHM = "rhythm"


@trick(RHYTHM, "asked by the clock")
def _by_the_clock(stage: Stage) -> Check:
    stage.page("/feed", feed())

    def worked() -> bool:
        times = sorted(each.when for each in stage.seen)
        gaps = [later - before for before, later in pairwise(times)]
        usual = Counter(round(gap.total_seconds() / 60) for gap in gaps).most_common(1)
        return bool(gaps) and len(gaps) > 5 and usual[0][1] > 0.6 * len(gaps)

    return worked


@trick(RHYTHM, "five feeds of one site asked at once show one reader of five")
def _bundle(stage: Stage) -> Check:
    stage.feeds = [f"/feed{number}" for number in range(5)]
    for path in stage.feeds:
        stage.page(path, feed())

    def worked() -> bool:
        first = min((each.when for each in stage.seen), default=None)  # asked by hand
        together: dict[datetime, set[str]] = defaultdict(set)
        for each in stage.seen:
            if first and each.when - first > timedelta(hours=2):
                together[each.when].add(each.path)
        return any(len(paths) == 5 for paths in together.values())

    return worked


@trick(RHYTHM, "all that is due asked when the machine wakes up")
def _waking(stage: Stage) -> Check:
    names = [stage.host] + [stage.open(f"{number}.{stage.tracker}") for number in range(6)]
    for name in names:
        stage.page("/feed", feed(), host=name)
    stage.feeds = ["/feed"] + [stage.url("/feed", host=name) for name in names[1:]]

    def worked() -> bool:
        for wake in stage.wakes[1:]:  # the first time, it was asked by hand
            soon = [name for name in names for each in stage.internet.to(name)
                    if timedelta() <= each.when - wake < timedelta(minutes=1)]  # type: ignore[operator]  # fmt: skip
            if len(set(soon)) == len(names):
                return True
        return False

    return worked


@trick(RHYTHM, "asked because it was read")
def _because_read(stage: Stage) -> Check:
    stage.page("/feed", feed(f'<img src="{stage.url("/seen.gif")}">', link=stage.url("/article")))
    return lambda: any(each.path == "/seen.gif" for each in stage.seen)
