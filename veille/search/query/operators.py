"""The operators of the search box, ``name:value``: what each is called, and what it takes. Pure.

The one table of them: ``query.py`` reads by it, the completion offers by it, and the README shows it. Names are those
that a person types, with their accents; they are found without them too (:func:`find`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from veille.content.text import fold
from veille.i18n import N_, _


class Takes(StrEnum):
    """What stands after the colon."""

    WORDS = "words"  # a word, word*, a "phrase", or a group of them in parentheses
    SECTOR = "sector"  # what a person calls a sector
    SOURCE = "source"
    TAG = "tag"
    CHOICE = "choice"  # one of the operator's values
    LANGUAGE = "language"  # one of the values, or the code of another language
    DATE = "date"  # one of the values, or what ``content/dates.py`` reads
    ITEM = "item"  # the number of an item


@dataclass(frozen=True, slots=True)
class Value:
    """Something that an operator takes: ``key`` for the program, and its names, the first of each to be offered."""

    key: str
    names: tuple[str, ...]  # English
    french: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: ``key`` for the program, and its names, the first of each to be offered."""

    key: str
    names: tuple[str, ...]  # English
    french: tuple[str, ...]
    takes: Takes
    text: str  # what it finds, in English
    values: tuple[Value, ...] = ()

    @property
    def help(self) -> str:
        """What it finds, in the person's language."""
        return _(self.text)

    def value(self, typed: str) -> Value | None:
        """The value that goes by this name, in either language."""
        return _VALUES[self.key].get(_bare(typed))


def find(name: str) -> Operator | None:
    """The operator that goes by ``name``, in either language; case, accents, hyphens and apostrophes do not matter."""
    return _OPERATORS.get(_bare(name))


def begun(typed: str, language: str) -> str:
    """The first name of an operator that begins so, rather one in ``language``; "" for none."""
    bare = _bare(typed)
    own = [name for each in OPERATORS for name in (each.french if language == "fr" else each.names)]
    every = (*own, *(name for each in OPERATORS for name in (*each.names, *each.french)))
    return next((name for name in every if bare and _bare(name).startswith(bare)), "")


def named(what: Operator | Value, language: str) -> str:
    """What is offered for it in ``language`` ("en" or "fr"); without colon."""
    return what.french[0] if language == "fr" else what.names[0]


def _agreed(*words: str) -> tuple[str, ...]:
    """French participles in all their genders and numbers."""
    return tuple(f"{word}{ending}" for word in words for ending in ("", "e", "s", "es"))


_KINDS = (
    Value("article", ("article", "articles"), ("article", "articles")),
    Value("post", ("post", "posts"), ("message", "messages", "post", "posts", "publication", "publications")),
)
_STATES = (
    Value("saved", ("saved",), _agreed("enregistré")),
    Value("unread", ("unread",), _agreed("non-lu")),
    Value("read", ("read",), _agreed("lu")),
    Value("unsaved", ("unsaved", "not-saved"), _agreed("non-enregistré")),
    Value("flagged", ("flagged",), _agreed("signalé")),
    Value("noted", ("noted",), _agreed("annoté")),
    Value("highlighted", ("highlighted",), _agreed("surligné")),
    Value("hidden", ("hidden",), _agreed("masqué")),
)
_HELD = (
    Value("note", ("note", "notes"), ("note", "notes")),
    Value("highlight", ("highlight", "highlights"), ("surlignage", "surlignages", "passage", "passages")),
)
_DATES = (
    Value("today", ("today",), ("aujourd'hui",)),
    Value("yesterday", ("yesterday",), ("hier",)),
    Value("this-week", ("this-week",), ("cette-semaine",)),
    Value("last-week", ("last-week",), ("semaine-dernière",)),
    Value("this-month", ("this-month",), ("ce-mois",)),
    Value("last-month", ("last-month",), ("mois-dernier",)),
    Value("7d", ("7d",), ("7j",)),
    Value("30d", ("30d",), ("30j",)),
)
_LANGUAGES = tuple(
    Value(code, (code, english), (code, french))
    for code, english, french in (
        ("fr", "French", "français"), ("en", "English", "anglais"), ("de", "German", "allemand"),
        ("es", "Spanish", "espagnol"), ("it", "Italian", "italien"), ("pt", "Portuguese", "portugais"),
        ("nl", "Dutch", "néerlandais"), ("ar", "Arabic", "arabe"), ("ca", "Catalan", "catalan"),
        ("cs", "Czech", "tchèque"), ("da", "Danish", "danois"), ("el", "Greek", "grec"), ("fi", "Finnish", "finnois"),
        ("he", "Hebrew", "hébreu"), ("hi", "Hindi", "hindi"), ("hu", "Hungarian", "hongrois"),
        ("ja", "Japanese", "japonais"), ("ko", "Korean", "coréen"), ("no", "Norwegian", "norvégien"),
        ("pl", "Polish", "polonais"), ("ro", "Romanian", "roumain"), ("ru", "Russian", "russe"),
        ("sv", "Swedish", "suédois"), ("tr", "Turkish", "turc"), ("uk", "Ukrainian", "ukrainien"),
        ("vi", "Vietnamese", "vietnamien"), ("zh", "Chinese", "chinois"),
    )
)  # fmt: skip

OPERATORS = (
    Operator("title", ("title",), ("titre",), Takes.WORDS, N_("words in the title")),
    Operator("author", ("author", "by"), ("auteur", "par"), Takes.WORDS, N_("words in the author’s name")),
    Operator("sector", ("sector",), ("secteur",), Takes.SECTOR, N_("in that sector")),
    Operator("source", ("source",), ("source",), Takes.SOURCE, N_("from that source")),
    Operator("kind", ("kind", "type"), ("type", "genre"), Takes.CHOICE, N_("articles or posts"), _KINDS),
    Operator("lang", ("lang", "language"), ("langue",), Takes.LANGUAGE, N_("in that language"), _LANGUAGES),
    Operator("tag", ("tag",), ("étiquette", "mot-clé"), Takes.TAG, N_("with that tag, yours or the source’s")),
    Operator("note", ("note",), ("note",), Takes.WORDS, N_("words in your notes")),
    Operator(
        "is", ("is",), ("est",), Takes.CHOICE, N_("saved, read, flagged, noted, highlighted or hidden, or not"), _STATES
    ),
    Operator(
        "has", ("has", "with"), ("avec", "a"), Takes.CHOICE, N_("what you wrote a note on, or highlighted"), _HELD
    ),
    Operator("since", ("since",), ("depuis",), Takes.DATE, N_("from that day on"), _DATES),
    Operator("until", ("until",), ("jusqu'à", "jusqu'au"), Takes.DATE, N_("up to that day, included"), _DATES),
    Operator("like", ("like",), ("comme",), Takes.ITEM, N_("like the item with that number")),
)

# Words in capitals that join others. "AND" means nothing more than that both must match, as without it.
AND, OR, NOT = frozenset({"AND", "ET"}), frozenset({"OR", "OU"}), frozenset({"NOT", "SAUF", "NON"})


def _bare(name: str) -> str:
    """``name`` for comparison: folded letters alone ("Mot-clé" and "motcle" are one)."""
    return "".join(each for each in fold(name) if each.isalnum())


_OPERATORS: Mapping[str, Operator] = {_bare(name): each for each in OPERATORS for name in (*each.names, *each.french)}
_VALUES: Mapping[str, Mapping[str, Value]] = {
    each.key: {_bare(name): value for value in each.values for name in (*value.names, *value.french)}
    for each in OPERATORS
}
