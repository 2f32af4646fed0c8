"""Published tariffs and what they cost, worked out by hand: `worked/*.json` says where each comes from, and why."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

import pytest

from parkgraph.domain.pricing import OfferStatus, price
from parkgraph.domain.stay import Stay, parse_instant
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.sdk.rate_tables import read_rate_table
from tests.domain.tariffs import Holidays

WORKED = Path(__file__).resolve().parent / "worked"


class Example(TypedDict):
    """`total`, or `status` without one. `published`: the source gives this very figure."""

    name: str
    arrive: str
    leave: str
    why: str
    total: NotRequired[str]
    status: NotRequired[str]
    reason: NotRequired[str]
    published: NotRequired[str]
    vehicle: NotRequired[str]
    electric: NotRequired[bool]
    disabled_permit: NotRequired[bool]
    holidays_unknown: NotRequired[bool]


class Tariff(TypedDict):
    name: str
    source: str
    table: dict[str, object]
    examples: list[Example]


class Sheet(TypedDict):
    zone: str
    tariffs: list[Tariff]
    holidays: NotRequired[list[str]]


def sheets() -> dict[str, Sheet]:
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(WORKED.glob("*.json"))}


def rows() -> Iterator[tuple[str, Sheet, Tariff, Example]]:
    for name, sheet in sheets().items():
        for tariff in sheet["tariffs"]:
            for example in tariff["examples"]:
                yield f"{name}: {tariff['name']}: {example['name']}", sheet, tariff, example


ROWS = list(rows())
each_row = pytest.mark.parametrize(
    ("sheet", "tariff", "example"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)


@each_row
def test_a_published_tariff_costs_what_is_worked_out_by_hand(sheet: Sheet, tariff: Tariff, example: Example) -> None:
    table = read_rate_table(tariff["table"])
    calendar = None
    if not example.get("holidays_unknown"):
        calendar = Holidays(*map(date.fromisoformat, sheet.get("holidays", ())))
    quote = price(
        table,
        Stay(parse_instant(example["arrive"]), parse_instant(example["leave"])),
        ZoneInfo(sheet["zone"]),
        Vehicle(
            VehicleKind(example.get("vehicle", "CAR")),
            electric=example.get("electric", False),
            disabled_permit=example.get("disabled_permit", False),
        ),
        calendar,
    )
    if "total" in example:
        assert quote.total is not None, quote.reason_text
        assert (str(quote.total.amount), quote.total.currency) == (example["total"], table.currency)
        assert quote.status is (OfferStatus.PRICED if quote.total.amount else OfferStatus.FREE)
        assert sum((line.amount.amount for line in quote.lines), Decimal(0)) == quote.total.amount
    else:
        assert (quote.status, quote.total) == (example["status"], None)
        assert quote.reason == example.get("reason", quote.reason)


@each_row
def test_an_example_is_written_in_the_time_of_its_place(sheet: Sheet, tariff: Tariff, example: Example) -> None:
    for instant in (parse_instant(example["arrive"]), parse_instant(example["leave"])):
        assert instant.utcoffset() == instant.astimezone(ZoneInfo(sheet["zone"])).utcoffset()


def test_every_example_has_a_name_of_its_own_and_says_why() -> None:
    assert not [name for name, count in Counter(row[0] for row in ROWS).items() if count > 1]
    assert all(tariff["source"] and example["why"] for _, _, tariff, example in ROWS)
