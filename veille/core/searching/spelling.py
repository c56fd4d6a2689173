"""What was perhaps meant: words of a search that no item has, and the search with better ones. Pure."""

from collections.abc import Callable, Mapping, Sequence

from veille.core.naming import Labels
from veille.search.query.question import Beginning, Node, Word, wanted
from veille.search.words.analysis import spans


def unsure(root: Node, labels: Labels, begins: Callable[[Node], bool]) -> list[Word]:
    """The words of ``root`` that may be misspelt, where they stand in what was typed.

    Not the name of a source, nor the beginning of a word that some item has (``begins``): it is still being typed.
    """
    asked = list(wanted(root))
    typing = {(each.at, each.text): each for each in asked if isinstance(each, Beginning)}
    found = []
    for each in asked:
        if not isinstance(each, Word) or not each.at[1] or labels.word(each.text):
            continue
        beginning = typing.get((each.at, each.text))
        if beginning and (labels.beginning(each.text) or begins(beginning)):
            continue
        found.append(each)
    return found


def respelt(typed: str, words: Sequence[Word], better: Mapping[str, str]) -> str:
    """``typed`` with each of ``words`` that has a ``better`` one replaced where it stands; the rest stays as it is."""
    there = {
        (start + each.start, start + each.end): better[each.word]
        for start, end in {word.at for word in words}
        for each in spans(typed[start:end])
        if each.word in better
    }
    for (start, end), word in sorted(there.items(), reverse=True):
        typed = typed[:start] + word + typed[end:]
    return typed
