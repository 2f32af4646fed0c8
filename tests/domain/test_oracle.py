"""The engine against the oracle, which walks minute by minute. The long form is `python -m bench.oracle`."""

import os
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from parkgraph.domain.pricing import OfferReason, OfferStatus, price
from parkgraph.domain.tariff import RateTable
from tests.domain import oracle
from tests.domain.tariffs import Asked, tables_with_questions

EXAMPLES: Final = 2_000 if "PARKGRAPH_SOAK" in os.environ else 75

pytestmark = pytest.mark.timeout(900)


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


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(tables_with_questions())
def test_a_price_is_what_the_words_give_minute_by_minute(asked_of: tuple[RateTable, list[Asked]]) -> None:
    table, several = asked_of
    for asked in several:
        agree(table, asked)
