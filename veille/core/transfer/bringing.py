"""Some rows of an import, in one transaction: new items into their collections, what the person did to all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from veille.content.html import to_text
from veille.content.text import fold, plain, printable
from veille.formats.entry import Collection, Entry, Refused
from veille.i18n import _, ngettext, number
from veille.model import Article, Changes, Clock, Highlight, Item, ItemKind, Progress, Source, SourceKind
from veille.posts import Network

if TYPE_CHECKING:
    from veille.store import Store


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the rows: ``added`` or, False, there already; ``losses`` say what of a row could not be kept."""

    added: tuple[bool, ...]
    losses: tuple[Refused, ...]
    changes: Changes


class Bringing:
    """One import, whose changes the history holds as one under ``text``; for one thread, to be closed."""

    def __init__(self, store: "Store", clock: Clock, text: str) -> None:
        from veille.store.lookup import Lookup

        self._store = store
        self._clock = clock
        self._text = text
        self._entry: int | None = None
        self._lookup = Lookup(store.db)

    @property
    def entry(self) -> int | None:
        """The entry of the history that takes all of it back; None when there is nothing to take back."""
        return self._entry if self._entry and self._store.history.stands(self._entry) else None

    def learn(self, progress: Progress) -> None:
        """Look through the library beforehand: nobody waits for that."""
        self._lookup.learn(progress)

    def bring(self, entries: Sequence[Entry]) -> Brought:
        """Store ``entries``, all of them or, when it raises, none."""
        with self._store.history.recording(self._text, self._entry) as entry:
            brought = _Batch(self._store, self._clock.now(), entries, self._items(entries)).store()
        self._entry = entry
        return brought

    def close(self) -> None:
        """Let go of what was learnt of the library."""
        self._lookup.close()

    def _items(self, entries: Sequence[Entry]) -> tuple[list[int], list[int]]:
        """For each of ``entries`` the item that it is (0: none yet), and the first of them that is the same."""
        from veille.store.lookup import Wanted

        kept = {each: self._store.sources.by_key(_key(each)) for each in {entry.collection for entry in entries}}
        ids = {each: source.id if source else -at for at, (each, source) in enumerate(kept.items(), 1)}
        rows = [
            Wanted(entry.item.url, entry.item.uid, ids[entry.collection], _post(entry.item)) for entry in entries
        ]  # fmt: skip
        first: dict[object, int] = {}
        leads = list[int]()
        for at, row in enumerate(rows):
            lead = next((first[name] for name in row.names if name in first), at)
            first.update((name, lead) for name in row.names if name not in first)
            leads.append(lead)
        return self._at_origin(entries, self._lookup.find(rows)), leads

    def _at_origin(self, entries: Sequence[Entry], found: list[int]) -> list[int]:
        """``found``, and of those without an address that were not what their sources have by their names."""
        from veille.store.lookup import Wanted

        left = [at for at, entry in enumerate(entries) if not (found[at] or entry.item.url) and entry.origin[0]]
        sources = {key: self._store.sources.by_key(key) for key in {entries[at].origin[0] for at in left}}
        pairs = [(source.id if (source := sources[entries[at].origin[0]]) else 0, entries[at].origin[1]) for at in left]
        there = self._lookup.find([Wanted("", uid, source) for source, uid in pairs])
        for at, item in zip(left, there, strict=True):
            found[at] = item
        return found


class _Batch:
    """``found`` and ``leads`` are what :meth:`Bringing._items` gave."""

    def __init__(
        self, store: "Store", now: datetime, entries: Sequence[Entry], items: tuple[list[int], list[int]]
    ) -> None:  # fmt: skip
        self._store = store
        self._now = now
        self._entries = entries
        self._found, self._leads = items
        self._losses: list[Refused] = []
        self._outlined = False  # a collection is new, or came back

    def store(self) -> Brought:
        new = [at for at, lead in enumerate(self._leads) if lead == at and not self._found[at]]
        sources = self._collections(new)
        made = self._new([replace(self._entries[at].item, source=sources[self._entries[at].collection]) for at in new])
        ids = [self._found[lead] for lead in self._leads]
        for at, item in zip(new, made, strict=True):
            ids[at] = item
        ids = [ids[lead] for lead in self._leads]
        known = {item for item in ids if item} - set(made)
        self._mark(ids, set(made))
        tagged = self._tag(ids)
        self._note(ids)
        self._highlight(ids)
        self._articles(ids, known)
        added = set(new)
        changes = Changes(
            frozenset(sources.values()), frozenset(known), outline=self._outlined, tags=tagged)  # fmt: skip
        return Brought(tuple(at in added for at in range(len(ids))), tuple(self._losses), changes)

    # Items ---------------------------------------------------------------------------------------

    def _collections(self, new: Sequence[int]) -> dict[Collection, int]:
        """The sources of what is new, made where there are none; one that was removed comes back when it is brought
        again, though all its rows are there."""
        sources: dict[Collection, int] = {}
        needed = {self._entries[at].collection for at in new}
        for each in dict.fromkeys(entry.collection for entry in self._entries):
            source = self._store.sources.by_key(_key(each))
            if each in needed or (source is not None and source.removed and self._holds(source, each)):
                self._outlined |= source is None or source.removed is not None
                source = self._store.sources.add(_key(each), SourceKind.COLLECTION, each.value, _(each.label))
                sources[each] = source.id
        return sources

    def _holds(self, source: Source, collection: Collection) -> bool:
        """Whether the item of a row of ``collection`` is in its ``source``."""
        rows = zip(self._entries, self._found, strict=True)
        uids = {entry.item.uid: item for entry, item in rows if item and entry.collection is collection}
        there = self._store.items.by_uids(source.id, uids)
        return any(there[uid].id == item for uid, item in uids.items() if uid in there)

    def _new(self, items: Sequence[Item]) -> list[int]:
        ids = self._store.items.bring(items)
        if not all(ids):
            raise LookupError("an item is there that was not found")
        self._store.history.keep("inserted", "item", [(item,) for item in ids])
        return ids

    # What the person did -------------------------------------------------------------------------

    def _mark(self, ids: Sequence[int], made: set[int]) -> None:
        known = set(ids) - made
        threaded = len(self._store.posts.spread(known)) > len(known)
        saved: dict[int, datetime] = {}
        flagged: dict[datetime, set[int]] = {}
        for entry, item in zip(self._entries, ids, strict=True):
            when = min(entry.saved or self._now, self._now)
            together = self._store.posts.spread([item]) if threaded and item in known else [item]
            for each in together:  # what lists show as one
                saved[each] = min(when, saved.get(each, when))
            if entry.flagged:
                flagged.setdefault(min(entry.flagged, self._now), set()).update(together)
        self._store.marks.save_each(saved)
        for when, some in sorted(flagged.items()):
            self._store.marks.set_flagged(some, when)
        pairs = zip(self._entries, ids, strict=True)
        self._store.marks.set_read({item for entry, item in pairs if entry.read and item in made})

    def _tag(self, ids: Sequence[int]) -> bool:
        from veille.store.marks import TAG

        wanted: dict[int, dict[str, str]] = {}
        rows: dict[int, Entry] = {}
        for entry, item in zip(self._entries, ids, strict=True):
            names = list(filter(None, (plain(plain(name).lstrip("#")) for name in entry.tags)))
            for name in names:
                wanted.setdefault(item, {}).setdefault(fold(name[:TAG]), name[:TAG].rstrip())
                rows.setdefault(item, entry)
            if long := [name for name in names if len(name) > TAG]:
                self._lose(entry, _("Too long for tags, so cut: {what}").format(what=", ".join(long)))
        left = self._store.marks.tag_each({item: tags.values() for item, tags in wanted.items()})
        for item, names in left.items():
            self._lose(rows[item], _("No room for more tags: {what}").format(what=", ".join(names)))
        return bool(wanted)

    def _note(self, ids: Sequence[int]) -> None:
        from veille.store.marks import NOTE

        given = [(entry, item, printable(entry.note).strip()) for entry, item in zip(self._entries, ids, strict=True)]
        given = [each for each in given if each[2]]
        marks = self._store.marks.get([item for _entry, item, _note in given])
        notes = {item: mark.note for item, mark in marks.items()}
        for entry, item, note in given:
            text = notes[item] = _joined(notes.get(item, ""), note)
            if len(text) > NOTE:
                notes[item] = text[:NOTE].rstrip()
                over = len(text) - len(notes[item])
                said = ngettext(
                    "The note is too long: its last {n} character was left out.",
                    "The note is too long: its last {n} characters were left out.",
                    over,
                )
                self._lose(entry, said.format(n=number(over)))
        for item, note in notes.items():
            self._store.marks.set_note(item, note, self._now)

    def _highlight(self, ids: Sequence[int]) -> None:
        from veille.store.highlights import HIGHLIGHTS

        pairs = zip(self._entries, ids, strict=True)
        given = [(entry, item) for entry, item in pairs if entry.highlights or entry.passages]
        there = self._store.highlights.of({item for _entry, item in given})
        new = list[Highlight]()
        room = {item: HIGHLIGHTS - len(there.get(item, ())) for _entry, item in given}
        has: dict[tuple[int, str], list[Highlight]] = {}
        for each in (each for some in there.values() for each in some):
            has.setdefault((each.item, each.text), []).append(each)
        for entry, item in given:
            left = 0
            for each in _pieces(entry, self._now):
                same = has.setdefault((item, each.text), [])
                if any(_same(each, old) for old in same):
                    continue
                if room[item] <= 0:
                    left += 1
                    continue
                room[item] -= 1
                same.append(replace(each, item=item))
                new.append(same[-1])
            if left:
                text = ngettext(
                    "No room for {n} more highlight.", "No room for {n} more highlights.", left
                )  # fmt: skip
                self._lose(entry, text.format(n=number(left)))
        self._store.highlights.put(new)

    def _articles(self, ids: Sequence[int], known: set[int]) -> None:
        """The page behind a row becomes the article of an item that has none; so does the full text of a row whose item
        says less itself."""
        pairs = list(zip(self._entries, ids, strict=True))
        pages = {item: entry.article for entry, item in pairs if entry.article}
        fetched = self._store.articles.html(pages)
        for item, page in pages.items():
            if item not in fetched:
                self._store.articles.put(replace(page, item=item))
        texts = {
            item: entry.item
            for at, (entry, item) in enumerate(pairs)
            if (item in known or self._leads[at] != at) and entry.item.content and entry.item.kind is ItemKind.ARTICLE
        }
        fetched = self._store.articles.html(texts)
        for old in self._store.items.whole(item for item in texts if item not in fetched):
            new = texts[old.id]
            if old.kind is ItemKind.ARTICLE and len(to_text(new.content)) > len(to_text(old.content)):
                self._store.articles.put(_article(old.id, new, self._now))

    def _lose(self, entry: Entry, reason: str) -> None:
        self._losses.append(Refused(entry.row, entry.item.title, entry.item.url, reason, entry.place))


def _key(collection: Collection) -> str:
    return f"{SourceKind.COLLECTION}:{collection}"


def _post(item: Item) -> str:
    """What X calls it; "" for what is no post there."""
    return item.post.id if item.post and item.post.network is Network.X else ""


def _joined(old: str, new: str) -> str:
    """``new`` below ``old``, unless it is said there already."""
    if f"\n\n{new}\n\n" in f"\n\n{old}\n\n":
        return old
    return f"{old}\n\n{new}" if old else new


def _pieces(entry: Entry, now: datetime) -> Iterator[Highlight]:
    """The passages of ``entry`` on one line each, long ones in pieces."""
    from veille.store.highlights import TEXT

    for each in (*(Highlight(0, text, now) for text in entry.highlights), *entry.passages):
        text = plain(each.text)
        while len(text) > TEXT:
            cut = text.rfind(" ", TEXT // 2, TEXT)
            cut = cut if cut > 0 else TEXT
            yield replace(each, text=text[:cut])
            text = text[cut:].lstrip()
        if text:
            yield replace(each, text=text)


def _same(new: Highlight, old: Highlight) -> bool:
    """Whether both, which say the same, are one passage, as far as is known where they stand."""
    known = (new.before or new.after) and (old.before or old.after)
    return not known or (new.before, new.after) == (old.before, old.after)


def _article(item: int, given: Item, now: datetime) -> Article:
    return Article(
        item, given.content, now, title=given.title, author=given.author, published=given.published,
        media=given.media)  # fmt: skip
