"""Search: the question, the index, the marked snippets. The index is derived and can always be rebuilt."""
