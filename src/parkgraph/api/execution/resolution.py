"""How a field of an operation gets its value: what the executor calls, and with what."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, default_field_resolver

ITSELF: Final = "itself"
"""Instead of an attribute, the object."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """The attribute of the source with this name; `a.b` is that of the attribute `a`. `is_steady`: see Plain.

    `said_by`: another attribute of the source, with what the field's scalar makes of this one.
    """

    name: str
    is_steady: bool = False
    said_by: str | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A function of the source.

    `takes_source`: whether the source is its first argument. `info`: the name of the argument that is given what
    `Resolutions.info` makes of the context, once for each request. `arguments`: what makes its other arguments of
    graphql-core's, once for each place in the query and set of variables, so that nobody may change them. `is_steady`:
    what it gives follows from its source alone, and is the same as long as that is: it may be asked twice, or in vain.
    `wraps`: an attribute of the source and one of the result, where it does nothing but put the one into the other, and
    gives None for None.
    """

    call: Callable[..., Any]
    takes_source: bool = True
    info: str | None = None
    arguments: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    is_steady: bool = False
    wraps: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """A resolver as graphql-core calls it: the source, the whole of GraphQLResolveInfo, and the arguments."""

    call: Callable[..., Any]


Resolution = Attribute | Plain | Full


class Resolutions(Protocol):
    """What is known of a schema's resolvers."""

    def of(self, parent: GraphQLObjectType, name: str, field: GraphQLField) -> Resolution:
        """How this field of this type is resolved."""

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        """A class whose own instances (not those of classes under it) are sure to be of this type.

        They are neither awaitable nor exceptions, and the type's `is_type_of` holds for them.
        """

    def members_of(self, kind: GraphQLEnumType) -> type[Enum] | None:
        """The class whose members are values of this enum, if one is."""

    def shown_by(self, kind: GraphQLObjectType) -> str | None:
        """The attribute of this type's objects with what they show: the steady fields of two objects that show the same
        thing are the same. It may be None in an object that shows nothing which lasts. ITSELF: the objects are that.
        """

    def mostly_shown_by(self, kind: GraphQLObjectType) -> tuple[str, Set[str]] | None:
        """The same for where `shown_by` has nothing: an attribute, and the fields that it does not decide."""

    def info(self, context: Any) -> Any:
        """What `Plain` functions are given as their info."""


class AsInSchema:
    """Every resolver as graphql-core calls it: nothing more is known of the schema."""

    def of(self, _parent: GraphQLObjectType, _name: str, field: GraphQLField) -> Resolution:
        return Full(field.resolve or default_field_resolver)

    def class_of(self, _kind: GraphQLObjectType) -> type | None:
        return None

    def members_of(self, _kind: GraphQLEnumType) -> type[Enum] | None:
        return None

    def shown_by(self, _kind: GraphQLObjectType) -> str | None:
        return None

    def mostly_shown_by(self, _kind: GraphQLObjectType) -> tuple[str, Set[str]] | None:
        return None

    def info(self, context: Any) -> Any:
        return context
