import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.packed import Maker, packs, seeds
from tests.core.test_pack_format import PACK
from veille.core.packs.pack import Pack
from veille.core.packs.reading import decode, read
from veille.core.packs.signing import Signature, fingerprint, new_key, public, sign, signature
from veille.core.packs.writing import write
from veille.errors import BadKey

KEY = new_key()
OTHER = new_key()
SIGNED = sign(write(PACK), KEY)
END = SIGNED.index("[end]")


@settings(max_examples=30, deadline=None)
@given(packs)
def test_a_signed_pack_is_by_whom_it_says_and_reads_as_before(pack: Pack) -> None:
    text = sign(write(pack), KEY)
    assert signature(text) == Signature(public(KEY), True)
    assert read(text, "p") == pack
    assert sign(text, OTHER) == sign(write(pack), OTHER)


def test_line_ends_and_a_mark_of_the_encoding_break_nothing() -> None:
    assert signature(SIGNED.replace("\n", "\r\n")).valid
    assert signature(decode(b"\xef\xbb\xbf" + SIGNED.replace("\n", "\r\n").encode(), "p")).valid
    assert signature(SIGNED.rstrip("\n")).valid


@settings(max_examples=300, deadline=None)
@given(st.integers(0, END - 1), st.characters(exclude_categories=["Cs"]), st.sampled_from(["put", "insert", "drop"]))
def test_any_change_before_the_end_breaks_it(at: int, new: str, way: str) -> None:
    changed = SIGNED[:at] + ("" if way == "drop" else new) + SIGNED[at + (way != "insert") :]
    same = changed.replace("\r\n", "\n").replace("\r", "\n") == SIGNED
    assert signature(changed).valid == same


@settings(max_examples=200, deadline=None)
@given(st.integers(END, len(SIGNED) - 2), st.characters(exclude_categories=["Cs"]), st.booleans())
def test_any_change_in_the_end_breaks_it(at: int, new: str, insert: bool) -> None:
    changed = SIGNED[:at] + new + SIGNED[at + (not insert) :]
    same = changed.replace("\r\n", "\n").replace("\r", "\n") == SIGNED
    assert signature(changed).valid == same


@pytest.mark.parametrize(
    "more",
    ['[[source]]\nkey = "feed:https://evil.example/"\n', "a = 1\n", "# a comment\n", "\n[end]\nversion = 7\n", " "],
)
def test_nothing_can_be_added_behind_it(more: str) -> None:
    assert not signature(SIGNED + more).valid


def test_a_signature_of_another_is_told() -> None:
    forged = sign(write(PACK).replace("Le Courant", "Le Mensonge"), OTHER)
    assert signature(forged) == Signature(public(OTHER), True)
    assert signature(forged.replace(public(OTHER), public(KEY))) == Signature(public(KEY), False)
    assert signature(write(PACK)) == Signature()


@pytest.mark.parametrize("key", [b"\1" + bytes(31), bytes(32)])
def test_a_key_that_fits_any_text_is_none(key: bytes) -> None:
    ends = f'key = "{base64.b64encode(key).decode()}"\nsignature = "{base64.b64encode(key + bytes(32)).decode()}"\n'
    assert not signature(write(PACK).replace("[end]\n", "[end]\n" + ends)).valid


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), seeds)
def test_garbage_never_raises(text: str, seed: int) -> None:
    assert not signature(text).valid
    assert not signature(f'veille = 2\n[end]\nkey = "{text}"\nsignature = "{text}"\nversion = 1\n').valid
    assert not signature(write(Maker(seed).pack())).valid
    assert not signature("version = 1\n\ud800\n" + SIGNED[END:]).valid
    assert fingerprint(text) == ""


def test_a_fingerprint_can_be_read_out() -> None:
    print_ = fingerprint(public(KEY))
    groups = print_.split("-")
    assert [len(each) for each in groups] == [4] * 5
    assert set("".join(groups)) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert print_ == fingerprint(public(KEY)) != fingerprint(public(OTHER))
    assert fingerprint("") == ""


@pytest.mark.parametrize(
    "private",
    [
        "", "hello", KEY[:60], KEY.replace("PRIVATE", "PUBLIC"),
        KEY.replace("BQYDK2Vw", "BQYDK2Vu"),  # X25519
    ],
    ids=range(5),
)  # fmt: skip
def test_what_is_no_private_key_says_so(private: str) -> None:
    with pytest.raises(BadKey):
        public(private)
    with pytest.raises(BadKey):
        sign(write(PACK), private)
