"""What of an item the search knows: its text, and of a post what stands beside it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from veille.model import Item, ItemKind
from veille.posts import Post

if TYPE_CHECKING:
    from veille.search.index import Document


def document(item: Item) -> "Document":
    """``item`` as the index takes it in."""
    from veille.content.html import to_text
    from veille.search.index import Document

    text = to_text(item.content) or item.summary
    lines = filter(None, (text, *beside(item, text)))
    return Document(
        id=item.id, title=item.title, text="\n".join(lines), author="\n".join(_people(item)), source=item.source,
        kind=item.kind, lang=item.lang, at=item.at, tags=item.tags)  # fmt: skip


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

    if item.kind is not ItemKind.POST:
        return
    tags = [f"#{tag.lstrip('#')}" for tag in item.tags]
    if item.post:
        yield from _inside(item.post)
        tags += (each.handle for each in item.post.mentions)
    yield from (each.description for each in item.media)
    said = {word for _place, word in placed(text)}
    yield from (tag for tag in tags if not said.issuperset(word for _place, word in placed(tag)))


def _inside(post: Post) -> Iterator[str]:
    """The warning, the choices of the poll, and the text and pictures of the posts inside."""
    from veille.content.html import to_text

    yield post.warning
    yield from (option for option, _votes in (post.poll.options if post.poll else ()))
    for each in post.referred:
        yield to_text(each.html)
        yield from (medium.description for medium in each.media)
