"""What fills the gaps of structs, in one go for all objects of an answer.

A fill is given objects and what was read off them, in the same order. It raises where a value is not as its type wants
it, whatever that raises.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import Any

from msgspec import Struct, convert

Fill = Callable[[Sequence[Any], Sequence[Any]], None]
Read = Callable[[Any], Any]
Check = Callable[[Sequence[Any]], None]
"""That all values are of the classes that they should be of. Raises AmissError."""


class AmissError(Exception):
    """Of a value that is not as its type wants it."""


def same(gap: str, said: str) -> Fill:
    """The same in all objects."""

    def fill(_objects: Sequence[Any], structs: Sequence[Struct]) -> None:
        for each in structs:
            setattr(each, gap, said)

    return fill


def given(gap: str, read: Read, kind: Any, check: Check, below: Fill | None) -> Fill:
    """What a function gives of each object, of a `kind` that msgspec reads after a `check`; `below`: gaps in that."""
    kinds = list[kind]

    def fill(objects: Sequence[Any], structs: Sequence[Struct]) -> None:
        found = list(map(read, objects))
        check(found)
        made = convert(found, kinds, from_attributes=True)
        if below:
            below(found, made)
        for each, value in zip(structs, made, strict=True):
            setattr(each, gap, value)

    return fill


def coerced(
    gap: str, read: Read | None, coerce: Callable[[Any], Any], plain: Collection[type], *, required: bool
) -> Fill:
    """A scalar of the schema's own. `read`: from the object; where it is None the value stands in the gap already.
    `plain`: classes whose values are what they seem.
    """
    in_gap = attrgetter(gap)

    def fill(objects: Sequence[Any], structs: Sequence[Struct]) -> None:
        values = map(read, objects) if read else map(in_gap, structs)
        for each, value in zip(structs, values, strict=True):
            said = None
            if value is not None or required:
                if value.__class__ not in plain:
                    raise AmissError
                said = coerce(value)
                if said.__class__ is not str:
                    raise AmissError
            setattr(each, gap, said)

    return fill


def classes(only: type | None) -> Check:
    """Of objects that are of one class, or None. Leaves are left to msgspec."""
    allowed = {only, NoneType}

    def check(values: Sequence[Any]) -> None:
        if only and {*map(type, values)} - allowed:
            raise AmissError

    return check


def lists(of: Check) -> Check:
    """Of lists, or tuples, or None: an iterator could be read only once."""
    allowed = {list, tuple, NoneType}

    def check(values: Sequence[Any]) -> None:
        if {*map(type, values)} - allowed:
            raise AmissError
        of([*chain.from_iterable(filter(None, values))])

    return check


def through(attribute: str, fill: Fill) -> Fill:
    """Gaps in what stands under an attribute."""
    step = attrgetter(attribute)
    return lambda objects, structs: fill([*map(step, objects)], [*map(step, structs)])


def present(fill: Fill) -> Fill:
    """Gaps in what may be None."""

    def fill_present(objects: Sequence[Any], structs: Sequence[Any]) -> None:
        pairs = [pair for pair in zip(objects, structs, strict=True) if pair[1] is not None]
        if pairs:
            fill(*zip(*pairs, strict=True))

    return fill_present


def of_items(fill: Fill) -> Fill:
    """Gaps in the items of lists."""
    return lambda objects, structs: fill([*chain.from_iterable(objects)], [*chain.from_iterable(structs)])


def together(fills: Sequence[Fill]) -> Fill | None:
    """One after the other."""
    if len(fills) < 2:
        return fills[0] if fills else None

    def fill(objects: Sequence[Any], structs: Sequence[Any]) -> None:
        for each in fills:
            each(objects, structs)

    return fill
