"""Single values of a rate table's JSON form: exact amounts, lengths of time, times of day, dates."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from parkgraph.domain.tariff import Period
from parkgraph.sdk.durations import format_period, parse_duration, parse_period
from parkgraph.sdk.rows import one_line

_AMOUNT: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _read_amount(value: object) -> Decimal:
    if type(value) is int or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError('must be an exact number, such as 2.50 or "2.50"')
    return value


def _read_clock(value: object) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError("must be a time of the local clock, such as 07:30")
    return time.fromisoformat(value)


def _read_date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date, such as 2026-12-31")
    return date.fromisoformat(value)


def _read_elapsed(value: object) -> timedelta:
    return parse_duration(_text(value), clock=True)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


Amount = Annotated[Decimal, PlainValidator(_read_amount), PlainSerializer(lambda amount: f"{amount:f}")]
Length = Annotated[
    Period, PlainValidator(lambda value: parse_period(_text(value))), PlainSerializer(format_period, return_type=str)
]
Duration = Annotated[
    timedelta,
    PlainValidator(lambda value: parse_duration(_text(value))),
    PlainSerializer(format_period, return_type=str),
]
Since = Annotated[timedelta, PlainValidator(_read_elapsed), PlainSerializer(format_period, return_type=str)]
Clock = Annotated[
    time,
    PlainValidator(_read_clock),
    PlainSerializer(lambda clock: clock.isoformat("seconds" if clock.second else "minutes"), return_type=str),
]
Date = Annotated[date, PlainValidator(_read_date), PlainSerializer(date.isoformat, return_type=str)]
Name = Annotated[str, Field(max_length=100), AfterValidator(lambda name: one_line(name) or None)]
"""What a price is told by: one line, to be printed anywhere."""

Word = Field(strict=False)
"""One of the words of an enumeration."""
