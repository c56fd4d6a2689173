"""Items, sources and settings as a terminal shows them and as objects with documented keys."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from veille.cli import posts
from veille.cli.terminal import Terminal
from veille.content.html import paragraphs
from veille.content.text import excerpt, plain
from veille.core import telling
from veille.errors import describe
from veille.i18n import _, labelled, moment, ngettext, number
from veille.model import (
    Article,
    Counts,
    Highlight,
    Hit,
    Item,
    ItemKind,
    Outline,
    Source,
    SourceKind,
    SourceState,
    Version,
)
from veille.posts import Network
from veille.settings import Setting, Settings, shown

_INDENT = 9


class Entries:
    """Writes to ``terminal`` what is in ``outline``."""

    def __init__(self, terminal: Terminal, outline: Outline) -> None:
        self._terminal = terminal
        self._outline = outline
        self._sectors: dict[int, list[str]] = {}
        for key, members in outline.members.items():
            for each in members:
                self._sectors.setdefault(each.source, []).append(key)

    # Items ---------------------------------------------------------------------------------------

    def item(self, hit: Hit, *, found: bool = False, more: Mapping[str, object] | None = None) -> None:
        """A row of a list, with its excerpt when it was ``found``; ``more`` keys come first in the object."""
        if self._terminal.json:
            self._terminal.object({**(more or {}), **self._item_keys(hit)})
            return
        sign = " " if hit.mark.read else "•"
        title = telling.shown(hit) if _untitled(hit) else hit.title
        self._terminal.line(title, _INDENT, f"{hit.item.id:>6} {sign}")
        self._under_the_title(hit)
        if found and hit.title.text:
            self._terminal.line(hit.excerpt, _INDENT)

    def whole(
        self,
        hit: Hit,
        thread: Sequence[Item],
        versions: Mapping[int, Sequence[Version]],
        highlights: Sequence[Highlight] = (),
    ) -> None:
        """An item with its text and the passages marked in it; a post with all posts of its ``thread``, and what each
        said before."""
        item = hit.item
        if self._terminal.json:
            self._terminal.object({
                **self._item_keys(hit), "content": item.content, "media": [asdict(each) for each in item.media],
                "thread": [each.id for each in thread],
                "versions": [_version_keys(each) for each in versions.get(item.id, ())],
                "highlights": highlight_keys(highlights),
            })  # fmt: skip
            return
        self._terminal.line(posts.facts(hit)[0] if _untitled(hit) else hit.title, _INDENT, f"{item.id:>6}")
        self._under_the_title(hit, after=int(_untitled(hit)), whole=True)
        if item.kind is ItemKind.POST:
            posts.whole(self._terminal, thread, versions)
        else:
            self._text(paragraphs(item.content) or [item.summary])
            for each in item.media:
                self._terminal.line(" ".join(filter(None, (f"[{each.description or each.kind}]", each.url))), _INDENT)
        if highlights:
            self._terminal.line()
            self.highlights(highlights)
        self._terminal.line()

    def highlights(self, highlights: Sequence[Highlight]) -> None:
        """The passages that the person marked in an item."""
        for each in highlights:
            self._terminal.line(_("Highlighted: “{text}”").format(text=each.text), _INDENT)

    def article(self, hit: Hit, article: Article) -> None:
        """The article behind an item."""
        item = hit.item
        if self._terminal.json:
            self._terminal.object({
                "id": item.id, "title": item.title, "url": item.url, "source": hit.source, "source_id": item.source,
                "fetched": article.fetched, "content": article.html, "article_title": article.title,
                "author": article.author, "site": article.site, "published": article.published,
                "media": [asdict(each) for each in article.media],
            })  # fmt: skip
            return
        self._terminal.line(hit.title, _INDENT, f"{item.id:>6}")
        self._under_the_title(hit)
        self._terminal.line(" · ".join(telling.of_article(article)), _INDENT)
        self._terminal.line(_("fetched {when}").format(when=moment(article.fetched)), _INDENT)
        self._text(paragraphs(article.html))
        self._terminal.line()

    def _text(self, paragraphs: list[str]) -> None:
        for text in paragraphs:
            self._terminal.line()
            self._terminal.line(text, _INDENT)

    def _under_the_title(self, hit: Hit, after: int = 0, *, whole: bool = False) -> None:
        """The facts ``after`` those that were told already, the address, and the note, ``whole`` or its beginning."""
        item = hit.item
        if item.kind is ItemKind.POST:
            facts = posts.facts(hit)
        else:
            facts = [hit.source, item.author if item.author != hit.source else "", moment(item.at)]
        facts.append(_("saved") if hit.mark.saved else "")
        facts.append(_("flagged") if hit.mark.flagged else "")
        facts += (f"#{tag}" for tag in hit.mark.tags)
        self._terminal.line(" · ".join(filter(None, facts[after:])), _INDENT)
        if hit.item.url:
            self._terminal.line(hit.item.url, _INDENT)
        if hit.mark.note:
            first, *others = hit.mark.note.splitlines() if whole else [excerpt(hit.mark.note)]
            self._terminal.line(_("Note: {text}").format(text=first), _INDENT)
            for line in others:
                self._terminal.line(line, _INDENT)

    def _item_keys(self, hit: Hit) -> dict[str, object]:
        item = hit.item
        return {
            "id": item.id, "kind": item.kind, "title": item.title, "url": item.url, "author": item.author,
            "source": hit.source, "source_id": item.source, "sectors": self._sectors.get(item.source, []),
            "language": item.lang, "at": item.at, "published": item.published, "updated": item.updated,
            "seen": item.seen, "read": hit.mark.read, "saved": hit.mark.saved, "flagged": hit.mark.flagged,
            "summary": item.summary, "tags": item.tags, "my_tags": hit.mark.tags, "note": hit.mark.note,
            "post": posts.keys(item.post),
            "more": hit.more,
        }  # fmt: skip

    # Sources and sectors ---------------------------------------------------------------------------

    def source(self, source: Source, counts: Counts) -> None:
        """A source with its state."""
        state = self._outline.states.get(source.id, SourceState(source.id))
        paused = source.id in self._outline.paused
        unread = counts.unread.get(source.id, 0)
        if self._terminal.json:
            self._terminal.object(self._source_keys(source, state, unread, paused))
            return
        self._terminal.line(source.label, 8, f"{source.id:>6}")
        facts = [_network(source), self._titles(source), unread_text(unread), _("paused") if paused else ""]
        if state.checked:
            facts.append(_("asked {when}").format(when=moment(state.checked)))
        if source.allow_private:
            facts.append(_("private network allowed"))
        if source.route:
            facts.append(_("route: {route}").format(route=shown(source.route)))
        if source.allowed:
            facts.append(_("allowed without a question: {what}").format(what=", ".join(sorted(source.allowed))))
        if source.full_text:
            facts.append(_("full articles fetched on arrival"))
        self._terminal.line(" · ".join(filter(None, facts)), 8)
        if source.kind is not SourceKind.COLLECTION:
            self._terminal.line(source.address, 8)
        if state.error:
            self._terminal.line(describe(state.error), 10, "        ! ")

    def sectors(self, counts: Counts) -> None:
        """All sectors."""
        for sector in self._outline.sectors:
            members = self._outline.members.get(sector.key, ())
            unread = sum(counts.unread.get(each.source, 0) for each in members)
            if self._terminal.json:
                keys = {"key": sector.key, "title": sector.title, "summary": sector.summary}
                self._terminal.object({**keys, "sources": len(members), "unread": unread})
                continue
            sources = ngettext("{n} source", "{n} sources", len(members)).format(n=number(len(members)))
            facts = [sector.key, sources, unread_text(unread)]
            self._terminal.line(sector.title)
            self._terminal.line(" · ".join(filter(None, facts)), 4)
            if sector.summary:
                self._terminal.line(sector.summary, 4)

    def _titles(self, source: Source) -> str:
        titles = {each.key: each.title for each in self._outline.sectors}
        return ", ".join(titles[key] for key in self._sectors.get(source.id, []))

    def _source_keys(self, source: Source, state: SourceState, unread: int, paused: bool) -> dict[str, object]:
        return {
            "id": source.id, "key": source.key, "kind": source.kind, "address": source.address, "title": source.title,
            "name": source.name, "site": source.site, "language": source.lang,
            "sectors": self._sectors.get(source.id, []), "unread": unread, "private": source.allow_private,
            "paused": paused, "added": source.added, "checked": state.checked, "changed": state.changed,
            "next_due": state.next_due, "failures": state.failures, "error": describe(state.error),
            "moved": state.moved, "route": shown(source.route), "allowed": sorted(source.allowed),
            "full_text": source.full_text,
        }  # fmt: skip


def setting(terminal: Terminal, one: Setting, values: Settings) -> None:
    """A setting with its value and what it takes."""
    value = getattr(values, one.key)
    if terminal.json:
        safe = shown(value) if isinstance(value, str) else value
        limits = {"low": one.low, "high": one.high} if one.kind is int else {"low": None, "high": None}
        terminal.object({
            "key": one.key, "value": safe, "default": one.default, "title": one.title, "help": one.help,
            "choices": list(one.choices), **limits, "unit": one.unit,
        })  # fmt: skip
        return
    terminal.line(f"{one.key} = {shown(value)}")
    terminal.line(labelled(one.title, one.help), 4)
    if one.choices:
        terminal.line(", ".join(one.choices), 4)


def heading(terminal: Terminal, text: str) -> None:
    """A line that begins a section."""
    terminal.line(text)
    terminal.line("─" * len(plain(text)))


def short(text: str) -> str:
    """``text`` as a message names it."""
    return excerpt(text, 80)


def _network(source: Source) -> str:
    if source.kind is SourceKind.COLLECTION:
        return _("brought from another program, never asked")
    if source.kind is SourceKind.PAGE:
        return _("a page, watched by “{selector}”").format(selector=source.selector)
    return "" if source.kind is SourceKind.FEED else telling.NAMES[Network(source.kind.value)]


def unread_text(count: int) -> str:
    return ngettext("{n} unread", "{n} unread", count).format(n=number(count)) if count else ""


def _untitled(hit: Hit) -> bool:
    return hit.item.kind is ItemKind.POST and not hit.title.text


def highlight_keys(highlights: Sequence[Highlight]) -> list[dict[str, object]]:
    """Passages that the person marked, as objects."""
    return [{"text": each.text, "before": each.before, "after": each.after, "made": each.made} for each in highlights]


def _version_keys(version: Version) -> dict[str, object]:
    return {"replaced": version.replaced, "title": version.title, "content": version.content}
