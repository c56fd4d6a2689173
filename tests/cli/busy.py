"""A process that saves, annotates, imports, refreshes or cleans up without end, to be killed.

It says each thing as soon as it is done.

``python -m tests.cli.busy WORK PROFILE ARGUMENT``; a line on stdout is a promise.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from veille.app import open_services
from veille.cli.terminal import TerminalProgress
from veille.core.services import Services
from veille.model import Changes, Item, ItemKind, Query

WORD = "promise"  # in every item


def save(services: Services, _argument: str) -> Iterator[str]:
    """Save all items one by one, then let go of them again, and so on."""
    ids = list(services.library.listing(Query()).ids)
    for turn in count():
        for item in ids:
            yield f"doubtful {item}"  # until the next line, nothing is promised of it
            services.library.save([item], saved=turn % 2 == 0)
            yield f"{'saved' if turn % 2 == 0 else 'unsaved'} {item}"


def annotate(services: Services, run: str) -> Iterator[str]:
    """Tag all items, write a note on each, mark a passage; the newest run's note is the longest."""
    for turn in count():
        for item in services.library.listing(Query()).ids:
            services.annotations.tag([item], [f"tag-{run}"])
            yield f"tagged {item} tag-{run}"
            services.annotations.note(item, note(int(run), turn))
            yield f"noted {item} {note(int(run), turn)}"
            services.annotations.highlight(item, WORD)
            yield f"marked {item}"


def note(run: int, turn: int) -> str:
    """A note that sorts after those before it."""
    return f"{run:05}-{turn:05}"


def clean(services: Services, run: str) -> Iterator[str]:
    """Let old items come, save one of them, remove the others and give their room back."""
    now, source = services.clock.now(), services._store.sources.all()[0].id
    old = now - timedelta(days=100)
    for turn in count():
        uids = [f"{run}-{turn}-{number}" for number in range(150)]
        text = f"<p>{WORD} " + "and many words more " * 700 + "</p>"
        ids = services._store.items.apply(
            [Item(0, source, uid, ItemKind.ARTICLE, "", uid, "", WORD, text, "en", old, None, old, old, uid)
             for uid in uids], [])  # fmt: skip
        services.library.save(ids[:1])
        yield f"saved {ids[0]}"
        services.storage.clean(services.storage.propose(50), TerminalProgress())
        yield f"removed {' '.join(map(str, ids[1:]))}"


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
    work = {"save": save, "annotate": annotate, "import": take_in, "refresh": refresh, "clean": clean}[sys.argv[1]]
    opened = open_services(Path(sys.argv[2]), write=True)
    print("ready", flush=True)
    for promise in work(opened, sys.argv[3]):
        print(promise, flush=True)
