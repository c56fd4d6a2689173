"""What others may see: modes, routes, what is allowed, traces, certificates, articles; end to end."""

import csv
import io
import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import rss
from tests.cli.program import Program
from tests.servers import FeedServer
from veille.cli import arguments
from veille.core.traces import KEYS

TOKEN = "token=9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"
PAGE = "<html><body><article><h1>Storage</h1>{}</article></body></html>".format(
    "<p>The regulator published its decision on storage, which the operators had awaited for a long time.</p>" * 9
)


def mode(program: Program) -> tuple[str, bool]:
    """The mode in force, and whether it ends by itself."""
    (told,) = program("mode", "--json").objects
    return told["mode"], told["open_until"] is not None


# The mode ----------------------------------------------------------------------------------------


def test_a_mode_is_said_and_changed(program: Program) -> None:
    assert program("mode").out.startswith("Discreet mode: Veille only reads")
    assert "Today: 0 reads · 0 hosts · nothing written." in program("mode").out
    assert program("mode", "strict").out.startswith("Strict level of discreet mode")
    assert "no proxy is set, so nothing is asked" in program("mode").out
    assert mode(program) == ("strict", False)
    assert program("mode", "--json").objects[0]["route"] is None
    assert {each["key"]: each["value"] for each in program("settings", "--json").objects}["strict"] is True
    program("mode", "discreet")
    assert mode(program) == ("discreet", False)


def test_leaving_the_discreet_mode_takes_a_yes(program: Program) -> None:
    refused = program("mode", "open", status=1)
    assert refused.err.startswith("Open mode asks fewer questions: ")
    assert "--yes" in refused.err
    assert mode(program) == ("discreet", False)
    assert program("mode", "open", "--yes").out.startswith("Open mode: ")
    assert mode(program) == ("open", True)
    assert program("mode", "open", "--stay").err == ""  # it was left already
    assert mode(program) == ("open", False)
    program("mode", "strict")
    assert mode(program) == ("strict", False)
    assert "not allowed with argument strict" in program("mode", "strict", "--stay", status=2).err


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
@pytest.mark.parametrize(("answer", "then"), [("y", "open"), ("oui", "open"), ("n", "discreet"), ("", "discreet")])
def test_on_a_terminal_it_is_asked(program: Program, answer: str, then: str) -> None:
    ours, theirs = os.openpty()
    with (
        closing(os.fdopen(ours, "wb", buffering=0)) as keyboard,
        closing(os.fdopen(theirs, "rb", buffering=0)) as stdin,
    ):
        keyboard.write(answer.encode() + b"\n")
        done = subprocess.run(
            program.command("mode", "open"), env=program.environment, stdin=stdin, capture_output=True, timeout=60
        )
    assert done.returncode == (0 if then == "open" else 1), done.stderr
    assert mode(program)[0] == then


def test_who_asks_the_mode_begins_no_profile(tmp_path: Path) -> None:
    program = Program(None, {"XDG_DATA_HOME": str(tmp_path)})
    program("mode")
    program("traces")
    assert not (tmp_path / "veille" / "profile").exists()
    program("mode", "strict")
    assert mode(program) == ("strict", False)
    assert (tmp_path / "veille" / "profile").exists()


# The strict level --------------------------------------------------------------------------------


def test_at_the_strict_level_a_refresh_waits_for_its_window(program: Program, feeds: Path, server: FeedServer) -> None:
    program("import", feeds, "--allow-private")
    program("mode", "strict")
    program("set", "proxy", "socks5://127.0.0.1:9")
    assert "is noted for the next window, " in program("refresh").out
    told = program("refresh", "--json").objects[0]
    assert (told["asked"], told["failed"]) == (0, [])
    assert told["later"].endswith("Z")
    assert server.requests == []
    assert program("traces", "--json").objects == []


def test_at_the_strict_level_no_proxy_means_no_request(program: Program, feeds: Path, server: FeedServer) -> None:
    program("import", feeds, "--allow-private")
    program("mode", "strict")
    for command in (["refresh"], ["refresh", "--due"]):
        ran = program(*command, status=1)
        assert ran.err == "veille: 3 sources: Strict level: no proxy is set, so nothing is asked.\n", command
    assert len(program("refresh", "--json", status=1).objects[0]["failed"]) == 3
    assert server.requests == []
    assert program("traces", "--json").objects == []


def test_an_address_made_for_one_reader_is_flagged_and_at_the_strict_level_refused(
    program: Program, tmp_path: Path
) -> None:
    assert "looks like a key of your own" in program("add", f"https://example.org/one?{TOKEN}").out
    program("mode", "strict")
    refused = program("add", f"https://example.org/two?{TOKEN}", status=1)
    assert "looks like a key of your own" in refused.err
    assert "--allow-personal" in refused.err
    assert TOKEN not in refused.err
    program("add", f"https://example.org/two?{TOKEN}", "--allow-personal")
    sources = program("sources", "--json").objects
    assert [each["allowed"] for each in sources] == [[], ["personal"]]


def test_an_import_says_which_addresses_are_made_for_one_reader(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "some.opml"
    rows = [
        f'<outline text="Mine" xmlUrl="https://example.org/a?{TOKEN}"/>',
        '<outline xmlUrl="https://example.org/b"/>',
    ]
    file.write_text(f"<opml><body>{''.join(rows)}</body></opml>")
    (told,) = program("import", file, "--json").objects
    assert (told["added"], len(told["refused"]), len(told["personal"])) == (2, 0, 1)
    assert list(told["personal"][0]) == ["line", "place", "title", "address", "reason"]
    assert told["personal"][0]["title"] == "Mine"
    program("undo")
    program("mode", "strict")
    ran = program("import", file)
    assert ran.out.startswith("1 source added")
    assert "looks like a key of your own" in ran.out


def test_a_move_to_an_address_made_for_one_reader_is_said_and_not_believed(filled: Program, server: FeedServer) -> None:
    server.put("/theirs.xml", rss("energy", ["Marked"]))
    server.redirect("/energy.xml", server.url(f"/theirs.xml?{TOKEN}"), status=301)
    for _again in range(3):
        filled("refresh", status=1)
    assert "looks made for you alone: " in " ".join(filled("sources").out.split())
    energy = next(each for each in filled("sources", "--json").objects if each["name"] == "Energy news")
    assert (energy["address"], energy["moved"]) == (server.url("/energy.xml"), server.url(f"/theirs.xml?{TOKEN}"))


# One source --------------------------------------------------------------------------------------


def test_a_source_has_a_way_of_its_own(filled: Program, server: FeedServer) -> None:
    assert filled("route", "energy").out == "“Energy news” is asked this way: direct.\n"
    said = filled("route", "energy", "socks5://me:hush@127.0.0.1:9")
    assert said.out == "“Energy news” is asked through socks5://127.0.0.1:9.\n"
    before = len(server.requests)
    ran = filled("refresh", status=1)
    assert "Energy news: The proxy socks5://127.0.0.1:9 does not do its work" in ran.err
    assert {each.path for each in server.requests[before:]} == {"/retail.xml", "/down.xml"}
    energy = next(each for each in filled("sources", "--json").objects if each["name"] == "Energy news")
    assert energy["route"] == "socks5://•••@127.0.0.1:9"
    for command in (["sources"], ["route", "energy"], ["traces"], ["certificate", "-"]):
        assert "hush" not in filled(*command).out, command
    assert "proxy: it takes an address such as" in filled("route", "energy", "gopher://x", status=1).err
    assert filled("route", "energy", "default", "--json").objects[0]["route"] == ""
    assert filled("undo").out == "Taken back: “Energy news” is asked by the profile's own way.\n"
    assert filled("route", "nowhere", status=1).err == "veille: There is no source named “nowhere”.\n"


def test_the_password_of_a_proxy_is_never_shown(program: Program) -> None:
    assert program("set", "proxy", "socks5://me:hush@127.0.0.1:9050").out == "proxy = socks5://•••@127.0.0.1:9050\n"
    for command in (
        ["settings"],
        ["settings", "--json"],
        ["set", "proxy", "http://me:hush@127.0.0.1:9", "--json"],
        ["mode"],
    ):
        ran = program(*command)
        assert "hush" not in ran.out + ran.err, command
    program("set", "proxy", "")
    assert program("mode", "--json").objects[0]["route"] == "direct"


def test_what_is_allowed_for_a_source(filled: Program) -> None:
    assert "fetched without a question" in filled("allow", "energy", "article").out
    assert filled("allow", "energy", "open", "--json").objects[0]["allowed"] == ["article", "open"]
    assert "allowed without a question: article, open" in " ".join(filled("sources").out.split())
    filled("allow", "energy", "article", "--no")
    filled("undo")
    sources = {each["name"]: each["allowed"] for each in filled("sources", "--json").objects}
    assert sources == {"Energy news": ["article", "open"], "Retail news": [], "Down news": []}
    filled("allow", "energy", "everything", status=2)


# The article behind an item ----------------------------------------------------------------------


@pytest.fixture
def linked(program: Program, server: FeedServer) -> Program:
    """A profile with one source, whose only item leads to a page of the same server."""
    feed = rss("linked", ["Storage decided"]).replace("https://linked.example.org/0", server.url("/page"))
    server.put("/linked.xml", feed, headers={"Content-Type": "text/xml"})
    server.put("/page", PAGE, headers={"Content-Type": "text/html"})
    program("add", server.url("/linked.xml"), "--allow-private")
    program("refresh")
    return program


def test_an_article_is_fetched_once_it_was_said_who_would_learn_of_it(linked: Program, server: FeedServer) -> None:
    refused = linked("article", "1", status=1)
    assert refused.err.startswith("127.0.0.1 would learn that ")
    assert refused.out == ""
    assert "/page" not in server.paths
    assert "The regulator published its decision" in linked("article", "1", "--yes").out
    assert server.paths.count("/page") == 1
    (again,) = linked("article", "1", "--json").objects  # it is kept
    assert "<p>The regulator" in again["content"]
    assert ", ".join(again) + " (kind, url, description, type)" == arguments.KEYS["article"]
    assert again["fetched"].endswith("Z")
    assert server.paths.count("/page") == 1
    newest = linked("traces", "--json").objects[0]
    assert (newest["reason"], newest["address"], newest["status"]) == ("article", server.url("/page"), 200)


def test_what_is_allowed_is_not_asked_about(linked: Program, server: FeedServer) -> None:
    linked("allow", "1", "article")
    assert linked("article", "1").err == ""
    assert "/page" in server.paths


def test_in_open_mode_nothing_is_asked_either(linked: Program) -> None:
    linked("mode", "open", "--yes")
    assert "The regulator" in linked("article", "1").out


def test_at_the_strict_level_no_proxy_means_no_article(linked: Program, server: FeedServer) -> None:
    linked("mode", "strict")
    assert "no proxy is set" in linked("article", "1", "--yes", status=1).err
    assert "/page" not in server.paths


def test_an_article_that_is_not_there_says_so(linked: Program, server: FeedServer, tmp_path: Path) -> None:
    assert linked("article", "99", "--yes", status=1).err == "veille: There is no item named “99”.\n"
    server.put("/page", status=404)
    assert linked("article", "1", "--yes", status=1).err.count("\n") == 2
    sample = Program(None, {"XDG_DATA_HOME": str(tmp_path)})
    assert "invented" in sample("article", "1", "--yes", status=1).err


# The articles of all new items -------------------------------------------------------------------


def test_fetching_every_new_article_is_asked_about_first(linked: Program, server: FeedServer) -> None:
    refused = linked("fulltext", "1", "on", status=1)
    assert refused.err.startswith("127.0.0.1 would learn that somebody at this machine's address fetches each of its ")
    assert "only when you ask" in linked("fulltext", "1").out
    assert linked("fulltext", "1", "on", "--yes", "--json").objects[0]["full_text"] is True
    assert linked("fulltext", "1").out == "The full article of each new item of “The linked feed” is fetched.\n"
    assert "full articles fetched on arrival" in " ".join(linked("sources").out.split()), "whatever the width"
    assert linked("refresh", "--json").objects[0]["articles"] == 0, "no old item is fetched"
    assert "/page" not in server.paths
    assert linked("undo").out
    assert linked("fulltext", "1", "--json").objects[0]["full_text"] is False
    assert linked("fulltext", "1", "off").err == ""
    linked("mode", "strict")
    assert "no proxy is set" in linked("fulltext", "1", "on", "--yes", status=1).err


# What was sent -----------------------------------------------------------------------------------


def test_every_contact_leaves_a_trace(filled: Program, server: FeedServer) -> None:
    told = filled("traces", "--json").objects
    assert list(told[0]) == list(KEYS)
    assert {(each["address"], each["status"]) for each in told} == {
        (server.url("/energy.xml"), 200), (server.url("/retail.xml"), 200), (server.url("/down.xml"), 500),
    }  # fmt: skip
    assert {(each["reason"], each["route"], each["ip"]) for each in told} == {("by-hand", "direct", "127.0.0.1")}
    assert all(each["at"].endswith("Z") and each["sent"] > 0 and each["learnt"] for each in told)
    out = filled("traces").out
    assert out.startswith("3 reads · 1 host · nothing written\n")
    assert out.count("refresh by hand") == 3
    assert "Energy news" in out


def test_traces_narrow(filled: Program) -> None:
    def counted(*options: str) -> int:
        return len(filled("traces", "--json", *options).objects)

    assert counted("--source", "energy") == counted("--source", "1") == counted("--limit", "1") == 1
    assert counted("--host", "127.0.0.1") == counted("--limit", "0") == counted("--since", "today") == 3
    assert counted("--host", "example.org") == counted("--until", "2020") == counted("--source", "99") == 0
    assert filled("traces", "--limit", "2").err == "2 of 3 shown; --limit 0 shows all.\n"
    assert "no source named “nowhere”" in filled("traces", "--source", "nowhere", status=1).err


def test_traces_as_a_table(filled: Program) -> None:
    header, *rows = csv.reader(io.StringIO(filled("traces", "--csv", "--limit", "1").out))
    assert header == list(KEYS)
    assert len(rows) == 3
    assert "not allowed with argument --json" in filled("traces", "--csv", "--json", status=2).err


def test_reading_leaves_no_trace(filled: Program, server: FeedServer) -> None:
    before = (len(server.requests), filled("traces", "--json").objects)
    for command in (["list"], ["search", "grid"], ["brief"], ["read", "1"], ["save", "1"], ["sources"], ["mode"]):
        filled(*command)
    assert (len(server.requests), filled("traces", "--json").objects) == before


def test_a_certificate(filled: Program, tmp_path: Path) -> None:
    page = filled("certificate", "-").out
    assert page.lstrip().lower().startswith("<!doctype html")
    assert "127.0.0.1" in page
    said = filled("certificate", tmp_path / "page.html", "--since", "today").err
    assert said == f"The certificate was written to {tmp_path / 'page.html'}.\n"
    assert "127.0.0.1" in (tmp_path / "page.html").read_text(encoding="utf-8")
    filled("certificate", tmp_path / "page.PDF", "--since", "2026-01", "--until", "2026-12")
    assert (tmp_path / "page.PDF").read_bytes().startswith(b"%PDF-")
    assert "neither in .html nor in .pdf" in filled("certificate", "page.doc", status=2).err
    for name in ("page.html", "page.pdf"):
        assert "cannot write to" in filled("certificate", tmp_path / "no" / name, status=1).err


# By schedule -------------------------------------------------------------------------------------


def test_only_what_is_due(filled: Program, server: FeedServer) -> None:
    before = len(server.requests)
    assert filled("refresh", "--due").out == "0 sources asked, 0 new items.\n"
    assert len(server.requests) == before
    server.put("/new.xml", rss("new", ["Fresh"]))
    filled("add", server.url("/new.xml", host="localhost"), "--allow-private")  # nobody asked this host just now
    assert filled("refresh", "--due", "--json").objects[0]["asked"] == 1
    assert filled("traces", "--json", "--limit", "1").objects[0]["reason"] == "scheduled"
