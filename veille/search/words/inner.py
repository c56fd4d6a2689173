"""The words inside a hashtag or a handle, which are told apart by their capitals and numbers alone."""

import re
import unicodedata

# On one letter for each character: U capital, l small, s the letter "s", 9 number, o a letter that has no case.
# A small letter before a first capital belongs to it (iPhone), and an "s" to an acronym (ONGs).
_PIECE = re.compile(r"(?:\A[ls](?=U))?(?:U{2,}s(?![ls])|U+(?=U[ls])|U[ls]+|U+)|[ls]+|9+|o+")


def pieces(run: str) -> list[tuple[int, int]]:
    """Where the words and numbers in ``run``, letters and digits, begin and end; together they are all of it."""
    places = [at for at, each in enumerate(run) if not unicodedata.combining(each)]
    kinds = "".join(_kind(run[at]) for at in places)
    places.append(len(run))
    return [(places[found.start()], places[found.end()]) for found in _PIECE.finditer(kinds)]


def _kind(letter: str) -> str:
    if not letter.isalpha():
        return "9"
    if letter.islower():
        return "s" if letter == "s" else "l"
    return "U" if letter.isupper() or letter.istitle() else "o"
