"""What is kept as JSON does not change: held for every field that can get into it."""

import types
import typing
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from graphql import GraphQLObjectType, get_named_type
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.api import schema, values
from parkgraph.api.access import Public, statements
from parkgraph.api.execution.resolution import Attribute, Full, Plain
from parkgraph.api.scalars import serialize_decimal
from parkgraph.api.steady import what_says
from parkgraph.domain.money import Money
from parkgraph.domain.occupancy import Occupancy
from parkgraph.domain.tariff import RateTable
from parkgraph.graph import hit, search
from parkgraph.graph.merging import merge
from parkgraph.graph.offers import Offer
from tests.graph.listings import keyed, listing

BUILT = schema.build()
RESOLUTIONS = BUILT.resolutions
KEPT = {
    kind.name: kind
    for kind in BUILT.core.type_map.values()
    if isinstance(kind, GraphQLObjectType) and RESOLUTIONS.shown_by(kind)
}
AS_THEY_ARE = (str, int, float, bool, types.NoneType, datetime, date, time, timedelta, Decimal, UUID, Enum, ZoneInfo)


def steady(kind: GraphQLObjectType) -> Iterator[tuple[str, Attribute | Plain]]:
    for name, field in kind.fields.items():
        resolution = RESOLUTIONS.of(kind, name, field)
        if not isinstance(resolution, Full) and resolution.is_steady:
            yield name, resolution


def reached() -> dict[str, GraphQLObjectType]:
    """The types of all that may stand in what is kept."""
    found, waiting = {}, list(KEPT.values())
    while waiting:
        kind = waiting.pop()
        if kind.name not in found:
            found[kind.name] = kind
            below = (get_named_type(kind.fields[name].type) for name, _ in steady(kind))
            waiting += [each for each in below if isinstance(each, GraphQLObjectType)]
    return found


def is_frozen(of: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Whether values of this type never change."""
    if typing.get_origin(of) in (typing.Union, types.UnionType, tuple, frozenset):
        return all(each is Ellipsis or is_frozen(each, seen) for each in typing.get_args(of))
    if typing.get_origin(of) is typing.Annotated:
        return is_frozen(typing.get_args(of)[0], seen)
    if not isinstance(of, type) or of in seen:
        return of in seen
    if issubclass(of, AS_THEY_ARE):
        return True
    if issubclass(of, tuple):
        return all(is_frozen(each, seen | {of}) for each in typing.get_type_hints(of).values())
    params = getattr(of, "__dataclass_params__", None)
    return (
        is_dataclass(of)
        and bool(params and params.frozen)
        and all(is_frozen(each, seen | {of}) for _, each in shown_attributes(of))
    )


def shown_attributes(of: type) -> Iterator[tuple[str, Any]]:
    """With their types. A quote makes its lines when they are asked for, always the same."""
    return ((name, each) for name, each in typing.get_type_hints(of).items() if name != "priced_by")


def test_places_hits_and_pages_are_kept_and_offers_with_their_hits() -> None:
    assert set(KEPT) == {"Place", "PlaceEdge", "PlaceConnection"}


@pytest.mark.parametrize("name", sorted(reached()))
def test_what_a_kept_object_shows_never_changes(name: str) -> None:
    """A hit, and what is found, are of one question at one moment; the others are frozen, or views that are looked at
    themselves.
    """
    views = {RESOLUTIONS.class_of(kind) for kind in reached().values()}
    views |= {kind.extensions["strawberry-definition"].origin for kind in reached().values()}
    origin = RESOLUTIONS.class_of(reached()[name])
    assert origin
    for attribute, of in shown_attributes(origin):
        parts = set(typing.get_args(of)) if isinstance(of, types.UnionType) else {of}
        assert all(part in views | {hit.Hit, search.Answer} or is_frozen(part) for part in parts), f"{name}.{attribute}"


@pytest.mark.parametrize(
    ("name", "changing"),
    [
        ("Network", {"status", "circuit", "listings", "rejected", "lastSuccessAt", "name", "id"}),
        ("PlaceConnection", {"sources"}),
        ("Occupancy", {"fresh", "network"}),
        ("Place", {"isOpen", "offers", "parts", "partOf"}),
        ("Offer", {"network"}),
        ("Listing", {"network", "attribution"}),
    ],
)
def test_what_changes_by_itself_is_never_kept(name: str, changing: set[str]) -> None:
    kind = BUILT.core.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    assert changing.isdisjoint({each for each, _ in steady(kind)})


def test_what_is_kept_looks_at_no_clock_and_asks_nobody() -> None:
    for kind in reached().values():
        for name, resolution in steady(kind):
            if isinstance(resolution, Plain):
                used = set(resolution.call.__code__.co_names)
                assert used.isdisjoint({"now", "time", "clock", "context", "random", "uuid4", "today"}), (
                    f"{kind}.{name}"
                )


def test_what_is_kept_may_be_read_by_everybody() -> None:
    for kind in reached().values():
        definition = kind.extensions["strawberry-definition"]
        said = {field.python_name: statement for field, statement in statements(definition)}
        assert all(isinstance(statement, Public) for statement in said.values()), kind.name


def test_live_types_are_not_reached() -> None:
    assert "Network" not in reached()
    assert "SourceReport" not in reached()


def test_the_rule_would_catch_what_changes() -> None:
    assert not is_frozen(list[int])
    assert not is_frozen(search.Search)
    assert is_frozen(Offer)
    assert is_frozen(RateTable)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_is_said_as_its_scalar_says_it(amount: Decimal) -> None:
    assert what_says(values.Money) == {"amount": "text"}
    assert Money(amount, "EUR").text == serialize_decimal(amount)


def test_what_wraps_an_attribute_does_no_more() -> None:
    wrapping = {
        (kind.name, name): resolution
        for kind in BUILT.core.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, resolution in steady(kind)
        if isinstance(resolution, Plain) and resolution.wraps
    }
    assert list(wrapping) == [("Place", "occupancy")]
    (resolution,) = wrapping.values()
    counted, uncounted = (
        merge(UUID(int=1), [keyed("one", listing("1", occupancy=o))]) for o in (Occupancy(1, 2), None)
    )
    assert resolution.wraps == ("occupancy", "subject")
    assert resolution.call(counted).subject is counted.occupancy is not None
    assert resolution.call(uncounted) is uncounted.occupancy is None
