"""An item as a page for the reader: sanitised content, and what is around it escaped."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from veille.i18n import _, moment
from veille.model import Article, Hit, Item, ItemKind, Media
from veille.ui.links import host, is_web
from veille.ui.pictures import SCHEME, Picture
from veille.ui.shortcuts import KEYS
from veille.ui.theme import Colours

FIRST_KEYS = ("next", "previous", "next-unread", "save", "search", "keys")  # what a newcomer should know
MOST = 40  # pictures, sounds, files of an item that are described
KINDS = {"image": "▣", "audio": "♪", "video": "▶", "frame": "▢", "file": "▤"}


@dataclass(frozen=True, slots=True)
class Extras:
    """What the person asked for besides: the stored article (``whole``: in place of the content), the pictures."""

    article: Article | None = None
    whole: bool = False
    pictures: tuple[Picture, ...] = ()


NOTHING = Extras()


def page(hit: Hit, c: Colours, extras: Extras = NOTHING) -> str:
    """The whole page. Content and article were sanitised before they were stored; all else is escaped here."""
    item = hit.item
    title = f'<h1 class="title">{escape(item.title)}</h1>' if item.title else ""
    head, body = f"{title}{_about(hit)}", item.content or f"<p>{escape(item.summary)}</p>"
    if extras.whole and extras.article:
        return f"{head}{_from_article(extras.article)}{extras.article.html}{_pictures(item, c, extras)}"
    return f"{head}{body}{_to_article(item, extras.article)}{_pictures(item, c, extras)}"


def picture_name(at: int) -> str:
    """The private address under which the page asks for the ``at``-th picture."""
    return f"{SCHEME}:picture/{at}"


def blank(c: Colours) -> str:
    """What stands there while no item is chosen: how to begin."""
    keys = [each for each in KEYS if each.deed in FIRST_KEYS]
    row = '<tr><td bgcolor="{ground}" align="center">&nbsp;{key}&nbsp;</td><td>{text}</td></tr>'
    rows = "".join(row.format(ground=c.side, key=escape(each.keys[0]), text=escape(_(each.text))) for each in keys)
    head = escape(_("Choose an item to read it here."))
    return f'<p class="about">{head}</p><table class="about" cellpadding="5" cellspacing="4">{rows}</table>'


def _about(hit: Hit) -> str:
    item, parts = hit.item, []
    if item.author and item.author != hit.source:
        parts.append(item.author)
    if item.updated and item.published and (item.updated - item.published).total_seconds() > 3600:
        parts.append(_("changed {when}").format(when=moment(item.updated)))
    return f'<p class="about">{escape(" · ".join(parts))}</p>' if parts else ""


def _to_article(item: Item, article: Article | None) -> str:
    """The way to the article behind the item: stored already, or still to be asked for."""
    if article is not None:
        return _paragraph(_deed("article", _("Read the full article, which is stored (F)")))
    if item.kind is not ItemKind.ARTICLE or not is_web(item.url):
        return ""
    return _paragraph(_deed("article", _("Fetch the full article (F)")))


def _from_article(article: Article) -> str:
    said = escape(_("The full article, fetched on {when}.").format(when=moment(article.fetched)))
    return _paragraph(f"{said} " + _deed("article", _("Back to what the feed gave (F)")))


def _paragraph(html: str) -> str:
    return f'<p class="about">{html}</p>'


def _deed(name: str, text: str) -> str:
    """A link that asks the window for something."""
    return f'<a href="{SCHEME}:{name}">{escape(text)}</a>'


def _pictures(item: Item, c: Colours, extras: Extras) -> str:
    """What the item showed besides text: pictures that were asked for, and the rest described, never loaded."""
    loaded = {picture.url: (at, picture) for at, picture in enumerate(extras.pictures)}
    parts, left = [], []
    for each in item.media[:MOST]:
        at, picture = loaded.get(each.url, (0, None))
        if each.kind == "image" and picture is not None and picture.image is not None:
            parts.append(_picture(at, each))
        else:
            left.append((each, picture.why if picture is not None else ""))
    return "".join(parts) + _not_loaded(left, c)


def _picture(at: int, media: Media) -> str:
    caption = f'<p class="about">{escape(media.description)}</p>' if media.description else ""
    return f'<p><img src="{picture_name(at)}" style="max-width:100%"></p>{caption}'


def _not_loaded(left: Iterable[tuple[Media, str]], c: Colours) -> str:
    rows, pictures = "", False
    for media, why in left:
        pictures |= media.kind == "image" and is_web(media.url)
        text = f"{_describe(media)} – {why}" if why else _describe(media)
        rows += f'<tr><td width="22">{KINDS.get(media.kind, KINDS["file"])}</td><td>{escape(text)}</td></tr>'
    if not rows:
        return ""
    head = escape(_("Not loaded, so that nobody sees you read:"))
    if pictures:
        head += " &nbsp;" + _deed("pictures", _("Show the pictures (P)"))
    return (
        f'<table class="media" width="100%" cellpadding="4" cellspacing="0" bgcolor="{c.side}" style="margin-top:20px">'
        f'<tr><td colspan="2">{head}</td></tr>{rows}</table>'
    )


def _describe(media: Media) -> str:
    names = {
        "image": _("Picture"), "audio": _("Audio"), "video": _("Video"), "frame": _("Embedded page"), "file": _("File")
    }  # fmt: skip
    kind = names.get(media.kind, names["file"])
    where = host(media.url)
    if media.description:
        return _("{kind}: {description} ({host})").format(kind=kind, description=media.description, host=where)
    return _("{kind} without a description ({host})").format(kind=kind, host=where)


def sheet(c: Colours) -> str:
    """The style of the page, in the part of CSS that Qt knows."""
    return f"""
.title {{ margin: 0 0 8px 0; font-weight: 600; }}
.about {{ color: {c.muted}; margin: 0 0 8px 0; }}
.media {{ color: {c.muted}; }}
p, ul, ol, table {{ margin-top: 0; margin-bottom: 12px; }}
li {{ margin-bottom: 4px; }}
a {{ color: {c.accent}; text-decoration: none; }}
blockquote {{ color: {c.muted}; margin-left: 16px; margin-right: 16px; }}
pre, code {{ background: {c.side}; }}
h1, h2, h3, h4 {{ margin-top: 18px; margin-bottom: 6px; font-weight: 600; }}
h1 {{ font-size: large; }} h2 {{ font-size: large; }} h3, h4, h5, h6 {{ font-size: medium; }}
hr {{ background: {c.line}; }}
"""
