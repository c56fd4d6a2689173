"""What X takes besides a fetcher: the person's ``access``, the ``budget`` and what it is made of, and a ``lookup``."""
