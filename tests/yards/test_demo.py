"""What the demo's yard promises."""

from datetime import datetime
from decimal import Decimal

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import OfferStatus, price
from parkgraph.domain.stay import Stay
from parkgraph.graph.hours import parse_hours
from parkgraph.networks import registry
from parkgraph.networks.trial import try_network
from parkgraph.settings import load
from parkgraph.yards import demo
from parkgraph.yards.demo import YARD
from parkgraph.yards.repository import YardRepository

STATION = Coordinates(48.7838, 9.1829)
STAY = Stay(datetime.fromisoformat("2026-11-24T09:00:00+01:00"), datetime.fromisoformat("2026-11-24T12:30:00+01:00"))


async def test_it_is_there_once_however_often_the_demo_starts(database: Database) -> None:
    await demo.seed(database)
    await demo.seed(database)
    (found,) = await YardRepository(database).list_published()
    assert found.read().id == YARD.id


def test_it_says_that_it_is_a_demo() -> None:
    assert "demo" in YARD.name
    assert YARD.description is not None
    assert "invented" in YARD.description


async def test_it_is_near_the_station_and_apart_from_every_sample() -> None:
    assert YARD.location
    assert YARD.location.distance_m(STATION) < 1_500
    for network in registry.build_demo(load(None, {})):
        trial = await try_network(network, lambda _: None)
        assert trial.listings
        assert all(YARD.location.distance_m(listing.location) > 150 for listing in trial.listings)


def test_it_is_open_for_the_example_and_closed_at_night() -> None:
    assert YARD.opening_hours
    assert YARD.location
    hours = parse_hours(YARD.opening_hours, YARD.location, YARD.timezone)
    assert hours is not None
    assert [hours.is_open(at) for at in (STAY.arrive, STAY.leave)] == [True, True]
    assert hours.is_open(datetime.fromisoformat("2026-11-24T23:00:00+01:00")) is False


def test_four_started_hours_cost_four_times_the_hour_and_a_day_its_cap() -> None:
    assert price(YARD.rates, STAY, YARD.timezone).total == Money(Decimal("4.80"), "EUR")
    day = Stay(STAY.arrive, datetime.fromisoformat("2026-11-25T09:00:00+01:00"))
    quote = price(YARD.rates, day, YARD.timezone)
    assert (quote.status, quote.total) == (OfferStatus.PRICED, Money(Decimal("9.60"), "EUR"))
