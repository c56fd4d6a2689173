"""The archive that X sends whoever asks for their data: posts, likes and bookmarks, in scripts that hold JSON.

The scripts are called ``tweets.js``, ``tweets-part1.js``, ``like.js`` and so on, below ``data/``. What they hold is
told by their names, of one by itself by its first line (``window.YTD.like.part0 = [``). Each entry is an object under
a key of its kind, or the object itself. What was deleted, messages, and what else is in the archive are left alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from sys import getsizeof
from typing import Any

from veille.content.shapes import moment, text
from veille.content.text import plain
from veille.content.xposts import identity
from veille.errors import BadFile
from veille.formats import tweets
from veille.formats.encodings import encoding
from veille.formats.entry import Collection, Entry, Refused, Row, Rows
from veille.formats.files import Files, Member
from veille.formats.jsonstream import TOO_LARGE, entries
from veille.formats.tweets import Note
from veille.i18n import _
from veille.model import Item
from veille.posts import Person

_POSTS, _NOTES, _LIKES, _BOOKMARKS, _ACCOUNT = "posts", "notes", "likes", "bookmarks", "account"
_PART = r"(?:[-_ ]?(?:part)?[-_ ]?\(?\d{1,6}\)?)?"
_NAMES = {
    _POSTS: rf"(?:community[-_])?tweets?{_PART}|\d{{4}}_\d\d",  # 2012_01.js: before 2018
    _NOTES: rf"note[-_]tweets?{_PART}",
    _LIKES: rf"likes?{_PART}",
    _BOOKMARKS: rf"bookmarks?{_PART}",
    _ACCOUNT: "account",
}
_KINDS = [(re.compile(rf"(?:{names})\.js", re.ASCII), kind) for kind, names in _NAMES.items()]
_FIRST_LINE = re.compile(r"\s*(?:window\.)?(?:YTD\.([a-z_]+)\.part\d|Grailbird\.data\.(tweets)_\d{4}_\d\d)", re.ASCII)
_KEYS = {
    _POSTS: ("tweet", "communityTweet"), _NOTES: ("noteTweet", "note_tweet"), _LIKES: ("like",),
    _BOOKMARKS: ("bookmark", "tweet"), _ACCOUNT: ("account",),
}  # fmt: skip
_COLLECTIONS = {_LIKES: Collection.X_LIKES, _BOOKMARKS: Collection.X_BOOKMARKS}
_SAVED = ("likedAt", "bookmarkedAt", "addedAt", "savedAt")
_MOST_HELD = 48_000_000  # bytes, about, of long texts that wait for their posts
_EACH, _ENTITY = 2000, 600  # bytes, about, that one takes besides its text, and each of its entities
_LONGEST_SHOWN = 200


def wanted(name: str) -> bool:
    """Whether a member of an archive that is called ``name`` is read."""
    folders = name.lower().split("/")
    return bool(_by_name(folders[-1])) and "assets" not in folders


def recognises(files: Files) -> bool:
    """Whether ``files`` are an archive of X, or one script of it. Raises BadFile where its scripts cannot be read."""
    problem: BadFile | None = None
    for member in files.members:
        try:
            named = _by_name(member.base) if member.name else _by_first_line(files, member)
            if named not in ("", _ACCOUNT) and _by_first_line(files, member):
                return True
        except BadFile as error:
            problem = problem or error
    if problem:
        raise problem
    return False


def rows(files: Files, seen: datetime) -> Rows:
    """All rows of the archive. A long text is given after its post, which holds it. Raises nothing."""
    yield from _Archive(files, seen).rows()


_One = Callable[[dict[str, Any], int, str, str], Rows]  # an object, its row, its place and its kind


class _Archive:
    def __init__(self, files: Files, seen: datetime) -> None:
        self._files = files
        self._seen = seen
        self._me = Person("")
        self._notes = _Notes()
        self._members = defaultdict[str, list[Member]](list)

    def rows(self) -> Rows:
        for member in self._files.members:
            try:
                self._members[_kind(self._files, member)].append(member)
            except BadFile as error:
                yield _unread(member, 1, error)
        yield from self._account()
        for member in self._members[_NOTES]:
            yield from self._read(member, _NOTES, self._note)
        for member in self._members[_POSTS]:
            yield from self._read(member, _POSTS, self._post)
        for note in self._notes.left():
            yield self._alone(note)
        for kind in _COLLECTIONS:
            for member in self._members[kind]:
                yield from self._read(member, kind, self._other)

    def _read(self, member: Member, kind: str, one: _One) -> Rows:
        """The rows of one script; of a damaged one those before the damage, and one that says where it is."""
        row = 0
        try:
            with self._files.open(member) as stream:
                for entry in entries(stream):
                    row += 1
                    stream.row()
                    if entry is TOO_LARGE:
                        yield Refused(row, "", "", _("It is far too long."), member.name)
                    else:
                        yield from one(_inside(entry, kind), row, member.name, kind)
        except BadFile as error:
            yield _unread(member, row + 1, error)

    def _account(self) -> Rows:
        for member in self._members[_ACCOUNT]:
            try:
                with self._files.open(member) as stream:
                    for entry in entries(stream):
                        self._me = tweets.person(_inside(entry, _ACCOUNT))
                        break
            except BadFile as error:
                yield _unread(member, 1, error)

    # One row -----------------------------------------------------------------------------------------

    def _post(self, raw: dict[str, Any], row: int, place: str, _kind: str) -> Rows:
        note = self._notes.of(raw)
        item = tweets.own(raw, self._me, self._seen, note)
        if item is None:
            yield _refused(raw, row, place)
            return
        yield Entry(row, item, Collection.X_POSTS, place)
        if note:
            yield Entry(note.row, item, Collection.X_POSTS, note.place)

    def _note(self, raw: dict[str, Any], row: int, place: str, _kind: str) -> Rows:
        note = tweets.note(raw, row, place)
        if note is None:
            yield _refused(raw, row, place)
        elif not self._notes.hold(note):
            yield self._alone(note)

    def _alone(self, note: Note) -> Row:
        return Entry(note.row, tweets.alone(note, self._me, self._seen), Collection.X_POSTS, note.place)

    def _other(self, raw: dict[str, Any], row: int, place: str, kind: str) -> Rows:
        item: Item | None = tweets.other(raw, self._seen)
        if item is None:
            yield _refused(raw, row, place)
            return
        yield Entry(row, item, _COLLECTIONS[kind], place, saved=_saved(raw, self._seen))


class _Notes:
    """Long texts that wait for their posts.

    An archive does not say which belongs to which: a note has an id of its own, and the second in which its post was
    made. So that decides, together with how both begin.
    """

    def __init__(self) -> None:
        self._by_post = dict[str, Note]()
        self._by_second = defaultdict[datetime, list[Note]](list)
        self._by_words = dict[str, Note]()
        self._waiting = dict[str, Note]()
        self._held = 0

    def hold(self, note: Note) -> bool:
        """Keep it; False where there is no room for more."""
        self._held += getsizeof(note.text) + _EACH + _ENTITY * sum(map(len, note.entities.values()))
        if self._held > _MOST_HELD or note.id in self._waiting:
            return False
        self._waiting[note.id] = note
        self._by_post.update({each: note for each in (note.id, note.post) if each})
        if note.when:
            self._by_second[note.when.replace(microsecond=0)].append(note)
        self._by_words[_bare(note.text)[:_TELLING]] = note
        return True

    def of(self, raw: dict[str, Any]) -> Note | None:
        """The one that belongs to the post ``raw``, given once."""
        if not self._waiting:
            return None
        id, words = identity(raw, "id_str", "id"), _bare(tweets.said(raw))
        when = tweets.when(raw, id)
        same = self._by_second.get(when.replace(microsecond=0), []) if when else []
        found = self._by_post.get(id) or next((each for each in same if _begins(words, each)), None)
        if found is None and len(words) >= _TELLING:
            found = self._by_words.get(words[:_TELLING])
            found = found if found and _begins(words, found) else None
        return self._waiting.pop(found.id, None) if found else None

    def left(self) -> Iterator[Note]:
        """Those whose posts did not come."""
        yield from self._waiting.values()


_TELLING = 60  # characters at the beginning that tell one text from others
_LEFT_OUT = re.compile(r"https?://t\.co/\w*|…|\s+|\A(?:@\w{1,20}\s+)+", re.ASCII)


def _bare(words: str) -> str:
    """The beginning of a text without what differs between a post and its note: names in front, links, spaces."""
    head = words[:600].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return _LEFT_OUT.sub("", head)


def _begins(words: str, note: Note) -> bool:
    return _bare(note.text).startswith(words[:240]) and not words.startswith("RT@")


# Members and entries -----------------------------------------------------------------------------


def _by_name(base: str) -> str:
    return next((kind for form, kind in _KINDS if form.fullmatch(base)), "")


def _kind(files: Files, member: Member) -> str:
    """What a script holds, "" for what is not taken in."""
    return _by_name(member.base) if member.name else _by_first_line(files, member)


def _by_first_line(files: Files, member: Member) -> str:
    head = files.head(member)
    line = _FIRST_LINE.match(head.decode(encoding(head), "replace"))
    return _by_name(f"{line[1] or line[2]}.js") if line else ""


def _inside(entry: Any, kind: str) -> dict[str, Any]:
    """The object of an entry, which may lie under a key; an empty one for what is none."""
    if not isinstance(entry, dict):
        return {}
    return next((entry[key] for key in _KEYS[kind] if isinstance(entry.get(key), dict)), entry)


def _saved(raw: dict[str, Any], seen: datetime) -> datetime | None:
    told = next(filter(None, (moment(text(raw, name)) for name in _SAVED)), None)
    return told if told and told <= seen else None


def _refused(raw: dict[str, Any], row: int, place: str) -> Refused:
    words = tweets.said(raw) or text(raw, "fullText")
    link = text(raw, "expandedUrl")
    return Refused(row, plain(words)[:_LONGEST_SHOWN], plain(link)[:_LONGEST_SHOWN],
                   _("It does not say which post it is."), place)  # fmt: skip


def _unread(member: Member, row: int, error: BadFile) -> Refused:
    why = _("The file could not be read to its end: {detail}.").format(detail=_(str(error.facts.get("detail", ""))))
    return Refused(row, "", "", why, member.name)
