from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Feature, Listing
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.networks.sharing import kept, share


def listing(local_id: str, price: str = "1.50", hours: str = "Mo-Fr 06:00-20:00") -> Listing:
    """As read from an answer: equal parts are objects of their own."""
    line = RateLine(RateLineKind.INCREMENTING, Decimal(price), timedelta(hours=1))
    return Listing(
        local_id,
        "Markt",
        Coordinates(48.7, 9.1),
        opening_hours="".join(list(hours)),
        features=frozenset([Feature.LIT, Feature.COVERED]),
        rates=RateTable("EUR", (RateLineCollection((line,)),)),
    )


def test_they_are_those_of_a_listing_before() -> None:
    before, after = listing("1"), listing("2")
    share([after], [before])
    assert after.rates is before.rates


def test_an_item_that_is_as_before_is_the_object_of_before() -> None:
    before = {"1": listing("1"), "2": listing("2")}
    after = kept({"1": listing("1"), "2": replace(listing("2"), capacity=7)}, before)
    assert after["1"] is before["1"]
    assert after["2"].capacity == 7


def test_items_that_are_all_as_before_are_the_mapping_of_before() -> None:
    before = {"1": listing("1"), "2": listing("2")}
    assert kept({"1": listing("1"), "2": listing("2")}, before) is before


def test_an_order_that_changed_is_kept() -> None:
    before = {"1": listing("1"), "2": listing("2")}
    assert list(kept({"2": listing("2"), "1": listing("1")}, before)) == ["2", "1"]
