"""Runs the real program in a process of its own, as a person does in a terminal."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@dataclass(frozen=True)
class Ran:
    """What came of it."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """stdout as JSON, one object per line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self) -> str:
        return f"status {self.status}\n{self.out}\n{self.err}"


class Program:
    """``veille`` with a profile of its own; ``environment`` is on top of the test's."""

    def __init__(self, profile: Path | None, environment: Mapping[str, str] | None = None) -> None:
        self.options = [] if profile is None else ["--profile", str(profile)]
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}

    def __call__(self, *arguments: str | Path, status: int = 0, input: bytes = b"") -> Ran:
        """Run it and check its exit status; whatever happens, no traceback reaches the person."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, input=input, capture_output=True, timeout=60
        )
        ran = Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        assert "Traceback" not in ran.err, ran
        assert ran.status == status, ran
        return ran

    def start(self, *arguments: str | Path, **options: Any) -> "subprocess.Popen[bytes]":
        """Start it and let it run."""
        return subprocess.Popen(
            self.command(*arguments), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "veille", *self.options, *map(str, arguments)]
