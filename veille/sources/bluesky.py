"""Accounts on Bluesky by its public API, which asks for no key: https://docs.bsky.app/docs/api."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote

from veille.contacts import Purpose
from veille.content.networks import meant
from veille.errors import NoAccount, NotAllowed, QueryRefused, SourceError, Suspended
from veille.model import Clock, Fetched, Source, SourceState, Validators
from veille.posts import Fate, Standing
from veille.sources.answers import Get, Page, newest_first, overloaded, said, spent, through
from veille.sources.base import Verdict
from veille.sources.blueskyposts import HOST, did, judged, parse, place
from veille.sources.feeds import Run
from veille.sources.validators import learnt, to_send

if TYPE_CHECKING:
    from veille.net.gateway import Response

_API = "https://public.api.bsky.app/xrpc/"
_PAGE = 50  # posts of one answer
_AT_ONCE = 25  # the most that app.bsky.feed.getPosts takes
_MOST_AUTHORS = 5  # that one check asks about, when their posts are missing
_GONE = frozenset({"ActorNotFound", "NotFound", "AccountDeactivated", "RepoNotFound", "RepoDeactivated"})
_SUSPENDED = frozenset({"AccountTakedown", "RepoTakendown", "RepoSuspended"})


class BlueskyFetcher:
    """A :class:`veille.sources.base.Fetcher` and :class:`veille.sources.base.Checker`. As thread-safe as its parts."""

    def __init__(self, get: Get, clock: Clock, run: Run) -> None:
        self._get = get
        self._clock = clock
        self._run = run

    @property
    def at_once(self) -> int:
        """See :class:`veille.sources.base.Checker`."""
        return _AT_ONCE

    def fetch(
        self,
        source: Source,
        state: SourceState,
        known: Mapping[str, str],
        purpose: Purpose,
        cancelled: Callable[[], bool],
    ) -> Fetched:
        """See :meth:`veille.sources.base.Fetcher.fetch`."""
        name = meant(source.kind, source.address).name
        address = timeline(name)
        answer = self._ask(address, name, purpose, cancelled, to_send(state.validators, purpose))
        now = self._clock.now()
        wish = spent(answer.headers, now)
        digest = blake2b(answer.body, digest_size=16).hexdigest()
        checked = replace(
            state, validators=learnt(state.validators, answer, purpose), checked=now, failures=0, error="")  # fmt: skip
        if answer.status == 304 or digest == state.body_hash:
            return Fetched(source.id, checked, retry_after=wish, unchanged=True)

        def parsed(body: bytes) -> Page:
            return self._run(parse, body, source.id, now, dict(known))

        def behind(cursor: str) -> Page:
            return parsed(self._ask(f"{address}&cursor={quote(cursor, safe='')}", name, purpose, cancelled).body)

        pages = through(parsed(answer.body), behind, known)
        return Fetched(
            source.id, replace(checked, body_hash=digest, changed=now), newest_first(pages), title=pages[0].title,
            site=pages[0].site, retry_after=wish)  # fmt: skip

    def check(self, posts: Sequence[Standing], purpose: Purpose, cancelled: Callable[[], bool]) -> Sequence[Verdict]:
        """See :meth:`veille.sources.base.Checker.check`. Of a post that is missing its author tells why."""
        posts = [post for post in posts if place(post.id)][:_AT_ONCE]
        if not posts:
            return []
        uris = "&".join(f"uris={quote(uri, safe='')}" for uri in dict.fromkeys(post.id for post in posts))
        answer = self._ask(f"{_API}app.bsky.feed.getPosts?{uris}", "", purpose, cancelled)
        verdicts, missing = self._run(judged, answer.body, posts, self._clock.now())
        fates = {
            who: self._fate(who, purpose, cancelled)
            for who in list(dict.fromkeys(_author(post) for post in missing))[:_MOST_AUTHORS]
        }
        learned = ((post, fates.get(_author(post))) for post in missing)
        return [*verdicts, *(Verdict(post.item, fate) for post, fate in learned if fate)]

    def _fate(self, who: str, purpose: Purpose, cancelled: Callable[[], bool]) -> Fate | None:
        """What became of posts of ``who`` that are not given any more; None when that cannot be told."""
        answer = self._get(
            f"{_API}app.bsky.actor.getProfile?actor={quote(who, safe='')}", purpose=purpose, cancelled=cancelled,
            whole=True)  # fmt: skip
        if answer.status == 200:
            return Fate.DELETED
        match _refusal(answer, who, self._clock.now()):
            case Suspended():
                return Fate.SUSPENDED
            case NoAccount():
                # A person who comes back brings the posts back; an account that is deleted does not.
                return Fate.UNAVAILABLE if said(answer.body)[0].endswith("Deactivated") else Fate.DELETED
        return None

    def _ask(
        self,
        address: str,
        name: str,
        purpose: Purpose,
        cancelled: Callable[[], bool],
        validators: Validators = Validators(),  # noqa: B008 - frozen
    ) -> "Response":
        """A good answer. Raises what any other means for the account ``name``."""
        answer = self._get(address, purpose=purpose, validators=validators, cancelled=cancelled, whole=True)
        if answer.status == 200 or (answer.status == 304 and answer.conditional):
            return answer
        raise _refusal(answer, name, self._clock.now())


def timeline(name: str) -> str:
    """The one address that is asked for the newest posts of the account ``name``."""
    actor = quote(name, safe="")
    return f"{_API}app.bsky.feed.getAuthorFeed?actor={actor}&limit={_PAGE}&filter=posts_and_author_threads"


def _author(post: Standing) -> str:
    where = place(post.id)
    return where.who if where else ""


def _refusal(answer: "Response", name: str, now: datetime) -> SourceError:
    error, words = said(answer.body)
    shown = name if did(name) else f"@{name}"
    if answer.status in (401, 403) or error in ("BlockedActor", "BlockedByActor"):
        return NotAllowed(host=HOST, detail=words)
    if answer.status in (400, 404) and error in _SUSPENDED:
        return Suspended(host=HOST, name=shown)
    missing = "not found" in words.lower() or "actor must be" in words.lower()
    if error in _GONE or (answer.status == 400 and missing):
        return NoAccount(host=HOST, name=shown)
    if answer.status == 400:
        return QueryRefused(host=HOST, detail=words)
    return overloaded(answer, HOST, now)
