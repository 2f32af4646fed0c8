import zlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyLevel, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing, ListingOffer, PlaceKind
from parkgraph.domain.pricing import OfferReason, OfferStatus, PriceLine
from parkgraph.domain.tariff import Combination, Months, RateLine, RateLineCollection, RateLineKind, RateTable
from parkgraph.networks.stored_form import AT_ONCE, AT_ONCE_BYTES, LISTINGS, OCCUPANCIES, Particulars, write
from parkgraph.sdk.batch import Rejected
from tests.domain import tariffs
from tests.networks.scripted import NOW, listing

counts = st.integers(0, 2**63 - 1)
texts = st.text(min_size=1).filter(str.strip)
offsets = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone)
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets | st.timezones())  # noqa: DTZ001
amounts = st.decimals(0, 10**12, places=6)
currencies = st.from_regex(r"[A-Z]{3}", fullmatch=True)
positions = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
spans = st.integers(60, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
periods = spans | st.builds(Months, st.integers(1, 24))

units = st.builds(RateLine, st.just(RateLineKind.INCREMENTING), amounts, increment=periods)
covers = st.builds(
    RateLineCollection, st.lists(units, min_size=1, max_size=3).map(tuple), st.just(Combination.CHEAPEST_COVER)
)
tables = st.builds(
    RateTable,
    currencies,
    st.lists(tariffs.ladders() | covers, min_size=1, max_size=2).map(tuple),
    known_until=st.none() | periods,
)
occupancies = st.builds(
    Occupancy, st.none() | counts, st.none() | counts, st.sampled_from(OccupancyLevel), st.none() | instants
)
audiences = st.lists(
    st.builds(AudienceCapacity, st.sampled_from(Audience), st.none() | counts, st.none() | counts), max_size=3
).map(tuple)
money = st.builds(Money, st.decimals(allow_nan=False, allow_infinity=False), currencies)
price_lines = st.builds(PriceLine, st.text(), instants, instants, counts, money, money)
offers = st.builds(
    ListingOffer,
    st.text(),
    st.sampled_from(OfferStatus),
    st.none() | money,
    st.lists(price_lines, max_size=2).map(tuple),
    st.none() | st.sampled_from(OfferReason),
    st.none() | st.text(),
    st.booleans(),
    st.none() | st.text(),
    st.none() | instants,
)
listings = st.builds(
    Listing,
    texts,
    texts,
    positions,
    kind=st.sampled_from(PlaceKind),
    address=st.none() | st.text(),
    operator=st.none() | st.text(),
    capacity=st.none() | counts,
    occupancy=st.none() | occupancies,
    audiences=audiences,
    opening_hours=st.none() | st.text(),
    max_height_cm=st.none() | st.integers(1, 10_000),
    features=st.frozensets(st.sampled_from(Feature)),
    rates=st.none() | tables,
    tariff_text=st.none() | st.text(),
    url=st.none() | st.text(),
    external_ids=st.frozensets(st.text()),
    updated_at=st.none() | instants,
    timezone=st.none() | st.timezones(),
    offers=st.lists(offers, max_size=2).map(tuple),
)
updates = st.builds(OccupancyUpdate, texts, occupancies, audiences)


def same_instants(some: object, others: object) -> bool:
    """Equality that also holds for a time of day which a change of clocks repeats (Python's own does not, then)."""
    if isinstance(some, datetime) and isinstance(others, datetime):
        return some.timestamp() == others.timestamp()
    if isinstance(some, tuple) and isinstance(others, tuple):
        return len(some) == len(others) and all(map(same_instants, some, others))
    if is_dataclass(some) and is_dataclass(others):
        names = [field.name for field in fields(some)]
        return type(some) is type(others) and all(
            same_instants(getattr(some, name), getattr(others, name)) for name in names
        )
    return some == others


def by_id(items: Iterable[Listing]) -> dict[str, Listing]:
    return {item.local_id: item for item in items}


@given(listings)
def test_every_listing_survives_exactly(one: Listing) -> None:
    _, read = LISTINGS.read(write([one], Particulars()).compressed)
    assert same_instants(read[one.local_id], one)


@given(updates)
def test_every_occupancy_survives_exactly(one: OccupancyUpdate) -> None:
    _, read = OCCUPANCIES.read(write([one], Particulars()).compressed)
    assert same_instants(read[one.local_id], one)


@given(st.lists(listings, max_size=5, unique_by=lambda item: item.local_id))
def test_the_order_survives(some: list[Listing]) -> None:
    _, read = LISTINGS.read(write(some, Particulars()).compressed)
    assert list(read) == [item.local_id for item in some]


def test_more_than_are_written_and_read_in_one_go_survive() -> None:
    chance = Random(1)  # what cannot be compressed is read in many goes
    some = [listing(str(n), name=f"{chance.getrandbits(1024):x}") for n in range(2 * AT_ONCE + 1)]
    body = write(some, Particulars()).compressed
    assert len(body) > 2 * AT_ONCE_BYTES
    assert list(LISTINGS.read(body)[1].values()) == some


def test_equal_parts_of_what_is_read_and_of_what_was_there_are_one_object() -> None:
    line = RateLine(RateLineKind.FLAT, Decimal("0.10"))
    table = RateTable("EUR", (RateLineCollection((line,)),))
    some = [listing(name, rates=table, opening_hours="Mo-Fr 06:00-20:00") for name in "ab"]
    body = write(some, Particulars()).compressed
    (a, b) = LISTINGS.read(body)[1].values()
    assert a.rates is b.rates
    assert a.rates is not table
    assert a.opening_hours is b.opening_hours
    (a, b) = LISTINGS.read(body, some)[1].values()
    assert a.rates is b.rates is table


def test_the_particulars_survive() -> None:
    particulars = Particulars(rejected=(Rejected("7", "no position"),), smaller_since=NOW)
    read, items = LISTINGS.read(write([], particulars).compressed)
    assert (read, items) == (particulars, {})


def test_equal_answers_have_one_digest_whatever_the_order_of_their_sets() -> None:
    names = [f"ifopt:{number}" for number in range(100)]
    one = listing("a", external_ids=frozenset(names), features=frozenset(Feature))
    other = listing("a", external_ids=frozenset(reversed(names)), features=frozenset(reversed(Feature)))
    assert write([one], Particulars()).digest == write([other], Particulars()).digest
    assert write([one], Particulars()).digest != write([listing("a")], Particulars()).digest


def test_an_exact_amount_keeps_its_digits() -> None:
    line = RateLine(RateLineKind.FLAT, Decimal("0.10"))
    one = listing("a", rates=RateTable("EUR", (RateLineCollection((line,)),)))
    _, read = LISTINGS.read(write([one], Particulars()).compressed)
    rates = read["a"].rates
    assert rates is not None
    assert str(rates.collections[0].lines[0].value) == "0.10"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not compressed",
        zlib.compress(b""),
        zlib.compress(b"garbage"),
        zlib.compress(b'{"format":0}'),
        zlib.compress(b'{"format":1,"rejected":[],"smaller_since":null}'),
        zlib.compress(b'{"format":2,"rejected":[],"smaller_since":null}\n{"local_id":"a"}'),
        zlib.compress(b'{"format":2,"rejected":[],"smaller_since":null}\n' + orjson.dumps({"local_id": 1, "name": ""})),
        write([listing("a")], Particulars()).compressed[:-4],
    ],
)
def test_what_cannot_be_read_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        LISTINGS.read(body)


def test_a_number_that_json_cannot_hold_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        write([listing("a", capacity=2**70)], Particulars())
