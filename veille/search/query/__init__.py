"""From what a person types (``parsing``) to the tree that is asked of the index (``question``)."""
