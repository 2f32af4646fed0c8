"""One execution of a compiled operation: what its functions share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutine
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type import GraphQLResolveInfoHelpers

PathTo = tuple[Any, str | int, str | None] | None
"""Where a value stands: the path to what it stands in, its key there, and the type of what it stands in."""


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One field of the answer: fields of the query that are merged into one key. `number` is its own in the plan."""

    number: int
    key: str
    name: str
    nodes: Sequence[FieldNode]
    parent: GraphQLObjectType
    definition: GraphQLField

    @property
    def has_arguments(self) -> bool:
        return bool(self.definition.args or self.nodes[0].arguments)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all executions of an operation have in common. `arguments`: what makes those of a field, by its number."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    operation: OperationDefinitionNode
    fields: Sequence[Field]
    arguments: Mapping[int, Callable[[VariableValues], Mapping[str, Any]]]


class Run:
    """Errors so far, and arguments, which are coerced once for each field of the query and set of variables."""

    __slots__ = (
        "_background",
        "_helpers",
        "_nulled",
        "arguments",
        "circumstances",
        "context",
        "errors",
        "info",
        "variables",
    )

    def __init__(
        self,
        circumstances: Circumstances,
        context: Any,
        info: Any,
        variables: VariableValues,
        arguments: list[Mapping[str, Any] | None],
    ) -> None:
        self.circumstances = circumstances
        self.context = context
        self.info = info
        self.variables = variables
        self.arguments = arguments
        self.errors: list[GraphQLError] = []
        self._nulled: set[PathTo] = set()
        self._background: set[asyncio.Future[Any]] = set()
        self._helpers: GraphQLResolveInfoHelpers | None = None

    def coerce(self, number: int) -> Mapping[str, Any]:
        """The arguments of a field. Raises GraphQLError."""
        made = self.arguments[number] = self.circumstances.arguments[number](self.variables)
        return made

    def resolve_info(self, field: Field, path: PathTo) -> GraphQLResolveInfo[Any]:
        """What graphql-core tells a resolver."""
        circumstances = self.circumstances
        if self._helpers is None:
            self._helpers = GraphQLResolveInfoHelpers(gather=_gather, track=self._track)
        return GraphQLResolveInfo(
            field.name,
            list(field.nodes),
            field.definition.type,
            field.parent,
            as_path(path),
            circumstances.schema,
            circumstances.fragments,
            None,
            circumstances.operation,
            self.variables,
            self.context,
            is_awaitable,
            None,
            self._helpers,
        )

    def add(self, error: GraphQLError, path: PathTo) -> None:
        """Report an error, unless what it is about is null already because of another one."""
        at = path
        while at is not None:
            if at in self._nulled:
                return
            at = at[0]
        if None not in self._nulled:
            self._nulled.add(path)
            self.errors.append(error)

    def settle(self, awaitables: Sequence[Awaitable[Any]]) -> None:
        """Let them end by themselves: nobody waits for them any more, and none must be left without an end."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            for each in awaitables:
                if iscoroutine(each):
                    each.close()
            return
        future = asyncio.gather(*awaitables, return_exceptions=True)
        self._background.add(future)
        future.add_done_callback(self._background.discard)

    def _track(self, values: Sequence[Any]) -> None:
        if awaitables := [value for value in values if is_awaitable(value)]:
            self.settle(awaitables)


def as_list(path: PathTo) -> list[str | int]:
    """A path from the root on, as errors have it."""
    keys: list[str | int] = []
    while path is not None:
        keys.append(path[1])
        path = path[0]
    return keys[::-1]


def as_path(path: PathTo) -> Any:
    """A path as graphql-core has it."""
    return path and Path(as_path(path[0]), path[1], path[2])


def _gather(values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
    return gather_with_cancel(*values)
