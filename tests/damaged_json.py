"""JSON that a network never sends, made from what it does send."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
"""The exact JSON of the SDK takes no subnormal number."""


def anything(*values: object) -> st.SearchStrategy[Any]:
    """Any JSON, with `values` among its leaves."""
    leaves = st.none() | st.booleans() | NUMBERS | st.text(max_size=20)
    return st.recursive(
        leaves | st.sampled_from(values) if values else leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    )


ANYTHING = anything()


@st.composite
def damaged(draw: st.DrawFn, document: object, change: st.SearchStrategy[Any] = ANYTHING) -> Any:
    """A copy of `document` in which one to three parts are dropped or changed."""
    for _ in range(draw(st.integers(1, 3))):
        document = _replaced(document, draw(st.sampled_from(list(_paths(document)))), draw(change))
    return document


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Of every part, the whole first."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _paths(part, (*path, key))


def _replaced(value: Any, path: Path, change: Any) -> Any:
    """A copy with the part at `path` replaced; with a change of None in a dict, dropped."""
    if not path:
        return change
    key, *rest = path
    if isinstance(value, list):
        return [_replaced(part, tuple(rest), change) if place == key else part for place, part in enumerate(value)]
    if change is None and not rest:
        return {name: part for name, part in value.items() if name != key}
    return {name: _replaced(part, tuple(rest), change) if name == key else part for name, part in value.items()}
