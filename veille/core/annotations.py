"""What the person wrote to items: tags, a note, marked passages. All of it is on the disk when it is confirmed, and can
be undone."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from veille.content.passages import Text
from veille.content.text import fold, plain, printable
from veille.core.history import standing
from veille.core.searching.documents import beside
from veille.errors import NotFound, NotInText
from veille.i18n import _, ngettext, number
from veille.model import Article, Changes, Clock, Highlight, Item
from veille.store.highlights import CONTEXT, HIGHLIGHTS, TEXT
from veille.store.marks import NOTE, TAG, TAGS

if TYPE_CHECKING:
    from veille.store import Store

__all__ = ["HIGHLIGHTS", "NOTE", "TAG", "TAGS", "TEXT", "Annotations", "tag_names"]

_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»＂', "'"))  # so that a search can name every tag


class Annotations:
    """Tags, notes and highlights; ``wake`` tells the indexer that there is something to index."""

    def __init__(self, store: "Store", clock: Clock, wake: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    # Tags ------------------------------------------------------------------------------------------

    def tag(self, ids: Iterable[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> Changes:
        """Give items tags of the person's own, and take others from them, a post with its thread.

        Raises TooLong for a tag, TooMany for an item.
        """
        ids = list(ids)
        given, taken = tag_names(add), _names(remove)
        if len(given) + len(taken) == 1 and given:
            text = ngettext("{n} item tagged “{tag}”.", "{n} items tagged “{tag}”.", len(ids))
        elif len(given) + len(taken) == 1:
            text = ngettext(
                "The tag “{tag}” was taken from {n} item.", "The tag “{tag}” was taken from {n} items.", len(ids)
            )
        else:
            text = ngettext("Tags of {n} item changed.", "Tags of {n} items changed.", len(ids))
        text = text.format(n=number(len(ids)), tag="".join((*given, *taken)))
        with self._store.history.recording(text) as entry:
            touched = self._store.marks.set_tags(self._store.posts.spread(ids), given, taken)
        return self._changes(touched, entry, text, tags=True)

    def tags(self) -> tuple[str, ...]:
        """The person's tags, in the order of the alphabet."""
        return tuple(name for name, _count in self._store.marks.tags())

    def rename_tag(self, old: str, new: str) -> Changes:
        """Call a tag ``new`` wherever it is; where that is a tag already, both become one. Raises TooLong."""
        name = next(iter(tag_names([new])), old)
        text = _("The tag “{old}” is now called “{new}”.").format(old=old, new=name)
        with self._store.history.recording(text) as entry:
            touched = self._store.marks.rename_tag(old, name)
        return self._changes(touched, entry, text, tags=True)

    def remove_tag(self, name: str) -> Changes:
        """Take a tag from all items."""
        return self.tag(self._store.marks.tagged(fold(name)), remove=[name])

    # Notes -----------------------------------------------------------------------------------------

    def note(self, id: int, text: str) -> Changes:
        """Write ``text`` on an item in place of what was noted there. Raises TooLong, and NotFound for no item."""
        note = printable(text).strip()
        said = _("The note was kept.") if note else _("The note was removed.")
        with self._store.history.recording(said) as entry:
            changed = self._store.marks.set_note(id, note, self._clock.now())
            if not changed and self._store.items.get(id) is None:  # it expired while the note was being written
                raise NotFound(what=_("item"), name=str(id))
        return self._changes([id] if changed else [], entry, said)

    # Highlights ------------------------------------------------------------------------------------

    def highlights(self, id: int) -> tuple[Highlight, ...]:
        """The passages that the person marked in an item, in the order in which they did."""
        return self.highlights_of([id]).get(id, ())

    def highlights_of(self, ids: Iterable[int]) -> dict[int, tuple[Highlight, ...]]:
        """The same of many items, by item; those without any are left out."""
        return self._store.highlights.of(ids)

    def lost(self, highlights: Iterable[Highlight]) -> tuple[Highlight, ...]:
        """Those of ``highlights`` whose words are no longer in the text of their item, nor in its fetched article."""
        some = list(highlights)
        texts = {item: self._texts(item) for item in {each.item for each in some}}
        return tuple(each for each in some if not any(text.find(each.text) for text in texts[each.item]))

    def highlight(self, id: int, text: str, before: str = "", after: str = "") -> Changes:
        """Mark a passage of an item or of the article behind it: ``text``, with whatever blanks, is in one of them.

        ``before`` and ``after`` tell which, where it stands there more than once. A passage that overlaps others makes
        one of them all, and one within another changes nothing. Raises NotInText, TooLong and TooMany.
        """
        for whole in self._texts(id):
            if place := whole.find(text, before, after):
                break
        else:
            raise NotInText
        said = _("The passage was highlighted.")
        with self._store.history.recording(said) as entry:
            overlapping = []
            for each in self.highlights(id):
                at = whole.find(each.text, each.before, each.after)
                if at and at[0] < place[1] and place[0] < at[1]:
                    overlapping.append(each)
                    place = min(at[0], place[0]), max(at[1], place[1])
            new = _passage(id, whole.text, place, self._clock)
            if any(each.text == new.text for each in overlapping):
                return Changes(text=_("This passage is highlighted already."))
            self._store.highlights.remove(overlapping)
            touched = self._store.highlights.put([new])
        return self._changes(touched, entry, said)

    def unhighlight(self, highlights: Iterable[Highlight]) -> Changes:
        """Mark these passages no longer."""
        some = list(highlights)
        said = ngettext("{n} passage is no longer highlighted.", "{n} passages are no longer highlighted.", len(some))
        said = said.format(n=number(len(some)))
        with self._store.history.recording(said) as entry:
            touched = self._store.highlights.remove(some)
        return self._changes(touched, entry, said)

    def marked(self, id: int, text: str) -> tuple[Highlight, ...]:
        """The highlights of an item that say ``text``, a part of it, or more; blanks do not matter."""
        wanted = Text(text)
        return tuple(
            each for each in self.highlights(id) if wanted.find(each.text) or Text(each.text).find(text)
        )  # fmt: skip

    # Pieces ----------------------------------------------------------------------------------------

    def _texts(self, id: int) -> list[Text]:
        """What can be marked of an item: what its source gave, and the article behind it."""
        item = self._store.items.get(id)
        article = self._store.articles.get(id) if item else None
        return [*([Text(_said(item))] if item else []), *([Text(_text_of(article))] if article else [])]

    def _changes(self, touched: Iterable[int], entry: int, text: str, *, tags: bool = False) -> Changes:
        items = frozenset(touched)
        if items and not tags:
            self._wake()
        return Changes(items=items, tags=tags and bool(items), undo=standing(self._store, entry), text=text)


def tag_names(names: Iterable[str]) -> list[str]:
    """``names`` as tags: on one line, without "#", each once, and without what would end its name in a search."""
    return _names(name.translate(_QUOTES) for name in names)


def _names(names: Iterable[str]) -> list[str]:
    tags = (plain(plain(name).lstrip("#")) for name in names)
    return list({fold(tag): tag for tag in reversed([*tags]) if tag}.values())[::-1]


def _said(item: Item) -> str:
    from veille.content.html import to_text

    text = to_text(item.content) or item.summary
    return "\n".join(filter(None, (item.title, text, *beside(item, text))))


def _text_of(article: Article) -> str:
    from veille.content.html import to_text

    return "\n".join(filter(None, (article.title, to_text(article.html))))


def _passage(item: int, text: str, place: tuple[int, int], clock: Clock) -> Highlight:
    """What stands in ``text`` at ``place``, on one line, with what is around it."""
    start, end = place
    before, after = plain(text[max(0, start - CONTEXT) : start]), plain(text[end : end + CONTEXT])
    return Highlight(item, plain(text[start:end]), clock.now(), before, after)
