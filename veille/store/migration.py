"""How a database of an older version becomes one of today (``PRAGMA user_version`` counts the steps)."""

import sqlite3
from dataclasses import dataclass

from veille.errors import ProfileDamaged, ProfileNewer
from veille.i18n import _


@dataclass(frozen=True)
class Schema:
    """What a database file is: whose (``PRAGMA application_id``), and the SQL of each version, the first one first.

    ``damaged`` is what is raised when it cannot be read.
    """

    application: int
    migrations: tuple[str, ...]
    damaged: type[ProfileDamaged] = ProfileDamaged

    @property
    def version(self) -> int:
        """The version that this Veille writes."""
        return len(self.migrations)

    def migrate(self, connection: sqlite3.Connection, path: str) -> None:
        """Bring the database to :attr:`version`, each step in a transaction of its own; ``path`` is for the error."""
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > self.version:  # brought further between the first look (header.py) and the lock
            raise ProfileNewer(found=version, known=self.version)
        if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise self.damaged(path=path, detail=_("it belongs to another program"))
        for number in range(version, self.version):
            marks = f"PRAGMA application_id = {self.application}; PRAGMA user_version = {number + 1};"
            try:
                connection.executescript(f"BEGIN IMMEDIATE; {self.migrations[number]} {marks} COMMIT;")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
