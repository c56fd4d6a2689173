import re
import tomllib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from tests.core.packed import Maker, packs, seeds
from veille import i18n
from veille.core.packs.pack import Pack, PackRule, PackSource, Removal
from veille.core.packs.reading import LARGEST, decode, read
from veille.core.packs.signing import new_key, sign
from veille.core.packs.writing import write
from veille.errors import BadFile, PackNewer, PackUnfinished, VeilleError
from veille.model import ItemKind, SourceKind
from veille.resources import resource
from veille.rules import LISTED, Action, Condition, Rule

WHOLE = """\
# A sector pack of Veille: sources that are worth watching, why, and what is done with what they publish.
# The format is described in ARCHITECTURE.md of Veille, under “Sector packs”.
veille = 2
key = "energy"
version = 7
title = { en = "Energy", fr = "Énergie" }
summary = "Power & gas."
by = "Ana"
published = 2026-11-26T10:00:00Z
note = "Two new ones on hydrogen."

[[source]]
key = "feed:https://a.example/feed"
title = "Le Courant"
site = "https://a.example/"
lang = "fr"
labels = ["presse", "quotidien"]
why = "The daily of the grid."
by = "Ana"
added = 2026-03-02

[[source]]
key = "page:https://b.example/news"
former = ["page:https://b.example/actu"]
title = "The “regulator”"
selector = "main > article"
why = { en = "Decisions come here first.", fr = "Les décisions y paraissent." }
trial = 2026-12-31

[[rule]]
key = "r-1"
do = ["hide"]
words = ["promo", "sponsored"]
without = ["hydrogen"]
title_only = true

[[rule]]
key = "r-2"
source = "feed:https://a.example/feed"
do = ["flag", "tag"]
tags = ["grid"]
authors = ["Ana Lys"]
languages = ["fr"]
kind = "article"
longer_than = 300
why = "Her long reads."
by = "Ana"
added = 2026-11-20T08:15:00Z

[[removed]]
key = "feed:https://old.example/feed"
title = "Old news"
why = "Silent since May."
by = "Ana"
when = 2026-06-01

[end]
version = 7
"""
PACK = Pack(
    "energy", 7, {"en": "Energy", "fr": "Énergie"}, {"": "Power & gas."}, "Two new ones on hydrogen.", "Ana",
    datetime(2026, 11, 26, 10, tzinfo=UTC),
    (
        PackSource(
            "feed:https://a.example/feed", "https://a.example/feed", "Le Courant", "https://a.example/", "fr",
            {"": "The daily of the grid."}, "Ana", date(2026, 3, 2), labels=("presse", "quotidien")),
        PackSource(
            "page:https://b.example/news", "https://b.example/news", "The “regulator”",
            reasons={"en": "Decisions come here first.", "fr": "Les décisions y paraissent."}, trial=date(2026, 12, 31),
            selector="main > article", former=("page:https://b.example/actu",)),
    ),
    (
        PackRule(Rule(frozenset({Action.HIDE}), Condition(("promo", "sponsored"), ("hydrogen",), True), key="r-1")),
        PackRule(
            Rule(
                frozenset({Action.FLAG, Action.TAG}),
                Condition(authors=("Ana Lys",), langs=("fr",), kind=ItemKind.ARTICLE, longer=300), tags=("grid",),
                key="r-2", by="Ana", added=datetime(2026, 11, 20, 8, 15, tzinfo=UTC), why="Her long reads."),
            "feed:https://a.example/feed"),
    ),
    (Removal("feed:https://old.example/feed", "Old news", "Silent since May.", "Ana", date(2026, 6, 1)),),
)  # fmt: skip


def test_the_format_to_the_letter() -> None:
    assert write(PACK) == WHOLE
    assert read(WHOLE, "energy.veille.toml") == PACK
    assert PACK.sources[1].kind is SourceKind.PAGE


def test_texts_are_said_in_the_language_in_force() -> None:
    assert (PACK.title, PACK.summary, PACK.sources[1].why) == ("Energy", "Power & gas.", "Decisions come here first.")
    i18n.use("fr")
    assert (PACK.title, PACK.summary, PACK.sources[1].why) == ("Énergie", "Power & gas.", "Les décisions y paraissent.")
    assert PackSource("feed:https://a.example/", "", "").why == ""


@settings(max_examples=80, deadline=None)
@given(packs)
def test_what_is_written_is_read_back(pack: Pack) -> None:
    text = write(pack)
    assert read(decode(text.encode(), "p"), "p") == pack
    assert write(read(text, "p")) == text
    tomllib.loads(text)


def test_what_has_no_room_is_cut_so_that_the_file_is_read() -> None:
    source = replace(
        PACK.sources[0], title="x" * 500, reasons={"": "\u202ea\nb" * 900}, labels=tuple(f"l{n}" for n in range(90)),
        site="javascript:alert(1)", former=tuple(f"feed:https://f{n}.example/" for n in range(50)))  # fmt: skip
    rule = replace(PACK.rules[0].rule, condition=Condition(tuple(f"w{n}" * 40 for n in range(90))), why="y" * 5000)
    found = read(write(replace(PACK, sources=(source,), rules=(PackRule(rule),), note="n" * 9000)), "p")
    (back,), (ruled,) = found.sources, found.rules
    assert (len(back.title), len(back.why), len(back.labels), back.site, len(back.former)) == (200, 1000, 20, "", 20)
    assert "\n" not in back.why
    assert len(ruled.rule.condition.words) == LISTED
    assert len(found.note) == 2000


def test_unknown_keys_are_passed_over() -> None:
    text = WHOLE.replace("[[rule]]\n", "[[rule]]\nlater = { a = 1 }\n", 1).replace("by =", 'mood = "fine"\nby =', 1)
    assert read(text.replace("[end]\n", "[later]\na = 1\n\n[end]\nhash = 5\n"), "p") == PACK


def test_an_address_may_stand_beside_its_key() -> None:
    key = 'key = "feed:https://a.example/feed"\ntitle'
    address = 'key = "feed:https://a.example/feed"\naddress = "HTTPS://A.example/feed"\ntitle'
    assert read(WHOLE.replace(key, address), "p") == PACK


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "energy"', 'key = "../energy"', "key: letters, digits and hyphens"),
        ('title = { en = "Energy", fr = "Énergie" }', "", "title: a text"),
        ('title = { en = "Energy", fr = "Énergie" }', 'title = { "en us" = "x" }', "title: a text in each language"),
        ('title = { en = "Energy", fr = "Énergie" }', f'title = "{"x" * 201}"', "at most 200 characters"),
        ("version = 7\ntitle", "version = 0xFFFFFFFFFFFFFFFFFFFFFFFF\ntitle", "version: a whole number"),
        ("published = 2026-11-26T10:00:00Z", "published = 2026-11-26T10:00:00", "published: a date and time"),
        ("published = 2026-11-26T10:00:00Z", "published = 0001-01-01T00:00:00+23:00", "published: a date and time"),
        ('"feed:https://a.example/feed"\ntitle', '"feed:https://A.example/feed"\ntitle', "source 1: key: “feed:https"),
        ('"feed:https://a.example/feed"\ntitle', '"feed:ftp://a.example/"\ntitle', "source 1: address"),
        ('"feed:https://a.example/feed"\ntitle', '"collection:https://a.example/"\ntitle', "source 1: address"),
        ('"page:https://b.example/news"\n', '"feed:https://a.example/feed"\n', "source 2: the same source is listed"),
        ('"page:https://b.example/actu"', '"page:https://b.example/#x"', "source 2: former"),
        ('selector = "main > article"', f'selector = "{"a " * 200}a"', "selector: a text of at most 300"),
        ('labels = ["presse", "quotidien"]', "labels = [1]", "source 1: labels: a list of texts"),
        ('labels = ["presse", "quotidien"]', f"labels = {['x'] * 21}", "source 1: labels: there is room for 20"),
        ("added = 2026-03-02", 'added = "yesterday"', "source 1: added: a date"),
        ('do = ["hide"]', "do = []", "rule 1: do: a list of texts"),
        ('do = ["hide"]', 'do = ["format-c"]', "rule 1: do: one of hide, read, flag, tag, save"),
        ('tags = ["grid"]\n', "", "rule 2: tags: a list of texts"),
        ("title_only = true", "title_only = 1", "rule 1: title_only: true or false"),
        ('kind = "article"', 'kind = "song"', "rule 2: kind: one of article, post"),
        ("longer_than = 300", "longer_than = -1", "rule 2: longer_than: a whole number"),
        ('key = "r-2"', 'key = "r-1"', "rule 2: the same is listed twice"),
        ('source = "feed:https://a.example/feed"', 'source = "a.example"', "rule 2: source"),
        ("when = 2026-06-01", "when = 2026-06-01T00:00:00Z", "removed 1: when: a date"),
        ("veille = 2", "veille = true", "veille: a whole number"),
        ("veille = 2", "veille = 2 2", "line 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(BadFile) as raised:
        read(WHOLE.replace(old, new, 1), "energy.veille.toml")
    assert said in str(raised.value)
    assert not isinstance(raised.value, PackUnfinished)


def test_a_later_format_needs_a_newer_veille() -> None:
    with pytest.raises(PackNewer) as raised:
        read(WHOLE.replace("veille = 2", "veille = 9"), "energy.veille.toml")
    assert str(raised.value) == "energy.veille.toml needs a newer Veille (format 9; this one knows 2)."


def test_every_beginning_of_a_file_is_unfinished() -> None:
    data = WHOLE.encode()
    for length in range(len(data) - 1):  # without its last line end it is whole
        with pytest.raises(PackUnfinished):
            read(decode(data[:length], "p"), "p")
    assert read(decode(data[:-1], "p"), "p") == PACK


@pytest.mark.parametrize("data", [b"\0" * 500, WHOLE.encode()[:400] + b"\0" * 300, b"", b"\xef\xbb\xbf", b"\n"])
def test_what_a_power_cut_leaves_is_unfinished(data: bytes) -> None:
    with pytest.raises(PackUnfinished):
        read(decode(data, "p"), "p")


def test_an_end_of_another_edition_is_unfinished() -> None:
    with pytest.raises(PackUnfinished):
        read(WHOLE.replace("version = 7\ntitle", "version = 8\ntitle"), "p")


@pytest.mark.parametrize("text", ["Hello", "[project]\nname = 'x'\n", "{", "veille = 1\n", "veille = 1\nkey = "])
def test_what_is_no_pack_is_no_unfinished_one(text: str) -> None:
    with pytest.raises(BadFile) as raised:
        read(text, "p")
    assert not isinstance(raised.value, PackUnfinished)


def test_line_ends_and_a_mark_of_the_encoding_make_no_difference() -> None:
    assert read(decode(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode(), "p"), "p") == PACK
    with pytest.raises(BadFile, match="no text in UTF-8"):
        decode(b"veille = 2 \xff\xfe", "p")
    with pytest.raises(BadFile, match=r"larger than 5\.0 MB"):
        decode(b" " * (LARGEST + 1), "p")


@pytest.mark.parametrize(
    "hostile",
    [
        "a = " + "[" * 100_000, "a = " + "{a=" * 50_000, "a." * 50_000 + "a = 1", "[" + "a." * 50_000 + "a]",
        '"a" . ' * 50_000 + "a = 1", "a = " + "9" * 100_000, "a = 0x" + "f" * 500_000, "a = 1e999999999",
        "x = 0000-00-00", "a = '''" + "'" * 100_000, 'a = "' + "\\" * 100_001, "[[a]]\n" * 100_000,
        "\n".join(f"k{n} = 1" for n in range(100_000)), "<<<<<<< a\n=======\n" * 200_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_files_are_refused_in_words(hostile: str) -> None:
    with pytest.raises(BadFile):
        read(f"veille = 1\n{hostile}\n", "p")


def test_a_note_keeps_its_lines() -> None:
    pack = replace(PACK, note='Two plants more.\n\nWhy: "they" closed\\opened.')
    text = write(pack)
    assert 'note = "Two plants more.\\n\\nWhy: \\"they\\" closed\\\\opened."' in text
    assert read(text, "p") == pack
    assert read(write(replace(PACK, note=" a \t b\r\n\n\n\n c\x07 ")), "p").note == "a b\n\nc"


def test_what_stands_in_texts_is_no_structure() -> None:
    text = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t " + "[" * 60 + " # '''"
    pack = replace(PACK, note=text)
    assert read(write(pack), "p") == pack


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_mutated_files_are_read_or_refused_in_words(seed: int) -> None:
    random = Random(seed)
    data = bytearray(write(Maker(seed).pack() if seed % 2 else PACK).encode())
    for _each in range(random.randint(1, 6)):
        at = random.randrange(len(data))
        pieces = [b'"', b"[", b"]", b"\n", b"\\", b"=", b"\xff", b"9" * 30, data[at : at + 40], b"'''", b"."]
        data[at : at + random.choice([0, 1, 30])] = random.choice(pieces)
    with suppress(VeilleError):
        pack = read(decode(bytes(data), "p"), "p")
        assert read(write(pack), "p") == pack


def test_starter_sectors_can_be_written_as_packs() -> None:
    for path in sorted(resource("sectors").glob("*.toml")):
        starter = read(decode(path.read_bytes(), path.name), path.name)
        assert read(write(starter), "p") == starter


def test_the_documented_format_is_the_one_that_is_written() -> None:
    page = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    described = page.partition("## Sector packs")[2].partition("```toml\n")[2].partition("```")[0]
    pack = read(described.replace("https://…", "https://a.example/"), "p")
    source = replace(pack.sources[0], former=("page:https://b.example/",))
    written = sign(write(replace(pack, sources=(source,))), new_key())
    assert names(written) == names(described)


def names(text: str) -> list[str]:
    """The tables and keys of a file, in order."""
    return re.findall(r"^(\[+\w+\]+|\w+ =)", text, re.MULTILINE)
