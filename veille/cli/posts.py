"""Posts as a terminal shows them, a thread as one text; and as objects with documented keys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from veille.cli.terminal import Terminal
from veille.content.html import to_text
from veille.content.text import plain
from veille.core import telling
from veille.i18n import _, moment, ngettext, number
from veille.model import Hit, Item, Version
from veille.posts import Person, Poll, Post, Referred, Relation

_BLOCKS = re.compile(r"</?(?:p|div|li|ul|ol|h[1-6]|blockquote|figure|pre|table|tr|dt|dd|hr)\b[^>]*>", re.IGNORECASE)
_BREAKS = re.compile(r"<br\b[^>]*>", re.IGNORECASE)
_INDENT = 9
_FURTHER = 13  # what stands inside a post


def facts(hit: Hit) -> list[str]:
    """Who says it, how it came here, where, and when; "" for what is not told."""
    post = hit.item.post
    more = ngettext("+ {n} post of this thread", "+ {n} posts of this thread", hit.more)
    return [
        named(telling.author(hit.item)),
        telling.reposted(post) if post else "",
        "" if telling.stands_for(hit) and hit.item.author else hit.source,
        telling.network(post) if post else "",
        moment(hit.item.at),
        telling.edited(hit.item),
        more.format(n=number(hit.more)) if hit.more else "",
    ]


def named(person: Person) -> str:
    """Name and handle."""
    return " ".join(filter(None, (plain(person.name), plain(person.handle))))


def whole(terminal: Terminal, thread: Sequence[Item], versions: Mapping[int, Sequence[Version]]) -> None:
    """The text of a post, or of all posts of its thread, with what is inside them."""
    writer = _Writer(terminal)
    for at, item in enumerate(thread):
        if len(thread) > 1:
            terminal.line()
            terminal.line(f"{number(at + 1)} · {moment(item.published or item.at)}", _INDENT)
        writer.post(item, versions.get(item.id, ()))


def keys(post: Post | None) -> dict[str, object] | None:
    """The object of a post; None where there is none. Times are left to the terminal."""
    if post is None:
        return None
    poll = post.poll and {
        "options": [{"text": text, "votes": votes} for text, votes in post.poll.options],
        "votes": post.poll.votes, "ends": post.poll.ends,
    }  # fmt: skip
    return {
        "network": post.network, "id": post.id, "author": asdict(post.author),
        "reposted_by": post.reposted_by and asdict(post.reposted_by), "continues": post.continues,
        "referred": [asdict(each) for each in post.referred], "poll": poll, "figures": asdict(post.figures),
        "mentions": [asdict(each) for each in post.mentions], "warning": post.warning, "withheld": post.withheld,
        "fate": post.fate, "fated": post.fated,
    }  # fmt: skip


class _Writer:
    """Writes posts below what tells whose they are."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def post(self, item: Item, versions: Sequence[Version]) -> None:
        """One post, from its text to its numbers."""
        post = item.post
        if post and not telling.is_there(item):
            self._apart(telling.fate(post))
            return
        inside = post.referred if post else ()
        self._inside(inside, Relation.ANSWERED)
        if post and (warning := telling.warned(post)):
            self._apart(f"⚠ {warning}")
        self._text(item.content or item.summary, _INDENT)
        self._inside(inside, Relation.QUOTED)
        if post and post.poll:
            self._poll(post.poll)
        for each in item.media:
            self._terminal.line(" ".join(filter(None, (f"[{telling.medium(each)}]", each.url))), _INDENT)
        for said in (telling.withheld(post), telling.figures(post.figures)) if post else ():
            if said:
                self._apart(said)
        for version in versions:
            self._apart(_("Until {when} it said:").format(when=moment(version.replaced)))
            self._text(version.content or version.summary, _FURTHER)

    def _inside(self, referred: Sequence[Referred], relation: Relation) -> None:
        for one in referred:
            if one.relation is relation:
                self._referred(one)

    def _referred(self, one: Referred) -> None:
        head = " ".join(filter(None, (telling.relation(one), named(one.author) if one.author else "")))
        when = moment(one.published) if one.published else ""
        self._terminal.line()
        self._terminal.line(" · ".join(filter(None, (head, when))), _FURTHER)
        if one.url:
            self._terminal.line(one.url, _FURTHER)
        if why := telling.fate_of(one):
            self._terminal.line(why, _FURTHER)
            return
        self._text(one.html, _FURTHER, apart=False)
        for each in one.media:
            self._terminal.line(" ".join(filter(None, (f"[{telling.medium(each)}]", each.url))), _FURTHER)

    def _poll(self, poll: Poll) -> None:
        self._terminal.line()
        for each in telling.choices(poll):
            vote = telling.vote(each)
            self._terminal.line(f"{each.text} ({vote})" if vote else each.text, _FURTHER, " " * _INDENT + "○")
        if about := telling.about_poll(poll):
            self._terminal.line(about, _INDENT)

    def _text(self, html: str, indent: int, *, apart: bool = True) -> None:
        """Paragraphs apart, their line ends kept."""
        for block in _BLOCKS.split(html):
            lines = [to_text(line) for line in _BREAKS.split(block)]
            if not any(lines):
                continue
            if apart:
                self._terminal.line()
            apart = True
            for line in lines:
                self._terminal.line(line, indent)

    def _apart(self, text: str) -> None:
        self._terminal.line()
        self._terminal.line(text, _INDENT)
