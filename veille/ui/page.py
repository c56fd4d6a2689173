"""An item as a page for the reader: sanitised content, and what is around it escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from veille.core.telling import of_article
from veille.i18n import _, moment
from veille.model import Article, Highlight, Hit, Item, ItemKind
from veille.posts import Media
from veille.ui import cards, media
from veille.ui.links import is_web
from veille.ui.markup import beside, deed, paragraph, text
from veille.ui.passages import OWN
from veille.ui.pictures import SCHEME, Picture
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
    own = _own(hit, c, extras.around.lost)
    if extras.whole and extras.article:
        about = cards.who(hit) if post else _about(hit, extras)
        whole = f"{own}{_from_article(extras.article)}{extras.article.html}"
        return f"{head}{about}{whole}{media.shown(_besides(item, extras.article), c, extras.pictures)}"
    way = _to_article(item, extras.article)
    if post:
        return f"{head}{cards.card(hit, c, extras.around, extras.pictures, own)}{way}"
    body = item.content or f"<p>{escape(item.summary)}</p>"
    before = cards.former(extras.around.of(item), c) if extras.former else ""
    return f"{head}{_about(hit, extras)}{own}{before}{body}{way}{media.shown(item.media, c, extras.pictures)}"


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


def _own(hit: Hit, c: Colours, lost: Sequence[Highlight]) -> str:
    """What the person added to the item: tags, a note, and passages that it no longer says."""
    tags = " ".join(_tag(each) for each in hit.mark.tags)
    parts = [f'<p class="tags">{tags}</p>'] if tags else []
    note = hit.mark.note
    if note or lost:
        lines = [text(each) for each in note.splitlines()]
        head, change = escape(_("Your note")), deed("note", _("Change it (E)"))
        said = f'<p class="fact">{head} · {change}</p><p>{"<br>".join(lines)}</p>' if note else ""
        parts.append(beside(said + _no_more(lost), c.accent, c.side))
    before, last, rest = "".join(parts).rpartition("<p")
    look, end, words = rest.partition(">")
    return f'{before}{last}{look}{end}<a name="{OWN}"></a>{words}' if last else ""


def _tag(tag: str) -> str:
    """A tag that lists all that has it when it is pressed."""
    return f'<a class="tag" href="{SCHEME}:tag?{quote(tag)}">&nbsp;#{text(tag).replace(" ", "&nbsp;")}&nbsp;</a>'


def _no_more(lost: Sequence[Highlight]) -> str:
    """Marked passages of which the text is another now: they stay until the person lets go of them."""
    if not lost:
        return ""
    head, let_go = escape(_("Highlighted, but no longer in the text:")), _("Remove the highlight")
    said = [_("“{text}”").format(text=text(each.text)) for each in lost]
    rows = "".join(f"<p>{each} {deed(f'unmark?{at}', let_go)}</p>" for at, each in enumerate(said))
    return f'<p class="fact">{head}</p>{rows}'


def _besides(item: Item, article: Article) -> list[Media]:
    """What stands in the article besides its text, then what the feed gave besides."""
    there = {each.url for each in article.media}
    return [*article.media, *(each for each in item.media if each.url not in there)]


def _to_article(item: Item, article: Article | None) -> str:
    """The way to the article behind the item: stored already, or still to be asked for."""
    if article is not None:
        return paragraph(deed("article", _("Read the full article, which is stored (F)")))
    if item.kind is not ItemKind.ARTICLE or not is_web(item.url):
        return ""
    return paragraph(deed("article", _("Fetch the full article (F)")))


def _from_article(article: Article) -> str:
    said = escape(_("The full article, fetched on {when}.").format(when=moment(article.fetched)))
    page = paragraph(f"{said} " + deed("article", _("Back to what the feed gave (F)")))
    told = of_article(article)
    return page + (paragraph(escape(" · ".join(told))) if told else "")


def sheet(c: Colours) -> str:
    """The style of the page, in the part of CSS that Qt knows."""
    return f"""
.title {{ margin: 0 0 8px 0; font-weight: 600; }}
.about {{ color: {c.muted}; margin: 0 0 8px 0; }}
.media, .former {{ color: {c.muted}; }}
.tags {{ margin: 0 0 10px 0; }}
.tag {{ background-color: {c.chosen}; color: {c.accent}; }}
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
