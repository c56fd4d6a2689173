"""A profile, the program on it, and a server with two feeds and one that fails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.servers import FeedServer

TITLES = {
    "energy": ["Batteries : une œuvre européenne", "Grid operators order storage", "L'hydrogène recule"],
    "retail": ["Retailers prepare for Christmas", "Les magasins ouvrent le dimanche"],
}


def rss(name: str, titles: list[str], body: str = "<p>Two <b>words</b>.</p>") -> str:
    """A feed whose newest item, the first of ``titles``, is an hour old."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://{name}.example.org/{place}</link><guid>{name}-{title}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(hours=place + 1))}</pubDate>"
        f"<description>{escape(body)}</description></item>"
        for place, title in enumerate(titles)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The {name} feed</title>{items}</channel></rss>'


def opml(server: FeedServer) -> str:
    """Two sectors; the second has a feed that fails."""

    def row(name: str) -> str:
        return f'<outline type="rss" text="{name.title()} news" xmlUrl="{server.url(f"/{name}.xml")}"/>'

    return (
        f'<opml version="2.0"><head/><body><outline text="Énergie">{row("energy")}</outline>'
        f'<outline text="Commerce">{row("retail")}{row("down")}<outline text="odd" xmlUrl="ftp://example.org/x"/></outline>'
        "</body></opml>"
    )


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as one:
        for name, titles in TITLES.items():
            one.put(f"/{name}.xml", rss(name, titles), headers={"ETag": f'"{name}"', "Content-Type": "text/xml"})
        one.put("/down.xml", status=500)
        yield one


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "profile")


@pytest.fixture
def feeds(server: FeedServer, tmp_path: Path) -> Path:
    """The OPML file of the server's feeds."""
    path = tmp_path / "mes sources.opml"
    path.write_text(opml(server), encoding="utf-8")
    return path


@pytest.fixture
def filled(program: Program, feeds: Path) -> Program:
    """The program on a profile that has asked its sources."""
    program("import", "--allow-private", feeds)
    program("refresh", status=1)
    return program
