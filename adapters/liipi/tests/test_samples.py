"""The samples, read as the demo reads them."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, PlaceKind
from parkgraph_liipi import Adapter

Total = Callable[..., Decimal | None]
HELSINKI = ZoneInfo("Europe/Helsinki")


async def test_a_listing_says_what_the_network_says_and_nothing_more(samples: dict[str, Listing]) -> None:
    kalasatama = samples["1037"]
    assert kalasatama.name == "Kalasatama (Kauppakeskus REDI)"
    assert kalasatama.kind is PlaceKind.PARK_AND_RIDE
    assert kalasatama.location.distance_m(Coordinates(60.1871, 24.9792)) < 1
    assert kalasatama.capacity == 300
    assert kalasatama.audiences == (
        AudienceCapacity(Audience.DISABLED, 30),
        AudienceCapacity(Audience.ELECTRIC, 200),
    )
    assert kalasatama.opening_hours == "Mo-Fr 06:00-17:30; PH unknown"
    assert kalasatama.features == {
        Feature.ACCESSIBLE,
        Feature.CARD_PAYMENT,
        Feature.CASH_PAYMENT,
        Feature.COVERED,
        Feature.LIT,
    }
    assert kalasatama.occupancy is None
    assert kalasatama.updated_at is None


async def test_anyone_pays_the_commercial_price_where_park_and_ride_needs_a_ticket(
    samples: dict[str, Listing], total: Total
) -> None:
    tapiola = samples["990"].rates
    assert total(tapiola, minutes=5) == Decimal("2.00")
    assert total(tapiola, hours=1) == Decimal("2.00")
    assert total(tapiola, minutes=61) == Decimal("3.00")
    assert total(tapiola, hours=10) == Decimal("20.00")


@pytest.mark.parametrize(
    ("facility", "hours", "amount"),
    [
        ("444", 12, "0.00"),
        ("444", 13, None),
        ("1091", 12, "1.00"),
        ("1091", 13, None),
        ("1133", 16, "5.00"),
        ("1133", 17, "10.00"),
        ("1133", 48, "20.00"),
        ("1133", 49, None),
        ("1037", 1, None),
        ("1233", 1, None),
    ],
)
async def test_a_price_is_known_as_far_as_the_network_says_it(
    samples: dict[str, Listing], total: Total, facility: str, hours: int, amount: str | None
) -> None:
    assert total(samples[facility].rates, hours=hours) == (Decimal(amount) if amount else None)


async def test_the_networks_own_words_stand_beside_a_price_that_is_not_known(samples: dict[str, Listing]) -> None:
    assert samples["1037"].tariff_text == "paid 10h: 2; with HSL TICKET; Sähköauton pysäköinti 2 € + 0,15€ / kWh"
    assert samples["1233"].tariff_text == "paid 12h: 2; Vain kertamaksu. 2 € / 12 h + palvelumaksu."


async def test_a_facility_that_is_closed_for_a_while_is_closed_at_all_hours(samples: dict[str, Listing]) -> None:
    assert samples["708"].occupancy == Occupancy(level=OccupancyLevel.CLOSED)
    assert samples["708"].opening_hours == "off"


async def test_counts_are_of_one_population_and_of_the_time_that_the_network_names(adapter: Adapter) -> None:
    batch = await adapter.occupancies()
    assert batch.rejected == ()
    updates = {update.local_id: update for update in batch.items}
    assert updates["1037"].occupancy == Occupancy(
        112, 300, OccupancyLevel.VACANT, datetime(2026, 11, 20, 8, 41, 5, tzinfo=HELSINKI)
    )
    assert updates["1037"].audiences == (
        AudienceCapacity(Audience.DISABLED, 30, 28),
        AudienceCapacity(Audience.ELECTRIC, 200, 171),
    )
    assert updates["1233"].occupancy.level is OccupancyLevel.FULL
    assert updates["1091"].occupancy.level is OccupancyLevel.CLOSED
