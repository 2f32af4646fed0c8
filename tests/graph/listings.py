"""Listings for tests, in few words."""

from typing import Any

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing, ListingKey

STATION = Coordinates(48.7838, 9.1829)


def listing(local_id: str = "1", *, north_m: float = 0, **facts: Any) -> Listing:
    """A listing some metres north of Stuttgart's main station."""
    location = Coordinates(STATION.latitude + north_m / 111_195, STATION.longitude)
    given: dict[str, Any] = {"local_id": local_id, "name": "Somewhere", "location": location} | facts
    return Listing(**given)


def keyed(network: str, listing: Listing) -> tuple[ListingKey, Listing]:
    return ListingKey(network, listing.local_id), listing
