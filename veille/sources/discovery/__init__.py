"""Finding feeds: what a page declares, where sites have theirs, and which a person would choose. Pure: bytes in."""
