"""Private yards, as everybody sees them and as their owners do."""

import json
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from parkgraph.api import ids
from parkgraph.api.access import Own, own, public
from parkgraph.api.connections import Connection, connect
from parkgraph.api.context import Info
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import available, editor
from parkgraph.api.places import Place
from parkgraph.api.values import Coordinates, Money, Node
from parkgraph.api.yard_calendar import OwnersYard
from parkgraph.domain import money
from parkgraph.domain.civil import WEEKDAYS, Day
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, ListingKey, PlaceKind
from parkgraph.domain.tariff import RateTable
from parkgraph.sdk.rate_tables import as_document
from parkgraph.yards import publishing, simple_rates, yard
from parkgraph.yards.access import AccessMethod
from parkgraph.yards.adapter import NETWORK
from parkgraph.yards.cancellation import HOUR
from parkgraph.yards.yard import YardStatus


@public
@strawberry.type(description="Room for one vehicle. The sizes are the largest that fit.")
class YardSpace:
    id: strawberry.ID
    label: str | None
    max_height_cm: int | None
    max_width_cm: int | None
    max_length_cm: int | None
    ev: bool
    covered: bool
    accessible: bool
    audience: Audience

    @staticmethod
    def of(space: yard.Space) -> "YardSpace":
        return YardSpace(
            id=strawberry.ID(ids.encode(ids.YARD_SPACE, str(space.id))),
            label=space.label,
            max_height_cm=space.max_height_cm,
            max_width_cm=space.max_width_cm,
            max_length_cm=space.max_length_cm,
            ev=space.ev,
            covered=space.covered,
            accessible=space.accessible,
            audience=space.audience,
        )


@public
@strawberry.type(description="Days on which the usual hours do not hold.")
class HoursException:
    first: date
    last: date
    hours: str | None = strawberry.field(description="Null: closed.")


@public
@strawberry.type(description="Everything comes back up to `freeHours` before arrival, `refundPercent` of it later.")
class YardCancellation:
    free_hours: int
    refund_percent: int


@public
@strawberry.type(description="Another price at some times of the yard's clock.")
class SimpleRatesBand:
    start: str
    end: str
    days: list[Day]
    price: Decimal
    maximum: Decimal | None

    @staticmethod
    def of(band: simple_rates.BandPrice) -> "SimpleRatesBand":
        return SimpleRatesBand(
            start=band.start.isoformat("minutes"),
            end=band.end.isoformat("minutes"),
            days=[day for day in (*WEEKDAYS, Day.HOLIDAY) if day in band.days],
            price=band.price,
            maximum=band.maximum,
        )


@public
@strawberry.type(description="As `SimpleRatesInput` has them.")
class SimpleRates:
    price: Money
    unit_minutes: int
    free_minutes: int
    day_maximum: Money | None
    max_stay_minutes: int | None
    bands: list[SimpleRatesBand]

    @staticmethod
    def of(rates: simple_rates.SimpleRates) -> "SimpleRates":
        maximum = rates.day_maximum
        return SimpleRates(
            price=Money.of(money.Money(rates.price, rates.currency)),
            unit_minutes=rates.unit // simple_rates.MINUTE,
            free_minutes=rates.free // simple_rates.MINUTE,
            day_maximum=None if maximum is None else Money.of(money.Money(maximum, rates.currency)),
            max_stay_minutes=None if rates.max_stay is None else rates.max_stay // simple_rates.MINUTE,
            bands=[SimpleRatesBand.of(band) for band in rates.bands],
        )


@public
@strawberry.type(description="What a stay costs.")
class YardRates:
    subject: strawberry.Private[RateTable]

    @strawberry.field
    def currency(self) -> str:
        return self.subject.currency

    @strawberry.field(description="Null where the rates are not as simple as that.")
    def simple(self) -> SimpleRates | None:
        found = simple_rates.simple(self.subject)
        return SimpleRates.of(found) if found else None

    @strawberry.field(description="All of it: the text of a rate table as JSON (APDS).")
    def document(self) -> str:
        return json.dumps(as_document(self.subject), ensure_ascii=False)


@own
@strawberry.type(description="How to get in.")
class YardEntry:
    code: str | None
    instructions: str | None


@own
@strawberry.type(description="Something that a yard needs before it can be published.")
class YardMissing:
    field: str
    text: str

    @staticmethod
    def of(lacks: publishing.Missing) -> "YardMissing":
        return YardMissing(field=to_camel_case(lacks.field), text=lacks.text)


@public
@strawberry.type(
    description="What an owner rents out. A draft, or one that is withdrawn, is there for its owner, and for whoever"
    " has a booking of it by that; the fields that are for its owner are null for others."
)
class Yard(OwnersYard, Node):
    subject: strawberry.Private[yard.Yard]

    @staticmethod
    def of(found: yard.Yard) -> "Yard":
        return Yard(subject=found)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return yard_id(self.subject.id)

    @strawberry.field
    def status(self) -> YardStatus:
        return self.subject.status

    @strawberry.field
    def name(self) -> str:
        return self.subject.name

    @strawberry.field
    def location(self) -> Coordinates | None:
        return Coordinates.of(self.subject.location) if self.subject.location else None

    @strawberry.field
    def address(self) -> str | None:
        return self.subject.address

    @strawberry.field(description="IANA.")
    def timezone(self) -> str:
        return self.subject.timezone.key

    @strawberry.field(description="ISO 3166-1.")
    def country(self) -> str:
        return self.subject.country

    @strawberry.field(description="How it is built.")
    def kind(self) -> PlaceKind:
        return self.subject.kind

    @strawberry.field(description="OSM opening_hours syntax, without the exceptions.")
    def opening_hours(self) -> str | None:
        return self.subject.opening_hours

    @strawberry.field(description="Where two hold, the later one counts.")
    def exceptions(self) -> list[HoursException]:
        return [HoursException(first=e.first, last=e.last, hours=e.hours) for e in self.subject.exceptions]

    @strawberry.field(description="Of the way in, as the next three.")
    def max_height_cm(self) -> int | None:
        return self.subject.max_height_cm

    @strawberry.field
    def max_width_cm(self) -> int | None:
        return self.subject.max_width_cm

    @strawberry.field
    def max_length_cm(self) -> int | None:
        return self.subject.max_length_cm

    @strawberry.field
    def max_weight_kg(self) -> int | None:
        return self.subject.max_weight_kg

    @strawberry.field
    def features(self) -> list[Feature]:
        return sorted(self.subject.features)

    @strawberry.field
    def description(self) -> str | None:
        return self.subject.description

    @strawberry.field(description="Public https addresses.")
    def photos(self) -> list[str]:
        return list(self.subject.photos)

    @strawberry.field
    def capacity(self) -> int:
        return len(self.subject.spaces)

    @strawberry.field
    def spaces(self) -> list[YardSpace]:
        return [YardSpace.of(space) for space in self.subject.spaces]

    @strawberry.field
    def rates(self) -> YardRates | None:
        return YardRates(subject=self.subject.rates) if self.subject.rates else None

    @strawberry.field(description="Whether each booking waits for the owner.")
    def approval_required(self) -> bool:
        return self.subject.approval_required

    @strawberry.field
    def cancellation(self) -> YardCancellation:
        rule = self.subject.cancellation
        return YardCancellation(free_hours=rule.free_until // HOUR, refund_percent=rule.refund_percent)

    @strawberry.field
    def access_method(self) -> AccessMethod | None:
        return self.subject.access.method if self.subject.access else None

    @strawberry.field(
        description="Null but for its owner, and whoever has a booking of it that begins within an hour or goes on.",
        extensions=[Own()],
    )
    async def entry(self, info: Info) -> YardEntry | None:
        access = self.subject.access
        with available():
            if not (self._is_own(info) or await info.context.batches.is_guest.load(self.subject.id)):
                return None
        return YardEntry(code=access.code if access else None, instructions=self.subject.instructions)

    @strawberry.field(description="The place in the graph; null for a while after it was published first.")
    def place(self, info: Info) -> Place | None:
        found = info.context.graph.place_of(ListingKey(NETWORK, str(self.subject.id)))
        return Place.of(found) if found else None

    @strawberry.field(
        description="Counts its changes; a change names the version that it is made to.", extensions=[Own()]
    )
    def version(self, info: Info) -> int | None:
        return self.subject.version if self._is_own(info) else None

    @strawberry.field(description="What it needs before it can be published.", extensions=[Own()])
    def missing_to_publish(self, info: Info) -> list[YardMissing] | None:
        return [YardMissing.of(each) for each in publishing.missing(self.subject)] if self._is_own(info) else None

    @strawberry.field(description="The notes of `exceptions`, in the same order.", extensions=[Own()])
    def exception_notes(self, info: Info) -> list[str | None] | None:
        return [each.note for each in self.subject.exceptions] if self._is_own(info) else None

    @strawberry.field(description="How much of a price is the owner's.", extensions=[Own()])
    def owner_percent(self, info: Info) -> Decimal | None:
        return self.subject.owner_percent if self._is_own(info) else None

    @strawberry.field(description="What payouts are marked with.", extensions=[Own()])
    def payout_reference(self, info: Info) -> str | None:
        return self.subject.payout_reference if self._is_own(info) else None

    @strawberry.field(extensions=[Own()])
    def published_at(self, info: Info) -> datetime | None:
        return self.subject.published_at if self._is_own(info) else None

    @strawberry.field(extensions=[Own()])
    def withdrawn_at(self, info: Info) -> datetime | None:
        return self.subject.withdrawn_at if self._is_own(info) else None

    @strawberry.field
    def updated_at(self) -> datetime | None:
        return self.subject.updated_at

    def _is_own(self, info: Info) -> bool:
        return editor(info).may_edit(self.subject)


@own
@strawberry.type
class YardsViewer:
    @strawberry.field(description="One's own, the newest first; drafts and those that are withdrawn too.")
    async def yards(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Yard]:
        size, since = page_size(first), None if after is None else ids.yard_id(after, "after")
        with available():
            found = await info.context.yards.owned(editor(info).subject, since, size + 1)
        return connect(
            found[:size],
            lambda each: yard_id(each.id),
            Yard.of,
            has_next=len(found) > size,
            continues=since is not None,
        )


@public
@strawberry.type
class YardQuery:
    @strawberry.field(description="Null where the id is well formed and unknown, or of a yard that is not published.")
    async def yard(self, info: Info, id: strawberry.ID) -> Yard | None:  # noqa: A002
        return await find_yard(info, ids.yard_id(id))


async def find_yard(info: Info, wanted: UUID) -> Yard | None:
    with available():
        found = await info.context.yards.find(wanted, editor(info))
    return Yard.of(found) if found else None


def yard_id(of: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.YARD, of.hex))
