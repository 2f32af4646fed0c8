"""How strawberry's fields are resolved, as the executor wants to know it: around most resolvers strawberry has nothing
to do that could not be done once for each query.

What is unusual (an extension that resolves, a permission, a resolver that asks for its root) goes through strawberry's
own resolver, unchanged.
"""

from collections.abc import Callable, Mapping, Set
from dis import get_instructions
from enum import Enum
from types import FunctionType
from typing import Any, Final, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    default_field_resolver,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types import Info
from strawberry.types.arguments import InputContext, convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional, StrawberryType
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

from parkgraph.api.execution.resolution import Attribute, Full, Plain, Resolution
from parkgraph.api.steady import (
    class_of_objects,
    is_live,
    what_mostly_shows,
    what_says,
    what_shows,
    what_wraps,
)

_DEFINITION: Final = GraphQLCoreConverter.DEFINITION_BACKREF


class _OfContext:
    """All that resolvers look at of GraphQLResolveInfo."""

    __slots__ = ("context",)

    def __init__(self, context: Any) -> None:
        self.context = context


class StrawberryResolutions:
    """Of a schema that this converter made, whose objects nobody casts with `strawberry.cast`."""

    def __init__(self, converter: GraphQLCoreConverter) -> None:
        self._converter = converter
        self._context: Any = None
        self._info: Info[Any, Any] | None = None

    def of(self, parent: GraphQLObjectType, _name: str, field: GraphQLField) -> Resolution:
        if field.subscribe:
            return Full(field.resolve or default_field_resolver)
        definition = field.extensions.get(_DEFINITION)
        origin = _origin(parent)
        below = get_named_type(field.type)
        shows = _origin(below) if isinstance(below, GraphQLObjectType) else None
        steady = origin is not None and not is_live(origin) and not (shows and is_live(shows))
        if isinstance(definition, StrawberryField) and (
            found := self._shorter(definition, origin, field.args, steady=steady)
        ):
            return found
        return Full(field.resolve or default_field_resolver)

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        origin = _origin(kind)
        if origin is None or issubclass(origin, BaseException) or hasattr(origin, "__await__"):
            return None
        return class_of_objects(origin)

    def members_of(self, kind: GraphQLEnumType) -> type[Enum] | None:
        definition = kind.extensions.get(_DEFINITION)
        if not isinstance(definition, StrawberryEnumDefinition):
            return None
        return cast("type[Enum]", definition.wrapped_cls)

    def shown_by(self, kind: GraphQLObjectType) -> str | None:
        origin = _origin(kind)
        return what_shows(origin) if origin else None

    def mostly_shown_by(self, kind: GraphQLObjectType) -> tuple[str, Set[str]] | None:
        origin = _origin(kind)
        return what_mostly_shows(origin) if origin else None

    def info(self, context: Any) -> Any:
        if self._info is None or self._context is not context:
            self._context = context
            self._info = Info(_raw_info=_OfContext(context), _field=None)  # type: ignore[arg-type]
        return self._info

    def _shorter(
        self, field: StrawberryField, origin: type | None, given: Mapping[str, GraphQLArgument], *, steady: bool
    ) -> Resolution | None:
        if self._converter.exception_handlers or any(_acts(extension) for extension in field.extensions):
            return None
        resolver = field.base_resolver
        if resolver is None:
            is_usual = self._converter.config.default_resolver is StrawberryConfig().default_resolver
            said_by = what_says(origin).get(field.python_name) if origin else None
            return Attribute(field.python_name, is_steady=steady, said_by=said_by) if is_usual else None
        first, parent = next(iter(resolver.signature.parameters.values()), None), resolver.parent_parameter
        if resolver.root_parameter or (parent and parent is not first) or not callable(resolver.wrapped_func):
            return None
        call, takes_source = resolver.wrapped_func, bool(resolver.self_parameter or parent)
        looks_elsewhere = bool(resolver.info_parameter or field.arguments or field.is_async)
        steady = steady and not looks_elsewhere
        if takes_source and not looks_elsewhere and (path := attribute_read(call)):
            return Attribute(path, is_steady=steady)
        return Plain(
            call,
            takes_source=takes_source,
            info=resolver.info_parameter.name if resolver.info_parameter else None,
            arguments=self._arguments(field, given) if field.arguments else None,
            is_steady=steady,
            wraps=what_wraps(call),
        )

    def _arguments(
        self, field: StrawberryField, given: Mapping[str, GraphQLArgument]
    ) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        """As strawberry's `convert_arguments`, with what is the same for all values looked up once."""
        named: list[tuple[str, str, Callable[[Any], Any] | None]] = []
        for argument in field.arguments:
            name = self._converter.config.name_converter.from_argument(argument)
            is_leaf = is_leaf_type(get_nullable_type(given[name].type))
            as_it_is = is_leaf and not isinstance(argument.type, StrawberryMaybe)
            named.append((name, argument.python_name, None if as_it_is else self._conversion(name, argument.type)))

        def convert(values: Mapping[str, Any]) -> Mapping[str, Any]:
            return {
                python_name: make(values[name]) if make else values[name]
                for name, python_name, make in named
                if name in values
            }

        return convert

    def _conversion(self, name: str, kind: StrawberryType | type) -> Callable[[Any], Any]:
        """As strawberry's `convert_argument`."""
        registry, config, path = self._converter.scalar_registry, self._converter.config, (name,)
        origin = kind.of_type if type(kind) is StrawberryOptional else kind
        definition = getattr(origin, "__strawberry_definition__", None)
        if not isinstance(definition, StrawberryObjectDefinition) or definition.from_input is None:
            return lambda value: convert_argument(value, kind, registry, config, path=path)
        make, made_of, context = definition.from_input, cast("type", origin), InputContext(None, config, registry, path)
        return lambda value: value if value is None or value is UNSET else make(made_of, value, context)


def attribute_read(function: Callable[..., Any]) -> str | None:
    """`a.b` of a function that does nothing but `return self.a.b`; None of any other."""
    if not isinstance(function, FunctionType):
        return None
    steps = [step for step in get_instructions(function) if step.opname not in ("RESUME", "NOP", "CACHE")]
    given, *reads, last = steps
    is_simple = given.opname.startswith("LOAD_FAST") and given.argval == function.__code__.co_varnames[0]
    if not is_simple or last.opname != "RETURN_VALUE" or any(read.opname != "LOAD_ATTR" for read in reads):
        return None
    return ".".join(read.argval for read in reads) or None


def _origin(kind: GraphQLObjectType) -> type | None:
    """The class whose objects are of this type; None where that is told in another way."""
    definition = kind.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        return None
    origin: type = definition.origin
    told_otherwise = definition.is_type_of and class_of_objects(origin) is origin
    return None if told_otherwise else origin


def _acts(extension: FieldExtension) -> bool:
    """Whether an extension has something to do when its field is resolved."""
    return extension.has_resolver or type(extension).map_arguments is not FieldExtension.map_arguments
