"""The pieces of the benchmark of search (``tests/bench/search.py``)."""
