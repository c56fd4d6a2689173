"""A hostile party that is watched: it tries every trick to know its reader, on a naive reader and on Veille.

``python -m tests.observer`` runs the whole for simulated weeks; ``test_observer.py`` a short form.
"""
