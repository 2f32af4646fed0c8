"""The engine against the oracle, which walks minute by minute. The long form is `python -m bench.oracle`.

A stay that ends within a minute follows from those of whole minutes: every unit, band and cap of these tariffs begins
and ends with one.
"""

import os
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkgraph.domain.pricing import OfferReason, OfferStatus, Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import NONE, RateTable
from tests.domain import oracle
from tests.domain.tariffs import Asked, questions, tables, tables_with_questions

EXAMPLES: Final = 2_000 if "PARKGRAPH_SOAK" in os.environ else 75
EXAMPLES_OF_SECONDS: Final = 1_000 if "PARKGRAPH_SOAK" in os.environ else 40

pytestmark = pytest.mark.timeout(900)


def quoted(table: RateTable, asked: Asked) -> Quote:
    return price(table, asked.stay, asked.zone, asked.vehicle, asked.calendar)


def by_the_engine(table: RateTable, asked: Asked) -> Decimal | OfferStatus | OfferReason | None:
    quote = quoted(table, asked)
    if quote.total is not None:
        return quote.total.amount
    return quote.reason if quote.status is OfferStatus.UNAVAILABLE else quote.status


def agree(table: RateTable, asked: Asked) -> None:
    """Fails with both answers."""
    engine = by_the_engine(table, asked)
    words = oracle.total(table, asked.stay, asked.zone, asked.vehicle, asked.calendar)
    assert engine == words, f"the engine says {engine}, the words say {words}: {asked} of {table}"


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(tables_with_questions())
def test_a_price_is_what_the_words_give_minute_by_minute(asked_of: tuple[RateTable, list[Asked]]) -> None:
    table, several = asked_of
    for asked in several:
        agree(table, asked)


def longer(asked: Asked, seconds: int) -> Asked:
    leave = asked.stay.leave.astimezone(UTC) + timedelta(seconds=seconds)
    return replace(asked, stay=Stay(asked.stay.arrive, leave.astimezone(asked.zone)))


def without_shortest_stay(table: RateTable) -> RateTable:
    """The shortest stay of a rate is reached by the whole minute only."""
    return replace(table, collections=tuple(replace(each, min_time=NONE) for each in table.collections))


def is_pro_rata(table: RateTable) -> bool:
    return any(line.pro_rata for collection in table.collections for line in collection.lines)


@settings(max_examples=EXAMPLES_OF_SECONDS, suppress_health_check=[HealthCheck.too_slow])
@given(tables().map(without_shortest_stay), questions(), st.integers(1, 59), st.integers(1, 59))
def test_a_minute_that_began_costs_what_a_whole_one_does_but_for_what_is_charged_to_the_second(
    table: RateTable, asked: Asked, one: int, other: int
) -> None:
    minute = longer(asked, 60)
    agree(table, minute)
    whole = by_the_engine(table, minute)
    if not is_pro_rata(table):
        assert by_the_engine(table, longer(asked, one)) == whole
    else:
        parts = [by_the_engine(table, longer(asked, seconds)) for seconds in sorted((one, other))]
        amounts = [amount for amount in (*parts, whole) if isinstance(amount, Decimal)]
        assert amounts == sorted(amounts)
        assert [each for each in parts if not isinstance(each, Decimal)] in ([], [whole, whole])


@settings(max_examples=EXAMPLES_OF_SECONDS, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), questions(), st.integers(0, 59), st.integers(1, 59))
def test_the_lines_of_a_stay_with_seconds_add_up_to_its_total(
    table: RateTable, asked: Asked, earlier: int, later: int
) -> None:
    arrive = asked.stay.arrive.astimezone(UTC) - timedelta(seconds=earlier)
    quote = quoted(table, replace(asked, stay=Stay(arrive, longer(asked, later).stay.leave)))
    amount = sum((line.amount.amount for line in quote.lines), Decimal(0))
    assert amount == (quote.total.amount if quote.total else 0)
