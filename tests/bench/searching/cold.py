"""The first search of a process that has just opened its profile: ``… cold PROFILE TEXT`` prints its milliseconds.

Counted is all that the first search adds: importing the room of search with numpy and Whoosh, opening the index,
parsing, finding the newest 50. Not counted is what every start of Veille takes, with or without a search.
"""

import sys
from pathlib import Path
from time import perf_counter


def main(profile: Path, text: str) -> None:
    from veille.app import open_services
    from veille.model import Query

    services = open_services(profile, write=True)
    assert "numpy" not in sys.modules
    assert "veille.search.index" not in sys.modules
    start = perf_counter()
    listing = services.library.listing(Query(text, limit=50))
    took = perf_counter() - start
    assert listing.total, "nothing is there to be found"
    services.close()
    print(took * 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
