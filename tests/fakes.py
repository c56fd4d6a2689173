"""Fakes that behave: they keep the promises of what they stand for."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A :class:`veille.model.Clock` that only moves when told."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self.time = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, **parts: float) -> None:
        """Go forward by ``timedelta(**parts)``."""
        step = timedelta(**parts)
        self.time += step
        self._elapsed += step.total_seconds()


class FakeProgress:
    """A :class:`veille.model.Progress` that remembers its steps and cancels after ``stop_after`` of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.steps: list[tuple[int, int, str]] = []
        self.stop_after = stop_after

    def step(self, done: int, total: int, text: str = "") -> None:
        self.steps.append((done, total, text))

    @property
    def cancelled(self) -> bool:
        return self.stop_after is not None and len(self.steps) >= self.stop_after
