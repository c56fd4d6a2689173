"""The values of a sector pack: one edition of a sector, as it stands in its file. All are frozen."""

from dataclasses import dataclass, field
from datetime import date, datetime

from veille.core.tables import Texts, speak
from veille.model import SourceKind
from veille.rules import Rule

FORMAT = 2  # the newest version of the file format that is understood; starter sectors are written in version 1

# What a pack has room for: characters of a text, and how many of something.
KEY, TITLE, WHY, NOTE, NAME, LANGUAGE, SELECTOR = 100, 200, 1000, 2000, 200, 35, 300
SOURCES, RULES, REMOVALS, LABELS, LABEL, FORMER = 5000, 1000, 5000, 20, 60, 20


@dataclass(frozen=True, slots=True)
class PackSource:
    """``key`` is the same on every machine; ``former`` are the keys that it had before it moved. ``tried`` is when the
    address of a starter sector last answered."""

    key: str
    address: str
    title: str
    site: str = ""
    lang: str = ""
    reasons: Texts = field(default_factory=dict)
    by: str = ""
    added: date | None = None
    trial: date | None = None
    labels: tuple[str, ...] = ()
    selector: str = ""
    former: tuple[str, ...] = ()
    tried: date | None = None

    @property
    def kind(self) -> SourceKind:
        """What kind of source it is."""
        return SourceKind(self.key.partition(":")[0])

    @property
    def why(self) -> str:
        """The reason, in the language in force."""
        return speak(self.reasons)


@dataclass(frozen=True, slots=True)
class PackRule:
    """A rule of the sector, or of one of its sources (``source``, its key). ``rule`` has its key, actions, condition,
    tags, reason and who added it when; its id, sector, source, origin and rank count for nothing. ``source`` may be
    missing in the pack, where a person declined it: then the rule is for nothing."""

    rule: Rule
    source: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """A source that was in an earlier edition, and why it is no longer."""

    key: str
    title: str
    why: str = ""
    by: str = ""
    when: date | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """``version`` counts the editions; ``published`` is by the curator's clock and decides nothing. ``note`` is what
    the curator says to the reader. Sources and rules are in the curator's order, removals by key."""

    key: str
    version: int
    titles: Texts
    summaries: Texts = field(default_factory=dict)
    note: str = ""
    by: str = ""
    published: datetime | None = None
    sources: tuple[PackSource, ...] = ()
    rules: tuple[PackRule, ...] = ()
    removals: tuple[Removal, ...] = ()

    @property
    def title(self) -> str:
        """The title, in the language in force."""
        return speak(self.titles)

    @property
    def summary(self) -> str:
        """What it covers, in the language in force."""
        return speak(self.summaries)
