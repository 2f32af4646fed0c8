"""One row of a status document, as an occupancy."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.occupancy import Occupancy, OccupancyLevel, OccupancyUpdate
from parkgraph.sdk import RowRejected
from parkgraph_datex2.status import to_update

BERLIN = ZoneInfo("Europe/Berlin")


def stuttgart(*words: str, vacant: object = None, occupied: object = None, inner: str = "") -> Occupancy:
    """The older shape: words and counts side by side."""
    row = '<parkingFacilityReference id="1"/>' + inner
    row += "".join(f"<parkingFacilityStatus>{word}</parkingFacilityStatus>" for word in words)
    if occupied is not None:
        row += f"<totalNumberOfOccupiedParkingSpaces>{occupied}</totalNumberOfOccupiedParkingSpaces>"
    if vacant is not None:
        row += f"<totalNumberOfVacantParkingSpaces>{vacant}</totalNumberOfVacantParkingSpaces>"
    return to_update(fromstring(f"<parkingFacilityStatus>{row}</parkingFacilityStatus>"), BERLIN).occupancy


def aachen(
    override: object, vacant: object, occupied: object, site: str = "unknown", opening: str = "open"
) -> Occupancy:
    """The newer shape: an occupancy, and two words."""
    return to_update(
        fromstring(
            '<parkingRecordStatus><parkingRecordReference id="P1"/><parkingOccupancy>'
            f"<parkingNumberOfSpacesOverride>{override}</parkingNumberOfSpacesOverride>"
            f"<parkingNumberOfVacantSpaces>{vacant}</parkingNumberOfVacantSpaces>"
            f"<parkingNumberOfOccupiedSpaces>{occupied}</parkingNumberOfOccupiedSpaces></parkingOccupancy>"
            f"<parkingSiteStatus>{site}</parkingSiteStatus>"
            f"<parkingSiteOpeningStatus>{opening}</parkingSiteOpeningStatus></parkingRecordStatus>"
        ),
        BERLIN,
    ).occupancy


def test_the_total_counts_and_not_that_of_assigned_spaces() -> None:
    casual = (
        '<assignedParkingSpacesStatus index="1"><assignedParkingSpacesStatus>'
        "<numberOfVacantAssignedParkingSpaces>158</numberOfVacantAssignedParkingSpaces>"
        "</assignedParkingSpacesStatus></assignedParkingSpacesStatus>"
    )
    assert stuttgart("open", vacant=141, occupied=19, inner=casual).vacant == 141


def since_37(said: str) -> OccupancyUpdate:
    """The shape of version 3.7: one for sites, places and spaces."""
    row = f'<parkingStatusInformation><reference id="dom" version="7"/>{said}</parkingStatusInformation>'
    return to_update(fromstring(row), BERLIN)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("<openingStatus>open</openingStatus><status>spacesAvailable</status>", OccupancyLevel.VACANT),
        ("<openingStatus>closed</openingStatus>", OccupancyLevel.CLOSED),
        ("<openingStatus>open</openingStatus><status>fullAtEntrance</status>", OccupancyLevel.FULL),
    ],
)
def test_since_version_3_7_a_status_has_other_names(said: str, level: OccupancyLevel) -> None:
    counts = (
        "<lastUpdated>2026-10-01T08:00:00Z</lastUpdated><occupancy><numberOfVacantSpaces>40</numberOfVacantSpaces>"
        "<numberOfOccupiedSpaces>60</numberOfOccupiedSpaces><occupancy>60</occupancy></occupancy>"
    )
    update = since_37(counts + said)
    assert update.local_id == "dom"
    assert update.occupancy == Occupancy(40, 100, level, datetime(2026, 10, 1, 8, tzinfo=UTC))


def test_vacant_and_occupied_are_the_capacity() -> None:
    assert stuttgart(vacant=245, occupied=319).capacity == 564


def test_a_vacancy_alone_has_no_capacity() -> None:
    found = stuttgart(vacant=245)
    assert (found.vacant, found.capacity) == (245, None)


def test_the_networks_own_capacity_wins() -> None:
    assert aachen(400, 42, 277).capacity == 400


def test_more_vacant_spaces_than_the_capacity_belong_to_another_population() -> None:
    found = aachen(210, 1146, -1046)
    assert (found.vacant, found.capacity) == (1146, None)


@pytest.mark.parametrize("override", [0, 180])
def test_0_vacant_and_0_occupied_is_a_counter_that_is_off(override: int) -> None:
    found = aachen(override, 0, 0)
    assert (found.vacant, found.capacity, found.level) == (None, override or None, OccupancyLevel.UNKNOWN)


def test_0_vacant_among_occupied_is_full() -> None:
    found = aachen(180, 0, 180)
    assert (found.vacant, found.capacity, found.level) == (0, 180, OccupancyLevel.FULL)


@pytest.mark.parametrize("value", ["-1", "NaN", "1e3", "2147483647", "9" * 150, "", "viele"])
def test_a_count_that_is_negative_absurd_or_no_number_is_unknown(value: str) -> None:
    assert stuttgart(vacant=value) == Occupancy()


@pytest.mark.parametrize(
    ("words", "level"),
    [
        (("spacesAvailable", "open"), OccupancyLevel.VACANT),
        (("open", "spacesAvailable"), OccupancyLevel.VACANT),
        (("closed", "spacesAvailable"), OccupancyLevel.CLOSED),
        (("spacesAvailable", "closedAbnormal"), OccupancyLevel.CLOSED),
        (("full", "closed"), OccupancyLevel.CLOSED),
        (("full", "open"), OccupancyLevel.FULL),
        (("fullAtEntrance",), OccupancyLevel.FULL),
        (("almostFull", "open"), OccupancyLevel.FEW),
        (("open",), OccupancyLevel.UNKNOWN),
        (("statusUnknown",), OccupancyLevel.UNKNOWN),
        ((), OccupancyLevel.UNKNOWN),
    ],
)
def test_the_worst_word_is_the_level(words: tuple[str, ...], level: OccupancyLevel) -> None:
    assert stuttgart(*words).level is level


def test_counts_that_are_worse_than_the_words_win() -> None:
    assert stuttgart("spacesAvailable", "open", vacant=5, occupied=46).level is OccupancyLevel.FEW
    assert stuttgart("spacesAvailable", "open", vacant=0, occupied=51).level is OccupancyLevel.FULL


def test_words_that_are_worse_than_the_counts_win() -> None:
    assert stuttgart("full", "open", vacant=40, occupied=60).level is OccupancyLevel.FULL
    assert aachen(569, 518, 51, "spacesAvailable", "closed").level is OccupancyLevel.CLOSED


@pytest.mark.parametrize(
    ("text", "observed_at"),
    [
        ("2022-02-11T14:16:01.000+01:00", "2022-02-11T14:16:01+01:00"),
        ("2023-07-01T12:00:00", "2023-07-01T12:00:00+02:00"),
        ("1970-01-01T01:00:00.000+01:00", None),
        ("soon", None),
    ],
)
def test_the_count_has_the_networks_time_or_none(text: str, observed_at: str | None) -> None:
    inner = f"<parkingFacilityStatusTime>{text}</parkingFacilityStatusTime>"
    assert stuttgart(inner=inner).observed_at == (observed_at and datetime.fromisoformat(observed_at))


def test_a_status_without_a_facility_is_rejected() -> None:
    with pytest.raises(RowRejected, match="id of a facility"):
        to_update(fromstring('<parkingRecordStatus id="x"/>'), BERLIN)
