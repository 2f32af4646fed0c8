"""Collections and tables of a rate table's JSON form: APDS's own keys, and ours."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from parkgraph.domain.occupancy import Audience
from parkgraph.domain.tariff import (
    NONE,
    ZERO,
    Boundary,
    Cap,
    Choice,
    Combination,
    Elapsed,
    Outside,
    RateLineCollection,
    RateTable,
    Rounding,
    RoundingMode,
    Span,
    TariffDay,
)
from parkgraph.domain.vehicle import VehicleKind
from parkgraph.sdk.rate_parts import BandPart, CapPart, LinePart, Part, at, band_of
from parkgraph.sdk.rate_values import Amount, Clock, Duration, Length, Name, Word

PartT = TypeVar("PartT", bound=Part)


class CollectionPart(Part):
    """APDS RateLineCollection, and the rest of what ours can say."""

    id: object = None
    version: object = None
    collection_sequence: int | None = None
    applicable_currency: str
    min_time: Duration = NONE
    max_time: Length | None = None
    min_value_collection: Amount = ZERO
    max_value_collection: Amount | None = None
    relative_times: bool | None = None
    reset_time: Clock | None = None
    tax_included: bool | None = None
    tax_rate: Amount | None = None
    rate_lines: list[LinePart]
    collection_name: Name | None = None
    combination: Annotated[Combination, Word] = Combination.LADDER
    audiences: list[Annotated[Audience, Word]] = Field(default_factory=list)
    vehicles: list[Annotated[VehicleKind, Word]] = Field(default_factory=list)
    arrive: BandPart | None = None
    leave: BandPart | None = None
    adds: bool = False
    charged_at_least: Duration = NONE
    caps: list[CapPart] = Field(default_factory=list)
    grace: Duration = NONE
    free: Duration = NONE
    free_again: bool = False
    grace_at_end: Duration = NONE
    elapsed: Annotated[Elapsed, Word] = Elapsed.ARRIVAL
    boundary: Annotated[Boundary, Word] = Boundary.START_RATE
    reset_after: Duration | None = None
    carry_over: bool = False
    outside: Annotated[Outside, Word] = Outside.UNKNOWN

    def to_domain(self) -> RateLineCollection:
        if self.reset_time is not None and self.reset_after is not None:
            raise ValueError("resetTime and resetAfter exclude each other")
        reset = self.reset_after if self.reset_time is None else TariffDay(self.reset_time)
        lines = _in_order(self.rate_lines, [line.sequence for line in self.rate_lines], "sequence")
        rates = []
        for number, line in lines:
            with at(f"rateLines[{number}]"):
                rates.append(line.to_domain())
        minimum_charge, maxima = self._bounds()
        caps = [Cap(maximum, reset or Span.STAY) for maximum in maxima]
        for number, cap in enumerate(self.caps):
            with at(f"caps[{number}]"):
                caps.append(cap.to_domain())
        return RateLineCollection(
            lines=tuple(rates),
            combination=self.combination,
            max_time=self.max_time,
            minimum=self.charged_at_least,
            caps=tuple(caps),
            name=self.collection_name,
            audiences=frozenset(self.audiences),
            vehicles=frozenset(self.vehicles),
            arrive=band_of(self.arrive),
            leave=band_of(self.leave),
            min_time=self.min_time,
            adds=self.adds,
            minimum_charge=minimum_charge,
            grace=self.grace,
            free=self.free,
            free_again=self.free_again,
            grace_at_end=self.grace_at_end,
            elapsed=self.elapsed,
            boundary=self.boundary,
            reset=reset,
            carry_over=self.carry_over,
            outside=self.outside,
        )

    def _bounds(self) -> tuple[Decimal, tuple[Decimal, ...]]:
        """The least amount, and the greatest in each reset or stay. A line's own bounds are those of a sole line."""
        least, maxima = [self.min_value_collection], [self.max_value_collection]
        for number, line in enumerate(self.rate_lines):
            if line.is_bounded and len(self.rate_lines) > 1:
                raise ValueError(
                    f"rateLines[{number}].minValue and maxValue cannot be honoured for one line among several: "
                    "use minValueCollection, maxValueCollection or caps"
                )
            if line.is_bounded:
                least.append(line.min_value or ZERO)
                maxima.append(line.max_value)
        return max(least), tuple(maximum for maximum in maxima if maximum is not None)

    @property
    def added_tax(self) -> Decimal | None:
        """A fraction, where tax comes on top of the amounts."""
        if self.tax_included is not False:
            if self.tax_included is None and self.tax_rate is not None:
                raise ValueError("taxIncluded is missing: whether taxRate comes on top is not known")
            return None
        if self.tax_rate is None:
            raise ValueError("taxRate is missing: how much comes on top is not known")
        return _shifted(self.tax_rate, -2)

    @classmethod
    def of(cls, collection: RateLineCollection, sequence: int, table: RateTable) -> "CollectionPart":
        each = collection.reset or Span.STAY
        first = collection.caps[0] if collection.caps else None
        plain = first if first and first.band is None and first.period == each else None
        day = collection.reset if isinstance(collection.reset, TariffDay) else None
        length = collection.reset if isinstance(collection.reset, timedelta) else None
        return cls.model_construct(
            collection_sequence=sequence,
            applicable_currency=table.currency,
            min_time=collection.min_time,
            max_time=collection.max_time,
            min_value_collection=collection.minimum_charge,
            max_value_collection=plain.amount if plain else None,
            reset_time=day.start if day else None,
            tax_included=None if table.added_tax is None else False,
            tax_rate=None if table.added_tax is None else _shifted(table.added_tax, 2),
            rate_lines=[LinePart.of(line, number) for number, line in enumerate(collection.lines, start=1)],
            collection_name=collection.name,
            combination=collection.combination,
            audiences=[audience for audience in Audience if audience in collection.audiences],
            vehicles=[kind for kind in VehicleKind if kind in collection.vehicles],
            arrive=BandPart.of(collection.arrive),
            leave=BandPart.of(collection.leave),
            adds=collection.adds,
            charged_at_least=collection.minimum,
            caps=[CapPart.of(cap) for cap in collection.caps[1 if plain else 0 :]],
            grace=collection.grace,
            free=collection.free,
            free_again=collection.free_again,
            grace_at_end=collection.grace_at_end,
            elapsed=collection.elapsed,
            boundary=collection.boundary,
            reset_after=length,
            carry_over=collection.carry_over,
            outside=collection.outside,
        )


class RoundingPart(Part):
    mode: Annotated[RoundingMode, Word] = RoundingMode.HALF_UP
    unit: Amount | None = None


class TablePart(Part):
    """APDS RateTable. What tells who publishes it and how it is called makes no difference to a price."""

    id: object = None
    version: object = None
    rate_table_name: object = None
    rate_responsible_party: object = None
    rate_type: object = None
    availability: Literal["public"] | None = None
    last_updated: object = None
    rate_line_collections: list[CollectionPart]
    choice: Annotated[Choice, Word] = Choice.FIRST
    known_until: Length | None = None
    rounding: RoundingPart | None = None

    def to_domain(self) -> RateTable:
        if not self.rate_line_collections:
            raise ValueError("rateLineCollections must hold at least one collection")
        collections, taxes = [], set()
        sequence = [part.collection_sequence for part in self.rate_line_collections]
        for number, part in _in_order(self.rate_line_collections, sequence, "collectionSequence"):
            with at(f"rateLineCollections[{number}]"):
                collections.append(part.to_domain())
                taxes.add(part.added_tax)
        currencies = {part.applicable_currency for part in self.rate_line_collections}
        if len(currencies) > 1:
            raise ValueError("applicableCurrency must be the same in all rateLineCollections")
        if len(taxes) > 1:
            raise ValueError("taxIncluded and taxRate must be the same in all rateLineCollections")
        rounding = self.rounding or RoundingPart()
        with at("rounding"):
            rule = Rounding(rounding.mode, rounding.unit)
        return RateTable(currencies.pop(), tuple(collections), self.known_until, self.choice, taxes.pop(), rule)

    @classmethod
    def of(cls, table: RateTable) -> "TablePart":
        plain = table.rounding == Rounding()
        return cls.model_construct(
            rate_line_collections=[
                CollectionPart.of(collection, number, table) for number, collection in enumerate(table.collections, 1)
            ],
            choice=table.choice,
            known_until=table.known_until,
            rounding=None
            if plain
            else RoundingPart.model_construct(mode=table.rounding.mode, unit=table.rounding.unit),
        )


def _in_order(parts: Sequence[PartT], numbers: Sequence[int | None], key: str) -> list[tuple[int, PartT]]:
    """The parts by their own numbers, as they stand where these are equal or absent; with where each one stands."""
    if any(number is None for number in numbers) and any(number is not None for number in numbers):
        raise ValueError(f"{key} must be given to all of them or to none")
    return sorted(enumerate(parts), key=lambda item: numbers[item[0]] or 0)


def _shifted(amount: Decimal, places: int) -> Decimal:
    """A hundredth or a hundredfold, exactly, however many digits there are."""
    sign, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int)
    return Decimal((sign, digits, exponent + places))
