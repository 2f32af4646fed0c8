"""The price of one stay at one facility, from networks that say it on request."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from parkgraph.domain.money import Money
from parkgraph.domain.place import ListingKey, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Network, NetworkStatus
from parkgraph.networks.quotes import QuoteAnswer, Quotes
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.sdk.faults import Malformed
from tests.networks.scripted import NOW, Clock, batch, feed, quote_script, search

STAY = Stay(NOW, NOW + timedelta(hours=2))
OFFERS = (ListingOffer("1", OfferStatus.PRICED, Money(Decimal(5), "EUR")),)


def quotes(*networks: Network) -> Quotes:
    return Quotes(networks, {network.id: Gateway(network.id) for network in networks}, Clock())


async def quote(asked: Quotes, local_id: str = "a", stay: Stay = STAY) -> QuoteAnswer:
    return await asked.quote(ListingKey("city", local_id), stay, Vehicle(), 5)


async def test_a_network_says_its_price() -> None:
    network = search("city", batch(), quotes=[OFFERS])
    answer = await quote(quotes(network))
    assert (answer.offers, answer.report.status) == (OFFERS, SourceStatus.FRESH)
    assert network.status is NetworkStatus.UP


async def test_only_networks_that_declare_it_are_asked() -> None:
    asked = quotes(search("city", batch()), feed("town", batch()), search("app", batch(), quotes=[OFFERS]))
    assert [asked.quotes(network_id) for network_id in ("city", "town", "app", "elsewhere")] == [False] * 2 + [
        True,
        False,
    ]
    with pytest.raises(KeyError):
        await quote(asked)


async def test_the_same_quote_is_asked_once() -> None:
    network = search("city", batch(), quotes=[OFFERS])
    asked = quotes(network)
    for _ in range(3):
        await quote(asked)
    await quote(asked, "b")
    await quote(asked, stay=Stay(NOW, NOW + timedelta(hours=3)))
    assert quote_script(network).calls == 3


async def test_a_network_that_fails_is_reported() -> None:
    network = search("city", batch(), quotes=[Malformed("what")])
    answer = await quote(quotes(network))
    assert (answer.offers, answer.report.status, answer.report.code) == (None, SourceStatus.FAILED, Code.MALFORMED)
    assert network.code is Code.MALFORMED


@pytest.mark.parametrize(
    "nonsense",
    [None, list(OFFERS), ("cheap",), (ListingOffer("1", OfferStatus.FREE, valid_until=datetime(2030, 1, 1)),)],  # noqa: DTZ001
)
async def test_what_is_no_offer_is_the_adapters_bug(nonsense: object) -> None:
    answer = await quote(quotes(search("city", batch(), quotes=[nonsense])))
    assert (answer.offers, answer.report.code) == (None, Code.UNEXPECTED)
