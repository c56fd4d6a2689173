"""Veille: see what moves in your sector, without being seen."""

__version__ = "0.1.0"
