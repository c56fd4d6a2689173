"""What of an item the search knows: its text, of a post what stands beside it, and what was added to it here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from veille.content.passages import bare
from veille.model import Item, ItemKind
from veille.posts import Post

if TYPE_CHECKING:
    from veille.search.index import Document
    from veille.store import Store


@dataclass(frozen=True, slots=True)
class Added:
    """What stands with an item beside what its source gave: the person's note and the passages that they marked, plain
    text, and the page behind it, sanitised HTML."""

    note: str = ""
    passages: tuple[str, ...] = ()
    article: str = ""


UNTOUCHED = Added()


def added(store: "Store", items: Iterable[int]) -> Mapping[int, Added]:
    """What was added to ``items``; those to which nothing was are left out."""
    ids = list(items)
    notes, passages, articles = store.marks.notes_of(ids), store.highlights.of(ids), store.articles.html(ids)
    return {
        item: Added(notes.get(item, ""), tuple(each.text for each in passages.get(item, ())), articles.get(item, ""))
        for item in {*notes, *passages, *articles}
    }


def document(item: Item, more: Added = UNTOUCHED) -> "Document":
    """``item`` as the index takes it in, with what was added to it; what two of its texts say is taken in once."""
    from veille.content.html import to_text
    from veille.search.index import Document

    text = to_text(item.content) or item.summary
    lines = [text, *beside(item, text)]
    if more != UNTOUCHED:
        lines = _once(lines, more)
    return Document(
        id=item.id, title=item.title, text="\n".join(filter(None, lines)), author="\n".join(_people(item)),
        source=item.source, kind=item.kind, lang=item.lang, at=item.at, tags=item.tags)  # fmt: skip


def _once(lines: list[str], more: Added) -> list[str]:
    """``lines``, then what of the page, the passages and the note none before it says, whatever blanks it has."""
    from veille.content.html import paragraphs

    page = paragraphs(more.article)
    beginning = bare(lines[0]).rstrip("[….]")  # a feed often gives that of its page
    if beginning and beginning in bare("".join(page)):
        lines = lines[1:]
    said, kept = bare("".join(lines)), lines
    for each in (*page, *more.passages, more.note):
        line = bare(each)
        if line not in said:
            said += line
            kept.append(each)
    return kept


def _people(item: Item) -> Iterable[str]:
    """Handles and names of who wrote a post, passed it on, or is quoted or answered by it; of an article its author."""
    post = item.post
    people = [post.author, post.reposted_by, *(each.author for each in post.referred)] if post else []
    handles = [each.handle for each in people if each]  # first: names can be as long as a text
    names = [each.name for each in people if each]
    return dict.fromkeys(filter(None, (*handles, item.author, *names)))


def beside(item: Item, text: str) -> Iterator[str]:
    """What a post says beside its ``text``, and its hashtags and the handles it names where they are not in it."""
    from veille.search.words.analysis import placed

    tags = _tags(item)
    yield from _lines(item)
    said = {word for _place, word in placed(text)} if tags else set()
    yield from (tag for tag in tags if not said.issuperset(word for _place, word in placed(tag)))


def all_beside(item: Item) -> Iterator[str]:
    """The same, and the hashtags and handles that are in the text, too."""
    yield from _lines(item)
    yield from _tags(item)


def _lines(item: Item) -> Iterator[str]:
    if item.kind is ItemKind.POST:
        if item.post:
            yield from _inside(item.post)
        yield from (each.description for each in item.media)


def _tags(item: Item) -> list[str]:
    if item.kind is not ItemKind.POST:
        return []
    named = item.post.mentions if item.post else ()
    return [*(f"#{tag.lstrip('#')}" for tag in item.tags), *(each.handle for each in named)]


def _inside(post: Post) -> Iterator[str]:
    """The warning, the choices of the poll, and the text and pictures of the posts inside."""
    from veille.content.html import to_text

    yield post.warning
    yield from (option for option, _votes in (post.poll.options if post.poll else ()))
    for each in post.referred:
        yield to_text(each.html)
        yield from (medium.description for medium in each.media)
