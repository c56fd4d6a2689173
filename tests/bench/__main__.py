"""``python -m tests.bench NAME [options]``: each benchmark prints its table, and a last line ``NAME key=value …``."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

_MODULES = {"import": "importing"}  # a name that no module may have


def main(arguments: list[str]) -> int:
    called = {module: name for name, module in _MODULES.items()}
    stems = (path.stem for path in Path(__file__).parent.glob("*.py") if _is_benchmark(path))
    names = sorted(called.get(stem, stem) for stem in stems)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=names)
    chosen = parser.parse_args(arguments[:1])
    import_module(f"tests.bench.{_MODULES.get(chosen.name, chosen.name)}").main(arguments[1:])
    return 0


def _is_benchmark(path: Path) -> bool:
    return not path.stem.startswith("_") and "\ndef main(" in path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
