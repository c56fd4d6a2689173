"""Posts: every word, hashtag, handle and emoji finds the post again, with and without its sign, while it is typed."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora import corpus
from tests.search.made import document, found
from veille.model import ItemKind
from veille.search.index import Document, Index


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index.open(tmp_path / "index")
    yield index
    index.close()


def post(id: int, text: str, author: str = "", lang: str = "fr") -> Document:
    return document(id, text, author=author, kind=ItemKind.POST, lang=lang)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        (
            "Vive la #TransitionÉnergétique !",
            "#TransitionÉnergétique #transitionenergetique transitionenergetique transition énergétique énergétiques "
            "#énergétique TRANSITIONÉ transi #Transiti",
        ),
        ("#EnergyTransition2030", "energy transition 2030 #2030 energytransition2030 #EnergyTransition transition2030"),
        ("#COP30Belem", "cop cop30 #COP30 30 belem belém #cop30bel"),
        ("#iPhoneSecurity", "iphone security #iphonesecurity"),
        ("Merci @JeanDupont", "@JeanDupont jeandupont @jeandupont jean dupont @Jean @jeandup"),
        ("Merci @jean_dupont_", "@jean_dupont jean_dupont @jean_dupont_ @jean_ @jean_du"),
        ("sur name.bsky.social", "name.bsky.social @name.bsky.social @name name.bsk"),
        ("@user@mastodon.example", "@user@mastodon.example user@mastodon.example @user @user@masto"),
        ("#AI_Act, #5G", "#AI_Act ai_act act #5G 5g"),
        ("J'aime YouTube et JavaScript", "youtube YouTube javascript youtu #YouTube @youtube"),
        ("Bravo 👍🏽 à tous", "👍 👍🏿 👍🏽 bravo👍"),
        ("Zut 🤷🏽‍♀️!", "🤷 🤷‍♂️ 🤷🏽‍♀️"),
        ("Fierté 🏳️‍🌈", "🏳️‍🌈 🌈 🏳"),
        ("🇫🇷🇪🇺", "🇫🇷 🇪🇺 🇪🇺🇫🇷"),
        ("1️⃣ voter☎️", "1️⃣ 1 ☎ ☎️ voter"),
        (
            "L’e-commerce, le porte‑avions",
            "e-commerce ecommerce ecomm e-comm commerce porte-avions porte-avion porteavion",
        ),
        ("#Covid-19 à Saint-Denis", "covid-19 COVID19 covid-1 #covid #Covid-19 saintdenis saint-denis saint-d denis"),
        ("東京都知事", "東京都 東京 京都 都知 東 京 事 東京都知事 #東京"),
        ("日本Sony株式 ﾄﾞｲﾂ", "日本 日 sony 株 式 ドイツ ﾄﾞｲﾂ 日本Sony Sony株"),
        ("한국어를 배우다", "한국 한국어 어 국 배우"),
        ("in\u00adter\u00adna\u00adtional ＡＢＣ", "international interna abc ａｂｃ"),
    ],
)
def test_it_is_found_by(index: Index, text: str, queries: str) -> None:
    index.write([post(1, text), post(2, "tout autre chose, JavaBeans, 2️⃣ 🇫 ♀ 👎🏽")])
    for query in queries.split():
        assert found(index, query) == [1]
        assert found(index, f"autre {query}") == []


def test_ordinary_words_are_not_taken_apart(index: Index) -> None:
    index.write([post(1, "YouTube"), post(2, "#YouTube"), post(3, "YouTube dit @Tube")])
    assert found(index, "tube ") == [3, 2]
    assert found(index, "you ") == [2]


def test_a_phrase_goes_through_a_hashtag(index: Index) -> None:
    index.write([
        post(1, "pour la #TransitionÉnergétique en France"),
        post(2, "pour la transition énergétique en France"),
        post(3, "pour la #transitionénergétique en France"),
        post(4, "énergétique transition"),
        post(5, "la transition\nénergétique"),
    ])  # fmt: skip
    assert found(index, '"transition énergétique"') == [2, 1]
    assert found(index, '"la transition énergétique en France"') == [2, 1]
    assert found(index, '"la #TransitionÉnergétique en France"') == [2, 1]
    assert found(index, '"la #transitionénergétique en France"') == [3]
    assert found(index, '"#TransitionÉnergétique"') == [3, 1]
    assert found(index, '-"transition énergétique"') == [5, 4, 3]
    assert found(index, "-#TransitionÉnergétique") == [5, 4, 2]


def test_a_sign_asks_for_no_more_than_the_word(index: Index) -> None:
    index.write([post(1, "le climat"), post(2, "le #climat"), post(3, "par @climat")])
    for query in ("climat", "#climat", "@climat", "#climat "):
        assert found(index, query) == [3, 2, 1]


def test_a_number_of_emoji_is_no_harm(index: Index) -> None:
    index.write(
        [post(1, "👨‍👩‍👧" * 40_000 + " fin"), post(2, "#" + "aB" * 50_000), post(3, "#A" * 30_000), post(4, "👍" * 100)]
    )
    assert found(index, "👩") == [1]
    assert found(index, "fin") == []  # beyond what is indexed
    assert found(index, "👍" * 40) == [4]


WORDS = [
    "énergie", "L’été", "d'accord", "YouTube", "e-commerce", "l'«œuvre»", "100", "COVID-19", "naïve", "ß", "x",
    "porte‑avions", "東京都",
]  # fmt: skip
INNER = [
    "Energie", "Été", "COP", "IA", "Loi", "iPhone", "eau", "E\u0301t", "2030", "30", "7", "mer", "B2B", "ONGs", "Œuf",
]  # fmt: skip
TAGS = st.lists(st.sampled_from(INNER), min_size=1, max_size=4).map("".join)
NAMES = st.lists(TAGS, min_size=1, max_size=3).map("_".join)
HANDLES = st.one_of(
    NAMES, st.builds("{}@{}.example".format, NAMES, TAGS), TAGS.map(lambda name: f"{name.lower()}.bsky.social")
)
EMOJI = [
    "👍", "👍🏽", "☎️", "☀", "❤️‍🔥", "🤷🏽‍♀️", "👩🏾‍🔬", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🇪🇺", "1️⃣", "#️⃣", "*⃣",
    "‼️", "➡", "🏴\U000e0067\U000e0062\U000e007f", "🫶🏿", "🧑🏻‍🤝‍🧑🏿", "©️",
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(EMOJI),
    TAGS.map("#{}".format),
    HANDLES.map("@{}".format),
    st.text(min_size=1, max_size=12),
)
POSTS = st.lists(st.tuples(PIECES, st.sampled_from([" ", "", "\n", ", ", " — ", "…", "."])), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(POSTS, HANDLES, st.sampled_from(["fr", "en", ""])), min_size=1, max_size=4), st.data())
def test_every_piece_of_a_post_finds_it(
    posts: list[tuple[list[tuple[str, str]], str, str]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        index = Index.open(Path(folder))
        texts = ["".join(piece + after for piece, after in pieces) for pieces, _handle, _lang in posts]
        authors = [(f"@{handle}\nUn Nom 🔋", lang) for _pieces, handle, lang in posts]
        index.write(post(id, text, *author) for id, (text, author) in enumerate(zip(texts, authors, strict=True)))
        for id, (pieces, handle, _lang) in enumerate(posts):
            for query in (f"@{handle}", handle, "nom🔋", *wanted(pieces)):
                typed = query[: data.draw(st.integers(1, len(query)))] if query[0] == "@" else query
                for each in (query, query + " ", typed):
                    assert id in found(index, each)
        index.close()


def wanted(pieces: list[tuple[str, str]]) -> Iterator[str]:
    """What must find a post: its words, emoji, hashtags and handles that stand apart from what is beside them."""
    known, apart = {*WORDS, *EMOJI}, True
    for piece, after in pieces:
        if apart and after and (piece in known or (piece[0] in "#@" and piece[1:2].isalnum())):
            yield piece
            if piece[0] in "#@" and piece not in EMOJI:
                yield piece.lstrip("#@")
        apart = bool(after)


# Real ones -----------------------------------------------------------------------------------------

TAG = re.compile(r"(?<!\w)#(\w*[^\W\d_]\w*)")
MENTION = re.compile(r"(?<!\w)@(\w+)")
PICTURES = re.compile("[^\\w\\s\u0000-\u203b]+")


def tweets() -> list[tuple[str, str]]:
    """Text and handle of the French posts."""
    path = corpus("C_social", "minet-tweets-fr", "tweets_melenchon.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["user_screen_name"]) for row in csv.DictReader(file)]


def inside(tag: str) -> list[str]:
    """The words of a hashtag as its small letters tell them apart, and its numbers and their neighbours aside."""
    return re.findall("[A-ZÀ-Þ][a-zß-ÿ]+", tag) if not re.search("[A-ZÀ-Þ]{2}", tag) else []


def asked(text: str, handle: str) -> Iterator[str]:
    """All that must find a post."""
    yield from (handle, f"@{handle}")
    for tag in TAG.findall(text):
        yield from (f"#{tag}", tag, f"#{tag.lower()}", *inside(tag))
    for name in MENTION.findall(text):
        yield from (f"@{name}", name, name.upper())
    for pictures in PICTURES.findall(text):
        emoji = [each for each in pictures if unicodedata.category(each) == "So" and each not in "🇫🇷🇪🇺"]
        yield from (pictures, *emoji) if emoji else ()
    yield from re.findall("🇫🇷|🇪🇺|[0-9]\ufe0f\u20e3", text)


def test_hashtags_mentions_and_emoji_of_french_posts_find_them(index: Index) -> None:
    posts = tweets()
    index.write(post(id, text, f"@{handle}") for id, (text, handle) in enumerate(posts))
    expected: defaultdict[str, set[int]] = defaultdict(set)
    for id, (text, handle) in enumerate(posts):
        for query in asked(text, handle):
            expected[query].add(id)
    lost = {query: ids for query, ids in expected.items() if not ids <= set(found(index, f"{query} "))}
    lost |= {query: ids for query, ids in expected.items() if not ids <= set(found(index, query))}
    assert lost == {}
    assert len(posts) >= 2700
    assert sum(query[0] == "#" for query in expected) >= 600
    assert sum(query[0] == "@" for query in expected) >= 150
    assert sum(ord(query[0]) > 0x203B for query in expected) >= 50
