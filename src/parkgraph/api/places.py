"""The real facility, and where what it says comes from."""

from datetime import datetime
from typing import cast

import strawberry

from parkgraph.api import deadline, ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.execution.resolution import ITSELF
from parkgraph.api.inputs import StayInput, VehicleInput
from parkgraph.api.listings import AudienceCapacity, Counted, Listing, Occupancy
from parkgraph.api.networks import Network, network_of
from parkgraph.api.offers import Offer
from parkgraph.api.steady import objects_are, shown_by, wraps
from parkgraph.api.values import Coordinates, Node
from parkgraph.domain import place
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.domain.vehicle import Vehicle


@public
@strawberry.type(description="Which network a field comes from, and when it was observed.")
class FieldSource:
    subject: strawberry.Private[place.FieldSource]

    @strawberry.field
    def field(self) -> str:
        return self.subject.field

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.subject.network)

    @strawberry.field
    def observed_at(self) -> datetime | None:
        return self.subject.observed_at


@public
@strawberry.type(description="What one network says of a field, as text.")
class FieldValue:
    subject: strawberry.Private[place.FieldValue]

    @strawberry.field
    def value(self) -> str:
        return self.subject.value

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.subject.listing.network)

    @strawberry.field
    def observed_at(self) -> datetime | None:
        return self.subject.observed_at


@public
@strawberry.type(description="A field of which networks say what cannot all be right.")
class Disagreement:
    subject: strawberry.Private[place.Disagreement]

    @strawberry.field
    def field(self) -> str:
        return self.subject.field

    @strawberry.field
    def values(self) -> list[FieldValue]:
        return [FieldValue(subject=value) for value in self.subject.values]


def _id(place: strawberry.Parent[place.Place]) -> strawberry.ID:
    return ids.of_place(place.id.int)


@wraps("occupancy", "subject")
def _occupancy(place: strawberry.Parent[place.Place]) -> Occupancy | None:
    counted, key = place.occupancy, place.occupancy_from
    return Counted(counted, key.network) if counted and key else None  # type: ignore[return-value]


def _audiences(place: strawberry.Parent[place.Place]) -> list[AudienceCapacity]:
    return [AudienceCapacity(audience=a.audience, capacity=a.capacity, vacant=a.vacant) for a in place.audiences]


def _is_open(place: strawberry.Parent[place.Place], info: Info, at: datetime | None = None) -> bool | None:
    return info.context.search.is_open(place, at)


def _features(place: strawberry.Parent[place.Place]) -> list[Feature]:
    return sorted(place.features)


async def _offers(
    place: strawberry.Parent[place.Place], info: Info, stay: StayInput, vehicle: VehicleInput | None = None
) -> list[Offer]:
    chosen = vehicle.to_domain() if vehicle else Vehicle()
    return Offer.all(await info.context.search.offers_of(place, stay.to_domain(), chosen, deadline.ends()))


def _listings(place: strawberry.Parent[place.Place]) -> list[Listing]:
    return [Listing.of(key, listing) for key, listing in place.listings]


def _provenance(place: strawberry.Parent[place.Place]) -> list[FieldSource]:
    return [FieldSource(subject=source) for source in place.provenance]


def _disagreements(place: strawberry.Parent[place.Place]) -> list[Disagreement]:
    return [Disagreement(subject=each) for each in place.disagreements]


def _parts(place: strawberry.Parent[place.Place], info: Info) -> "list[Place]":
    return [Place.of(part) for part in info.context.graph.parts_of(place)]


def _part_of(place: strawberry.Parent[place.Place], info: Info) -> "Place | None":
    whole = info.context.graph.whole_of(place)
    return Place.of(whole) if whole else None


@public
@objects_are(place.Place)
@shown_by(ITSELF)
@strawberry.type(description="One real facility, merged from every network's listing of it.")
class Place(Node):
    id: strawberry.ID = strawberry.field(resolver=_id)  # type: ignore[assignment]
    name: str
    kind: PlaceKind
    location: Coordinates
    address: str | None
    operator: str | None
    capacity: int | None
    occupancy: Occupancy | None = strawberry.field(resolver=_occupancy)
    audiences: list[AudienceCapacity] = strawberry.field(resolver=_audiences)
    opening_hours: str | None = strawberry.field(description="OSM opening_hours syntax.")
    is_open: bool | None = strawberry.field(
        resolver=_is_open, description="At an instant, by default now; null where the hours are unknown."
    )
    max_height_cm: int | None = strawberry.field(
        description="The lowest height that any listing gives, in centimetres."
    )
    features: list[Feature] = strawberry.field(resolver=_features)
    offers: list[Offer] = strawberry.field(
        resolver=_offers,
        description="From rates that are known, and as networks say that are asked per search; cheapest first.",
    )
    listings: list[Listing] = strawberry.field(resolver=_listings, description="Every network's own view.")
    provenance: list[FieldSource] = strawberry.field(resolver=_provenance, description="Where each field comes from.")
    disagreements: list[Disagreement] = strawberry.field(
        resolver=_disagreements,
        description="Fields of which networks say what cannot all be right, with what each says.",
    )
    parts: "list[Place]" = strawberry.field(
        resolver=_parts,
        description="Places that are parts of this one, listed by themselves: their spaces are among its own.",
    )
    part_of: "Place | None" = strawberry.field(
        resolver=_part_of, description="The place of whose spaces these are some."
    )

    @staticmethod
    def of(found: place.Place) -> "Place":
        return cast("Place", found)
