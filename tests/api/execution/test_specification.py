"""What the GraphQL specification (October 2021, chapters 5 and 6) asks of an execution, case by case.

Each case is executed by the compiled code, and once more by graphql-core, which must say the same.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from parkgraph.api.execution.executor import Executor
from tests.api.execution.differential import compiled, interpreted, said, was_compiled

Told = tuple[Any, list[list[str | int] | None]]
"""Data, and the path of each error in order."""


def schema(sdl: str, root: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None) -> GraphQLSchema:
    """Root fields give these values, or what these functions give of their arguments."""
    built = build_schema(sdl)
    for kind, given in ((built.query_type, root or {}), (built.mutation_type, changes or {})):
        for name, value in given.items():
            assert kind
            kind.fields[name].resolve = _resolver(value)
    return built


def _resolver(value: Any) -> Callable[..., Any]:
    return lambda _source, _info, **arguments: value(**arguments) if callable(value) else value


async def told(built: GraphQLSchema, query: str, variables: Mapping[str, Any] | None = None) -> Told:
    assert validate(built, parse(query)) == []
    executor = Executor(built)
    answer = await compiled(executor, query, variables or {}, None)
    assert said(answer) == said(await interpreted(built, query, variables or {}, None))
    assert was_compiled(executor)
    return answer.data, [error.path for error in answer.errors or ()]


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


async def many(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value


def fails(**_: Any) -> Any:
    raise LookupError("it is not there")


def then(*values: Any) -> Iterator[Any]:
    """An iterator that fails where an exception stands among the values."""
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value


# 6.3 Selection sets: which fields are in the answer, and in which order.

DEEP = "type Query { a: String b: String c: A deep: Query } type A { x: Int y: Int z: [A] }"
VALUES = {"a": "Apple", "b": "Banana", "c": {"x": 1, "y": 2, "z": [{"x": 3, "y": 4}, None]}, "deep": {"a": 1}}


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ b a }", {"b": "Banana", "a": "Apple"}),
        ("{ one: a two: a a }", {"one": "Apple", "two": "Apple", "a": "Apple"}),
        ("{ c { x } b c { y } }", {"c": {"x": 1, "y": 2}, "b": "Banana"}),
        ("{ c { ...X y } } fragment X on A { x y }", {"c": {"x": 1, "y": 2}}),
        ("{ a ...on Query { b a } }", {"a": "Apple", "b": "Banana"}),
        ("{ ... { a } b }", {"a": "Apple", "b": "Banana"}),
        ("{ ...B a ...B } fragment B on Query { b }", {"b": "Banana", "a": "Apple"}),
        ("{ c { z { x } } }", {"c": {"z": [{"x": 3}, None]}}),
        ("{ __typename c { kind: __typename x } }", {"__typename": "Query", "c": {"kind": "A", "x": 1}}),
        ("query Named { a }", {"a": "Apple"}),
    ],
)
async def test_fields_are_merged_and_answered_in_the_order_in_which_they_are_asked_first(
    query: str, data: dict[str, Any]
) -> None:
    answered, errors = await told(schema(DEEP, VALUES), query)
    assert (list(_keys(answered)), answered, errors) == (list(_keys(data)), data, [])


def _keys(data: Any) -> Iterator[str]:
    for key, value in data.items() if isinstance(data, dict) else ():
        yield key
        yield from _keys(value)


@pytest.mark.parametrize(
    ("directives", "is_there"),
    [
        ("@include(if: true)", True),
        ("@include(if: false)", False),
        ("@skip(if: false)", True),
        ("@skip(if: true)", False),
        ("@include(if: true) @skip(if: false)", True),
        ("@include(if: true) @skip(if: true)", False),
        ("@include(if: false) @skip(if: false)", False),
        ("@include(if: false) @skip(if: true)", False),
        ("@include(if: $yes)", True),
        ("@skip(if: $yes)", False),
        ("@include(if: $no)", False),
    ],
)
@pytest.mark.parametrize("where", ["b {}", "... on Query {} {{ b }}", "... {} {{ b }}", "...B {}"])
async def test_a_selection_is_there_where_it_is_included_and_not_skipped(
    where: str, directives: str, is_there: bool
) -> None:
    used = {f"${name}" for name in ("yes", "no") if f"${name}" in directives}
    variables = "".join(f"{name}: Boolean!" for name in used)
    fragment = "fragment B on Query { b }" if "...B" in where else ""
    query = f"query {f'({variables})' if used else ''} {{ a {where.format(directives)} }} {fragment}"
    answered, _ = await told(schema(DEEP, VALUES), query, {"yes": True, "no": False})
    assert ("b" in answered) is is_there
    assert answered["a"] == "Apple"


async def test_a_field_that_is_skipped_in_one_place_may_be_asked_in_another() -> None:
    assert (await told(schema(DEEP, VALUES), "{ a @skip(if: true) b a }"))[0] == {"b": "Banana", "a": "Apple"}


async def test_a_skipped_field_is_not_resolved() -> None:
    assert await told(schema("type Query { a: Int b: Int }", {"a": 1, "b": fails}), "{ a b @skip(if: true) }") == (
        {"a": 1},
        [],
    )


# 6.4.1 Arguments, 6.1.2 variables.

ARGUED = """
input In { a: String b: [String] c: String! d: Int = 7 }
enum Size { SMALL LARGE }
type Query {
  text(of: String = "usual"): String
  needed(of: String!): String
  usual(of: Int! = 3): String
  input(of: In): String
  list(of: [String]): String
  lists(of: [[Int!]!]): String
  size(of: Size = LARGE): String
  two(a: Int, b: Int): String
}
"""
ECHO = {name: lambda **given: json.dumps(given) for name in
        ("text", "needed", "usual", "input", "list", "lists", "size", "two")}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "variables", "given"),
    [
        ("{ text }", {}, {"of": "usual"}),
        ("{ text(of: null) }", {}, {"of": None}),
        ("query($v: String) { text(of: $v) }", {}, {"of": "usual"}),
        ("query($v: String) { text(of: $v) }", {"v": None}, {"of": None}),
        ('query($v: String = "own") { text(of: $v) }', {}, {"of": "own"}),
        ('query($v: String = "own") { text(of: $v) }', {"v": None}, {"of": None}),
        ('query($v: String = "own") { needed(of: $v) }', {}, {"of": "own"}),
        ("query($v: Int) { usual(of: $v) }", {}, {"of": 3}),
        ("query($v: Int) { usual(of: $v) }", {"v": 4}, {"of": 4}),
        ("{ two(b: 2) }", {}, {"b": 2}),
        ("{ two }", {}, {}),
        ('{ input(of: {c: "x"}) }', {}, {"of": {"c": "x", "d": 7}}),
        ('{ input(of: {b: "one", c: "x", d: null}) }', {}, {"of": {"b": ["one"], "c": "x", "d": None}}),
        ('query($v: String!) { input(of: {c: $v, b: [$v, "y"]}) }', {"v": "x"},
         {"of": {"b": ["x", "y"], "c": "x", "d": 7}}),
        ('query($v: String) { input(of: {a: $v, c: "x"}) }', {}, {"of": {"c": "x", "d": 7}}),
        ("query($v: In) { input(of: $v) }", {"v": {"c": "x", "a": None}}, {"of": {"a": None, "c": "x", "d": 7}}),
        ('{ list(of: "one") }', {}, {"of": ["one"]}),
        ('{ list(of: ["one", null]) }', {}, {"of": ["one", None]}),
        ("query($v: [String]) { list(of: $v) }", {"v": "one"}, {"of": ["one"]}),
        ("query($v: String) { list(of: [$v]) }", {}, {"of": [None]}),
        ("{ lists(of: 1) }", {}, {"of": [[1]]}),
        ("{ lists(of: [[1], [2, 3]]) }", {}, {"of": [[1], [2, 3]]}),
        ("{ size }", {}, {"of": "LARGE"}),
        ("query($v: Size) { size(of: $v) }", {"v": "SMALL"}, {"of": "SMALL"}),
    ],
)  # fmt: skip
async def test_arguments_are_as_given_or_as_by_default_and_null_is_given(
    query: str, variables: dict[str, Any], given: dict[str, Any]
) -> None:
    answered, errors = await told(schema(ARGUED, ECHO), query, variables)
    (echo,) = answered.values()
    assert (json.loads(echo), errors) == (given, [])


@pytest.mark.parametrize(
    ("query", "variables", "of"),
    [
        ("query($v: String!) { needed(of: $v) }", {}, "$v"),
        ("query($v: String!) { needed(of: $v) }", {"v": None}, "$v"),
        ("query($v: String!) { needed(of: $v) }", {"v": 1}, "$v"),
        ("query($v: Int) { usual(of: $v) }", {"v": 2**31}, "$v"),
        ("query($v: Int) { usual(of: $v) }", {"v": 1.5}, "$v"),
        ("query($v: Int) { usual(of: $v) }", {"v": True}, "$v"),
        ("query($v: In) { input(of: $v) }", {"v": {"a": "x"}}, "$v"),
        ("query($v: In) { input(of: $v) }", {"v": {"c": "x", "e": "y"}}, "$v"),
        ("query($v: In) { input(of: $v) }", {"v": "text"}, "$v"),
        ("query($v: [String!]) { list(of: $v) }", {"v": ["x", None]}, "$v"),
        ("query($v: Size) { size(of: $v) }", {"v": "MIDDLE"}, "$v"),
    ],
)
async def test_a_variable_that_is_not_of_its_type_ends_the_request_before_anything_is_resolved(
    query: str, variables: dict[str, Any], of: str
) -> None:
    built = schema(ARGUED, dict.fromkeys(ECHO, fails))
    answer = await compiled(Executor(built), query, variables, None)
    assert said(answer) == said(await interpreted(built, query, variables, None))
    assert answer.data is None
    assert answer.errors
    assert all(error.path is None and of in error.message for error in answer.errors)


async def test_null_for_an_argument_that_must_not_be_null_is_an_error_of_its_field() -> None:
    query = "query($v: Int) { usual(of: $v) text }"
    assert await told(schema(ARGUED, ECHO), query, {"v": None}) == (
        {"usual": None, "text": '{"of": "usual"}'},
        [["usual"]],
    )


# 6.4.3 Values are completed: what a leaf may be.


@pytest.mark.parametrize(
    ("kind", "value", "said_as"),
    [
        ("Int", 1, 1),
        ("Int", 2.0, 2),
        ("Int", "3", 3),
        ("Int", True, 1),
        ("Int", 2**31 - 1, 2**31 - 1),
        ("Int", -(2**31), -(2**31)),
        ("Float", 1, 1.0),
        ("Float", 0.1, 0.1),
        ("Float", "1.5", 1.5),
        ("Float", True, 1),
        ("String", "x", "x"),
        ("String", "", ""),
        ("String", 1, "1"),
        ("String", 1.5, "1.5"),
        ("String", True, "true"),
        ("Boolean", True, True),
        ("Boolean", 0, False),
        ("ID", 4, "4"),
        ("ID", "x", "x"),
        ("Size", "SMALL", "SMALL"),
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
async def test_a_leaf_is_said_as_its_type_has_it(kind: str, value: Any, said_as: Any, is_late: bool) -> None:
    built = schema(
        f"enum Size {{ SMALL }} type Query {{ a: {kind} }}", {"a": lambda: later(value) if is_late else value}
    )
    answered, errors = await told(built, "{ a }")
    assert (answered, type(answered["a"]), errors) == ({"a": said_as}, type(said_as), [])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int", 2**31),
        ("Int", -(2**31) - 1),
        ("Int", 1.5),
        ("Int", "one"),
        ("Int", ""),
        ("Int", [1]),
        ("Float", "one"),
        ("Float", float("nan")),
        ("Float", float("inf")),
        ("String", {}),
        ("String", object()),
        ("Boolean", "yes"),
        ("Boolean", float("nan")),
        ("ID", 1.5),
        ("ID", True),
        ("Size", "MIDDLE"),
        ("Size", 1),
        ("[Int]", 1),
        ("[String]", "text"),
    ],
)
async def test_a_value_that_its_type_cannot_say_is_null_with_an_error(kind: str, value: Any) -> None:
    built = schema(f"enum Size {{ SMALL }} type Query {{ a: {kind} b: Int }}", {"a": lambda: value, "b": 1})
    assert await told(built, "{ a b }") == ({"a": None, "b": 1}, [["a"]])


# 6.4.4 Errors: null goes up to the first that may be null.

LEVELS = """
type Query { may: Level must: Level! }
type Level { leaf: Int sure: Int! may: Level must: Level! list: [Level!] }
"""


def level(**fields: Any) -> dict[str, Any]:
    return {"leaf": 1, "sure": 2, **fields}


@pytest.mark.parametrize("wrong", [None, LookupError("it is not there")])
@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(
    ("root", "query", "expected", "path"),
    [
        ("may", "{ may { leaf sure } }", {"may": None}, ["may", "sure"]),
        ("may", "{ may { may { sure } leaf } }", {"may": {"may": None, "leaf": 1}}, ["may", "may", "sure"]),
        ("may", "{ may { must { sure } leaf } }", {"may": None}, ["may", "must", "sure"]),
        ("may", "{ may { must { must { sure } } leaf } }", {"may": None}, ["may", "must", "must", "sure"]),
        ("must", "{ must { sure } may { leaf } }", None, ["must", "sure"]),
        ("must", "{ must { must { sure } } }", None, ["must", "must", "sure"]),
        ("must", "{ must { may { sure } leaf } }", {"must": {"may": None, "leaf": 1}}, ["must", "may", "sure"]),
        ("may", "{ may { list { sure } } }", {"may": {"list": None}}, ["may", "list", 1, "sure"]),
    ],
)  # fmt: skip
async def test_a_null_that_must_not_be_makes_its_parent_null_and_so_on_upwards(
    root: str, query: str, expected: Any, path: list[str | int], is_late: bool, wrong: Any
) -> None:
    """What is wrong is the value at the path; all else is there."""

    def made(steps: list[str | int]) -> Any:
        step, *rest = steps
        if step == "sure":
            broken = (lambda _info: later(wrong)) if is_late else (lambda _info: fails() if wrong else None)
            return level(sure=broken)
        below = made(rest)
        if step == "list":
            return level(list=[level(), made(rest[1:]), level()])
        return level(**{str(step): below})

    below = made(path[1:])
    others = {"may": level(), "must": level()}
    answered, errors = await told(schema(LEVELS, {**others, root: below}), query)
    assert (answered, errors) == (expected, [path])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("[Int]", [1, None, 3]),
        ("[Int]!", [1, None, 3]),
        ("[Int!]", None),
        ("[Int!]!", "all"),
    ],
)
@pytest.mark.parametrize(
    "values",
    [
        lambda wrong: [1, wrong, 3],
        lambda wrong: (1, wrong, 3),
        lambda wrong: iter([1, wrong, 3]),
        lambda wrong: [later(1), later(wrong), later(3)],
        lambda wrong: later([1, later(wrong), 3]),
        lambda wrong: [1, later(wrong), 3],
    ],
)
@pytest.mark.parametrize("wrong", [None, LookupError("it is not there")])
async def test_what_is_wrong_in_a_list_is_null_there_or_makes_the_list_null(
    kind: str, expected: Any, values: Callable[[Any], Any], wrong: Any
) -> None:
    built = schema(f"type Query {{ a: {kind} b: Int }}", {"a": lambda: values(wrong), "b": 1})
    answered, errors = await told(built, "{ a b }")
    is_right = wrong is None and "!]" not in kind
    assert errors == ([] if is_right else [["a", 1]])
    assert answered == (None if expected == "all" else {"a": expected, "b": 1})


@pytest.mark.parametrize(("kind", "data"), [("[Int]", {"a": None}), ("[Int]!", None)])
@pytest.mark.parametrize(
    "values", [lambda: then(1, LookupError()), lambda: many(1, LookupError()), lambda: later(LookupError())]
)
async def test_a_list_that_fails_while_it_is_read_is_null_as_a_whole(
    kind: str, data: Any, values: Callable[[], Any]
) -> None:
    assert await told(schema(f"type Query {{ a: {kind} }}", {"a": values}), "{ a }") == (data, [["a"]])


async def test_a_list_may_come_from_a_generator_an_asynchronous_one_or_a_set() -> None:
    built = schema(
        "type Query { a: [Int] b: [Int] c: [Int] d: [Int] }",
        {"a": lambda: then(1, 2), "b": lambda: many(3, 4), "c": {5}, "d": []},
    )
    assert await told(built, "{ a b c d }") == ({"a": [1, 2], "b": [3, 4], "c": [5], "d": []}, [])


async def test_lists_of_lists_keep_their_shape() -> None:
    built = schema("type Query { a: [[Int]] b: [[Int!]] }", {"a": [[1, None], None, []], "b": [[1, None], [2]]})
    assert await told(built, "{ a b }") == ({"a": [[1, None], None, []], "b": [None, [2]]}, [["b", 0, 1]])


async def test_each_error_of_a_field_that_may_be_null_is_told_in_the_order_of_the_query() -> None:
    built = schema("type Query { a: Int b: Int c: Int }", {"a": fails, "b": 2, "c": fails})
    assert await told(built, "{ c b a }") == ({"c": None, "b": 2, "a": None}, [["c"], ["a"]])


async def test_below_what_is_null_already_no_second_error_is_told() -> None:
    built = schema("type Query { a: A } type A { x: Int! y: Int! }", {"a": {"x": None, "y": None}})
    assert await told(built, "{ a { x y } }") == ({"a": None}, [["a", "x"]])


async def test_an_exception_that_is_returned_is_an_error_like_one_that_is_raised() -> None:
    assert await told(schema("type Query { a: Int }", {"a": LookupError()}), "{ a }") == ({"a": None}, [["a"]])


async def test_an_error_keeps_its_words_its_extensions_and_where_it_stands() -> None:
    error = GraphQLError("Not now.", extensions={"code": "UNAVAILABLE"})

    def busy() -> Any:
        raise error

    answer = await compiled(Executor(schema("type Query { a: Int }", {"a": busy})), "{\n  x: a\n}", {}, None)
    assert answer.errors
    assert answer.errors[0].formatted == {
        "message": "Not now.",
        "locations": [{"line": 2, "column": 3}],
        "path": ["x"],
        "extensions": {"code": "UNAVAILABLE"},
    }


async def test_an_error_of_a_merged_field_points_to_every_place_that_asks_for_it() -> None:
    built = schema("type Query { a: A } type A { x: Int }", {"a": fails})
    answer = await compiled(Executor(built), "{ a { x } ...F } fragment F on Query { a { x } }", {}, None)
    assert answer.errors
    assert [(at.line, at.column) for at in answer.errors[0].locations or ()] == [(1, 3), (1, 40)]


# 6.4.3 Abstract types.

ANIMALS = """
interface Named { name: String! }
interface Animal implements Named { name: String! }
type Dog implements Named & Animal { name: String! barks: Boolean friends: [Named] }
type Cat implements Named & Animal { name: String! meows: Boolean friends: [Named] }
type Stone { weight: Int }
union Found = Dog | Cat | Stone
type Query { animal: Animal named: [Named] found: [Found] one: Found! }
"""
DOG = {"__typename": "Dog", "name": "Odie", "barks": True}
CAT = {"__typename": "Cat", "name": "Garfield", "meows": False, "friends": [DOG]}
STONE = {"__typename": "Stone", "weight": 3}


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ animal { name __typename } }", {"animal": {"name": "Garfield", "__typename": "Cat"}}),
        ("{ animal { ...on Dog { barks } ...on Cat { meows } } }", {"animal": {"meows": False}}),
        ("{ named { ...on Animal { name } } }", {"named": [{"name": "Odie"}, {"name": "Garfield"}]}),
        (
            "{ found { ...on Stone { weight } ...on Named { name } } }",
            {"found": [{"name": "Odie"}, {"weight": 3}, {"name": "Garfield"}]},
        ),
        (
            "{ found { ...on Dog { its: barks } ...on Cat { its: meows } } }",
            {"found": [{"its": True}, {}, {"its": False}]},
        ),
        (
            "{ animal { ...on Cat { friends { name ...on Dog { barks } } } } }",
            {"animal": {"friends": [{"name": "Odie", "barks": True}]}},
        ),
        ("{ found { ...D } } fragment D on Dog { name }", {"found": [{"name": "Odie"}, {}, {}]}),
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
async def test_of_an_abstract_type_an_object_answers_what_is_asked_of_its_own(
    query: str, data: dict[str, Any], is_late: bool
) -> None:
    root = {"animal": CAT, "named": [DOG, CAT], "found": [DOG, STONE, CAT], "one": DOG}
    given = {name: (lambda value=value: later(value)) if is_late else value for name, value in root.items()}
    assert await told(schema(ANIMALS, given), query) == (data, [])


@pytest.mark.parametrize("name", [None, "Stone", "Animal", "String", "Ghost", 1])
async def test_an_object_whose_type_is_none_of_the_possible_ones_is_null_with_an_error(name: Any) -> None:
    built = schema(ANIMALS, {"animal": {"__typename": name, "name": "?"}, "one": {"__typename": "Query"}})
    assert await told(built, "{ animal { name } }") == ({"animal": None}, [["animal"]])
    assert await told(built, "{ one { ...on Dog { name } } }") == (None, [["one"]])


@dataclass
class Dog:
    name: str


@pytest.mark.parametrize("answer", [True, False, "late", "fails"])
async def test_a_type_may_say_which_objects_are_its_own(answer: Any) -> None:
    built = schema(ANIMALS, {"animal": Dog("Odie")})
    for name in ("Dog", "Cat"):
        kind = built.type_map[name]
        assert isinstance(kind, GraphQLObjectType)

        def is_own(value: Any, _info: Any, name: str = name) -> Any:
            if answer == "fails" and name == "Dog":
                raise LookupError
            found = isinstance(value, Dog) and name == "Dog" and answer is not False
            return later(found) if answer == "late" else found

        kind.is_type_of = is_own
    expected: Told = (
        ({"animal": {"name": "Odie"}}, []) if answer in (True, "late") else ({"animal": None}, [["animal"]])
    )
    assert await told(built, "{ animal { name } }") == expected


# 6.4.2 Resolvers: what fields are read from, and in which order they are asked.


async def test_without_a_resolver_a_field_is_a_key_an_attribute_or_what_a_method_gives() -> None:
    class Thing:
        attribute = "attribute"

        def method(self, _info: Any, of: int) -> str:
            return f"method {of}"

    sdl = "type Query { key: Thing thing: Thing } type Thing { attribute: String method(of: Int = 1): String }"
    built = schema(sdl, {"key": {"attribute": "key"}, "thing": Thing()})
    assert await told(built, "{ key { attribute method } thing { attribute method(of: 2) } }") == (
        {"key": {"attribute": "key", "method": None}, "thing": {"attribute": "attribute", "method": "method 2"}},
        [],
    )


async def test_what_a_query_waits_for_it_waits_for_at_once() -> None:
    first, second = asyncio.Event(), asyncio.Event()

    async def one() -> int:
        first.set()
        await second.wait()
        return 1

    async def other() -> int:
        await first.wait()
        second.set()
        return 2

    built = schema("type Query { one: Int other: Int }", {"one": one, "other": other})
    async with asyncio.timeout(60):
        answer = await compiled(Executor(built), "{ one other }", {}, None)
    assert answer.data == {"one": 1, "other": 2}


async def test_mutations_are_made_one_after_the_other_whatever_becomes_of_them() -> None:
    begun: list[str] = []

    def change(name: str, value: Any, *, is_late: bool) -> Callable[[], Any]:
        async def slowly() -> Any:
            begun.append(name)
            for _ in range(3):
                await asyncio.sleep(0)
            begun.append(f"{name} ended")
            return await later(value)

        def at_once() -> Any:
            begun.append(name)
            return fails() if isinstance(value, Exception) else value

        return slowly if is_late else at_once

    changes = {
        "a": change("a", 1, is_late=True),
        "b": change("b", LookupError(), is_late=False),
        "c": change("c", LookupError(), is_late=True),
        "d": change("d", 4, is_late=False),
    }
    built = schema("type Query { x: Int } type Mutation { a: Int b: Int c: Int d: Int }", {}, changes)
    executor = Executor(built)
    answer = await compiled(executor, "mutation { a b c last: d }", {}, None)
    assert answer.data == {"a": 1, "b": None, "c": None, "last": 4}
    assert [error.path for error in answer.errors or ()] == [["b"], ["c"]]
    assert begun == ["a", "a ended", "b", "c", "c ended", "d"]
    assert was_compiled(executor)


async def test_after_a_mutation_that_must_not_be_null_and_is_no_other_is_made() -> None:
    made: list[str] = []
    built = schema(
        "type Query { x: Int } type Mutation { a: Int! b: Int }", {}, {"a": None, "b": lambda: made.append("b")}
    )
    answer = await compiled(Executor(built), "mutation { a b }", {}, None)
    assert (answer.data, made) == (None, [])


async def test_what_a_query_has_begun_is_waited_for_by_nobody_once_its_answer_is_null() -> None:
    ended = asyncio.Event()

    async def slow() -> int:
        await asyncio.sleep(0)
        ended.set()
        return 1

    built = schema("type Query { a: Int! b: Int }", {"a": fails, "b": slow})
    answer = await compiled(Executor(built), "{ b a }", {}, None)
    assert answer.data is None
    assert ended.is_set()
