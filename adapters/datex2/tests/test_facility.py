"""One row of a table, as a listing."""

from datetime import datetime
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.occupancy import Audience, AudienceCapacity
from parkgraph.domain.place import Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_datex2.facility import to_listing

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "<parkingName><values><value>Dom</value></values></parkingName>"
POINT = (
    "<parkingLocation><pointByCoordinates><pointCoordinates><latitude>50.78</latitude><longitude>6.09</longitude>"
    "</pointCoordinates></pointByCoordinates></parkingLocation>"
)


def listing(inner: str, *, name: str = NAME, point: str = POINT) -> Listing:
    return to_listing(fromstring(f'<parkingRecord id="P1">{name}{inner}{point}</parkingRecord>'), None, BERLIN)


def assigned(number: object, *words: str) -> str:
    return (
        "<assignedParkingSpaces><assignedParkingSpaces>"
        f"<numberOfAssignedParkingSpaces>{number}</numberOfAssignedParkingSpaces>"
        f"<descriptionOfAssignedParkingSpaces>{''.join(words)}</descriptionOfAssignedParkingSpaces>"
        "</assignedParkingSpaces></assignedParkingSpaces>"
    )


def person(word: str) -> str:
    return f"<personTypeForWhichSpacesAssigned>{word}</personTypeForWhichSpacesAssigned>"


def height(metres: str, operator: str = "lessThan") -> str:
    return (
        f"<characteristicsOfPermittedVehicles><heightCharacteristic><comparisonOperator>{operator}</comparisonOperator>"
        f"<vehicleHeight>{metres}</vehicleHeight></heightCharacteristic></characteristicsOfPermittedVehicles>"
    )


def test_what_is_not_said_is_unknown() -> None:
    found = listing("")
    assert (found.capacity, found.max_height_cm, found.opening_hours, found.operator, found.address) == (None,) * 5
    assert (found.kind, found.audiences, found.updated_at) == (PlaceKind.UNKNOWN, (), None)


@pytest.mark.parametrize(
    "name", ["", "<parkingName/>", "<parkingName> </parkingName>", f"<parkingName>{'x' * 201}</parkingName>"]
)
def test_a_row_without_a_usable_name_is_rejected(name: str) -> None:
    with pytest.raises(RowRejected, match="no name"):
        listing("", name=name)


def test_a_group_of_sites_is_not_a_facility() -> None:
    with pytest.raises(RowRejected, match="group"):
        to_listing(
            fromstring(f'<parkingRecord id="P1" type="p:GroupOfParkingSites">{NAME}{POINT}</parkingRecord>'),
            None,
            BERLIN,
        )


@pytest.mark.parametrize(
    ("text", "capacity"),
    [
        ("560", 560),
        ("+5", 5),
        ("0", None),
        ("-3", None),
        ("NaN", None),
        ("2147483647", None),
        ("5.5", None),
        ("", None),
    ],
)
def test_a_capacity_is_a_positive_plausible_number_or_unknown(text: str, capacity: int | None) -> None:
    assert listing(f"<parkingNumberOfSpaces>{text}</parkingNumberOfSpaces>").capacity == capacity


@pytest.mark.parametrize(
    ("metres", "centimetres"),
    [
        ("2.0", 200),
        ("2.08", 208),
        ("1.95", 195),
        ("2.10999", 210),
        ("0", None),
        ("-2", None),
        ("210", None),
        ("NaN", None),
    ],
)
def test_a_height_in_metres_becomes_centimetres_and_is_never_rounded_up(metres: str, centimetres: int | None) -> None:
    assert listing(height(metres)).max_height_cm == centimetres


def test_the_lowest_limit_counts() -> None:
    assert listing(height("2.1") + height("1.9")).max_height_cm == 190


def test_a_least_height_is_no_limit() -> None:
    assert listing(height("2.1", "greaterThan")).max_height_cm is None


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        (person("disabled"), Audience.DISABLED),
        (person("women"), Audience.WOMEN),
        (person("families"), Audience.FAMILY),
        ("<parkingDuration>longTerm</parkingDuration>", Audience.LONG_TERM),
        ("<parkingDuration>shortTerm</parkingDuration>", Audience.GENERAL),
        ("<characteristicsOfVehicles><fuelType>battery</fuelType></characteristicsOfVehicles>", Audience.ELECTRIC),
    ],
)
def test_assigned_spaces_are_an_audience(words: str, audience: Audience) -> None:
    assert listing(assigned(8, words)).audiences == (AudienceCapacity(audience, 8),)


def test_0_assigned_spaces_are_spaces_that_nobody_counted() -> None:
    assert listing(assigned(0, person("disabled"))).audiences == ()


@pytest.mark.parametrize("words", [(person("poets"),), (person("women"), person("families")), ()])
def test_spaces_for_a_mixture_or_for_unknown_words_are_left_out(words: tuple[str, ...]) -> None:
    assert listing(assigned(8, *words)).audiences == ()


def test_an_audience_given_twice_has_an_unknown_capacity() -> None:
    twice = assigned(8, person("women")) + assigned(9, person("women"))
    assert listing(twice).audiences == (AudienceCapacity(Audience.WOMEN, None),)


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        ("<parkingLayout>multiStorey</parkingLayout>", PlaceKind.GARAGE),
        ("<parkingLayout>underground</parkingLayout>", PlaceKind.UNDERGROUND),
        ("<parkingLayout>openSpace</parkingLayout>", PlaceKind.SURFACE),
        ("<parkingFacilityLayout>singleLevel</parkingFacilityLayout>", PlaceKind.UNKNOWN),
        ("<parkingLayout>spaceship</parkingLayout>", PlaceKind.UNKNOWN),
        ("<urbanParkingSiteType>onStreetParking</urbanParkingSiteType>", PlaceKind.ON_STREET),
        (
            "<parkingUsageScenario><parkingUsageScenario>parkAndRide</parkingUsageScenario></parkingUsageScenario>",
            PlaceKind.PARK_AND_RIDE,
        ),
    ],
)
def test_the_layout_gives_the_kind(inner: str, kind: PlaceKind) -> None:
    assert listing(inner).kind is kind


def test_a_name_with_the_sign_of_park_and_ride_says_so() -> None:
    assert listing("", name="<parkingName>P+R Österfeld</parkingName>").kind is PlaceKind.PARK_AND_RIDE


@pytest.mark.parametrize(
    ("owner", "operator"),
    [("14353115 / Contipark", "Contipark"), ("B+B Parkhaus GmbH & Co KG", "B+B Parkhaus GmbH & Co KG")],
)
def test_an_owner_loses_the_number_of_the_citys_register(owner: str, operator: str) -> None:
    assert listing(f"<owner><contactName>{owner.replace('&', '&amp;')}</contactName></owner>").operator == operator


def test_an_address_is_one_line_of_street_and_city() -> None:
    contact = (
        "<contactDetailsStreet>Trankgasse</contactDetailsStreet><contactDetailsHouseNumber>11</contactDetailsHouseNumber>"
        "<contactDetailsPostcode>50667</contactDetailsPostcode><contactDetailsCity>Köln</contactDetailsCity>"
    )
    assert listing(f"<parkingSiteAddress>{contact}</parkingSiteAddress>").address == "Trankgasse 11, 50667 Köln"
    assert listing("<parkingSiteAddress><contactUnknown>true</contactUnknown></parkingSiteAddress>").address is None


@pytest.mark.parametrize(
    ("text", "updated_at"),
    [
        ("2024-11-15T00:00:00.153Z", "2024-11-15T00:00:00.153+00:00"),
        ("2024-11-15T00:00:00", "2024-11-15T00:00:00+01:00"),
        ("1970-01-01T01:00:00+01:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
    ],
)
def test_a_time_carries_an_offset_or_is_unknown(text: str, updated_at: str | None) -> None:
    found = listing(f"<parkingRecordVersionTime>{text}</parkingRecordVersionTime>").updated_at
    assert found == (updated_at and datetime.fromisoformat(updated_at))
