"""What is left of a folded word without its endings, in French and in English.

Snowball's stemmers, helped: folding took the accents that the French one looks for, and it does not know all plurals
and feminines. Only forms of one word are to meet; the tests show which do.
"""

from collections.abc import Callable
from functools import lru_cache

from veille.content.text import fold


def stems(word: str) -> tuple[str, str]:
    """What is left of a folded word without its French, and without its English endings."""
    return french(word), english(word)


@lru_cache(maxsize=1 << 17)
def french(word: str) -> str:
    """The French stem of a folded word."""
    if not word[:1].isalnum():
        return word  # an emoji
    word = _FRENCH.get(word, word)
    stem: str = word if word in _KEPT else _stemmer("french")(_RESTORED.better(word))
    return stem if stem in _KEPT else fold(_SINGULAR.better(_LEVELLED.better(stem)))


@lru_cache(maxsize=1 << 17)
def english(word: str) -> str:
    """The English stem of a folded word."""
    stem: str = _stemmer("english")(_ENGLISH.get(word, word))
    return stem


class _Endings:
    """Endings and what is put in their place, each with the number of letters that must be left before it."""

    def __init__(self, *table: tuple[int, str, str]) -> None:
        self._table = table
        self._all = tuple(ending for _least, ending, _better in table)

    def better(self, word: str) -> str:
        """``word`` with another ending, by the first that fits."""
        for least, ending, better in self._table if word.endswith(self._all) else ():
            if word.endswith(ending) and len(word) - len(ending) >= least:
                return word[: -len(ending)] + better
        return word


def _forms(text: str) -> dict[str, str]:
    """Forms of words, each with the word that it is one of."""
    groups = (group.split("=") for group in text.split(";"))
    return {form: word.strip() for forms, word in groups for form in forms.split()}


# The first letter stays in all that follows: ``marking.py`` looks for no other.
# Snowball knows "activité" and "première" by their accents; a participle in -ée must meet its masculine.
_RESTORED = _Endings(
    (0, "ites", "ité"), (0, "ite", "ité"), (0, "ieres", "ière"), (0, "iere", "ière"), (0, "ees", "e"), (0, "ee", "e"),
    (0, "aises", "ais"), (0, "aise", "ais"), (2, "trices", "teur"), (2, "trice", "teur"), (2, "ers", "er"),
    (1, "geres", "ger"), (1, "gere", "ger"), (1, "cheres", "cher"), (1, "chere", "cher"),
    (2, "lleres", "ller"), (2, "llere", "ller"),
)  # fmt: skip
_LEVELLED = _Endings(
    (3, "eau", "el"), (3, "if", "iv"), (3, "ail", "al"),  # nouveau and nouvelle, actif and active, travail and travaux
    (3, "ellent", "el"), (3, "ettent", "et"), (3, "ment", "ment"), (3, "ent", ""),  # annoncent and annonce
    (1, "endr", "end"), (1, "ondr", "ond"), (1, "erdr", "erd"),  # vendre and vend
)  # fmt: skip
_SINGULAR = _Endings(
    (1, "eux", "eu"), (3, "eur", "eu"), (2, "oux", "ou"),  # lieux and lieu, vendeuse and vendeur, bijoux and bijou
    (2, "ois", "oi"), (2, "ais", "ai"), (2, "uis", "ui"), (3, "as", "a"), (3, "os", "o"), (3, "us", "u"),  # euros
    (3, "oy", "oi"), (3, "ay", "ai"), (3, "uy", "ui"),  # employé and employer
)  # fmt: skip
# Their end is no ending: "par" is no form of "parents", nor "loi" of "loyer".
_KEPT = frozenset({
    "parent", "present", "content", "violent", "divers", "travers", "envers", "revers", "pervers", "loyer", "foyer",
    "peux", "paris", "base", "case",
})  # fmt: skip
_FRENCH = _forms(
    "loyers=loyer; foyers=foyer; bases=base; cases=case; amis=ami; lois=loi; rois=roi; elus=elu; ados=ado;"
    "fous folle folles=fou;"
    "bel belle belles beaux=beau; vieil vieille vieilles=vieux; petit petite petits petites=petit;"
    "blanche blanches=blanc; seche seches=sec; fraiche fraiches=frais; longue longues=long; grosse grosses=gros;"
    "grasse grasses=gras; gentille gentilles=gentil; neuve neuves=neuf; breve breves=bref; vive vives=vif;"
    "douce douces=doux; fausse fausses=faux; jalouse jalouses=jaloux; publique publiques=public; laique laiques=laic;"
    "grecque grecques=grec; turque turques=turc; paye payes payee payees payent=payer"
)
_ENGLISH = _forms(
    "men=man; women=woman; children=child; wives=wife; knives=knife; shelves=shelf; halves=half; buses=bus; gases=gas;"
    "indices=index; crises=crisis; theses=thesis; hypotheses=hypothesis; analyses=analysis;"
    "bought=buy; sold=sell; built=build; paid=pay; spent=spend; sent=send; held=hold; said=say; made=make;"
    "won=win; lost=lose; told=tell; kept=keep; brought=bring; sought=seek; caught=catch; fought=fight;"
    "thought thoughts=think; took taken=take; gave given=give; grew grown=grow; fell fallen=fall; knew known=know;"
    "drew drawn=draw; began begun=begin; chose chosen=choose; broke broken=break; wrote written=write;"
    "drove driven=drive; became=become"
)


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Callable[[str], str]:
    """Whoosh's pure Python Snowball: 6 µs a word, and each word only once (imported late for a quick start)."""
    if language == "french":
        from whoosh.lang.snowball.french import FrenchStemmer as Stemmer
    else:
        from whoosh.lang.snowball.english import EnglishStemmer as Stemmer
    stem: Callable[[str], str] = Stemmer().stem
    return stem
