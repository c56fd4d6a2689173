"""The values of rules: what is done with items when they arrive, and with which. All are frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veille.model import ItemKind

MOST = 200  # rules in a profile
LISTED = 50  # words, authors or languages in one rule
WORD = 100  # characters of one of them


class Action(StrEnum):
    """What a rule does with an item. Hidden ones are kept and can be listed; they come back when the rule goes."""

    HIDE = "hide"
    READ = "read"
    FLAG = "flag"
    TAG = "tag"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Condition:
    """What an item must be. Each part that is set must hold; of a list one is enough; all empty: every item.

    ``words`` are words, beginnings of words ("hydro*") and phrases (with blanks), compared folded, in title and text,
    or with ``in_title`` in the title alone; none of ``without`` may be there. ``authors`` are compared as phrases with
    the author's name and handle. ``langs`` are codes (ISO 639-1). ``shorter`` and ``longer`` count the words of the
    text: fewer than, more than (0: no matter).
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    in_title: bool = False
    authors: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    kind: ItemKind | None = None
    shorter: int = 0
    longer: int = 0

    @property
    def everything(self) -> bool:
        """Whether every item is so."""
        return self == Condition(in_title=self.in_title)


@dataclass(frozen=True, slots=True)
class Rule:
    """``key`` is the same on every machine, ``id`` this profile's own (0: not kept yet).

    It holds for the sources of a ``sector`` (its key), for one ``source`` (its id), or, with neither, for all. ``tags``
    are given by :attr:`Action.TAG`. ``origin``, ``by``, ``added`` and ``why`` are as those of a
    :class:`veille.model.Membership`.
    """

    actions: frozenset[Action]
    condition: Condition = Condition()
    sector: str = ""
    source: int = 0
    tags: tuple[str, ...] = ()
    id: int = 0
    key: str = ""
    origin: str = "person"
    by: str = "person"
    added: datetime | None = None
    why: str = ""
    rank: int = 0
    paused: bool = False

    @property
    def pack(self) -> str:
        """The key of the pack that brought it; "" for none."""
        kind, _colon, name = self.origin.partition(":")
        return name.rpartition("@")[0] if kind == "pack" else ""
