"""Selections of steady fields as structs of msgspec, which its compiled code reads off objects, checks and writes.

Nothing is passed through unchecked: at the first value that is not as its type wants it, or exception, there is no
JSON, and the careful functions of `source` do all of it again, which say what is wrong and where. So only what is
steady is asked here, since it may be asked twice; or in vain, as attributes are that are read before a function fails
that stands before them.

What cannot be read so (what a function gives, a scalar of the schema's own, an attribute under a second key, the name
of the type) leaves a gap, which a function of `shapes` fills.
"""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter
from typing import Annotated, Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    is_leaf_type,
)
from graphql.type import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from msgspec import Meta, convert, defstruct
from msgspec.json import Encoder
from orjson import Fragment

from parkgraph.api.execution.declared import declared, item_of
from parkgraph.api.execution.plan import Entry, Selection, Value
from parkgraph.api.execution.resolution import Attribute, Plain, Resolutions
from parkgraph.api.execution.shapes import (
    Check,
    Coerced,
    Find,
    Gap,
    Given,
    Leaf,
    Many,
    Name,
    Object,
    Optional,
    Shape,
    TooDeepError,
    classes,
    filling,
    lists,
)

_LEAVES: Final[Mapping[GraphQLOutputType, Any]] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLInt: Annotated[int, Meta(ge=GRAPHQL_MIN_INT, le=GRAPHQL_MAX_INT)],
    GraphQLFloat: Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)],
    GraphQLBoolean: bool,
}
"""What values of a leaf type are that are in the answer as they are."""

_GAPS: Final = ("__doc__", "__class__", "__str__", "__repr__", "__dir__", "__format__", "__sizeof__")
"""Names of gaps. A gap is read like any field before it is filled; every object has these, and to find that it has
nothing takes ten times as long.
"""

_write: Final = Encoder().encode

Written = Callable[[Any], Fragment | None]
"""From what a resolver gave to its JSON; None where that is left to the careful functions."""


class _NotStructuredError(Exception):
    """Of what cannot be read so."""


@dataclass(slots=True)
class _Fields:
    """Of a struct that is being made: of each attribute, what it is read into and its key in JSON."""

    kinds: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    below: list[tuple[str, Shape]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def read(self, attribute: str, key: str, shape: Shape) -> None:
        self.kinds[attribute], self.keys[attribute] = shape.kind, key
        self.below.append((attribute, shape))

    def gap(self, key: str, attribute: str | None = None) -> str:
        """The name of one more. `attribute`: with what stands in it at first."""
        for name in (attribute,) if attribute else _GAPS:
            if name not in self.kinds:
                self.kinds[name], self.keys[name] = Any, key
                return name
        raise _NotStructuredError


class Structs:
    """Of one plan. `plain`: classes whose values are what they seem. `is_kept`: whether JSON of a selection's objects
    is kept, which is then left to whoever keeps it. `members`: of an enum, if their names are the answer's.
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
        except (_NotStructuredError, TooDeepError):
            return None

    def many(self, item: Value) -> Written | None:
        """Of a list or tuple of objects."""
        if not isinstance(item.within, GraphQLObjectType):
            return None
        try:
            return _written(Many(self._shape(item)), lists(self._check(item)))
        except (_NotStructuredError, TooDeepError):
            return None

    def _shape(self, value: Value) -> Shape:
        shape = self._required(value)
        return shape if value.required else Optional(shape)

    def _required(self, value: Value) -> Shape:
        kind = value.within
        if value.item:
            return Many(self._shape(value.item))
        if isinstance(kind, GraphQLObjectType):
            below = value.selections[kind.name]
            if self._is_kept(below):
                raise _NotStructuredError
            return self._of_objects(below)
        leaf = self._members(kind) if isinstance(kind, GraphQLEnumType) else _LEAVES.get(kind)
        if leaf is None:
            raise _NotStructuredError
        return Leaf(leaf)

    def _of_objects(self, selection: Selection, within: tuple[type, str] | None = None) -> Shape:
        """`within`: the class of what is read instead of the selection's objects, which have it as this attribute."""
        owner, prefix = within or (self._resolutions.class_of(selection.kind), "")
        if (selection.number, prefix) not in self._shapes:
            self._shapes[selection.number, prefix] = None
            self._shapes[selection.number, prefix] = self._made(selection, owner, prefix) if owner else None
        if shape := self._shapes[selection.number, prefix]:
            return shape
        raise _NotStructuredError

    def _made(self, selection: Selection, owner: type, prefix: str) -> Shape | None:
        fields = _Fields()
        try:
            for entry in selection.entries:
                if entry.value is None:
                    fields.gaps.append(Name(fields.gap(entry.key), selection.kind.name))
                elif not entry.is_steady or not self._add(fields, entry, entry.value, owner, prefix):
                    return None
        except _NotStructuredError:
            return None
        struct = defstruct(selection.kind.name, list(fields.kinds.items()), rename=fields.keys, gc=False)
        return Object(struct, fields.gaps, fields.below)

    def _add(self, fields: _Fields, entry: Entry, value: Value, owner: type, prefix: str) -> bool:
        """Whether it could be added: as an attribute that is read, or as a gap."""
        resolution, attribute = entry.resolution, None
        if isinstance(resolution, Attribute):
            path = resolution.name
            if not path.startswith(prefix):
                return False
            path = path[len(prefix) :]
            attribute = path if "." not in path and path not in fields.kinds else None
            find: Find = attrgetter(path)
        elif isinstance(resolution, Plain) and _looks_at_source_alone(resolution) and not prefix:
            if resolution.wraps and self._add_wrapped(fields, entry.key, value, owner, resolution.wraps):
                return True
            find = resolution.call
        else:
            return False
        if attribute and isinstance(resolution, Attribute) and resolution.written:
            written = Leaf(resolution.written)
            fields.read(attribute, entry.key, written if value.required else Optional(written))
        elif _is_own(value):
            gap = fields.gap(entry.key, attribute)
            coerce = value.within.coerce_output_value  # type: ignore[union-attr]
            elsewhere = None if attribute else find
            fields.gaps.append(Coerced(gap, elsewhere, coerce, self._plain, value.required))
        elif attribute and self._is_as_declared(declared(owner, attribute), value):
            fields.read(attribute, entry.key, self._shape(value))
        else:
            fields.gaps.append(Given(fields.gap(entry.key), find, self._shape(value), self._check(value)))
        return True

    def _add_wrapped(self, fields: _Fields, key: str, value: Value, owner: type, wraps: tuple[str, str]) -> bool:
        """Whether it could be read off what its objects only wrap."""
        attribute, inner = wraps
        below, kind = declared(owner, attribute), value.within
        if attribute in fields.kinds or not isinstance(below, type) or not isinstance(kind, GraphQLObjectType):
            return False
        try:
            shape = self._of_objects(value.selections[kind.name], (below, f"{inner}."))
        except _NotStructuredError:
            return False
        fields.read(attribute, key, shape if value.required else Optional(shape))
        return True

    def _is_as_declared(self, kind: Any, value: Value) -> bool:
        """Whether the objects in a value are sure to be of their classes."""
        if value.item:
            return self._is_as_declared(item_of(kind), value.item)
        return not isinstance(value.within, GraphQLObjectType) or (
            kind is not None and kind is self._resolutions.class_of(value.within)
        )

    def _check(self, value: Value) -> Check | None:
        """That they are, where nothing is declared."""
        if value.item:
            return lists(self._check(value.item))
        of = self._resolutions.class_of(value.within) if isinstance(value.within, GraphQLObjectType) else None
        return classes(of) if of else None


def _written(shape: Shape, check: Check | None = None) -> Written:
    kind, fill = shape.kind, filling(shape)

    def write(source: Any) -> Fragment | None:
        try:
            if check:
                check((source,))
            read = convert(source, kind, from_attributes=True)
            if fill:
                fill(source, read)
            return Fragment(_write(read))
        except Exception:  # noqa: BLE001  (said by the careful functions)
            return None

    return write


def _is_own(value: Value) -> bool:
    """A scalar of the schema's own."""
    kind = value.within
    return is_leaf_type(kind) and not isinstance(kind, GraphQLEnumType) and kind not in _LEAVES


def _looks_at_source_alone(resolution: Plain) -> bool:
    return resolution.takes_source and not (resolution.info or resolution.arguments)
