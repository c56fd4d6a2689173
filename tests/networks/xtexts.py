"""Texts as X sends them: escaped, with short links, and what is in them by its place ("entities")."""

import re
import zlib
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.networks.x import Status, XServer

_ENTITY = re.compile(r"https?://\S+|#\w+|\$[A-Z]{1,6}\b|@\w{1,20}")
_KINDS = {"#": "hashtags", "$": "cashtags", "@": "mentions"}


def keys(status: "Status") -> list[str]:
    """The keys of its media."""
    prefix = {"photo": "3", "video": "13", "animated_gif": "16"}
    return [f"{prefix[kind]}_{status.history[0] + at}" for at, (kind, _words) in enumerate(status.media)]


class _Writer:
    """Puts a text together, and notes what stands where."""

    def __init__(self) -> None:
        self.entities: dict[str, list[dict[str, Any]]] = {}
        self._parts: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def write(self, words: str) -> tuple[int, int]:
        self._parts.append(words)
        self._length += len(words)
        return self._length - len(words), self._length

    def link(self, expanded: str, **more: Any) -> None:
        url = short(expanded)
        start, end = self.write(url)
        bare = expanded.partition("://")[2]
        said = {"start": start, "end": end, "url": url, "expanded_url": expanded}
        shown = bare if len(bare) < 28 else bare[:26] + "…"
        self.entities.setdefault("urls", []).append({**said, "display_url": shown, **more})

    def name(self, words: str, users: Mapping[str, Any]) -> None:
        start, end = self.write(words)
        kind, known = _KINDS[words[0]], users.get(words[1:].lower())
        said = {"username": words[1:], **({"id": known.id} if known else {})}
        said = said if kind == "mentions" else {"tag": words[1:]}
        self.entities.setdefault(kind, []).append({"start": start, "end": end, **said})


def marked(status: "Status", server: "XServer") -> tuple[str, dict[str, Any]]:
    """The text, and the entities whose places count in it."""
    made, at = _Writer(), 0
    for found in _ENTITY.finditer(status.text):
        made.write(escape(status.text[at : found.start()], quote=False))
        words, at = found[0], found.end()
        if words.startswith("http"):
            made.link(words)
        else:
            made.name(words, server.people)
    made.write(escape(status.text[at:], quote=False))
    if status.quotes:
        made.write(" ")
        quoted = server.statuses.get(status.quotes)
        made.link(f"https://twitter.com/{quoted.author.username if quoted else 'i'}/status/{status.quotes}")
    if status.media:
        made.write(" ")
        kind = "photo" if status.media[0][0] == "photo" else "video"
        page = f"https://twitter.com/{status.author.username}/status/{status.id}"
        made.link(f"{page}/{kind}/1", media_key=keys(status)[0])
    return made.text, made.entities


def short(expanded: str) -> str:
    """The address by which X leads to another."""
    return f"https://t.co/{zlib.crc32(expanded.encode()):010d}"


def shortened(full: str, entities: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The beginning of a long post, which leads to the whole."""
    cut = full[:240].rsplit(" ", 1)[0]
    url = short(full)
    link = {"start": len(cut) + 2, "end": len(cut) + 2 + len(url), "url": url, "expanded_url": "https://x.com/i/web/1"}
    kept = _before(entities, len(cut))
    return f"{cut}… {url}", {**kept, "urls": [*kept.get("urls", []), link]}


def cut(full: str, entities: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A repost, of which no more than 140 characters are told."""
    if len(full) <= 140:
        return full, entities
    return full[:139] + "…", _before(entities, 139)


def _before(entities: dict[str, Any], end: int) -> dict[str, Any]:
    kept = {kind: [each for each in found if each["end"] <= end] for kind, found in entities.items()}
    return {kind: found for kind, found in kept.items() if found}
