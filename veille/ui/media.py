"""Pictures, films, sounds and files in a page: those that were asked for, and the rest described, never loaded."""

from collections.abc import Iterable, Sequence
from html import escape

from veille.core import telling
from veille.i18n import _
from veille.posts import Media
from veille.ui.links import host, is_web
from veille.ui.markup import deed, paragraph, text
from veille.ui.pictures import SCHEME, Picture
from veille.ui.theme import Colours

MOST = 40  # pictures, sounds, files of an item that are described
SIGNS = {"image": "▣", "audio": "♪", "video": "▶", "frame": "▢", "file": "▤"}


def picture_name(at: int) -> str:
    """The private address under which the page asks for the ``at``-th picture."""
    return f"{SCHEME}:picture/{at}"


def shown(media: Sequence[Media], c: Colours, pictures: Sequence[Picture], *, within: bool = False) -> str:
    """What was shown besides text: pictures that were asked for, and the rest described.

    ``within`` a post that stands inside another: a plain list, since what is asked for is asked around it.
    """
    loaded = {picture.url: (at, picture) for at, picture in enumerate(pictures)}
    parts, left = [], []
    for each in media[:MOST]:
        at, picture = loaded.get(each.url, (0, None))
        if each.kind == "image" and picture is not None and picture.image is not None:
            parts.append(_picture(at, each))
        else:
            left.append((each, picture.why if picture is not None else ""))
    return "".join(parts) + (_listed(left) if within else _not_loaded(left, c))


def _picture(at: int, media: Media) -> str:
    caption = paragraph(text(media.description)) if media.description else ""
    return f'<p><img src="{picture_name(at)}" style="max-width:100%"></p>{caption}'


def _not_loaded(left: Iterable[tuple[Media, str]], c: Colours) -> str:
    rows, pictures = "", False
    for media, why in left:
        pictures |= media.kind == "image" and is_web(media.url)
        rows += f'<tr><td width="22">{_sign(media)}</td><td>{_describe(media, why)}</td></tr>'
    if not rows:
        return ""
    head = escape(_("Not loaded, so that nobody sees you read:"))
    if pictures:
        head += " &nbsp;" + deed("pictures", _("Show the pictures (P)"))
    return (
        f'<table class="media" width="100%" cellpadding="4" cellspacing="0" bgcolor="{c.side}" style="margin-top:20px">'
        f'<tr><td colspan="2">{head}</td></tr>{rows}</table>'
    )


def _listed(left: Iterable[tuple[Media, str]]) -> str:
    return "".join(paragraph(f"{_sign(media)} &nbsp;{_describe(media, why)}") for media, why in left)


def _sign(media: Media) -> str:
    return SIGNS.get(media.kind, SIGNS["file"])


def _describe(media: Media, why: str) -> str:
    described = telling.medium(media, host(media.url))
    return text(f"{described} – {why}" if why else described)
