"""A post as a page for the reader, made for reading fast; a thread of one author as one text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from veille.core import telling
from veille.i18n import _, moment, ngettext, number
from veille.model import Highlight, Hit, Item, Version
from veille.posts import Person, Poll, Referred, Relation
from veille.ui import media
from veille.ui.links import is_web
from veille.ui.markup import beside, text
from veille.ui.pictures import SCHEME, Picture
from veille.ui.theme import Colours

SHORT = 280  # characters of a post that is set larger
CHOSEN = "chosen"  # the place in the page of the post that was chosen
_LINK = re.compile(r'<a href="[^"]*">(.*?)</a>', re.DOTALL)
_HASHTAG = re.compile(r"#\w*[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs with an item that is read: the posts of its ``thread``, in order, itself included, and what each
    of them said before, newest first, by item. ``highlights`` are the passages that the person marked in them, ``lost``
    those of which the text is another now."""

    thread: tuple[Item, ...] = ()
    versions: Mapping[int, tuple[Version, ...]] = field(default_factory=dict)
    highlights: tuple[Highlight, ...] = field(default=(), compare=False)  # they are tinted, nothing is written anew
    lost: tuple[Highlight, ...] = ()

    def of(self, item: Item) -> tuple[Version, ...]:
        """What ``item`` said before."""
        return self.versions.get(item.id, ())


ALONE = Around()


def card(hit: Hit, c: Colours, around: Around = ALONE, pictures: Sequence[Picture] = (), own: str = "") -> str:
    """The post of ``hit``, or its thread. What was sanitised before it was stored goes in; all else is escaped.

    ``own`` is what the person added, HTML that goes between its head and its text.
    """
    if len(around.thread) > 1:
        return who(hit) + _thread(hit.item, c, around, pictures, own)
    item = hit.item
    when = item.published or item.at
    parts = [moment(when), _network(item), telling.edited(item, around.of(item))]
    figures = telling.figures(item.post.figures) if item.post and telling.is_there(item) else ""
    return (
        who(hit)
        + _fact(" · ".join(filter(None, parts)))
        + own
        + _body(item, c, around, pictures)
        + (_fact(figures) if figures else "")
    )


def who(hit: Hit) -> str:
    """Who passed it on, and who wrote it."""
    item = hit.item
    by = telling.reposted(item.post) if item.post else ""
    above = _fact(f"↻ {by} · {moment(item.at)}") if by else ""
    author = telling.author(item)
    return f'{above}<p class="who" dir="ltr">{_person(author if author.label else Person("", hit.source))}</p>'


def replace_hashtags(html: str) -> str:
    """Sanitised ``html`` whose links to hashtags search for them here, where nobody sees it."""
    return _LINK.sub(_searching, html)


def _searching(link: re.Match[str]) -> str:
    words = telling.words(link[1])
    return f'<a href="{SCHEME}:search?{quote(words[1:])}">{link[1]}</a>' if _HASHTAG.fullmatch(words) else link[0]


def _thread(chosen: Item, c: Colours, around: Around, pictures: Sequence[Picture], own: str) -> str:
    """All posts one under the other, each with its time."""
    posts = around.thread
    count = ngettext("A thread of {n} post", "A thread of {n} posts", len(posts)).format(n=number(len(posts)))
    about = " · ".join(filter(None, (count, _network(chosen))))
    parts = [_fact(about), own]
    for at, item in enumerate(posts):
        marked = at > 0 and item.id == chosen.id
        parts += (_time(item, at, around, marked=marked), _body(item, c, around, pictures))
    return "".join(parts)


def _time(item: Item, at: int, around: Around, *, marked: bool) -> str:
    figures = telling.figures(item.post.figures) if item.post and telling.is_there(item) else ""
    facts = (number(at + 1), moment(item.published or item.at), telling.edited(item, around.of(item)), figures)
    said = escape(" · ".join(filter(None, facts)))
    return f'<p class="here"><a name="{CHOSEN}"></a>▸ {said}</p>' if marked else f'<p class="time">{said}</p>'


def _body(item: Item, c: Colours, around: Around, pictures: Sequence[Picture]) -> str:
    """The text with all that is in the post; in its place what became of it."""
    post = item.post
    if post and not telling.is_there(item):
        return f'<p class="about"><i>{escape(telling.fate(post))}</i></p>'
    inside = _inside(item, c, around, pictures)
    before = "".join(inside[Relation.ANSWERED])
    if post and (warning := telling.warned(post)):
        before += f'<p class="warning">⚠ {escape(warning)}</p>'
    after = "".join(inside[Relation.QUOTED])
    if post and post.poll:
        after += _poll(post.poll, c)
    after += media.shown(item.media, c, pictures)
    if post and (withheld := telling.withheld(post)):
        after += _fact(withheld)
    return before + _text(item) + after + former(around.of(item), c)


def _text(item: Item) -> str:
    content = replace_hashtags(item.content) or (f"<p>{text(item.summary)}</p>" if item.summary else "")
    short = len(telling.words(item.content)) <= SHORT
    return f'<div class="short">{content}</div>' if short and content else content


def former(versions: Sequence[Version], c: Colours) -> str:
    """What a post or an article said before, each with its date."""
    parts = []
    for each in versions:
        until = _fact(_("Until {when} it said:").format(when=moment(each.replaced)))
        title = f"<p><b>{text(each.title)}</b></p>" if each.title else ""
        said = each.content or f"<p>{text(each.summary)}</p>"
        parts.append(beside(f'{until}<div class="former">{title}{said}</div>', c.line, above=8))
    return "".join(parts)


# What is inside a post ---------------------------------------------------------------------------


def _inside(item: Item, c: Colours, around: Around, pictures: Sequence[Picture]) -> dict[Relation, list[str]]:
    """The posts inside it; of a thread, those that stand around it anyway are left out."""
    near = {each.post.id for each in around.thread if each.post}
    parts: dict[Relation, list[str]] = {each: [] for each in Relation}
    for one in item.post.referred if item.post else ():
        if one.relation is Relation.QUOTED or one.id not in near:
            parts[one.relation].append(_referred(one, c, pictures))
    return parts


def _referred(one: Referred, c: Colours, pictures: Sequence[Picture]) -> str:
    when = escape(moment(one.published)) if one.published else ""
    if is_web(one.url):
        words = when or escape(_("Link"))
        when = f'<a href="{escape(one.url)}">{words}</a>'
    head = f'<span class="about">{escape(telling.relation(one))}</span>'
    head += f" {_person(one.author)}" if one.author else ""
    head += f' <span class="about">·</span> {when}' if when else ""
    why = telling.fate_of(one)
    said = f'<p class="about"><i>{escape(why)}</i></p>' if why else replace_hashtags(one.html)
    shown = "" if why else media.shown(one.media, c, pictures, within=True)
    return beside(f"<p>{head}</p>{said}{shown}", c.muted, c.side, above=8)


def _poll(poll: Poll, c: Colours) -> str:
    rows = "".join(_option(each, c) for each in telling.choices(poll))
    about = telling.about_poll(poll)
    table = f'<table class="poll" width="100%" cellspacing="0" cellpadding="2" style="margin-top:8px">{rows}</table>'
    return table + (_fact(about) if about else "")


def _option(choice: telling.Choice, c: Colours) -> str:
    said = (
        f'<tr><td>{text(choice.text)}</td><td align="right" class="about">'
        f"{escape(telling.vote(choice)).replace(' ', '&nbsp;')}</td></tr>"
    )
    if choice.share is None:
        return said
    share = choice.share
    if 0 < share < 100:
        bar = _bar(c.accent, f' width="{share}%"') + _bar(c.line, f' width="{100 - share}%"')
    else:
        bar = _bar(c.accent if share else c.line)
    whole = f'<table width="100%" cellspacing="0" cellpadding="0"><tr>{bar}</tr></table>'
    return f'{said}<tr><td colspan="2">{whole}</td></tr>'


def _bar(colour: str, width: str = "") -> str:
    return f'<td{width} bgcolor="{colour}" class="bar">&nbsp;</td>'


# Pieces ------------------------------------------------------------------------------------------


def _fact(words: str) -> str:
    """A small line about the post."""
    return f'<p class="fact">{escape(words)}</p>'


def _person(person: Person) -> str:
    name = f'<span class="name">{text(person.label)}</span>'
    handle = person.handle if person.name else ""
    return f'{name} <span class="about">{text(handle)}</span>' if handle else name


def _network(item: Item) -> str:
    return telling.network(item.post) if item.post else ""
