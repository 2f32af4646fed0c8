"""Booking at the networks that take bookings: one call each, never repeated, under a deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from parkgraph import tracing
from parkgraph.networks.gateway import Answer, Gateway
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.reports import Code
from parkgraph.sdk.booking import BookingAdapter, BookingRequest, Refusal, Reservation
from parkgraph.sdk.contract import Capability
from parkgraph.sdk.faults import TimedOut

MAX_TEXT: Final = 4_000
"""Characters of a network's text that are kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """`begun`: the adapter was called. Where it was not, nothing has happened at the network."""

    answer: Answer[T]
    begun: bool


class NetworkBookings:
    """The networks that take bookings. Nothing is raised but the caller's own cancellation."""

    def __init__(
        self,
        networks: Iterable[Network],
        gateways: Mapping[str, Gateway],
        clock: Callable[[], datetime],
        observer: Observer = nobody,
    ) -> None:
        self._taking = {
            network.id: (network, adapter) for network in networks if (adapter := _booking_adapter(network))
        }
        self._gateways = gateways
        self._clock = clock
        self._observer = observer

    def takes(self, network_id: str) -> bool:
        """Whether this network is there and takes bookings."""
        return network_id in self._taking

    async def reserve(
        self, network_id: str, request: BookingRequest, deadline: float
    ) -> Attempt[Reservation | Refusal]:
        """Book, within `deadline` seconds. A failed answer says nothing of whether the network booked."""
        return await self._attempt(network_id, lambda adapter: adapter.reserve(request), _decision, deadline)

    async def cancel(self, network_id: str, reference: str, deadline: float) -> Attempt[Reservation | Refusal]:
        """Cancel, within `deadline` seconds. May be asked again."""
        return await self._attempt(network_id, lambda adapter: adapter.cancel(reference), _decision, deadline)

    async def find(self, network_id: str, client_reference: str, deadline: float) -> Answer[Reservation | None]:
        """The booking made with our reference; neither value nor code where the network knows of none."""
        attempt = await self._attempt(network_id, lambda adapter: adapter.find(client_reference), _found, deadline)
        return attempt.answer

    async def status(self, network_id: str, reference: str, deadline: float) -> Answer[Reservation | None]:
        """The booking by the network's own reference; neither value nor code where the network knows of none."""
        attempt = await self._attempt(network_id, lambda adapter: adapter.status(reference), _found, deadline)
        return attempt.answer

    async def _attempt(
        self,
        network_id: str,
        call: Callable[[BookingAdapter], Awaitable[object]],
        read: Callable[[object], T],
        deadline: float,
    ) -> Attempt[T]:
        if network_id not in self._taking:
            return Attempt(Answer(None, 0, Code.UNAVAILABLE), begun=False)
        network, adapter = self._taking[network_id]
        if network.is_denied and network.turned_away(self._clock()):
            return Attempt(Answer(None, 0, Code.DENIED), begun=False)
        clock = asyncio.get_running_loop().time
        ends = clock() + deadline
        begun = False

        async def ask() -> T:
            nonlocal begun
            if clock() >= ends:  # the process stood still: whoever waited has given up
                raise TimedOut("too late to ask")
            begun = True
            return read(await call(adapter))

        with tracing.call(network_id, Part.BOOKING) as span:
            answer = await self._gateways[network_id].call(ask, deadline)
            if answer.code:
                span.failed(answer.code)
        self._observer(network, Part.BOOKING, answer)
        return Attempt(answer, begun)


def _booking_adapter(network: Network) -> BookingAdapter | None:
    adapter = network.adapter
    return adapter if Capability.BOOKING in network.info.capabilities and isinstance(adapter, BookingAdapter) else None


# An adapter that breaks the contract fails inside of its own call, so that it is that adapter's bug.


def _decision(reply: object) -> Reservation | Refusal:
    if isinstance(reply, Refusal):
        return replace(reply, text=_text(reply.text))
    return _reservation(reply)


def _found(reply: object) -> Reservation | None:
    return None if reply is None else _reservation(reply)


def _reservation(reply: object) -> Reservation:
    if not isinstance(reply, Reservation):
        raise TypeError("an adapter answers with a Reservation")
    if not reply.reference or reply.reference != _text(reply.reference):
        raise TypeError("a reference is text without control characters")
    if reply.cancellable_until and reply.cancellable_until.utcoffset() is None:
        raise TypeError("cancellable_until has an offset")
    return replace(
        reply,
        instructions=_text(reply.instructions) if reply.instructions else None,
        url=_text(reply.url) if reply.url else None,
    )


def _text(text: str) -> str:
    """Without what no database stores and no screen shows."""
    return "".join(char for char in text[:MAX_TEXT] if char.isprintable() or char == "\n")
