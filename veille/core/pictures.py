"""The pictures of an item, loaded because the person asked, and kept with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veille.contacts import Purpose, Reason
from veille.content.addresses import host
from veille.core.discretion import Discretion
from veille.core.doors import Door, ask
from veille.errors import Cancelled, NoPicture, NotFound, SourceError
from veille.i18n import _
from veille.model import Article, Deed, Item, Progress, Source

if TYPE_CHECKING:
    from veille.store import Store

MOST = 20  # pictures of one item
_AT_ONCE = 4
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")  # and WebP


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came: PNG, JPEG, GIF or WebP by how it begins. ``problem`` says in words why there is none."""

    url: str
    data: bytes = b""
    problem: str = ""


class Pictures:
    """Loads pictures through ``door``, which is opened for the first that is not stored."""

    def __init__(self, store: "Store", discretion: Discretion, door: Callable[[], Door]) -> None:
        self._store = store
        self._discretion = discretion
        self._door = door

    def addresses(self, item: Item, article: Article | None = None) -> list[str]:
        """What :meth:`load` gives: the pictures of ``item`` and of the posts inside it, clean addresses, each once, 20
        at most; before them those of the ``article`` behind it, where that is what is read."""
        from veille.content.cleaning import clean_link

        first = article.media if article else ()
        inside = (each for one in (item.post.referred if item.post else ()) for each in one.media)
        images = (each.url for each in (*first, *item.media, *inside) if each.kind == "image" and _on_the_web(each.url))
        return list(dict.fromkeys(map(clean_link, images)))[:MOST]

    def stored(self, item_id: int) -> list[Picture]:
        """Those of an item that are here, of its article, too, in their order. Asks nobody."""
        return [Picture(url, data) for url, data in self._store.pictures.of(item_id).items()]

    def load(self, item_id: int, progress: Progress, *, whole: bool = False) -> list[Picture]:
        """The pictures of an item (``whole``: and of the article behind it), in their order; one that fails says why.

        What is stored is not asked for again; what comes is stored. Stopped, it gives what it has. Raises NotFound
        for the item; where one must be asked for, NeverLoaded at the strict level, NoProxy and ProxyFailed.
        """
        item = self._store.items.get(item_id)
        if item is None:
            raise NotFound(what=_("item"), name=str(item_id))
        source = self._store.sources.get(item.source)
        addresses = self.addresses(item, self._store.articles.get(item_id) if whole else None)
        found = {url: Picture(url, data) for url, data in self._store.pictures.of(item_id).items()}
        missing = [url for url in addresses if url not in found]
        for url in missing:
            if refused := self._discretion.refusal(Deed.PICTURES, url, source):
                raise refused
        if missing:
            purpose, door = self._discretion.purpose(source, Reason.PICTURE), self._door()
            try:
                came = self._all(door, missing, purpose, source, progress)
            finally:
                door.hang_up()
            good = [(addresses.index(each.url), each.url, each.data) for each in came if each.data]
            self._store.pictures.put(item_id, good)
            found |= {each.url: each for each in came}
        return [found[url] for url in addresses if url in found]

    def _all(
        self, door: Door, addresses: list[str], purpose: Purpose, source: Source | None, progress: Progress
    ) -> list[Picture]:  # fmt: skip
        progress.step(0, len(addresses))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            waiting = [pool.submit(_one, door, url, purpose, source, progress) for url in addresses]
            for done, _each in enumerate(as_completed(waiting), 1):
                progress.step(done, len(addresses))
        return [picture for each in waiting if (picture := each.result()) is not None]


def _one(door: Door, url: str, purpose: Purpose, source: Source | None, progress: Progress) -> Picture | None:
    """None when the person asked to stop."""
    if progress.cancelled:
        return None
    try:
        answer = ask(door, url, purpose, source, progress)
        if not is_picture(answer.body):
            raise NoPicture(host=host(url))
    except Cancelled:
        return None
    except SourceError as error:
        return Picture(url, problem=str(error))
    return Picture(url, answer.body)


def is_picture(data: bytes) -> bool:
    """Whether ``data`` begins as PNG, JPEG, GIF or WebP does: no SVG, which is a program."""
    return data.startswith(_BEGINNINGS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _on_the_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))
