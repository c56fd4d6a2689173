"""What reading archives that were built to do harm takes: ``python -m tests.formats.memory [CASE …]``.

Each is made in a temporary folder (2 GB of room are needed, in ``TMPDIR``) and read as the program does, in a process
of its own beside one that only counts; the peaks of both are added. The target is 300 MB.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from veille.formats.entry import Batch, Refused

MB = 1_000_000
SEEN = datetime(2026, 11, 26, 12, tzinfo=UTC)


def posts(count: int) -> Iterator[bytes]:
    """The script of ``count`` posts, such as people write them, in pieces."""
    text = "La transition avance : prix, réseaux et stockage, voici ce que dit le rapport https://t.co/a{} #énergie"
    url = {"url": "", "expanded_url": "https://example.org/a?utm_source=x", "indices": ["77", "96"]}
    yield b"window.YTD.tweets.part0 = ["
    for number in range(count):
        raw = {
            "id_str": str(1_500_000_000_000_000_000 + number), "full_text": text.format(number), "lang": "fr",
            "created_at": "Wed Oct 10 20:19:24 +0000 2018", "favorite_count": "3",
            "entities": {"urls": [{**url, "url": f"https://t.co/a{number}"}],
                         "hashtags": [{"text": "énergie", "indices": ["97", "105"]}]},
        }  # fmt: skip
        yield (", " if number else "").encode() + json.dumps({"tweet": raw}, ensure_ascii=False, indent=2).encode()
    yield b"]"


def repeated(head: bytes, piece: bytes, size: int, tail: bytes = b"") -> Iterator[bytes]:
    """``piece`` until there are ``size`` bytes."""
    yield head
    block = piece * max(1, MB // len(piece))
    for _each in range(size // len(block)):
        yield block
    yield tail


def plain(path: Path, pieces: Iterator[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path


def zipped(path: Path, members: dict[str, Iterator[bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for each in pieces:
                    member.write(each)
    return path


def bomb(path: Path, name: str, head: bytes, piece: bytes, size: int) -> Path:
    """A ZIP file in which ``piece`` is repeated until there are ``size`` bytes, made without packing them all."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = machine.compress(head) + machine.flush(zlib.Z_FULL_FLUSH)
    block = piece * (MB // len(piece))
    again = machine.compress(block) + machine.flush(zlib.Z_FULL_FLUSH)
    end = machine.flush(zlib.Z_FINISH)
    times = size // len(block)
    packed, told = len(start) + times * len(again) + len(end), min(size, 0xFFFF_FFFE)
    fields = (8, 0, 0, 0, packed, told, len(name))
    with path.open("wb") as file:
        file.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, *fields, 0) + name.encode() + start)
        file.writelines(again for _each in range(times))
        file.write(end)
        at = file.tell()
        file.write(struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, *fields, 0, 0, 0, 0, 0, 0) + name.encode())
        file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, file.tell() - at, at, 0))
    return path


def names(path: Path, count: int) -> Path:
    """A ZIP file whose directory has one member ``count`` times."""
    whole = zipped(path, {"data/tweets_media/picture-of-something.jpg": iter([b"x"])}).read_bytes()
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entry = whole[start:end]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/tweets.js", b"window.YTD.tweets.part0 = []")
    whole = path.read_bytes()
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    own, size = whole[start:end], (end - start) + count * len(entry)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count + 1, count + 1, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    with path.open("wb") as file:
        file.write(whole[:start])
        file.write(own)
        file.writelines(entry * 1000 for _each in range(count // 1000))
        file.write(large + locator + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2))
    return path


def sparse(path: Path, head: bytes, size: int) -> Path:
    """A file of ``size`` bytes, of which all but the first take no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


X, LIKES = b"window.YTD.tweets.part0 = [", b"window.YTD.like.part0 = ["
BIG_LIKE = b'{"like":{"tweetId":"1500000000000000001","fullText":"' + b"a" * 7 * MB + b'"}},'
BOOKMARKS = b"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n"
CASES: dict[str, Callable[[Path], Path]] = {
    "100,000 posts": lambda to: zipped(to, {"data/tweets.js": posts(100_000)}),
    "10 GB of zeros in 10 MB": lambda to: bomb(to, "data/tweets.js", X, b"\0", 10_000 * MB),
    "10 GB of likes in 20 MB": lambda to: bomb(to, "data/like.js", LIKES, b'{"like":{}},', 10_000 * MB),
    "10 GB of bookmarks in 20 MB": lambda to: bomb(
        to, "a.html", BOOKMARKS, b'<DT><A HREF="https://a.example/">a</A>', 10_000 * MB),
    "2 GB of nothing": lambda to: sparse(to, X, 2000 * MB),
    "2 GB of long likes": lambda to: plain(to, repeated(LIKES, BIG_LIKE, 2000 * MB, b"{}]")),
    "a value of 500 MB": lambda to: plain(to, repeated(X + b'{"tweet":{"full_text":"', b"a", 500 * MB, b'"}}]')),
    "a key of 500 MB": lambda to: plain(to, repeated(X + b'{"', b"a", 500 * MB, b'":1}]')),
    "10,000,000 empty objects": lambda to: plain(to, repeated(X, b"{},", 30 * MB, b"{}]")),
    "500 MB of brackets": lambda to: plain(to, repeated(X, b"[", 500 * MB)),
    "objects in one another": lambda to: plain(to, repeated(X, b'{"aaaaaaaaaaaaaaaaaaaaaaaaaaa":', 500 * MB)),
    "lists in one entry": lambda to: plain(to, repeated(X + b"[", b"[],", 500 * MB)),
    "3,000,000 members": lambda to: names(to, 3_000_000),
    "bookmarks, one of 500 MB": lambda to: plain(to, repeated(BOOKMARKS + b'<DT><A HREF="', b"a", 500 * MB)),
    "bookmarks, a title of 500 MB": lambda to: plain(
        to, repeated(BOOKMARKS + b'<DT><A HREF="https://a.example/">', b"a ", 500 * MB)),
    "bookmarks, 500 MB of folders": lambda to: plain(to, repeated(BOOKMARKS, b"<DT><H3>a</H3><DL>", 500 * MB)),
    "a line of 500 MB in a table": lambda to: plain(
        to, repeated(b"title,url,time_added,tags,status\n", b"a", 500 * MB)),
    "a quote of 500 MB in a table": lambda to: plain(
        to, repeated(b'title,url,time_added,tags,status\n"', b"a\n", 500 * MB)),
}  # fmt: skip


def notes(to: Path) -> Path:
    """Long texts that all wait for their posts."""

    def pieces() -> Iterator[bytes]:
        yield b"window.YTD.note_tweet.part0 = ["
        tags = ",".join(f'"tag{number}"' for number in range(300))
        for number in range(5000):
            yield (f'{{"noteTweet":{{"noteTweetId":"{10**18 + number}","core":{{"text":"{number} long",'
                   f'"hashtags":[{tags}]}}}}}},').encode()  # fmt: skip
        yield b"{}]"

    return plain(to, pieces())


CASES["5,000 notes that wait"] = notes


def main(wanted: list[str]) -> None:
    worst = 0.0
    for name, make in CASES.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = make(Path(folder) / "given")
            command = [sys.executable, "-c", f"from tests.formats.memory import measure; measure({str(path)!r})"]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            print(f"{name}: {run.stderr[-2000:]}")
            continue
        found = json.loads(run.stdout)
        worst = max(worst, found["peak_mb"])
        print(f"{name:32} {found}", flush=True)
    print(json.dumps({"peak_mb": worst}))


def measure(path: str) -> None:
    """Read it as the program does, and print what that took."""
    from veille.errors import BadFile, Unreadable
    from veille.sources.workers import stream

    began, rows, refused, told, child = time.monotonic(), 0, 0, "", 0
    try:
        for batch in stream(watched, path):
            if isinstance(batch, Batch):
                rows += len(batch.rows)
                reasons = [each.reason for each in batch.rows if isinstance(each, Refused)]
                refused += len(reasons)
                told = reasons[-1] if reasons else told
            else:
                child = batch
    except (BadFile, Unreadable) as error:
        told = str(error)
    peak = (child or int(Path(f"{path}.peak").read_text(encoding="utf-8"))) + high_water()
    print(json.dumps({
        "peak_mb": round(peak / 1000), "seconds": round(time.monotonic() - began, 1), "cpu_s": round(cpu(), 1),
        "rows": rows, "refused": refused, "told": told}))  # fmt: skip


def watched(path: str) -> Iterator[Batch | int]:
    """All batches, and at last the most memory that this process took, in kB."""
    from veille.formats.reading import read, recognise

    try:
        yield from read(path, recognise(Path(path)), SEEN)
    finally:
        Path(f"{path}.peak").write_text(str(high_water()), encoding="utf-8")
    yield high_water()


def cpu() -> float:
    """Seconds that this process and the one beside it computed."""
    return sum(os.times()[:4])


def high_water() -> int:
    """In kB; the kernel's own count."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main(sys.argv[1:])
