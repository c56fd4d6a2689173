"""The full article behind an item, fetched because the person asked, and kept with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from veille.contacts import Reason
from veille.content.addresses import host
from veille.core.discretion import Discretion
from veille.core.doors import Door, ask
from veille.errors import NoArticle, NotFound, Unreadable
from veille.i18n import _
from veille.model import Article, Clock, Deed, Progress

if TYPE_CHECKING:
    from veille.sources.articles import Extract as Found
    from veille.store import Store

_MUCH_LESS = 0.5  # of the letters of the article that is there: a notice, a wall, half a page


class Extract(Protocol):
    """:func:`veille.sources.articles.extract`, perhaps in another process."""

    def __call__(self, body: bytes, content_type: str, address: str, /) -> "Found": ...


class Articles:
    """Fetches pages through ``door``, which is opened for the first of them."""

    def __init__(
        self, store: "Store", clock: Clock, discretion: Discretion, door: Callable[[], Door], extract: Extract
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._discretion = discretion
        self._door = door
        self._extract = extract

    def fetch(self, item_id: int, progress: Progress, reason: Reason = Reason.ARTICLE) -> Article:
        """Fetch the page of an item, by its clean address, and keep its article in place of the one before.

        The one before stays, and is given back, where the page now says much less.

        Raises NotFound for the item, NoArticle when the item has no link or its page no article, what
        :meth:`Discretion.refusal` gives, a SourceError, Cancelled, and ProfileBusy beside a window.
        """
        from veille.content.cleaning import clean_link

        item = self._store.items.get(item_id)
        if item is None:
            raise NotFound(what=_("item"), name=str(item_id))
        source = self._store.sources.get(item.source)
        if not item.url:
            raise NoArticle(host=source.label if source else "?")
        url = clean_link(item.url)
        if refused := self._discretion.refusal(Deed.ARTICLE, url, source):
            raise refused
        purpose, door = self._discretion.purpose(source, reason), self._door()
        progress.step(0, 1, host(url))
        try:
            answer = ask(door, url, purpose, source, progress)
        finally:
            door.hang_up()
        try:
            found = self._extract(answer.body, answer.headers.get("content-type", ""), answer.url)
        except Unreadable as error:  # which speaks of a feed
            raise NoArticle(host=host(answer.url)) from error
        article = Article(
            item.id, found.html, self._clock.now(), found.title, found.author, found.site, found.published,
            found.media)  # fmt: skip
        progress.step(1, 1)
        return self._kept(article)

    def _kept(self, article: Article) -> Article:
        from veille.content.html import to_text

        before = self._store.articles.get(article.item)
        if before and len(to_text(article.html)) < _MUCH_LESS * len(to_text(before.html)):
            return before
        self._store.articles.put(article)
        return article
