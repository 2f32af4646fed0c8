"""From what a resolver returned to what the answer has: each step as graphql-core takes it, for any value there is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import CoroutineType
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLSchema,
    default_type_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    located_error,
)
from graphql.pyutils import Undefined, gather_with_cancel, inspect, is_async_iterable, is_awaitable, is_iterable

from parkgraph.api.execution.plan import Value
from parkgraph.api.execution.run import Field, PathTo, Run, as_list

Step = Callable[[Run, Any, PathTo], Any]
"""Of a run, a value and where it stands. Gives what the answer has there, or an awaitable of it; raises what is wrong.
Of an exception, it reports it and gives None where the value may be null, and else raises it with its place.
"""

Select = Callable[[Run, Any, PathTo], Any]
"""Of a run, an object and where it stands: a dictionary of what the query asks of it, or an awaitable of it."""


def handler(value: Value) -> Step:
    """Of an exception that came up at this value."""
    nodes, required = list(value.field.nodes), value.required

    def handle(run: Run, raw: Exception, path: PathTo) -> None:
        error = located_error(raw, nodes, as_list(path))
        if required:
            raise error
        run.add(error, path)

    return handle


def guarded(handle: Step) -> Step:
    """Of an awaitable of a completed value."""

    async def guard(run: Run, awaitable: Awaitable[Any], path: PathTo) -> Any:
        try:
            return await awaitable
        except Exception as raw:  # noqa: BLE001
            return handle(run, raw, path)

    return guard


def settled(complete: Step, handle: Step) -> Step:
    """Of any value: also of one that is awaitable, or completes to something that is."""
    guard = guarded(handle)

    async def later(run: Run, awaitable: Awaitable[Any], path: PathTo) -> Any:
        try:
            done = complete(run, await awaitable, path)
            return await done if is_awaitable(done) else done
        except Exception as raw:  # noqa: BLE001
            return handle(run, raw, path)

    def settle(run: Run, result: Any, path: PathTo) -> Any:
        if result.__class__ is CoroutineType or is_awaitable(result):
            return later(run, result, path)
        done = complete(run, result, path)
        return guard(run, done, path) if is_awaitable(done) else done

    return settle


def completer(value: Value, schema: GraphQLSchema, functions: Mapping[str, Any]) -> Step:
    """Of any value that is not awaitable. `functions`: the compiled ones, which are looked up when they are needed."""
    kind, field = value.within, value.field
    if is_list_type(kind):
        within = _list(value, functions)
    elif is_leaf_type(kind):
        within = _leaf(kind)
    elif is_abstract_type(kind):
        within = _abstract(kind, value, schema, functions)
    else:
        assert is_object_type(kind)
        within = _object(kind, value, functions)

    def complete(run: Run, result: Any, path: PathTo) -> Any:
        if isinstance(result, Exception):
            raise result
        return None if result is None or result is Undefined else within(run, result, path)

    def complete_required(run: Run, result: Any, path: PathTo) -> Any:
        done = complete(run, result, path)
        if done is None:
            raise TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")
        return done

    return complete_required if value.required else complete


def leaf_result(kind: GraphQLLeafType, result: Any, coerced: Any) -> Any:
    """What a leaf was coerced to, if it is anything."""
    if coerced is None or coerced is Undefined:
        raise TypeError(
            f"Expected `{inspect(kind)}.coerce_output_value({inspect(result)})` to return non-nullable value,"
            f" returned: {inspect(coerced)}"
        )
    return coerced


def _leaf(kind: GraphQLLeafType) -> Step:
    def complete(_run: Run, result: Any, _path: PathTo) -> Any:
        return leaf_result(kind, result, kind.coerce_output_value(result))

    return complete


def _object(kind: GraphQLObjectType, value: Value, functions: Mapping[str, Any]) -> Step:
    select, nodes = f"select_{value.selections[kind.name].number}", list(value.field.nodes)

    def complete(run: Run, result: Any, path: PathTo) -> Any:
        if kind.is_type_of:
            holds = kind.is_type_of(result, run.resolve_info(value.field, _of_field(path)))
            if is_awaitable(holds):
                return _checked(run, holds, result, path)
            if not holds:
                raise _wrong_type(kind, result, nodes)
        return functions[select](run, result, path)

    async def _checked(run: Run, holds: Awaitable[bool], result: Any, path: PathTo) -> Any:
        if not await holds:
            raise _wrong_type(kind, result, nodes)
        done = functions[select](run, result, path)
        return await done if is_awaitable(done) else done

    return complete


def _wrong_type(kind: GraphQLObjectType, result: Any, nodes: Sequence[Any]) -> GraphQLError:
    return GraphQLError(f"Expected value of type '{kind}' but got: {inspect(result)}.", list(nodes))


def _abstract(kind: GraphQLAbstractType, value: Value, schema: GraphQLSchema, functions: Mapping[str, Any]) -> Step:
    objects = {each.name: _object(each, value, functions) for each in schema.get_possible_types(kind)}
    resolve = kind.resolve_type or default_type_resolver

    def complete(run: Run, result: Any, path: PathTo) -> Any:
        name = resolve(result, run.resolve_info(value.field, _of_field(path)), kind)
        if is_awaitable(name):
            return _resolved(run, name, result, path)
        return objects[_possible(name, kind, value.field, schema, result)](run, result, path)

    async def _resolved(run: Run, name: Awaitable[Any], result: Any, path: PathTo) -> Any:
        done = objects[_possible(await name, kind, value.field, schema, result)](run, result, path)
        return await done if is_awaitable(done) else done

    return complete


def _possible(name: Any, kind: GraphQLAbstractType, field: Field, schema: GraphQLSchema, result: Any) -> str:
    """The name, if it is of one of the types that an abstract type may be. Raises GraphQLError."""
    where = f"for field '{field.parent}.{field.name}'"
    if name is None:
        problem = (
            f"Abstract type '{kind}' must resolve to an Object type at runtime {where}."
            f" Either the '{kind}' type should provide a 'resolve_type' function"
            " or each possible type should provide an 'is_type_of' function."
        )
    elif not isinstance(name, str):
        problem = (
            f"Abstract type '{kind}' must resolve to an Object type at runtime {where} with value {inspect(result)},"
            f" received '{inspect(name)}', which is not a valid Object type name."
        )
    elif (named := schema.get_type(name)) is None:
        problem = f"Abstract type '{kind}' was resolved to a type '{name}' that does not exist inside the schema."
    elif not is_object_type(named):
        problem = f"Abstract type '{kind}' was resolved to a non-object type '{name}'."
    elif not schema.is_sub_type(kind, named):
        problem = f"Runtime Object type '{named}' is not a possible type for '{kind}'."
    else:
        return named.name
    raise GraphQLError(problem, list(field.nodes))


def _list(value: Value, functions: Mapping[str, Any]) -> Step:
    field, name = value.field, f"list_{value.number}"

    def complete(run: Run, result: Any, path: PathTo) -> Any:
        if is_async_iterable(result):
            return _async_list(value, functions, run, aiter(result), path)
        if not is_iterable(result):
            raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
        return functions[name](run, result, path)

    return complete


async def _async_list(
    value: Value, functions: Mapping[str, Any], run: Run, iterator: AsyncIterator[Any], path: PathTo
) -> list[Any]:
    assert value.item
    settle, handle = functions[f"settle_{value.item.number}"], functions[f"handle_{value.item.number}"]
    done: list[Any] = []
    waiting: list[int] = []
    try:
        while True:
            at: PathTo = (path, len(done), None)
            try:
                item = await anext(iterator)
            except StopAsyncIteration:
                break
            except Exception as raw:
                raise located_error(raw, list(value.field.nodes), as_list(path)) from raw
            try:
                completed = settle(run, item, at)
                if is_awaitable(completed):
                    waiting.append(len(done))
            except Exception as raw:  # noqa: BLE001
                completed = handle(run, raw, at)
            done.append(completed)
    except Exception:
        if (close := getattr(iterator, "aclose", None)) is not None:
            with suppress(Exception):
                await close()
        if waiting:
            run.settle([done[index] for index in waiting])
        raise
    return await all_items(done, waiting) if waiting else done


async def all_items(done: list[Any], waiting: Sequence[int]) -> list[Any]:
    """A list whose items at these indices are awaitable yet."""
    if len(waiting) == 1:
        done[waiting[0]] = await done[waiting[0]]
    else:
        awaited = await gather_with_cancel(*(done[index] for index in waiting))
        for index, item in zip(waiting, awaited, strict=True):
            done[index] = item
    return done


async def all_entries(done: dict[str, Any], waiting: Sequence[str]) -> dict[str, Any]:
    """An object whose entries with these keys are awaitable yet."""
    if len(waiting) == 1:
        done[waiting[0]] = await done[waiting[0]]
    else:
        awaited = await gather_with_cancel(*(done[key] for key in waiting))
        done.update(zip(waiting, awaited, strict=True))
    return done


def abandon(run: Run, done: Sequence[Any], waiting: Sequence[int], rest: Iterator[Any]) -> None:
    """A list that will not be: what is awaitable in it, and in what is left of it, ends by itself."""
    awaitables = [done[index] for index in waiting]
    with suppress(Exception):
        awaitables.extend(item for item in rest if is_awaitable(item))
    if awaitables:
        run.settle(awaitables)


def _of_field(path: PathTo) -> PathTo:
    """Where the field stands that a value, or an item of its lists, belongs to."""
    while path is not None and isinstance(path[1], int):
        path = path[0]
    return path
