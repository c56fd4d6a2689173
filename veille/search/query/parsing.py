"""What a person typed into the search box, as a question. Pure: no index, no Whoosh.

    fibre tarif                   both words
    "appel d'offres"              exactly these words, in a row
    -football  -(a b)  NOT a      without
    a b OR c                      (a and b), or c; OR binds last
    éner*                         what begins so
    title:(fibre OR réseau)       an operator (``operators.py``), for one value or for all in the parentheses

Everything has its English and its French name. Nothing typed here ever fails: what is not understood is left out and
said in a note. Everything is capped, so that reading takes milliseconds whatever is pasted.

``lexer.py`` cuts the text into pieces, ``leaves.py`` says what each asks for, and here they are put together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from veille.i18n import _, language
from veille.search.query.joining import either, every, opposite
from veille.search.query.leaves import Leaves, shown
from veille.search.query.lexer import Piece, Sign, pieces
from veille.search.query.operators import OPERATORS, Operator, Takes, named
from veille.search.query.question import (
    EVERYTHING,
    All,
    Any,
    Beginning,
    Between,
    InNote,
    Node,
    Not,
    Part,
    Phrase,
    Question,
    Word,
    changed,
)
from veille.search.words.compounds import HYPHENS

LONGEST_TEXT = 4000  # characters that are read
DEEPEST = 20  # parentheses within parentheses
_HYPHENS = frozenset(HYPHENS)


def parse(text: str, now: datetime, *, typing: bool = True) -> Question:
    """``text`` as a question; ``now`` is what relative dates count from. Never raises.

    ``typing``: it may go on. Its last plain word, with nothing after it, then matches what begins so too, and what
    is plainly unfinished is not complained of.
    """
    leaves = Leaves(now, typing)
    if len(text) > LONGEST_TEXT:
        leaves.note(_("Only the first {n} characters were read.").format(n=LONGEST_TEXT))
    root = _Parser(text[:LONGEST_TEXT], leaves).root()
    if any(each.since and each.until and each.since >= each.until for each in _periods(root)):
        since, until = (named(each, language()) for each in OPERATORS if each.key in ("since", "until"))
        leaves.note(_("The dates leave nothing: “{since}” is after “{until}”.").format(since=since, until=until))
    return Question(root, leaves.notes)


@dataclass
class _Group:
    """What stands between two parentheses, or the whole text."""

    operator: Operator | None = None  # whose values its words are
    negated: bool = False  # by a minus before it
    wanted: bool = True  # neither it nor what it is in is negated
    sides: list[Node] = field(default_factory=list)  # what was read before an OR
    side: list[Node] = field(default_factory=list)  # what is being read
    empty: bool = True  # nothing was typed on this side yet
    joint: Piece | None = None  # the OR before it

    def turn(self, joint: Piece | None = None) -> None:
        """Go on to the next side."""
        if self.side:
            self.sides.append(every(self.side))
        self.side, self.empty, self.joint = [], True, joint

    def node(self) -> Node | None:
        """All of it; None when it asks for nothing."""
        self.turn()
        return either(self.sides) if self.sides else None


class _Parser:
    """Takes piece after piece, with a stack of the open groups, so that depth costs nothing."""

    def __init__(self, text: str, leaves: Leaves) -> None:
        self._text = text
        self._leaves = leaves
        self._groups = [_Group()]
        self._ignored = 0  # open parentheses that are too deep
        self._minus: Piece | None = None  # what negates the next piece
        self._name: Piece | None = None  # the operator whose value the next piece may be

    def root(self) -> Node:
        """The whole text, as a tree."""
        for piece in pieces(self._text):
            self._take(piece)
        if not self._leaves.typing:
            self._unvalued()
        self._ignored = 0
        while len(self._groups) > 1:
            self._close(over=True)
        last = self._groups[0]
        self._dangling(self._minus or (last.joint if last.empty else None), over=True)
        return last.node() or EVERYTHING

    def _take(self, piece: Piece) -> None:
        if self._name and (piece.start > self._name.end or piece.sign not in (Sign.OPEN, Sign.PHRASE)):
            self._unvalued()
        match piece.sign:
            case Sign.NOT:
                self._minus = None if self._minus else piece
            case Sign.NAME:
                self._name = piece
            case Sign.OPEN:
                self._open()
            case Sign.CLOSE:
                self._close()
            case Sign.OR:
                self._or(piece)
            case _:
                self._leaf(piece)

    def _leaf(self, piece: Piece) -> None:
        """A word, a phrase or an operator with its value."""
        text, group, operator = piece.text, self._groups[-1], self._operator(piece)
        unfinished = self._leaves.typing and piece.end == len(self._text)
        wanted = group.wanted and not self._minus  # so that while unfinished it may match more than what it becomes
        begins = unfinished and wanted and _in_word(text)
        if operator and operator.takes is not Takes.WORDS:
            said = self._text[(self._name or piece).start : piece.end]
            quoted = piece.sign is Sign.PHRASE
            unfinished = unfinished and not (quoted and piece.closed)
            node = self._leaves.value(
                operator, text, said, unfinished=unfinished, begins=unfinished and wanted, quoted=quoted)  # fmt: skip
        else:
            noted = operator is not None and operator.key == "note"
            part = Part(operator.key) if operator and not noted else Part.ANYWHERE
            if piece.sign is not Sign.PHRASE:
                node = self._leaves.word(text, piece.within, part, begins)
            elif piece.closed:
                node = self._leaves.phrase(text, piece.within, part)
            else:
                node = self._leaves.unclosed(text, piece.within, part, begins)
            node = changed(node, _in_note) if node and noted else node
        self._add(node, bool(self._minus))
        self._minus = self._name = None

    def _operator(self, piece: Piece) -> Operator | None:
        """The operator that ``piece`` is a value of."""
        return piece.operator or (self._name.operator if self._name else self._groups[-1].operator)

    def _add(self, node: Node | None, negated: bool) -> None:
        group = self._groups[-1]
        group.empty = False
        if node:
            group.side.append(opposite(node) if negated else node)

    # Groups ----------------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self._groups) > DEEPEST:
            self._ignored += 1
            self._leaves.note(_("Parentheses nested more than {n} deep were ignored.").format(n=DEEPEST))
            self._name = None
            return
        group, negated = self._groups[-1], bool(self._minus)
        operator = self._name.operator if self._name else group.operator
        self._groups.append(_Group(operator, negated, group.wanted and not negated))
        self._minus = self._name = None

    def _close(self, over: bool = False) -> None:
        """Close the innermost group; ``over``: nobody did, but the text ends here."""
        self._dangling(self._minus, over)
        if self._ignored or len(self._groups) == 1:
            self._ignored -= bool(self._ignored)
            return
        group = self._groups.pop()
        if group.joint:
            self._dangling(group.joint if group.empty else None, over)
        elif group.empty and not (over and self._leaves.typing):
            self._leaves.note(_("There is nothing between the parentheses."))
        self._add(group.node(), group.negated)

    def _or(self, piece: Piece) -> None:
        self._dangling(self._minus)
        if self._groups[-1].empty:
            self._dangling(piece)
        else:
            self._groups[-1].turn(piece)

    # What stands where it means nothing --------------------------------------------------------------

    def _dangling(self, piece: Piece | None, over: bool = False) -> None:
        """An OR or a NOT with nothing to join; at the end of the text that is still to come."""
        self._minus = None
        if piece and not (over and self._leaves.typing):
            self._leaves.note(_("“{word}” has nothing to join here and was ignored.").format(word=piece.text))

    def _unvalued(self) -> None:
        """An operator without a value. A minus before it has gone, too."""
        if self._name and self._name.operator:
            name = shown(self._text[self._name.start : self._name.end])
            self._leaves.note(_("“{name}” needs a value right after it, without a space.").format(name=name))
            self._groups[-1].empty = False
            self._minus = self._name = None


def _in_note(leaf: Node) -> Node:
    return InNote(leaf) if isinstance(leaf, Word | Beginning | Phrase) else leaf


def _in_word(text: str) -> bool:
    """Whether ``text`` may end inside a word that is still being typed: "garde-" may become "garde-robe"."""
    letter = text[-2:-1] if text[-1:] in _HYPHENS else text[-1:]
    return letter.isalnum() or "\u0300" <= letter <= "\u036f"


def _periods(node: Node) -> Iterator[Between]:
    if isinstance(node, All | Any):
        for each in node.nodes:
            yield from _periods(each)
    elif isinstance(node, Not):
        yield from _periods(node.node)
    elif isinstance(node, Between):
        yield node
