"""One facility: hours, position, and what is rejected."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Bounds
from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_liipi.facility import to_listing
from parkgraph_liipi.position import position

Row = dict[str, Any]
MakeListing = Callable[..., Listing]
SQUARE = [[24.0, 60.0], [24.2, 60.0], [24.2, 60.2], [24.0, 60.2], [24.0, 60.0]]


def hours(start: str, end: str) -> dict[str, str]:
    return {"from": start, "until": end}


@pytest.mark.parametrize(
    ("by_day_type", "osm"),
    [
        (dict.fromkeys(("BUSINESS_DAY", "SATURDAY", "SUNDAY"), hours("00", "24")), "24/7"),
        (dict.fromkeys(("BUSINESS_DAY", "SATURDAY", "SUNDAY"), hours("05", "00:30")), "Mo-Su 05:00-00:30"),
        (
            {"BUSINESS_DAY": hours("7", "21"), "SATURDAY": hours("07", "18:30"), "SUNDAY": hours("12", "21")},
            "Mo-Fr 07:00-21:00; Sa 07:00-18:30; Su 12:00-21:00; PH unknown",
        ),
        ({"BUSINESS_DAY": hours("06", "17:30")}, "Mo-Fr 06:00-17:30; PH unknown"),
        ({"SUNDAY": hours("12", "18"), "HOLIDAY": hours("12", "16")}, "Su 12:00-18:00; PH 12:00-16:00"),
    ],
    ids=str,
)
def test_hours_by_type_of_day_are_osm_opening_hours(
    listing_with: MakeListing, by_day_type: dict[str, Any], osm: str
) -> None:
    assert listing_with(openingHours={"byDayType": by_day_type}).opening_hours == osm


@pytest.mark.parametrize(
    "by_day_type",
    [
        {},
        None,
        {"EVE": hours("07", "12")},
        {"BUSINESS_DAY": hours("07", "25")},
        {"BUSINESS_DAY": hours("07", "07")},
        {"BUSINESS_DAY": hours("24", "07")},
        {"BUSINESS_DAY": hours("24:30", "07")},
        {"BUSINESS_DAY": hours("", "")},
        {"BUSINESS_DAY": {"from": "07"}},
        {"BUSINESS_DAY": hours("07", "21"), "SATURDAY": hours("aamu", "ilta")},
    ],
    ids=str,
)
def test_hours_of_which_a_part_is_not_understood_are_unknown(listing_with: MakeListing, by_day_type: object) -> None:
    assert listing_with(openingHours={"byDayType": by_day_type}).opening_hours is None


@pytest.mark.parametrize(("language", "name"), [("fi", "Kalasatama"), ("sv", "Fiskhamnen"), ("en", "Kalasatama")])
def test_a_name_is_in_the_chosen_language_or_in_the_first_that_there_is(row: Row, language: Any, name: str) -> None:
    row["name"] = {"fi": " Kalasatama\n", "sv": "Fiskhamnen", "en": None}
    assert to_listing(row, language).name == name


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": {"fi": "", "sv": None}}, "it has no name"),
        ({"location": None}, "it has no position"),
        ({"location": {"type": "Polygon", "coordinates": []}}, "it has no position"),
        ({"location": {"type": "Polygon", "coordinates": [[]]}}, "it has no position"),
        ({"location": {"type": "Polygon", "coordinates": [[[24.0, "60"]]]}}, "it has no position"),
        ({"location": {"type": "Point", "coordinates": [24.0]}}, "it has no position"),
        ({"location": {"type": "Point", "coordinates": [True, 60.0]}}, "it has no position"),
        ({"location": {"type": "Point", "coordinates": [0, 0]}}, "its position is not in Finland"),
        ({"location": {"type": "Point", "coordinates": [60.1, 24.0]}}, "its position is not in Finland"),
        ({"status": "INACTIVE"}, "it is not in operation"),
        ({"softDeletedAt": "2021-01-01T00:00:00.000Z"}, "it has been deleted"),
        ({"type": "BICYCLE", "builtCapacity": {"BICYCLE": 80}}, "it is for bicycles only"),
        ({"builtCapacity": {"BICYCLE": 80, "BICYCLE_SECURE_SPACE": 8}}, "it is for bicycles only"),
        ({"builtCapacity": {"MOTORCYCLE": 8}}, "it has no spaces for cars"),
    ],
    ids=str,
)
def test_what_is_no_facility_for_cars_in_finland_is_rejected(
    listing_with: MakeListing, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(RowRejected) as rejected:
        listing_with(**changes)
    assert str(rejected.value) == reason


@pytest.mark.parametrize(
    ("built", "capacity", "audiences"),
    [
        ({"CAR": 0}, 0, ()),
        ({"CAR": -1}, None, ()),
        ({"CAR": 2**31 - 1, "DISABLED": None}, None, ()),
        ({"CAR": "80"}, None, ()),
        ({}, None, ()),
        ({"DISABLED": 2}, None, (AudienceCapacity(Audience.DISABLED, 2),)),
        ({"CAR": 5, "MOTORCYCLE": 3}, 5, (AudienceCapacity(Audience.MOTORCYCLE, 3),)),
    ],
    ids=str,
)
def test_a_capacity_that_cannot_be_is_unknown_and_zero_is_zero(
    listing_with: MakeListing, built: object, capacity: int | None, audiences: object
) -> None:
    listing = listing_with(builtCapacity=built)
    assert (listing.capacity, listing.audiences) == (capacity, audiences)


def test_a_facility_that_is_no_park_and_ride_is_of_unknown_kind(listing_with: MakeListing) -> None:
    assert listing_with(usages=["COMMERCIAL"]).kind is PlaceKind.UNKNOWN


def test_an_address_is_that_of_an_entry(listing_with: MakeListing) -> None:
    ports = [
        {"entry": False, "address": {"streetAddress": {"fi": "Takaovi 1"}}},
        {"entry": True, "address": None},
        {
            "entry": True,
            "address": {"streetAddress": {"fi": "Insinöörinkatu 2"}, "postalCode": "00880", "city": {"fi": "Helsinki"}},
        },
    ]
    assert listing_with(ports=ports).address == "Insinöörinkatu 2, 00880 Helsinki"


def test_the_centre_of_gravity_stands_for_a_polygon() -> None:
    at = position({"type": "Polygon", "coordinates": [SQUARE, [[24.1, 60.1], [24.11, 60.1], [24.1, 60.11]]]})
    assert (at.latitude, at.longitude) == pytest.approx((60.1, 24.1))


@given(st.lists(st.tuples(st.floats(20, 31), st.floats(60, 70)).map(list), min_size=1, max_size=12))
def test_the_position_of_a_polygon_lies_within_its_box(ring: list[list[float]]) -> None:
    at = position({"type": "Polygon", "coordinates": [ring]})
    longitudes, latitudes = zip(*ring, strict=True)
    near = 1e-6
    box = Bounds(min(latitudes) - near, min(longitudes) - near, max(latitudes) + near, max(longitudes) + near)
    assert box.contains(at)
