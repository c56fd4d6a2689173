"""Which sources of two editions are the same, though one moved; and two orders made one. Pure."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

from veille.core.packs.pack import PackSource

T = TypeVar("T")


def partners(ours: Sequence[PackSource], others: Sequence[PackSource]) -> dict[str, str]:
    """The key of the other for each of our sources that has one: the same key, or else a key that one of the two had
    before it moved, of the same kind. No source has two partners, and each is its partner's partner."""
    mine, free = {each.key: each for each in ours}, {each.key: each for each in others}
    found = {key: key for key in mine if key in free}
    for key in found:
        del mine[key], free[key]
    pairs = {(each.key, key) for each in mine.values() for key in _former(each) if key in free}
    pairs |= {(key, each.key) for each in free.values() for key in _former(each) if key in mine}
    for one, other in sorted(pairs, key=lambda pair: (sorted(pair), pair)):
        if one in mine and other in free:
            found[one] = other
            del mine[one], free[other]
    return found


def _former(source: PackSource) -> list[str]:
    return [key for key in source.former if key.startswith(f"{source.kind}:")]


def woven(spine: Sequence[T], other: Sequence[T]) -> list[T]:
    """``spine`` with what ``other`` alone has, each behind the one that it follows there."""
    there = set(spine)
    after: dict[T | None, list[T]] = {}
    anchor: T | None = None
    for each in other:
        if each in there:
            anchor = each
        else:
            after.setdefault(anchor, []).append(each)
    return [*after.get(None, ()), *(one for each in spine for one in (each, *after.get(each, ())))]


def alike(one: Sequence[T], other: Sequence[T]) -> bool:
    """Whether what both have stands in the same order in both."""
    first, second = set(one), set(other)
    return [each for each in one if each in second] == [each for each in other if each in first]


def digest(parts: Iterable[str], length: int) -> str:
    """A short name for ``parts``: the same on every machine, of ``length`` bytes in hexadecimal digits."""
    found = blake2b(digest_size=length)
    for each in parts:
        data = each.encode()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()
