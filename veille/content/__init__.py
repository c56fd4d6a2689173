"""Text work without I/O: sanitise, fold, guess a language, clean addresses, read and write OPML."""
