"""The real facility, and where what it says comes from."""

from datetime import datetime

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.inputs import StayInput, VehicleInput
from parkgraph.api.listings import AudienceCapacity, Listing, Occupancy, occupancy_of
from parkgraph.api.networks import Network, network_of
from parkgraph.api.offers import Offer
from parkgraph.api.steady import shown_by
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


@public
@shown_by("subject")
@strawberry.type(description="One real facility, merged from every network's listing of it.")
class Place(Node):
    subject: strawberry.Private[place.Place]
    ends: strawberry.Private[float | None] = None

    @staticmethod
    def of(found: place.Place, ends: float | None = None) -> "Place":
        """`ends`: by when the query has to be answered that found it, where it has a deadline already."""
        return Place(subject=found, ends=ends)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.of_place(self.subject.id.int))

    @strawberry.field
    def name(self) -> str:
        return self.subject.name

    @strawberry.field
    def kind(self) -> PlaceKind:
        return self.subject.kind

    @strawberry.field
    def location(self) -> Coordinates:
        return self.subject.location  # type: ignore[return-value]

    @strawberry.field
    def address(self) -> str | None:
        return self.subject.address

    @strawberry.field
    def operator(self) -> str | None:
        return self.subject.operator

    @strawberry.field
    def capacity(self) -> int | None:
        return self.subject.capacity

    @strawberry.field
    def occupancy(self) -> Occupancy | None:
        return occupancy_of(self.subject.occupancy, self.subject.occupancy_from)

    @strawberry.field
    def audiences(self) -> list[AudienceCapacity]:
        return [
            AudienceCapacity(audience=a.audience, capacity=a.capacity, vacant=a.vacant) for a in self.subject.audiences
        ]

    @strawberry.field(description="OSM opening_hours syntax.")
    def opening_hours(self) -> str | None:
        return self.subject.opening_hours

    @strawberry.field(description="At an instant, by default now; null where the hours are unknown.")
    def is_open(self, info: Info, at: datetime | None = None) -> bool | None:
        return info.context.search.is_open(self.subject, at)

    @strawberry.field(description="The lowest height that any listing gives, in centimetres.")
    def max_height_cm(self) -> int | None:
        return self.subject.max_height_cm

    @strawberry.field
    def features(self) -> list[Feature]:
        return sorted(self.subject.features)

    @strawberry.field(
        description="From rates that are known, and as networks say that are asked per search; cheapest first."
    )
    async def offers(self, info: Info, stay: StayInput, vehicle: VehicleInput | None = None) -> list[Offer]:
        chosen = vehicle.to_domain() if vehicle else Vehicle()
        return Offer.all(await info.context.search.offers_of(self.subject, stay.to_domain(), chosen, self.ends))

    @strawberry.field(description="Every network's own view.")
    def listings(self) -> list[Listing]:
        return [Listing.of(key, listing) for key, listing in self.subject.listings]

    @strawberry.field(description="Where each field comes from.")
    def provenance(self) -> list[FieldSource]:
        return [FieldSource(subject=source) for source in self.subject.provenance]

    @strawberry.field(description="Fields of which networks say what cannot all be right, with what each says.")
    def disagreements(self) -> list[Disagreement]:
        return [Disagreement(subject=each) for each in self.subject.disagreements]

    @strawberry.field(
        description="Places that are parts of this one, listed by themselves: their spaces are among its own."
    )
    def parts(self, info: Info) -> list["Place"]:
        return [Place.of(part, self.ends) for part in info.context.graph.parts_of(self.subject)]

    @strawberry.field(description="The place of whose spaces these are some.")
    def part_of(self, info: Info) -> "Place | None":
        whole = info.context.graph.whole_of(self.subject)
        return Place.of(whole, self.ends) if whole else None
