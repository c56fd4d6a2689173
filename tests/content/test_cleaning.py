"""Cleaning takes out what a rule names, and nothing else. The judge here reads the tables by itself."""

import csv
import json
import re
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.harmless import harmless_link
from veille.content.addresses import resolve
from veille.content.cleaning import clean_link, explain, opaque

_TABLES = Path(__file__).resolve().parents[2] / "resources" / "discretion"


@cache
def table(name: str) -> dict[str, list[dict[str, object]]]:
    return tomllib.loads((_TABLES / name).read_text(encoding="utf-8"))


# What the tables are ------------------------------------------------------------------------------


def test_the_tables_say_what_each_rule_is_for() -> None:
    rows = [row for name in ("cleaning.toml", "redirectors.toml") for kind in table(name).values() for row in kind]
    assert all(str(row["why"]).endswith(".") for row in rows)
    assert all(row["owner"] for row in table("cleaning.toml")["everywhere"])
    known = {"owner", "why", "names", "hosts", "paths", "parameters", "follows"}
    assert all(set(row) <= known and all(row.values()) for row in rows)
    assert all(("parameters" in row) != ("follows" in row) for row in table("redirectors.toml")["redirector"])


def test_the_tables_are_rich_and_say_nothing_twice() -> None:
    names = [name for row in table("cleaning.toml")["everywhere"] for name in row["names"]]
    sites = [host for row in table("cleaning.toml")["site"] for host in row["hosts"]]
    short = [host for row in table("redirectors.toml")["opaque"] if "paths" not in row for host in row["hosts"]]
    for each in (names, sites, short):
        assert len(each) == len(set(each))
        assert each == [text.lower() for text in each]
    assert (len(names) > 150, len(sites) > 80, len(short) > 80) == (True, True, True)
    assert len(table("redirectors.toml")["redirector"]) > 30


_NEEDED = """id p q s t v u r page ref source src from url key token lang format type art feature share sid cid rss mod
    hash tag story code category date search query name title"""


@pytest.mark.parametrize("name", _NEEDED.split())
def test_what_a_page_may_need_stays(name: str) -> None:
    for url in (f"https://x.example/a?{name}=1", f"https://code.example/tree?{name}=main#{name}=1"):
        assert clean_link(url) is url


# By example ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "cleaned"),
    [
        ("https://www.lemonde.fr/a.html?xtor=RSS-3208", "https://www.lemonde.fr/a.html"),
        ("https://www.elle.fr/a?b=1&amp;utm_medium=Flux&amp;xtor=RSS-20", "https://www.elle.fr/a?b=1"),
        ("https://www.francetvinfo.fr/a.html#xtor=RSS-3-[lestitres]", "https://www.francetvinfo.fr/a.html"),
        ("https://x.example/?AT_Medium=RSS&at_campaign=x&art=7", "https://x.example/?art=7"),
        ("https://x.example/?a=%E9&&b=&utm_source=y;z&c#top", "https://x.example/?a=%E9&&b=&c#top"),
        ("https://x.example/?utm_source=a?b=1&c=2", "https://x.example/?c=2"),
        ("https://x.example/?p=3?utm_source=rss&utm_medium=feed", "https://x.example/?p=3"),
        ("https://x.example/#/page?utm_source=rss", "https://x.example/#/page"),
        ("https://x.example/?u%74m_source=rss", "https://x.example/"),
        ("https://x.example/?q=1#utm_campaign_guide", "https://x.example/?q=1#utm_campaign_guide"),
        ("https://x.example/#:~:text=a&text=b", "https://x.example/#:~:text=a&text=b"),
        ("https://x.example/?&a=1&", "https://x.example/?&a=1&"),
        ("https://x.example/?utm_source=1&", "https://x.example/"),
        ("https://x.example/a?", "https://x.example/a?"),
        ("HTTPS://User@X.Example:8080/?fbclid=1#x", "HTTPS://User@X.Example:8080/#x"),
        ("https://www.youtube.com/watch?v=a&si=b&t=3s", "https://www.youtube.com/watch?v=a&t=3s"),
        ("https://x.example/watch?v=a&si=b", "https://x.example/watch?v=a&si=b"),
        ("https://www.amazon.co.uk/dp/B0?tag=x-21&th=1", "https://www.amazon.co.uk/dp/B0?th=1"),
        ("https://notamazon.fr/dp/B0?tag=x-21", "https://notamazon.fr/dp/B0?tag=x-21"),
        ("https://web.archive.org/web/2020/http://x.example/?utm_source=a", ""),
        ("mailto:a@b.example?utm_source=x", ""),
        ("/relative?utm_source=x", ""),
        ("", ""),
    ],
)
def test_parameters(link: str, cleaned: str) -> None:
    assert clean_link(link) == (cleaned or link)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www.google.com/url?rct=j&url=https%3A%2F%2Fx.example%2Fa%3Fid%3D3%26xtor%3DRSS&ct=ga", "/a?id=3"),
        ("https://www.google.co.uk/url?q=https://x.example/a&sa=U", "/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.example%2Fa%3Ffbclid%3D1&h=AT0", "/a"),
        ("http://www.bing.com/news/apiclick.aspx?ref=F&url=https%3a%2f%2fx.example%2fa&c=1", "/a"),
        ("https://r.search.yahoo.com/_ylt=A;_ylu=B/RV=2/RE=1/RO=10/RU=https%3a%2f%2fx.example%2fa/RK=2/RS=c", "/a"),
        ("https://eu.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.example%2Fa&data=1", "/a"),
        ("https://go.theregister.com/feed/x.example/2026/a/", "/2026/a/"),
        ("https://x1.r.us-east-1.awstrack.me/L0/https:%2F%2Fx.example%2Fa/1/0100", "/a"),
        ("https://shop.news.example/dynclick/n/?eml-name=1&eurl=https%3A%2F%2Fx.example%2Fa", "/a"),
        ("https://dts.podtrac.com/redirect.mp3/chtbl.com/track/AB1/x.example/a.mp3?dest-id=1", "/a.mp3?dest-id=1"),
        ("https://op3.dev/e,pg=12/https://x.example/a.mp3", "/a.mp3"),
        ("https://href.li/?https://x.example/?a=1&b=2#c", "/?a=1&b=2#c"),
        ("https://ad.doubleclick.net/ddm/clk/1;2?https://x.example/a", "/a"),
        ("https://prf.hn/click/camref:1/destination:https%3A%2F%2Fx.example%2Fa", "/a"),
    ],
)
def test_redirectors_are_unwrapped_without_a_request(link: str, target: str) -> None:
    assert clean_link(link) == "https://x.example" + target


@pytest.mark.parametrize(
    "held",
    [
        "javascript:x()",
        "%6Aavascript:x()",
        "file:///etc/passwd",
        "//x.example",
        "https://",
        "http%3A%2F%2F%5B",
        "%FF",
        "",
    ],
)
def test_what_is_no_web_address_stays_inside(held: str) -> None:
    link = f"https://www.google.com/url?q={held}"
    assert clean_link(link) == link
    assert opaque(link)


def test_what_was_taken_out_is_named() -> None:
    link = "https://l.facebook.com/l.php?u=https%3A%2F%2Fx.example%2Fa%3Futm_source%3Db%26UTM_source%3Dc%26d%3D1"
    assert explain(link) == ("https://x.example/a?d=1", ("l.facebook.com", "utm_source", "UTM_source"))
    assert explain("https://x.example/a?d=1") == ("https://x.example/a?d=1", ())
    assert explain(f"https://x.example/?utm_{'x' * 900}=1")[1] == (f"utm_{'x' * 36}",)


@pytest.mark.parametrize(
    ("link", "so"),
    [
        ("https://t.co/abc", True),
        ("https://vm.tiktok.com/abc", True),
        ("http://feeds.news.example/~r/a/~3/b/", True),
        ("https://news.google.com/rss/articles/CBMi", True),
        ("https://news.google.com/", False),
        ("https://click.example/?to=https%3A%2F%2Fx.example%2F", True),
        ("https://click.example/go/https://x.example/", True),
        ("https://www.y.example/?next=https://y.example/a", False),
        ("https://www.y.example/?next=https://blog.y.example/a", False),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fx.example%2F", False),
        ("https://web.archive.org/web/2020/https://x.example/", False),
        ("https://x.example/a-story?utm_source=rss", False),
        ("mailto:a@b.example", False),
        ("https://[", False),
    ],
)
def test_where_only_the_host_knows_the_way(link: str, so: bool) -> None:
    assert opaque(link) is so


def test_many_redirectors_in_one_another() -> None:
    link = "https://x.example/a"
    while len(link) < 3900:
        link = "https://href.li/?" + link
    assert clean_link(link) == "https://x.example/a"
    endless = "https://href.li/?https://href.li/?"
    assert clean_link(endless) in (endless, "https://href.li/?")


# By property --------------------------------------------------------------------------------------

_PARTS = st.sampled_from(
    [
        *(
            "utm_source=a",
            "xtor=b",
            "id=3",
            "p",
            "q=a+b",
            "%75tm_x=1",
            "a=1?utm_x=2",
            "si=1",
            "url=https%3A%2F%2Fy.example%2F",
        ),
        *(
            "u=https://z.example/?xtor=1",
            "",
            "amp;xtor=1",
            ";utm_a=1",
            "fbclid",
            "é=ü",
            "utm_=",
            "=utm_source",
            "%",
            "a==b",
        ),
    ]
)
_LINKS = st.builds(
    lambda host, path, query, between, fragment: f"https://{host}{path}?{between.join(query)}#{between.join(fragment)}",
    st.sampled_from(
        ["x.example", "www.youtube.com", "www.google.fr", "l.facebook.com", "op3.dev", "href.li", "a:80", "@"]
    ),
    st.sampled_from(["/", "/url", "/l.php", "/e/y.example/z", "", "/e/https%3A%2F%2Fy.example%2F"]),
    st.lists(_PARTS, max_size=6),
    st.sampled_from(["&", "&amp;", "?", "#", "&&"]),
    st.lists(_PARTS, max_size=3),
)


@settings(max_examples=500, deadline=None)
@given(_LINKS | st.text() | st.text().map("https://href.li/?http://".__add__))
@example("https://href.li/?utm_source=x&https://y.example/")
def test_whatever_comes_in_cleaned_twice_is_cleaned_once(link: str) -> None:
    once, _taken = explain(link)
    assert clean_link(once) == once
    assert clean_link(link) == once
    opaque(link)
    if safe := resolve(link):
        assert harmless_link(clean_link(safe), ("http", "https"))
        assert resolve(clean_link(safe)) == clean_link(safe)


def test_the_real_addresses_lose_only_what_a_rule_names() -> None:
    links = {link for file in corpus("E_hostile", "minet-urls").rglob("*.csv") for link in _addresses(file)}
    assert len(links) > 9000
    changed = {link: clean_link(link) for link in links if clean_link(link) != link}
    assert len(changed) > 1000
    for link, cleaned in changed.items():
        assert clean_link(cleaned) == cleaned
        if urlsplit(cleaned).hostname == urlsplit(link).hostname:
            assert list(_parts(cleaned)) == [part for part in _parts(link) if not _a_rule_names(part, link)], link
            assert link.startswith(re.split("[?#]", cleaned)[0])
        else:
            assert unquote(cleaned)[:30] in unquote(link)


def test_the_addresses_of_the_url_standard_are_kept_or_unharmed() -> None:
    files = corpus("E_hostile", "wpt-url-ada").rglob("*.json")
    texts = {text for file in files for text in _strings(json.loads(file.read_bytes()))}
    assert len(texts) > 1000
    changed = {text for text in texts if clean_link(text) != text}
    assert all(any(_a_rule_names(part, text) for part in _parts(text)) for text in changed)
    for text in texts:
        marked = resolve(text)
        if marked and "?" not in marked and "#" not in marked and not opaque(marked):
            assert clean_link(f"{marked}?utm_source=x") == marked


def test_the_registry_is_covered() -> None:
    file = corpus("E_hostile", "tracking-params-registry", "_data", "params.csv")
    names = {row["name"] for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())}
    left = {name for name in names if clean_link(f"https://x.example/?{name}=1") != "https://x.example/"}
    # eBay's only there, si on the hosts that have it; rtid is any number of a thing
    assert left <= {"mkevt", "mkcid", "mkrid", "campid", "toolid", "customid", "si", "rtid"}


def clearurls_coverage() -> tuple[list[str], list[str]]:
    """Which names of ClearURLs' rules for every host are taken out, and which are not: for comparison only."""
    file = corpus("E_hostile", "clearurls", "data.min.json")
    rules = json.loads(file.read_bytes())["providers"]["globalRules"]["rules"]
    names = [name for rule in rules for name in _spelled(rule)]
    gone = [name for name in names if clean_link(f"https://x.example/?{name}=1") == "https://x.example/"]
    return gone, [name for name in names if name not in gone]


def test_most_of_what_clearurls_takes_out_everywhere_is_taken_out() -> None:
    gone, left = clearurls_coverage()
    print(f"\nof ClearURLs' global names {len(gone)} of {len(gone) + len(left)} are taken out; not: {' '.join(left)}")
    assert len(gone) >= 0.85 * (len(gone) + len(left))


def test_a_refresh_hardly_notices() -> None:
    links = [f"https://www.news{n % 50}.example/2026/03/a-story-{n}.html" for n in range(40_000)]
    links += [f"https://www.news{n % 50}.example/a?id={n}&utm_source=rss&utm_medium=feed" for n in range(20_000)]
    start = time.process_time()
    for link in links:
        clean_link(link)
    assert time.process_time() - start < 10  # about a third of a second


# The judge ----------------------------------------------------------------------------------------


def _addresses(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8", errors="replace")
    yield from re.findall(r"https?://[^\s\"|<>]+", text)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


def _parts(link: str) -> Iterator[str]:
    """Parameters of query and fragment, in order; page and marks left out."""
    page, _hash, fragment = link.partition("#")
    for text in (page.partition("?")[2], fragment):
        yield from (part for part in re.split("&(?:amp;)*", text) if part)


def _a_rule_names(part: str, link: str) -> bool:
    host = "." + (urlsplit(link).hostname or "")
    rows = [row for row in table("cleaning.toml")["site"] if any(_covers(name, host) for name in row["hosts"])]
    patterns = [name for row in [*table("cleaning.toml")["everywhere"], *rows] for name in row["names"]]
    name = unquote(part.partition("=")[0]).lower()
    return "=" in part and any(
        name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern for pattern in patterns
    )


def _covers(name: str, host: str) -> bool:
    pattern = re.escape("." + name).replace(r"\*", r"(?:com?\.)?[a-z]+")
    return bool(re.search(pattern + r"\Z", host))


def _spelled(rule: str) -> Iterator[str]:
    """The names that a simple regular expression of ClearURLs means, one for each open ending."""
    rule = rule.replace("(?:%3F)?", "")
    if found := re.search(r"\(\?:([a-z_|]+)\)(?!\?)", rule):
        for way in found[1].split("|"):
            yield from _spelled(rule.replace(found[0], way))
        return
    rule = re.sub(r"\(\?:_\[a-z_?\]\*\)[?+]|\[a-z_?\][*+]", "_x", rule).replace("__x", "_x")
    yield re.sub(r"\[a-z\]\?|.\?", "", rule)
