"""The curator's private key: one file in the profile's folder, which nobody else may read and no backup holds."""

import os
from contextlib import suppress
from pathlib import Path

from veille.core.packs import signing
from veille.errors import BadKey, os_detail
from veille.files import sync
from veille.i18n import N_

NAME = "curator.pem"
_LARGEST = 10_000  # bytes


class Key:
    """The key in ``folder``, made when something is signed for the first time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def private(self) -> str:
        """The private key, as PEM. Raises BadKey."""
        try:
            if not self._path.exists():
                self._make()
            return self._read()
        except OSError as error:
            raise BadKey(path=str(self._path), detail=os_detail(error)) from error

    def public(self) -> str:
        """The public key, in base64; "" while there is none. Raises BadKey."""
        return signing.public(self.private()) if self._path.exists() else ""

    def check(self, public: str) -> None:
        """Raise BadKey unless this is the private key to ``public``: it may have been left on another machine."""
        if self.public() != public:
            detail = N_("it is not the key of the edition before; say that it is to be signed anew, or not at all")
            raise BadKey(path=str(self._path), detail=detail)

    def _make(self) -> None:
        """Whole or not at all; two that make one at once end up with the same."""
        partial = self._path.with_name(f".{NAME}.partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(signing.new_key())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
        with suppress(OSError):
            sync(self._path.parent)

    def _read(self) -> str:
        with self._path.open("rb") as file:
            data = file.read(_LARGEST)
        try:
            return data.decode("ascii")
        except UnicodeDecodeError as error:
            raise BadKey(path=str(self._path), detail=N_("it is no text")) from error
