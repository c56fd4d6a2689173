"""What bridges put around the text of a post: bylines, quoted posts written into it, links to themselves.

Every function takes HTML that :func:`veille.content.html.clean` gave, and what it gives must go through that again.
The shapes are those of Nitter, of RSS-Bridge (Twitter, Bluesky, Mastodon) and of RSSHub (twitter, mastodon).
"""

import re
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urlsplit

from veille.content import html
from veille.content.addresses import host as host_of
from veille.content.networks import X_HOSTS, is_nitter
from veille.content.text import plain
from veille.posts import Person, Referred, Relation

_WIDE = "\u2002"  # what RSSHub writes after a name, and people do not
_X_STATUS = r"https://x\.com/([A-Za-z0-9_]{1,15})/status/([0-9]{1,19})"
_BSKY_POST = re.compile(r"https://bsky\.app/profile/([^/?#\"]+)/post/([A-Za-z0-9._:~-]+)")
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
_NITTER_QUOTE = re.compile(rf'<p>\s*<a href="{_X_STATUS}">[^<]*</a>\s*</p>\s*\Z')
_NITTER_QUOTED = re.compile(
    r"<blockquote>\s*<b>([^<]*)\(@([A-Za-z0-9_]{1,15})\)\s*</b>(.*?)"
    rf'<footer>[^<]*(?:<cite>)?\s*<a href="{_X_STATUS}">[^<]*</a>\s*(?:</cite>)?\s*</footer>\s*</blockquote>\s*\Z',
    re.DOTALL,
)
_BRIDGE_X = re.compile(
    r"\s*<div>\s*<blockquote>(.*?)</blockquote>\s*</div>\s*"
    r"(?:<div>\s*<blockquote>(?:\s|<br>|<a href=\"[^\"]*\">(?:Video)?\s*</a>)*</blockquote>\s*</div>\s*)?",
    re.DOTALL,
)
_BRIDGE_BYLINE = re.compile(
    r'\A(<p>)<b>([^<]*)</b>\s*(?:<i>@([^<]*)</i>\s*)?<a href="[^"]*">(?:posted|replied)</a>:<br>'
)
_BRIDGE_QUOTED = re.compile(
    r'<p><a href="([^"]*)">Quoted (?:post|reply)</a> from <b>([^<]*)</b>\s*(?:<i>@([^<]*)</i>)?:<br>(.*?)</p>',
    re.DOTALL,
)
_BRIDGE_ANSWERED = re.compile(
    r"(?:<hr>\s*)?<p>Replying to <b>([^<]*)</b>\s*(?:<i>@([^<]*)</i>)?'s "
    r'<a href="([^"]*)">(?:post|reply)</a>:<br>(.*?)</p>.*\Z',
    re.DOTALL,
)
_HUB_NAMED = re.compile(rf'\A(?:<a href="[^"]*">)?(?:<strong>)?([^<:]{{1,100}})(?:</strong>)?(?:</a>)?:{_WIDE}')
_HUB_LINK = re.compile(rf'<small>Link: <a href="({_X_STATUS})">')
_HUB_ANSWER = re.compile(r"\A(?:Re|↩️?) ?(?=\S)")
_HUB_WARNING = re.compile(r"\A([^<]{0,500})<hr>")
_MENTION = re.compile(r"@([A-Za-z0-9_]{1,15})\b")


@dataclass(frozen=True, slots=True)
class Bare:
    """What a post says, without what the bridge added; and what that told.

    ``name`` is how the bridge calls the author; ``passed_on`` whether it says that somebody else's post was passed on.
    """

    content: str
    name: str = ""
    passed_on: bool = False
    referred: tuple[Referred, ...] = ()
    warning: str = ""

    def without(self, found: re.Match[str], *referred: Referred, keep: str = "") -> "Bare":
        """Without what was found, of which ``keep`` stays."""
        content = self.content[: found.start()] + keep + self.content[found.end() :]
        return replace(self, content=content, referred=self.referred + referred)


def x_person(handle: str, name: str = "") -> Person:
    """Somebody on X."""
    return Person(f"@{handle}", name, f"https://x.com/{handle}")


def to_x(content: str, mirror: str = "") -> str:
    """``content`` with its links to Nitter, and to the host ``mirror``, leading to X instead."""

    def link(found: re.Match[str]) -> str:
        address, words = unescape(found[1]), found[2]
        host = host_of(address)
        if not host:
            return found[0]
        parts = urlsplit(address)
        if not (host == mirror or is_nitter(host) or host in X_HOSTS) or parts.path.startswith(("/pic/", "/video/")):
            return found[0]
        words = re.sub(rf"(?:https?://)?{re.escape(parts.netloc)}(?=/)", "x.com", words).removesuffix("#m")
        query = f"?{parts.query}" if parts.query else ""
        return f'<a href="https://x.com{parts.path}{query.replace("&", "&amp;")}">{words}</a>'

    return _LINK.sub(link, content)


def nitter(content: str, mirror: str) -> Bare:
    """Nitter writes a quoted post under the text: a link alone, or the post with its author."""
    bare = Bare(to_x(content, mirror))
    if found := _NITTER_QUOTED.match(bare.content, max(0, bare.content.rfind("<blockquote>"))):
        bare = bare.without(found, _quoted_on_x(found[4], found[5], found[1], found[3]))
        return replace(bare, content=bare.content.rstrip().removesuffix("<hr>"))
    if found := _NITTER_QUOTE.search(bare.content):
        return bare.without(found, _quoted_on_x(found[1], found[2]))
    return bare


def _quoted_on_x(handle: str, id: str, name: str = "", text: str = "") -> Referred:
    url = f"https://x.com/{handle}/status/{id}"
    return Referred(Relation.QUOTED, id, x_person(handle, _words(name)), url, _harmless(text))


def bridge_x(content: str) -> Bare:
    """RSS-Bridge puts portrait, text and pictures into boxes."""
    content = to_x(content)
    if found := _BRIDGE_X.fullmatch(content):
        text = found[1].strip()
        content = f"<p>{text if '<br>' in text else text.replace(chr(10), '<br>')}</p>"
    return Bare(content)


def bridge_bluesky(content: str) -> Bare:
    """RSS-Bridge says before each post whose it is, the post itself, one that it quotes, one that it answers."""
    bare = Bare(content)
    if found := _BRIDGE_ANSWERED.search(bare.content):
        bare = bare.without(found, _on_bluesky(Relation.ANSWERED, found[3], found[1], found[2], found[4]))
    if found := _BRIDGE_QUOTED.search(bare.content):
        bare = bare.without(found, _on_bluesky(Relation.QUOTED, found[1], found[2], found[3], found[4]))
    if found := _BRIDGE_BYLINE.search(bare.content):
        bare = replace(bare.without(found, keep=found[1]), name=_words(found[2]))
    return bare


def _on_bluesky(relation: Relation, link: str, name: str, handle: str | None, text: str) -> Referred:
    url = unescape(link)
    where = _BSKY_POST.fullmatch(url)
    id = f"at://{where[1]}/app.bsky.feed.post/{where[2]}" if where else ""
    page = f"https://bsky.app/profile/{where[1]}" if where else ""
    return Referred(
        relation, id, Person(f"@{_words(handle)}" if handle else "", _words(name), page), url, _harmless(text)
    )


def hub_x(content: str, answer: bool) -> Bare:
    """RSSHub writes before the text who was passed on, and after it what is quoted; ``answer``: its title says so."""
    bare = Bare(to_x(content))
    bare = _quoting(bare)
    line, mark, rest = bare.content.partition("<br>")
    said = html.to_text(line)
    told = mark and _WIDE in line and re.fullmatch(r"(?:RT|🔁) (.{1,100})|.{1,100} (?:RT|🔁)", said)
    if told:
        bare = replace(bare, content=rest, passed_on=True, name=told[1] or "")
    if found := _HUB_NAMED.search(bare.content):
        bare = replace(bare.without(found), name=_words(found[1]))
    return _answering(bare) if answer and not told else bare


def _quoting(bare: Bare) -> Bare:
    """Without the box at the end that begins with somebody's name."""
    before, box, inside = bare.content.rpartition("<div>")
    inside = _trimmed(inside)
    found = _HUB_NAMED.match(_trimmed(inside.removesuffix("</div>").strip().removeprefix("<blockquote>")))
    if not box or not inside.endswith("</div>") or not found:
        return bare
    name, link = _words(found[1]), _HUB_LINK.search(inside)
    text = found.string[found.end() :].partition("<small>Link:")[0].removesuffix("</blockquote>")
    person, url, id = Person("", name), "", ""
    if link:
        person, url, id = x_person(link[2], name), link[1], link[3]
    referred = Referred(Relation.QUOTED, id, person, url, _harmless(_trimmed(text)))
    return replace(bare, content=_trimmed(before).removesuffix("<hr>"), referred=(*bare.referred, referred))


def _trimmed(content: str) -> str:
    """Without empty lines at its ends."""
    content = content.strip()
    while content.endswith("<br>"):
        content = content[:-4].rstrip()
    while content.startswith("<br>"):
        content = content[4:].lstrip()
    return content


def _answering(bare: Bare) -> Bare:
    found = _HUB_ANSWER.search(bare.content)
    if not found:
        return bare
    bare = bare.without(found)
    whom = _MENTION.match(html.to_text(bare.content[:500]))
    return replace(
        bare, referred=(*bare.referred, Referred(Relation.ANSWERED, author=x_person(whom[1]) if whom else None))
    )


def hub_mastodon(content: str) -> Bare:
    """RSSHub puts the author's warning before a line."""
    bare = Bare(content)
    found = _HUB_WARNING.search(content)
    return replace(bare.without(found), warning=_words(found[1])) if found else bare


def _words(text: str | None) -> str:
    return plain(unescape(text or ""))


def _harmless(content: str) -> str:
    return html.clean(content.strip()).html
