"""Sites, spots and live data as either version of the library describes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph.sdk import RowRejected
from parkgraph_parkapi.converter import Reading
from parkgraph_parkapi.live import to_update
from parkgraph_parkapi.site import Site
from parkgraph_parkapi.spot import Spot

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
READING = Reading((), (), NOON, NOON + timedelta(seconds=2))


class Word(Enum):
    """Stands in for the library's enumerations."""

    BIKE = "BIKE"
    CAR = "CAR"
    CAR_PARK = "CAR_PARK"
    CARPOOL = "CARPOOL"
    CHARGING = "CHARGING"
    CUSTOMER = "CUSTOMER"
    DISABLED = "DISABLED"
    NO = "NO"
    ON_STREET = "ON_STREET"
    STANDS = "STANDS"
    TAXI = "TAXI"
    TRAIN = "TRAIN"


def restriction(kind: Word | None, **values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"type": kind, "hours": None, "max_stay": None, **values})


def facility(**values: Any) -> SimpleNamespace:
    known = {"uid": "7", "name": "Am Tor", "lat": Decimal("48.5"), "lon": Decimal("9.1"), "type": Word.CAR_PARK}
    return SimpleNamespace(**{**known, "purpose": Word.CAR, "static_data_updated_at": NOON, **values})


def site(live: OccupancyUpdate | None = None, **values: Any) -> Listing:
    row = facility(**{"capacity": 50, **values})
    return Site.model_validate(row).to_listing(live, READING.believed)


def spot(live: OccupancyUpdate | None = None, source: str = "some", **values: Any) -> Listing:
    return Spot.model_validate(facility(**values)).of_source(source).to_listing(live, READING.believed)


def live(**values: Any) -> OccupancyUpdate:
    row = SimpleNamespace(**{"uid": "7", "realtime_data_updated_at": NOON - timedelta(minutes=1), **values})
    return to_update(row, READING.believed)


def test_a_park_and_ride_is_one_whatever_it_is_built_as() -> None:
    assert site(park_and_ride_type=[Word.TRAIN]).kind is PlaceKind.PARK_AND_RIDE


@pytest.mark.parametrize("kinds", [[Word.NO], [Word.CARPOOL], [], None])
def test_what_is_no_park_and_ride_is_what_it_is_built_as(kinds: list[Word] | None) -> None:
    assert site(park_and_ride_type=kinds).kind is PlaceKind.GARAGE


@pytest.mark.parametrize("of_bicycles", [{"purpose": Word.BIKE}, {"type": Word.STANDS}])
def test_a_place_for_bicycles_is_rejected(of_bicycles: dict[str, Any]) -> None:
    with pytest.raises(RowRejected, match="for bicycles"):
        site(**of_bicycles)


def test_capacities_for_audiences_are_read_from_attributes_and_from_restrictions() -> None:
    expected = (AudienceCapacity(Audience.DISABLED, 3), AudienceCapacity(Audience.ELECTRIC, 0))
    assert site(capacity_disabled=3, capacity_charging=0).audiences == expected
    counted = [restriction(Word.DISABLED, capacity=3), restriction(Word.CHARGING, capacity=0), restriction(None)]
    assert site(restrictions=counted).audiences == expected


def test_spaces_of_an_audience_at_some_hours_only_are_left_out() -> None:
    assert site(restrictions=[restriction(Word.DISABLED, capacity=3, hours="Mo-Fr 08:00-18:00")]).audiences == ()


def test_features_need_at_least_one_space() -> None:
    assert site(capacity_disabled=0, capacity_charging=2, has_lighting=True, is_covered=False).features == {
        Feature.EV_CHARGING,
        Feature.LIT,
    }


def test_a_site_that_is_set_aside_has_no_general_capacity() -> None:
    listing = site(restricted_to=[restriction(Word.DISABLED)])
    assert listing.capacity is None
    assert listing.audiences == (AudienceCapacity(Audience.DISABLED, 50),)


def test_what_is_set_aside_for_others_than_drivers_is_rejected() -> None:
    with pytest.raises(RowRejected, match="not open to drivers"):
        site(restricted_to=[restriction(Word.TAXI)])


def test_customers_are_drivers_too() -> None:
    assert site(restricted_to=[restriction(Word.CUSTOMER)]).capacity == 50


def test_live_counts_of_audiences_complete_the_capacities() -> None:
    update = live(realtime_free_capacity=9, realtime_capacity=40, realtime_free_capacity_disabled=1)
    listing = site(update, capacity_disabled=3)
    assert listing.occupancy == Occupancy(9, 40, OccupancyLevel.VACANT, NOON - timedelta(minutes=1))
    assert listing.audiences == (AudienceCapacity(Audience.DISABLED, 3, 1),)


def test_live_counts_of_audiences_are_read_from_restrictions_too() -> None:
    counted = restriction(Word.CHARGING, realtime_capacity=4, realtime_free_capacity=2)
    assert live(restrictions=[counted]).audiences == (AudienceCapacity(Audience.ELECTRIC, 4, 2),)


def test_a_vacancy_without_a_live_capacity_is_of_an_unknown_number() -> None:
    assert live(realtime_free_capacity=9).occupancy.capacity is None


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_a_time_that_the_converter_stamped_itself_is_not_believed(offset: int) -> None:
    stamped = NOON + timedelta(seconds=offset)
    assert live(realtime_data_updated_at=stamped).occupancy.observed_at is None
    assert site(static_data_updated_at=stamped).updated_at is None


def test_a_free_spot_has_one_vacant_space() -> None:
    listing = spot(live(realtime_status="AVAILABLE"), type=Word.ON_STREET)
    assert (listing.kind, listing.capacity) == (PlaceKind.ON_STREET, 1)
    assert listing.occupancy == Occupancy(1, 1, OccupancyLevel.VACANT, NOON - timedelta(minutes=1))


@pytest.mark.parametrize(("status", "vacant"), [("TAKEN", 0), ("UNKNOWN", None), (None, None)])
def test_a_spot_that_is_not_free_is_taken_or_unknown(status: str | None, vacant: int | None) -> None:
    assert live(realtime_status=status).occupancy.vacant == vacant


def test_a_free_spot_of_the_disabled_is_free_for_them_only() -> None:
    listing = spot(live(realtime_status="AVAILABLE"), restricted_to=[restriction(Word.DISABLED)])
    assert listing.audiences == (AudienceCapacity(Audience.DISABLED, 1, 1),)
    assert (listing.capacity, listing.features) == (None, frozenset({Feature.ACCESSIBLE}))
    assert listing.occupancy == Occupancy(observed_at=NOON - timedelta(minutes=1))


def test_the_spots_of_konstanz_disabled_are_of_the_disabled() -> None:
    assert spot(source="konstanz_disabled").audiences == (AudienceCapacity(Audience.DISABLED, 1),)


def test_a_spot_without_a_name_is_called_by_its_address() -> None:
    assert spot(name=None, address="Am Tor 3, Ulm").name == "Am Tor 3, Ulm"


@pytest.mark.parametrize(
    "wrong",
    [{"uid": ""}, {"uid": 7}, {"name": None}, {"name": " \n"}, {"name": "x" * 2000}, {"lat": None}, {"lat": "48"}]
    + [{"lat": Decimal(value)} for value in ("NaN", "Infinity", "1e300", "0")],
)
def test_a_site_without_id_name_or_place_in_europe_is_rejected(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        site(**wrong)


@pytest.mark.parametrize("count", [-1, 10**7, True, 3.5, "12", Decimal("NaN"), None])
def test_what_is_no_number_of_spaces_is_unknown(count: object) -> None:
    assert site(capacity=count).capacity is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://", "https://[", "www.a.example", "https://a/\n"])
def test_an_address_that_is_none_is_left_out(address: str) -> None:
    assert site(public_url=address).url is None


def test_control_characters_and_line_breaks_are_blanks() -> None:
    assert site(name=" Am\x00 Tor\r\n2 ", fee_description="1 €\n/h").name == "Am Tor 2"


def test_fees_in_words_are_a_price_unless_the_stay_is_limited() -> None:
    assert site(fee_description="Mo-Sa 9-18h;\n1,00 €/h").rates is not None
    assert site(fee_description="Mo-Sa 9-18h; 1,00 €/h", max_stay=120).rates is None
    assert site(fee_description="Tageshöchstsatz: 24,00 €").rates is None
