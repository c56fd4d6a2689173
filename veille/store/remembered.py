"""Answers of the database that are asked for again and again: at each key that is typed, for instance."""

from collections.abc import Callable
from typing import Generic, TypeVar

from veille.store.database import Database

T = TypeVar("T")


class Remembered(Generic[T]):
    """What ``make`` gives, made anew when something was written since. Everybody is given the same: nobody changes it.

    Thread-safe: what two threads make at once is the same.
    """

    def __init__(self, db: Database, make: Callable[[], T]) -> None:
        self._db = db
        self._make = make
        self._kept: tuple[int, T] | None = None  # of which version of the database

    def __call__(self) -> T:
        if self._db.apart:
            return self._make()
        version = self._db.version  # asked before: what is written meanwhile makes it a later one
        kept = self._kept
        if kept is None or kept[0] != version:
            kept = self._kept = (version, self._make())
        return kept[1]
