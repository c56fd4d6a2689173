"""``find``: what can be watched at an address. Each request is announced, and made when the person agrees."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from veille.cli.changing import sector_or_new
from veille.cli.terminal import Terminal
from veille.content.networks import shown
from veille.content.text import plain
from veille.core.curating.finds import Candidate, Found, Plan, Preview
from veille.core.services import Services
from veille.errors import LeadsElsewhere, NotFound, NotInSample, PersonalAddress, ProfileBusy, SourceError
from veille.i18n import _, labelled, moment, number
from veille.model import SourceKind

if TYPE_CHECKING:
    from veille.core.curating.discovery import Discovery

_ROUNDS = 4  # looks, each a step further than the one before
_TITLES = 5  # items of a preview that are listed


class _Finder:
    """One ``find``."""

    def __init__(self, services: Services, arguments: Namespace, terminal: Terminal) -> None:
        self._arguments = arguments
        self._terminal = terminal
        self._discovery: Discovery = services.discovery
        self.candidates: list[Candidate] = []
        self.page = ""
        self.declined = self.failed = False

    def look(self) -> None:
        """Look at the address; further, as long as nothing is found that a person would choose."""
        plan, known = self._discovery.plan(self._arguments.address, self._arguments.allow_private)
        self._take(Found(known))
        if not plan.steps and plan.note:
            self._terminal.note(plan.note)
        following: Plan | None = plan if plan.steps else None
        for _round in range(_ROUNDS):
            if following is None or (self._is_enough and following is not plan):
                break
            if not self._agreed(following):
                self.declined = True
                break
            with self._terminal.progress.cancellable() as progress:
                found = self._discovery.look(following, progress)
            for problem in found.problems:
                self._terminal.note(problem)
            self._take(found)
            following = found.next

    @property
    def _is_enough(self) -> bool:
        """Whether nothing is looked for any further: a feed, a network, or the page that is to be watched is there."""
        if self._arguments.select is not None:
            return bool(self.page)
        likely = [each for each in self.candidates if not each.comments and each.meant.kind is not SourceKind.BLUESKY]
        return bool(likely) and not self._arguments.further

    def _take(self, found: Found) -> None:
        self.page = self.page or found.page
        there = {each.meant for each in self.candidates}
        new = [each for each in found.candidates if each.meant not in there]
        settled = any(each.declared or each.answered for each in self.candidates)
        self.candidates = [*self.candidates, *new] if settled else [*new, *self.candidates]

    def _agreed(self, plan: Plan) -> bool:
        self._terminal.note(plan.text)
        for step in plan.steps:
            self._terminal.note(f"  {step.url}")
        return bool(self._arguments.yes or self._terminal.confirm(_("Do it? [y/N]")))

    def preview(self, candidate: Candidate) -> Preview | None:
        """What ``candidate`` gives; None when the person would rather not ask, and when it gives nothing."""
        for _again in range(2):
            plan = self._discovery.announce(candidate)
            if plan.steps and not self._agreed(plan):
                self.declined = True
                return None
            try:
                with self._terminal.progress.cancellable() as progress:
                    return self._discovery.preview(candidate, progress, plan)
            except LeadsElsewhere as error:  # announced anew
                self._terminal.note(str(error))
            except SourceError as error:
                self._terminal.error(str(error))
                break
        self.failed = True
        return None

    def select(self) -> Preview:
        """What the selector that was typed gives. Raises NotFound where no page was read."""
        if not self.page:
            raise NotFound(what=_("page that was read"), name=self._arguments.address[:200])
        return self._discovery.select(self.page, self._arguments.select)

    def propose(self) -> tuple[str, ...]:
        """Selectors for the page that was read."""
        return self._discovery.selectors(self.page) if self.page else ()


def find(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``find``: fails when nothing is there to be watched, and when the person did not agree to what was announced."""
    if services.sample:
        raise NotInSample
    if not services.writable:  # a trace is written first
        raise ProfileBusy(path=str(services.folder))
    finder = _Finder(services, arguments, terminal)
    finder.look()
    if arguments.select is not None:
        return _by_selector(finder, services, arguments, terminal)
    chosen = _chosen(finder, arguments)
    if not terminal.json:
        for at, each in enumerate(finder.candidates, 1):
            _tell(at, each, terminal)
    wanted = arguments.yes or arguments.add is not None or _somebody()
    preview = finder.preview(chosen) if chosen is not None and wanted and not finder.declined else None
    if terminal.json:
        for at, each in enumerate(finder.candidates, 1):
            terminal.object(_keys(at, each, preview if each is chosen else None))
    elif preview is not None:
        _show(preview, terminal)
    if chosen is None:
        _nothing(finder, terminal)
        return 1
    if finder.declined:
        terminal.error(_("Not all was asked. With --yes it is asked without a question."))
        return 1
    if arguments.add is None or finder.failed:
        return int(finder.failed)
    title = (preview.title if preview else "") or (chosen.said if chosen.meant.kind is SourceKind.FEED else "")
    return _add(services, arguments, terminal, chosen, title)


def _somebody() -> bool:
    """Whether somebody is there to be asked."""
    return bool(sys.stdin and sys.stdin.isatty())


def _by_selector(finder: _Finder, services: Services, arguments: Namespace, terminal: Terminal) -> int:
    preview = finder.select()
    one = Candidate(preview.meant, preview.title, _("The page itself, by a selector."), answered=True)
    if terminal.json:
        terminal.object(_keys(1, one, preview))
    else:
        _show(preview, terminal)
    if not preview.items:
        return 1
    return _add(services, arguments, terminal, one, preview.title) if arguments.add is not None else 0


def _chosen(finder: _Finder, arguments: Namespace) -> Candidate | None:
    """The candidate with the number that was typed, or else the first; None where there is none."""
    at = arguments.add or 1
    if 1 <= at <= len(finder.candidates):
        return finder.candidates[at - 1]
    if finder.candidates:
        raise NotFound(what=_("candidate"), name=str(at))
    return None


def _nothing(finder: _Finder, terminal: Terminal) -> None:
    if finder.declined:
        terminal.error(_("Nothing was done. With --yes it is done without this question."))
        return
    terminal.error(_("No feed was found there."))
    if proposed := finder.propose():
        text = _("The page itself can be watched: --select “{selector}”")
        terminal.note(text.format(selector=proposed[0]))


def _add(services: Services, arguments: Namespace, terminal: Terminal, chosen: Candidate, title: str) -> int:
    sector, new = sector_or_new(services, arguments.sector or "")
    try:
        _source, changes = services.curation.add(
            chosen.meant, sector, title, allow_private=arguments.allow_private, new_sector=new,
            selector=arguments.select or "")  # fmt: skip
    except PersonalAddress as error:
        terminal.error(str(error))
        return 1
    terminal.say(changes.text)
    return 0


def _tell(at: int, one: Candidate, terminal: Terminal) -> None:
    terminal.line(plain(one.said) or shown(one.meant), 8, f"{number(at):>6}")
    watched = _("You watch it already.") if one.source else ""
    for each in (one.meant.address, " ".join(filter(None, (one.why, watched)))):
        terminal.line(plain(each), 8, " " * 8)


def _show(preview: Preview, terminal: Terminal) -> None:
    if preview.title:
        terminal.line()
        terminal.line(labelled(_("Preview"), plain(preview.title)), 2, "  ")
    for each in preview.text:
        terminal.line(each, 2, "  ")
    for item in preview.items[:_TITLES]:
        when = item.published or item.updated
        said = plain(item.title) or plain(item.summary)[:120]
        terminal.line(f"{said} ({moment(when)})" if when else said, 8, "      - ")


def _keys(at: int, one: Candidate, preview: Preview | None) -> dict[str, object]:
    told = None if preview is None else {
        "title": preview.title, "site": preview.site, "language": preview.lang, "entries": preview.entries,
        "weekly": preview.weekly, "full_text": preview.full_text, "known": preview.known, "alike": preview.alike,
        "text": preview.text,
        "items": [{"title": each.title, "url": each.url, "published": each.published} for each in preview.items],
    }  # fmt: skip
    return {
        "number": at, "kind": one.meant.kind, "address": one.meant.address, "title": one.said, "found": one.why,
        "comments": one.comments, "answered": one.answered, "source_id": one.source or None,
        "selector": preview.selector if preview else "", "preview": told,
    }  # fmt: skip
