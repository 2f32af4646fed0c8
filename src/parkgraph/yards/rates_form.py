"""A rate table as JSON: amounts are strings, so that they stay exact; times are ISO 8601 durations."""

from typing import Final

from pydantic import TypeAdapter

from parkgraph.domain.tariff import RateTable

_RATES: Final = TypeAdapter(RateTable)


def write(rates: RateTable) -> dict[str, object]:
    """What `read` gives back as it was."""
    form: dict[str, object] = _RATES.dump_python(rates, mode="json")
    return form


def read(form: str) -> RateTable:
    """Raises ValueError for what is not the JSON text of a rate table."""
    return _RATES.validate_json(form, strict=True)
