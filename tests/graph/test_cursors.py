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
