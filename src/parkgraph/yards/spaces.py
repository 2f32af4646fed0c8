"""Edits of a yard's spaces. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from parkgraph.yards.yard import Space, Yard


def check_known(yard: Yard, ids: Collection[int]) -> None:
    """Raises ValueError where these are no spaces of the yard."""
    if not ids or not set(ids) <= {space.id for space in yard.spaces}:
        raise ValueError("space_ids must name at least one space, and only spaces of this yard")


def with_more(yard: Yard, spaces: Iterable[Space]) -> Yard:
    """The yard with these besides."""
    return replace(yard, spaces=(*yard.spaces, *spaces))


def with_changed(yard: Yard, ids: Collection[int], changes: Mapping[str, Any]) -> Yard:
    """The yard with these fields of these spaces changed. Raises ValueError for what a space cannot be."""
    return replace(yard, spaces=tuple(replace(each, **changes) if each.id in ids else each for each in yard.spaces))


def without(yard: Yard, ids: Collection[int]) -> Yard:
    """The yard without these."""
    return replace(yard, spaces=tuple(each for each in yard.spaces if each.id not in ids))
