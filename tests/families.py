"""The corpora of feeds, lists and attacks, run through the real code and counted."""

import html
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.corpora import corpus
from tests.harmless import item_faults
from veille.errors import BadFile, SourceError
from veille.formats import opml
from veille.model import Item, ItemKind
from veille.sources.base import Parsed
from veille.sources.feeds import parse

SEEN = datetime(2026, 11, 22, tzinfo=UTC)
LARGE = 8192  # bytes from which a feed counts as a real one
_ADDRESS = "https://feeds.example.org/x/feed.xml"


def families(*parts: str) -> Iterator[tuple[str, list[Path]]]:
    """Each source of the corpora with its files."""
    for folder in sorted(corpus(*parts).iterdir()):
        yield folder.name, sorted(path for path in folder.rglob("*") if path.is_file())


def read(body: bytes) -> Parsed | SourceError:
    """What the pipeline makes of ``body``. Anything but a SourceError gets through: it is a crash."""
    try:
        return parse(body, "", _ADDRESS, 1, SEEN, {})
    except SourceError as error:
        return error


def feed_counts(files: list[Path]) -> tuple[Counter[str], list[str], float]:
    """Counts, what must not be in the items, and the longest time for one file in seconds."""
    counts: Counter[str] = Counter(files=len(files))
    faults: list[str] = []
    slowest = 0.0
    for path in files:
        body = path.read_bytes()
        start = time.perf_counter()
        parsed = read(body)
        slowest = max(slowest, time.perf_counter() - start)
        if isinstance(parsed, SourceError):
            counts[type(parsed).__name__] += 1
            continue
        counts.update(feeds=1, entries=parsed.entries, items=len(parsed.items))
        faults += [f"{path.name}: {fault}" for item in parsed.items for fault in item_faults(item)]
        if len(body) >= LARGE and parsed.items:
            counts["large"] += 1
            for item in parsed.items:
                counts.update(_found(item))
    return counts, faults, slowest


def _found(item: Item) -> dict[str, int]:
    words = bool(item.title) or (item.kind is ItemKind.POST and bool(item.summary))
    return {"large items": 1, "title": words, "link": bool(item.url), "date": bool(item.published or item.updated)}


def opml_counts(files: list[Path]) -> Counter[str]:
    """Rows, different addresses, rows with a problem, and files that are no OPML."""
    counts: Counter[str] = Counter(files=len(files))
    addresses = set()
    for path in files:
        try:
            rows = opml.read(path.read_bytes()).rows
        except BadFile:
            counts["no OPML"] += 1
            continue
        counts.update(rows=len(rows), problems=sum(bool(row.problem) for row in rows))
        addresses |= {row.address for row in rows if row.address}
    counts["addresses"] = len(addresses)
    return counts


def payloads() -> list[str]:
    """Every line of the lists of attacks."""
    files = [path for name, paths in families("E_hostile") if "html5lib" not in name for path in paths]
    lists = [path for path in files if path.suffix in (".txt", ".test", ".dat", ".md")]
    found = {line for path in lists for line in path.read_bytes().decode("utf-8", "replace").splitlines() if line}
    return sorted(found, key=lambda line: ("<!entity" in line.lower(), line))  # those refuse the whole feed: last


def hostile_feeds(lines: list[str]) -> Iterator[bytes]:
    """RSS, Atom and JSON feeds that carry ``lines`` in every place where a text goes."""
    for start in range(0, len(lines), 250):
        part = lines[start : start + 250]
        yield (
            "<rss version='2.0'><channel><title>T</title>" + "".join(map(_rss_item, part)) + "</channel></rss>"
        ).encode()
        yield ('<feed xmlns="http://www.w3.org/2005/Atom">' + "".join(map(_atom_entry, part)) + "</feed>").encode()
        items = [{"id": line, "url": line, "title": line, "content_html": line, "summary": line, "image": line,
                  "authors": [{"name": line}], "tags": [line]} for line in part]  # fmt: skip
        yield json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": part[0], "items": items}).encode()


def _rss_item(line: str) -> str:
    safe, raw = html.escape(line), line.replace("]]>", "")
    return (
        f"<item><title>{safe}</title><link>{safe}</link><guid>{safe}</guid>"
        f"<author>{safe}</author><category>{safe}</category>"
        f"<description><![CDATA[<p>text</p>{raw}]]></description><enclosure url='{safe}' type='{safe}'/></item>"
    )


def _atom_entry(line: str) -> str:
    safe = html.escape(line)
    return (
        f"<entry xml:base='{safe}'><id>{safe}</id><title type='html'>{safe}</title><link href='{safe}'/>"
        f"<author><name>{safe}</name></author><category term='{safe}'/><summary type='text'>{safe}</summary>"
        f"<content type='html'>{safe}</content></entry>"
    )
