"""Two executions of one operation, compiled and by graphql-core, and whether they differ in anything."""

import asyncio
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    parse,
    validate,
)
from orjson import Fragment

from parkgraph.api.execution.executor import Executor, Prepared, Way
from tests.api.execution.awkward import stable


def valid(schema: GraphQLSchema, text: str) -> bool:
    return not validate(schema, parse(text))


def prepare(executor: Executor, text: str) -> Prepared:
    document = parse(text)
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return executor.prepare(document, operation)


async def compiled(executor: Executor, text: str, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
    prepared = prepare(executor, text)
    return await execution(lambda: prepared.execute(context, variables))


async def interpreted(schema: GraphQLSchema, text: str, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
    document = parse(text)
    return await execution(lambda: execute(schema, document, context_value=context, variable_values=dict(variables)))


async def execution(begin: Callable[[], Any]) -> ExecutionResult:
    """What has begun so, when all of it has ended."""
    others = asyncio.all_tasks()
    result = begin()
    ended: ExecutionResult = await result if isawaitable(result) else result
    while asyncio.all_tasks() - others:  # what was abandoned ends too
        await asyncio.sleep(0)
    return ended


def said(result: ExecutionResult) -> Any:
    """All that a client, or a log, can see of an answer, the order of keys included."""
    return stable(_whole(result.data)), [_error(error) for error in result.errors or ()]


def _whole(data: Any) -> Any:
    """With what fragments say in their place."""
    if isinstance(data, Fragment):
        return orjson.loads(orjson.dumps(data))
    if isinstance(data, dict):
        return {key: _whole(value) for key, value in data.items()}
    return [_whole(item) for item in data] if isinstance(data, list) else data


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
