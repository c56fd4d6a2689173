"""What is to be said of a post, in words: the same in every face. All of it is text, on one line; none is markup."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veille.content.text import excerpt, fold, plain
from veille.i18n import N_, _, day, labelled, moment, ngettext, number
from veille.model import Article, Hit, Item, Snippet, Version
from veille.posts import Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation

NAMES = {Network.X: "X", Network.BLUESKY: "Bluesky", Network.MASTODON: "Mastodon"}
KINDS = {
    "image": N_("Picture"), "audio": N_("Audio"), "video": N_("Video"), "frame": N_("Embedded page"), "file": N_("File")
}  # fmt: skip
_FATES = {
    Fate.DELETED: N_("This post was deleted at its network."),
    Fate.WITHHELD: N_("This post is withheld by its network."),
    Fate.PROTECTED: N_("This post is protected by its author now: it is not shown to us any more."),
    Fate.SUSPENDED: N_("The account of this post's author was suspended at its network."),
    Fate.UNAVAILABLE: N_("This post is not shown to us any more."),
}
_FATES_OF_OTHERS = {
    Fate.THERE: N_("Its text was not given to us."),
    Fate.DELETED: N_("This post was deleted."),
    Fate.WITHHELD: N_("This post is withheld by its network."),
    Fate.PROTECTED: N_("This post is protected by its author: it is not shown to us."),
    Fate.SUSPENDED: N_("The account of this post's author is suspended."),
    Fate.UNAVAILABLE: N_("This post is not shown to us."),
}
_SHORTLY = {
    Fate.DELETED: N_("Deleted at its network"), Fate.WITHHELD: N_("Withheld by its network"),
    Fate.PROTECTED: N_("Protected by its author"), Fate.SUSPENDED: N_("Its author's account was suspended"),
    Fate.UNAVAILABLE: N_("Not shown to us any more"),
}  # fmt: skip
_EDITED = 60  # seconds after which a change is one: some networks give both times a moment apart


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a poll. ``share`` is in per cent of those who voted; both None: not told."""

    text: str
    votes: int | None
    share: int | None


def author(item: Item) -> Person:
    """Who wrote ``item``; nobody's name is "" where the source does not tell."""
    return item.post.author if item.post else Person("", item.author)


def network(post: Post) -> str:
    """Where it was published: "on X"."""
    return _("on {network}").format(network=NAMES[post.network])


def reposted(post: Post) -> str:
    """Who passed it on; "" when it came from its author."""
    by = post.reposted_by
    return _("reposted by {name}").format(name=isolated(plain(by.label))) if by and by.label else ""


def edited(item: Item, versions: Sequence[Version] = ()) -> str:
    """That its author changed it, and when where its network tells; "" for no. ``versions`` are what it said before."""
    if item.updated and item.published and (item.updated - item.published).total_seconds() > _EDITED:
        return _("edited {when}").format(when=moment(item.updated))
    return _("edited") if versions and is_there(item) else ""


def is_there(item: Item) -> bool:
    """Whether a post still stands at its network, as far as Veille knows; always true of an article."""
    return item.post is None or item.post.fate is Fate.THERE


def fate(post: Post) -> str:
    """Why its text is not shown, and since when Veille knows; "" while it is there."""
    if post.fate is Fate.THERE:
        return ""
    said = _(_FATES[post.fate])
    learnt = _("Veille learnt of it on {when}.").format(when=moment(post.fated)) if post.fated else ""
    return f"{said} {learnt}".rstrip()


def shortly(post: Post) -> str:
    """:func:`fate` in a few words, for a list."""
    return "" if post.fate is Fate.THERE else _(_SHORTLY[post.fate])


def fate_of(one: Referred) -> str:
    """Why the text of a post inside another is not there; "" when it is."""
    if one.fate is Fate.THERE and (one.html or one.media):
        return ""
    return _(_FATES_OF_OTHERS[one.fate])


def relation(one: Referred) -> str:
    """How the post around it stands to it, to be followed by its author where that is known."""
    if one.author is None:
        return _("Quoting another post") if one.relation is Relation.QUOTED else _("In answer to another post")
    return _("Quoting") if one.relation is Relation.QUOTED else _("In answer to")


def figures(told: Figures) -> str:
    """The numbers that were told and are not zero, in words, "" for none: "12 replies · 3 reposts"."""
    replies, reposts, likes, quotes, views = told.replies, told.reposts, told.likes, told.quotes, told.views
    forms = (
        (replies, ngettext("{n} reply", "{n} replies", _shape(replies))),
        (reposts, ngettext("{n} repost", "{n} reposts", _shape(reposts))),
        (quotes, ngettext("{n} quote", "{n} quotes", _shape(quotes))),
        (likes, ngettext("{n} like", "{n} likes", _shape(likes))),
        (views, ngettext("{n} view", "{n} views", _shape(views))),
    )
    return " · ".join(form.format(n=number(count)) for count, form in forms if count)


def choices(poll: Poll) -> Iterator[Choice]:
    """The options of ``poll`` in order."""
    told = [votes for _option, votes in poll.options if votes is not None]
    whole = poll.votes if poll.votes is not None else sum(told)
    for text, votes in poll.options:
        share = None if votes is None or whole <= 0 else max(0, min(100, round(100 * votes / whole)))
        yield Choice(plain(text), votes, share)


def vote(choice: Choice) -> str:
    """How an option stands: "41 votes · 33 %"; "" when it is not told."""
    if choice.votes is None:
        return ""
    text = ngettext("{n} vote", "{n} votes", _shape(choice.votes)).format(n=number(choice.votes))
    share = "" if choice.share is None else _("{n} %").format(n=number(choice.share))
    return " · ".join(filter(None, (text, share)))


def about_poll(poll: Poll) -> str:
    """How many voted, and until when it is open."""
    parts = []
    if poll.votes is not None:
        voted = ngettext("{n} voted", "{n} voted", _shape(poll.votes))
        parts.append(voted.format(n=number(poll.votes)))
    if poll.ends is not None:
        parts.append(_("until {when}").format(when=moment(poll.ends)))
    return " · ".join(parts)


def warned(post: Post) -> str:
    """The author's own warning, "" for none."""
    warning = plain(post.warning)
    return _("Content warning by the author: {warning}").format(warning=isolated(warning)) if warning else ""


def withheld(post: Post) -> str:
    """In which countries its network does not show it, "" where it shows it everywhere."""
    countries = ", ".join(filter(None, map(plain, post.withheld)))
    return _("Its network does not show it in: {countries}.").format(countries=countries) if countries else ""


def medium(media: Media, host: str = "") -> str:
    """A picture, film … as a line that stands in its place; ``host`` is where it lies."""
    kind, said = _(KINDS.get(media.kind, KINDS["file"])), plain(media.description)
    if said and host:
        return _("{kind}: {description} ({host})").format(kind=kind, description=said, host=host)
    if said:
        return _("{kind}: {description}").format(kind=kind, description=said)
    if host:
        return _("{kind} without a description ({host})").format(kind=kind, host=host)
    return _("{kind} without a description").format(kind=kind)


def shown(hit: Hit) -> Snippet:
    """What a list shows of a post: its words, after the author's warning; else what became of it, or what it holds."""
    post = hit.item.post
    if post and post.fate is not Fate.THERE:
        return Snippet(shortly(post))
    said = hit.excerpt if hit.excerpt.text else Snippet(_wordless(hit.item))
    warning = f"⚠ {isolated(plain(post.warning))} · " if post and plain(post.warning) else ""
    marks = tuple((start + len(warning), end + len(warning)) for start, end in said.marks)
    return Snippet(warning + said.text, marks)


def _wordless(item: Item) -> str:
    """What is in a post that says nothing: a picture, a poll, another post."""
    if item.media:
        return medium(item.media[0])
    if item.post and item.post.poll:
        return _("Poll: {options}").format(options=" / ".join(each.text for each in choices(item.post.poll)))
    inside = item.post.referred[0] if item.post and item.post.referred else None
    if inside is None:
        return ""
    name = plain(inside.author.label) if inside.author else ""
    said = excerpt(words(inside.html), 200) or fate_of(inside)
    return labelled(isolated(name), said) if name else said


def stands_for(hit: Hit) -> bool:
    """Whether the source of a post is its author, or who passed it on: then it need not be named besides."""
    post, source = hit.item.post, fold(hit.source)
    if post is None:
        return fold(hit.item.author) in ("", source)
    people = (post.author, post.reposted_by) if post.reposted_by else (post.author,)
    return any(_names(source, fold(name)) for person in people for name in (person.name, person.handle))


def of_article(article: Article) -> list[str]:
    """Who wrote it, where and when, as far as its page says so."""
    when, told = article.published, [each for each in (article.author, article.site) if each]
    if when is not None:  # midnight UTC stands for a day of which no time is known
        told.append(moment(when) if (when.hour, when.minute, when.second) != (0, 0, 0) else day(when.date()))
    return told


def _names(source: str, name: str) -> bool:
    """Whether ``name`` stands in ``source``, as words of its own."""
    at = source.find(name) if name else -1
    if at < 0:
        return False
    around = source[at - 1 : at] + source[at + len(name) : at + len(name) + 1]
    return not any(map(str.isalnum, around))


def isolated(text: str) -> str:
    """``text`` so that its direction of writing moves nothing around it (UAX 9: first strong isolate)."""
    return f"\u2068{text}\u2069" if any(map(_from_the_right, text)) else text


def _from_the_right(letter: str) -> bool:
    return letter > "\u0590" and unicodedata.bidirectional(letter) in ("R", "AL", "AN")


def _shape(count: int | None) -> int:
    """The number by which a language chooses its form."""
    return abs(count or 0)


def words(html: str) -> str:
    """The text of sanitised ``html``, on one line."""
    from veille.content.html import to_text

    return to_text(html)
