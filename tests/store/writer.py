"""A process that writes without end and says what was confirmed; ``test_crash.py`` kills it."""

import itertools
import sys
from pathlib import Path

from tests.fakes import FakeClock
from tests.store.build import feed, item
from veille.store import Filter, open_store

BATCH = 20


def main(folder: Path) -> None:
    """Store batches of items, save and mark them, print each thing once it is confirmed."""
    clock = FakeClock()
    store = open_store(folder, write=True, clock=clock)
    source = feed(store).id
    begin = len(store.items.known(source)) // BATCH
    for batch in itertools.count(begin):
        ids = store.items.apply([item(source, f"{batch}-{number}", content="x" * 2000) for number in range(BATCH)], [])
        print("items", *ids, flush=True)
        store.marks.set_saved(ids[:2], clock.now())
        print("saved", *ids[:2], flush=True)
        with store.history.recording("All read"):
            read = store.marks.set_read(store.items.ids(Filter(unread=True)))
        print("read", *read, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
