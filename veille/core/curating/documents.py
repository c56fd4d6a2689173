"""What comes in answer while one looks for what can be watched, and stays in memory for a moment."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from veille.contacts import Purpose
from veille.content.addresses import same_site
from veille.core.doors import LARGEST
from veille.model import Progress

if TYPE_CHECKING:
    from veille.core.doors import Door
    from veille.net.gateway import Response

T = TypeVar("T")

_KEPT = 4  # documents


class Run(Protocol):
    """Calls a function beside this process, and gives back what it returns. Raises Unreadable when it hangs."""

    def __call__(self, call: Callable[..., T], /, *arguments: Any) -> T: ...


@dataclass(frozen=True, slots=True)
class Document:
    """What came from ``url``: at most :data:`LARGEST` bytes; ``kind`` is what the server calls it."""

    body: bytes
    kind: str
    url: str


class Memory:
    """The last few documents by address. Thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._lock = Lock()

    def put(self, address: str, document: Document) -> None:
        """Keep it, in place of the oldest."""
        with self._lock:
            self._kept.pop(address, None)
            self._kept[address] = document
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def get(self, address: str) -> Document | None:
        """What came from there, if it is still here."""
        with self._lock:
            return self._kept.get(address)


def ask(door: "Door", url: str, purpose: Purpose, progress: Progress, private: bool = False) -> "Response":
    """What is at ``url``. A redirect within its site is followed; raises LeadsElsewhere for any other, SourceError
    and Cancelled. ``private`` is the person's permission for that very host and port."""
    return door.get(
        url, purpose=purpose, allow_private=private, cap=LARGEST, cancelled=lambda: progress.cancelled,
        within=same_site)  # fmt: skip
