"""X: the accounts, lists and searches that a person watches there. Only ``fetcher.py`` knows tweepy.

``fetcher`` is what the rest of Veille meets; ``passes`` is one pass over all that is watched, by the groups and cursors
of ``plan``; ``reader`` reads pages, ``door`` asks one question that is paid for, ``accounts`` looks people up;
``answers``, ``posts`` and ``text`` read what came, and do nothing else.
"""
