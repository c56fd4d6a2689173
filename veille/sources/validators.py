"""Asking "anything new since?" without carrying a mark: when ETag and Last-Modified go back to the host that gave them.

A host can give every reader another ETag and know them by it when it comes back. So each of the two is believed only
once two unconditional answers in a row gave the same, and never again once anything about it changes.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from veille.contacts import Purpose
from veille.model import Validators

if TYPE_CHECKING:
    from veille.net.gateway import Response

_LONGEST = 1000  # characters; no longer one is sent back


def to_send(kept: Validators, purpose: Purpose) -> Validators:
    """What of ``kept`` may go along with a request: what is agreed, by the route it came by, never in strict."""
    if purpose.strict or kept.route != purpose.route.key:
        return Validators()
    return replace(
        kept,
        etag=kept.etag if kept.etag_agreed else "",
        last_modified=kept.last_modified if kept.modified_agreed else "",
    )


def learnt(kept: Validators, answer: "Response", purpose: Purpose) -> Validators:
    """What to keep after the good ``answer`` to a request for ``purpose``.

    A 304 changes nothing, whatever it carries. A 200 to a request that was conditional is no unconditional answer, so
    what it gave counts for nothing: the host knew by what it was sent for whom to make it.
    """
    if answer.status == 304:
        return kept
    if answer.conditional:
        return Validators()
    etag, modified = _given(answer, "etag"), _given(answer, "last-modified")
    again = kept.url == answer.url and kept.route == purpose.route.key
    return Validators(
        etag=etag,
        last_modified=modified,
        etag_agreed=again and etag != "" and etag == kept.etag,
        modified_agreed=again and modified != "" and modified == kept.last_modified,
        url=answer.url,
        route=purpose.route.key,
    )


def _given(answer: "Response", name: str) -> str:
    value = answer.headers.get(name, "")
    return value if len(value) <= _LONGEST else ""
