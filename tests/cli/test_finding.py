"""``find``: announced, asked, listed, previewed, added; in the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.core.finding import link, page, rss
from tests.servers import FeedServer

HTML = {"Content-Type": "text/html"}
ITEMS = "".join(f'<li class="news"><h3><a href="/n{n}">News number {n} of the day</a></h3></li>' for n in range(5))


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer() as server:
        links = link("/comments/feed", "Site » Comments") + link("/all.xml", "Site » All")
        server.put("/", page(links).body, headers=HTML)
        server.put("/all.xml", rss("All of it").body)
        server.put("/bare", page(body=f"<ul>{ITEMS}</ul>", title="Bare").body, headers=HTML)
        yield server


def test_nothing_is_asked_unless_one_agrees(program: Program, site: FeedServer) -> None:
    ran = program("find", site.url("/"), "--allow-private", status=1)
    assert f"1 request to 127.0.0.1:{site.port}." in ran.err
    assert "With --yes it is done without this question." in ran.err
    assert site.requests == []


def test_what_is_there_is_listed_and_shown(program: Program, site: FeedServer) -> None:
    ran = program("find", site.url("/"), "--allow-private", "--yes")
    assert site.paths == ["/", "/all.xml"]
    lines = [each.strip() for each in ran.out.splitlines()]
    assert lines[0].split() == ["1", "Site", "»", "All"]
    assert site.url("/comments/feed") in lines
    assert "It holds 3 items; the newest is of 01 Mar 2026." in ran.out
    assert "News number 0" in ran.out
    assert all(site.url(path) in ran.err for path in site.paths)


def test_as_objects(program: Program, site: FeedServer) -> None:
    first, second = program("find", site.url("/"), "--allow-private", "--yes", "--json").objects
    assert (first["number"], first["address"], first["comments"]) == (1, site.url("/all.xml"), False)
    assert (second["number"], second["comments"], second["preview"]) == (2, True, None)
    assert first["preview"]["entries"] == 3
    assert first["preview"]["items"][0]["published"] == "2026-03-01T08:00:00Z"


def test_it_is_added(program: Program, site: FeedServer) -> None:
    ran = program("find", site.url("/"), "--allow-private", "--yes", "--add", "--sector", "Energy")
    assert ran.out.splitlines()[-1] == "“All of it” was added."
    (source,) = program("sources", "--json").objects
    assert (source["address"], source["title"], source["sectors"]) == (site.url("/all.xml"), "All of it", ["energy"])
    again = program("find", site.url("/"), "--allow-private", "--yes", "--json").objects
    assert again[0]["source_id"] == source["id"]


def test_a_number_that_there_is_not(program: Program, site: FeedServer) -> None:
    assert "named “7”" in program("find", site.url("/"), "--allow-private", "--yes", "--add", "7", status=1).err


def test_a_page_without_a_feed(program: Program, site: FeedServer) -> None:
    ran = program("find", site.url("/bare"), "--allow-private", "--yes", status=1)
    assert f"At most 8 requests to 127.0.0.1:{site.port}, until" in ran.err
    assert len(site.requests) == 9
    assert "No feed was found there." in ran.err
    proposed = ran.err.splitlines()[-1].partition("--select “")[2].rstrip("”")
    shown = program("find", site.url("/bare"), "--allow-private", "--yes", "--select", proposed, "--add")
    assert len(site.requests) == 10  # the page alone
    assert "News number 4 of the day" in shown.out
    (source,) = program("sources", "--json").objects
    assert (source["kind"], source["address"]) == ("page", site.url("/bare"))


def test_what_is_known_is_asked_nobody(program: Program) -> None:
    ran = program("find", "https://github.com/owner/project", "--json")
    names = [each["address"].rpartition("/")[2] for each in ran.objects]
    assert names == ["releases.atom", "tags.atom", "commits.atom"]
    assert ran.err == ""
    assert "Spotify gives out no feeds." in program("find", "https://open.spotify.com/show/x", status=1).err


def test_common_places_on_demand(program: Program, site: FeedServer) -> None:
    site.put("/feed", rss("Another").body)
    ran = program("find", site.url("/"), "--allow-private", "--yes", "--further", "--json")
    assert [each["title"] for each in ran.objects] == ["Site » All", "Site » Comments", "Another"]


def test_a_page_that_lies(program: Program, site: FeedServer) -> None:
    site.put("/lies", page(link("/bare", "News")).body, headers=HTML)
    ran = program("find", site.url("/lies"), "--allow-private", "--yes", "--add", status=1)
    assert "What 127.0.0.1 sent is not a feed." in ran.err
    assert "News" in ran.out
    assert "was added" not in ran.out


def test_the_sample_is_invented(tmp_path: Path) -> None:
    sample = Program(None, {"XDG_DATA_HOME": str(tmp_path)})
    assert "invented" in sample("find", "https://news.example/", status=1).err
