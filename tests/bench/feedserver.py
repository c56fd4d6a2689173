"""A local server of realistic feeds, in a process of its own so that its work does not count as Veille's.

``python -m tests.bench.feedserver [--port N] [--feeds N]`` prints its address and serves until it is stopped:

- ``/f/N.xml``: feed N (even: RSS 2.0 with ``content:encoded``, odd: Atom), ETag, Last-Modified, 304 when unchanged;
- ``/opml`` and ``/urls``: all of them as OPML and as a plain list;
- ``/ctl/gen/N``: from now on every feed has published N items more than at first, and its N oldest have dropped out;
- ``/ctl/stat`` and ``/ctl/reset``: the counters as JSON, and back to zero.

500 feeds are 17,482 items and about 84 MB. Everything is drawn from fixed seeds: two runs serve the same bytes.
"""

import argparse
import asyncio
import html
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.request import urlopen

_BEGIN = datetime(2025, 11, 24, tzinfo=UTC)
_STEP = timedelta(minutes=90)  # between two items of a feed
_TRADE = """
marché croissance réglementation directive européen fabricant batterie lithium approvisionnement acquisition filiale
trimestre résultat investissement usine hydrogène carbone semi-conducteur tarif concurrence autorité consultation public
innovation brevet logiciel nuage partenariat stratégie exportation emballage recyclage logistique transport distribution
santé dispositif essai assurance crédit banque inflation énergie renouvelable éolien réseau électrique stockage œuvre
market growth company share report regulation supply chain earnings quarter agreement plant network carrier retailer
insurer hospital trial patent cloud software battery grid tariff watchdog merger spectrum fibre licence warehouse"""
_SMALL = "le la les de des du un une et à en pour par sur dans que qui the of and to in a for on with that is by"
_SUBJECTS = _TRADE.split()


def size(feed: int) -> int:
    """How many items feed number ``feed`` shows at any time: 20 to 50."""
    return 20 + (feed * 7) % 31


def total(feeds: int) -> int:
    """How many items ``feeds`` feeds show."""
    return sum(size(feed) for feed in range(feeds))


@cache
def _sentences() -> tuple[str, ...]:
    """Twelve thousand sentences over some nine thousand words, the frequent ones far more frequent."""
    rng = random.Random(20251124)
    syllables = ["ba", "cor", "dé", "fi", "gra", "lo", "mé", "nu", "pri", "ré", "sta", "tur", "vel", "xi", "œu", "tran"]
    rare = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _number in range(9000)]
    words = _SMALL.split() * 3 + _SUBJECTS + rare
    weights = [1 / (1 + rank) ** 0.7 for rank in range(len(words))]
    drawn = iter(rng.choices(words, weights, k=12_000 * 18))
    return tuple(" ".join(next(drawn) for _word in range(18)).capitalize() for _number in range(12_000))


@dataclass(frozen=True)
class Story:
    """One item, before it is written as RSS or Atom."""

    feed: int
    number: int
    title: str
    link: str
    author: str
    summary: str
    body: str
    tags: tuple[str, ...]

    @property
    def uid(self) -> str:
        return f"urn:bench:{self.feed}:{self.number}"

    @property
    def at(self) -> datetime:
        return _BEGIN + timedelta(minutes=self.feed % 60) + self.number * _STEP


def story(feed: int, number: int) -> Story:
    """Item ``number`` of ``feed``; always the same."""
    rng = random.Random(feed * 10_007 + number)
    sentences = _sentences()
    title = " ".join(rng.choice(sentences).split()[: rng.randint(6, 12)])
    link = f"https://news{feed}.example.org/2025/{number}-{title.split()[0].lower()}"
    paragraphs = "".join(
        f"<p>{rng.choice(sentences)}, {rng.choice(sentences).lower()}. "
        f'<a href="{link}#{place}" class="ext" onclick="go()">'
        f"{rng.choice(_SUBJECTS)}</a> {rng.choice(sentences)}.</p>\n"
        for place in range(rng.randint(3, 8))
    )
    body = (
        f'<figure><img src="/img/{number}.jpg" srcset="/img/{number}-2x.jpg 2x" width="640" height="360" '
        f'alt="{rng.choice(_SUBJECTS)}"><figcaption>{rng.choice(sentences)}</figcaption></figure>\n{paragraphs}'
        f"<ul><li>{rng.choice(sentences)}</li><li>{rng.choice(sentences)}</li></ul>"
        f"<blockquote>{rng.choice(sentences)}</blockquote>"
        f'<p style="font-size:1px"><img src="https://pixel.example.net/{feed}/{number}.gif" width="1" height="1"></p>'
    )
    author = f"{rng.choice(_SUBJECTS).title()} {rng.choice(_SUBJECTS).title()}"
    return Story(feed, number, title, link, author, rng.choice(sentences), body, tuple(rng.choices(_SUBJECTS, k=3)))


def _rss(one: Story) -> str:
    tags = "".join(f"<category><![CDATA[{tag}]]></category>" for tag in one.tags)
    return (
        f"<item><title>{html.escape(one.title)}</title><link>{one.link}</link>"
        f'<guid isPermaLink="false">{one.uid}</guid><pubDate>{format_datetime(one.at, usegmt=True)}</pubDate>'
        f"<dc:creator><![CDATA[{one.author}]]></dc:creator>{tags}"
        f"<description><![CDATA[<p>{one.summary} [&#8230;]</p>]]></description>"
        f"<content:encoded><![CDATA[{one.body}]]></content:encoded></item>\n"
    )


def _atom(one: Story) -> str:
    tags = "".join(f'<category term="{html.escape(tag)}"/>' for tag in one.tags)
    return (
        f'<entry><title type="html">{html.escape(html.escape(one.title))}</title>'
        f'<link rel="alternate" type="text/html" href="{one.link}"/><id>{one.uid}</id>'
        f"<updated>{one.at.isoformat()}</updated><published>{one.at.isoformat()}</published>"
        f'<author><name>{one.author}</name></author>{tags}<summary type="html">{html.escape(f"<p>{one.summary}</p>")}'
        f'</summary><content type="html" xml:base="{one.link}">{html.escape(one.body)}</content></entry>\n'
    )


@cache
def _written(feed: int, number: int) -> bytes:
    return (_atom if feed % 2 else _rss)(story(feed, number)).encode()


def render(feed: int, generation: int, root: str) -> bytes:
    """The whole of ``feed`` after ``generation`` more items than at first, newest first."""
    last = size(feed) - 1 + generation
    items = b"".join(_written(feed, number) for number in range(last, generation - 1, -1))
    site, address, when = f"https://news{feed}.example.org/", f"{root}/f/{feed}.xml", story(feed, last).at
    if feed % 2:
        head = (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">'
            f'<title>Source {feed}</title><id>urn:bench:{feed}</id><link href="{site}"/>'
            f'<link rel="self" href="{address}"/>'
            f"<updated>{when.isoformat()}</updated>\n"
        )
        return head.encode() + items + b"</feed>\n"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Source {feed}</title><link>{site}</link><description>Bench {feed}</description><language>fr</language>"
        f"<lastBuildDate>{format_datetime(when, usegmt=True)}</lastBuildDate>\n"
    )
    return head.encode() + items + b"</channel></rss>\n"


class Site:
    """What is published at the moment: one answer in full and one 304 for each feed, ready to send."""

    def __init__(self, feeds: int, root: str) -> None:
        self.feeds, self.root = feeds, root
        self.counters: Counter[str] = Counter()
        self.publish(0)

    def publish(self, generation: int) -> None:
        """Go to ``generation``: N more items in each feed than at first."""
        self._full: list[bytes] = []
        self._same: list[bytes] = []
        self._known: list[tuple[str, str]] = []
        for feed in range(self.feeds):
            body = render(feed, generation, self.root)
            tag = f'"{feed}-{generation}"'
            modified = format_datetime(_BEGIN + timedelta(days=generation), usegmt=True)
            kind = "atom" if feed % 2 else "rss"
            validators = {"ETag": tag, "Last-Modified": modified}
            self._full.append(_answer(200, body, {"Content-Type": f"application/{kind}+xml", **validators}))
            self._same.append(_answer(304, b"", validators))
            self._known.append((tag, modified))

    def answer(self, path: str, headers: dict[str, str]) -> bytes:
        """The bytes to send for a GET of ``path``."""
        if path.startswith("/f/"):
            return self._feed(int(path[3:].removesuffix(".xml")), headers)
        if path.startswith("/ctl/gen/"):
            self.publish(int(path[9:]))
            return _answer(200, b"ok")
        if path == "/ctl/reset":
            self.counters.clear()
            return _answer(200, b"ok")
        if path == "/ctl/stat":
            return _answer(200, json.dumps(self.counters).encode())
        addresses = {f"{self.root}/f/{feed}.xml": f"Source {feed}" for feed in range(self.feeds)}
        if path == "/urls":
            return _answer(200, "".join(f"{address}\n" for address in addresses).encode())
        if path == "/opml":
            rows = "\n".join(f'<outline type="rss" text="{name}" xmlUrl="{url}"/>' for url, name in addresses.items())
            return _answer(200, f'<opml version="2.0"><head/><body>\n{rows}</body></opml>\n'.encode())
        return _answer(404, b"")

    def _feed(self, feed: int, headers: dict[str, str]) -> bytes:
        tag, modified = self._known[feed]
        asked, since = headers.get("if-none-match"), headers.get("if-modified-since")
        same = tag in asked if asked is not None else since == modified
        sent = self._same[feed] if same else self._full[feed]
        self.counters["304" if same else "200"] += 1
        self.counters["bytes"] += len(sent)
        return sent


def _answer(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    length = {} if status == 304 else {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in {**(headers or {}), **length}.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self._site, self._pending = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            request, _, self._pending = self._pending.partition(b"\r\n\r\n")
            first, *lines = request.decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            self._transport.write(self._site.answer(first.split()[1], headers))
            if headers.get("connection", "").lower() == "close" or first.endswith("1.0"):
                self._transport.close()


async def _serve(port: int, feeds: int) -> None:
    loop = asyncio.get_running_loop()
    sites: list[Site] = []
    server = await loop.create_server(lambda: _Connection(sites[0]), "127.0.0.1", port, backlog=1024)
    root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sites.append(Site(feeds, root))
    print(root, flush=True)
    await server.serve_forever()


@contextmanager
def serving(feeds: int = 500) -> Iterator[str]:
    """The server in a process of its own, on a free port; gives its address."""
    command = [sys.executable, "-m", "tests.bench.feedserver", "--feeds", str(feeds)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def ask(address: str) -> bytes:
    """The body at ``address``: for ``/ctl`` and for the lists."""
    with urlopen(address, timeout=60) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--feeds", type=int, default=500)
    given = parser.parse_args()
    asyncio.run(_serve(given.port, given.feeds))
