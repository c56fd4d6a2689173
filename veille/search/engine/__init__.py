"""The index from inside: a Whoosh codec that keeps everything in flat arrays, and what works on them.

``layout`` draws what is stored; ``arrays`` are files of arrays, ``segment`` is one segment, ``storage`` the folder.
``committing`` is one commit, which writes segments by ``building`` and ``inverting``. ``codec`` is Whoosh's door to the
same files. ``matching`` answers a question, with ``phrases``; ``scoring`` says how well each document does,
``ordering`` which come first; ``likeness`` finds a word or a document like another.
"""
