"""Whoever counts what happens at gates."""

from collections.abc import Mapping
from typing import Final, Protocol


class GateObserver(Protocol):
    def passed(self, decision: str, reason: str, seconds: float) -> None:
        """A vehicle that waited was decided about, within so many seconds."""
        ...

    def recorded(self, status: str) -> None:
        """An event that was sent afterwards came to this."""
        ...

    def counted(
        self, gates: Mapping[str, int], oldest_cases: Mapping[str, float], backlog: int, dead_letters: int
    ) -> None:
        """How many gates are HEARD, SILENT and NEVER heard of; for how many seconds the oldest case of each kind has
        waited; how many events gates have yet to send, and have given up.
        """
        ...

    def not_counting(self) -> None:
        """Another process does."""
        ...


class Nobody:
    def passed(self, decision: str, reason: str, seconds: float) -> None:
        return None

    def recorded(self, status: str) -> None:
        return None

    def counted(
        self, gates: Mapping[str, int], oldest_cases: Mapping[str, float], backlog: int, dead_letters: int
    ) -> None:
        return None

    def not_counting(self) -> None:
        return None


nobody: Final = Nobody()
