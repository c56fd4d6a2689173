"""From a pack to OPML and back: what OPML can carry is the same."""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.core.test_pack_format import PACK
from tests.fakes import FakeClock
from veille.content.networks import meant, shown
from veille.core.packs.pack import Pack, PackSource
from veille.core.packs.reading import read
from veille.core.packs.writing import write
from veille.core.transfer.exchange import Exchange
from veille.errors import NotFound
from veille.formats import opml
from veille.model import Membership, Sector, SourceKind
from veille.store import Store, open_store

POSTS = [
    PackSource(key, key.partition(":")[2], title, key.partition(":")[2], "fr", {"": why}, labels=labels)
    for key, title, why, labels in (
        ("x:https://x.com/gridmoor", "The operator", "First to know.", ("réseau",)),
        ("mastodon:https://piaille.fr/@user", "Une plume", "<b> & “c”", ()),
        ("bluesky:https://bsky.app/profile/name.example.com", "Name", "", ("a/b",)),
        ("feed:https://piaille.fr/@user.rss", "A feed, really", "Said so.", ("x", "y z")),
    )
]
WHOLE = replace(PACK, sources=(*PACK.sources, *POSTS))


def take_over(store: Store, pack: Pack) -> None:
    """Put what the profile keeps of a pack into it."""
    store.sources.put_sector(Sector(pack.key, pack.title, pack.summary))
    for rank, each in enumerate(pack.sources):
        handle = "" if each.kind in (SourceKind.FEED, SourceKind.PAGE) else shown(meant(each.kind, each.address))
        source = store.sources.add(
            each.key, each.kind, each.address, handle or each.title, site=each.site, lang=each.lang,
            selector=each.selector)  # fmt: skip
        store.sources.replace(replace(source, name=each.title if handle else "", labels=each.labels))
        store.sources.put_member(Membership(pack.key, source.id, "person", "person", source.added, each.why, rank))


def given(store: Store, key: str) -> list[PackSource]:
    """The sources of a sector, as far as OPML can carry them."""
    outline = store.sources.outline()
    return [
        PackSource(
            source.key, source.address, source.label, source.site, source.lang, {"": member.why} if member.why else {},
            labels=source.labels, selector=source.selector)
        for member in outline.members[key]
        for source in [outline.sources[member.source]]
    ]  # fmt: skip


def test_a_pack_round_trips_through_opml(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    take_over(store, read(write(WHOLE), "energy.veille.toml"))
    exported = Exchange(store, clock).export_opml("energy")
    copy = open_store(tmp_path / "copy", write=True, clock=clock)
    try:
        report = Exchange(copy, clock).import_opml(exported, "energy.opml")
        assert (report.added, report.refused) == (len(WHOLE.sources), ())
        back = replace(WHOLE, sources=tuple(given(copy, "energy")))
        assert [each.title for each in copy.sources.outline().sectors] == ["Energy"]
        assert Exchange(copy, clock).export_opml("energy") == exported
    finally:
        copy.close()
    expected = [
        replace(each, reasons={"": each.why} if each.why else {}, by="", added=None, trial=None, former=())
        for each in WHOLE.sources
    ]
    assert list(read(write(back), "p").sources) == expected


def test_other_readers_get_what_they_know(store: Store, clock: FakeClock) -> None:
    take_over(store, WHOLE)
    tree = fromstring(Exchange(store, clock).export_opml("energy"))
    assert tree.findtext("head/title") == "Energy"
    feed, page, *_posts = tree.iterfind("body/outline[@text='Energy']/outline")
    assert feed.attrib == {
        "type": "rss", "text": "Le Courant", "title": "Le Courant", "xmlUrl": "https://a.example/feed",
        "htmlUrl": "https://a.example/", "description": "The daily of the grid.", "language": "fr",
        "category": "presse,quotidien",
    }  # fmt: skip
    assert (page.get("type"), page.get("url"), page.get("xmlUrl")) == ("link", "https://b.example/news", None)
    assert page.get("{urn:x-veille:opml}selector") == "main > article"


def test_one_sector_is_exported_alone(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    take_over(store, PACK)
    take_over(store, Pack("other", 1, {"": "Other"}, sources=(POSTS[3],)))
    exchange = Exchange(store, clock)
    exchange.export_file(tmp_path / "o.opml", "other")
    assert [row.title for row in opml.read((tmp_path / "o.opml").read_bytes()).rows] == ["A feed, really"]
    assert len(opml.read(exchange.export_opml()).rows) == 3
    with pytest.raises(NotFound):
        exchange.export_opml("nothing")


PAGES = b"""<opml version="2.0" xmlns:veille="urn:x-veille:opml"><body>
<outline type="link" text="Good" url="https://a.example/news" veille:kind="page" veille:selector="h2 a"/>
<outline type="link" text="None" url="https://b.example/news" veille:kind="page"/>
<outline type="link" text="Broken" url="https://c.example/news" veille:kind="page" veille:selector="h2 &gt;&gt; ["/>
<outline type="link" text="A link" url="https://d.example/news"/>
<outline text="A feed" xmlUrl="https://e.example/feed" veille:selector="h2" category="/News/World, b,,B, %s"/>
</body></opml>""" % (b"x" * 100)


def test_a_page_needs_a_selector_that_can_be_used(store: Store, clock: FakeClock) -> None:
    report = Exchange(store, clock).import_opml(PAGES, "p.opml")
    good, feed = store.sources.all()
    assert (good.kind, good.address, good.label, good.selector) == (
        SourceKind.PAGE, "https://a.example/news", "Good", "h2 a")  # fmt: skip
    assert (feed.kind, feed.selector, feed.labels) == (SourceKind.FEED, "", ("News/World", "b"))
    assert [each.title for each in report.refused] == ["None", "Broken", "A link"]
    assert "no CSS selector" in report.refused[1].reason


def test_labels_that_a_person_gave_stay(store: Store, clock: FakeClock) -> None:
    exchange = Exchange(store, clock)
    exchange.import_opml(PAGES, "p.opml")
    source = store.sources.all()[1]
    store.sources.replace(replace(source, labels=("mine",)))
    exchange.import_opml(PAGES, "p.opml")
    assert store.sources.all()[1].labels == ("mine",)
