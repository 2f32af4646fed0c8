"""Structs take what is as its type wants it, and leave everything else to the careful functions."""

from enum import Enum
from typing import Any, Final

import pytest
from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, build_schema

from parkgraph.api.execution.executor import Executor
from parkgraph.api.execution.resolution import AsInSchema, Attribute, Full, Resolution
from tests.api.execution.differential import compiled, interpreted, said

SCHEMA: Final = build_schema("""
    enum Colour { RED }
    type Thing {
      name: String! size: Int weight: Float lit: Boolean! id: ID colour: Colour  things: [Thing!]  next: Thing
    }
    type Query { thing: Thing! }
""")


class Colour(Enum):
    RED = "RED"


ALL: Final = "name size weight lit id colour"


class Thing:
    """It counts how often it is asked for its name."""

    things: "list[Thing] | None"
    next: "Thing | None"

    def __init__(self, **facts: Any) -> None:
        self.asked = 0
        self.facts = {"name": "a", "size": 1, "weight": 0.5, "lit": True, "id": "1", "colour": Colour.RED, **facts}

    def __getattr__(self, name: str) -> Any:
        if name not in ALL and name not in ("things", "next"):
            raise AttributeError(name)
        self.asked += name == "name"
        return self.facts.get(name)


class Steady(AsInSchema):
    def of(self, parent: GraphQLObjectType, name: str, field: GraphQLField) -> Resolution:
        if parent.name == "Query":
            return Full(lambda _, info: info.context)
        return Attribute(name, is_steady=True)

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        return Thing if kind.name == "Thing" else None

    def members_of(self, _kind: GraphQLEnumType) -> type[Enum]:
        return Colour


SCHEMA.type_map["Colour"].values["RED"].value = Colour.RED  # type: ignore[attr-defined]
for _field in SCHEMA.type_map["Thing"].fields.values():  # type: ignore[attr-defined]
    _field.resolve = lambda source, info: getattr(source, info.field_name)
SCHEMA.query_type.fields["thing"].resolve = lambda _, info: info.context  # type: ignore[union-attr]


async def agree(query: str, thing: Thing) -> None:
    result = await compiled(Executor(SCHEMA, Steady()), query, {}, thing)
    assert said(result) == said(await interpreted(SCHEMA, query, {}, thing))


async def test_what_is_as_its_type_wants_it_is_asked_once() -> None:
    bare = Thing(size=None, weight=None, id=None, colour=None, next=Thing())
    thing, query = (
        Thing(things=[bare, Thing()]),
        f"{{ thing {{ {ALL} things {{ {ALL} next {{ {ALL} }} __typename }} }} }}",
    )
    await agree(query, thing)
    executor = Executor(SCHEMA, Steady())
    bare.asked = 0
    await compiled(executor, query, {}, thing)
    assert bare.asked == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"name": None},
        {"name": 3},
        {"size": 2**31},
        {"size": "x"},
        {"size": True},
        {"weight": float("nan")},
        {"weight": 1},
        {"lit": 1},
        {"lit": "x"},
        {"colour": "BLUE"},
        {"id": 7},
        {"things": 3},
        {"things": {}},
        {"things": iter([])},
        {"next": "no thing"},
        {"next": ValueError("no")},
    ],
)
async def test_one_amiss_among_many(facts: dict[str, Any]) -> None:
    things = [Thing() for _ in range(3)]
    query = f"{{ thing {{ things {{ {ALL} things {{ name }} next {{ name }} }} }} }}"
    await agree(query, Thing(things=[*things[:2], Thing(**facts), *things[2:]]))


@pytest.mark.parametrize("asked", ["lit", "__typename"])
async def test_deeper_than_loops_may_nest(asked: str) -> None:
    deep, query = Thing(), "name"
    for _ in range(24):
        deep, query = Thing(things=[deep, Thing(lit=None)]), f"things {{ name {asked} {query} }}"
    await agree(f"{{ thing {{ {query} }} }}", deep)


async def test_names_of_types_and_fields_under_a_second_key() -> None:
    query = "name other: name __typename lit kind: __typename next { __typename size again: size }"
    thing = Thing(next=Thing(size=None), things=[Thing(), Thing(next=Thing())])
    await agree(f"{{ thing {{ {query} things {{ {query} }} }} }}", thing)


async def test_many_keys_of_one_field() -> None:
    query = " ".join(f"t{number}: __typename n{number}: name" for number in range(300))
    await agree(f"{{ thing {{ things {{ {query} }} }} }}", Thing(things=[Thing()]))
