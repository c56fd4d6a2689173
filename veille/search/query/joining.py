"""Joining nodes of a question, as simply as it can be said. Pure."""

from collections.abc import Iterable, Iterator

from veille.search.query.question import EVERYTHING, NOTHING, All, Any, Between, Node, Not


def every(nodes: Iterable[Node]) -> Node:
    """All of ``nodes`` must match; their periods become one."""
    apart = tuple(dict.fromkeys(_one_period(_flat(nodes, All))))
    return apart[0] if len(apart) == 1 else All(apart) if apart else EVERYTHING


def either(nodes: Iterable[Node]) -> Node:
    """One of ``nodes`` must match."""
    apart = tuple(dict.fromkeys(_flat(nodes, Any)))
    return apart[0] if len(apart) == 1 else Any(apart) if apart else NOTHING


def opposite(node: Node) -> Node:
    """What ``node`` does not match."""
    return node.node if isinstance(node, Not) else Not(node)


def _flat(nodes: Iterable[Node], kind: type[All] | type[Any]) -> Iterator[Node]:
    for each in nodes:
        if isinstance(each, kind):
            yield from each.nodes
        else:
            yield each


def _one_period(nodes: Iterable[Node]) -> list[Node]:
    """``nodes`` with what all their periods have in common, in the place of the first."""
    kept, at, period = list[Node](), -1, Between()
    for each in nodes:
        if not isinstance(each, Between):
            kept.append(each)
            continue
        since = max(filter(None, (period.since, each.since)), default=None)
        until = min(filter(None, (period.until, each.until)), default=None)
        period = Between(since, until)
        if at < 0:
            at = len(kept)
            kept.append(period)
        kept[at] = period
    return kept
