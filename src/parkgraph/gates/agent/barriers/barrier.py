"""What every barrier is to the agent."""

from typing import Protocol


class BarrierFault(Exception):
    """The pulse may not have reached the relay; the reason is for logs, and quotes nothing of the device's words."""


class Barrier(Protocol):
    """One barrier. It is only ever told to open: closing is its own safety logic's."""

    async def pulse(self, seconds: float) -> bool:
        """Give one pulse now, or not at all, within this time. Whether the relay itself has said that it heard.

        Raises BarrierFault.
        """
        ...

    async def is_open(self) -> bool | None:
        """Whether the boom is up; None where nothing tells. Raises BarrierFault."""
        ...
