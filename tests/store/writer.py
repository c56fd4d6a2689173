"""A process that writes without end and says what was confirmed; ``test_crash.py`` kills it."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fakes import FakeClock
from tests.store.build import contact, ending, feed, item
from veille.store import Filter, Store, open_store

BATCH = 20
THREADS = 10


def write_items(store: Store) -> None:
    """Store batches of items, save and mark them, print each thing once it is confirmed."""
    now = FakeClock().now()
    source = feed(store).id
    begin = len(store.items.known(source)) // BATCH
    for batch in itertools.count(begin):
        ids = store.items.apply([item(source, f"{batch}-{number}", content="x" * 2000) for number in range(BATCH)], [])
        print("items", *ids, flush=True)
        store.marks.set_saved(ids[:2], now)
        print("saved", *ids[:2], flush=True)
        with store.history.recording("Tagged and noted"):
            store.marks.set_tags(ids[2:4], ["mine"])
            store.marks.set_note(ids[4], f"Note {batch}", now)
        print("tagged", *ids[2:4], flush=True)
        print("noted", ids[4], flush=True)
        with store.history.recording("All read"):
            read = store.marks.set_read(store.items.ids(Filter(unread=True)))
        print("read", *read, flush=True)


def write_traces(store: Store) -> None:
    """Begin traces in several threads and end them; print each number once it is given, and once it was flushed."""

    def make(_: int) -> int:
        number = store.traces.begin(contact())
        sys.stdout.write(f"begun {number}\n")  # in one piece: threads share it
        sys.stdout.flush()
        store.traces.end(number, ending(error=str(number)))
        return number

    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            numbers = list(pool.map(make, range(2 * THREADS)))
            store.traces.flush()
            print("ended", *numbers, flush=True)


if __name__ == "__main__":
    opened = open_store(Path(sys.argv[1]), write=True, clock=FakeClock())
    if "traces" in sys.argv:
        write_traces(opened)
    else:
        write_items(opened)
