"""From what a person types to the items that they find, and how the index keeps up with the store."""
