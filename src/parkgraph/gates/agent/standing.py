"""What the parts of one agent know together: the clock, the allow-list, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from parkgraph.gates.agent.allow_list import AllowList
from parkgraph.gates.agent.clock import EdgeClock


@dataclass(slots=True)
class Standing:
    """One agent's, for as long as it runs.

    `locked_out`: the server refuses the gate's key. `store_fault`: why the store could not be written last.
    `server_heard`: whether the server answered last; at first it is given the benefit of the doubt.
    """

    clock: EdgeClock = field(default_factory=EdgeClock)
    allow_list: AllowList | None = None
    pinned_key: str | None = None
    locked_out: bool = False
    server_heard: bool = True
    store_fault: str | None = None

    def server_time(self, answer_time: object, asked: datetime, heard: datetime) -> None:
        """Learn the clock's offset from an answer's serverTime: it was between asking and hearing."""
        try:
            told = datetime.fromisoformat(str(answer_time))
        except ValueError:
            return
        if told.tzinfo is not None:
            self.clock = EdgeClock(told - (asked + (heard - asked) / 2))

    def true_now(self) -> datetime:
        """The time as the server has it, as far as it is known."""
        now = datetime.now(UTC)
        return now + self.clock.offset if self.clock.offset is not None else now

    def alarms(self) -> Iterator[str]:
        """What somebody has to look after here; a server that is away is not among it."""
        if self.store_fault:
            yield self.store_fault
        if self.locked_out:
            yield "server_refuses_key"
