"""A process that saves, imports or refreshes without end and says each thing as soon as it is done, to be killed.

``python -m tests.cli.busy WORK PROFILE ARGUMENT``; a line on stdout is a promise.
"""

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from veille.app import open_services
from veille.cli.terminal import TerminalProgress
from veille.core.services import Services
from veille.model import Changes, Query


def save(services: Services, _argument: str) -> Iterator[str]:
    """Save all items one by one, then let go of them again, and so on."""
    ids = list(services.library.listing(Query()).ids)
    for turn in count():
        for item in ids:
            yield f"doubtful {item}"  # until the next line, nothing is promised of it
            services.library.save([item], saved=turn % 2 == 0)
            yield f"{'saved' if turn % 2 == 0 else 'unsaved'} {item}"


def take_in(services: Services, run: str) -> Iterator[str]:
    """Import one file after the other, each with five new sources in a new sector."""
    for turn in count():
        name = f"{run}-{turn}"
        rows = "".join(f'<outline xmlUrl="https://example.org/{name}-{place}"/>' for place in range(5))
        text = f'<opml><body><outline text="s{name}">{rows}</outline><outline text="other"/></body></opml>'
        services.exchange.import_opml(text.encode(), name)
        yield f"imported {name}"


def refresh(services: Services, _argument: str) -> Iterator[str]:
    """Refresh again and again; the promise is made as soon as a batch is stored."""

    def stored(changes: Changes) -> None:
        print("stored", *changes.items, flush=True)

    services.indexer.start()
    for turn in count():
        services.refresher.run(TerminalProgress(), on_changes=stored)
        yield f"refreshed {turn}"


if __name__ == "__main__":
    work = {"save": save, "import": take_in, "refresh": refresh}[sys.argv[1]]
    opened = open_services(Path(sys.argv[2]), write=True)
    print("ready", flush=True)
    for promise in work(opened, sys.argv[3]):
        print(promise, flush=True)
