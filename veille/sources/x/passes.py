"""One pass over what is watched on X: many accounts by one search, lists and searches each by itself."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from veille.contacts import Purpose
from veille.content.networks import Form, Meant, meant
from veille.content.xposts import Json, identity, made
from veille.errors import BudgetSpent, NoAccount, QueryRefused, SourceError, VeilleError, unpack
from veille.model import Fetched, Item, Source, SourceKind
from veille.posts import Account, Fate
from veille.sources.answers import selected
from veille.sources.base import Wanted
from veille.sources.paid import People
from veille.sources.x.accounts import MOST, Roster, barred, sorrow
from veille.sources.x.answers import X
from veille.sources.x.door import Door, TooOld
from veille.sources.x.plan import Cursor, Member, groups, query, searchable
from veille.sources.x.posts import Reading
from veille.sources.x.reader import PAGE, SEARCH, Endpoint, Order, Pages, Reader, list_of, timeline

Result = tuple[Source, Fetched | SourceError]
Job = tuple[int, Callable[[], list[Result]]]  # the place of its first source in the curator's order, and the work

_FIRST = 10  # posts that are read of what is watched anew
_FEWEST = 5  # posts that are asked of a list


@dataclass(frozen=True, slots=True)
class _Named:
    """A source, what its address names, and its place in the curator's order."""

    wanted: Wanted
    name: str
    rank: int


class Pass:
    """Made for one pass. ``rates`` remembers how many posts a second each list brings, by source."""

    def __init__(
        self, door: Door, roster: Roster, people: People, rates: MutableMapping[int, float],
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._door = door
        self._roster = roster
        self._people = people
        self._rates = rates
        self._cancelled = cancelled
        self._reader = Reader(door, cancelled)
        self._now = door.clock.now()

    def run(self, wanted: Sequence[Wanted]) -> Iterator[list[Result]]:
        """The answer of each of ``wanted``, those first that the curator ranked first."""
        if not wanted:
            return
        by_id = {each.source.id: each for each in wanted}
        try:
            self._door.learn_time(_for(wanted[0].purpose, wanted))
        except SourceError as error:
            yield [(each.source, error) for each in wanted]
            return
        admitted, kept = self._door.purse.admitted([each.source.id for each in wanted])
        yield [(by_id[id].source, unpack(why)) for id, why in kept.items() if id in by_id]
        lanes: dict[Purpose, list[_Named]] = {}
        forms: dict[int, Form] = {}
        for rank, each in enumerate(by_id[id] for id in admitted if id in by_id and id not in kept):
            try:
                said = _meant(each.source.address)
            except VeilleError:
                yield [(each.source, NoAccount(host=X, name=each.source.label))]
                continue
            forms[each.source.id] = said.form
            lanes.setdefault(replace(each.purpose, source=0), []).append(_Named(each, said.name, rank))
        for lane, members in lanes.items():
            yield from self._lane(lane, members, forms)

    def _lane(self, lane: Purpose, members: list[_Named], forms: dict[int, Form]) -> Iterator[list[Result]]:
        """Those that are asked by the same way out."""
        form = [(forms[each.wanted.source.id], each) for each in members]
        jobs: list[Job] = [(one.rank, partial(self._list, one)) for kind, one in form if kind is Form.LIST]
        jobs += [(one.rank, partial(self._search, one)) for kind, one in form if kind is Form.SEARCH]
        accounts: list[Member] = []
        for found in self._found(lane, [one for kind, one in form if kind is Form.ACCOUNT]):
            yield [each for each in found if not isinstance(each, Member)]
            accounts += [each for each in found if isinstance(each, Member)]
        able: list[Member] = []
        for each in accounts:
            if searchable(each.cursor.since, self._now):
                able.append(each)
            else:
                jobs.append((each.rank, partial(self._alone, each)))
        jobs += [(group[0].rank, partial(self._together, group)) for group in groups(able)]
        for _rank, job in sorted(jobs, key=lambda each: each[0]):
            if self._cancelled():
                return
            yield job()

    # Accounts ----------------------------------------------------------------------------------------

    def _found(self, lane: Purpose, named: list[_Named]) -> Iterator[list[Result | Member]]:
        """The accounts that can be read, and why others cannot."""
        if not named:
            return
        by_handle = {each.name.lower(): each for each in named}
        known, asked = self._roster.known({key: each.wanted for key, each in by_handle.items()})
        ready = [key for key in by_handle if key not in asked]
        yield [self._judged(by_handle[key], known.get(key)) for key in ready]
        for start in range(0, len(asked), MOST):
            if self._cancelled():
                return
            yield self._looked_up(lane, {key: by_handle[key] for key in asked[start : start + MOST]}, known)

    def _looked_up(self, lane: Purpose, named: dict[str, _Named], known: dict[str, Account]) -> list[Result | Member]:
        owners = {key: each.wanted.source.id for key, each in named.items()}
        purpose = _for(lane, [each.wanted for each in named.values()])
        try:
            found = self._reader.guarded("users", purpose, lambda: self._roster.find(list(named), owners, purpose))
        except SourceError as error:
            if isinstance(error, BudgetSpent) and len(named) > 1:  # there may be enough for some
                keys = list(named)
                halves = keys[: len(keys) // 2], keys[len(keys) // 2 :]
                return [
                    each for half in halves for each in self._looked_up(lane, {key: named[key] for key in half}, known)
                ]
            return [self._judged(one, known.get(key), error) for key, one in named.items()]
        return [self._judged(one, found.get(key)) for key, one in named.items()]

    def _judged(self, one: _Named, account: Account | None, error: SourceError | None = None) -> Result | Member:
        """What can be read, or why it cannot. ``error``: X did not say; what was known before holds meanwhile."""
        if account is None:
            why = error or NoAccount(host=X, name=f"@{one.name}")
            return one.wanted.source, _again(why)
        if refused := barred(account):
            return one.wanted.source, refused
        return Member(one.wanted, account, Cursor.parse(one.wanted.state.cursor) or Cursor(0), one.rank)

    def _alone(self, member: Member, before: dict[int, list[Pages]] | None = None) -> list[Result]:
        """An account by its own timeline: anew, or when search does not go back far enough."""
        order = self._order([member], timeline(member.account.id))
        if not member.cursor.since:
            pages = self._reader.pages(replace(order, first=_FIRST, once=True))
            return self._finished([member], _begun(pages), [pages])
        cursor, done = self._caught_up(member.cursor, order)
        return self._finished([member], cursor, done, before)

    def _together(self, group: list[Member], before: dict[int, list[Pages]] | None = None) -> list[Result]:
        """Accounts by one search, once those that are behind the others have caught up with them: each post is in one
        answer alone. ``before`` are pages that were read of each already."""
        before = {} if before is None else before
        since = max(each.cursor.since for each in group)
        results, ready = list[Result](), list[Member]()
        for member in group:
            if member.cursor.since < since:
                pages = self._range(member, since)
                before.setdefault(member.wanted.source.id, []).append(pages)
                if not pages.whole:
                    results += self._finished([member], _broken(member.cursor, pages, since), [], before)
                    continue
                member = replace(member, cursor=Cursor(since))
            ready.append(member)
        return results + (self._searched(ready, before) if ready else [])

    def _range(self, member: Member, until: int) -> Pages:
        """What ``member`` posted after its cursor, up to ``until``."""
        order = replace(self._order([member], timeline(member.account.id)), sources=())  # not all of them was heard
        return self._reader.pages(_within(order, member.cursor.since, until + 1))

    def _searched(self, group: list[Member], before: dict[int, list[Pages]]) -> list[Result]:
        cursor, done = self._caught_up(group[0].cursor, self._order(group, SEARCH, query=query(group)))
        refused = done[0].failure if not done[0].answers else None
        if isinstance(refused, TooOld):
            return [result for each in group for result in self._alone(replace(each, cursor=cursor), before)]
        if isinstance(refused, QueryRefused) and len(group) > 1:  # one of them is not taken: which?
            half = len(group) // 2
            return self._together(group[:half], before) + self._together(group[half:], before)
        return self._finished(group, cursor, done, before)

    # Lists and searches ------------------------------------------------------------------------------

    def _list(self, one: _Named) -> list[Result]:
        """A list, which can only be read from its newest post down to one that is known."""
        cursor = Cursor.parse(one.wanted.state.cursor) or Cursor(0)
        since, source = cursor.since, one.wanted.source.id
        first = self._expected(one.wanted, since) if since else _FIRST
        pages = self._reader.pages(Order(
            list_of(one.name), {}, one.wanted.purpose, lambda _raw: source, (source,), first=first, once=not since,
            enough=lambda answer: any(int(identity(raw, "id")) <= since for raw in answer.posts)))  # fmt: skip
        if pages.whole:
            self._learn(one.wanted, since, pages)
            cursor = cursor.read(max(pages.ids, default=0), None)
        return self._given(one, cursor, [pages])

    def _expected(self, wanted: Wanted, since: int) -> int:
        """How many posts are likely new, and one that is known, by which the end is known."""
        rate = self._rates.get(wanted.source.id)
        return _FIRST if rate is None else min(PAGE, max(_FEWEST, round(rate * self._elapsed(wanted, since)) + 2))

    def _learn(self, wanted: Wanted, since: int, pages: Pages) -> None:
        if since:
            new = sum(id > since for id in pages.ids)
            rate = new / max(60.0, self._elapsed(wanted, since))
            self._rates[wanted.source.id] = (self._rates.get(wanted.source.id, rate) + rate) / 2

    def _elapsed(self, wanted: Wanted, since: int) -> float:
        """Seconds since it was last asked."""
        before = wanted.state.checked or made(str(since)) or self._now
        return max(0.0, (self._now - before).total_seconds())

    def _search(self, one: _Named) -> list[Result]:
        cursor = Cursor.parse(one.wanted.state.cursor) or Cursor(0)
        source = one.wanted.source.id
        order = Order(SEARCH, {"query": one.name}, one.wanted.purpose, lambda _raw: source, (source,))
        if not cursor.since:
            pages = self._reader.pages(replace(order, first=_FIRST, once=True))
            return self._given(one, _begun(pages), [pages])
        try:
            if not searchable(cursor.since, self._now):
                cursor = self._within_reach(one, cursor)
            read, done = self._caught_up(cursor, order)
            if isinstance(done[0].failure, TooOld) and not done[0].answers:  # our clock is behind
                read, done = self._caught_up(self._within_reach(one, cursor), order)
        except SourceError as error:
            return [(one.wanted.source, _again(error))]
        return self._given(one, read, done)

    def _within_reach(self, one: _Named, cursor: Cursor) -> Cursor:
        """By X's own clock: were ours ahead, what it gave for out of reach would be missed."""
        purpose = one.wanted.purpose
        return cursor.within_reach(self._reader.guarded("usage", purpose, lambda: self._door.time(purpose)))

    def _given(self, one: _Named, cursor: Cursor, done: list[Pages]) -> list[Result]:
        """The answer of a list or a search, whose posts are by anybody: who they are is looked up once."""
        wanted = one.wanted
        posts = [raw for pages in done for answer in pages.answers for raw in answer.posts]
        writers = sorted({identity(raw, "author_id") for raw in posts} - {""})

        def meet() -> None:
            self._roster.meet(writers, wanted.source.id, wanted.purpose)

        with suppress(SourceError):  # they stay without a name, then
            self._reader.guarded("users", wanted.purpose, meet)
        answer = self._answer(wanted, cursor, done, self._items(wanted, done), wanted.source.label)
        return [(wanted.source, answer)] if answer else []

    # What was read -----------------------------------------------------------------------------------

    def _order(self, group: Sequence[Member], endpoint: Endpoint, **params: str) -> Order:
        """For accounts: each pays for its own posts."""
        by_account = {each.account.id: each.wanted.source.id for each in group}
        first = group[0].wanted.source.id
        purpose = _for(group[0].wanted.purpose, [each.wanted for each in group])
        return Order(
            endpoint, params, purpose, lambda raw: by_account.get(identity(raw, "author_id"), first),
            tuple(by_account.values()))  # fmt: skip

    def _caught_up(self, cursor: Cursor, order: Order) -> tuple[Cursor, list[Pages]]:
        """Read the gap, then what came since; how far it got."""
        done: list[Pages] = []
        if cursor.until:
            pages = self._reader.pages(_within(order, cursor.since, cursor.until))
            done.append(pages)
            if not pages.whole:
                return _broken(cursor, pages, cursor.newest), done
            cursor = cursor.filled
        pages = self._reader.pages(_within(order, cursor.since))
        done.append(pages)
        newest = max(pages.ids, default=0)
        return cursor.read(newest, pages.at) if pages.whole else _broken(cursor, pages, newest), done

    def _finished(
        self, group: Sequence[Member], cursor: Cursor, done: list[Pages],
        before: dict[int, list[Pages]] | None = None,
    ) -> list[Result]:  # fmt: skip
        """The answers of accounts that were read as far as ``cursor``."""
        results: list[Result] = []
        for member in group:
            pages = [*(before or {}).pop(member.wanted.source.id, []), *done]
            mine = member.account.id if len(group) > 1 else ""
            name = f"@{member.account.handle}"
            answer = self._answer(member.wanted, cursor, pages, self._items(member.wanted, pages, mine), name)
            if pages and pages[-1].fate in (Fate.PROTECTED, Fate.SUSPENDED, Fate.DELETED):
                self._roster.lost(member.account, pages[-1].fate)
            if isinstance(answer, Fetched):
                title = f"{member.account.name} ({name})" if member.account.name else name
                answer = replace(answer, title=title)
            if answer:
                results.append((member.wanted.source, answer))
        return results

    def _items(self, wanted: Wanted, done: Iterable[Pages], account: str = "") -> list[Item]:
        """What is new or changed, newest first; with ``account`` only what that one wrote."""
        items: dict[str, Item] = {}
        for answer in (answer for pages in done for answer in pages.answers):
            mine = [raw for raw in answer.posts if not account or identity(raw, "author_id") == account]
            if not mine:
                continue
            reading = Reading(answer, self._people.by_id(answer.writers), self._door.clock.now())
            for raw in sorted(mine, key=_id):
                if item := reading.item(raw, wanted.source.id):
                    items[item.uid] = item
        if not items:
            return []
        return sorted(selected(items.values(), wanted.known()), key=lambda item: (item.at, int(item.uid)), reverse=True)

    def _answer(
        self, wanted: Wanted, cursor: Cursor, done: list[Pages], items: list[Item], name: str
    ) -> Fetched | SourceError | None:
        """What a source has. What came before a failure is kept, and the failure told with it. None: the person
        stopped it before it was asked."""
        last = done[-1] if done else Pages()
        failure = last.failure and (sorrow(last.fate, name) or _again(last.failure, name))
        state, now = wanted.state, self._door.clock.now()
        moved = str(cursor) if cursor.since else ""
        if not items and moved == state.cursor and not last.whole:
            return failure
        state = replace(
            state, checked=now, changed=now if items else state.changed, cursor=moved,
            failures=state.failures + 1 if failure else 0, error=failure.pack() if failure else "")  # fmt: skip
        wait = failure.facts.get("retry_after") if failure else None
        return Fetched(
            wanted.source.id, state, tuple(items), site=wanted.source.address,
            retry_after=wait if isinstance(wait, int) and wait > 0 else None, unchanged=not items)  # fmt: skip


@lru_cache(maxsize=2000)
def _meant(address: str) -> Meant:
    return meant(SourceKind.X, address)


def _begun(pages: Pages) -> Cursor:
    """Where to go on after a first reading."""
    return Cursor(0).read(max(pages.ids, default=0), pages.at) if pages.whole else Cursor(0)


def _id(raw: Json) -> int:
    return int(identity(raw, "id"))


def _within(order: Order, since: int, until: int = 0) -> Order:
    """``order`` for the posts after ``since`` and before ``until`` (0: to the newest)."""
    bounds = {"since_id": str(since)} if since else {}
    return replace(order, params={**order.params, **bounds, **({"until_id": str(until)} if until else {})})


def _broken(cursor: Cursor, pages: Pages, newest: int) -> Cursor:
    """How far it got when not all was read."""
    return cursor.broken(min(pages.ids), newest) if pages.ids else cursor


def _again(error: SourceError, name: str = "") -> SourceError:
    """The same error for one more source; one that is not there is named."""
    named = {"name": name} if name and isinstance(error, NoAccount) else {}
    return type(error)(**error.facts | named)


def _for(purpose: Purpose, asked: Sequence[Wanted]) -> Purpose:
    """Why a request for several sources is made: for the one that is alone, or for none of them by itself."""
    return replace(purpose, source=asked[0].source.id if len(asked) == 1 else 0)
