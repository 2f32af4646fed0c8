"""What speaks for and against two listings being one place."""

from math import log, log1p
from typing import Final, NamedTuple

from parkgraph.graph.matching.features import Features
from parkgraph.graph.matching.lexicon import GARAGE, LOT, STREET
from parkgraph.graph.matching.names import likeness

REACH_M: Final = 300.0
"""No two listings of one place stand farther apart; the farthest known pair is 290 m."""

COMMON_CAPACITY: Final = 10
TELLING_CAPACITY: Final = 100
"""That two have about the same capacity tells nothing where it is so small, and all that it can from the other on."""

NEAR: Final = 1.2
"""Capacities that differ by less may be the same ones, counted at different times."""


class Evidence(NamedTuple):
    """One number per kind of evidence, 0 where nothing is known; the model weighs them.

    `distance` is ln(1 + metres / 10). `capacity_near` is 1 for equal capacities and 0 from a ratio of NEAR on, where
    `capacity_apart` begins: the logarithm of what the ratio is beyond it, at most ln 10. `name_alike` and `name_unlike`
    add up to 1 where both have a name; the others are 0 or 1.
    """

    distance: float
    name_alike: float
    name_unlike: float
    same_house: float
    other_street: float
    same_code: float
    capacity_near: float
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
    alike = likeness(
        x.name,
        y.name,
        known=x.address.town | y.address.town,
        weak=x.brand | y.brand,
        streets=(x.address.streets, y.address.streets),
    )
    one_street = same_street(x, y)
    in_both = bool(x.address.streets and y.address.streets)
    structures = {x.structure, y.structure}
    return Evidence(
        distance=log1p(metres / 10),
        name_alike=alike or 0.0,
        name_unlike=0.0 if alike is None else 1 - alike,
        same_house=float(one_street and in_both and _same_house(x, y)),
        other_street=float(in_both and not one_street),
        same_code=float(not x.codes.isdisjoint(y.codes)),
        capacity_near=_near(x.capacity, y.capacity),
        capacity_apart=_apart(x.capacity, y.capacity),
        same_structure=float(x.structure is not None and x.structure == y.structure),
        garage_and_lot=float(structures == {GARAGE, LOT}),
        street_and_lot=float(structures == {STREET, LOT}),
        same_operator=float(x.operator is not None and x.operator == y.operator),
        same_external_id=float(not x.external_ids.isdisjoint(y.external_ids)),
        other_users=float(x.users != y.users),
    )


def same_street(x: Features, y: Features) -> bool:
    """Whether a name or an address of each has it. By itself it tells little: there are many on one street."""
    return not x.streets.isdisjoint(y.streets)


def _near(a: int | None, b: int | None) -> float:
    if a is None or b is None:
        return 0.0
    agreement = 1 - log(max(a, b) / min(a, b)) / log(NEAR)
    return max(0.0, agreement) * _between(log(min(a, b) / COMMON_CAPACITY) / log(TELLING_CAPACITY / COMMON_CAPACITY))


def _between(share: float) -> float:
    return min(1.0, max(0.0, share))


def _apart(a: int | None, b: int | None) -> float:
    return 0.0 if a is None or b is None else min(max(0.0, log(max(a, b) / min(a, b) / NEAR)), log(10))


def _same_house(x: Features, y: Features) -> bool:
    a, b = x.address.numbers, y.address.numbers
    return a is not None and b is not None and a[0] <= b[1] and b[0] <= a[1]


def _other_sides(x: Features, y: Features) -> bool:
    if not x.name.sides or not y.name.sides:
        return False
    axes = {axis for axis, _ in x.name.sides} & {axis for axis, _ in y.name.sides}
    return any(
        {side for at, side in x.name.sides if at == axis}.isdisjoint(side for at, side in y.name.sides if at == axis)
        for axis in axes
    )
