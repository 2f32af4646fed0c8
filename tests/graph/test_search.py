"""Searches over scripted networks, through the real rooms below: refresh, snapshots, matching, merging."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import ref
from zoneinfo import ZoneInfo

import pytest

from parkgraph.db.engine import Database
from parkgraph.domain.geo import Bounds, Circle
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import Feature, Listing, ListingOffer, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.cursors import CursorError
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.offers import ExclusionCode
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.question import PlaceFilter, PlaceSort, Question
from parkgraph.graph.search import Answer, Search
from parkgraph.networks.network import Network
from parkgraph.networks.reports import SourceStatus
from parkgraph.networks.service import Networks
from parkgraph.sdk.faults import Unavailable
from tests.graph.listings import STATION, listing
from tests.networks.scripted import HANG, batch, eventually, eventually_async, feed, quote_script, script, search

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STAY = Stay(NOW, NOW + timedelta(hours=3))
AROUND = Circle(STATION, 2_000)


def at(price: str, currency: str = "EUR", longest: timedelta | None = None) -> RateTable:
    """So much for each started hour."""
    line = RateLine(RateLineKind.INCREMENTING, Decimal(price), timedelta(hours=1))
    return RateTable(currency, (RateLineCollection((line,), max_time=longest),))


class Asking:
    def __init__(self, graph: PlaceGraph, search: Search) -> None:
        self.graph = graph
        self.search = search

    async def __call__(self, first: int = 20, after: str | None = None, **question: Any) -> Answer:
        asked: dict[str, Any] = {"area": AROUND} | question
        return await self.search.find(Question(**asked), first, after)


Ask = Callable[..., AbstractAsyncContextManager[Asking]]


@pytest.fixture
def asking(database: Database) -> Ask:
    @asynccontextmanager
    async def over(
        *networks: Network,
        exchange: Exchange = Exchange(),  # noqa: B008
        deadline_s: float = 10,
    ) -> AsyncIterator[Asking]:
        service = Networks(networks, database)
        graph = PlaceGraph(service, PlaceIds(database), MatchPins(database))
        await service.start()
        try:
            await service.first_attempts(5)
            yield Asking(graph, Search(graph, service, deadline_s, lambda: NOW, lambda: exchange))
        finally:
            await service.stop()

    return over


def one(answer: Answer) -> Any:
    (hit,) = answer.hits
    return hit


def names(answer: Answer) -> list[str]:
    return [hit.place.name for hit in answer.hits]


async def found_again(ask: Asking, **asked: Any) -> tuple[Answer, Answer]:
    """The answer that was kept, and the one of the same page: once the networks have told all that they have."""
    answers = [await ask(**asked)]

    async def is_found_again() -> bool:
        answers.append(await ask(**asked))
        return answers[-1].was_found_again

    await eventually_async(is_found_again, "the page is found again")
    return answers[-2], answers[-1]


def row(*listings: Listing) -> Network:
    return feed("city", batch(*listings))


NEAR = listing("near", name="Near", north_m=100, capacity=10, rates=at("3"), kind=PlaceKind.GARAGE)
MIDDLE = listing("middle", name="Middle", north_m=500, rates=at("1"), features=frozenset({Feature.COVERED}))
FAR = listing("far", name="Far", north_m=900, rates=at("2"), occupancy=Occupancy(4, 9, observed_at=NOW))


async def test_places_come_by_distance(asking: Ask) -> None:
    async with asking(row(FAR, NEAR, MIDDLE)) as ask:
        answer = await ask()
        assert names(answer) == ["Near", "Middle", "Far"]
        assert [hit.distance_m for hit in answer.hits] == [100, 500, 900]
        assert answer.total == 3


async def test_nothing_that_is_kept_of_answers_keeps_what_a_refresh_replaced(asking: Ask) -> None:
    async with asking(row(FAR, NEAR, MIDDLE)) as ask:
        await found_again(ask)
        before = ref(ask.graph.view)
        await ask.graph.update()
        await eventually(lambda: before() is None, "the view before is gone")


async def test_a_page_is_found_again_without_waiting_as_it_was_found(asking: Ask) -> None:
    asked, since = Question(AROUND, STAY), 100.0
    async with asking(row(FAR, NEAR, MIDDLE), deadline_s=10) as ask:
        await found_again(ask, stay=STAY)  # whose page is another one
        assert ask.search.find_again(asked, 2, None, since) is None
        _, found = [await ask.search.find(asked, 2, None) for _ in range(2)]
        again = ask.search.find_again(asked, 2, None, since)
        assert again
        assert (again.page, again.was_found_again, again.ends) == (found.page, True, since + 10)
        assert again.sources == found.sources
        assert ask.search.find_again(asked, 3, None, since) is None
        await ask.graph.update()
        assert ask.search.find_again(asked, 2, None, since) is None


async def test_no_page_is_found_again_where_networks_have_to_be_asked(asking: Ask) -> None:
    async with asking(row(NEAR), search("app", batch(), batch())) as ask:
        for _ in range(2):
            await ask(stay=STAY)
        assert ask.search.find_again(Question(AROUND, STAY), 20, None, 100.0) is None


async def test_places_come_by_price_of_the_stay(asking: Ask) -> None:
    unpriced = listing("unpriced", name="Unpriced", north_m=10)
    async with asking(row(FAR, NEAR, MIDDLE, unpriced)) as ask:
        assert names(await ask(stay=STAY, sort=PlaceSort.PRICE)) == ["Middle", "Far", "Near", "Unpriced"]


async def test_a_price_without_an_exchange_rate_is_not_compared_but_comes_last_and_says_so(asking: Ask) -> None:
    francs = listing("francs", name="Francs", north_m=50, rates=at("0.5", "CHF"))
    async with asking(row(NEAR, MIDDLE, francs)) as ask:
        answer = await ask(stay=STAY, sort=PlaceSort.PRICE)
        assert names(answer) == ["Middle", "Near", "Francs"]
        (offer,) = answer.hits[-1].offers
        assert (offer.status, offer.reason) == (OfferStatus.PRICED, OfferReason.NO_EXCHANGE_RATE)
        assert offer.total == Money(Decimal("1.50"), "CHF")


async def test_prices_of_one_currency_need_no_exchange_rate(asking: Ask) -> None:
    francs = [listing(n, name=n, north_m=50 * int(n), rates=at(n, "CHF")) for n in ("2", "1")]
    async with asking(row(*francs)) as ask:
        answer = await ask(stay=STAY, sort=PlaceSort.PRICE)
        assert names(answer) == ["1", "2"]
        assert [hit.cheapest.reason for hit in answer.hits if hit.cheapest] == [None, None]


async def test_prices_are_compared_by_the_exchange_rate_and_shown_as_they_are(asking: Ask) -> None:
    francs = listing("francs", name="Francs", north_m=50, rates=at("1.5", "CHF"))
    async with asking(row(NEAR, MIDDLE, francs), exchange=Exchange("EUR", {"CHF": Decimal("0.9")})) as ask:
        answer = await ask(stay=STAY, sort=PlaceSort.PRICE)
        assert names(answer) == ["Middle", "Francs", "Near"]
        (offer,) = answer.hits[1].offers
        assert offer.total == Money(Decimal("4.50"), "CHF")
        assert offer.converted == Money(Decimal("5.00"), "EUR")


async def test_the_highest_price_may_be_in_another_currency(asking: Ask) -> None:
    async with asking(row(NEAR, MIDDLE), exchange=Exchange("EUR", {"CHF": Decimal("0.9")})) as ask:
        wanted = PlaceFilter(max_price=Money(Decimal("4.50"), "CHF"))
        assert names(await ask(stay=STAY, filter=wanted)) == ["Middle"]
    async with asking(row(NEAR, MIDDLE)) as ask:
        assert names(await ask(stay=STAY, filter=wanted)) == []


async def test_places_come_by_vacancy_and_unknown_comes_last(asking: Ask) -> None:
    empty = listing("empty", name="Empty", north_m=1_000, occupancy=Occupancy(90, 100, observed_at=NOW))
    async with asking(row(NEAR, FAR, empty)) as ask:
        assert names(await ask(sort=PlaceSort.VACANCY)) == ["Empty", "Far", "Near"]


async def test_offers_come_cheapest_first_and_those_without_a_price_last(asking: Ask) -> None:
    networks = [feed(n, batch(listing(n, rates=rates))) for n, rates in (("a", at("2")), ("b", None), ("c", at("1")))]
    async with asking(*networks) as ask:
        hit = one(await ask(stay=STAY))
        assert [(o.key.network, o.status) for o in hit.offers] == [
            ("c", OfferStatus.PRICED),
            ("a", OfferStatus.PRICED),
            ("b", OfferStatus.NOT_COMPUTABLE),
        ]
        assert hit.cheapest.total == Money(Decimal("3.00"), "EUR")


async def test_without_a_stay_there_are_no_offers(asking: Ask) -> None:
    async with asking(row(NEAR)) as ask:
        assert one(await ask()).offers == ()


@pytest.mark.parametrize("sort", PlaceSort)
async def test_pages_put_together_are_the_whole(asking: Ask, sort: PlaceSort) -> None:
    many = [listing(str(n), name=f"Garage {n}", north_m=n * 40, rates=at(str(n % 3 + 1))) for n in range(17)]
    async with asking(row(*many)) as ask:
        whole = names(await ask(stay=STAY, sort=sort))
        seen, after, more = [], None, True
        while more:
            page = await ask(first=5, after=after, stay=STAY, sort=sort)
            assert page.total == 17
            assert page.has_previous == (after is not None)
            seen += names(page)
            after, more = page.hits[-1].cursor, page.has_next
        assert seen == whole
        assert len(seen) == 17


async def test_a_cursor_of_another_query_is_refused(asking: Ask) -> None:
    async with asking(row(NEAR, FAR)) as ask:
        cursor = (await ask(first=1)).hits[0].cursor
        with pytest.raises(CursorError, match="another query"):
            await ask(after=cursor, stay=STAY)


async def test_a_box_has_no_distances_but_an_order(asking: Ask) -> None:
    box = Bounds(48.78, 9.17, 48.80, 9.19)
    async with asking(row(FAR, NEAR, listing("out", north_m=3_000))) as ask:
        answer = await ask(area=box)
        assert set(names(answer)) == {"Near", "Far"}
        assert {hit.distance_m for hit in answer.hits} == {None}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (PlaceFilter(networks=frozenset({"city"})), ["Near", "Middle", "Far"]),
        (PlaceFilter(networks=frozenset({"other"})), []),
        (PlaceFilter(kinds=frozenset({PlaceKind.GARAGE})), ["Near"]),
        (PlaceFilter(features=frozenset({Feature.COVERED})), ["Middle"]),
        (PlaceFilter(vacant=True), ["Far"]),
        (PlaceFilter(vacant=False), []),
        (PlaceFilter(bookable=True), []),
        (PlaceFilter(bookable=False), ["Near", "Middle", "Far"]),
        (PlaceFilter(max_price=Money(Decimal(6), "EUR")), ["Middle", "Far"]),
        (PlaceFilter(max_price=Money(Decimal(100), "CHF")), []),
    ],
)
async def test_every_part_of_the_filter_must_hold(asking: Ask, wanted: PlaceFilter, expected: list[str]) -> None:
    async with asking(row(NEAR, MIDDLE, FAR)) as ask:
        assert names(await ask(stay=STAY, filter=wanted)) == expected


NIGHT = listing("night", name="Night", opening_hours="Mo-Su 20:00-06:00")
UNTIL_TEN = listing("ten", name="Until ten", opening_hours="Mo-Fr 07:00-10:00")
UNTIL_NOON = listing("noon", name="Until noon", opening_hours="Mo-Fr 07:00-12:00")
ALWAYS = listing("always", name="Always", opening_hours="24/7")
LOW = listing("low", name="Low", max_height_cm=190)
FULL = listing("full", name="Full", occupancy=Occupancy(0, 9, OccupancyLevel.FULL, NOW))
LONG_FULL = listing("old", name="Old", occupancy=Occupancy(0, 9, OccupancyLevel.FULL, NOW - timedelta(hours=1)))
SHUT = listing("shut", opening_hours="24/7", occupancy=Occupancy(level=OccupancyLevel.CLOSED, observed_at=NOW))
SHORT = listing("short", rates=at("1", longest=timedelta(hours=2)))


@pytest.mark.parametrize(
    ("facility", "expected"),
    [
        (NIGHT, [ExclusionCode.CLOSED_AT_ARRIVAL, ExclusionCode.CLOSED_AT_DEPARTURE]),
        (UNTIL_TEN, [ExclusionCode.CLOSED_AT_DEPARTURE]),
        (UNTIL_NOON, []),
        (ALWAYS, []),
        (LOW, [ExclusionCode.TOO_HIGH]),
        (FULL, [ExclusionCode.FULL]),
        (LONG_FULL, []),
        (SHUT, [ExclusionCode.CLOSED_AT_ARRIVAL]),
        (SHORT, [ExclusionCode.BEYOND_MAX_STAY]),
        (listing(), []),
    ],
    ids=[
        "night",
        "until ten",
        "until the stay ends",
        "always",
        "low",
        "full",
        "full an hour ago",
        "reported closed",
        "short stays",
        "unknown",
    ],
)
async def test_what_does_not_fit_says_why(asking: Ask, facility: Listing, expected: list[ExclusionCode]) -> None:
    async with asking(row(facility)) as ask:
        question: dict[str, Any] = {"stay": STAY, "vehicle": Vehicle(height_cm=200)}
        hit = one(await ask(**question))
        assert [exclusion.code for exclusion in hit.excluded] == expected
        assert all(exclusion.text for exclusion in hit.excluded)
        assert (hit.cheapest is None) or not expected
        assert (await ask(**question, filter=PlaceFilter(fits=True))).total == (0 if expected else 1)


async def test_an_offer_that_cannot_be_taken_says_why(asking: Ask) -> None:
    low = listing(rates=at("1"), max_height_cm=190)
    async with asking(row(low)) as ask:
        (offer,) = one(await ask(stay=STAY, vehicle=Vehicle(height_cm=200))).offers
        assert (offer.status, offer.reason) == (OfferStatus.UNAVAILABLE, OfferReason.TOO_HIGH)


@pytest.mark.parametrize(("facility", "is_open"), [(ALWAYS, True), (NIGHT, False), (SHUT, False), (listing(), None)])
async def test_whether_a_place_is_open_now(asking: Ask, facility: Listing, is_open: bool | None) -> None:
    async with asking(row(facility)) as ask:
        assert ask.search.is_open(one(await ask()).place, None) is is_open


@pytest.mark.parametrize(("timezone", "is_open"), [(None, False), (ZoneInfo("Asia/Tokyo"), True)])
async def test_hours_are_in_the_time_zone_of_the_listing(asking: Ask, timezone: ZoneInfo | None, is_open: bool) -> None:
    """NOW is 17:00 in Tokyo and 09:00 where the network is."""
    facility = listing(opening_hours="16:00-18:00", timezone=timezone)
    async with asking(feed("a", batch(facility))) as ask:
        assert ask.search.is_open(one(await ask()).place, None) is is_open


@pytest.mark.parametrize(
    ("facility", "expected"), [(ALWAYS, 1), (UNTIL_NOON, 1), (UNTIL_TEN, 0), (NIGHT, 0), (listing(), 0)]
)
async def test_open_during_the_stay_means_at_both_of_its_ends(asking: Ask, facility: Listing, expected: int) -> None:
    async with asking(row(facility)) as ask:
        assert (await ask(stay=STAY, filter=PlaceFilter(open_during_stay=True))).total == expected


READY = ListingOffer("q1", OfferStatus.PRICED, Money(Decimal("4.20"), "EUR"), bookable=True)


async def test_search_and_feed_networks_make_one_place(asking: Ask) -> None:
    async with asking(row(listing("1")), search("app", batch(listing("9", north_m=5, offers=(READY,))))) as ask:
        hit = one(await ask(stay=STAY))
        assert {key.network for key, _ in hit.place.listings} == {"app", "city"}
        assert hit.cheapest.key.network == "app"
        assert (hit.cheapest.total, hit.cheapest.bookable, hit.cheapest.ref) == (READY.total, False, "q1")


async def test_what_a_search_saw_is_found_again_by_its_id(asking: Ask) -> None:
    async with asking(search("app", batch(listing("9", offers=(READY,))), batch())) as ask:
        place = one(await ask(stay=STAY)).place
        await ask(stay=STAY)
        found = ask.graph.find(place.id)
        assert found is not None
        assert found.listings == place.listings


@pytest.mark.parametrize(
    ("answer", "status"), [(HANG, SourceStatus.TIMED_OUT), (Unavailable("it is down"), SourceStatus.FAILED)]
)
async def test_one_bad_network_leaves_the_others_answer(asking: Ask, answer: object, status: SourceStatus) -> None:
    async with asking(row(NEAR), search("app", answer), deadline_s=1) as ask:
        found = await ask(stay=STAY)
        assert names(found) == ["Near"]
        assert {r.network.id: r.status for r in found.sources} == {"city": SourceStatus.FRESH, "app": status}


async def test_every_network_reports_even_where_it_was_not_asked(asking: Ask) -> None:
    elsewhere = feed("elsewhere", batch(), coverage=(Bounds(-10, -10, -9, -9),))
    async with asking(row(NEAR), elsewhere, search("app", batch(), needs_stay=True)) as ask:
        assert {r.network.id: r.status for r in (await ask()).sources} == {
            "city": SourceStatus.FRESH,
            "elsewhere": SourceStatus.NOT_COVERED,
            "app": SourceStatus.NEEDS_STAY,
        }


async def test_a_place_keeps_its_id_over_a_restart_and_a_refresh(asking: Ask) -> None:
    async with asking(feed("a", batch(listing("1"))), feed("b", batch(listing("2")))) as ask:
        place = one(await ask()).place
    renamed = listing("2", name="Somewhere else", capacity=7)
    async with asking(feed("b", batch(renamed))) as ask:
        assert one(await ask()).place.id == place.id
    async with asking(feed("a", batch(listing("1"))), feed("b", batch(renamed))) as ask:
        assert one(await ask()).place.id == place.id


async def test_what_is_out_of_service_is_closed_until_the_network_says_otherwise(asking: Ask) -> None:
    """A CLOSED without a time is no count: it holds for a stay tomorrow, too."""
    out_of_service = listing(rates=at("1"), opening_hours="24/7", occupancy=Occupancy(level=OccupancyLevel.CLOSED))
    async with asking(row(out_of_service)) as ask:
        hit = one(await ask(stay=Stay(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))))
        assert [exclusion.code for exclusion in hit.excluded] == [ExclusionCode.CLOSED_AT_ARRIVAL]
        assert (hit.offers[0].status, hit.offers[0].reason) == (OfferStatus.UNAVAILABLE, OfferReason.CLOSED)
        assert ask.search.is_open(hit.place, None) is False


UNPRICED = batch(listing("9"))


async def test_a_place_s_offers_are_asked_of_networks_that_quote(asking: Ask) -> None:
    async with asking(search("app", UNPRICED, quotes=[(READY,)])) as ask:
        place = one(await ask()).place
        (offer,) = await ask.search.offers_of(place, STAY, Vehicle())
        assert (offer.status, offer.total, offer.ref) == (OfferStatus.PRICED, READY.total, "q1")


async def test_a_place_s_offers_are_those_of_the_search_that_showed_it(asking: Ask) -> None:
    app = search("app", batch(listing("9", offers=(READY,)), listing("8", north_m=100)))
    async with asking(row(NEAR), app) as ask:
        hits = (await ask(stay=STAY)).hits
        assert [await ask.search.offers_of(hit.place, STAY, Vehicle()) for hit in hits] == [hit.offers for hit in hits]
        assert READY.total in {offer.total for hit in hits for offer in hit.offers}
        assert script(app).calls == 1


async def test_a_search_network_is_asked_for_the_offers_of_a_place_that_was_seen_without_a_stay(asking: Ask) -> None:
    async with asking(search("app", UNPRICED, batch(listing("9", offers=(READY,))))) as ask:
        place = one(await ask()).place
        (offer,) = await ask.search.offers_of(place, STAY, Vehicle())
        assert (offer.status, offer.total) == (OfferStatus.PRICED, READY.total)


ASK = ListingOffer("ask", OfferStatus.NOT_COMPUTABLE, reason=OfferReason.NO_STRUCTURE)


@pytest.mark.parametrize("came_with", [(), (ASK,)])
async def test_a_page_has_the_prices_that_networks_say_on_request(
    asking: Ask, came_with: tuple[ListingOffer, ...]
) -> None:
    app = search("app", batch(listing("9", offers=came_with)), quotes=[(READY,)])
    async with asking(row(NEAR), app) as ask:
        found = await ask(stay=STAY)
        assert {hit.cheapest.total for hit in found.hits if hit.cheapest} == {Money(Decimal(9), "EUR"), READY.total}
        assert (await ask()).hits[0].offers == ()
        assert quote_script(app).calls == 1


@pytest.mark.parametrize(
    "decides",
    [
        {"sort": PlaceSort.PRICE},
        {"filter": PlaceFilter(max_price=Money(Decimal(99), "EUR"))},
        {"filter": PlaceFilter(bookable=False)},
        {"stay": None},
    ],
)
async def test_no_price_is_asked_for_where_it_would_decide_what_is_on_the_page(
    asking: Ask, decides: dict[str, Any]
) -> None:
    app = search("app", UNPRICED, quotes=[(READY,)])
    async with asking(app) as ask:
        await ask(**({"stay": STAY} | decides))
        assert quote_script(app).calls == 0


async def test_no_price_is_asked_for_what_came_with_one_or_is_not_on_the_page(asking: Ask) -> None:
    priced = listing("1", name="Priced", offers=(READY,))
    app = search("app", batch(priced, listing("2", north_m=500), listing("3", north_m=900)), quotes=[(READY,)])
    async with asking(app) as ask:
        assert len((await ask(stay=STAY, first=2)).hits) == 2
        assert quote_script(app).calls == 1


async def test_the_prices_of_one_page_that_are_asked_for_are_so_many_and_no_more(asking: Ask) -> None:
    many = batch(*(listing(str(number), north_m=40 * number) for number in range(40)))
    app = search("app", many, quotes=[(READY,)])
    async with asking(app) as ask:
        found = await ask(stay=STAY, first=40)
        assert quote_script(app).calls == 10
        assert [hit.cheapest is not None for hit in found.hits] == [True] * 10 + [False] * 30


async def test_a_price_that_does_not_come_leaves_the_place_as_it_is(asking: Ask) -> None:
    async with asking(search("app", UNPRICED, quotes=[HANG]), deadline_s=1) as ask:
        hit = one(await ask(stay=STAY))
        assert [offer.status for offer in hit.offers] == [OfferStatus.NOT_COMPUTABLE]


async def test_what_does_not_fit_is_not_asked_for_a_price(asking: Ask) -> None:
    app = search("app", batch(listing("9", max_height_cm=190)), quotes=[(READY,)])
    async with asking(app) as ask:
        hit = one(await ask(stay=STAY, vehicle=Vehicle(height_cm=200)))
        assert [offer.status for offer in hit.offers] == [OfferStatus.UNAVAILABLE]
        await ask.search.offers_of(hit.place, STAY, Vehicle(height_cm=200))
        assert quote_script(app).calls == 0


async def test_a_query_that_has_no_time_left_asks_no_prices(asking: Ask) -> None:
    app = search("app", UNPRICED, quotes=[(READY,)])
    async with asking(app) as ask:
        found = await ask()
        assert found.ends > asyncio.get_running_loop().time()
        (offer,) = await ask.search.offers_of(one(found).place, STAY, Vehicle(), found.ends - 60)
        assert (offer.status, quote_script(app).calls) == (OfferStatus.NOT_COMPUTABLE, 0)


async def test_a_question_that_was_answered_is_answered_again_until_something_changes(asking: Ask) -> None:
    network = feed("city", batch(NEAR), batch(NEAR, MIDDLE))
    async with asking(network) as ask:
        first, again = await found_again(ask, stay=STAY)
        assert again.hits[0] is first.hits[0]
        assert (await ask(stay=STAY, area=Circle(FAR.location, 2_000))).hits[0] is not first.hits[0]
        await ask.graph.update()
        assert (await ask(stay=STAY)).hits[0].priced is first.hits[0].priced


async def test_what_a_network_is_asked_for_in_a_search_is_not_kept(asking: Ask) -> None:
    ready = ListingOffer("1", OfferStatus.PRICED, Money(Decimal(2), "EUR"))
    asked = search("asked", batch(listing("1", offers=(ready,))))
    async with asking(asked) as ask:
        _, first, again = [await ask(stay=STAY) for _ in range(3)]
        assert one(again) is not one(first)
        assert one(again).total == ready.total
