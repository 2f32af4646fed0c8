"""What is worked out of a place for a stay is kept, and never longer than it is true."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Occupancy, OccupancyLevel
from parkgraph.domain.place import ListingKey, ListingOffer, Place
from parkgraph.domain.pricing import OfferStatus
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.availability import Ready
from parkgraph.graph.exchange import Exchange
from parkgraph.graph.merging import merge
from parkgraph.graph.offers import exclusions, same_until
from parkgraph.graph.priced import Priced, Prices
from parkgraph.graph.quotes import Quotes
from parkgraph.sdk.contract import Capability, NetworkInfo
from tests.graph.listings import keyed, listing

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STAY = Stay(NOW + timedelta(hours=1), NOW + timedelta(hours=3))
CAR = Vehicle()
EUROS = Exchange()
ZONE = ZoneInfo("Europe/Berlin")
INFOS: Mapping[str, NetworkInfo] = {"city": NetworkInfo("City", ZONE, frozenset({Capability.LISTINGS}))}
RATES = RateTable("EUR", (RateLineCollection((RateLine(RateLineKind.INCREMENTING, Decimal(2), timedelta(hours=1)),)),))

around_now = st.integers(-7200, 7200).map(lambda seconds: NOW + timedelta(seconds=seconds))
edges = st.sampled_from([timedelta(minutes=-5), timedelta(0), timedelta(minutes=30), INFOS["city"].max_age])


def place(occupancy: Occupancy | None = None) -> Place:
    return merge(UUID(int=1), [keyed("city", listing(rates=RATES, occupancy=occupancy))])


@given(
    seen=st.none() | around_now,
    vacant=st.sampled_from([None, 0, 5]),
    level=st.sampled_from(OccupancyLevel),
    arrive=st.none() | around_now,
    now=around_now,
    edge=edges,
    step=st.integers(-2, 2) | st.integers(0, 10**10),
)
def test_until_then_nothing_else_is_in_the_way(
    seen: datetime | None,
    vacant: int | None,
    level: OccupancyLevel,
    arrive: datetime | None,
    now: datetime,
    edge: timedelta,
    step: int,
) -> None:
    asked = place(Occupancy(vacant, 10, level, seen))
    stay = Stay(arrive, arrive + timedelta(hours=2)) if arrive else None
    until = same_until(asked, stay, INFOS, now)
    assert until > now
    later = (seen or now) + edge + timedelta(microseconds=step)
    if now <= later < until:
        assert exclusions(asked, stay, CAR, INFOS, later) == exclusions(asked, stay, CAR, INFOS, now)


def test_it_is_worked_out_again_when_a_count_gets_too_old() -> None:
    full, prices = place(Occupancy(0, 10, OccupancyLevel.FULL, NOW)), Prices()
    stay = Stay(NOW, NOW + timedelta(hours=1))
    assert prices.of(stay, CAR, INFOS, NOW, EUROS)(full).barred
    last = NOW + INFOS["city"].max_age
    assert prices.of(stay, CAR, INFOS, last, EUROS)(full).barred
    assert not prices.of(stay, CAR, INFOS, last + timedelta(microseconds=1), EUROS)(full).barred


def test_it_is_kept_by_place_and_question_and_what_they_are_looked_at_by() -> None:
    known, other, prices = place(), place(), Prices()
    first = prices.of(STAY, CAR, INFOS, NOW, EUROS)(known)
    assert prices.of(STAY, CAR, dict(INFOS), NOW, EUROS)(known) is first
    assert prices.of(STAY, CAR, INFOS, NOW, EUROS)(other) is not first
    assert prices.of(None, CAR, INFOS, NOW, EUROS)(known) is not first
    assert prices.of(STAY, Vehicle(height_cm=210), INFOS, NOW, EUROS)(known) is not first
    nearer = {"city": replace(INFOS["city"], max_age=timedelta(seconds=1))}
    assert prices.of(STAY, CAR, nearer, NOW, EUROS)(known) is not first
    again = prices.of(STAY, CAR, nearer, NOW, EUROS)(known)
    assert prices.of(STAY, CAR, nearer, NOW, Exchange("CHF"))(known) is not again


def test_the_very_offers_of_before_make_what_they_made_before() -> None:
    asked, other, prices = place(), place(), Prices()
    (key, _), *_ = asked.listings
    said = (ListingOffer("1", OfferStatus.PRICED, Money(Decimal(5), "EUR")),)

    def priced(of: Place, ready: Ready, now: datetime = NOW) -> Priced:
        return prices.of(STAY, CAR, INFOS, now, EUROS, ready)(of)

    first = priced(asked, {key: said})
    assert [offer.total for offer in first.offers] == [Money(Decimal(5), "EUR")]
    elsewhere = ListingKey("city", "elsewhere")
    assert priced(asked, {key: said, elsewhere: ()}) is first
    assert priced(other, {key: said}) is not first
    fewer: tuple[ListingOffer, ...] = ()
    assert priced(asked, {key: fewer}).offers == ()
    assert priced(asked, {key: said}).offers == first.offers
    unprompted = prices.of(STAY, CAR, INFOS, NOW, EUROS)(asked)
    assert priced(asked, {elsewhere: said}) is unprompted
    assert [offer.total for offer in unprompted.offers] == [Money(Decimal(4), "EUR")]


def test_what_is_in_the_way_by_now_is_in_the_way_of_offers_of_before() -> None:
    full, prices = place(Occupancy(0, 10, OccupancyLevel.FULL, NOW)), Prices()
    stay, ready = Stay(NOW, NOW + timedelta(hours=1)), {full.listings[0][0]: ()}
    assert prices.of(stay, CAR, INFOS, NOW, EUROS, ready)(full).barred
    later = NOW + INFOS["city"].max_age + timedelta(microseconds=1)
    assert not prices.of(stay, CAR, INFOS, later, EUROS, ready)(full).barred


def test_so_many_are_kept_and_no_more() -> None:
    prices, places = Prices(limit=10), [place() for _ in range(4)]
    for hour in range(20):
        stay = Stay(NOW, NOW + timedelta(hours=hour + 1))
        for each in places:
            prices.of(stay, CAR, INFOS, NOW, EUROS)(each)
        assert len(prices) <= 10


def test_more_places_of_one_question_than_are_kept_are_priced_all_the_same() -> None:
    prices, places = Prices(limit=10), [place() for _ in range(15)]
    for _ in range(20):
        price = prices.of(STAY, CAR, INFOS, NOW, EUROS)
        assert [price(each).place for each in places] == places
        assert len(prices) <= 10
    price = prices.of(STAY, CAR, INFOS, NOW, EUROS)
    assert price(places[0]) is price(places[0])


def test_for_one_place_too_many_that_which_came_first_goes_and_no_other() -> None:
    prices, places = Prices(limit=10), [place() for _ in range(11)]
    price = prices.of(STAY, CAR, INFOS, NOW, EUROS)
    first, *others = [price(each) for each in places]
    assert [price(each) for each in places[1:]] == others
    assert price(places[0]) is not first


def test_what_was_asked_longest_ago_goes_first() -> None:
    prices, places = Prices(limit=10), [place() for _ in range(5)]
    later = Stay(STAY.arrive, STAY.leave + timedelta(hours=1))
    before = [prices.of(stay, CAR, INFOS, NOW, EUROS)(each) for stay in (STAY, later) for each in places]
    more = [prices.of(None, CAR, INFOS, NOW, EUROS)(each) for each in places]
    assert [prices.of(None, CAR, INFOS, NOW, EUROS)(each) for each in places] == more
    assert [prices.of(later, CAR, INFOS, NOW, EUROS)(each) for each in places] == before[5:]


def test_a_table_is_priced_once_for_a_stay() -> None:
    quotes = Quotes()
    first = quotes.of(RATES, STAY, ZONE, CAR, None)
    assert quotes.of(RATES, replace(STAY), ZONE, replace(CAR), None) is first
    assert quotes.of(replace(RATES), STAY, ZONE, CAR, None) is not first
    assert quotes.of(RATES, STAY, UTC, CAR, None) is not first
    assert quotes.of(RATES, Stay(STAY.arrive, STAY.leave + timedelta(hours=1)), ZONE, CAR, None) != first


def test_the_same_instants_in_other_words_are_another_question() -> None:
    quotes, east = Quotes(), timezone(timedelta(hours=9))
    here, there = STAY, Stay(STAY.arrive.astimezone(east), STAY.leave.astimezone(east))
    assert here == there
    assert quotes.of(RATES, here, ZONE, CAR, None) is not quotes.of(RATES, there, ZONE, CAR, None)


def test_so_many_quotes_are_kept_and_no_more() -> None:
    quotes, tables = Quotes(limit=10), [replace(RATES) for _ in range(4)]
    for hour in range(20):
        for table in tables:
            quotes.of(table, Stay(NOW, NOW + timedelta(hours=hour + 1)), ZONE, CAR, None)
        assert len(quotes) <= 10
