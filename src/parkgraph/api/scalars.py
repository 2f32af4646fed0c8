"""Scalars on the wire: instants with an offset, exact decimals and big integers as strings."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from parkgraph.api.errors import ScalarError
from parkgraph.domain.civil import YEARS
from parkgraph.domain.stay import parse_instant

_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER: Final = re.compile(r"-?\d{1,19}", re.ASCII)


BigInt = NewType("BigInt", int)


def parse_date_time(value: object) -> datetime:
    try:
        instant = parse_instant(value if isinstance(value, str) else "")
    except ValueError as refusal:
        raise ScalarError(str(refusal)) from None
    # Far from the calendar's ends, so that no change of the offset can leave it.
    if instant.year not in YEARS:
        raise ScalarError(f"an instant is between the years {YEARS[0]} and {YEARS[-1]}")
    return instant


def serialize_instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("an instant without an offset must not leave the API")
    return value.isoformat()


def parse_date(value: object) -> date:
    try:
        day = date.fromisoformat(value if isinstance(value, str) and _DATE.fullmatch(value) else "")
    except ValueError:
        raise ScalarError('a Date is a day of the calendar, such as "2026-12-24"') from None
    if day.year not in YEARS:
        raise ScalarError(f"a Date is between the years {YEARS[0]} and {YEARS[-1]}")
    return day


def parse_decimal(value: object) -> Decimal:
    if not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        raise ScalarError('a Decimal is a string of digits, such as "12.50"')
    return Decimal(value)


def serialize_decimal(value: Decimal) -> str:
    said = str(value)
    return f"{value:f}" if "E" in said else said


def parse_big_int(value: object) -> BigInt:
    if not (isinstance(value, str) and _INTEGER.fullmatch(value)):
        raise ScalarError('a BigInt is a string of digits, such as "9007199254740993"')
    return BigInt(int(value))


DATE_TIME: Final = strawberry.scalar(
    name="DateTime",
    description="RFC 3339 with an offset; one without an offset is refused.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time",
    serialize=serialize_instant,
    parse_value=parse_date_time,
)
DATE: Final = strawberry.scalar(
    name="Date",
    description="A day of the calendar, such as 2026-12-24.",
    serialize=date.isoformat,
    parse_value=parse_date,
)
DECIMAL: Final = strawberry.scalar(
    name="Decimal", description="Exact, a string on the wire.", serialize=serialize_decimal, parse_value=parse_decimal
)
BIG_INT: Final = strawberry.scalar(
    name="BigInt", description="A string on the wire.", serialize=str, parse_value=parse_big_int
)

SCALARS: Final[dict[object, ScalarDefinition]] = {datetime: DATE_TIME, date: DATE, Decimal: DECIMAL, BigInt: BIG_INT}
