from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.graph.cursors import CursorError, Key, decode, encode, fingerprint

keys = st.tuples(
    st.integers(-1000, 1000),
    st.text(max_size=10),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(0, 50_000),
)


@given(keys)
def test_a_cursor_gives_back_the_key_exactly(key: Key) -> None:
    assert decode(encode("q", key), "q", key) == key


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(CursorError, match="another query"):
        decode(encode(fingerprint("nearby", 1), (1.0, "x")), fingerprint("nearby", 2), (0.0, ""))


@given(st.text(max_size=40))
def test_what_is_not_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorError):
        decode(text, "q", (0.0, ""))


@pytest.mark.parametrize("key", [(1.0,), ("x", 1.0), (1.0, "x", 2)])
def test_a_cursor_of_another_shape_is_refused(key: Key) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        decode(encode("q", key), "q", (0.0, ""))


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity"])
def test_an_amount_that_nothing_can_be_compared_with_is_refused(amount: str) -> None:
    with pytest.raises(CursorError, match="not a cursor"):
        decode(encode("q", (0, "EUR", Decimal(amount), 0.0, "x")), "q", (0, "", Decimal(0), 0.0, ""))
