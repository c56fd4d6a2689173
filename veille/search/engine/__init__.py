"""The index from inside: a Whoosh codec that keeps everything in flat arrays, and what works on them.

``layout`` draws what is stored; ``arrays`` are files of arrays; ``segment`` is one segment; ``building`` makes one of
documents or of others, by ``inverting``; ``codec`` is Whoosh's door to the same files; ``matching`` answers a question,
``scoring`` says how well each document does, ``likeness`` finds a word or a document like another.
"""
