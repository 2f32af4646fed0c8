"""Selections of steady fields as structs of msgspec, which are made of objects by one function and written in C.

Nothing is passed through unchecked: at the first value that is not as its type wants it, or exception, there is no
JSON, and the careful functions of `source` do all of it again, which say what is wrong and where. So only what is
steady is asked here, since it may be asked twice; or in vain, as attributes are that are read before a function fails
that stands before them.
"""

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLObjectType, is_leaf_type
from msgspec import defstruct
from msgspec.json import Encoder
from orjson import Fragment

from parkgraph.api.execution.leaves import AS_IT_IS, TEXT
from parkgraph.api.execution.plan import Entry, Selection, Value
from parkgraph.api.execution.resolution import Attribute, Plain, Resolutions
from parkgraph.api.execution.shapes import Coerced, Leaf, Many, Member, Object, Optional, Part, Read, Shape, reader

_write: Final = Encoder().encode

Written = Callable[[Any], Fragment | None]
"""From what a resolver gave to its JSON; None where that is left to the careful functions."""


class _NotStructuredError(Exception):
    """Of what cannot be read so."""


class Structs:
    """Of one plan. `plain`: classes whose values are what they seem. `is_kept`: whether JSON of a selection's objects
    is kept, which is then left to whoever keeps it. `members`: of an enum, if their values are the answer's.
    """

    def __init__(
        self,
        resolutions: Resolutions,
        plain: Collection[type],
        is_kept: Callable[[Selection], bool],
        members: Callable[[GraphQLEnumType], type[Enum] | None],
    ) -> None:
        self._resolutions = resolutions
        self._plain = plain
        self._is_kept = is_kept
        self._members = members
        self._shapes: dict[tuple[int, str], Shape | None] = {}

    def one(self, selection: Selection) -> Written | None:
        """Of an object of the selection's class."""
        try:
            return _written(self._of_objects(selection))
        except _NotStructuredError:
            return None

    def many(self, item: Value) -> Written | None:
        """Of a list or tuple of objects."""
        if not isinstance(item.within, GraphQLObjectType):
            return None
        try:
            return _written(Many(self._shape(item)))
        except _NotStructuredError:
            return None

    def _shape(self, value: Value) -> Shape:
        return _as_wanted(self._present(value), value)

    def _present(self, value: Value) -> Shape:
        """Where it is not null."""
        kind = value.within
        if value.item:
            return Many(self._shape(value.item))
        if isinstance(kind, GraphQLObjectType):
            below = value.selections[kind.name]
            if self._is_kept(below):
                raise _NotStructuredError
            return self._of_objects(below)
        if isinstance(kind, GraphQLEnumType):
            if members := self._members(kind):
                return Member(members)
            raise _NotStructuredError
        if not is_leaf_type(kind):
            raise _NotStructuredError
        test = AS_IT_IS.get(kind)
        return Leaf(test) if test else Coerced(kind.coerce_output_value, self._plain)

    def _of_objects(self, selection: Selection, prefix: str = "") -> Shape:
        """`prefix`: of the paths that are read, where what is read is what stands there instead of the objects."""
        at = selection.number, prefix
        if at not in self._shapes:
            try:
                self._shapes[at] = self._made(selection, prefix)
            except _NotStructuredError:
                self._shapes[at] = None
        if shape := self._shapes[at]:
            return shape
        raise _NotStructuredError

    def _made(self, selection: Selection, prefix: str) -> Shape:
        owner = None if prefix else self._resolutions.class_of(selection.kind)
        if not (owner or prefix):
            raise _NotStructuredError
        parts = [self._part(entry, prefix) if entry.value else selection.kind.name for entry in selection.entries]
        names = [f"part_{number}" for number in range(len(parts))]
        keys = [entry.key for entry in selection.entries]
        struct = defstruct(selection.kind.name, names, rename=dict(zip(names, keys, strict=True)), gc=False)
        return Object(struct, owner, parts)

    def _part(self, entry: Entry, prefix: str) -> Part:
        resolution, value = entry.resolution, entry.value
        if value is None or not entry.is_steady:
            raise _NotStructuredError
        if isinstance(resolution, Attribute):
            path = resolution.said_by or resolution.name
            if path.startswith(prefix):
                shape = _as_wanted(Leaf(TEXT), value) if resolution.said_by else self._shape(value)
                return Part(path.removeprefix(prefix), shape)
        elif isinstance(resolution, Plain) and _looks_at_source_alone(resolution) and not prefix:
            return self._unwrapped(resolution, value) or Part(resolution.call, self._shape(value))
        raise _NotStructuredError

    def _unwrapped(self, resolution: Plain, value: Value) -> Part | None:
        """Read off what its objects only wrap, where that can be done."""
        if resolution.wraps is None or not isinstance(value.within, GraphQLObjectType):
            return None
        attribute, inner = resolution.wraps
        try:
            below = self._of_objects(value.selections[value.within.name], f"{inner}.")
        except _NotStructuredError:
            return None
        return Part(attribute, _as_wanted(below, value))


def _written(shape: Shape) -> Written:
    """The function is made when it is first wanted: what stands in something larger is mostly written with that."""
    read: Read | None = None

    def write(source: Any) -> Fragment | None:
        nonlocal read
        if read is None:
            read = reader(shape)
        try:
            return Fragment(_write(read(source)))
        except Exception:  # noqa: BLE001  (said by the careful functions)
            return None

    return write


def _as_wanted(shape: Shape, value: Value) -> Shape:
    return shape if value.required else Optional(shape)


def _looks_at_source_alone(resolution: Plain) -> bool:
    return resolution.takes_source and not (resolution.info or resolution.arguments)
