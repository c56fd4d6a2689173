"""Posts of the X API v2 as items. Pure: nothing that X may say raises anything.

Both vocabularies are read: since 2026 X calls a tweet a post (``note_post``, ``referenced_posts``,
``edit_history_post_ids``), and its fields are found under either name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from veille.content import postings
from veille.content.shapes import count, moment, objects, part, strings, text
from veille.content.xposts import ID, SITE, Json, handle, identity, made, profile, tags, woven
from veille.model import Item
from veille.posts import Account, Fate, Figures, Media, Network, Person, Poll, Post, Referred, Relation, Standing
from veille.sources.base import Verdict
from veille.sources.x.answers import Answer, concerns, fate, history

_COUNTRY = re.compile(r"[A-Za-z]{2}")
_EVERYWHERE = frozenset({"XX", "XY"})  # X's codes for all countries, and for all after a claim of copyright
_PASSED_ON = re.compile(r"RT @([A-Za-z0-9_]{1,20}): ?")
_STATUS = re.compile(
    r"https?://(?:(?:www|mobile)\.)?(?:x|twitter)\.com/([A-Za-z0-9_]{1,20})/status(?:es)?/([0-9]{1,19})(/[a-z]+)?",
    re.ASCII,
)
_MEDIA = {"photo": "image", "video": "video", "animated_gif": "video"}
_MEDIA_BY_KEY = {"3": "image", "7": "video", "13": "video", "16": "video"}  # what a key begins with, for one not given


# One post ----------------------------------------------------------------------------------------


class Reading:
    """One answer, read with the ``people`` that are known by id. ``seen`` is when it came."""

    def __init__(self, answer: Answer, people: Mapping[str, Account], seen: datetime) -> None:
        self._answer = answer
        self._people = people
        self._seen = seen
        self._fates = {concerns(error): fate(error) for error in answer.errors}

    def item(self, raw: Json, source: int) -> Item | None:
        """The item of one of the answer's posts; None for one without an id.

        It is known by the first id of its history, so that an edited post is the same item. A repost is the post that
        was passed on, with its own uid, at the time when it was.
        """
        if not identity(raw, "id"):
            return None
        uid, passed_on = history(raw)[0], _reference(raw, "retweeted", "reposted")
        if not passed_on:
            return self._item(raw, source, uid)
        return self._item(self._original(raw, passed_on), source, uid, by=raw)

    def _item(self, raw: Json, source: int, uid: str, by: Json | None = None) -> Item:
        first, author = history(raw)[0], self._author(raw)
        post = Post(
            Network.X, first, author, reposted_by=self._author(by) if by else None,
            continues="" if by else self._continued(raw), referred=tuple(self._referred(raw)), poll=self._poll(raw),
            figures=_figures(raw), mentions=self._mentions(raw), withheld=_withheld(raw))  # fmt: skip
        return postings.item(
            post, source=source, uid=uid, url=_address(author, identity(raw, "id")), content=self._content(raw),
            seen=self._seen, published=_published(raw), updated=_updated(raw), at=_said_at(by) if by else None,
            lang=text(raw, "lang"), media=self._media(raw), tags=tags(_words(raw)[1]))  # fmt: skip

    def _original(self, raw: Json, id: str) -> Json:
        """The post that ``raw`` passes on; where it was not given, the beginning of it, which is all that X told."""
        said, name = text(raw, "text"), _PASSED_ON.match(text(raw, "text"))
        who, given = name[1] if name else "", self._answer.inside.get(id)
        if given is not None:
            return {"username": who, **given}
        known = {handle(each).lower(): identity(each, "id") for each in objects(part(raw, "entities"), "mentions")}
        return {
            "id": id, "text": said[name.end() :] if name else said, "entities": part(raw, "entities"), "username": who,
            "author_id": known.get(who.lower(), ""), "lang": raw.get("lang"), "withheld": raw.get("withheld"),
            "public_metrics": {"retweet_count": part(raw, "public_metrics").get("retweet_count")}}  # fmt: skip

    # Who ---------------------------------------------------------------------------------------------

    def _person(self, id: str, name: str = "") -> Person:
        """Who has this id; ``name`` is a handle that was met."""
        known, given = self._people.get(id), self._answer.users.get(id)
        title = ""
        if given is not None and handle(given):
            name, title = handle(given), text(given, "name")
        elif known is not None and known.handle:
            name, title = known.handle, known.name
        page = profile(name) or (f"{SITE}i/user/{id}" if id else "")
        return Person(f"@{name}" if name else "", title, page, id)

    def _author(self, raw: Json) -> Person:
        return self._person(identity(raw, "author_id"), handle(raw))

    def _mentions(self, raw: Json) -> tuple[Person, ...]:
        found = (
            Person(f"@{name}", "", profile(name), identity(each, "id"))
            for each in objects(_words(raw)[1], "mentions")
            if (name := handle(each))
        )
        return tuple(dict.fromkeys(found))

    # What --------------------------------------------------------------------------------------------

    def _content(self, raw: Json) -> str:
        said, entities = _words(raw)
        own = set(history(raw))
        quoted = _reference(raw, "quoted")
        attached = bool(strings(part(raw, "attachments"), "media_keys"))

        def left_out(entity: Json) -> bool:
            """The link of a medium or a quoted post, both of which are shown by themselves."""
            status = _STATUS.match(text(entity, "expanded_url"))
            of_medium = bool(text(entity, "media_key")) or bool(status and status[3] and status[2] in own)
            return (attached and of_medium) or bool(status and not status[3] and quoted and status[2] == quoted)

        return woven(said, entities, left_out)

    def _media(self, raw: Json) -> list[Media]:
        keys = dict.fromkeys(strings(part(raw, "attachments"), "media_keys"))
        return [_medium(key, self._answer.media.get(key, {})) for key in keys]

    def _poll(self, raw: Json) -> Poll | None:
        for id in strings(part(raw, "attachments"), "poll_ids"):
            if poll := _poll(self._answer.polls.get(id, {})):
                return poll
        return None

    # The posts inside --------------------------------------------------------------------------------

    def _continued(self, raw: Json) -> str:
        """The first id of the post of the same author that it carries on."""
        author = identity(raw, "author_id")
        answered = _answered(raw)
        if not author or not answered or identity(raw, "in_reply_to_user_id") != author:
            return ""
        before = self._answer.inside.get(answered)
        return history(before)[0] if before is not None else answered

    def _referred(self, raw: Json) -> Iterable[Referred]:
        if quoted := _reference(raw, "quoted"):
            yield self._one(Relation.QUOTED, quoted, Person(""), _quoted_address(raw, quoted))
        if answered := _answered(raw):
            yield self._one(Relation.ANSWERED, answered, self._answered_author(raw))

    def _one(self, relation: Relation, id: str, author: Person, url: str = "") -> Referred:
        given = self._answer.inside.get(id)
        if given is None:
            name = _STATUS.match(url)
            author = author if author.handle or not name or name[1] == "i" else self._person("", name[1])
            known = author if author.handle or author.id else None
            return Referred(relation, id, known, url or _address(author, id), fate=self._fates.get(id, Fate.THERE))
        met = author.handle.removeprefix("@") or handle(given)
        author = self._person(identity(given, "author_id") or author.id, met)
        if not author.handle and (name := _STATUS.match(url)):
            author = replace(author, handle=f"@{name[1]}", url=profile(name[1]))
        hidden = Fate.WITHHELD if withheld_everywhere(given) else Fate.THERE
        return Referred(
            relation, history(given)[0], author, _address(author, identity(given, "id")), self._content(given),
            _published(given), tuple(self._media(given)), hidden)  # fmt: skip

    def _answered_author(self, raw: Json) -> Person:
        id = identity(raw, "in_reply_to_user_id")
        if id and id == identity(raw, "author_id"):
            return self._author(raw)
        met = (handle(each) for each in objects(_words(raw)[1], "mentions") if identity(each, "id") == id)
        return self._person(id, next(met, "") if id else "")


# Parts of a post ---------------------------------------------------------------------------------


def _words(raw: Json) -> tuple[str, Json]:
    """What a post says, and what is in it. Of a long post ``text`` is only the beginning."""
    for name in ("note_tweet", "note_post"):
        note = part(raw, name)
        if said := text(note, "text", postings.LONGEST):
            return said, part(note, "entities")
    return text(raw, "text", postings.LONGEST), part(raw, "entities")


def _reference(raw: Json, *types: str) -> str:
    """The id of the post that this one quotes, answers or passes on."""
    found = objects(raw, "referenced_tweets") + objects(raw, "referenced_posts")
    return next((id for each in found if text(each, "type") in types and (id := identity(each, "id"))), "")


def _answered(raw: Json) -> str:
    return _reference(raw, "replied_to") or identity(raw, "in_reply_to_tweet_id", "in_reply_to_post_id")


def _quoted_address(raw: Json, id: str) -> str:
    """The address of the quoted post as the text has it, which names its author."""
    said = (_STATUS.match(text(each, "expanded_url")) for each in objects(_words(raw)[1], "urls"))
    name = next((each[1] for each in said if each and each[2] == id), "")
    return f"{SITE}{name}/status/{id}" if name else ""


def _address(author: Person, id: str) -> str:
    return f"{SITE}{author.handle.removeprefix('@') or 'i'}/status/{id}" if id else ""


def _said_at(raw: Json) -> datetime | None:
    return moment(text(raw, "created_at")) or made(identity(raw, "id"))


def _published(raw: Json) -> datetime | None:
    """When its first version was made, which of an edited post only the id tells."""
    first = history(raw)[0]
    return _said_at(raw) if first == identity(raw, "id") else made(first) or _said_at(raw)


def _updated(raw: Json) -> datetime | None:
    return _said_at(raw) if history(raw)[0] != identity(raw, "id") else None


def _figures(raw: Json) -> Figures:
    of = part(raw, "public_metrics")
    reposts = count(of, "retweet_count")
    return Figures(
        count(of, "reply_count"), count(of, "repost_count") if reposts is None else reposts, count(of, "like_count"),
        count(of, "quote_count"), count(of, "impression_count"))  # fmt: skip


def _medium(key: str, given: Json) -> Media:
    """A picture by its address, a film by that of its first picture; by no address where X did not give it."""
    kind = _MEDIA.get(text(given, "type")) or _MEDIA_BY_KEY.get(key.partition("_")[0], "file")
    return Media(kind, text(given, "url") or text(given, "preview_image_url"), text(given, "alt_text"))


def _poll(given: Json) -> Poll | None:
    options = sorted(objects(given, "options"), key=lambda each: count(each, "position") or 0)
    votes = tuple((text(each, "label", 500), count(each, "votes")) for each in options)
    if not votes:
        return None
    known = [each for _label, each in votes if each is not None]
    return Poll(votes, sum(known) if len(known) == len(votes) else None, moment(text(given, "end_datetime")))


def _withheld(raw: Json) -> tuple[str, ...]:
    """The countries in which the network does not show it."""
    said = strings(part(raw, "withheld"), "country_codes")
    return tuple(sorted({each.upper() for each in said if _COUNTRY.fullmatch(each)}))


def withheld_everywhere(raw: Json) -> bool:
    """Whether the network shows the post to nobody."""
    codes = _withheld(raw)
    return not _EVERYWHERE.isdisjoint(codes) or (bool(codes) and not _words(raw)[0])


# Whether posts still stand -----------------------------------------------------------------------


def asked(standing: Standing) -> str:
    """The id to ask X about a stored post by: that of a repost is its own; its address has the newest version's."""
    if standing.uid != standing.id and ID.fullmatch(standing.uid):
        return standing.uid
    status = _STATUS.match(standing.url)
    return status[2] if status else standing.id


def newer(answer: Answer, owners: Mapping[str, int]) -> dict[str, int]:
    """The newest versions of posts of which ``answer`` has an older one, since X gives the version that is asked for;
    each with the source that ``owners`` has for the older."""
    given = {identity(each, "id") for each in answer.posts}
    newest = {history(each)[-1]: owners.get(identity(each, "id"), 0) for each in answer.posts}
    return {id: source for id, source in newest.items() if id not in given}


def verdicts(
    answer: Answer, standings: Sequence[Standing], people: Mapping[str, Account], seen: datetime
) -> list[Verdict]:
    """What ``answer`` says of ``standings``; those of which it says nothing, or only an old version, are left out."""
    reading = Reading(answer, people, seen)
    given = {identity(each, "id"): each for each in answer.posts}
    fates = {concerns(error): fate(error) for error in answer.errors}
    found = (_verdict(each, given, fates, reading) for each in standings)
    return [each for each in found if each is not None]


def _verdict(
    standing: Standing, given: Mapping[str, Json], fates: Mapping[str, Fate], reading: Reading
) -> Verdict | None:
    id = asked(standing)
    raw = given.get(id)
    if raw is None:
        learnt = fates.get(id, Fate.UNAVAILABLE)
        return None if learnt is Fate.UNAVAILABLE else Verdict(standing.item, learnt)
    newest = given.get(history(raw)[-1])
    if newest is None:
        return None
    if withheld_everywhere(newest):
        return Verdict(standing.item, Fate.WITHHELD)
    item = reading.item(newest, standing.source)
    if item is None or item.hash == standing.hash:
        return Verdict(standing.item)
    return Verdict(standing.item, fresh=replace(item, uid=standing.uid))
