"""A rule as a sentence that a person would write.

It is made of clauses that each take in what stands before them, ``{what}``, so that another language may put it where
it likes: "posts", "posts in English", "posts in English that say “promo”". The first of these stands without an
article: what is done with it brings one ("masquer les {what}"). What they say of "them" are items, posts or articles:
in French all of these are masculine. Several things that are done stand in a list of their own, ``{deeds}``, in which
nothing can agree with what they are done with ("pour les {what} : {deeds}", "marquer comme lu").
"""

from collections.abc import Iterable, Sequence

from veille import i18n
from veille.i18n import N_, _, ngettext, number, quoted
from veille.model import ItemKind, Outline
from veille.rules import Action, Condition, Rule

# In the order in which they are said.
_ACTIONS = (
    (Action.HIDE, N_("hide {what}"), N_("hide everything"), N_("hide")),
    (Action.READ, N_("mark as read {what}"), N_("mark everything as read"), N_("mark as read")),
    (Action.FLAG, N_("flag {what}"), N_("flag everything"), N_("flag")),
    (Action.TAG, N_("tag as {tags} {what}"), N_("tag everything as {tags}"), N_("tag as {tags}")),
    (Action.SAVE, N_("save {what}"), N_("save everything"), N_("save")),
)  # one alone, alone with everything, one of several
_KINDS = {None: N_("items"), ItemKind.ARTICLE: N_("articles"), ItemKind.POST: N_("posts")}


def sentence(rule: Rule, outline: Outline) -> str:
    """For instance “In “Energy”, hide posts in English that say “promo” or “sponsored”, unless they say “hydrogen”.”"""
    text = _("{sentence}.").format(sentence=_placed(_deed(rule), rule, outline))
    return text[:1].upper() + text[1:]


def done(rule: Rule, count: int, items: str, days: str) -> str:
    """What ``rule`` would have done with ``count`` of the ``items`` ("412 items") of the last ``days``."""
    if len(rule.actions) == 1:
        (action,) = rule.actions
        text = _would_have_been(action, count)
    else:
        text = ngettext(
            "Of {items} of the last {days} days, this would have been done with {n}: {deeds}.",
            "Of {items} of the last {days} days, this would have been done with {n}: {deeds}.", count
        )  # fmt: skip
    tags = together(map(quoted, rule.tags))
    return text.format(items=items, days=days, n=number(count), tags=tags, deeds=_deeds(rule))


def _would_have_been(action: Action, count: int) -> str:
    match action:
        case Action.HIDE:
            return ngettext(
                "Of {items} of the last {days} days, {n} would have been hidden.",
                "Of {items} of the last {days} days, {n} would have been hidden.", count)  # fmt: skip
        case Action.READ:
            return ngettext(
                "Of {items} of the last {days} days, {n} would have been marked as read.",
                "Of {items} of the last {days} days, {n} would have been marked as read.", count)  # fmt: skip
        case Action.FLAG:
            return ngettext(
                "Of {items} of the last {days} days, {n} would have been flagged.",
                "Of {items} of the last {days} days, {n} would have been flagged.", count)  # fmt: skip
        case Action.TAG:
            return ngettext(
                "Of {items} of the last {days} days, {n} would have been tagged as {tags}.",
                "Of {items} of the last {days} days, {n} would have been tagged as {tags}.", count)  # fmt: skip
        case Action.SAVE:
            return ngettext(
                "Of {items} of the last {days} days, {n} would have been saved.",
                "Of {items} of the last {days} days, {n} would have been saved.", count)  # fmt: skip


def listed(parts: Sequence[str], last: str) -> str:
    """Several in a row; ``last``, translated, has ``{some}`` and ``{last}``: the last one after the others."""
    if len(parts) < 2:
        return "".join(parts)
    return last.format(some=", ".join(parts[:-1]), last=parts[-1])


def either(parts: Iterable[str]) -> str:
    """One of several: “a”, “b” or “c”."""
    return listed(list(parts), _("{some} or {last}"))


def together(parts: Iterable[str]) -> str:
    """All of several: “a”, “b” and “c”."""
    return listed(list(parts), _("{some} and {last}"))


def _placed(deed: str, rule: Rule, outline: Outline) -> str:
    """``deed`` with where it is done. What was removed since is said to be."""
    if rule.sector:
        title = next((each.title for each in outline.sectors if each.key == rule.sector), "")
        text = _("in “{sector}”, {deed}") if title else _("in a sector that was removed, {deed}")
        return text.format(sector=title, deed=deed)
    if rule.source:
        source = outline.named.get(rule.source)
        text = _("from “{source}”, {deed}") if source else _("from a source that was removed, {deed}")
        return text.format(source=source.label if source else "", deed=deed)
    return deed


def _deed(rule: Rule) -> str:
    """What is done with what."""
    wanted = [each for each in _ACTIONS if each[0] in rule.actions]
    tags = together(map(quoted, rule.tags))
    everything = rule.condition.everything
    what = _what(rule.condition)
    if not wanted:
        return _("do nothing with {what}").format(what=what)
    if len(wanted) == 1:
        _action, alone, with_everything, _one = wanted[0]
        return _(with_everything if everything else alone).format(what=what, tags=tags)
    text = _("{deeds} everything") if everything else _("{deeds} {what}")
    return text.format(deeds=_deeds(rule), what=what)


def _deeds(rule: Rule) -> str:
    """All that it does: "mark as read, tag as “a” and save"."""
    tags = together(map(quoted, rule.tags))
    return together(_(one).format(tags=tags) for action, _alone, _everything, one in _ACTIONS if action in rule.actions)


def _what(condition: Condition) -> str:
    """Which items: the kind, then each thing that must hold."""
    what = _(_KINDS[condition.kind])
    if condition.langs:
        what = _("{what} in {languages}").format(what=what, languages=either(map(_language, condition.langs)))
    if condition.authors:
        what = _("{what} by {authors}").format(what=what, authors=either(map(quoted, condition.authors)))
    what = _sized(what, condition)
    if condition.words:
        text = _("{what} with {words} in the title") if condition.in_title else _("{what} that say {words}")
        what = text.format(what=what, words=either(map(_sought, condition.words)))
    if condition.without:
        if condition.in_title:
            text = _("{what}, unless their title says {words}")
        else:
            text = _("{what}, unless they say {words}")
        what = text.format(what=what, words=either(map(_sought, condition.without)))
    return what


def _sized(what: str, condition: Condition) -> str:
    shorter, longer = condition.shorter, condition.longer
    if shorter and longer:
        text = _("{what} of more than {longer} and fewer than {shorter} words")
    elif shorter:
        text = ngettext("{what} of fewer than {shorter} word", "{what} of fewer than {shorter} words", shorter)
    elif longer:
        text = ngettext("{what} of more than {longer} word", "{what} of more than {longer} words", longer)
    else:
        return what
    return text.format(what=what, shorter=number(shorter), longer=number(longer))


def _sought(word: str) -> str:
    """A word as it is looked for; the beginning of one is shown to go on."""
    return quoted(word[:-1].rstrip() + "…" if word.endswith("*") and len(word) > 1 else word)


def _language(code: str) -> str:
    """What a language is called in the middle of a sentence."""
    from veille.search.query.operators import find

    operator = find("lang")
    value = operator.value(code) if operator else None
    if value is None:
        return code
    return value.french[-1] if i18n.language() == "fr" else value.names[-1]
