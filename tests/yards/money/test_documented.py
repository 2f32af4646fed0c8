"""docs/yard-money.md: its query is one, its event is one, and its words and figures are those of the code."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import parse, validate

from parkgraph.api import payment_webhook, schema
from parkgraph.yards.calendar import reader
from parkgraph.yards.calendar.ranges import MAX_SPAN, SpaceState
from parkgraph.yards.exports.links import Export
from parkgraph.yards.money.events import TOLERANCE, read
from parkgraph.yards.money.ledger import Movement
from parkgraph.yards.money.payment import Invoices, PaymentState
from parkgraph.yards.money.settlement import Applied

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "yard-money.md").read_text()


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_query_is_one_that_the_schema_answers() -> None:
    assert validate(schema.build().core, parse(block("graphql"))) == []


def test_the_event_is_one() -> None:
    event = read(json.dumps(json.loads(block("json"))).encode())
    assert event.amount is not None
    assert (event.state, event.amount.amount) == (PaymentState.CAPTURED, Decimal("12.50"))


@pytest.mark.parametrize(
    "word", [*SpaceState, *PaymentState, *Movement, *Applied, *(e.partition(".")[2] for e in Export)]
)
def test_every_word_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE or f"`{word.lower()}`" in PAGE


@pytest.mark.parametrize(
    "sentence",
    [
        f"at most {MAX_SPAN.days} days",
        f"more than {reader.MAX_RANGES} ranges",
        f"at most {payment_webhook.MAX_BYTES} bytes",
        f"/webhooks/payments/{Invoices.name}",
        f"`{payment_webhook.HEADER}: t=",
        "believed for five minutes",
    ],
)
def test_what_the_prose_says_holds(sentence: str) -> None:
    assert sentence in PAGE
    assert TOLERANCE.total_seconds() == 300
