"""One connection to a network: a question, its answer, and so on for as long as both sides like."""

import asyncio
from typing import cast

from parkgraph.sdk.transport.reading import Answer, Begin, Lost, Reading


class Connection(asyncio.Protocol):
    """Open once made, until it `is_closed`. What comes without being asked for closes it."""

    def __init__(self) -> None:
        self.is_closed = False
        self.idle_since = 0.0
        self._reading: Reading | None = None
        self._answer: asyncio.Future[Answer] | None = None

    async def ask(self, written: bytes, begin: Begin, ends: float) -> Answer:
        """The answer to this request. Raises as the `outcome` of a `Reading`, and TimeoutError where there is none by
        the instant `ends` of the loop's clock.

        Afterwards the connection is closed unless another request may follow.
        """
        if self.is_closed:
            raise Lost
        reading = self._reading = Reading(begin)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._answer = answer
        timer = loop.call_at(ends, self._time_out)
        try:
            self._transport.write(written)
            return await answer
        finally:
            timer.cancel()
            self._reading = self._answer = None
            reading.close()
            if not reading.may_go_on:
                self.close()

    def close(self, fault: Exception | None = None) -> None:
        """At once. Whoever waits for an answer gets this fault."""
        if fault and self._answer and not self._answer.done():
            self._answer.set_exception(fault)
        if not self.is_closed:
            self.is_closed = True
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._reading is None or self._reading.outcome:
            self.close()
            return
        self._reading.feed(data)
        self._tell()

    def connection_lost(self, _fault: Exception | None) -> None:
        self.is_closed = True
        if self._reading and not self._reading.outcome:
            self._reading.end()
            self._tell()

    def _time_out(self) -> None:
        self.close(TimeoutError())

    def _tell(self) -> None:
        if self._reading is None or self._answer is None or self._answer.done():
            return
        match self._reading.outcome:
            case None:
                pass
            case Answer() as answer:
                self._answer.set_result(answer)
            case fault:
                self._answer.set_exception(fault)
