"""The engine against the oracle, which walks minute by minute. The long form is `python -m bench.oracle`."""

import os
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parkgraph.domain.pricing import OfferReason, OfferStatus, price
from parkgraph.domain.tariff import RateTable
from tests.domain import oracle
from tests.domain.tariffs import Asked, covers, questions, tables

STAYS_PER_TABLE: Final = 5
EXAMPLES: Final = 2_000 if "PARKGRAPH_SOAK" in os.environ else 100

PHASES: Final = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)

pytestmark = pytest.mark.timeout(900)

several_questions = st.lists(questions(), min_size=STAYS_PER_TABLE, max_size=STAYS_PER_TABLE)


def by_the_engine(table: RateTable, asked: Asked) -> Decimal | OfferStatus | OfferReason | None:
    quote = price(table, asked.stay, asked.zone, asked.vehicle, asked.calendar)
    if quote.total is not None:
        return quote.total.amount
    return quote.reason if quote.status is OfferStatus.UNAVAILABLE else quote.status


def agree(table: RateTable, asked: Asked) -> None:
    """Fails with both answers."""
    engine = by_the_engine(table, asked)
    words = oracle.total(table, asked.stay, asked.zone, asked.vehicle, asked.calendar)
    assert engine == words, f"the engine says {engine}, the words say {words}: {asked} of {table}"


@settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), several_questions)
def test_a_price_is_what_the_words_give_minute_by_minute(table: RateTable, several: list[Asked]) -> None:
    for asked in several:
        agree(table, asked)


@settings(max_examples=EXAMPLES, phases=PHASES)
@given(tables(covers()), questions(longest=timedelta(days=100)))
def test_the_cheapest_set_of_units_is_what_trying_all_of_them_finds(table: RateTable, asked: Asked) -> None:
    agree(table, asked)
