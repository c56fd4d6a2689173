"""One reader for each format that can be brought in."""
