"""One computation after the other, so that a full server still hears whoever knocks."""

import asyncio
from typing import Final

LOOKS: Final = 8
"""How often the loop looks around before a computation: uvloop takes one new connection at each look."""


class Turns:
    """What is computed begins with `take`: between any two, the event loop looks at its sockets.

    Without it, everything that waited for networks goes on in one sweep of the loop, and nobody is heard meanwhile.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        """Wait for one's turn; it lasts until the caller waits for something else."""
        async with self._lock:
            for _ in range(LOOKS):
                await asyncio.sleep(0)
