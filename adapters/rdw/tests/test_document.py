"""What the network could send one day: nothing but the SDK's faults may leave the adapter."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import Batch, Malformed
from parkgraph.sdk.replay import AnswerClient
from parkgraph_rdw import Adapter
from parkgraph_rdw.values import AMSTERDAM
from tests.damaged_json import damaged

HERE = Path(__file__).resolve().parents[1]
ID = "cea4cffe-158c-4b08-b940-5d5eefeba089"
BEEKSTRAAT: dict[str, Any] = json.loads((HERE / "samples" / "v2" / "static" / f"{ID}.json").read_bytes())
PRICED = HERE / "samples" / "v2" / "static" / "5d0f3c5e-4b3e-4f0e-9a53-0c2a0b6d1a04.json"
ENTRY: dict[str, Any] = {
    "name": "Q-Park Beekstraat (Apeldoorn)",
    "identifier": ID,
    "dynamicDataUrl": f"https://npropendata.rdw.nl/parkingdata/v2/dynamic/{ID}",
    "limitedAccess": False,
    "staticDataLastUpdated": 1733973747,
}


def adapter(
    entries: object = (ENTRY,), static: object = BEEKSTRAAT, dynamic: object = None, **settings: object
) -> Adapter:
    """One whose every static document is `static`, and whose live document is `dynamic`."""
    answers = {
        "http://rdw/": json.dumps({"ParkingFacilities": entries}).encode(),
        f"http://rdw/dynamic/{ID}": json.dumps(dynamic).encode(),
    }
    client = AnswerClient(json.dumps(static).encode(), answers)
    return Adapter(Adapter.Settings.model_validate({"base_url": "http://rdw", **settings}), client)


def read(static: object, **entry: object) -> Batch[Listing]:
    return asyncio.run(adapter([ENTRY | entry], static).listings())


def beekstraat(**changes: object) -> dict[str, Any]:
    """The sample, with some of its values replaced."""
    return {"parkingFacilityInformation": BEEKSTRAAT["parkingFacilityInformation"] | changes}


def only_listing(static: object, **entry: object) -> Listing:
    batch = read(static, **entry)
    assert batch.rejected == ()
    (listing,) = batch.items
    return listing


def reason(static: object, **entry: object) -> str:
    batch = read(static, **entry)
    assert batch.items == ()
    (rejected,) = batch.rejected
    assert rejected.row == ID
    return rejected.reason


def only_update(**status: object) -> OccupancyUpdate:
    document = {"parkingFacilityDynamicInformation": {"identifier": ID, "facilityActualStatus": status}}
    (update,) = asyncio.run(adapter(dynamic=document).occupancies()).items
    return update


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"null", b"{}", b'"x"', b'{"ParkingFacilities": null}', b'{"results": []}']
)
async def test_a_list_of_another_shape_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        await Adapter(Adapter.Settings(), AnswerClient(content)).listings()
    with pytest.raises(Malformed):
        await Adapter(Adapter.Settings(), AnswerClient(content)).occupancies()


@pytest.mark.parametrize("document", [{"ParkingFacilities": []}, {"parkingFacilities": []}, []])
async def test_the_list_stands_by_itself_or_under_one_of_two_names(document: object) -> None:
    batch = await Adapter(Adapter.Settings(), AnswerClient(json.dumps(document).encode())).listings()
    assert (batch.items, batch.rejected, batch.complete) == ((), (), True)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (None, "row 1"),
        (7, "row 1"),
        ({}, "row 1"),
        ({"name": "Garage"}, "Garage"),
        ({"identifier": "../../etc/passwd"}, "row 1"),
        ({"identifier": "a/b"}, "row 1"),
        ({"identifier": "a?b"}, "row 1"),
        ({"identifier": ""}, "row 1"),
        ({"identifier": "x" * 1000}, "row 1"),
        ({"identifier": "closed", "limitedAccess": True}, "closed"),
    ],
)
async def test_an_entry_that_cannot_be_asked_for_is_rejected_and_leaves_the_others(row: object, name: str) -> None:
    batch = await adapter([row, ENTRY]).listings()
    assert [listing.local_id for listing in batch.items] == [ID]
    assert [rejected.row for rejected in batch.rejected] == [name]


async def test_the_second_entry_of_an_id_is_rejected() -> None:
    batch = await adapter([ENTRY, ENTRY]).listings()
    assert (len(batch.items), [rejected.reason for rejected in batch.rejected]) == (1, ["a second row with this id"])


def test_an_older_list_calls_the_identifier_uuid() -> None:
    older = {key: value for key, value in ENTRY.items() if key != "identifier"} | {"uuid": ID}
    (listing,) = asyncio.run(adapter([older]).listings()).items
    assert listing.local_id == ID


@pytest.mark.parametrize(
    "static", [None, 7, [], {}, {"parkingFacilityInformation": None}, {"parkingFacilityInformation": []}]
)
def test_a_document_of_another_shape_is_a_rejected_row(static: object) -> None:
    assert reason(static)


SQUARE: list[list[float]] = [[5.9, 52.2], [5.902, 52.2], [5.902, 52.202], [5.9, 52.202], [5.9, 52.2]]


def with_area(area: object, usage: str = "Garage parkeren") -> dict[str, Any]:
    """A facility without a point, as the network lists some."""
    return beekstraat(accessPoints=[], specifications=[{"usage": usage, "capacity": 40, "areaGeometry": area}])


def test_a_car_park_without_a_point_stands_in_the_middle_of_its_area() -> None:
    location = only_listing(with_area({"type": "Polygon", "coordinates": [SQUARE]})).location
    assert location.distance_m(Coordinates(52.201, 5.901)) < 1


@pytest.mark.parametrize(
    "area",
    [
        None, 7, [], {}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]}, {"type": "Polygon", "coordinates": [[7, None, [], [5.9]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE, ["x", "y"]]]}, {"type": "Polygon", "coordinates": [SQUARE[0]]},
        {"type": "Polygon", "coordinates": [[[lat, lon] for lon, lat in SQUARE]]},
        {"type": "LineString", "coordinates": SQUARE},
    ],
)  # fmt: skip
def test_an_area_that_cannot_be_is_no_position(area: object) -> None:
    assert reason(with_area(area)) == "it has no position in the Netherlands"


def test_a_zone_of_streets_has_no_middle() -> None:
    area = {"type": "Polygon", "coordinates": [SQUARE]}
    assert reason(with_area(area, "Betaald parkeren")) == "it has no position in the Netherlands"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"accessPoints": []}, "it has no position in the Netherlands"),
        ({"accessPoints": 7}, "it has no position in the Netherlands"),
        (
            {"accessPoints": [{"accessPointLocation": [{"latitude": 5.9, "longitude": 52.2}]}]},
            "it has no position in the Netherlands",
        ),
        (
            {"accessPoints": [{"accessPointLocation": [{"latitude": 1e300, "longitude": 0}]}]},
            "it has no position in the Netherlands",
        ),
        ({"specifications": [{"usage": "Fietsenstalling"}]}, "it is not for cars"),
        ({"specifications": [{"usage": "Vergunning parkeren"}]}, "it is for holders of a permit"),
    ],
)
def test_what_is_no_place_for_anybodys_car_is_rejected(changes: dict[str, object], why: str) -> None:
    assert reason(beekstraat(**changes)) == why


@pytest.mark.parametrize(
    ("changes", "field", "unknown"),
    [
        ({"specifications": None}, "capacity", None),
        ({"specifications": [{"capacity": -5}]}, "capacity", None),
        ({"specifications": [{"capacity": 5.5}]}, "capacity", None),
        ({"specifications": [{"capacity": 2**31 - 1}]}, "capacity", None),
        ({"specifications": [{"minimumHeightInMeters": 0}]}, "max_height_cm", None),
        ({"specifications": [{"minimumHeightInMeters": 190}]}, "max_height_cm", None),
        ({"specifications": [{"usage": 7}]}, "kind", PlaceKind.UNKNOWN),
        ({"operator": None}, "operator", None),
        ({"operator": {"name": "x" * 10_000}}, "operator", None),
        ({"openingTimes": None}, "opening_hours", None),
        ({"openingTimes": [{}, {}]}, "opening_hours", None),
        ({"tariffs": "free"}, "rates", None),
        ({"tariffs": [7]}, "tariff_text", None),
    ],
    ids=lambda value: json.dumps(value, default=str)[:60],
)
def test_a_value_that_cannot_be_one_is_unknown_and_spoils_nothing_else(
    changes: dict[str, object], field: str, unknown: object
) -> None:
    assert getattr(only_listing(beekstraat(**changes)), field) == unknown


def test_numbers_come_as_text_too_and_flags_as_numbers() -> None:
    listing = only_listing(
        beekstraat(
            accessPoints=[],
            locationForDisplay={"latitude": "52.1559901", "longitude": "5.3853387"},
            specifications=[{"capacity": "270", "disabledAccess": 1, "chargingPointCapacity": 4}],
        )
    )
    assert listing.location == Coordinates(52.1559901, 5.3853387)
    assert listing.capacity == 270
    assert listing.features == {Feature.ACCESSIBLE, Feature.EV_CHARGING}


def test_the_position_is_that_of_an_entrance_for_vehicles_else_the_lists() -> None:
    points = [
        {"isVehicleEntrance": vehicles, "accessPointLocation": [{"latitude": latitude, "longitude": 5.9}]}
        for vehicles, latitude in ((False, 52.1), (True, 52.2))
    ]
    assert only_listing(beekstraat(accessPoints=points)).location == Coordinates(52.2, 5.9)
    listed = only_listing(beekstraat(accessPoints=None), geoLocation={"latitude": 52.3, "longitude": 5.9})
    assert listed.location == Coordinates(52.3, 5.9)


def test_of_several_specifications_the_last_one_counts() -> None:
    specifications = [
        {"capacity": capacity, "validityStartOfPeriod": start} for capacity, start in ((1, 10), (3, 30), (2, 20))
    ]
    assert only_listing(beekstraat(specifications=specifications)).capacity == 3


def test_an_address_is_made_of_the_parts_that_there_are() -> None:
    def line(**address: object) -> str | None:
        point = {"accessPointLocation": [{"latitude": 52.2, "longitude": 5.9}], "accessPointAddress": address}
        return only_listing(beekstraat(accessPoints=[point])).address

    assert line(streetName="Beekstraat", houseNumber=12, zipcode="7311LE", city="Apeldoorn") == (
        "Beekstraat 12, 7311LE Apeldoorn"
    )
    assert line(city="Apeldoorn", houseNumber="3") == "Apeldoorn"
    assert line(streetName=None) is None


def test_a_longest_stay_of_an_unknown_unit_leaves_the_words() -> None:
    priced = json.loads(PRICED.read_bytes())["parkingFacilityInformation"]
    limited = {"parkingFacilityInformation": priced | {"parkingRestrictions": [{"maximumDuration": 90}]}}
    assert only_listing({"parkingFacilityInformation": priced}).rates is not None
    listing = only_listing(limited)
    assert listing.rates is None
    assert listing.tariff_text == "Kortparkeren: Mo-Su 00:00-24:00 EUR 2.7 per 60 min"


WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def times(kind: str, days: list[str], start: int, until: int) -> dict[str, Any]:
    return {"dayNames": days, f"{kind}From": {"h": start}, f"{kind}Until": {"h": until, "m": 0, "s": 0}}


@pytest.mark.parametrize(
    ("opening", "osm"),
    [
        ({"exitPossibleAllDay": True, "entryTimes": [times("enter", WEEK, 0, 24)]}, "24/7"),
        ({"exitPossibleAllDay": True, "entryTimes": [times("enter", [d], 0, 24) for d in WEEK]}, "24/7"),
        ({"exitPossibleAllDay": True, "entryTimes": [times("enter", WEEK, 7, 23)]}, None),
        ({"exitPossibleAllDay": True, "entryTimes": []}, None),
        (
            {
                "entryTimes": [times("enter", WEEK[:5], 7, 23), times("enter", ["Sat"], 9, 2)],
                "exitTimes": [times("exit", WEEK[:5], 7, 23), times("exit", ["Sat"], 9, 2)],
            },
            "Mo-Fr 07:00-23:00, Sa 09:00-02:00",
        ),
        ({"entryTimes": [times("enter", WEEK, 7, 22)], "exitTimes": [times("exit", WEEK, 7, 23)]}, None),
        (
            {"entryTimes": [times("enter", ["Feestdag"], 7, 22)], "exitTimes": [times("exit", ["Feestdag"], 7, 22)]},
            None,
        ),
        ({"openAllYear": False, "exitPossibleAllDay": True, "entryTimes": [times("enter", WEEK, 0, 24)]}, None),
    ],
)
def test_opening_hours_are_given_where_one_drives_in_and_out_at_the_same_times(
    opening: dict[str, object], osm: str | None
) -> None:
    assert only_listing(beekstraat(openingTimes=[{"openAllYear": True} | opening])).opening_hours == osm


@pytest.mark.parametrize(
    ("status", "vacant", "capacity", "level"),
    [
        ({"open": True, "full": False, "vacantSpaces": 5, "parkingCapacity": 100}, 5, 100, OccupancyLevel.FEW),
        ({"open": True, "full": True, "vacantSpaces": 5, "parkingCapacity": 100}, 5, 100, OccupancyLevel.FULL),
        ({"open": False, "full": True, "vacantSpaces": 5, "parkingCapacity": 100}, 5, 100, OccupancyLevel.CLOSED),
        ({"vacantSpaces": 0, "parkingCapacity": 100}, 0, 100, OccupancyLevel.FULL),
        ({"vacantSpaces": 120, "parkingCapacity": 100}, 120, None, OccupancyLevel.VACANT),
        ({"vacantSpaces": -1, "parkingCapacity": -1}, None, None, OccupancyLevel.UNKNOWN),
        ({"vacantSpaces": "7", "parkingCapacity": 2**31 - 1}, 7, None, OccupancyLevel.VACANT),
        ({"vacantSpaces": None, "full": "yes", "open": "no"}, None, None, OccupancyLevel.UNKNOWN),
        ({}, None, None, OccupancyLevel.UNKNOWN),
    ],
    ids=str,
)
def test_a_status_says_what_it_says(
    status: dict[str, object], vacant: int | None, capacity: int | None, level: OccupancyLevel
) -> None:
    occupancy = only_update(**status).occupancy
    assert (occupancy.vacant, occupancy.capacity, occupancy.level) == (vacant, capacity, level)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (1737301549, datetime(2025, 1, 19, 16, 45, 49, tzinfo=AMSTERDAM)),
        (1737301549000, datetime(2025, 1, 19, 16, 45, 49, tzinfo=AMSTERDAM)),
        (0, None),
        (-1, None),
        (10**30, None),
        (253402214400, None),
        ("yesterday", None),
        (True, None),
    ],
)
def test_a_time_is_in_seconds_or_milliseconds(stamp: object, moment: datetime | None) -> None:
    assert only_update(lastUpdated=stamp).occupancy.observed_at == moment


@pytest.mark.parametrize(
    "dynamic", [None, 7, [], {}, {"parkingFacilityDynamicInformation": {}}, {"parkingFacilityDynamicInformation": 7}]
)
async def test_a_live_document_of_another_shape_is_a_rejected_row(dynamic: object) -> None:
    batch = await adapter(dynamic=dynamic).occupancies()
    assert (batch.items, [rejected.row for rejected in batch.rejected], batch.complete) == ((), [ID], True)


@pytest.mark.parametrize(("key", "value"), [("base_url", "x"), ("facilities", 7), ("cities", {}), ("url", "http://x")])
def test_a_wrong_setting_is_refused_by_its_name(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Adapter.Settings.model_validate({key: value})
    assert refused.value.errors()[0]["loc"] == (key,)


def test_every_setting_is_described_in_the_readme() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for name, setting in Adapter.Settings.model_fields.items():
        assert f"| `{name}` |" in readme
        assert setting.description
        assert setting.description in readme


DYNAMIC = {
    "parkingFacilityDynamicInformation": {
        "facilityActualStatus": {"open": True, "full": False, "vacantSpaces": 3, "lastUpdated": 1737301549}
    }
}


@given(st.data())
def test_whatever_a_document_becomes_it_is_an_item_or_rejected(data: st.DataObject) -> None:
    static = data.draw(st.sampled_from([BEEKSTRAAT, json.loads(PRICED.read_bytes())]))
    listings = asyncio.run(
        adapter([data.draw(damaged(ENTRY)), ENTRY | {"identifier": "other"}], data.draw(damaged(static))).listings()
    )
    assert len(listings.items) + len(listings.rejected) == 2
    updates = asyncio.run(adapter(dynamic=data.draw(damaged(DYNAMIC))).occupancies())
    assert len(updates.items) + len(updates.rejected) == 1
    assert all(rejected.reason for rejected in (*listings.rejected, *updates.rejected))
