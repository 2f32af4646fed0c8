"""One entity in the forms in which brokers answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_ngsi.facility import to_listing

MakeListing = Callable[..., Listing]
NOON = datetime(2018, 9, 21, 12, tzinfo=UTC)
TRINDADE: dict[str, Any] = {
    "name": "Parque de estacionamento Trindade",
    "category": ["underground", "public", "feeCharged", "mediumTerm", "barrierAccess"],
    "layout": ["multiLevel"],
    "requiredPermit": [],
    "allowedVehicleType": ["car"],
    "maximumParkingDuration": "PT8H",
    "totalSpotNumber": 414,
    "availableSpotNumber": 132,
    "chargeType": ["temporaryPrice"],
    "address": {"streetAddress": "Rua de Fernandes Tomás", "addressLocality": "Porto", "addressCountry": "Portugal"},
    "location": {"type": "Point", "coordinates": [-8.60961, 41.15069]},
}
WHO = {"id": "urn:ngsi-ld:OffStreetParking:porto-ParkingLot-23889", "type": "OffStreetParking"}


def ld_type(name: str) -> str:
    return "GeoProperty" if name == "location" else "Property"


KEY_VALUES = WHO | TRINDADE | {"occupancyModified": "2018-09-21T12:00:00Z"}
NORMALISED = (
    WHO
    | {name: {"type": "Text", "value": value, "metadata": {}} for name, value in TRINDADE.items()}
    | {
        "availableSpotNumber": {
            "value": 132,
            "metadata": {"timestamp": {"type": "DateTime", "value": "2018-09-21T12:00:00Z"}},
        }
    }
)
LINKED_DATA = (
    WHO
    | {name: {"type": ld_type(name), "value": value} for name, value in TRINDADE.items()}
    | {
        "@context": ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"],
        "availableSpotNumber": {"type": "Property", "value": 132, "observedAt": "2018-09-21T12:00:00Z"},
    }
)
WITHOUT_CONTEXT = {
    name if name in ("id", "location") else f"https://smartdatamodels.org/dataModel.Parking/{name}": value
    for name, value in LINKED_DATA.items()
} | {"type": "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"}
AS_TEXTS = KEY_VALUES | {"totalSpotNumber": "414", "availableSpotNumber": "132.0", "type": ["OffStreetParking"]}
SEVERAL = LINKED_DATA | {
    "availableSpotNumber": [
        {"type": "Property", "value": 7, "datasetId": "urn:model"},
        {"type": "Property", "value": 132, "observedAt": "2018-09-21T12:00:00Z"},
    ],
    "occupancyModified": {"type": "Property", "value": {"@type": "DateTime", "@value": "2018-09-21T12:00:00Z"}},
}
FORMS = {
    "key-values": KEY_VALUES,
    "NGSI-v2": NORMALISED,
    "NGSI-LD": LINKED_DATA,
    "NGSI-LD without a context": WITHOUT_CONTEXT,
    "texts": AS_TEXTS,
    "several instances": SEVERAL,
}


@pytest.mark.parametrize("form", FORMS)
def test_an_entity_says_the_same_in_every_form(form: str) -> None:
    listing = to_listing(FORMS[form], "EUR")
    assert listing == to_listing(KEY_VALUES, "EUR")
    assert listing.name == "Parque de estacionamento Trindade"
    assert listing.address == "Rua de Fernandes Tomás, Porto"
    assert listing.kind is PlaceKind.UNDERGROUND
    assert listing.features == {Feature.COVERED}
    assert listing.capacity == 414
    assert listing.occupancy is not None
    assert (listing.occupancy.vacant, listing.occupancy.observed_at) == (132, NOON)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ({"value": "Trindade"}, "Trindade"),
        ({"type": "LanguageProperty", "languageMap": {"pt": "Parque", "en": "Park"}}, "Park"),
        ({"languageMap": {"pt": "Parque"}}, "Parque"),
        (" Parque\r\n\x00 Trindade ", "Parque Trindade"),
        (None, WHO["id"]),
        ("", WHO["id"]),
        ("x" * 1_000_000, WHO["id"]),
        ({"value": {"value": {"value": {"value": "deep"}}}}, WHO["id"]),
        (["Trindade"], WHO["id"]),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_name_is_one_line_and_the_id_stands_in_for_one_that_is_missing(name: object, read: str) -> None:
    assert to_listing(KEY_VALUES | {"name": name}, "EUR").name == read


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"type": "ParkingSpot"}, "it is not of the type OffStreetParking"),
        ({"type": "https://uri.fiware.org/ns/data-models#OnStreetParking"}, "it is not of the type OffStreetParking"),
        ({"id": None}, "it has no id"),
        ({"location": None}, "it has no position"),
        ({"allowedVehicleType": ["bus"]}, "it is not for cars"),
        ({"forbiddenVehicleType": ["Car"]}, "it is not for cars"),
        ({"requiredPermit": ["residentPermit"]}, "it needs a permit"),
        ({"category": ["private", "parkingLot"]}, "it is not open to the public"),
    ],
    ids=str,
)
def test_what_is_no_public_car_park_is_rejected(attributes: dict[str, object], reason: str) -> None:
    with pytest.raises(RowRejected) as rejected:
        to_listing(KEY_VALUES | attributes, "EUR")
    assert str(rejected.value) == reason


@pytest.mark.parametrize(
    "attributes",
    [
        {"type": None},
        {"type": "https://uri.fiware.org/ns/data-models#OffStreetParking"},
        {"allowedVehicleType": []},
        {"allowedVehicleType": "anyVehicle"},
        {"requiredPermit": ["noPermitNeeded"]},
        {"requiredPermit": None},
        {"forbiddenVehicleType": ["None"]},
    ],
    ids=str,
)
def test_what_restricts_nothing_rejects_nothing(attributes: dict[str, object]) -> None:
    assert isinstance(to_listing(KEY_VALUES | attributes, "EUR"), Listing)


@pytest.mark.parametrize(
    ("counts", "vacant", "capacity"),
    [
        ({"availableSpotNumber": 0, "totalSpotNumber": 10}, 0, 10),
        ({"availableSpotNumber": 4, "totalSpotNumber": None}, 4, None),
        ({"availableSpotNumber": None, "occupiedSpotNumber": 3, "totalSpotNumber": 10}, 7, 10),
    ],
    ids=str,
)
def test_a_count_is_what_is_counted(
    listing_with: MakeListing, counts: dict[str, object], vacant: int, capacity: int | None
) -> None:
    occupancy = listing_with(**counts).occupancy
    assert occupancy is not None
    assert (occupancy.vacant, occupancy.capacity) == (vacant, capacity)


@pytest.mark.parametrize(
    "counts",
    [
        {"availableSpotNumber": None},
        {"availableSpotNumber": ""},
        {"availableSpotNumber": -8, "occupiedSpotNumber": 9, "totalSpotNumber": 1},
        {"availableSpotNumber": 11, "totalSpotNumber": 10},
        {"availableSpotNumber": 2**31 - 1},
        {"availableSpotNumber": 1.5},
        {"availableSpotNumber": True},
        {"availableSpotNumber": "many"},
        {"availableSpotNumber": 0, "occupiedSpotNumber": 0, "totalSpotNumber": 0},
        {"availableSpotNumber": 3, "totalSpotNumber": 10, "status": "Stoerung"},
        {"occupiedSpotNumber": 3, "totalSpotNumber": None},
    ],
    ids=str,
)
def test_what_cannot_be_a_count_is_unknown(listing_with: MakeListing, counts: dict[str, object]) -> None:
    assert listing_with(**counts).occupancy is None


@pytest.mark.parametrize(
    ("status", "vacant", "level"),
    [
        ("open", None, None),
        ("full", None, OccupancyLevel.FULL),
        (["open", "almostFull"], None, OccupancyLevel.FEW),
        ("spacesAvailable", None, OccupancyLevel.VACANT),
        ("closedAbnormal", 5, OccupancyLevel.CLOSED),
        ("Geschlossen", None, OccupancyLevel.CLOSED),
        ("fullAtEntrance", 3, OccupancyLevel.FULL),
        ("spacesAvailable", 0, OccupancyLevel.FULL),
        ("0", 5, OccupancyLevel.VACANT),
    ],
    ids=str,
)
def test_a_status_says_how_full_it_is_where_nothing_is_counted_and_that_it_is_closed(
    listing_with: MakeListing, status: object, vacant: int | None, level: OccupancyLevel | None
) -> None:
    occupancy = listing_with(status=status, availableSpotNumber=vacant).occupancy
    assert (occupancy and occupancy.level) is level


@pytest.mark.parametrize(
    ("attributes", "observed_at"),
    [
        ({"dateObserved": "2018-09-21T12:00:00Z", "dateModified": "2019-01-01T00:00:00Z"}, NOON),
        ({"dateModified": "2018-09-21T13:00:00+01:00"}, NOON),
        ({"TimeInstant": {"type": "DateTime", "value": "2018-09-21T12:00:00.00Z"}}, NOON),
        ({"dateObserved": "2018-09-21T12:00:00"}, None),
        ({"dateObserved": "yesterday", "dateModified": 1537531200}, None),
        ({"dateObserved": "0001-01-01T00:00:00Z"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_a_count_is_of_the_networks_own_time_which_has_an_offset(
    listing_with: MakeListing, attributes: dict[str, object], observed_at: datetime | None
) -> None:
    occupancy = listing_with(availableSpotNumber=5, **attributes).occupancy
    assert occupancy is not None
    assert occupancy.observed_at == observed_at


def test_the_facts_are_of_the_time_of_their_last_change(listing_with: MakeListing) -> None:
    assert listing_with(dateModified="2018-09-21T12:00:00Z").updated_at == NOON
    assert listing_with(observationDateTime="2018-09-21T12:00:00Z").updated_at is None


@pytest.mark.parametrize(
    ("height", "centimetres"),
    [(1.8, 180), ("2.15", 215), (2, 200), (1.999, 199), (0, None), (-2, None), (210, None), ("2 m", None), ("", None)],
)
def test_a_height_is_in_metres(listing_with: MakeListing, height: object, centimetres: int | None) -> None:
    assert listing_with(maximumAllowedHeight=height).max_height_cm == centimetres


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({"address": "Rua de Fernandes Tomás, Porto"}, "Rua de Fernandes Tomás, Porto"),
        ({"address": {"streetAddress": {"value": "Rua"}, "postalCode": 4000}}, "Rua, 4000"),
        ({"address": {"addressLocality": "Porto"}}, "Porto"),
        ({"address": {"streetAddress": None}}, None),
        ({"address": [None]}, None),
        (
            {"streetAddress": "Plöck 31", "postalCode": 69117, "addressLocality": "Heidelberg"},
            "Plöck 31, 69117 Heidelberg",
        ),
    ],
    ids=str,
)
def test_an_address_is_made_of_the_parts_that_there_are(
    listing_with: MakeListing, attributes: dict[str, object], line: str | None
) -> None:
    assert listing_with(**attributes).address == line


@pytest.mark.parametrize("url", ["javascript:alert(1)", "www.swhd.de", "https://a b", "", None, 7])
def test_a_web_page_is_an_address_of_the_web(listing_with: MakeListing, url: object) -> None:
    assert listing_with(website=url).url is None
