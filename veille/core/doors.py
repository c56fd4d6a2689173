"""What the core asks of the one door to the network, for what a person asks to see."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from veille.contacts import Purpose
from veille.model import Progress, Source

if TYPE_CHECKING:
    from veille.net.gateway import Response

LARGEST = 5_000_000  # bytes of a picture or a page


def ask(door: "Door", url: str, purpose: Purpose, source: Source | None, progress: Progress) -> "Response":
    """What is at ``url``, for an item of ``source``; raises SourceError, and Cancelled when the person stops it.

    It may be in a private network only at the very host and port that the person allowed for the source.
    """
    private = source is not None and source.allow_private and urlsplit(url).netloc == urlsplit(source.address).netloc
    return door.get(
        url, purpose=purpose, allow_private=private, cap=LARGEST, cancelled=lambda: progress.cancelled
    )  # fmt: skip


class Door(Protocol):
    """:class:`veille.net.gateway.Gateway`, as far as pictures and articles need it."""

    def get(
        self, url: str, *, purpose: Purpose, allow_private: bool, cap: int | None, cancelled: Callable[[], bool],
        within: Callable[[str, str], bool] | None = None, whole: bool = False
    ) -> "Response":  # fmt: skip
        """What is at ``url``, at most ``cap`` bytes; raises SourceError and Cancelled. ``within`` and ``whole`` are as
        the gateway has them."""

    def hang_up(self) -> None:
        """Close connections that are idle."""
