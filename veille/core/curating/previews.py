"""What a candidate gives, before it is added: its document, asked for once the person agrees, and what it comes to."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason
from veille.content.addresses import host, same_site, source_key
from veille.content.networks import Meant, elsewhere, in_words, meant, shown
from veille.core.curating.documents import Document, Memory, Run, ask
from veille.core.curating.finds import Candidate, Plan, Preview, Role, Step
from veille.core.discretion import Discretion
from veille.core.doors import LARGEST
from veille.errors import BadAddress, LeadsElsewhere, NoProxy, NotFound, NothingSelected, ProxyFailed
from veille.i18n import N_, _
from veille.model import Clock, Item, Progress, Source, SourceKind, SourceState, Validators

if TYPE_CHECKING:
    from veille.core.doors import Door
    from veille.net.gateway import Response
    from veille.sources.base import Parsed
    from veille.store import Store

_ASKED = 100  # of a feed's newest items, which the profile is asked about
_NO_X = N_("Reading X costs money, so there is no preview of it.")
_NONE = Validators()


class Previews:
    """A part of :class:`veille.core.curating.discovery.Discovery`. ``pages`` and ``feeds`` are what came already."""

    def __init__(
        self, store: "Store", clock: Clock, discretion: Discretion, door: "Callable[[], Door]", run: Run,
        pages: Memory, feeds: Memory
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._discretion = discretion
        self._door = door
        self._run = run
        self._pages, self._feeds = pages, feeds
        self._led: dict[str, str] = {}  # feeds that were found to send on to another site: where to

    def announce(self, candidate: Candidate) -> Plan:
        """What a preview of ``candidate`` will ask; nothing when its document is there already."""
        one = candidate.meant
        plan = self.by_its_way(Plan(one.address, private=candidate.private), self.watched(one))
        if one.kind is SourceKind.X:
            return replace(plan, note=_(_NO_X))
        url = self._address(one)
        memory = self._pages if one.kind is SourceKind.PAGE else self._feeds
        if memory.get(one.address) is not None:
            return replace(plan, note=_("It is here already: nobody is asked."))
        return replace(plan, steps=(Step(url, _("To show what it gives."), Role.FEED),))

    def preview(self, candidate: Candidate, progress: Progress, announced: Plan) -> Preview:
        """See :meth:`veille.core.curating.discovery.Discovery.preview`."""
        one = candidate.meant
        if one.kind is SourceKind.X:
            return Preview(one, shown(one), source=self._watched(one)[0], text=(in_words(one), _(_NO_X)))
        if one.kind is SourceKind.BLUESKY:
            return self._previewed(one, self._posts(one, progress, announced))
        document = (self._pages if one.kind is SourceKind.PAGE else self._feeds).get(one.address)
        if document is None:
            document = self._fetched(candidate, progress, announced)
        if one.kind is SourceKind.PAGE:
            return replace(Preview(one), title=host(one.address), source=self._watched(one)[0])
        from veille.sources import feeds

        parsed: Parsed = self._run(
            feeds.parse, document.body, document.kind, document.url, 0, self._clock.now(), {})  # fmt: skip
        self._feeds.put(one.address, document)
        return self._previewed(one, parsed.items, parsed)

    def _fetched(self, candidate: Candidate, progress: Progress, announced: Plan) -> Document:
        one = candidate.meant
        url = self._announced(one, announced)
        purpose, door = self._discretion.purpose(self.watched(one), Reason.FOUND), self._door()
        progress.step(0, 1, host(url))
        try:
            answer = ask(door, url, purpose, progress, candidate.private and url == one.address)
        except LeadsElsewhere as error:
            if url == one.address:  # once: whoever sends on twice is not worth it
                self._led[one.address] = str(error.facts["to"])
            raise
        finally:
            door.hang_up()
        progress.step(1, 1)
        document = Document(answer.body, answer.headers.get("content-type", ""), answer.url)
        if one.kind is SourceKind.PAGE:
            self._pages.put(one.address, document)
        return document

    def _posts(self, one: Meant, progress: Progress, announced: Plan) -> tuple[Item, ...]:
        """The newest posts of an account on Bluesky: one request to its API."""
        from veille.sources.bluesky import BlueskyFetcher

        url = self._announced(one, announced)
        purpose, door = self._discretion.purpose(self.watched(one), Reason.FOUND), self._door()

        def get(
            url: str, *, purpose: Purpose, validators: Validators = _NONE, allow_private: bool = False,  # noqa: ARG001
            cancelled: Callable[[], bool] = lambda: False, whole: bool = False
        ) -> "Response":  # fmt: skip
            return door.get(
                url, purpose=purpose, allow_private=allow_private, cap=LARGEST, cancelled=cancelled, whole=whole,
                within=same_site)  # fmt: skip

        stand_in = Source(0, source_key(one.kind, one.address), one.kind, one.address, "", self._clock.now())
        progress.step(0, 1, host(url))
        try:
            fetcher = BlueskyFetcher(get, self._clock, self._run)
            return fetcher.fetch(stand_in, SourceState(0), {}, purpose, lambda: progress.cancelled).items
        finally:
            door.hang_up()

    def _previewed(self, one: Meant, items: tuple[Item, ...], parsed: "Parsed | None" = None) -> Preview:
        """What ``items``, all that a document holds, come to."""
        from veille.core.curating import previewing
        from veille.store.overlap import holders

        now = self._clock.now()
        items = tuple(sorted(items, key=lambda each: each.at, reverse=True))
        asked = items[:_ASKED]
        labels = {source.id: source.label for source in self._store.sources.outline().sources.values()}
        urls = [each.url for each in asked if each.url]
        held = holders(self._store.db, urls, now - previewing.LATE, self._of_hosts({host(url) for url in urls}))
        held = {url: kept for url, found in held.items() if (kept := found & labels.keys())}
        number, watched = self._watched(one)
        met = previewing.overlap(asked, held, labels, number)
        pace, entries = previewing.weekly(items, now), parsed.entries if parsed else len(items)
        lang = previewing.tongue(parsed.lang if parsed else "", items)
        whole = previewing.full_text(items)
        text = previewing.sentences(items, entries, pace, lang, whole, len(asked), met, watched)
        return Preview(
            one, (parsed.title if parsed else "") or ("" if one.kind is SourceKind.FEED else shown(one)),
            parsed.site if parsed else "", lang, items[: previewing.SHOWN], entries, pace, whole, met.known, met.alike,
            number, "", text)  # fmt: skip

    # Pages without a feed ------------------------------------------------------------------------

    def selectors(self, page: str) -> tuple[str, ...]:
        """Selectors that would find a list of links on a page that was read, the likeliest first."""
        from veille.sources.proposing import selectors

        document = self._page(page)
        return self._run(selectors, document.body, document.kind, document.url)

    def select(self, page: str, selector: str) -> Preview:
        """What ``selector`` would give on a page that was read; asks nobody. Raises BadSelector, NotFound."""
        from veille.sources import pages

        document, one = self._page(page), meant(SourceKind.PAGE, page)
        try:
            parsed: Parsed = self._run(
                pages.parse, document.body, document.kind, document.url, selector, 0, self._clock.now(), {}
            )
        except NothingSelected as error:
            return Preview(one, selector=selector, source=self._watched(one)[0], text=(str(error),))
        return replace(self._previewed(one, parsed.items, parsed), selector=selector, title=parsed.title)

    def _page(self, page: str) -> Document:
        document = self._pages.get(page)
        if document is None:
            raise NotFound(what=_("page that was read"), name=page[:200])
        return document

    # Pieces --------------------------------------------------------------------------------------

    def _address(self, one: Meant) -> str:
        """What is asked for a preview: the document of a feed, one answer of a network."""
        if one.kind is SourceKind.BLUESKY:
            from veille.sources.bluesky import timeline

            return timeline(one.name)
        url = elsewhere(one) if one.kind is SourceKind.MASTODON else one.address
        return self._led.get(one.address, url)

    def _announced(self, one: Meant, announced: Plan) -> str:
        """What is asked for a preview; raises NotFound where the person was not told of it."""
        url = self._address(one)
        if url not in {each.url for each in announced.steps}:
            raise NotFound(what=_("document that came before"), name=one.address[:200])
        return url

    def by_its_way(self, plan: Plan, source: Source | None) -> Plan:
        """``plan`` with the way by which it is asked: that of the source which is watched there, or the profile's."""
        try:
            route = self._discretion.route(source)
        except (NoProxy, ProxyFailed) as error:
            return replace(plan, barred=str(error))
        return replace(plan, proxy="" if route.direct else str(route))

    def marked(self, candidate: Candidate) -> Candidate:
        """``candidate`` with the source that is watched there already."""
        number, _label = self._watched(candidate.meant)
        return replace(candidate, source=number) if number else candidate

    def watched(self, one: Meant) -> Source | None:
        """The source that is watched there already."""
        try:
            found = self._store.sources.meant_by(source_key(one.kind, one.address))
        except BadAddress:
            return None
        return found if found is not None and found.removed is None else None

    def _watched(self, one: Meant) -> tuple[int, str]:
        """Its id and label; 0 and "" for none."""
        found = self.watched(one)
        return (found.id, found.label) if found else (0, "")

    def _of_hosts(self, hosts: set[str]) -> list[int]:
        """The sources whose address or site is at one of ``hosts``."""
        sources = self._store.sources.outline().sources.values()
        return [each.id for each in sources if {host(each.address), host(each.site)} & hosts]
