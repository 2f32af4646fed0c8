"""Rate tables as JSON: APDS's RateTable (ISO TS 5206-1), and keys of our own for what it cannot say.

`docs/rate-tables.md` says in words what each key means. What cannot be honoured exactly is refused, never ignored.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from parkgraph.domain.tariff import RateTable
from parkgraph.sdk.rate_schema import TablePart

_ADVICE: Final = {
    "validStart": "say it with the dates of a band in arrive and leave",
    "validEnd": "say it with the dates of a band in arrive and leave",
    "validityStart": "say it with the dates of a band in arrive and leave",
    "validityEnd": "say it with the dates of a band in arrive and leave",
    "validity": "say it with bands in arrive and leave",
    "activeTimes": "say it with bands",
    "taxValue": "say it with taxRate",
    "referenceTimeStart": "times count since arrival only",
    "referenceTimeEnd": "times count since arrival only",
}
"""Keys of APDS that are known, and cannot be honoured."""


def read_rate_table(document: object) -> RateTable:
    """The table that a JSON document says; its numbers are Decimal, int or strings, never float.

    Raises ValueError with one sentence that names the key.
    """
    try:
        part = TablePart.model_validate(document)
    except ValidationError as fault:
        raise ValueError(_sentence(fault)) from None
    return part.to_domain()


def parse_rate_table(text: str | bytes) -> RateTable:
    """The table that a JSON text says, digit for digit. Raises ValueError as `read_rate_table` does."""
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
    except _KeyTwiceError:
        raise
    except json.JSONDecodeError as fault:
        raise ValueError(f"this is not JSON, from line {fault.lineno}, column {fault.colno} on") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("this is not JSON") from None
    return read_rate_table(document)


def as_document(table: RateTable) -> dict[str, Any]:
    """The JSON document of a table, amounts as strings; `read_rate_table` makes the same table of it.

    Raises ValueError for a length of time that is negative or not in whole seconds.
    """
    return TablePart.of(table).model_dump(mode="json", by_alias=True, exclude_defaults=True)


class _KeyTwiceError(ValueError):
    pass


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _KeyTwiceError(f"{key} is given twice in one object")
        found[key] = value
    return found


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _sentence(fault: ValidationError) -> str:
    """What is wrong first, and where, without the document's own text."""
    error = fault.errors(include_url=False, include_input=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).removeprefix(".")
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        return f"{where[:200]} cannot be honoured: {_ADVICE.get(key, 'a rate table knows no such key')}"
    if error["type"] == "model_type":
        return f"{where or 'a rate table'} must be a JSON object"
    if error["type"] == "missing":
        return f"{where} is missing"
    if error["type"] == "value_error":
        return f"{where} {error['ctx']['error']}"
    message = error["msg"].removeprefix("Input ").removeprefix("String ").replace("should", "must")
    return f"{where} {message}"
