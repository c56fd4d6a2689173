"""What a fetched entry means for the store: new, changed, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from veille.model import Item


@dataclass(frozen=True, slots=True)
class Decision:
    """``inserts`` are unknown to the store; ``updates`` carry the id of what they replace."""

    inserts: tuple[Item, ...] = ()
    updates: tuple[Item, ...] = ()


def decide(old: Mapping[str, Item], new: Sequence[Item]) -> Decision:
    """Compare what a source gave (``new``, newest first) with what the store has of the same source, by uid.

    A uid given twice counts once, the first time. What changed keeps its id, when it was first seen and,
    unless the source says when it was published, its place in time: a change of ``updated`` moves nothing. It keeps
    its text where the feed gives none any more.
    """
    inserts: list[Item] = []
    updates: list[Item] = []
    first = {item.uid: item for item in reversed(new)}
    for item in new:
        before = old.get(item.uid)
        if first[item.uid] is not item:
            continue
        if before is None:
            inserts.append(item)
        elif before.hash != item.hash:
            at = item.at if item.published else before.at
            updates.append(replace(_with_text(item, before), id=before.id, seen=before.seen, at=at))
    return Decision(tuple(inserts), tuple(updates))


def _with_text(item: Item, before: Item) -> Item:
    """An entry that a feed gives without its text from now on keeps the text that it had; a post that its author
    edits does not."""
    if item.post or item.content or item.summary:
        return item
    return replace(item, title=item.title or before.title, content=before.content, summary=before.summary)
