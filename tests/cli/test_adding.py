"""Adding whatever can be watched, and putting first what is to be asked first, in the terminal."""

import pytest

from tests.cli.program import Program


@pytest.mark.parametrize(
    ("typed", "said", "key"),
    [
        ("name.bsky.social", "The account @name.bsky.social on Bluesky.",
         "bluesky:https://bsky.app/profile/name.bsky.social"),
        ("@user@piaille.fr", "The account @user@piaille.fr on Mastodon.", "mastodon:https://piaille.fr/@user"),
        ("#H2@piaille.fr", "The hashtag #h2 on piaille.fr (Mastodon).", "mastodon:https://piaille.fr/tags/h2"),
        ("x: green steel", "The search “green steel” on X.", "x:https://x.com/search?q=green%20steel"),
        ("https://x.com/i/lists/84839422", "The list 84839422 on X.", "x:https://x.com/i/lists/84839422"),
        ("example.org/feed", "The feed at https://example.org/feed", "feed:https://example.org/feed"),
    ],
)  # fmt: skip
def test_it_says_what_it_understood_before_it_adds(program: Program, typed: str, said: str, key: str) -> None:
    ran = program("add", typed)
    first, second = ran.out.splitlines()
    assert first == said
    assert second.endswith(" was added.")
    assert ran.err.startswith("It will probably cost $") if key.startswith("x:") else ran.err == ""
    assert [each["key"] for each in program("sources", "--json").objects] == [key]


def test_of_several_meanings_the_likeliest_is_taken_and_the_others_are_named(program: Program) -> None:
    ran = program("add", "@LeMonde", "--json")
    assert [each["key"] for each in ran.objects] == ["x:https://x.com/lemonde"]
    assert ran.err.splitlines() == [
        "The account @lemonde on X.",
        "It may also mean (--as bluesky): The account @lemonde.bsky.social on Bluesky.",
        "It will probably cost $0.76 a month (assuming about 5 posts a day), and $0.06 to begin with. "
        "$20.00 of this month's budget is left.",
        "“@lemonde” was added.",
    ]
    ran = program("add", "@LeMonde", "--as", "bluesky")
    assert (ran.out.splitlines()[0], ran.err) == ("The account @lemonde.bsky.social on Bluesky.", "")
    listed = program("sources").out
    assert "@lemonde\n        X\n        https://x.com/lemonde\n" in listed
    assert "@lemonde.bsky.social\n        Bluesky\n" in listed


def test_the_kind_can_be_chosen(program: Program) -> None:
    program("add", "https://piaille.fr/@user.rss", "--as", "feed")
    program("add", "https://x.com/lemonde", "--as", "feed")
    program("add", "https://nitter.net/lemonde", "--as", "x")
    assert [each["key"] for each in program("sources", "--json").objects] == [
        "feed:https://piaille.fr/@user.rss", "feed:https://x.com/lemonde", "x:https://x.com/lemonde"]  # fmt: skip
    refused = program("add", "@user@piaille.fr", "--as", "x", status=1)
    assert refused.err == (
        "veille: “@user@piaille.fr” does not mean that. It may mean: The account @user@piaille.fr on Mastodon.\n"
    )
    assert "feed" in program("add", "@user@piaille.fr", "--as", "twitter", status=2).err


def test_what_means_nothing_is_refused_and_not_shown_raw(program: Program) -> None:
    ran = program("add", "\u202enon\x1b[31msense", status=1)
    assert ran.err.startswith("veille: Veille cannot watch “non[31msense”: ")
    assert ran.out == ""


def test_a_source_is_moved_within_its_sector(program: Program) -> None:
    for name in ("@a", "@b", "@c"):
        program("add", name, "--sector", "Media")

    def order() -> list[str]:
        return [
            line.split("<outline ")[1].split('"')[3]
            for line in program("export", "-").out.splitlines()
            if "xmlUrl" in line
        ]

    assert order() == ["@a", "@b", "@c"]
    assert program("rank", "@c", "top").out == "“@c” is asked first in “Media”.\n"
    assert program("rank", "@b", "up", "--sector", "media").out == "“@b” moved up in “Media”.\n"
    assert program("rank", "@c", "down", "--json").objects[0]["title"] == "@c"
    assert order() == ["@b", "@c", "@a"]
    program("undo")
    assert order() == ["@c", "@b", "@a"]
    program("add", "@c", "--sector", "Other")
    assert program("rank", "@c", "up", status=1).err == (
        "veille: “@c” is in several sectors: name one with --sector.\n"
    )
    program("add", "@alone")
    assert program("rank", "@alone", "up", status=1).err == "veille: “@alone” is in no sector.\n"
