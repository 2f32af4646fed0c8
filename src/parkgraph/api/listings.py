"""What one network says of a facility."""

from datetime import datetime
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.networks import Network, network_of
from parkgraph.api.steady import objects_are
from parkgraph.api.values import Coordinates, Node
from parkgraph.domain import occupancy, place
from parkgraph.domain.occupancy import Audience, OccupancyLevel
from parkgraph.domain.place import ListingKey
from parkgraph.yards.adapter import NETWORK as YARDS


class Counted:
    """A count, and the network that says it."""

    __slots__ = ("network_id", "subject")

    def __init__(self, subject: occupancy.Occupancy, network_id: str) -> None:
        self.subject = subject
        self.network_id = network_id


def _vacant(counted: strawberry.Parent[Counted]) -> int | None:
    return counted.subject.vacant


def _capacity(counted: strawberry.Parent[Counted]) -> int | None:
    return counted.subject.capacity


def _level(counted: strawberry.Parent[Counted]) -> OccupancyLevel:
    return counted.subject.level


def _observed_at(counted: strawberry.Parent[Counted]) -> datetime | None:
    return counted.subject.observed_at


def _fresh(counted: strawberry.Parent[Counted], info: Info) -> bool:
    return info.context.search.is_fresh(counted.subject, counted.network_id)


def _network(counted: strawberry.Parent[Counted], info: Info) -> Network:
    return network_of(info, counted.network_id)


@public
@objects_are(Counted)
@strawberry.type(description="How full it is, when that was counted, and by whom. Unknown is null, never 0.")
class Occupancy:
    vacant: int | None = strawberry.field(resolver=_vacant)
    capacity: int | None = strawberry.field(
        resolver=_capacity, description="Of the population that `vacant` was counted over."
    )
    level: OccupancyLevel = strawberry.field(resolver=_level)
    observed_at: datetime | None = strawberry.field(resolver=_observed_at)
    fresh: bool = strawberry.field(resolver=_fresh, description="Whether the count is young enough to be believed.")
    network: Network = strawberry.field(resolver=_network)


@public
@strawberry.type(description="Spaces set aside for one audience.")
class AudienceCapacity:
    audience: Audience
    capacity: int | None
    vacant: int | None


@public
@strawberry.type(description="What one network says about one facility.")
class Listing(Node):
    key: strawberry.Private[ListingKey]
    subject: strawberry.Private[place.Listing]

    @staticmethod
    def of(key: ListingKey, listing: place.Listing) -> "Listing":
        return Listing(key=key, subject=listing)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.LISTING, *self.key))

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.key.network)

    @strawberry.field(description="The network's own id of the facility.")
    def local_id(self) -> str:
        return self.key.local_id

    @strawberry.field(description="Of a private yard: the id of its `Yard`.")
    def yard_id(self) -> strawberry.ID | None:
        return strawberry.ID(ids.encode(ids.YARD, UUID(self.key.local_id).hex)) if self.key.network == YARDS else None

    @strawberry.field
    def name(self) -> str:
        return self.subject.name

    @strawberry.field
    def location(self) -> Coordinates:
        return self.subject.location  # type: ignore[return-value]

    @strawberry.field
    def occupancy(self) -> Occupancy | None:
        counted = self.subject.occupancy
        return Counted(counted, self.key.network) if counted else None  # type: ignore[return-value]

    @strawberry.field
    def capacity(self) -> int | None:
        return self.subject.capacity

    @strawberry.field(description="The network's own words about its prices.")
    def tariff_text(self) -> str | None:
        return self.subject.tariff_text

    @strawberry.field
    def attribution(self, info: Info) -> str | None:
        return network_of(info, self.key.network).subject.info.attribution

    @strawberry.field
    def url(self) -> str | None:
        return self.subject.url

    @strawberry.field(description="The network's own time of these facts.")
    def updated_at(self) -> datetime | None:
        return self.subject.updated_at
