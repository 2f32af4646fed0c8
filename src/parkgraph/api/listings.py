"""What one network says of a facility."""

from datetime import datetime
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.networks import Network, network_of
from parkgraph.api.values import Coordinates, Node
from parkgraph.domain import occupancy, place
from parkgraph.domain.occupancy import Audience, OccupancyLevel
from parkgraph.domain.place import ListingKey
from parkgraph.yards.adapter import NETWORK as YARDS


@public
@strawberry.type(description="How full it is, when that was counted, and by whom. Unknown is null, never 0.")
class Occupancy:
    subject: strawberry.Private[occupancy.Occupancy]
    network_id: strawberry.Private[str]

    @strawberry.field
    def vacant(self) -> int | None:
        return self.subject.vacant

    @strawberry.field(description="Of the population that `vacant` was counted over.")
    def capacity(self) -> int | None:
        return self.subject.capacity

    @strawberry.field
    def level(self) -> OccupancyLevel:
        return self.subject.level

    @strawberry.field
    def observed_at(self) -> datetime | None:
        return self.subject.observed_at

    @strawberry.field(description="Whether the count is young enough to be believed.")
    def fresh(self, info: Info) -> bool:
        return info.context.search.is_fresh(self.subject, self.network_id)

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.network_id)


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
        return occupancy_of(self.subject.occupancy, self.key)

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


def occupancy_of(counted: occupancy.Occupancy | None, key: ListingKey | None) -> Occupancy | None:
    return Occupancy(subject=counted, network_id=key.network) if counted and key else None
