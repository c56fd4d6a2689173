"""What the open networks answer: JSON from outside, read without trusting its shape, and what a refusal means."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from veille.contacts import Purpose
from veille.content.cleaning import clean_link
from veille.content.shapes import moment, text
from veille.content.text import plain
from veille.errors import BadStatus, Busy, Garbled
from veille.model import GONE, Item, Validators

if TYPE_CHECKING:
    from veille.net.gateway import Response

MOST_PAGES = 3  # that are asked for in one pass; what a busy account wrote before them is not caught up with

_LONGEST_WAIT = 7 * 24 * 3600  # seconds; as long as the gateway believes a Retry-After


class Get(Protocol):
    """:meth:`veille.net.gateway.Gateway.get`, which gives an answer of any status when it is asked for ``whole``."""

    def __call__(
        self,
        url: str,
        *,
        purpose: Purpose,
        validators: Validators = ...,
        allow_private: bool = ...,
        cancelled: Callable[[], bool] = ...,
        whole: bool = ...,
    ) -> "Response": ...


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer holds. ``items`` are new or changed; ``met``: one that was known is among what it holds.

    ``more`` is what asks for the page behind it, "" for none; ``title`` and ``site`` are the source's own.
    """

    items: tuple[Item, ...] = ()
    met: bool = False
    more: str = ""
    title: str = ""
    site: str = ""


def through(first: Page, behind: Callable[[str], Page], known: Mapping[str, str]) -> list[Page]:
    """``first`` and the pages behind it, as far as a post that is known; of a source that is new only ``first``."""
    pages = [first]
    while known and pages[-1].more and not pages[-1].met and len(pages) < MOST_PAGES:
        pages.append(behind(pages[-1].more))
    return pages


def newest_first(pages: Iterable[Page]) -> tuple[Item, ...]:
    """The items of ``pages``, each once, by where they stand in time."""
    once = {item.uid: item for page in pages for item in page.items}
    return tuple(sorted(once.values(), key=lambda item: item.at, reverse=True))


def selected(items: Iterable[Item], known: Mapping[str, str]) -> tuple[Item, ...]:
    """Those that are new or changed."""
    return tuple(item for item in items if known.get(item.uid) not in (GONE, item.hash))


# JSON --------------------------------------------------------------------------------------------


def read(body: bytes, host: str) -> Any:
    """The value that ``body`` is. Raises Garbled for what is no JSON, or only the beginning of some."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Garbled(host=host) from None


def whole(shown: str, url: str) -> str:
    """The whole address where the text has the beginning of it, as apps shorten it; "" for what stands there."""
    start = shown.removesuffix("…").removesuffix("...")
    bare = url.partition("://")[2]
    forms = (url, bare, bare.removeprefix("www."))
    return clean_link(url) if start and start != shown and any(form.startswith(start) for form in forms) else ""


# Refusals ----------------------------------------------------------------------------------------


def said(body: bytes) -> tuple[str, str]:
    """What a refusal says of itself: its name and its words, as ``error`` and ``message`` (or ``error`` alone)."""
    try:
        answer = json.loads(body[:100_000].decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return "", ""
    name, words = text(answer, "error", 500), text(answer, "message", 500)
    return plain(name), plain(words or name)[:200]


def wait(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds until the host wants to be asked again, a week at most; 0 when it does not say.

    Bluesky says when its count begins anew in seconds since 1970, Mastodon as a time; either may send Retry-After.
    """
    from veille.net.gateway import retry_after  # net is slow to import, and a worker that parses does without

    asked = retry_after(headers.get("retry-after", ""), now)
    reset = headers.get("ratelimit-reset", "") or headers.get("x-ratelimit-reset", "")
    return max(asked, _until(reset.strip(), now))


def _until(reset: str, now: datetime) -> int:
    when = moment(reset)
    if re.fullmatch(r"[0-9]{1,11}", reset):
        # A small number is a distance (draft-ietf-httpapi-ratelimit-headers), a large one a time.
        when = datetime.fromtimestamp(int(reset), UTC) if int(reset) > _LONGEST_WAIT else None
        when = when or now + timedelta(seconds=int(reset))
    return max(0, min(round((when - now).total_seconds()), _LONGEST_WAIT)) if when else 0


def spent(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds to leave the host alone after a good answer, because it was the last that it counts; None: it was not."""
    left = headers.get("ratelimit-remaining", "") or headers.get("x-ratelimit-remaining", "")
    asked = "retry-after" in headers or left.strip() == "0"
    return (wait(headers, now) or None) if asked else None


def overloaded(answer: "Response", host: str, now: datetime) -> Busy | BadStatus:
    """What a status that says nothing of the source means: 429 and 503 ask for patience, any other is an error."""
    if answer.status in (429, 503):
        return Busy(host=host, status=answer.status, retry_after=wait(answer.headers, now))
    return BadStatus(host=host, status=answer.status)
