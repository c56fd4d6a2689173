"""An item as it is exported: whole, and with what only this profile can say of it, in words."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from veille.content.addresses import host, resolve
from veille.content.html import from_text
from veille.content.text import excerpt, plain
from veille.core import telling
from veille.formats.writers.record import Record
from veille.i18n import _, labelled, moment
from veille.model import Article, Highlight, Hit, Item, ItemKind, Mark, Sector, Snippet, Source, Version
from veille.posts import Fate, Figures, Media, Poll, Post, Referred, Relation

_TITLE = 100  # characters of a text that stand for its title


def record(
    item: Item,
    mark: Mark,
    source: Source,
    sectors: tuple[Sector, ...] = (),
    article: Article | None = None,
    highlights: tuple[Highlight, ...] = (),
    versions: tuple[Version, ...] = (),
) -> Record:
    """``item``, a whole one, with all that is known of it. Of a post that its network shows no more, its mark alone."""
    if item.post:
        item = replace(item, post=_there(item.post))
    if not telling.is_there(item):
        item = replace(item, title="", summary="", content="", media=(), tags=())
        article, highlights, versions = None, (), ()
    hit = Hit(item, mark, source.label, Snippet(item.title), Snippet(item.summary))
    return Record(
        item, mark, source, heading(item), sectors, article, highlights, versions,
        facts=tuple(filter(None, map(plain, _facts(hit)))), details=tuple(_details(item, mark, sectors)),
        body="\n".join(filter(None, _body(item, article))), beside="\n".join(filter(None, _beside(item, article))),
    )  # fmt: skip


def _there(post: Post) -> Post:
    """``post`` without what its network does not show any more: its own words, or those of posts inside it."""
    if post.fate is not Fate.THERE:
        return replace(post, referred=(), poll=None, mentions=(), warning="", figures=Figures())
    inside = (one if one.fate is Fate.THERE else replace(one, html="", media=()) for one in post.referred)
    return replace(post, referred=tuple(inside))


def heading(item: Item) -> str:
    """What an item is called; of a post its author and how it begins. Never ""."""
    if telling.is_there(item) and (title := plain(item.title)):
        return title
    name = plain(telling.author(item).label)
    said = excerpt(telling.shown(Hit(item, Mark(item.id), "", Snippet(""), Snippet(item.summary))).text, _TITLE)
    if item.kind is ItemKind.POST and name and said:
        return labelled(name, said)
    return said or name or plain(item.url) or _("Without a title")


# Beside the text ---------------------------------------------------------------------------------


def _facts(hit: Hit) -> Iterator[str]:
    """Where it comes from, who says it, and when."""
    item, post = hit.item, hit.item.post
    if post is None:
        yield hit.source
        yield item.author if plain(item.author) != plain(hit.source) else ""
    else:
        yield _named(post)
        yield telling.reposted(post)
        yield "" if telling.stands_for(hit) and item.author else hit.source
        yield telling.network(post)
    yield moment(item.published or item.at)
    yield telling.edited(item)


def _named(post: Post) -> str:
    return " ".join(filter(None, (post.author.name, post.author.handle)))


def _details(item: Item, mark: Mark, sectors: tuple[Sector, ...]) -> Iterator[tuple[str, str]]:
    if sectors:
        yield _("Sectors"), ", ".join(plain(each.title) for each in sectors)
    if item.tags:
        yield _("Keywords"), ", ".join(map(plain, item.tags))
    if mark.saved:
        yield _("Saved on"), moment(mark.saved)


# The text, as HTML -------------------------------------------------------------------------------


def _body(item: Item, article: Article | None) -> Iterator[str]:
    """What is read of it: the full article where it was fetched; of a post what is inside it, too."""
    post = item.post
    if post and not telling.is_there(item):
        yield _paragraph(telling.fate(post))
        return
    inside = post.referred if post else ()
    yield from _referred(inside, Relation.ANSWERED)
    yield _paragraph(telling.warned(post)) if post else ""
    yield (article.html if article else "") or item.content or from_text(item.summary)
    yield from _referred(inside, Relation.QUOTED)
    yield _poll(post.poll) if post and post.poll else ""


def _beside(item: Item, article: Article | None) -> Iterator[str]:
    post = item.post
    media = {each.url: each for each in (*item.media, *(article.media if article else ()))}
    yield _media(tuple(media.values()))
    if post:
        yield _paragraph(telling.withheld(post))
        yield _paragraph(telling.figures(post.figures))


def _referred(referred: tuple[Referred, ...], relation: Relation) -> Iterator[str]:
    """A quotation each, with whose it is."""
    for one in referred:
        if one.relation is relation:
            by = " ".join(filter(None, (one.author.name, one.author.handle))) if one.author else ""
            head = " ".join(filter(None, (telling.relation(one), by)))
            told = " · ".join(filter(None, (head, moment(one.published) if one.published else "")))
            said = one.html or _paragraph(telling.fate_of(one))
            yield f"<blockquote><p>{_link(one.url, told)}</p>{said}{_media(one.media)}</blockquote>"


def _poll(poll: Poll) -> str:
    choices = ((each.text, telling.vote(each)) for each in telling.choices(poll))
    lines = "".join(f"<li>{_text(' – '.join(filter(None, each)))}</li>" for each in choices)
    return f"<ul>{lines}</ul>{_paragraph(telling.about_poll(poll))}"


def _media(media: tuple[Media, ...]) -> str:
    """Pictures and films as links with their descriptions: a file that shows them would load them."""
    lines = "".join(f"<li>{_link(each.url, telling.medium(each, host(each.url)))}</li>" for each in media)
    return f"<ul>{lines}</ul>" if lines else ""


def _link(address: str, text: str) -> str:
    safe = resolve(address)
    return f'<a href="{escape(safe)}">{_text(text)}</a>' if safe else _text(text)


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>" if text else ""


def _text(text: str) -> str:
    return escape(plain(text), quote=False)
