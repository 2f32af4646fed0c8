"""Executes operations: compiled where they can be, and by graphql-core where not."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    assert_valid_schema,
    execute,
    get_variable_values,
)
from graphql.execution.values import VariableValues

from parkgraph.api.execution.arguments import Arguments
from parkgraph.api.execution.coercion import Inputs
from parkgraph.api.execution.completion import Select
from parkgraph.api.execution.conditions import conditions
from parkgraph.api.execution.fragments import Fragments
from parkgraph.api.execution.plan import NotCompiledError, plan
from parkgraph.api.execution.resolution import AsInSchema, Plain, Resolutions
from parkgraph.api.execution.run import Circumstances, Run
from parkgraph.api.execution.source import Functions

MAX_VARIANTS: Final = 16
"""Of one operation: one for each set of values that its conditions have had."""


class Way(StrEnum):
    """How an operation is executed."""

    COMPILED = "COMPILED"
    INTERPRETED = "INTERPRETED"


_MUTATION: Final = OperationType.MUTATION
"""To look up a member takes Python 3.11 as long as to call a function."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    circumstances: Circumstances
    roots: Sequence[Select]


class Executor:
    """Of one schema. `compiled`, `interpreted`: how many executions of each way there were."""

    def __init__(
        self,
        schema: GraphQLSchema,
        resolutions: Resolutions | None = None,
        *,
        max_coercion_errors: int = 50,
        hide_suggestions: bool = False,
        fragment_bytes: int = 0,
    ) -> None:
        """`fragment_bytes`: of JSON that is kept; then data have `orjson.Fragment`s in them."""
        assert_valid_schema(schema)
        self.schema = schema
        self.resolutions = resolutions or AsInSchema()
        self.max_coercion_errors = max_coercion_errors
        self.hide_suggestions = hide_suggestions
        self.compiled = self.interpreted = 0
        self.fragments = Fragments(fragment_bytes) if fragment_bytes else None
        self.functions = Functions(schema, self.resolutions, self.fragments)

    @property
    def executions(self) -> Mapping[Way, int]:
        """How many of each way there were."""
        return {Way.COMPILED: self.compiled, Way.INTERPRETED: self.interpreted}

    def prepare(self, document: DocumentNode, operation: OperationDefinitionNode) -> "Prepared":
        """An operation of a valid document, to be executed many times. Compiled when it first gets its variables."""
        return Prepared(self, document, operation)


class Prepared:
    """An operation, and what was compiled of it: one variant for each set of values of its conditions."""

    def __init__(self, executor: Executor, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.executor = executor
        self.operation = operation
        self._document = document
        self._conditions = conditions(document)
        self._inputs = Inputs(executor.schema, operation.variable_definitions or ())
        self._variants: dict[tuple[object, ...], _Compiled | None] = {}

    def execute(self, context: Any, variables: Mapping[str, Any]) -> ExecutionResult | Awaitable[ExecutionResult]:
        """The answer; its errors are as they were raised."""
        supplied = self.supply(variables)
        return ExecutionResult(None, supplied) if isinstance(supplied, list) else supplied.execute(context)

    def supply(self, variables: Mapping[str, Any]) -> "Supplied | list[GraphQLError]":
        """The operation with these variables, or what is wrong with them."""
        values = self._inputs.coerce(variables) or get_variable_values(
            self.executor.schema,
            self.operation.variable_definitions or (),
            dict(variables),
            max_errors=self.executor.max_coercion_errors,
            hide_suggestions=self.executor.hide_suggestions,
        )
        if isinstance(values, list):
            return values
        return Supplied(self, variables, values, self._compiled(values))

    def interpret(
        self, context: Any, variables: Mapping[str, Any], root: Any
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """As graphql-core executes it."""
        executor = self.executor
        return execute(
            executor.schema,
            self._document,
            root_value=root,
            context_value=context,
            variable_values=dict(variables),
            operation_name=self.operation.name.value if self.operation.name else None,
            max_coercion_errors=executor.max_coercion_errors,
            hide_suggestions=executor.hide_suggestions,
        )

    def _compiled(self, values: VariableValues) -> _Compiled | None:
        conditions: tuple[object, ...] = tuple(values.coerced.get(name) for name in self._conditions)
        if conditions in self._variants:
            return self._variants[conditions]
        if len(self._variants) >= MAX_VARIANTS or any(not isinstance(value, bool) for value in conditions):
            return None
        try:
            compiled = self._compile(values)
        except (NotCompiledError, GraphQLError, RecursionError):
            compiled = None
        self._variants[conditions] = compiled
        return compiled

    def _compile(self, values: VariableValues) -> _Compiled:
        executor = self.executor
        planned = plan(executor.schema, self._document, self.operation, values, executor.resolutions)
        circumstances = Circumstances(
            executor.schema,
            dict(planned.fragments),
            self.operation,
            planned.fields,
            {
                entry.value.field.number: Arguments(
                    entry.value.field,
                    entry.resolution.arguments if isinstance(entry.resolution, Plain) else None,
                    hide_suggestions=executor.hide_suggestions,
                )
                for selection in planned.selections
                for entry in selection.entries
                if entry.value and entry.value.field.has_arguments
            },
        )
        return _Compiled(circumstances, executor.functions.compile(planned))


class Supplied:
    """An operation with its variables, to be executed any number of times, also at the same time. What arguments of
    fields are made of them is made once for all executions.
    """

    __slots__ = ("_arguments", "_compiled", "_is_mutation", "_prepared", "_values", "_variables")

    def __init__(
        self, prepared: Prepared, variables: Mapping[str, Any], values: VariableValues, compiled: _Compiled | None
    ) -> None:
        self._prepared = prepared
        self._variables = variables
        self._values = values
        self._compiled = compiled
        self._is_mutation = prepared.operation.operation is _MUTATION
        self._arguments: list[Mapping[str, Any] | None] = [None] * (
            len(compiled.circumstances.fields) if compiled else 0
        )

    def execute(self, context: Any, root: Any = None) -> ExecutionResult | Awaitable[ExecutionResult]:
        """The answer; its errors are as they were raised. `root`: of a subscription, one of its events."""
        executor, compiled = self._prepared.executor, self._compiled
        if compiled is None:
            executor.interpreted += 1
            return self._prepared.interpret(context, self._variables, root)
        executor.compiled += 1
        run = Run(compiled.circumstances, context, executor.resolutions.info(context), self._values, self._arguments)
        try:
            data = _serially(run, compiled.roots) if self._is_mutation else compiled.roots[0](run, root, None)
        except GraphQLError as error:
            run.add(error, None)
            return ExecutionResult(None, run.errors)
        return ExecutionResult(data, run.errors or None) if isinstance(data, dict) else _later(run, data)


def _serially(run: Run, roots: Sequence[Select]) -> Any:
    """Each root field after the one before has ended."""
    data: dict[str, Any] = {}
    for index, root in enumerate(roots):
        part = root(run, None, None)
        if not isinstance(part, dict):
            return _rest(run, data, part, roots[index + 1 :])
        data.update(part)
    return data


async def _rest(run: Run, data: dict[str, Any], part: Awaitable[Any], roots: Sequence[Select]) -> dict[str, Any]:
    data.update(await part)
    for root in roots:
        next_ = root(run, None, None)
        data.update(next_ if isinstance(next_, dict) else await next_)
    return data


async def _later(run: Run, data: Awaitable[dict[str, Any]]) -> ExecutionResult:
    try:
        done = await data
    except GraphQLError as error:
        run.add(error, None)
        return ExecutionResult(None, run.errors)
    return ExecutionResult(done, run.errors or None)
