"""Search: the box and what helps to fill it, what narrows it, and searches that are kept as lists."""
