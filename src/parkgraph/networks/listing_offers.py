"""What a search network asks for one stay at one listing: as the search said that showed it, else asked anew."""

from math import floor
from typing import Final

from parkgraph.domain.geo import Bounds, Coordinates
from parkgraph.domain.place import ListingKey, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.quotes import Quotes
from parkgraph.networks.searches import Searches

Ready = tuple[ListingOffer, ...]

CELLS_PER_DEGREE: Final = 100
"""A network that does not quote is searched in a box of about a kilometre, so that neighbours share one call."""

EDGE: Final = 1e-6
"""Degrees, for positions that are rounded on their way."""


class ListingOffers:
    """Of every search network."""

    def __init__(self, searches: Searches, quotes: Quotes) -> None:
        self._searches = searches
        self._quotes = quotes

    def has(self, network_id: str) -> bool:
        """Whether this network is one that can be asked."""
        return self._searches.searches(network_id)

    async def of(self, key: ListingKey, at: Coordinates, stay: Stay, vehicle: Vehicle, deadline: float) -> Ready | None:
        """Within `deadline` seconds; None where the network did not answer. `at`: where the listing is.

        Raises KeyError for a network that is not searched.
        """
        found = self._searches.found(key.network).find(key.local_id, stay, vehicle)
        quotes = self._quotes.quotes(key.network)
        if found is not None and not (quotes and is_unpriced(found)):
            return found
        if quotes:
            return (await self._quotes.quote(key, stay, vehicle, deadline)).offers
        answer = await self._searches.search_one(key.network, cell_of(at), stay, vehicle, deadline)
        items = answer.batch.items if answer.batch else ()
        return next((listing.offers for listing in items if listing.local_id == key.local_id), None)


def is_unpriced(offers: Ready) -> bool:
    """Whether only a quote can say a price."""
    return all(offer.status is OfferStatus.NOT_COMPUTABLE for offer in offers)


def cell_of(at: Coordinates) -> Bounds:
    """The cell of a fixed grid in which a position is."""
    south, west = (floor(degrees * CELLS_PER_DEGREE) / CELLS_PER_DEGREE for degrees in (at.latitude, at.longitude))
    side = 1 / CELLS_PER_DEGREE + EDGE
    return Bounds(max(-90.0, south - EDGE), max(-180.0, west - EDGE), min(90.0, south + side), min(180.0, west + side))
