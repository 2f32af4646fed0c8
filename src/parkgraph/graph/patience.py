"""For how long a search waits for networks: so that it is answered by its deadline, as are those that wait beside it.

Searches that began together would be laid together at the same instant, one after the other: the last of them late. So
each waits a little less than the one before it, and is laid together while that one still waits.
"""

from typing import Final

ASKED_FOR: Final = 0.97
"""The part of the deadline in which networks may answer; in the rest the answer is laid together."""

LEAST_ASKED_FOR: Final = 0.8
"""However many searches wait: less would blame networks for our load."""

LEFT: Final = 0.5
"""The same, however late a search begins."""

USUAL_S: Final = 0.002
LONGEST_S: Final = 0.01
"""What one answer takes before any was measured, and at most: what takes longer has waited for something."""

SMOOTHING: Final = 8


class Patience:
    """Of searches under one deadline, in seconds."""

    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._waiting = 0
        self._takes_s = USUAL_S

    def begin(self, late_s: float = 0.0) -> float:
        """How many seconds one more search waits at most; it has to `end`. `late_s`: since its deadline began."""
        left_s = self._deadline_s * ASKED_FOR - self._waiting * self._takes_s
        self._waiting += 1
        return max(max(left_s, self._deadline_s * LEAST_ASKED_FOR) - late_s, self._deadline_s * LEFT)

    def end(self) -> None:
        """A search waits no more."""
        self._waiting -= 1

    def took(self, seconds: float) -> None:
        """An answer took the server so long, from the question to the last byte."""
        self._takes_s += (min(seconds, LONGEST_S) - self._takes_s) / SMOOTHING
