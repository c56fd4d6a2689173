"""Where the files that ship with Veille are: icons, translations, starter sectors, the sample profile."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder, in an installed wheel as in a checkout.

    A wheel carries ``resources/`` inside the package; a checkout has it beside the package.
    """
    installed = _PACKAGE / "resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)
