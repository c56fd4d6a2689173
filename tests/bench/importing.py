"""How long it takes to bring in 30,000 bookmarks and an X archive of 100,000 posts.

Both files are made here, as a browser and X make them, with rows that are there twice and rows that nobody can use.
Each is imported into a new profile by a process of its own, from the file to the disk, through the process that reads
it: ``bookmarks_s`` and ``archive_s``; then the search learns of all of it. ``rows`` are what both files hold,
``accounted`` those that were added, there already or refused. ``peak_mb`` is the most memory that the importing process
and the one that reads had together (PSS). Beside it stand what a plain ``executemany`` of the same items into SQLite
takes, and a second import of the bookmarks, which finds all of them there.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.refresh import Run, run

_WORDS = ("grid", "storage", "lithium", "battery", "réseau", "énergie", "market", "price", "turbine", "œuvre", "report")
_BAD, _TWICE = 97, 89  # one of how many rows


def main(arguments: Sequence[str] = ()) -> None:
    """Run it and print the table and the line of keys."""
    parser = argparse.ArgumentParser(prog="import", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bookmarks", type=int, default=30_000)
    parser.add_argument("--posts", type=int, default=100_000)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {
            "bookmarks": _bookmarks(folder / "bookmarks.html", given.bookmarks),
            "archive": _archive(folder / "twitter.zip", given.posts),
        }
        rows = given.bookmarks + given.posts
        runs = {kind: imported(path, folder / kind) for kind, path in files.items()}
        again, _run = imported(files["bookmarks"], folder / "bookmarks")
        plain = {kind: plainly(path, folder / f"{kind}.db") for kind, path in files.items()}
    accounted = sum(told["added"] + told["known"] + told["refused"] for told, _run in runs.values())
    peak = max(ran.megabytes for _told, ran in runs.values())
    for kind, (told, ran) in runs.items():
        print(
            f"{kind}: {told['rows']} rows in {told['import_s']:.1f} s (plain executemany {plain[kind]:.1f} s), "
            f"searchable {told['index_s']:.1f} s later; {told['added']} added, {told['known']} there already, "
            f"{told['refused']} refused; {ran.megabytes:.0f} MB at most"
        )
    print(f"bookmarks again: {again['import_s']:.1f} s, {again['added']} added")
    print(
        f"import rows={rows} accounted={accounted} bookmarks_s={runs['bookmarks'][0]['import_s']:.2f} "
        f"archive_s={runs['archive'][0]['import_s']:.2f} peak_mb={peak:.1f} again_s={again['import_s']:.2f} "
        f"plain_bookmarks_s={plain['bookmarks']:.2f} plain_archive_s={plain['archive']:.2f}"
    )


def imported(path: Path, profile: Path) -> tuple[dict[str, Any], Run]:
    """What a process told that imported ``path`` into ``profile``."""
    ran = run([sys.executable, "-m", "tests.bench.importing", str(path), str(profile)])
    told: dict[str, Any] = json.loads(ran.output.splitlines()[-1])
    return told, ran


def plainly(path: Path, database: Path) -> float:
    """Seconds that SQLite takes for the same items, read beforehand, in transactions of as many."""
    from veille.core.transfer.importing import BATCH
    from veille.formats.entry import Entry
    from veille.formats.reading import read, recognise

    batches = read(str(path), recognise(path), datetime.now(UTC))
    items = [row.item for batch in batches for row in batch.rows if isinstance(row, Entry)]
    rows = [(each.uid, each.url, each.title, each.summary, each.content, str(each.at)) for each in items]
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE item (uid TEXT UNIQUE, url, title, summary, content, at)")
        begin = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            connection.execute("BEGIN")
            connection.executemany("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?, ?)", rows[start : start + BATCH])
            connection.execute("COMMIT")
        seconds = time.perf_counter() - begin
    connection.close()
    return seconds


# The files -----------------------------------------------------------------------------------------


def _bookmarks(path: Path, count: int) -> Path:
    chance = Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n")
        for number in range(count):
            if number % 300 == 0:
                file.write(f"{'</DL><p>' if number else ''}<DT><H3>Folder {number // 300}</H3>\n<DL><p>\n")
            page = number - 1 if number % _TWICE == 1 else number
            address = f"https://site{page % 700}.example/{page}/{_WORDS[page % 11]}.html?id={page}"
            address = f"place:sort={number}" if number % _BAD == 1 else address
            file.write(
                f'<DT><A HREF="{escape(address)}" ADD_DATE="{1_300_000_000 + number * 5000}" '
                f'TAGS="{chance.choice(_WORDS)},{chance.choice(_WORDS)}">{escape(_text(chance, 9))}</A>\n'
                f"{f'<DD>{escape(_text(chance, 30))}' if number % 5 == 0 else ''}\n"
            )
        file.write("</DL><p>\n</DL><p>\n")
    return path


def _archive(path: Path, count: int) -> Path:
    """Three parts of posts; every ninth answers the author's own post before it, every fifth has a picture."""
    from tests.formats.archives import ACCOUNT, packed, script

    parts = [list[dict[str, Any]]() for _part in range(3)]
    for number, each in enumerate(_tweets(count)):
        parts[number * 3 // count].append(each)
    names = ["tweets.js", "tweets-part1.js", "tweets-part2.js"]
    scripts = {
        f"data/{name}": script("tweets", rows, at) for at, (name, rows) in enumerate(zip(names, parts, strict=True))
    }
    return packed(path, {"data/account.js": script("account", [ACCOUNT]), **scripts})


def _tweets(count: int) -> Iterator[dict[str, Any]]:
    from tests.formats.archives import tweet

    chance, first = Random(2), 900_000_000_000_000_000
    for number in range(count):
        id, more = first + number, dict[str, Any]()
        if number % 9 == 1:
            more = {
                "in_reply_to_status_id_str": str(id - 1),
                "in_reply_to_user_id_str": "99",
                "in_reply_to_screen_name": "ada",
            }
        if number % 5 == 0:
            picture = {
                "media_url_https": f"https://pbs.twimg.com/media/{number}.jpg",
                "type": "photo",
                "id_str": str(id),
            }
            more["extended_entities"] = {"media": [picture]}
        id = id - 1 if number % _TWICE == 1 else id
        yield {"tweet": {"oddity": number}} if number % _BAD == 1 else tweet(id, _text(chance, 25), **more)


def _text(chance: Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


# In the process that imports -------------------------------------------------------------------------


def _import(path: Path, profile: Path) -> None:
    from tests.fakes import FakeProgress
    from veille.app import open_services
    from veille.formats.reading import recognise

    services = open_services(profile, write=True)
    try:
        begin = time.perf_counter()
        report = services.importer.run(path, recognise(path), FakeProgress())
        stored = time.perf_counter()
        services.indexer.drain()
        searchable = time.perf_counter()
    finally:
        services.close()
    print(json.dumps({
        "rows": report.rows, "added": report.added, "known": report.known, "refused": report.refused,
        "import_s": stored - begin, "index_s": searchable - stored,
    }))  # fmt: skip


if __name__ == "__main__":
    _import(Path(sys.argv[1]), Path(sys.argv[2]))
