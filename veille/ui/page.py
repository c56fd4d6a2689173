"""An item as a page for the reader: sanitised content, and what is around it escaped."""

from dataclasses import dataclass
from html import escape

from veille.i18n import _, moment
from veille.model import Article, Hit, Item, ItemKind
from veille.ui import cards, media
from veille.ui.links import is_web
from veille.ui.markup import deed, paragraph
from veille.ui.pictures import Picture
from veille.ui.shortcuts import KEYS
from veille.ui.theme import Colours

FIRST_KEYS = ("next", "previous", "next-unread", "save", "search", "keys")  # what a newcomer should know


@dataclass(frozen=True, slots=True)
class Extras:
    """What belongs with the item, and what the person asked for besides.

    ``whole``: the stored article in place of the content; ``former``: what an article said before.
    """

    article: Article | None = None
    whole: bool = False
    pictures: tuple[Picture, ...] = ()
    around: cards.Around = cards.ALONE
    former: bool = False


NOTHING = Extras()


def page(hit: Hit, c: Colours, extras: Extras = NOTHING) -> str:
    """The whole page. Content and article were sanitised before they were stored; all else is escaped here."""
    item = hit.item
    post = item.kind is ItemKind.POST
    head = f'<h1 class="title">{escape(item.title)}</h1>' if item.title else ""
    if extras.whole and extras.article:
        about = cards.who(hit) if post else _about(hit, extras)
        whole = f"{_from_article(extras.article)}{extras.article.html}"
        return f"{head}{about}{whole}{media.shown(item.media, c, extras.pictures)}"
    way = _to_article(item, extras.article)
    if post:
        return f"{head}{cards.card(hit, c, extras.around, extras.pictures)}{way}"
    body = item.content or f"<p>{escape(item.summary)}</p>"
    before = cards.former(extras.around.of(item), c) if extras.former else ""
    return f"{head}{_about(hit, extras)}{before}{body}{way}{media.shown(item.media, c, extras.pictures)}"


def blank(c: Colours) -> str:
    """What stands there while no item is chosen: how to begin."""
    keys = [each for each in KEYS if each.deed in FIRST_KEYS]
    row = '<tr><td bgcolor="{ground}" align="center">&nbsp;{key}&nbsp;</td><td>{text}</td></tr>'
    rows = "".join(row.format(ground=c.side, key=escape(each.keys[0]), text=escape(_(each.text))) for each in keys)
    head = escape(_("Choose an item to read it here."))
    return f'<p class="about">{head}</p><table class="about" cellpadding="5" cellspacing="4">{rows}</table>'


def _about(hit: Hit, extras: Extras) -> str:
    item, parts = hit.item, []
    if item.author and item.author != hit.source:
        parts.append(escape(item.author))
    if item.updated and item.published and (item.updated - item.published).total_seconds() > 3600:
        parts.append(escape(_("changed {when}").format(when=moment(item.updated))))
    if extras.around.of(item):
        words = _("Hide what it said before") if extras.former else _("Show what it said before")
        parts.append(deed("former", words))
    return paragraph(" · ".join(parts)) if parts else ""


def _to_article(item: Item, article: Article | None) -> str:
    """The way to the article behind the item: stored already, or still to be asked for."""
    if article is not None:
        return paragraph(deed("article", _("Read the full article, which is stored (F)")))
    if item.kind is not ItemKind.ARTICLE or not is_web(item.url):
        return ""
    return paragraph(deed("article", _("Fetch the full article (F)")))


def _from_article(article: Article) -> str:
    said = escape(_("The full article, fetched on {when}.").format(when=moment(article.fetched)))
    return paragraph(f"{said} " + deed("article", _("Back to what the feed gave (F)")))


def sheet(c: Colours) -> str:
    """The style of the page, in the part of CSS that Qt knows."""
    return f"""
.title {{ margin: 0 0 8px 0; font-weight: 600; }}
.about {{ color: {c.muted}; margin: 0 0 8px 0; }}
.media, .former {{ color: {c.muted}; }}
.who {{ margin: 0 0 2px 0; }}
.name {{ font-weight: 600; }}
.short {{ font-size: large; }}
.fact {{ color: {c.muted}; font-size: small; margin: 0 0 8px 0; }}
.time {{ color: {c.muted}; font-size: small; margin: 16px 0 2px 0; }}
.here {{ color: {c.accent}; font-size: small; font-weight: 600; margin: 16px 0 2px 0; }}
.warning {{ color: {c.warn}; }}
.bar {{ font-size: 4pt; }}
p, ul, ol, table {{ margin-top: 0; margin-bottom: 12px; }}
li {{ margin-bottom: 4px; }}
a {{ color: {c.accent}; text-decoration: none; }}
blockquote {{ color: {c.muted}; margin-left: 16px; margin-right: 16px; }}
pre, code {{ background: {c.side}; }}
h1, h2, h3, h4 {{ margin-top: 18px; margin-bottom: 6px; font-weight: 600; }}
h1 {{ font-size: large; }} h2 {{ font-size: large; }} h3, h4, h5, h6 {{ font-size: medium; }}
hr {{ background: {c.line}; }}
"""
