"""The price of one stay at one listing: as the search said that showed it, and asked anew where it says nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingKey, ListingOffer
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.listing_offers import ListingOffers, Ready, cell_of
from parkgraph.networks.network import Network
from parkgraph.networks.quotes import Quotes
from parkgraph.networks.searches import Searches
from parkgraph.sdk.faults import Unavailable
from tests.networks.scripted import AROUND, NOW, STUTTGART, Clock, batch, feed, listing, quote_script, script, search

STAY = Stay(NOW, NOW + timedelta(hours=2))
LONGER = Stay(NOW, NOW + timedelta(hours=3))
MINUTE = timedelta(minutes=1)
ASK = ListingOffer("ask", OfferStatus.NOT_COMPUTABLE, reason=OfferReason.NO_STRUCTURE)


def priced(euros: int, **more: object) -> ListingOffer:
    return ListingOffer("1", OfferStatus.PRICED, Money(Decimal(euros), "EUR"), **more)  # type: ignore[arg-type]


class Asked:
    """One network, searched and asked for its offers."""

    def __init__(self, network: Network) -> None:
        self.clock = Clock()
        gateways = {network.id: Gateway(network.id)}
        self.searches = Searches([network], gateways, lambda *_: None, self.clock)
        self._offers = ListingOffers(self.searches, Quotes([network], gateways, self.clock))

    async def search(self, stay: Stay | None = STAY) -> None:
        await self.searches.search(AROUND, stay, Vehicle(), 5)

    async def offers(self, local_id: str = "a", stay: Stay = STAY, vehicle: Vehicle | None = None) -> Ready | None:
        return await self._offers.of(ListingKey("city", local_id), STUTTGART, stay, vehicle or Vehicle(), 5)


def selling(*euros: int, **more: object) -> Network:
    """One price after the other."""
    return search("city", *(batch(listing("a", offers=(priced(amount, **more),)), "b") for amount in euros))


async def test_a_listing_costs_what_the_search_said_that_showed_it() -> None:
    network = selling(5, 6)
    asked = Asked(network)
    await asked.search()
    assert await asked.offers() == (priced(5),)
    assert script(network).calls == 1


async def test_what_a_search_showed_without_a_price_is_not_asked_again() -> None:
    network = selling(5)
    asked = Asked(network)
    await asked.search()
    assert await asked.offers("b") == ()
    assert script(network).calls == 1


async def test_once_that_is_over_the_network_is_asked_and_what_it_says_holds() -> None:
    network = selling(5, 6)
    asked = Asked(network)
    await asked.search()
    asked.clock.pass_by(MINUTE)
    assert [await asked.offers() for _ in range(3)] == [(priced(6),)] * 3
    assert script(network).calls == 2


async def test_an_offer_s_own_end_counts_instead() -> None:
    network = selling(5, 6, valid_until=NOW + 10 * MINUTE)
    asked = Asked(network)
    await asked.search()
    asked.clock.pass_by(9 * MINUTE)
    assert await asked.offers() == (priced(5, valid_until=NOW + 10 * MINUTE),)


async def test_another_stay_or_vehicle_is_another_question() -> None:
    network = selling(5, 6, 7)
    asked = Asked(network)
    await asked.search()
    await asked.search(stay=None)
    assert await asked.offers(stay=LONGER) != (priced(5),)
    assert await asked.offers(vehicle=Vehicle(height_cm=200)) != (priced(5),)


async def test_neighbours_share_one_call() -> None:
    network = selling(5)
    asked = Asked(network)
    assert (await asked.offers("a"), await asked.offers("b")) == ((priced(5),), ())
    assert script(network).calls == 1


async def test_a_network_that_quotes_is_asked_for_what_came_without_a_price() -> None:
    for came_with in ((), (ASK,)):
        network = search("city", batch(listing("a", offers=came_with)), quotes=[(priced(9),)])
        asked = Asked(network)
        await asked.search()
        assert await asked.offers() == (priced(9),)
        assert (script(network).calls, quote_script(network).calls) == (1, 1)


async def test_a_network_that_quotes_is_not_asked_for_what_came_with_a_price() -> None:
    network = search("city", batch(listing("a", offers=(priced(5),))), quotes=[(priced(9),)])
    asked = Asked(network)
    await asked.search()
    assert await asked.offers() == (priced(5),)
    assert quote_script(network).calls == 0


@pytest.mark.parametrize("network", [search("city", Unavailable("away")), search("city", batch("b"))])
async def test_a_network_that_does_not_know_says_nothing(network: Network) -> None:
    assert await Asked(network).offers() is None


async def test_feeds_are_not_asked() -> None:
    with pytest.raises(KeyError):
        await Asked(feed("city", batch())).offers()


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_position_lies_in_its_cell(latitude: float, longitude: float) -> None:
    at = Coordinates(latitude, longitude)
    cell = cell_of(at)
    assert cell.contains(at)
    assert cell.north - cell.south < 0.0101
    assert cell_of(cell.centre) == cell or abs(latitude) > 89.98 or abs(longitude) > 179.98
