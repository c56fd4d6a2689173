"""Trees of questions in one line, and their leaves."""

from datetime import datetime

from veille.search.query.question import (
    All,
    Any,
    Beginning,
    Between,
    FromSource,
    InLanguage,
    InSector,
    Like,
    Marked,
    Node,
    Not,
    OfKind,
    Part,
    Phrase,
    Tagged,
    Word,
)


def said(node: Node) -> str:
    """A tree in one line: & joins what must match, | what may."""
    match node:
        case Word(text, part):
            return _part(part) + text
        case Beginning(text, part):
            return f"{_part(part)}{text}*"
        case Phrase(words, part):
            return f'{_part(part)}"{" ".join(words)}"'
        case All(nodes):
            return f"({' & '.join(map(said, nodes))})" if nodes else "everything"
        case Any(nodes):
            return f"({' | '.join(map(said, nodes))})"
        case Not(inner):
            return f"-{said(inner)}"
        case Between(since, until):
            return f"{_day(since)}..{_day(until)}"
        case OfKind(kind):
            return f"kind:{kind.value}"
        case Marked(mark):
            return f"is:{mark.value}"
        case InSector(value) | FromSource(value) | Tagged(value) | InLanguage(value) | Like(value):
            return f"{type(node).__name__}:{value}"
    return repr(node)


def _part(part: Part) -> str:
    return f"{part.value}:" if part else ""


def _day(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d") if moment else ""


def words(node: Node) -> list[Word | Beginning | Phrase]:
    """All of them, wanted or not."""
    return [each for each in leaves(node) if isinstance(each, Word | Beginning | Phrase)]


def leaves(node: Node) -> list[Node]:
    if isinstance(node, All | Any):
        return [leaf for each in node.nodes for leaf in leaves(each)]
    return leaves(node.node) if isinstance(node, Not) else [node]
