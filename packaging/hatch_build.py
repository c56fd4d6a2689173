"""Compiles the translations before a wheel is made, so that it carries them."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import catalogue


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Found by hatchling as the only hook of this file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """``version`` is "standard" or "editable"; the catalogue is compiled for both."""
        catalogue.compile_all()
