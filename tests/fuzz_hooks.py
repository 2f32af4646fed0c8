"""What Schemathesis knows of ParkGraph: its scalars, and which answers are a failure. Loaded by `make fuzz`."""

import json
import os
from datetime import date
from typing import Any

import schemathesis  # type: ignore[import-not-found]
from hypothesis import strategies as st
from schemathesis.graphql import nodes  # type: ignore[import-not-found]

CODES = {
    "BAD_USER_INPUT",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "QUERY_TOO_COMPLEX",
    "PERSISTED_QUERY_NOT_FOUND",
    "RATE_LIMITED",
    "UNAVAILABLE",
}
"""Errors that may be; INTERNAL may not."""

IDS = json.loads(os.environ["FUZZ_IDS"])
"""Of places and listings that the server has."""

STUTTGART = (48.7838, 9.1829)

# Half of the values are such that a query gets as far as the data.
INTEGERS = st.integers(1, 100) | st.integers(-(2**31), 2**31 - 1)
FLOATS = st.sampled_from(STUTTGART) | st.floats(-90, 90) | st.floats(allow_nan=False, allow_infinity=False)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)) | st.dates()
INSTANTS = st.tuples(DAYS, st.times()).map(lambda at: f"{at[0]}T{at[1].isoformat('seconds')}Z")
DECIMALS = st.decimals(0, 100, places=2) | st.decimals()

for name, values in {
    "Int": INTEGERS.map(nodes.Int),
    "Float": FLOATS.map(nodes.Float),
    "ID": (st.sampled_from(IDS) | st.text()).map(nodes.String),
    "DateTime": (INSTANTS | st.text()).map(nodes.String),
    "Decimal": DECIMALS.map(str).map(nodes.String),
    "BigInt": st.integers().map(str).map(nodes.String),
}.items():
    schemathesis.graphql.scalar(name, values)


@schemathesis.check  # type: ignore[untyped-decorator]
def answers_with_codes(_context: Any, response: Any, _case: Any) -> None:
    """No 5xx, JSON always, and each error an expected one with a sentence."""
    assert response.status_code < 500, f"HTTP {response.status_code}"
    assert response.headers["content-type"] == ["application/json"], response.headers["content-type"]
    for error in response.json().get("errors", []):
        assert error["extensions"]["code"] in CODES, error
        assert error["message"], error
