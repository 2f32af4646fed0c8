"""A rate table as JSON: amounts are strings, so that they stay exact; times are ISO 8601 durations."""

from typing import Any, Final

from pydantic import TypeAdapter

from parkgraph.domain.tariff import RateTable

_RATES: Final = TypeAdapter(RateTable)
_JSON: Final = TypeAdapter(dict[str, Any])


def write(rates: RateTable) -> dict[str, object]:
    """What `read` gives back as it was. Equal rates are written alike, in whichever process."""
    form: dict[str, object] = _JSON.dump_python(_ordered(_RATES.dump_python(rates)), mode="json")
    return form


def read(form: str) -> RateTable:
    """Raises ValueError for what is not the JSON text of a rate table."""
    return _RATES.validate_json(form, strict=True)


def _ordered(value: Any) -> Any:
    """Sets as lists: each process has an order of its own for what is in them."""
    match value:
        case dict():
            return {name: _ordered(each) for name, each in value.items()}
        case list() | tuple():
            return [_ordered(each) for each in value]
        case frozenset():
            return sorted(value)
    return value
