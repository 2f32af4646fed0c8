"""Whoever counts what happens at gates."""

from typing import Final, Protocol


class GateObserver(Protocol):
    def passed(self, decision: str, reason: str, seconds: float) -> None:
        """A vehicle that waited was decided about, within so many seconds."""
        ...

    def recorded(self, status: str) -> None:
        """An event that was sent afterwards came to this."""
        ...


class Nobody:
    def passed(self, decision: str, reason: str, seconds: float) -> None:
        return None

    def recorded(self, status: str) -> None:
        return None


nobody: Final = Nobody()
