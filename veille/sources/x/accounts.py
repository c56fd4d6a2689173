"""Who is behind a handle on X: looked up once, for money, and remembered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from veille.contacts import Purpose
from veille.content.shapes import count, moment, part, text
from veille.content.text import plain
from veille.content.xposts import Json, handle, identity
from veille.errors import NoAccount, NotAllowed, Protected, SourceError, Suspended
from veille.model import Clock
from veille.posts import Account, Fate
from veille.sources.base import Wanted
from veille.sources.paid import Bill, People, Use
from veille.sources.x.answers import Answer, X, concerns, fate
from veille.sources.x.door import Door, Question

MOST = 100  # accounts that one request asks about

_SILENT = timedelta(days=30)  # an account that says nothing for so long may have gone, or have another handle
_GONE = timedelta(days=7)  # what cannot be watched may come back, but is not paid for every day
_KNOWN = timedelta(days=1)  # what the person is shown of an account may be as old


@dataclass(frozen=True)
class Roster:
    """Finds accounts, those that are known for nothing."""

    door: Door
    people: People
    clock: Clock

    def known(self, handles: Mapping[str, Wanted]) -> tuple[dict[str, Account], list[str]]:
        """The accounts that are known by these handles (lower case), and the handles that have to be looked up: also
        those of accounts that fell silent, which are known meanwhile."""
        found = self.people.by_handle(handles)
        return found, [each for each, wanted in handles.items() if self._stale(found.get(each), wanted)]

    def find(self, handles: Sequence[str], owners: Mapping[str, int], purpose: Purpose) -> dict[str, Account]:
        """What X says of the accounts with these handles, :data:`MOST` at once; ``owners`` are their sources.

        Of one that is not there, its fate is remembered. Raises SourceError when X does not answer.
        """
        question = Question(
            "/2/users/by", {"usernames": ",".join(handles)}, purpose, Use.PEOPLE, users=len(handles),
            keys=frozenset(f"handle {each}" for each in handles))  # fmt: skip

        def bill(answer: Answer) -> Bill:
            return _bill(answer, lambda user: owners.get(handle(user).lower(), 0))

        answer, at = self.door.ask(question, bill)
        self.door.heard(question.keys, at)
        before = self.people.by_handle(handles)
        found = {each.handle.lower(): each for each in map(self._account, answer.users.values())}
        for error in answer.errors:
            name = concerns(error).lower()
            if name in handles and name not in found and fate(error) is not Fate.UNAVAILABLE:
                found[name] = self._gone(name, before.get(name), fate(error))
        self.people.put(found.values())
        return found

    def meet(self, ids: Sequence[str], source: int, purpose: Purpose) -> None:
        """Look up who wrote posts of a list or a search, as far as the budget allows; each account once."""
        known = self.people.by_id(ids)
        new = [each for each in ids if each not in known][:MOST]
        if not new:
            return
        question = Question("/2/users", {"ids": ",".join(new)}, purpose, Use.PEOPLE, users=len(new))
        answer, _at = self.door.ask(question, lambda answer: _bill(answer, lambda _user: source))
        self.people.put(map(self._account, answer.users.values()))

    def look_up(self, name: str, purpose: Purpose) -> Account:
        """The account ``name``. Raises SourceError where it cannot be watched."""
        key = name.lower()
        account = self.people.by_handle([key]).get(key)
        if account is None or self.clock.now() - account.asked > _KNOWN:
            account = self.find([key], {}, purpose).get(key)
        if account is None:
            raise NoAccount(host=X, name=f"@{name}")
        if refused := barred(account):
            raise refused
        return account

    def lost(self, account: Account, why: Fate) -> None:
        """X gives nothing of the account any more."""
        self.people.put([replace(account, fate=why, asked=self.clock.now())])

    def _stale(self, account: Account | None, wanted: Wanted) -> bool:
        if account is None:
            return True
        now = self.clock.now()
        if account.fate is not Fate.THERE:
            return now - account.asked >= _GONE
        heard = max(account.asked, wanted.state.changed or account.asked)
        return now - heard >= _SILENT

    def _account(self, user: Json) -> Account:
        figures = part(user, "public_metrics")
        posts = count(figures, "tweet_count")
        return Account(
            identity(user, "id"), handle(user), plain(text(user, "name"))[:200], self.clock.now(),
            Fate.PROTECTED if user.get("protected") is True else Fate.THERE,
            count(figures, "post_count") if posts is None else posts, moment(text(user, "created_at")))  # fmt: skip

    def _gone(self, name: str, before: Account | None, why: Fate) -> Account:
        """An account that was never seen has no id: it is kept under its handle, which is none."""
        now = self.clock.now()
        return replace(before, fate=why, asked=now) if before else Account(f"@{name}", name, "", now, why)


def barred(account: Account) -> SourceError | None:
    """Why the posts of ``account`` cannot be read; None: they can."""
    return sorrow(account.fate, f"@{account.handle}")


def sorrow(why: Fate, name: str) -> SourceError | None:
    """The error for ``name``, of which that became; None while it is there, or X does not say."""
    match why:
        case Fate.THERE | Fate.UNAVAILABLE:
            return None
        case Fate.PROTECTED:
            return Protected(host=X, name=name)
        case Fate.SUSPENDED:
            return Suspended(host=X, name=name)
        case Fate.DELETED:
            return NoAccount(host=X, name=name)
    return NotAllowed(host=X, detail="")


def _bill(answer: Answer, owner: Callable[[Json], int]) -> Bill:
    bill: dict[int, set[str]] = {}
    for id, user in answer.users.items():
        bill.setdefault(owner(user), set()).add(id)
    return Bill(users=bill)
