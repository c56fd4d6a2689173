"""From what a document says of its entries to clean items, the same for every format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from veille.content import html, language
from veille.content.addresses import resolve
from veille.content.cleaning import clean_link
from veille.content.text import excerpt, fold, plain
from veille.model import GONE, Item, ItemKind
from veille.posts import Media

_LONGEST_TITLE = 500
_LONGEST_AUTHOR = 200
_READ_OF_A_LINE = 20_000  # characters, marks included
_LONGEST_TAG = 80
_LONGEST_UID = 500
_MOST_TAGS = 20
_MOST_MEDIA = 100
_ENDINGS = dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif", "svg"), "image")
_ENDINGS |= dict.fromkeys(("mp3", "m4a", "ogg", "oga", "opus", "flac", "wav", "aac"), "audio")
_ENDINGS |= dict.fromkeys(("mp4", "m4v", "webm", "mov", "ogv", "avi", "mkv"), "video")
_SAMPLE = 20  # entries that show what kind of document it is
_YEARS = range(1900, 2200)  # outside, a date is a mistake


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the document has it."""

    value: str = ""
    html: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a document says of one entry, untouched. ``base`` is what it declares for relative addresses."""

    guid: str = ""
    link: str = ""
    title: Text = Text()
    summary: Text = Text()
    content: Text = Text()
    author: str = ""
    lang: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    base: str = ""

    @property
    def hash(self) -> str:
        """Changes whenever anything that the document says does."""
        return blake2b(repr(self).encode("utf-8", "replace"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of any format, read but not cleaned. ``every`` is how often it says it changes, in seconds."""

    entries: tuple[Entry, ...]
    title: Text = Text()
    site: str = ""
    lang: str = ""
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the entries come from. ``site`` and ``lang`` are the document's own, "" when it said none."""

    source: int
    address: str
    seen: datetime
    site: str = ""
    lang: str = ""


def build(
    entries: Sequence[Entry], place: Place, known: Mapping[str, str], dress: Callable[[Entry, Item], Item] | None = None
) -> tuple[Item, ...]:
    """The items that are new or changed, newest first, each as ``dress`` makes it. Entries that say nothing at all are
    left out."""
    # A title that repeats the text makes a post only where most do: an article's text may be its title, too.
    sample = entries[:_SAMPLE]
    posts = 2 * sum(map(_untitled, sample)) > len(sample)
    items = [
        (entry, _item(uid, entry, place, digest, posts))
        for uid, entry in _named(entries, known)
        if known.get(uid) not in (GONE, digest := entry.hash)
    ]
    made = (dress(entry, item) if dress else item for entry, item in items if item)
    return tuple(sorted(made, key=lambda item: item.at, reverse=True))


def words(text: Text) -> str:
    """``text`` as plain text on one line; of a very long one only the beginning is read."""
    return html.words(text.value) if text.html else plain(text.value[:_READ_OF_A_LINE])


def media_kind(address: str, type_: str) -> str:
    """What kind of :class:`~veille.model.Media` a file is, by its type, else by how its address ends."""
    kind = type_.partition("/")[0].strip().lower()
    if kind in ("image", "audio", "video"):
        return kind
    ending = address.partition("?")[0].rpartition(".")[2].lower()
    return _ENDINGS.get(ending, "file")


def moment(seconds: float | None) -> datetime | None:
    """A time from seconds since 1970; None for what cannot be one, 1 January 1970 at midnight included."""
    try:
        when = datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
    return when if when and when.year in _YEARS else None


def _named(entries: Sequence[Entry], known: Mapping[str, str]) -> Iterator[tuple[str, Entry]]:
    """Each entry with what tells it from the others: guid, else link, else a hash of what it says.

    A guid (or a link) that stands for several entries of a document names none of them by itself.
    """
    shared = Counter(name for name, _ in {(entry.guid or entry.link, _distinct(entry)) for entry in entries})
    given: set[str] = set()
    for entry in entries:
        name = entry.guid or entry.link
        longer = f"{name} {_distinct(entry)}"
        uid = longer if not name or shared[name] > 1 or _short(longer) in known else name
        if (uid := _short(uid)) not in given:
            given.add(uid)
            yield uid, entry


def _distinct(entry: Entry) -> str:
    """What tells an entry from another with the same guid, or with the same link and no guid."""
    if entry.guid:
        return entry.link
    said = (
        entry.title.value,
        str(entry.published or entry.updated),
        "" if entry.title.value else entry.content.value + entry.summary.value,
    )
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _short(uid: str) -> str:
    uid = plain(uid)
    return uid if len(uid) <= _LONGEST_UID else blake2b(uid.encode(), digest_size=16).hexdigest()


def _item(uid: str, entry: Entry, place: Place, digest: str, posts: bool) -> Item | None:
    site = resolve(place.site, place.address) or place.address
    base = resolve(entry.base, place.address) if entry.base else site
    url = clean_link(resolve(entry.link, base))
    page = base if entry.base else url or site
    body = html.clean(_as_html(entry.content if entry.content.value.strip() else entry.summary), page)
    text = html.to_text(body.html)
    title = words(entry.title)
    post = bool(text) and (not title or (posts and _untitled(entry)))
    media = _media(entry.media, body.media, page)
    if not (title or text or url or media):
        return None
    published, updated = _sensible(entry.published), _sensible(entry.updated)
    return Item(
        id=0,
        source=place.source,
        uid=uid,
        kind=ItemKind.POST if post else ItemKind.ARTICLE,
        url=url,
        title="" if post else (title or _stand_in(url, media))[:_LONGEST_TITLE],
        author=plain(entry.author)[:_LONGEST_AUTHOR],
        summary=excerpt(words(entry.summary) or text),
        content=body.html,
        lang=language.code(entry.lang or place.lang) or language.guess(f"{title} {text}"),
        published=published,
        updated=updated,
        seen=place.seen,
        at=min(published or updated or place.seen, place.seen),
        hash=digest,
        media=media,
        tags=_tags(entry.tags),
    )


def _as_html(text: Text) -> str:
    return text.value if text.html else html.from_text(text.value)


def _untitled(entry: Entry) -> bool:
    """Whether an entry has no title, or only the beginning of its text, as bridges write it."""
    title = fold(html.to_text(entry.title.value[:2000]))
    text = fold(html.to_text((entry.content.value.strip() or entry.summary.value)[:4000])[: len(title) + 50])
    start = title.rstrip("….").rstrip()
    return text.startswith(start) if title != start else text.rstrip("….") == start


def _stand_in(url: str, media: tuple[Media, ...]) -> str:
    """What an entry that has no words is called."""
    return url or next((each.description or each.url for each in media), "")


def _media(attached: Iterable[Media], shown: Iterable[Media], base: str) -> tuple[Media, ...]:
    """Attached files, then what the text showed; each address once."""
    found: dict[str, Media] = {}
    for each in attached:
        if address := clean_link(resolve(each.url, base)):
            whole = Media(each.kind, address, plain(each.description)[:500], plain(each.type)[:100])
            found.setdefault(address, whole)
    for each in shown:
        if each.url not in found or not found[each.url].description:
            found[each.url] = each
    return tuple(found.values())[:_MOST_MEDIA]


def _tags(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (plain(tag)[:_LONGEST_TAG] for tag in given))))[:_MOST_TAGS]


def _sensible(when: datetime | None) -> datetime | None:
    return when if when and when.year in _YEARS else None
