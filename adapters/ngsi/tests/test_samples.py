"""The samples, read as the demo reads them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind

OBSERVED = datetime(2026, 11, 20, 8, 25, tzinfo=UTC)


async def test_a_listing_says_what_the_network_says_and_nothing_more(samples: dict[str, Listing]) -> None:
    bismarckplatz = samples["P00"]
    assert bismarckplatz.name == "P0 Am Bismarckplatz"
    assert bismarckplatz.local_id == "urn:ngsiv2:OffStreetParking:P00"
    assert bismarckplatz.location == Coordinates(49.40967, 8.69191)
    assert bismarckplatz.address == "Schneidmühlstraße 5, 69115 Heidelberg"
    assert bismarckplatz.operator == "Park-One GmbH"
    assert bismarckplatz.url == "https://www.park-one.com/standorte/heidelberg/"
    assert bismarckplatz.max_height_cm == 180
    assert bismarckplatz.updated_at is None


async def test_counts_are_of_one_population_and_of_the_time_that_the_network_names(samples: dict[str, Listing]) -> None:
    assert samples["P00"].occupancy == Occupancy(12, 39, OccupancyLevel.VACANT, OBSERVED)
    assert samples["P05"].occupancy == Occupancy(0, 129, OccupancyLevel.FULL, OBSERVED)


async def test_vacant_is_what_is_not_occupied_where_only_that_is_counted(samples: dict[str, Listing]) -> None:
    assert samples["P19"].occupancy == Occupancy(309, 353, OccupancyLevel.VACANT, OBSERVED)


async def test_what_a_counter_out_of_order_counts_is_unknown(samples: dict[str, Listing]) -> None:
    assert samples["P03"].occupancy is None
    assert samples["P03"].capacity == 140


async def test_spaces_for_some_are_audiences(samples: dict[str, Listing]) -> None:
    assert samples["P07"].audiences == (
        AudienceCapacity(Audience.DISABLED, 3),
        AudienceCapacity(Audience.WOMEN, 4),
        AudienceCapacity(Audience.FAMILY, 6),
    )


@pytest.mark.parametrize(
    ("garage", "kind"),
    [("P00", PlaceKind.UNDERGROUND), ("P12", PlaceKind.GARAGE), ("P26", PlaceKind.PARK_AND_RIDE)],
)
async def test_a_garage_with_no_floor_above_ground_is_underground(
    samples: dict[str, Listing], garage: str, kind: PlaceKind
) -> None:
    assert samples[garage].kind is kind


async def test_equipment_and_means_of_payment_are_features(samples: dict[str, Listing]) -> None:
    assert samples["P10"].features == {
        Feature.ACCESSIBLE,
        Feature.CARD_PAYMENT,
        Feature.CASH_PAYMENT,
        Feature.COVERED,
        Feature.ELEVATOR,
        Feature.EV_CHARGING,
        Feature.GUARDED,
        Feature.TOILETS,
    }


async def test_hours_of_opening_and_closing_are_those_of_every_day(samples: dict[str, Listing]) -> None:
    assert samples["P14"].opening_hours == "Mo-Su 06:00-22:45"
    assert samples["P01"].opening_hours == "24/7"


async def test_a_car_park_without_prices_is_not_free(samples: dict[str, Listing]) -> None:
    assert samples["P26"].rates is None
    assert samples["P26"].tariff_text is None


async def test_prices_are_exact(samples: dict[str, Listing]) -> None:
    rates = samples["P00"].rates
    assert rates is not None
    assert rates.collections[0].lines[0].value == Decimal("2.3")


async def test_the_prices_in_words_leave_nothing_out(samples: dict[str, Listing]) -> None:
    assert samples["P10"].tariff_text is not None
    assert samples["P10"].tariff_text.startswith("Day 08:00-20:00: EUR up to 20 min 0.50, up to 40 min 1.50, up to 1 h")
    assert samples["P10"].tariff_text.endswith(
        "Night 20:00-08:00: EUR up to 1 h 0.50, up to 2 h 1.00, up to 3 h 1.50, up to 4 h 2.00; "
        "the last price is the most for 24 h; 10 min of grace when leaving"
    )
