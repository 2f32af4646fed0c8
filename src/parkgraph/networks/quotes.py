"""Asking search networks for the price of one stay at one facility, where they can say it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parkgraph.domain.place import ListingKey, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.memory import VALID_UNTIL, OfQuotes
from parkgraph.networks.network import Network, Part
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.questions import Questions
from parkgraph.networks.refresh import all_are
from parkgraph.networks.reports import SourceReport
from parkgraph.sdk.contract import Capability, SearchAdapter

Ready = tuple[ListingOffer, ...]


@dataclass(frozen=True, slots=True)
class QuoteAnswer:
    """`offers` is None where the network did not answer, and nothing is remembered."""

    offers: Ready | None
    report: SourceReport


class Quotes:
    """The networks among `networks` that quote."""

    def __init__(
        self,
        networks: Sequence[Network],
        gateways: Mapping[str, Gateway],
        clock: Callable[[], datetime],
        observer: Observer = nobody,
    ) -> None:
        self._asked: dict[str, tuple[SearchAdapter[Any], Questions[Ready]]] = {
            network.id: (
                network.adapter,
                Questions(network, Part.QUOTE, OfQuotes(), gateways[network.id], clock, observer),
            )
            for network in networks
            if isinstance(network.adapter, SearchAdapter) and Capability.QUOTE in network.info.capabilities
        }

    @property
    def questions(self) -> Sequence[Questions[Ready]]:
        """Those of each network."""
        return [questions for _, questions in self._asked.values()]

    def quotes(self, network_id: str) -> bool:
        """Whether this network can be asked."""
        return network_id in self._asked

    async def quote(self, key: ListingKey, stay: Stay, vehicle: Vehicle, deadline: float) -> QuoteAnswer:
        """Ready offers of one listing within `deadline` seconds. Raises KeyError for a network that does not quote."""
        adapter, questions = self._asked[key.network]
        ends = asyncio.get_running_loop().time() + deadline
        reply = await questions.ask(
            (key.local_id, stay, vehicle), lambda: _checked(adapter.quote(key.local_id, stay, vehicle)), ends
        )
        return QuoteAnswer(reply.value, reply.report(questions.network))

    async def aclose(self) -> None:
        """End what is being asked."""
        for questions in self.questions:
            await questions.aclose()


async def _checked(answer: Awaitable[object]) -> Ready:
    return checked_offers(await answer)


def checked_offers(offers: object) -> Ready:
    """The offers, if they are such; what breaks the contract is the adapter's bug and raises TypeError."""
    if not isinstance(offers, tuple):
        raise TypeError("the offers are not a tuple of ListingOffer")
    check_each(offers)
    return offers


def check_each(offers: Collection[object]) -> None:
    """As `checked_offers`, of offers from wherever."""
    if not all_are(ListingOffer, offers):
        raise TypeError("the offers are not a tuple of ListingOffer")
    if any(until and until.utcoffset() is None for until in set(map(VALID_UNTIL, offers))):
        raise TypeError("the valid_until of an offer needs an offset")
