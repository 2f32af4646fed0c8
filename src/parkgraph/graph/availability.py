"""Places that are booked by the space through this server: what is left of them for one stay."""

from collections.abc import Mapping
from typing import Protocol

from parkgraph.domain.place import Listing, ListingKey, ListingOffer
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle

Ready = Mapping[ListingKey, tuple[ListingOffer, ...]]


class Availability(Protocol):
    """Knows what is booked at the places of one network."""

    def counts(self, network_id: str) -> bool:
        """Whether that network is this one."""
        ...

    async def offers(self, listings: Mapping[ListingKey, Listing], stay: Stay, vehicle: Vehicle) -> Ready:
        """Ready offers for the stay, of those listings that are known; none where that cannot be told now."""
        ...


class Uncounted:
    """No network's."""

    def counts(self, network_id: str) -> bool:
        return False

    async def offers(self, listings: Mapping[ListingKey, Listing], stay: Stay, vehicle: Vehicle) -> Ready:
        return {}
