import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from parkgraph.domain.geo import Area, Bounds
from parkgraph.domain.money import Money
from parkgraph.domain.place import Listing, ListingOffer
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Network, NetworkStatus
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.networks.searches import SearchAnswer, Searches, nothing
from parkgraph.sdk.batch import Batch
from parkgraph.sdk.faults import Denied, RateLimited, Unavailable
from tests.networks.scripted import AROUND, HANG, NOW, Clock, batch, feed, listing, script, search

STAY = Stay(NOW, NOW + timedelta(hours=2))
ELSEWHERE = Bounds(-10, -10, -9, -9)


class Asked:
    """Searches over these networks, and what they tell of what they saw."""

    def __init__(self, *networks: Network) -> None:
        self.clock = Clock()
        self.saw: list[tuple[str, Batch[Listing]]] = []
        self.news_take: asyncio.Event | None = None
        gateways = {network.id: Gateway(network.id) for network in networks}
        self._searches = Searches(networks, gateways, self._seen, self.clock)

    async def search(
        self,
        stay: Stay | None = STAY,
        deadline: float = 5,
        *,
        area: Area = AROUND,
        vehicle: Vehicle = Vehicle(),  # noqa: B008  (frozen)
        meanwhile: Callable[[], object] = nothing,
    ) -> dict[str, SearchAnswer]:
        answers = await self._searches.search(area, stay, vehicle, deadline, meanwhile)
        return {answer.network.id: answer for answer in answers}

    def _seen(self, network: Network, found: Batch[Listing]) -> asyncio.Task[None] | None:
        self.saw.append((network.id, found))
        return asyncio.create_task(self._told(self.news_take)) if self.news_take else None

    @staticmethod
    async def _told(taken: asyncio.Event) -> None:
        await taken.wait()


async def test_a_network_that_answers_is_fresh() -> None:
    network = search("city", batch("a", "b", as_of=NOW))
    answer = (await Asked(network).search())["city"]
    assert answer.batch == batch("a", "b", as_of=NOW)
    assert (answer.report.status, answer.report.listings, answer.report.as_of) == (SourceStatus.FRESH, 2, NOW)
    assert answer.report.code is None
    assert network.status is NetworkStatus.UP


async def test_ready_offers_reach_the_caller() -> None:
    offers = (ListingOffer("1", OfferStatus.PRICED, Money(Decimal(5), "EUR")),)
    answer = (await Asked(search("city", batch(listing("a", offers=offers)))).search())["city"]
    assert answer.batch is not None
    assert answer.batch.items[0].offers == offers


async def test_an_incomplete_answer_says_so() -> None:
    answer = (await Asked(search("city", batch("a", complete=False))).search())["city"]
    assert (answer.report.status, answer.report.code) == (SourceStatus.FRESH, Code.INCOMPLETE)


async def test_one_network_that_hangs_takes_none_of_the_others_along() -> None:
    hanging = search("hanging", HANG)
    others = [search(f"city{number}", batch("a")) for number in range(9)]
    answers = await Asked(hanging, *others).search(deadline=0.1)
    assert answers.pop("hanging").report.status is SourceStatus.TIMED_OUT
    assert {answer.report.status for answer in answers.values()} == {SourceStatus.FRESH}
    assert hanging.code is Code.TIMED_OUT


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Unavailable("away"), SourceStatus.FAILED, Code.UNAVAILABLE),
        (RateLimited("slowly"), SourceStatus.RATE_LIMITED, Code.RATE_LIMITED),
        (Denied("no"), SourceStatus.FAILED, Code.DENIED),
        (ZeroDivisionError(), SourceStatus.FAILED, Code.UNEXPECTED),
    ],
)
async def test_a_network_that_fails_is_reported(fault: Exception, status: SourceStatus, code: Code) -> None:
    network = search("city", fault)
    answer = (await Asked(network).search())["city"]
    assert answer.batch is None
    assert (answer.report.status, answer.report.code, answer.report.listings) == (status, code, 0)
    assert network.status is NetworkStatus.DOWN


async def test_what_is_no_batch_is_the_adapters_bug() -> None:
    assert (await Asked(search("city", ["a"])).search())["city"].report.code is Code.UNEXPECTED


async def test_a_network_that_does_not_cover_the_area_is_not_called() -> None:
    network = search("city", batch("a"), coverage=(ELSEWHERE,))
    answer = (await Asked(network).search())["city"]
    assert (answer.batch, answer.report.status) == (None, SourceStatus.NOT_COVERED)
    assert script(network).calls == 0


async def test_a_network_that_needs_a_stay_is_not_called_without_one() -> None:
    network = search("city", batch("a"), needs_stay=True)
    asked = Asked(network)
    assert (await asked.search(stay=None))["city"].report.status is SourceStatus.NEEDS_STAY
    assert script(network).calls == 0
    assert (await asked.search())["city"].report.status is SourceStatus.FRESH


async def test_a_network_that_refused_the_credentials_is_not_called_again_for_minutes() -> None:
    network = search("city", Denied("no"))
    asked = Asked(network)
    await asked.search()
    report = (await asked.search())["city"].report
    assert (report.status, report.code) == (SourceStatus.FAILED, Code.DENIED)
    assert script(network).calls == 1
    script(network).next(batch("a"))
    asked.clock.pass_by(timedelta(minutes=5))
    assert (await asked.search())["city"].report.status is SourceStatus.FRESH


async def test_a_network_that_asked_for_patience_is_not_called_before_its_end() -> None:
    network = search("city", RateLimited("slowly", timedelta(seconds=30)), batch("a"))
    asked = Asked(network)
    await asked.search()
    assert (await asked.search())["city"].report.status is SourceStatus.RATE_LIMITED
    assert script(network).calls == 1
    asked.clock.pass_by(timedelta(seconds=30))
    assert (await asked.search())["city"].report.status is SourceStatus.FRESH


async def test_feed_networks_are_not_searched() -> None:
    assert await Asked(feed("city", batch("a"))).search() == {}


async def test_what_was_seen_is_told() -> None:
    asked = Asked(search("city", batch("a")), search("town", Unavailable("away")))
    await asked.search()
    assert asked.saw == [("city", batch("a"))]


async def test_news_are_awaited_before_the_answer() -> None:
    asked = Asked(search("city", batch("a")))
    asked.news_take = asyncio.Event()
    searching = asyncio.create_task(asked.search(deadline=60))
    await asyncio.wait({searching}, timeout=0.05)
    assert not searching.done()
    asked.news_take.set()
    assert (await searching)["city"].report.status is SourceStatus.FRESH


async def test_news_that_take_longer_than_the_deadline_are_not_awaited() -> None:
    asked = Asked(search("city", batch("a")))
    asked.news_take = asyncio.Event()
    answer = (await asked.search(deadline=0.05))["city"]
    assert answer.report.status is SourceStatus.FRESH
    asked.news_take.set()


async def test_a_cancelled_search_counts_as_no_attempt() -> None:
    network = search("city", HANG)
    searching = asyncio.create_task(Asked(network).search())
    await asyncio.sleep(0.01)
    searching.cancel()
    await asyncio.gather(searching, return_exceptions=True)
    assert (network.status, network.code) == (NetworkStatus.STARTING, None)


async def test_the_same_search_is_answered_from_memory_and_says_so() -> None:
    network = search("city", batch("a", as_of=NOW))
    asked = Asked(network)
    await asked.search()
    asked.clock.pass_by(timedelta(seconds=59))
    answer = (await asked.search())["city"]
    assert answer.batch == batch("a", as_of=NOW)
    assert (answer.report.status, answer.report.as_of, answer.report.fetched_at) == (SourceStatus.CACHED, NOW, NOW)
    assert (answer.report.listings, script(network).calls) == (1, 1)


async def test_what_can_be_done_meanwhile_is_done_once_all_are_asked() -> None:
    networks, calls = [search("one", batch("a")), search("other", HANG)], list[list[int]]()
    await Asked(*networks).search(
        deadline=0.05, meanwhile=lambda: calls.append([script(network).calls for network in networks])
    )
    assert calls == [[1, 1]]


async def test_where_nobody_is_waited_for_there_is_no_meanwhile() -> None:
    asked, calls = Asked(search("city", batch("a"))), list[None]()
    await asked.search()
    await asked.search(meanwhile=lambda: calls.append(None))
    assert calls == []


async def test_any_other_stay_vehicle_or_area_is_another_search() -> None:
    network = search("city", batch("a"))
    asked = Asked(network)
    await asked.search()
    await asked.search(stay=None)
    await asked.search(vehicle=Vehicle(height_cm=200))
    await asked.search(area=Bounds(48, 9, 49, 10))
    assert script(network).calls == 4


async def test_an_incomplete_answer_is_asked_for_again() -> None:
    asked = Asked(search("city", batch("a", complete=False), batch("a", "b")))
    await asked.search()
    assert (await asked.search())["city"].batch == batch("a", "b")


async def test_five_hundred_equal_searches_are_one_call_and_seen_once() -> None:
    network = search("city", batch("a"))
    asked = Asked(network)
    answers = await asyncio.gather(*(asked.search() for _ in range(500)))
    assert {answer["city"].report.status for answer in answers} == {SourceStatus.FRESH}
    assert (script(network).calls, len(asked.saw)) == (1, 1)


@pytest.mark.parametrize("offers", ["cheap", ("cheap",), [ListingOffer("1", OfferStatus.FREE)]])
async def test_offers_that_are_none_are_the_adapters_bug(offers: object) -> None:
    answer = (await Asked(search("city", batch(listing("a", offers=offers)))).search())["city"]
    assert answer.report.code is Code.UNEXPECTED


async def test_a_network_that_always_fails_costs_five_calls_and_says_so() -> None:
    network = search("city", Unavailable("away"))
    asked = Asked(network)
    reports = [(await asked.search())["city"].report for _ in range(8)]
    assert [report.status for report in reports] == [SourceStatus.FAILED] * 5 + [SourceStatus.CIRCUIT_OPEN] * 3
    assert script(network).calls == 5
