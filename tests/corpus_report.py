"""``python -m tests.corpus_report``: what the corpora give, in figures."""

import resource
from collections import Counter

from tests.families import families, feed_counts, hostile_feeds, opml_counts, payloads, read
from tests.harmless import item_faults
from veille.sources.base import Parsed


def main() -> None:
    """Print a line for each source of feeds, lists and attacks, and the totals."""
    for part in ("A_feeds", "E_hostile"):
        total: Counter[str] = Counter()
        faults = 0
        for name, files in families(part):
            counts, found, slowest = feed_counts(files)
            total += counts
            faults += len(found)
            print(f"{part}/{name}: {_shown(counts)}; slowest {slowest:.2f} s")
        print(f"{part} in all: {_shown(total)}; faults {faults}")
        if all_items := total["large items"]:
            shares = ", ".join(f"{name} {100 * total[name] / all_items:.1f} %" for name in ("title", "link", "date"))
            print(f"feeds of 8 kB and more: {total['large']}, their entries {all_items}: {shares}")
    parsed = [result for body in hostile_feeds(payloads()) if isinstance(result := read(body), Parsed)]
    items = [item for each in parsed for item in each.items]
    print(f"attacks {len(payloads())}, as items {len(items)}; faults {sum(bool(item_faults(item)) for item in items)}")
    for name, files in families("B_opml"):
        print(f"B_opml/{name}: {_shown(opml_counts(files))}")
    everything = [path for _name, files in families("B_opml") for path in files]
    print(f"B_opml in all: {_shown(opml_counts(everything))}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _shown(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


if __name__ == "__main__":
    main()
