"""What a person types for a rule: several words in one line, and languages by name or code."""

from collections.abc import Iterable
from functools import cache

from veille.content import language as languages
from veille.content.text import fold, plain
from veille.errors import BadRule
from veille.i18n import _, language


def several(text: str) -> tuple[str, ...]:
    """What stands between the commas of ``text``, each once, whatever its case."""
    found: dict[str, str] = {}
    for each in filter(None, map(plain, text.split(","))):
        found.setdefault(fold(each), each)
    return tuple(found.values())


def in_line(some: Iterable[str]) -> str:
    """``some`` as :func:`several` reads them. A comma inside one of them gives way: nobody looks for it."""
    return ", ".join(plain(each.replace(",", " ")) for each in some)


def language_codes(some: Iterable[str]) -> tuple[str, ...]:
    """The codes (ISO 639-1) of ``some`` languages, by their names in English or French or their codes. Raises BadRule
    for what is none."""
    return tuple(dict.fromkeys(map(_code, some)))


def language_name(code: str) -> str:
    """What the language is called in the person's; its code where that is not known."""
    return _names(language()).get(code, code)


def _code(name: str) -> str:
    by_name = {fold(said): code for tongue in ("en", "fr") for code, said in _names(tongue).items()}
    code = by_name.get(fold(name)) or languages.code(name)
    if not code:
        raise BadRule(detail=_("“{name}” is no language that Veille knows").format(name=name))
    return code


@cache
def _names(tongue: str) -> dict[str, str]:
    """Languages by code, as they are called in ``tongue``."""
    from veille.search.query.operators import OPERATORS

    (operator,) = (each for each in OPERATORS if each.key == "lang")
    return {each.key: (each.french if tongue == "fr" else each.names)[-1] for each in operator.values}
