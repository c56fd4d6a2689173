"""Archives of X as X makes them, for tests: its scripts, packed or not."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from veille.formats.entry import Entry, Row
from veille.formats.files import opening
from veille.formats.readers import x

SEEN = datetime(2026, 11, 26, 12, tzinfo=UTC)
ACCOUNT = {
    "account": {"username": "ada", "accountId": "99", "accountDisplayName": "Ada Example", "email": "a@b.example"}
}


def script(kind: str, rows: Iterable[Any], part: int = 0) -> bytes:
    """One of its scripts."""
    text = json.dumps(list(rows), ensure_ascii=False, indent=2)
    return f"window.YTD.{kind}.part{part} = {text}".encode()


def tweet(id: int | str, full_text: str, **more: Any) -> dict[str, Any]:
    """An entry of ``tweets.js``; numbers are strings there."""
    raw = {
        "id": str(id), "id_str": str(id), "full_text": full_text, "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "lang": "en", "favorite_count": "3", "retweet_count": "1", "truncated": False, "retweeted": False,
        "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
        "display_text_range": ["0", str(len(full_text))],
    }  # fmt: skip
    return {"tweet": {**raw, **more}}


def note(id: int | str, text: str, created: str = "2018-10-10T20:19:24.000Z", **core: Any) -> dict[str, Any]:
    """An entry of ``note-tweet.js``."""
    core = {"text": text, "urls": [], "mentions": [], "hashtags": [], "cashtags": [], "styletags": [], **core}
    return {"noteTweet": {"noteTweetId": str(id), "createdAt": created, "updatedAt": created, "core": core}}


def like(id: int | str, text: str = "", key: str = "like", **more: Any) -> dict[str, Any]:
    """An entry of ``like.js`` or, with its ``key``, of ``bookmarks.js``."""
    said = {"fullText": text} if text else {}
    return {key: {"tweetId": str(id), **said, "expandedUrl": f"https://twitter.com/i/web/status/{id}", **more}}


def packed(path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP file of ``members``."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def unpacked(path: Path, members: Mapping[str, bytes]) -> Path:
    """A folder of ``members``."""
    for name, data in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def rows(path: Path) -> list[Row]:
    """All rows of the archive at ``path``, which is known to be one."""
    with opening(path, x.wanted) as files:
        assert x.recognises(files)
        return list(x.rows(files, SEEN))


def entries(path: Path) -> list[Entry]:
    """The same, of one of which every row can be kept."""
    found = rows(path)
    assert all(isinstance(each, Entry) for each in found), found
    return [each for each in found if isinstance(each, Entry)]
