"""One computation after the other, the most urgent first, so that a full server still hears whoever knocks."""

import asyncio
import time
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

LOOKS: Final = 8
"""How often the loop looks around before a computation: uvloop takes one new connection at each look."""

EVERY_S: Final = 0.002
"""What takes less, all together since the loop looked around, is done before it looks again."""


class Turns:
    """What is computed begins with `take`: after EVERY_S of it, the event loop looks at its sockets.

    Without it, everything that waited for networks goes on in one sweep of the loop, and nobody is heard meanwhile.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._looked = -EVERY_S
        self._is_taken = False
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    async def take(self, ends: float) -> None:
        """Wait for one's turn; it lasts until the caller waits for something else.

        `ends`: by the loop's clock, when the answer is due. What is due first comes first.
        """
        if not self._is_taken and self._clock() - self._looked < EVERY_S:
            return
        if self._is_taken:
            turn = asyncio.get_running_loop().create_future()
            heappush(self._waiting, (ends, next(self._number), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._hand_on()
                raise
        self._is_taken = True
        try:
            if self._clock() - self._looked >= EVERY_S:
                for _ in range(LOOKS):
                    await asyncio.sleep(0)
                self._looked = self._clock()
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False
