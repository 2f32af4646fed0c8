"""A facility of the document as a listing, field by field."""

from decimal import Decimal
from typing import Any

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph_bahn.facility import to_listing


def test_the_samples_are_the_lbbw_garage_and_its_neighbours(samples: dict[str, Listing]) -> None:
    assert 10 <= len(samples) <= 20
    lbbw = samples["100275"]
    assert lbbw.name == "Stuttgart Hbf Tiefgarage LBBW"
    assert lbbw.location == Coordinates(48.786446, 9.18133)
    assert lbbw.kind is PlaceKind.UNDERGROUND
    assert lbbw.address == "Am Hauptbahnhof 2, 70173 Stuttgart"
    assert lbbw.operator == "Contipark Parkgaragengesellschaft mbH"
    assert lbbw.capacity == 1287
    assert lbbw.audiences == (AudienceCapacity(Audience.DISABLED, 41),)
    assert lbbw.opening_hours == "24/7"
    assert lbbw.max_height_cm == 200
    assert lbbw.features == {Feature.COVERED, Feature.CASH_PAYMENT, Feature.CARD_PAYMENT}
    assert lbbw.occupancy is None
    assert lbbw.updated_at is None


def test_the_tariff_is_told_in_one_readable_line(samples: dict[str, Listing]) -> None:
    assert samples["100275"].tariff_text == (
        "30 Minuten 2,00 €; 1 Stunde 3,50 €; 1 Tag 25,00 €; 1 Tag mit Pcard 22,00 €; "
        "1 Monat im Dauervertrag 170,00 €; 1 Monat mit reserviertem Stellplatz 230,00 €; "
        "Freie Parkzeit 15 Min.; Stundentakt ab der 2. Parkstunde. Stellplätze online buchbar!"
    )


def test_the_display_name_wins_because_it_says_the_town(samples: dict[str, Listing]) -> None:
    assert samples["100031"].name == "Bahnhof Bietigheim-Bissingen Parkhaus Süd"


def test_no_place_shares_an_external_id_with_its_neighbours_at_the_station(samples: dict[str, Listing]) -> None:
    assert all(not listing.external_ids for listing in samples.values())


def test_a_facility_out_of_service_is_closed_and_sells_nothing(samples: dict[str, Listing]) -> None:
    heidelberg = samples["100132"]
    assert heidelberg.occupancy is not None
    assert heidelberg.occupancy.level is OccupancyLevel.CLOSED
    assert heidelberg.occupancy.vacant is None
    assert heidelberg.opening_hours is None
    assert heidelberg.rates is None
    assert heidelberg.tariff_text is None


def test_hours_of_entry_alone_are_no_opening_hours(samples: dict[str, Listing]) -> None:
    assert samples["100279"].opening_hours is None  # "05:00 - 24:00 Uhr, Ausfahrt … jederzeit möglich"


def test_open_all_day_with_another_text_is_unknown(row: dict[str, Any]) -> None:
    row["access"]["openingHours"] = {"is24h": True, "text": "sonntags geschlossen"}
    assert to_listing(row).opening_hours is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Parkplatz", PlaceKind.SURFACE),
        ("Parkhaus", PlaceKind.GARAGE),
        ("Parkdeck", PlaceKind.GARAGE),
        ("Tiefgarage", PlaceKind.UNDERGROUND),
        ("Straße", PlaceKind.ON_STREET),
        ("Luftschiffhafen", PlaceKind.UNKNOWN),
    ],
)
def test_the_kind_comes_from_the_type(row: dict[str, Any], name: str, kind: PlaceKind) -> None:
    row["type"] = {"name": name}
    assert to_listing(row).kind is kind


@pytest.mark.parametrize(
    ("height", "centimetres"),
    [
        ("200", 200),
        ("229.99999999999997", 230),
        (None, None),
        ("", None),
        ("0", None),
        ("-200", None),
        ("NaN", None),
        ("1e9", None),
        ("99999", None),
        ("zwei Meter", None),
    ],
)
def test_a_height_is_whole_centimetres_or_unknown(
    row: dict[str, Any], height: str | None, centimetres: int | None
) -> None:
    row["access"]["restrictions"] = {"clearance": {"height": height}}
    assert to_listing(row).max_height_cm == centimetres


@pytest.mark.parametrize(
    ("total", "capacity"),
    [("0", 0), ("55", 55), ("", None), (None, None), ("-1", None), ("viele", None), ("9" * 7, None)],
)
def test_a_capacity_is_a_count_or_unknown(row: dict[str, Any], total: str | None, capacity: int | None) -> None:
    row["capacity"] = [{"type": "PARKING", "total": total}]
    assert to_listing(row).capacity == capacity


def test_an_absent_capacity_is_unknown(row: dict[str, Any]) -> None:
    del row["capacity"]
    assert (to_listing(row).capacity, to_listing(row).audiences) == (None, ())


def test_no_spaces_for_the_disabled_is_a_true_zero(samples: dict[str, Listing]) -> None:
    assert samples["100001"].audiences == (AudienceCapacity(Audience.DISABLED, 0),)


def test_bicycle_boxes_and_charging_are_features(samples: dict[str, Listing]) -> None:
    assert {Feature.BIKE_PARKING, Feature.EV_CHARGING, Feature.MOBILE_PAYMENT} <= samples["100242"].features


def test_an_address_that_is_no_web_address_is_left_out(row: dict[str, Any]) -> None:
    row["url"] = "javascript:alert(1)"
    assert to_listing(row).url is None


def test_control_characters_and_line_breaks_are_blanks(row: dict[str, Any]) -> None:
    row["name"] = [{"name": " Parkplatz\n\x00Aalen ", "context": "DISPLAY"}]
    assert to_listing(row).name == "Parkplatz Aalen"


def test_only_the_id_a_name_and_the_position_are_required() -> None:
    listing = to_listing(
        {
            "id": "1",
            "name": [{"name": "P1", "context": "NAME"}],
            "address": {"location": {"latitude": Decimal("48.7"), "longitude": Decimal("9.1")}},
        }
    )
    assert listing == Listing("1", "P1", Coordinates(48.7, 9.1))
