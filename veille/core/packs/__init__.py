"""Sector packs: a sector as a file, from one person's profile to another's."""
