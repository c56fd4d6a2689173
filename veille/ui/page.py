"""An item as a page for the reader: sanitised content, and what is around it escaped."""

from html import escape

from veille.i18n import _, moment
from veille.model import Hit, Media
from veille.ui.shortcuts import KEYS
from veille.ui.theme import Colours

FIRST_KEYS = ("next", "previous", "next-unread", "save", "search", "keys")  # what a newcomer should know
KINDS = {"image": "▣", "audio": "♪", "video": "▶", "frame": "▢", "file": "▤"}


def page(hit: Hit, c: Colours) -> str:
    """The whole page. ``item.content`` was sanitised before it was stored; all else is escaped here."""
    item = hit.item
    title = f'<h1 class="title">{escape(item.title)}</h1>' if item.title else ""
    body = item.content or f"<p>{escape(item.summary)}</p>"
    return f"{title}{_about(hit)}{body}{_pictures(item.media, c)}"


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


def _pictures(media: tuple[Media, ...], c: Colours) -> str:
    """What the item showed besides text, described and never loaded."""
    if not media:
        return ""
    rows = "".join(
        f'<tr><td width="22">{KINDS.get(each.kind, KINDS["file"])}</td><td>{escape(_describe(each))}</td></tr>'
        for each in media[:40]
    )
    head = escape(_("Not loaded, so that nobody sees you read:"))
    return (
        f'<table class="media" width="100%" cellpadding="4" cellspacing="0" bgcolor="{c.side}" style="margin-top:20px">'
        f'<tr><td colspan="2">{head}</td></tr>{rows}</table>'
    )


def _describe(media: Media) -> str:
    names = {
        "image": _("Picture"), "audio": _("Audio"), "video": _("Video"), "frame": _("Embedded page"), "file": _("File")
    }  # fmt: skip
    kind = names.get(media.kind, names["file"])
    host = media.url.split("/")[2] if media.url.count("/") > 1 else media.url
    if media.description:
        return _("{kind}: {description} ({host})").format(kind=kind, description=media.description, host=host)
    return _("{kind} without a description ({host})").format(kind=kind, host=host)


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
