"""Signatures of packs: Ed25519 (RFC 8032), by cryptography. The only place that knows that library.

What is signed is the text of the file before its last table, ``[end]``, line ends as one; the signature and the
public key stand in that table.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from veille.errors import BadKey
from veille.i18n import N_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# The last table, to the letter: nothing can be added to a signed file behind what is signed.
_END = re.compile(
    r'^\[end\]\n(?:key = "(?P<key>[^"\n]{1,100})"\nsignature = "(?P<signature>[^"\n]{1,200})"\n)?'
    r"version = (?P<version>[0-9]{1,10})\n?\Z",
    re.MULTILINE,
)
_VERSION = re.compile(r"^version = ([0-9]{1,10})$", re.MULTILINE)
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # without those that are taken for others (Crockford's base 32)
# Points of small order: a signature by such a "key" fits any text.
_WEAK = frozenset(
    bytes.fromhex(each)
    for each in (
        "01" + 31 * "00", 32 * "00", 31 * "00" + "80", "ec" + 30 * "ff" + "7f", "01" + 30 * "00" + "80",
        "ec" + 31 * "ff", "ed" + 30 * "ff" + "7f", "ed" + 31 * "ff", "ee" + 30 * "ff" + "7f", "ee" + 31 * "ff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """``key`` is the public key in base64, "" for none; ``valid`` whether the text is what its owner signed."""

    key: str = ""
    valid: bool = False


def new_key() -> str:
    """A new private key, as PEM (PKCS 8)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def public(private: str) -> str:
    """The public key of a private one, in base64. Raises BadKey."""
    return _public(_private(private))


def fingerprint(key: str) -> str:
    """A public key as a person compares it on the telephone: five groups of four letters and digits; "" for none."""
    data = _decoded(key, 32)
    if not data:
        return ""
    number = int.from_bytes(blake2b(data, digest_size=13).digest(), "big")
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in range(20))
    return "-".join(letters[at : at + 4] for at in range(0, 20, 4))


def sign(text: str, private: str) -> str:
    """``text``, as :func:`veille.core.packs.writing.write` gave it, signed. Raises BadKey."""
    key = _private(private)
    text = _one_line_end(text)
    end = _END.search(text)
    if end is None:
        raise ValueError("a pack ends in [end]")
    signed = text[: end.start()]
    signature = b64encode(key.sign(signed.encode())).decode("ascii")
    return f'{signed}[end]\nkey = "{_public(key)}"\nsignature = "{signature}"\nversion = {end["version"]}\n'


def signature(text: str) -> Signature:
    """Who signed ``text``, and whether it still is what they signed. Never raises."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text = _one_line_end(text)
    end = _END.search(text)
    if end is None or end["key"] is None:
        return Signature(_claimed(text))
    signed = text[: end.start()]
    key, proof = _decoded(end["key"], 32), _decoded(end["signature"], 64)
    version = _VERSION.search(signed)
    if not key or not proof or key in _WEAK or version is None or version[1] != end["version"]:
        return Signature(end["key"])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, signed.encode())
    except (InvalidSignature, ValueError):  # also halves of surrogate pairs
        return Signature(end["key"])
    return Signature(end["key"], True)


def _claimed(text: str) -> str:
    """The key that a file names whose last table is not as it should be; "" for none. It proves nothing."""
    last = text.rpartition("\n[end]\n")[2] if "\n[end]\n" in text else ""
    found = re.search(r'^[ \t]*key[ \t]*=[ \t]*"([^"\n]{1,100})"', last, re.MULTILINE)
    return found[1] if found else ""


def _private(text: str) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError as error:
        raise BadKey(detail=N_("it is protected by a password")) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(detail=N_("it is no private key (PEM)")) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(detail=N_("it is a key of another kind than Ed25519"))
    return key


def _public(key: "Ed25519PrivateKey") -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def _decoded(text: str, length: int) -> bytes:
    """Base64 that stands for that many bytes, written in the one way there is; else nothing."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if len(data) == length and b64encode(data).decode("ascii") == text else b""


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
