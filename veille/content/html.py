"""Hostile HTML made harmless: what a feed sends becomes text with simple marks, and a list of media.

Nothing that stays can run, load or style anything; pictures, sounds, films and frames are taken out and
kept as data. nh3 decides last: whatever the other steps do, its output is what is returned.
"""

import html as entities
import re
from dataclasses import dataclass

import nh3

from veille.content.addresses import resolve
from veille.content.cleaning import clean_link
from veille.content.text import plain, printable
from veille.posts import Media

LONGEST = 500_000  # characters of HTML that are read; what follows is left out
_LINE = 20_000  # characters of HTML that are read for one line
_MOST_MEDIA = 100
_DEEPEST = 100  # open elements; no page that people write comes near
_WORK = 1_000_000  # open elements, summed over all tags: what the tree costs to build
_DEEPEST_TABLE = 3  # Qt lays out nested tables in exponential time
_ROUNDS = 5  # for HTML that becomes something else each time it is parsed

_TABLE = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
_TEXT = """a abbr acronym address article aside b big blockquote br center cite code dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark ol p pre q rp rt ruby s samp section
    small span strike strong sub summary sup time tt u ul var wbr"""
_KEPT = _TABLE.union(_TEXT.split())
_WITH_CONTENT = """script style svg math template title head object embed applet iframe frame frameset noframes noembed
    video audio canvas map select datalist textarea button xmp plaintext"""
_EMPTIED = frozenset(_WITH_CONTENT.split())
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}

_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data", "srcset")
_DESCRIPTIONS = ("alt", "title", "aria-label")
_KINDS = {
    "img": "image", "video": "video", "audio": "audio", "iframe": "frame", "frame": "frame", "embed": "frame",
    "object": "frame",
}  # fmt: skip
_SHOWN = frozenset({*_KINDS, "source", "figure", "figcaption"})
_COLLECTOR = nh3.Cleaner(
    tags=set(_SHOWN),
    clean_content_tags=set(_EMPTIED - _SHOWN),
    attributes={"*": {*_SOURCES, *_DESCRIPTIONS, "type", "width", "height", "style"}},
    link_rel=None,
)

_READER = nh3.Cleaner(tags=set(_KEPT), clean_content_tags=set(_EMPTIED), attributes={}, link_rel=None)

_NOSCRIPT = re.compile(r"</?noscript[^>]*>", re.IGNORECASE)
_HAS_MEDIA = re.compile(r"<(?:img|image|video|audio|iframe|frame|embed|object)\b", re.IGNORECASE)
_TAG = re.compile(r'<(/?)([a-z]+)((?: [^\s="<>/]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([^\s="<>/]+)="([^"]*)"')
_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
_TINY = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:\.\d*)?(?:px)?\s*(?:;|$)")
_ROUGH_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_ANY_TAG = re.compile(r"<[^>]*(?:>|\Z)")
# Elements that never hold others, or that the next of their kind closes.
_FLAT = """area base br col embed hr img input link meta param source track wbr
    p li dt dd td th tr tbody thead tfoot option"""
_UNCOUNTED = frozenset(_FLAT.split())
_EMPTY = re.compile(
    r"<(a|abbr|b|blockquote|center|div|em|figcaption|figure|h[1-6]|i|li|ol|p|section|small|span|strong|u|ul)"
    r"(?: [^>]*)?>(?:\s|&nbsp;|<br>)*</\1>"
)
_TABLE_TAG = re.compile(r"<(/?)(?:table|caption|thead|tbody|tfoot|tr|th|td)\b[^>]*>")
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr"
    r"|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Harmless HTML, and what was taken out of it."""

    html: str
    media: tuple[Media, ...] = ()


def clean(html: str, base: str = "") -> Cleaned:
    """``html`` with text marks and http, https and mailto links only, absolute against ``base``, cleaned of marks.

    Media addresses are http or https, descriptions plain text; invisible pixels are left out. HTML built to
    exhaust the reader comes back as its text alone. Cleaning what was cleaned changes nothing.
    """
    html = _NOSCRIPT.sub("", printable(html[:LONGEST]))
    if _exhausting(html):
        return Cleaned(_as_text(html))
    media = _media(_COLLECTOR.clean(html), base) if _HAS_MEDIA.search(html) else ()
    cleaner = _cleaner(base)
    once = _tidy(cleaner.clean(html))
    for _ in range(_ROUNDS):
        if len(once) > LONGEST:  # escaping made it longer
            return clean(html[: int(len(html) * LONGEST / len(once) * 0.9)], base)
        again = _tidy(cleaner.clean(once))
        if again == once:
            return Cleaned(_as_text(once) if _exhausting(once) else once, media)
        once = again
    return Cleaned(_as_text(html), media)


def to_text(html: str) -> str:
    """The text of what :func:`clean` gave, on one line."""
    if "<" in html:
        html = _ANY_TAG.sub("", _BLOCK.sub(r" \g<0>", html))
    return _one_line(entities.unescape(html))


def run_on(html: str) -> str:
    """The same for whom blanks do not matter: they may be missing, or too many. In a third of the time."""
    return entities.unescape(_ANY_TAG.sub("", html) if "<" in html else html)


def paragraphs(html: str) -> list[str]:
    """What :func:`to_text` gives, a line for each block of text."""
    parts = _BLOCK.sub("\n\\g<0>", " ".join(html.split())).split("\n")
    return [text for part in parts if (text := to_text(part))]


def _one_line(text: str) -> str:
    """What ``plain`` gives, at once where nothing is unprintable. Of that, four characters are blanks to ``split``."""
    line = " ".join(text.split())
    return line if line.isprintable() and not any(each in text for each in "\x1c\x1d\x1e\x1f") else plain(text)


def words(html: str) -> str:
    """The text of untrusted HTML, on one line. Meant for a title or a summary: 20,000 characters are read."""
    html = html[:_LINE]
    return to_text(_READER.clean(html) if "<" in html else html)


def from_text(text: str) -> str:
    """Plain text as HTML: its empty lines part paragraphs."""
    parts = re.split(r"\n\s*\n", printable(text[:LONGEST]).replace("\r\n", "\n").strip())
    return "".join(f"<p>{entities.escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _cleaner(base: str) -> nh3.Cleaner:
    def attribute(_tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return clean_link(resolve(value, base, mail=True)) or None
        digits = value if value.isascii() and value.isdigit() else "0"
        return value if 0 < int(digits[:9]) <= _SPANS.get(name, 0) else None

    return nh3.Cleaner(
        tags=set(_KEPT),
        clean_content_tags=set(_EMPTIED),
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


_SPANS = {"colspan": 50, "rowspan": 50, "start": 999_999_999}


def _exhausting(html: str) -> bool:
    """Whether a parser would need too much for ``html``: deep nesting, or marks that never close in order."""
    if html.count("<") <= _DEEPEST:
        return False
    stack: list[str] = []
    work = astray = 0
    for tag in _ROUGH_TAG.finditer(html):
        name = tag[2].lower()
        if not tag[1]:
            work += len(stack) + astray
            if name not in _UNCOUNTED:
                stack.append(name)
                if len(stack) > _DEEPEST:
                    return True
        elif stack and stack[-1] == name:
            stack.pop()
        elif name not in _UNCOUNTED:
            astray += 1
            if name in stack[-4:]:
                del stack[len(stack) - 1 - stack[::-1].index(name) :]
    return work > _WORK


def _as_text(html: str) -> str:
    return from_text(to_text(html))


def _tidy(html: str) -> str:
    """Without control characters, without what media left empty, without tables deep inside tables."""
    html = printable(html)
    count = 1
    while count:
        html, count = _EMPTY.subn("", html)
    depth = deepest = 0
    for tag in re.finditer("<(/?)table>", html):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return _TABLE_TAG.sub(r"<\1div>", html) if deepest > _DEEPEST_TABLE else html.strip()


def _media(html: str, base: str) -> tuple[Media, ...]:
    """Media of ``html``, which :data:`_COLLECTOR` wrote, in order, each address once."""
    found: dict[str, Media] = {}
    holder = figure = ""
    for tag in _TAG.finditer(html):
        name = tag[2]
        if tag[1]:
            holder = "" if name in ("video", "audio") else holder
            figure = "" if name == "figure" else figure
            continue
        if name == "figure":
            figure = html[tag.end() : html.find("</figure>", tag.end())][:20_000]
        elif name in ("video", "audio"):
            holder = name
        kind = _KINDS.get(name) or _KINDS.get(holder, "")
        given = {key: entities.unescape(value) for key, value in _ATTRIBUTE.findall(tag[3])}
        address = _address(given, base)
        if not kind or not address or address in found or _invisible(given):
            continue
        found[address] = Media(kind, address, _description(given, figure), plain(given.get("type", ""))[:100])
        if len(found) >= _MOST_MEDIA:
            break
    return tuple(found.values())


def _address(given: dict[str, str], base: str) -> str:
    """The first usable address; of a set of pictures its first, of which a blank keeps the place."""
    for name in _SOURCES:
        value = given.get(name, "")
        value = value.split()[0] if name == "srcset" and value.strip() else value
        if address := resolve(value, base):
            return clean_link(address)
    return ""


def _invisible(given: dict[str, str]) -> bool:
    sizes = (given.get("width", ""), given.get("height", ""))
    return any(size.strip().removesuffix("px") in ("0", "1") for size in sizes) or bool(
        _TINY.search(given.get("style", "").lower())
    )


def _description(given: dict[str, str], figure: str) -> str:
    own = next(filter(None, (plain(given.get(name, "")) for name in _DESCRIPTIONS)), "")
    caption = None if own else _CAPTION.search(figure)
    return (to_text(caption[1]) if caption else own)[:500]
