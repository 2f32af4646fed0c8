"""What speaks for and against two listings being one place."""

from math import log, log1p
from typing import Final, NamedTuple

from parkgraph.graph.matching.features import Features
from parkgraph.graph.matching.names import GARAGE, LOT, STREET, likeness

REACH_M: Final = 300.0
"""No two listings of one place stand farther apart; the farthest known pair is 290 m."""

TELLING_CAPACITY: Final = 20
"""Two unlike garages seldom have the same capacity, unless it is small."""

_EMPTY: Final[frozenset[str]] = frozenset()


class Evidence(NamedTuple):
    """One number per kind of evidence, 0 where nothing is known; the model weighs them.

    `distance` is ln(1 + metres / 10), `capacity_apart` the absolute logarithm of the capacities' ratio, at most ln 10;
    `name_alike` and `name_unlike` add up to 1 where both have a name; the others are 0 or 1.
    """

    distance: float
    name_alike: float
    name_unlike: float
    same_street: float
    same_house: float
    other_street: float
    other_house: float
    same_code: float
    same_side: float
    capacity_equal: float
    capacity_apart: float
    same_structure: float
    garage_and_lot: float
    street_and_lot: float
    same_operator: float
    same_external_id: float
    other_users: float


def contradicts(x: Features, y: Features) -> bool:
    """Whether two listings cannot be one place, whatever else speaks for it."""
    return (
        bool(x.codes and y.codes and x.codes.isdisjoint(y.codes))
        or _other_sides(x, y)
        or {x.structure, y.structure} == {STREET, GARAGE}
        or (x.users is not None and y.users is not None and x.users != y.users)
    )


def weigh(x: Features, y: Features, metres: float) -> Evidence:
    """The evidence of two listings that stand so far apart."""
    alike = likeness(x.name, y.name, x.address.town | y.address.town)
    same_street = not x.streets.isdisjoint(y.streets)
    in_both = bool(x.address.streets and y.address.streets)
    houses = _same_house(x, y) if same_street and in_both else None
    structures = {x.structure, y.structure}
    known = x.capacity is not None and y.capacity is not None
    return Evidence(
        distance=log1p(metres / 10),
        name_alike=alike or 0.0,
        name_unlike=0.0 if alike is None else 1 - alike,
        same_street=float(same_street),
        same_house=float(houses is True),
        other_street=float(in_both and not same_street),
        other_house=float(houses is False),
        same_code=float(not x.codes.isdisjoint(y.codes)),
        same_side=float(not x.name.sides.isdisjoint(y.name.sides)),
        capacity_equal=float(known and x.capacity == y.capacity and (x.capacity or 0) >= TELLING_CAPACITY),
        capacity_apart=_apart(x.capacity, y.capacity),
        same_structure=float(x.structure is not None and x.structure == y.structure),
        garage_and_lot=float(structures == {GARAGE, LOT}),
        street_and_lot=float(structures == {STREET, LOT}),
        same_operator=float(x.operator is not None and x.operator == y.operator),
        same_external_id=float(not x.external_ids.isdisjoint(y.external_ids)),
        other_users=float(x.users != y.users),
    )


def _apart(a: int | None, b: int | None) -> float:
    return 0.0 if a is None or b is None else min(log(max(a, b) / min(a, b)), log(10))


def _same_house(x: Features, y: Features) -> bool | None:
    a, b = x.address.numbers, y.address.numbers
    return None if a is None or b is None else a[0] <= b[1] and b[0] <= a[1]


def _other_sides(x: Features, y: Features) -> bool:
    if not x.name.sides or not y.name.sides:
        return False
    axes = {axis for axis, _ in x.name.sides} & {axis for axis, _ in y.name.sides}
    return any(
        {side for at, side in x.name.sides if at == axis}.isdisjoint(side for at, side in y.name.sides if at == axis)
        for axis in axes
    )
