"""What rows say alike is one object."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.domain.civil import Band, Day
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Feature, Listing
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.sdk import Batch, read_rows
from parkgraph.sdk.alike import Alike, amounts
from tests.sdk.tariffs import rate_tables


def to_listing(row: tuple[str, str]) -> Listing:
    """As read from an answer: equal parts are objects of their own."""
    local_id, price = row
    line = RateLine(RateLineKind.INCREMENTING, Decimal(price), timedelta(hours=1))
    return Listing(
        local_id,
        "Markt",
        Coordinates(48.7, 9.1),
        opening_hours="".join(["Mo-Fr ", "06:00-20:00"]),
        features=frozenset([Feature.LIT, Feature.COVERED]),
        rates=RateTable("EUR", (RateLineCollection((line,)),)),
    )


def read(*rows: tuple[str, str]) -> Batch[Listing]:
    return read_rows(rows, to_listing, lambda row: row[0])


def test_equal_hours_features_and_tariffs_of_rows_are_one_object_and_the_listings_stay_equal() -> None:
    assert to_listing(("1", "1.50")).rates is not to_listing(("2", "1.50")).rates
    a, b, c = read(("1", "1.50"), ("2", "1.50"), ("3", "2.50")).items
    assert (a, b) == (to_listing(("1", "1.50")), to_listing(("2", "1.50")))
    assert a.rates is b.rates
    assert a.opening_hours is b.opening_hours
    assert a.features is b.features
    assert c.rates == to_listing(("3", "2.50")).rates


def test_amounts_that_are_equal_but_written_otherwise_stay_as_they_are() -> None:
    a, b = read(("1", "1.5"), ("2", "1.50")).items
    assert a.rates == b.rates
    assert a.rates is not b.rates
    assert (repr(a.rates), repr(b.rates)) == (
        repr(to_listing(("1", "1.5")).rates),
        repr(to_listing(("2", "1.50")).rates),
    )


def decimals(part: object) -> Iterator[Decimal]:
    """Wherever in a tuple, or in the tuples in it."""
    if isinstance(part, Decimal):
        yield part
    for inner in part if isinstance(part, tuple) else ():
        yield from decimals(inner)


@settings(max_examples=20)
@given(rate_tables())
def test_no_amount_of_a_tariff_is_overlooked(table: RateTable) -> None:
    found = [str(amount) for amount in amounts(table) if amount is not None]
    assert sorted(found) == sorted(map(str, decimals(astuple(table))))


@given(st.permutations(list(Day)), st.permutations(list(Day)))
def test_sets_in_tariffs_are_equal_in_any_order(one: list[Day], other: list[Day]) -> None:
    alike, listings = Alike(), []
    for local_id, days in (("1", one), ("2", other)):
        line = RateLine(RateLineKind.FLAT, Decimal(3), band=Band(days=frozenset(days)))
        rates = RateTable("EUR", (RateLineCollection((line,)),))
        listings.append(Listing(local_id, "Markt", Coordinates(48.7, 9.1), rates=rates))
        alike.share(listings[-1])
    assert listings[0].rates is listings[1].rates


def test_a_part_that_can_change_is_not_shared_and_rejects_no_row() -> None:
    def wrong(row: tuple[str, str]) -> Listing:
        listing = to_listing(row)
        object.__setattr__(listing, "features", {Feature.LIT})
        return listing

    a, b = read_rows([("1", "1.50"), ("2", "1.50")], wrong, lambda row: row[0]).items
    assert a.features is not b.features
