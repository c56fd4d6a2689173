"""``python -m tests.bench NAME [options]``: each benchmark prints its table, and a last line ``NAME key=value …``."""

import argparse
import sys
from importlib import import_module
from pathlib import Path


def main(arguments: list[str]) -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if _is_benchmark(path))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=names)
    chosen = parser.parse_args(arguments[:1])
    import_module(f"tests.bench.{chosen.name}").main(arguments[1:])
    return 0


def _is_benchmark(path: Path) -> bool:
    return not path.stem.startswith("_") and "\ndef main(" in path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
