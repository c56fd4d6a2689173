"""An independent judge of stored HTML: reads it with :mod:`html.parser` and names whatever must not be there."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from veille.model import Item

_NAMES = """a abbr acronym address article aside b big blockquote br caption center cite code dd del details dfn div dl
    dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark ol p pre q rp rt ruby s samp
    section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"""
_TAGS = set(_NAMES.split())
_ATTRIBUTES = {
    ("a", "href"),
    ("td", "colspan"),
    ("td", "rowspan"),
    ("th", "colspan"),
    ("th", "rowspan"),
    ("ol", "start"),
}
_VOID = {"br", "hr", "wbr"}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.found.append(f"<{tag}>")
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if (tag, name) not in _ATTRIBUTES:
                self.found.append(f"<{tag} {name}>")
            elif name == "href" and not harmless_link(value or ""):
                self.found.append(f"href={value!r}")
            elif name != "href" and not re.fullmatch("[0-9]{1,9}", value or ""):
                self.found.append(f"{name}={value!r}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"</{tag}> out of order")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"comment {data[:50]!r}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"declaration {decl[:50]!r}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"instruction {data[:50]!r}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"declaration {data[:50]!r}")


def harmless_link(address: str, schemes: tuple[str, ...] = ("http", "https", "mailto")) -> bool:
    """Whether a browser would read ``address`` as http or https with a host, or as mailto."""
    if re.search(r"[\x00-\x20\x7f\\<>\"]", address):
        return False
    parts = urlsplit(address)
    return parts.scheme in schemes and (bool(parts.netloc) or parts.scheme == "mailto") and address == address.strip()


def faults(html: str) -> list[str]:
    """What must not be in stored HTML: tags, attributes, links, comments, control characters, loose ends."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    found = [*judge.found, *(f"<{tag}> left open" for tag in judge.open)]
    return found + [f"character {character!r}" for character in _CONTROL.findall(html)[:3]]


def item_faults(item: Item) -> list[str]:
    """What must not be in an item, all of it."""
    found = faults(item.content)
    lines = {"title": item.title, "author": item.author, "summary": item.summary, "uid": item.uid}
    lines |= {f"tag {number}": tag for number, tag in enumerate(item.tags)}
    lines |= {f"description of {each.url}": each.description + each.type for each in item.media}
    for name, line in lines.items():
        if _CONTROL.search(line) or "\n" in line or "\t" in line:
            found.append(f"{name} {line!r}")
    web = ("http", "https")
    found += [f"url {address!r}" for address in [item.url] if address and not harmless_link(address, web)]
    found += [f"media {each.url!r}" for each in item.media if not harmless_link(each.url, web)]
    too_long = (len(item.title) > 500, len(item.author) > 200, len(item.summary) > 300, len(item.content) > 500_000)
    return found + ["too long"] * any(too_long)


def post_faults(item: Item) -> list[str]:
    """What must not be in the post of an item; nothing is where there is none."""
    post, found = item.post, list[str]()
    if post is None:
        return found
    people = [post.author, *filter(None, (post.reposted_by, *(one.author for one in post.referred))), *post.mentions]
    lines = [line for each in people for line in (each.handle, each.name, each.id)]
    lines += [post.id, post.continues, post.warning, *post.withheld, *(one.id for one in post.referred)]
    lines += [text for text, _votes in (post.poll.options if post.poll else ())]
    media = [each for one in post.referred for each in one.media]
    lines += [line for each in media for line in (each.description, each.type)]
    found += [f"line {line!r}" for line in lines if _CONTROL.search(line) or "\n" in line or len(line) > 2000]
    links = [each.url for each in (*people, *post.referred, *media) if each.url]
    found += [f"url {address!r}" for address in links if not harmless_link(address, ("http", "https"))]
    return found + [fault for one in post.referred for fault in faults(one.html)]
