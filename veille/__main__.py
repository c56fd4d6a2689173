"""``python -m veille``."""

import sys

from veille.app import main

if __name__ == "__main__":
    sys.exit(main())
