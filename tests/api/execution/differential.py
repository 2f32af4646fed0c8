"""Two executions of one operation, compiled and by graphql-core, and whether they differ in anything."""

import asyncio
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    parse,
    validate,
)

from parkgraph.api.execution.executor import Executor, Way
from tests.api.execution.awkward import stable


def valid(schema: GraphQLSchema, text: str) -> bool:
    return not validate(schema, parse(text))


async def compiled(executor: Executor, text: str, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
    document = parse(text)
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    prepared = executor.prepare(document, operation)
    return await _ended(lambda: prepared.execute(context, variables))


async def interpreted(schema: GraphQLSchema, text: str, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
    document = parse(text)
    return await _ended(lambda: execute(schema, document, context_value=context, variable_values=dict(variables)))


async def _ended(begin: Callable[[], Any]) -> ExecutionResult:
    others = asyncio.all_tasks()
    result = begin()
    ended: ExecutionResult = await result if isawaitable(result) else result
    while asyncio.all_tasks() - others:  # what was abandoned ends too
        await asyncio.sleep(0)
    return ended


def said(result: ExecutionResult) -> Any:
    """All that a client, or a log, can see of an answer, the order of keys included."""
    return stable(result.data), [_error(error) for error in result.errors or ()]


def _error(error: GraphQLError) -> Any:
    return (
        error.message,
        error.path,
        [(at.line, at.column) for at in error.locations or ()],
        stable(error.extensions),
        stable(error.original_error),
    )


def was_compiled(executor: Executor) -> bool:
    """Whether all that this executor executed was compiled."""
    return executor.executions[Way.INTERPRETED] == 0
