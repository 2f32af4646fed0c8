"""For how long a search waits for networks: so that it is answered by its deadline, as are those that wait beside it.

Searches that wait for a network that hangs would all be laid together when their deadline is near, one after the other:
the last of them late. So each ends at an instant of its own, before the one that ends next, by as much time as an
answer takes.
"""

import time
from bisect import bisect_left, insort
from collections.abc import Callable
from typing import Final

ASKED_FOR: Final = 0.97
"""The part of the deadline in which networks may answer; in the rest the answer is laid together."""

LEAST_ASKED_FOR: Final = 0.65
"""However many searches wait: less would blame networks for our load."""

LEFT: Final = 0.5
"""The same, however late a search begins."""

USUAL_S: Final = 0.002
LONGEST_S: Final = 0.01
"""Of the processor, what an answer takes before any was measured, and at most: what takes longer was something else."""

BESIDES: Final = 2.0
"""An answer takes so many times what it takes of the processor: others need that too."""

SMOOTHING: Final = 16


class Patience:
    """Of searches under one deadline, in seconds; instants are of the loop's clock.

    `used`: how many seconds of the processor the loop's thread has used so far.
    """

    def __init__(self, deadline_s: float, used: Callable[[], float] = time.thread_time) -> None:
        self._deadline_s = deadline_s
        self._used = used
        self._used_before: float | None = None
        self._takes_s = USUAL_S
        self._ends: list[float] = []

    def begin(self, now: float, since: float) -> float:
        """Until when one more search waits at most, whose deadline began at `since`. It has to `end`."""
        takes_s, at = BESIDES * self._takes_s, since + self._deadline_s * ASKED_FOR
        for other in reversed(self._ends):
            if other <= at - takes_s:
                break
            if other < at + takes_s:
                at = other - takes_s
        at = max(at, since + self._deadline_s * LEAST_ASKED_FOR, now + self._deadline_s * LEFT)
        insort(self._ends, at)
        return at

    def end(self, at: float) -> None:
        """The search that was to wait until then waits no more."""
        del self._ends[bisect_left(self._ends, at)]

    def answered(self) -> None:
        """One more search is: what the processor did since the one before was for an answer, from the question to the
        last byte of it.
        """
        used, before = self._used(), self._used_before
        self._used_before = used
        if before is not None:
            self._takes_s += (min(used - before, LONGEST_S) - self._takes_s) / SMOOTHING
