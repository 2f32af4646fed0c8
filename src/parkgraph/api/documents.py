"""From a query's text to a checked document. Documents that passed are kept: the next one with the same text is neither
parsed nor validated again.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final, cast

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    IntValueNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    create_source_event_stream,
    parse,
    specified_rules,
    validate,
)
from graphql import Executor as GraphQLExecutor

from parkgraph.api.context import Context
from parkgraph.api.cost import cost, pages_vary, prices
from parkgraph.api.errors import BadUserInputError, TooComplexError, presentable
from parkgraph.api.execution.executor import Executor, Prepared
from parkgraph.api.limits import BOUND_VALUES, Limits, check_document, check_source, check_variables
from parkgraph.api.schema import ParkGraphSchema
from parkgraph.api.shape import Shape, shapes

KEPT_CHARS: Final = 200_000
"""Characters of all kept queries together; parsed and compiled, one takes some 400 bytes for each."""

MAX_ERRORS: Final = 5
"""Errors of validation, and of variables, that are reported."""


class QueryError(Exception):
    """The query is not executed; `errors` are presentable."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document.

    `defaults`: page sizes that its variables have by default. `cost`: None where it depends on the variables.
    """

    document: DocumentNode
    node: OperationDefinitionNode
    prepared: Prepared
    shape: Shape
    defaults: Mapping[str, int]
    cost: int | None


Operations = Mapping[str | None, Operation]


class Documents:
    """Checks documents against the limits and the schema."""

    def __init__(self, schema: ParkGraphSchema, limits: Limits, *, production: bool, fragment_bytes: int = 0) -> None:
        """`fragment_bytes`: of JSON of places and offers, made once and kept for other answers."""
        self._schema = schema.core
        self._limits = limits
        self._prices = prices(schema.core)
        self._rules = (*specified_rules, NoSchemaIntrospectionCustomRule) if production else specified_rules
        self._hide_suggestions = production
        self._kept: LRUCache[str, Operations] = LRUCache(KEPT_CHARS, getsizeof=len)
        self._executor = Executor(
            schema.core,
            schema.resolutions,
            max_coercion_errors=MAX_ERRORS,
            hide_suggestions=production,
            fragment_bytes=fragment_bytes,
        )

    def operation(
        self, source: str, name: str | None, variables: Mapping[str, object], *, bound: bool = False
    ) -> Operation:
        """The operation of this text with this name, within all limits; `bound`: those of a gate's key. Raises
        QueryError.
        """
        try:
            operation = _named(self.operations(source), name)
            check_variables(variables, max(self._limits.tokens, BOUND_VALUES) if bound else self._limits.tokens)
            spent = operation.cost
            if spent is None:
                spent = cost(operation.shape, self._prices, {**operation.defaults, **variables})
            if spent > self._limits.cost:
                raise TooComplexError(
                    f"The query costs {spent}; at most {self._limits.cost} is allowed: ask for smaller pages or less."
                )
        except GraphQLError as refusal:
            raise QueryError(presentable(refusal)) from None
        return operation

    @property
    def executions(self) -> Mapping[str, int]:
        """How many operations were executed in which way."""
        return {way.value: number for way, number in self._executor.executions.items()}

    async def subscribe(
        self, operation: Operation, context: Context, variables: Mapping[str, object]
    ) -> AsyncGenerator[Any]:
        """The events of a subscription, which have to be closed. Raises QueryError."""
        executor = GraphQLExecutor.build(
            self._schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.node.name.value if operation.node.name else None,
            max_coercion_errors=MAX_ERRORS,
            hide_suggestions=self._hide_suggestions,
        )
        if not isinstance(executor, GraphQLExecutor):
            raise QueryError(*map(presentable, executor))
        found = create_source_event_stream(executor)
        events = await found if isawaitable(found) else found
        if isinstance(events, ExecutionResult):
            raise QueryError(*map(presentable, events.errors or ()))
        return cast("AsyncGenerator[Any]", events)

    def operations(self, source: str) -> Operations:
        """All operations of this text. Raises QueryError."""
        kept = self._kept.get(source)
        if kept is None:
            try:
                kept = self._check(source)
            except GraphQLError as refusal:
                raise QueryError(presentable(refusal)) from None
            if len(source) <= KEPT_CHARS:
                self._kept[source] = kept
        return kept

    def _check(self, source: str) -> Operations:
        check_source(source, self._limits)
        document = parse(source)
        check_document(document, self._limits)
        shape_of = shapes(document, self._limits.depth)
        errors = validate(
            self._schema, document, self._rules, max_errors=MAX_ERRORS, hide_suggestions=self._hide_suggestions
        )
        if errors:
            raise QueryError(*(presentable(self._without_suggestion(error), document) for error in errors))
        nodes = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        return {
            name: Operation(
                document,
                node,
                self._executor.prepare(document, node),
                shape,
                _defaults(node),
                None if pages_vary(shape) else cost(shape, self._prices, {}),
            )
            for node in nodes
            for name in [node.name.value if node.name else None]
            for shape in [shape_of[name]]
        }

    def _without_suggestion(self, error: GraphQLError) -> GraphQLError:
        """One rule of graphql-core makes its suggestion even so."""
        if self._hide_suggestions:
            error.message = error.message.partition(" Did you mean")[0]
        return error


def _named(operations: Operations, name: str | None) -> Operation:
    if name is None and len(operations) == 1:
        return next(iter(operations.values()))
    operation = operations.get(name)
    if operation is not None:
        return operation
    if not operations:
        raise BadUserInputError("The query has no operation; begin one with { or with query.")
    known = ", ".join(str(each) for each in operations)[:200]
    if name is None:
        raise BadUserInputError(f"operationName: choose one of the query's operations: {known}.")
    raise BadUserInputError(f"operationName: the query has no operation {name[:60]!r}; it has {known}.")


def _defaults(operation: OperationDefinitionNode) -> Mapping[str, int]:
    return {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
