"""Whether an item is what a rule is for. Pure.

Words are those of the search (``search/words``): folded, without what an apostrophe leaves out, so that "energie" is in
"L’Énergie"; a hashtag is one word, and those inside it; "e-commerce" is "ecommerce", too. But a rule looks for the very
words that were written, or their beginnings: what arrives is hidden or marked unseen, so no inflection is guessed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from veille.model import Item, ItemKind
from veille.rules import Condition

_KEPT = 1 << 12  # words of rules that are remembered as they are looked up


@dataclass(frozen=True, slots=True)
class Text:
    """Words made ready: ``words`` are all of them; ``rows`` those in a row between blanks, a line where a row ends."""

    words: frozenset[str]
    rows: str


@dataclass(frozen=True)
class Subject:
    """What of an item conditions look at. Each part is made ready once for all rules, when the first asks for it.

    With ``alone`` there is one rule alone: what plainly has none of its words is told without taking texts apart.
    """

    item: Item
    alone: bool = False

    @cached_property
    def title(self) -> Text:
        """The title; of a post its own text, too."""
        title = _text((self.item.title,))
        return _joined((title, self._said)) if self.item.kind is ItemKind.POST else title

    @cached_property
    def everything(self) -> Text:
        """Title, text, and what stands beside a post: what it quotes, the choices of its poll, descriptions of
        pictures."""
        from veille.core.searching.documents import beside

        if self.item.kind is not ItemKind.POST:
            return _joined((self.title, self._said))
        return _joined((self.title, self._said, _text(beside(self.item, self._plain))))

    def parts(self, in_title: bool) -> Iterator[Text]:
        """What :attr:`title` or :attr:`everything` has, piece by piece: the first may tell enough."""
        from veille.core.searching.documents import beside

        post = self.item.kind is ItemKind.POST
        yield _ready(self.item.title)
        if post or not in_title:
            yield self._said
        if post and not in_title:
            yield from map(_ready, beside(self.item, self._plain))

    @cached_property
    def people(self) -> Text:
        """The author; of a post who wrote it and who passed it on."""
        return _text(_people(self.item))

    @cached_property
    def length(self) -> int:
        """How many words the text has."""
        from veille.search.words.analysis import count

        return count(self._plain)

    @cached_property
    def letters(self) -> str | None:
        """All that rules look for words in, its letters and digits alone, folded; None for other alphabets."""
        from veille.core.searching.documents import all_beside

        return _letters((self.item.title, self._run_on, *all_beside(self.item)))

    @cached_property
    def letters_of_title(self) -> str | None:
        """The same of what :attr:`title` has."""
        return _letters((self.item.title, self._run_on if self.item.kind is ItemKind.POST else ""))

    @cached_property
    def _plain(self) -> str:
        from veille.content.html import to_text

        return to_text(self.item.content) or self.item.summary

    @property
    def _run_on(self) -> str:
        from veille.content.html import run_on

        text = run_on(self.item.content)
        return text if text and not text.isspace() else self.item.summary

    @cached_property
    def _said(self) -> Text:
        return _ready(self._plain)


def subject(item: Item, *, alone: bool = False) -> Subject:
    """``item``, which carries its content where conditions look at that, made ready; ``alone``: for one rule."""
    return Subject(item, alone)


def matches(condition: Condition, subject: Subject) -> bool:
    """Whether every part of ``condition`` holds. What takes longest is looked at last."""
    if not _told_at_once(condition, subject):
        return False
    if condition.words and not _says(condition.words, condition, subject):
        return False
    if condition.without and _says(condition.without, condition, subject):
        return False
    if condition.shorter and subject.length >= condition.shorter:
        return False
    return not (condition.longer and subject.length <= condition.longer)


def looks_first(condition: Condition) -> bool:
    """Whether something is told without the content of an item, so that it may pay to look before that is read."""
    return bool(condition.kind or condition.langs or condition.authors or condition.in_title) or not _reads(condition)


def needs_content(condition: Condition, subject: Subject) -> bool:
    """Whether only its content, which is not there yet, tells whether ``subject`` is what ``condition`` is for."""
    if not _reads(condition) or not _told_at_once(condition, subject):
        return False
    if not condition.in_title or subject.item.kind is ItemKind.POST:
        return True
    words, without = condition.words, condition.without
    if (words and not _says(words, condition, subject)) or (without and _says(without, condition, subject)):
        return False
    return bool(condition.shorter or condition.longer)


def _reads(condition: Condition) -> bool:
    """Whether ``condition`` looks at contents."""
    return bool(condition.words or condition.without or condition.shorter or condition.longer)


def _told_at_once(condition: Condition, subject: Subject) -> bool:
    """Whether every part holds that needs no content."""
    item = subject.item
    if condition.kind is not None and item.kind is not condition.kind:
        return False
    if condition.langs and _language(item.lang) not in condition.langs:
        return False
    return not condition.authors or _any(condition.authors, subject.people)


def _says(terms: tuple[str, ...], condition: Condition, subject: Subject) -> bool:
    """Whether one of ``terms`` is where ``condition`` looks for it."""
    if subject.alone:
        letters = subject.letters_of_title if condition.in_title else subject.letters
        if letters is not None and not any(_perhaps(each, letters) for each in map(_wanted, terms)):
            return False
        return any(_any(terms, part) for part in subject.parts(condition.in_title))
    return _any(terms, subject.title if condition.in_title else subject.everything)


def has_words(term: str) -> bool:
    """Whether there is anything in ``term`` to look for."""
    wanted = _wanted(term)
    return bool(wanted.word or wanted.stretch)


# Texts -------------------------------------------------------------------------------------------


def _text(lines: Iterable[str]) -> Text:
    return _joined(_ready(line) for line in lines if line)


def _letters(lines: Iterable[str]) -> str | None:
    from veille.search.words.analysis import run_together

    return run_together("\n".join(filter(None, lines)))


def _ready(text: str) -> Text:
    """``text`` made ready."""
    from veille.search.words.analysis import numbered

    places, words = numbered(text)
    if isinstance(places, range):  # one word at each place: nearly always
        return Text(frozenset(words), f" {' '.join(words)} ")
    row, together, last = list[str](), list[str](), -1
    for place, word in zip(places, words, strict=True):
        if place == last:
            together.append(word)  # with others one word, which begins at the same place
            continue
        if place > last + 1:
            row.append("\n")
        row.append(word)
        last = place
    lines = [" ".join(row), *together]
    return Text(frozenset(words), "".join(f" {line} \n" for line in lines))


def _joined(texts: Iterable[Text]) -> Text:
    some = [each for each in texts if each.words]
    if len(some) == 1:
        return some[0]
    return Text(frozenset[str]().union(*(each.words for each in some)), "\n".join(each.rows for each in some))


def _people(item: Item) -> Iterable[str]:
    post = item.post
    people = [person for person in (post.author, post.reposted_by) if person] if post else []
    return (item.author, *(name for each in people for name in (each.name, each.handle)))


@lru_cache(maxsize=256)
def _language(lang: str) -> str:
    """The code alone: "en" of "en-GB"."""
    return lang.replace("_", "-").partition("-")[0].lower()


# Terms -------------------------------------------------------------------------------------------


def _any(terms: tuple[str, ...], text: Text) -> bool:
    single, stretches = _looked_for(terms)
    words, rows = text.words, text.rows
    if not single.isdisjoint(words):
        return True
    return any(words.issuperset(needs) and stretch in rows for stretch, needs in stretches)


@lru_cache(maxsize=_KEPT)
def _looked_for(terms: tuple[str, ...]) -> tuple[frozenset[str], tuple[tuple[str, tuple[str, ...]], ...]]:
    """How ``terms`` are looked for together: the words, then each stretch with what it needs."""
    wanted = list(map(_wanted, terms))
    words = frozenset(each.word for each in wanted if each.word)
    return words, tuple((each.stretch, each.needs) for each in wanted if each.stretch)


def _perhaps(wanted: "_Wanted", letters: str) -> bool:
    """Whether what is wanted may be in a text of these ``letters``: its words are, wherever one ends."""
    word, stretch, _needs = wanted
    if word and word in letters:
        return True
    return bool(stretch) and all(each in letters for each in stretch.split())


class _Wanted(NamedTuple):
    """How a term is looked for: as a ``word``, and as a ``stretch`` of a row of words, which ``needs`` these words; ""
    for neither."""

    word: str = ""
    stretch: str = ""
    needs: tuple[str, ...] = ()  # told in no time, and nearly always not there


@lru_cache(maxsize=_KEPT)
def _wanted(term: str) -> _Wanted:
    """How ``term`` is looked for: "hydro*" begins a word, "energy trans*" ends in a beginning, and "e-commerce" is one
    word or two in a row."""
    from veille.search.words.analysis import asked, row

    bare = term.strip()
    begins = bare.endswith("*") and bool(bare.strip("* "))
    words = row(bare)
    if not words:
        return _Wanted()
    found = asked(bare)
    one = found[0] if len(found) == 1 else None
    begins = begins or (one is not None and one.beginning)
    if len(words) == 1 and not begins:
        return _Wanted(words[0])
    whole = one.whole if one and not begins and len(words) > 1 else ""
    row_of = f" {' '.join(words)}"
    return _Wanted(whole, row_of, tuple(words[:-1])) if begins else _Wanted(whole, f"{row_of} ", tuple(words))
