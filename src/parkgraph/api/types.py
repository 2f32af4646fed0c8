"""The graph's types, each a thin view of a domain object. Resolvers are one call."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

import strawberry

from parkgraph.api import ids, offer_ids
from parkgraph.api.access import public
from parkgraph.api.context import Info
from parkgraph.api.inputs import StayInput, VehicleInput
from parkgraph.api.steady import live, objects_are, shown_by
from parkgraph.domain import geo, money, occupancy, place, pricing
from parkgraph.domain.occupancy import Audience, OccupancyLevel
from parkgraph.domain.place import Feature, ListingKey, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph import offers, search
from parkgraph.graph.hit import Hit
from parkgraph.graph.offers import ExclusionCode
from parkgraph.networks import network, reports
from parkgraph.networks.breaker import CircuitState
from parkgraph.networks.network import NetworkStatus
from parkgraph.networks.reports import SourceStatus
from parkgraph.sdk.contract import Capability
from parkgraph.yards.adapter import NETWORK as YARDS


@public
@strawberry.interface(description="Anything with an id that can be asked for again.")
class Node:
    @strawberry.field
    def id(self) -> strawberry.ID:
        raise NotImplementedError


@public
@objects_are(geo.Coordinates)
@strawberry.type(description="WGS 84, decimal degrees.")
class Coordinates:
    latitude: float
    longitude: float

    @staticmethod
    def of(position: geo.Coordinates) -> "Coordinates":
        return cast("Coordinates", position)


@public
@objects_are(money.Money)
@strawberry.type(description="An exact amount with its ISO 4217 code.")
class Money:
    amount: Decimal
    currency: str

    @staticmethod
    def of(value: money.Money) -> "Money":
        return cast("Money", value)


@public
@live
@strawberry.type(description="One configured parking network, or the private yards.")
class Network:
    subject: strawberry.Private[network.Network]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.subject.id)

    @strawberry.field
    def name(self) -> str:
        return self.subject.info.name

    @strawberry.field
    def homepage(self) -> str | None:
        return self.subject.info.homepage

    @strawberry.field(description="The words that the licence of the data asks for.")
    def attribution(self) -> str | None:
        return self.subject.info.attribution

    @strawberry.field
    def licence(self) -> str | None:
        return self.subject.info.licence

    @strawberry.field
    def capabilities(self) -> list[Capability]:
        return sorted(self.subject.info.capabilities)

    @strawberry.field
    def status(self) -> NetworkStatus:
        return self.subject.status

    @strawberry.field(description="Whether this server asks it; OPEN for a while after it failed again and again.")
    def circuit(self, info: Info) -> CircuitState:
        return info.context.networks.circuit(self.subject.id)

    @strawberry.field
    def last_success_at(self) -> datetime | None:
        return self.subject.last_success_at

    @strawberry.field(description="How many listings it has now.")
    def listings(self) -> int:
        return self.subject.listings

    @strawberry.field(description="Rows of its last answer that were not understood.")
    def rejected(self) -> int:
        return self.subject.rejected

    @strawberry.field(description="Whether it replays samples instead of asking the real network.")
    def replayed(self) -> bool:
        return self.subject.replayed


def network_of(info: Info, network_id: str) -> Network:
    return Network(subject=info.context.networks.get(network_id))


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
        return _occupancy(self.subject.occupancy, self.key)

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


@public
@strawberry.type(description="Equal consecutive units of a price.")
class PriceLine:
    label: str
    from_: datetime = strawberry.field(name="from")
    to: datetime
    quantity: int
    unit_amount: Money | None
    amount: Money

    @staticmethod
    def of(line: pricing.PriceLine) -> "PriceLine":
        return PriceLine(
            label=line.label,
            from_=line.start,
            to=line.end,
            quantity=line.quantity,
            unit_amount=Money.of(line.unit_amount) if line.unit_amount else None,
            amount=Money.of(line.amount),
        )


@public
@shown_by("subject")
@strawberry.type(description="One network's price for one stay, and how to take it.")
class Offer:
    subject: strawberry.Private[offers.Offer]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(offer_ids.encode(self.subject))

    @strawberry.field
    def network(self, info: Info) -> Network:
        return network_of(info, self.subject.key.network)

    @strawberry.field
    def listing(self) -> Listing:
        return Listing.of(self.subject.key, self.subject.listing)

    @strawberry.field(description="PRICED and FREE have a total; the other two have a reason and sort last.")
    def status(self) -> OfferStatus:
        return self.subject.status

    @strawberry.field
    def reason(self) -> OfferReason | None:
        return self.subject.reason

    @strawberry.field
    def reason_text(self) -> str | None:
        return self.subject.reason_text

    @strawberry.field
    def total(self) -> Money | None:
        return self.subject.total  # type: ignore[return-value]

    @strawberry.field(
        description="The total in the currency in which offers are compared, if that is another; null without a rate."
    )
    def converted(self) -> Money | None:
        return self.subject.converted  # type: ignore[return-value]

    @strawberry.field(description="They add up to the total exactly.")
    def lines(self) -> list[PriceLine]:
        return [PriceLine.of(line) for line in self.subject.lines]

    @strawberry.field(description="The network's own words about its prices.")
    def tariff_text(self) -> str | None:
        return self.subject.listing.tariff_text

    @strawberry.field(description="Spaces that are left for the whole stay; null where nobody counts them.")
    def vacant(self) -> int | None:
        return self.subject.vacant

    @strawberry.field(description="Whether `bookOffer` takes it.")
    def bookable(self) -> bool:
        return self.subject.bookable

    @strawberry.field
    def url(self) -> str | None:
        return self.subject.url

    @strawberry.field
    def valid_until(self) -> datetime | None:
        return self.subject.valid_until

    @staticmethod
    def all(found: Sequence[offers.Offer]) -> list["Offer"]:
        return [Offer(subject=offer) for offer in found]


@public
@strawberry.type(description="Why a vehicle or a stay does not fit.")
class Exclusion:
    code: ExclusionCode
    text: str


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
        return strawberry.ID(ids.encode(ids.PLACE, self.subject.id.hex))

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
        return _occupancy(self.subject.occupancy, self.subject.occupancy_from)

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


@public
@shown_by("kept")
@strawberry.type(description="What belongs to this search, not to the place.")
class PlaceEdge:
    subject: strawberry.Private[Hit]
    ends: strawberry.Private[float]

    @property
    def kept(self) -> Hit | None:
        """The hit, where its page was found before."""
        return self.subject if self.subject.is_kept else None

    @strawberry.field
    def cursor(self) -> str:
        return self.subject.cursor

    @strawberry.field
    def node(self) -> Place:
        return Place(subject=self.subject.place, ends=self.ends)

    @strawberry.field(description="Metres, from `near`.")
    def distance(self) -> int | None:
        return self.subject.distance_m

    @strawberry.field(description="For the search's stay and vehicle, cheapest first; empty without a stay.")
    def offers(self) -> list[Offer]:
        return [Offer(subject=offer) for offer in self.subject.priced.offers]

    @strawberry.field(description="Among PRICED and FREE.")
    def cheapest(self) -> Offer | None:
        return Offer(subject=self.subject.cheapest) if self.subject.cheapest else None

    @strawberry.field(description="Why this vehicle or stay does not fit.")
    def excluded(self) -> list[Exclusion]:
        return [Exclusion(code=e.code, text=e.text) for e in self.subject.excluded]


@public
@live
@strawberry.type(description="What one network did for this search.")
class SourceReport:
    subject: strawberry.Private[reports.SourceReport]

    @strawberry.field
    def network(self) -> Network:
        return Network(subject=self.subject.network)

    @strawberry.field
    def status(self) -> SourceStatus:
        return self.subject.status

    @strawberry.field
    def latency_ms(self) -> int:
        return self.subject.latency_ms

    @strawberry.field(description="The network's own time of its data.")
    def as_of(self) -> datetime | None:
        return self.subject.as_of

    @strawberry.field(description="When it gave this answer to ParkGraph.")
    def fetched_at(self) -> datetime | None:
        return self.subject.fetched_at

    @strawberry.field(description="How many of its listings were looked at.")
    def listings(self) -> int:
        return self.subject.listings

    @strawberry.field(description="Why it is not FRESH.")
    def code(self) -> str | None:
        return self.subject.code


@public
@strawberry.type(description="Relay's page information.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@public
@shown_by("kept")
@strawberry.type(description="A page of places, and what every network did for it.")
class PlaceConnection:
    subject: strawberry.Private[search.Answer]

    @property
    def kept(self) -> search.FoundPage | None:
        """The page, where it was found before."""
        return self.subject.page if self.subject.was_found_again else None

    @strawberry.field
    def edges(self) -> list[PlaceEdge]:
        return [PlaceEdge(subject=hit, ends=self.subject.ends) for hit in self.subject.hits]

    @strawberry.field
    def nodes(self) -> list[Place]:
        return [Place.of(hit.place, self.subject.ends) for hit in self.subject.hits]

    @strawberry.field
    def page_info(self) -> PageInfo:
        hits = self.subject.hits
        return PageInfo(
            has_next_page=self.subject.has_next,
            has_previous_page=self.subject.has_previous,
            start_cursor=hits[0].cursor if hits else None,
            end_cursor=hits[-1].cursor if hits else None,
        )

    @strawberry.field(description="In all pages.")
    def total_count(self) -> int:
        return self.subject.total

    @strawberry.field
    def sources(self) -> list[SourceReport]:
        return [SourceReport(subject=report) for report in self.subject.sources]


def _occupancy(counted: occupancy.Occupancy | None, key: ListingKey | None) -> Occupancy | None:
    return Occupancy(subject=counted, network_id=key.network) if counted and key else None
