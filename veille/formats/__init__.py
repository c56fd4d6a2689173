"""Files of other programs, read and written. Nothing here knows the store, the network or the window.

What is read is hostile: it is streamed, capped and sanitised here, in a process of its own (``reading.read``); no
archive is ever unpacked onto the disk. On the way in, in this order:

``reading``: the one way in; ``recognising``: what a file is. ``files``, ``zipped``, ``encodings``: from a path to
streams of bytes, and to text. ``jsonstream``, ``tables``, ``tags``: from text to objects, records and tags, forgiving.
``objects``, ``links``, ``works``, ``tweets``: what several files have alike, or in plenty; ``times``: their dates.
``readers/``: one module per format, which gives for each row what it says (``items.Said``). ``items``: from that to an
``entry.Entry``, sanitised, or ``entry.Refused``. ``opml`` is both ways for lists of feeds; ``writers/``: the way out.
"""
