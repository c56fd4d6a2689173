"""The tricks, row by row of the rules. Each sets its stage, and tells at the end whether it worked."""

from collections import Counter
from datetime import timedelta

from tests.internet import Seen
from tests.observer.stage import Check, Stage, feed, trick
from tests.servers import Reply

# Who asks ----------------------------------------------------------------------------------------

WHO = "program, version, subscriber count"


@trick(WHO, "the program says its name")
def _name(stage: Stage) -> Check:
    stage.page("/feed", feed())
    known = ("python", "requests", "feedparser", "veille", "reader", "urllib")
    return lambda: any(word in each.headers.get("user-agent", "").lower() for each in stage.seen for word in known)


@trick(WHO, "the program says its version")
def _version(stage: Stage) -> Check:
    stage.page("/feed", feed())
    return lambda: any("." in each.headers.get("user-agent", "").replace("5.0", "") for each in stage.seen)


@trick(WHO, "a connection that is kept open knows its reader")
def _kept(stage: Stage) -> Check:
    stage.page("/feed", feed())

    def worked() -> bool:
        times = {}
        for each in stage.seen:
            first = times.setdefault(each.connection, each.when)
            if each.when - first > timedelta(minutes=20):
                return True
        return False

    return worked


# Cookies and what the surroundings know -----------------------------------------------------------

COOKIES = "cookies, Referer, Authorization, .netrc, environment proxies"


def _cookie_comes_back(stage: Stage) -> Check:
    return lambda: any("mark=" in each.headers.get("cookie", "") for each in (*stage.seen, *stage.tracked))


@trick(COOKIES, "a cookie of the feed")
def _cookie(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: feed(headers={"Set-Cookie": f"mark={stage.mark()}; Path=/; Max-Age=9999999"}))
    return _cookie_comes_back(stage)


@trick(COOKIES, "a cookie of a redirect")
def _cookie_of_redirect(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: stage.redirect("/there", 302, **{"Set-Cookie": f"mark={stage.mark()}; Path=/"}))
    stage.page("/there", feed())
    return _cookie_comes_back(stage)


@trick(COOKIES, "a cookie of an error")
def _cookie_of_error(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: Reply(500, {"Set-Cookie": f"mark={stage.mark()}; Path=/"}))
    return _cookie_comes_back(stage)


@trick(COOKIES, "a cookie for every name of a domain")
def _cookie_of_domain(stage: Stage) -> Check:
    other = stage.open(f"other.{stage.tracker}")
    stage.page("/feed", lambda _seen: stage.redirect(stage.track("/set"), 302))
    cookie = f"mark=1; Domain={stage.tracker}; Path=/"
    stage.page("/set", lambda _seen: stage.redirect(stage.url("/end", host=other), 302, **{"Set-Cookie": cookie}),
               host=stage.tracker)  # fmt: skip
    stage.page("/end", feed(), host=other)
    return lambda: any("mark=" in each.headers.get("cookie", "") for each in stage.internet.to(other))


@trick(COOKIES, "a cookie of a picture, seen at the next visit of the feed")
def _cookie_of_picture(stage: Stage) -> Check:
    stage.page("/feed", feed(f'<img src="{stage.url("/pixel.gif")}">'))
    stage.page("/pixel.gif", Reply(200, {"Content-Type": "image/gif", "Set-Cookie": "mark=1; Path=/"}, b"GIF89a"))
    return _cookie_comes_back(stage)


@trick(COOKIES, "two trackers that compare their cookies by a bounce")
def _bounce(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: stage.redirect(stage.track("/bounce"), 302))
    stage.page("/bounce", lambda seen: stage.redirect(
        stage.url("/end?" + seen.headers.get("cookie", "")), 302, **{"Set-Cookie": "mark=1; Path=/"}),
        host=stage.tracker)  # fmt: skip
    stage.page("/end", feed())
    return lambda: any(each.path.startswith("/end?mark=") for each in stage.seen)


@trick(COOKIES, "the page that is read is named to whoever serves its pictures")
def _referer(stage: Stage) -> Check:
    stage.page("/feed", feed(f'<img src="{stage.track("/p.gif")}">', link=stage.url("/article")))
    return lambda: any("article" in each.headers.get("referer", "") for each in stage.tracked)


@trick(COOKIES, "a name and password kept in .netrc")
def _netrc(stage: Stage) -> Check:
    stage.page("/feed", feed())
    netrc = stage.home / "netrc"
    with netrc.open("a") as file:
        file.write(f"machine {stage.host} login someone password secret\n")
    stage.environment["NETRC"] = str(netrc)
    return lambda: any("authorization" in each.headers for each in stage.seen)


@trick(COOKIES, "a proxy that the surroundings name")
def _environment_proxy(stage: Stage) -> Check:
    stage.page("/feed", feed())
    stage.environment["HTTP_PROXY" if stage.scheme == "http" else "http_proxy"] = (
        f"http://127.0.0.1:{stage.internet.port}"
    )
    stage.environment["http_proxy"] = f"http://127.0.0.1:{stage.internet.port}"
    stage.scheme = "http"
    return lambda: any(each.path.startswith("http://") for each in stage.seen)


# Validators --------------------------------------------------------------------------------------

VALIDATORS = "ETag or Last-Modified used as a personal mark"


def _sent_back(stage: Stage, given: dict[str, str], header: str) -> Check:
    """A mark of ``given`` came back in ``header``."""
    return lambda: any(each.headers.get(header, "") in given for each in (*stage.seen, *stage.tracked))


@trick(VALIDATORS, "an ETag made for each answer")
def _etag(stage: Stage) -> Check:
    given: dict[str, str] = {}

    def answer(_seen: Seen) -> Reply:
        tag = f'"{stage.mark()}"'
        given[tag] = ""
        return feed(headers={"ETag": tag})

    stage.page("/feed", answer)
    return _sent_back(stage, given, "if-none-match")


@trick(VALIDATORS, "a weak ETag made for each answer")
def _weak(stage: Stage) -> Check:
    given: dict[str, str] = {}

    def answer(_seen: Seen) -> Reply:
        tag = f'W/"{stage.mark()}"'
        given[tag] = ""
        return feed(headers={"ETag": tag})

    stage.page("/feed", answer)
    return _sent_back(stage, given, "if-none-match")


@trick(VALIDATORS, "a date of change made for each answer")
def _modified(stage: Stage) -> Check:
    given: dict[str, str] = {}

    def answer(_seen: Seen) -> Reply:
        number = int(stage.mark()[:6], 16)
        date = f"Mon, 02 Feb 2026 {number % 24:02}:{number // 24 % 60:02}:{number // 1440 % 60:02} GMT"
        given[date] = ""
        return feed(headers={"Last-Modified": date})

    stage.page("/feed", answer)
    return _sent_back(stage, given, "if-modified-since")


@trick(VALIDATORS, "an ETag that changes with “nothing new”")
def _etag_of_304(stage: Stage) -> Check:
    given: dict[str, str] = {}

    def answer(seen: Seen) -> Reply:
        if "if-none-match" not in seen.headers:
            return feed(headers={"ETag": '"same for all"'})
        tag = f'"{stage.mark()}"'
        given[tag] = ""
        return Reply(304, {"ETag": tag})

    stage.page("/feed", answer)
    return _sent_back(stage, given, "if-none-match")


@trick(VALIDATORS, "an ETag that becomes personal once it is trusted")
def _etag_later(stage: Stage) -> Check:
    given: dict[str, str] = {}

    def answer(seen: Seen) -> Reply:
        if "if-none-match" not in seen.headers:
            return feed(headers={"ETag": '"same for all"'})
        tag = f'"{stage.mark()}"'
        given[tag] = ""
        return feed(f"<p>{len(given)}</p>", headers={"ETag": tag})

    stage.page("/feed", answer)
    return _sent_back(stage, given, "if-none-match")


@trick(VALIDATORS, "a tracker's ETag that is carried to the site that redirects to it")
def _etag_across(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: stage.redirect(stage.track("/feed"), 302))
    stage.page("/feed", feed(headers={"ETag": '"of the tracker"'}), host=stage.tracker)
    return lambda: any("tracker" in each.headers.get("if-none-match", "") for each in stage.seen)


# Redirects ---------------------------------------------------------------------------------------

PERSONAL = "redirect to a personal address, feed address with a token"


def _asked_again(stage: Stage, given: set[str]) -> Check:
    """An address made for one reader was asked for more than once."""

    def worked() -> bool:
        asked = Counter((each.host, each.path) for each in stage.internet.seen)
        return any(asked[host, path] > 1 for host, path in asked if path in given or host in given)

    return worked


def _personal(stage: Stage, status: int, form: str) -> Check:
    given: set[str] = set()

    def answer(_seen: Seen) -> Reply:
        path = form.format(mark=stage.mark())
        given.add(path)
        stage.page(path.partition("?")[0], feed())
        return stage.redirect(path, status)

    stage.page("/feed", answer)
    return _asked_again(stage, given)


@trick(PERSONAL, "moved for good (301) to a path of one's own")
def _personal_path(stage: Stage) -> Check:
    return _personal(stage, 301, "/u/{mark}/feed")


@trick(PERSONAL, "moved for good (308) to a path of one's own")
def _personal_path_308(stage: Stage) -> Check:
    return _personal(stage, 308, "/u/{mark}/feed")


@trick(PERSONAL, "moved for good to a query of one's own")
def _personal_query(stage: Stage) -> Check:
    return _personal(stage, 301, "/feed2?reader={mark}")


@trick(PERSONAL, "moved for good to plain words that are one's own")
def _personal_words(stage: Stage) -> Check:
    words = ("red", "fox", "river", "seven", "north", "quiet", "stone", "amber")
    given: set[str] = set()

    def answer(_seen: Seen) -> Reply:
        number = int(stage.mark()[:4], 16)
        path = "/" + "-".join(words[number >> shift & 7] for shift in (0, 3, 6, 9)) + "/feed"
        if path in given:
            return feed()
        given.add(path)
        stage.page(path, feed())
        return stage.redirect(path, 301)

    stage.page("/feed", answer)
    return _asked_again(stage, given)


@trick(PERSONAL, "moved for good, each time to the same address of one's own")
def _personal_same(stage: Stage) -> Check:
    path = f"/u/{stage.mark()}/feed"
    stage.page("/feed", lambda _seen: stage.redirect(path, 301))
    stage.page(path, feed())

    def worked() -> bool:
        """Asked for without being sent there."""
        paths = [each.path for each in stage.seen]
        return paths.count(path) > paths.count("/feed")

    return worked


@trick(PERSONAL, "moved for good to a name of one's own, which a name server hears of")
def _personal_name(stage: Stage) -> Check:
    names: list[str] = []

    def answer(_seen: Seen) -> Reply:
        name = stage.open(f"{stage.mark()}.{stage.tracker}")
        names.append(name)
        stage.page("/feed", feed(), host=name)
        return stage.redirect(stage.url("/feed", host=name), 301)

    stage.page("/feed", answer)
    return lambda: any(len(stage.internet.to(name)) > 1 for name in names)


@trick(PERSONAL, "moved by way of a tracker that is kept")
def _personal_chain(stage: Stage) -> Check:
    def first(_seen: Seen) -> Reply:
        return stage.redirect(stage.track(f"/r/{stage.mark()}"), 301)

    original = stage._answer

    def any_path(seen: Seen) -> Reply:
        return feed() if seen.path.startswith("/r/") else original(seen)

    stage.internet.site(stage.tracker, any_path)
    stage.page("/feed", first)

    def worked() -> bool:
        asked = Counter(each.path for each in stage.tracked)
        return any(count > 1 for count in asked.values())

    return worked


LOCAL = "private and loopback addresses, other schemes, at every redirect"

# Forms of this machine's own address that an ordinary resolver takes.
FORMS = {
    "127.0.0.1": "127.0.0.1", "a short form": "127.1", "hexadecimal": "0x7f000001", "decimal": "2130706433",
    "octal": "0177.0.0.1", "the name localhost": "localhost", "nothing at all": "0.0.0.0",
    "IPv4 inside IPv6": "[::ffff:127.0.0.1]",
}  # fmt: skip


def _to_local(form: str, status: int) -> "type":
    def play(stage: Stage) -> Check:
        path = f"/{stage.name}"
        stage.page("/feed", lambda _seen: stage.redirect(f"http://{form}:{stage.victim.port}{path}", status))
        return lambda: path in stage.victim.paths

    return play  # type: ignore[return-value]


for _words, _form in FORMS.items():
    trick(LOCAL, f"a redirect to {_words}")(_to_local(_form, 302))  # type: ignore[arg-type]


@trick(LOCAL, "a redirect to a name that stands for this machine")
def _local_name(stage: Stage) -> Check:
    name = stage.open(f"intranet.{stage.tracker}")
    stage.internet.rebind(name, "127.0.0.1")
    path = f"/{stage.name}"
    stage.page("/feed", lambda _seen: stage.redirect(f"http://{name}:{stage.victim.port}{path}", 302))
    return lambda: path in stage.victim.paths


@trick(LOCAL, "a name that stands for this machine the second time")
def _rebinding(stage: Stage) -> Check:
    name = stage.open(f"turn.{stage.tracker}")
    path = f"/{stage.name}"
    to = f"http://{name}:{stage.victim.port}{path}"

    def answer(_seen: Seen) -> Reply:
        return stage.redirect(to, 302)

    def first(_seen: Seen) -> Reply:
        stage.internet.rebind(name, "127.0.0.1")
        return feed(headers={"Connection": "close"})

    stage.page("/feed", answer)
    stage.page(path, first, host=name)
    return lambda: path in stage.victim.paths


@trick(LOCAL, "a picture at a service of this machine")
def _local_picture(stage: Stage) -> Check:
    path = f"/{stage.name}"
    stage.page("/feed", feed(f'<img src="http://127.0.0.1:{stage.victim.port}{path}">'))
    return lambda: path in stage.victim.paths


@trick(LOCAL, "an attachment at a service of this machine")
def _local_enclosure(stage: Stage) -> Check:
    path = f"/{stage.name}"
    where = f"http://127.0.0.1:{stage.victim.port}{path}"
    stage.page("/feed", feed(item=f'<enclosure url="{where}" type="audio/mpeg" length="1"/>'))
    return lambda: path in stage.victim.paths


@trick(LOCAL, "from a protected address to one that anybody on the way reads")
def _downgrade(stage: Stage) -> Check:
    stage.scheme = "https"
    stage.page("/feed", lambda _seen: stage.redirect(stage.url("/plain", scheme="http"), 302))
    stage.page("/plain", feed())
    return lambda: any(not each.tls for each in stage.seen)


@trick(LOCAL, "a redirect to a file of this machine")
def _file(stage: Stage) -> Check:
    stage.page("/feed", lambda _seen: stage.redirect("file:///etc/hostname", 302))
    return lambda: False  # it could only be seen where something is sent back


# What an answer costs -------------------------------------------------------------------------------

COST = "slow drips, bombs, endless redirects"


@trick(COST, "a redirect without end")
def _loop(stage: Stage) -> Check:
    def answer(seen: Seen) -> Reply:
        return stage.redirect(f"/feed?{int('0' + seen.path.partition('?')[2]) + 1}", 302)

    stage.page("/feed", answer)
    return lambda: max(Counter(each.when for each in stage.seen).values(), default=0) > 10


def _whole(stage: Stage, body: bytes, **manners: float) -> Check:
    """All of ``body`` was taken. Twice is enough: it costs the naive reader much."""
    sent: list[bool] = []

    def answer(_seen: Seen) -> Reply:
        sent.append(False)
        at = len(sent) - 1
        if at > 1:
            return feed()
        return Reply(200, {"Content-Type": "text/xml"}, body, after=lambda: _set(sent, at), **manners)  # type: ignore[arg-type]

    stage.page("/feed", answer)
    return lambda: any(sent)


@trick(COST, "a body without end")
def _endless(stage: Stage) -> Check:
    return _whole(stage, b"<rss version='2.0'><channel>" + b" " * 30_000_000, piece=1_000_000)


@trick(COST, "a drip that holds its reader")
def _drip(stage: Stage) -> Check:
    return _whole(stage, b" " * 40, piece=1, pause=0.1)


def _set(flags: list[bool], at: int) -> None:
    flags[at] = True
