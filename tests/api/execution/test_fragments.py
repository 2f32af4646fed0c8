"""JSON that is kept is what would be made again, and never more than may be kept."""

import asyncio
from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult, GraphQLEnumType, GraphQLField, GraphQLObjectType, build_schema

from parkgraph.api.execution.executor import Executor
from parkgraph.api.execution.resolution import ITSELF, Attribute, Full, Plain, Resolution
from tests.api.execution.differential import prepare

SCHEMA = build_schema("""
    type Thing { name: String!  size: Int  colour: String  clock: Int!  later: String  odd: String  next: Thing }
    type Query { things: [Thing!]!  thing: Thing }
""")
STEADY = "name size colour"


class Shown:
    """What things show; it counts how often it is asked for its name."""

    def __init__(self, name: object = "a", next_: "Shown | None" = None) -> None:
        self.asked = 0
        self._name = name
        self.next = next_

    @property
    def name(self) -> object:
        self.asked += 1
        if isinstance(self._name, Exception):
            raise self._name
        return self._name


class Thing:
    def __init__(
        self, shown: Shown | None, also: Shown | None = None, mostly: Shown | None = None, size: int = 1
    ) -> None:
        self.shown = shown
        self.mostly = mostly
        self.also = also or shown or mostly
        self.size = size

    @property
    def colour(self) -> str:
        return "red"


class World:
    def __init__(self, *things: Thing) -> None:
        self.things = list(things)
        self.now = 0


async def later(source: Thing, info: World) -> str:
    await asyncio.sleep(0)
    return f"at {info.now}"


class Ways:
    def __init__(self, shown_by: str) -> None:
        self._shown_by = shown_by

    def of(self, _parent: GraphQLObjectType, name: str, _field: GraphQLField) -> Resolution:
        ways: Mapping[str, Resolution] = {
            "name": Plain(lambda source: source.also.name, is_steady=True),
            "size": Attribute("size", is_steady=True),
            "colour": Attribute("colour", is_steady=True),
            "clock": Plain(lambda source, info: info.now, info="info"),
            "later": Plain(later, info="info"),
            "odd": Full(lambda source, info: "odd"),
            "next": Plain(lambda source: Thing(source.also.next) if source.also.next else None, is_steady=True),
            "things": Plain(lambda source, info: info.things, info="info"),
            "thing": Plain(lambda source, info: info.things[0], info="info"),
        }
        return ways[name]

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        return Thing if kind.name == "Thing" else None

    def members_of(self, _kind: GraphQLEnumType) -> None:
        return None

    def shown_by(self, kind: GraphQLObjectType) -> str | None:
        return self._shown_by if kind.name == "Thing" else None

    def mostly_shown_by(self, kind: GraphQLObjectType) -> tuple[str, frozenset[str]] | None:
        return ("mostly", frozenset({"size"})) if kind.name == "Thing" else None

    def info(self, context: World) -> World:
        return context


class Asking:
    def __init__(self, query: str, limit: int = 100_000, shown_by: str = "shown") -> None:
        self.executor = Executor(SCHEMA, Ways(shown_by), fragment_bytes=limit)
        self._prepared = prepare(self.executor, query)

    def __call__(self, world: World) -> Any:
        result = self.result(world)
        assert not result.errors
        return orjson.loads(orjson.dumps(result.data))

    def result(self, world: World) -> ExecutionResult:
        async def run() -> ExecutionResult:
            result = self._prepared.execute(world, {})
            return await result if isawaitable(result) else result

        return asyncio.run(run())


def test_an_object_is_made_once() -> None:
    shown, ask = Shown(), Asking(f"{{ things {{ {STEADY} }} }}")
    expected = {"things": [{"name": "a", "size": 1, "colour": "red"}] * 2}
    assert ask(World(Thing(shown), Thing(shown))) == expected
    assert ask(World(Thing(shown), Thing(shown))) == expected
    assert shown.asked == 1


@pytest.mark.parametrize("fields", [STEADY, f"{STEADY} clock"])
def test_a_list_is_the_same_whichever_of_its_objects_are_kept(fields: str) -> None:
    ask, things = Asking(f"{{ things {{ {fields} }} }}", shown_by=ITSELF), [Thing(Shown(name)) for name in "abc"]
    for order in ([0, 1], [0, 1], [2, 1, 0], [2, 2], [], [1, 2, 0]):
        told = ask(World(*(things[number] for number in order)))["things"]
        assert [each["name"] for each in told] == ["abc"[number] for number in order]
    assert {thing.also.asked for thing in things if thing.also} == {1}


def test_what_is_amiss_among_what_is_kept_is_reported_with_its_place() -> None:
    ask, fine = Asking(f"{{ things {{ {STEADY} }} }}", shown_by=ITSELF), Thing(Shown())
    assert ask(World(fine))["things"]
    errors = ask.result(World(fine, Thing(Shown(ValueError("no"))))).errors or []
    assert [error.path for error in errors] == [["things", 1, "name"]]


def test_what_replaces_it_is_made_anew() -> None:
    ask = Asking(f"{{ thing {{ {STEADY} }} }}")
    for name in "abc":
        assert ask(World(Thing(Shown(name))))["thing"]["name"] == name


@pytest.mark.parametrize("hole", ["clock", "moment: clock", "odd", "later"])
@pytest.mark.parametrize("query", ["{hole} name size colour", "name {hole} size colour", "name size colour {hole}"])
def test_what_changes_is_a_hole_in_its_place(query: str, hole: str) -> None:
    text = f"{{ things {{ {query.replace('{hole}', hole)} }} }}"
    shown, ask, plain = Shown(), Asking(text), Asking(text, 0)
    world = World(Thing(shown), Thing(Shown("b")))
    for now in range(3):
        world.now = now
        kept, made = ask.result(world), plain.result(world)
        assert orjson.dumps(kept.data) == orjson.dumps(made.data)
    assert shown.asked == 3 + 1


@pytest.mark.parametrize(
    "query", ["name colour odd: colour size clock", "size much: size name clock colour last: name"]
)
def test_what_is_mostly_the_same_is_kept_but_for_the_rest(query: str) -> None:
    shown, ask, plain = Shown(), Asking(f"{{ things {{ {query} }} }}"), Asking(f"{{ things {{ {query} }} }}", 0)
    for now in range(3):
        world = World(Thing(None, mostly=shown, size=now), Thing(None, Shown("b")))
        world.now = now
        asked = shown.asked
        kept = orjson.dumps(ask.result(world).data)
        assert (shown.asked > asked) is (now == 0)
        assert kept == orjson.dumps(plain.result(world).data)


def test_what_is_the_same_as_a_whole_is_kept_as_a_whole() -> None:
    shown, ask = Shown(), Asking("{ thing { size name colour also: colour } }")
    assert ask(World(Thing(None, mostly=shown, size=1)))["thing"]["size"] == 1
    assert ask(World(Thing(shown, mostly=shown, size=2)))["thing"]["size"] == 2
    assert ask(World(Thing(None, mostly=shown, size=3)))["thing"]["size"] == 3
    assert shown.asked == 2


def test_a_hole_below_makes_a_hole() -> None:
    shown = Shown("a", next_=Shown("b"))
    ask, world = Asking(f"{{ thing {{ {STEADY} next {{ {STEADY} clock }} }} }}"), World(Thing(shown))
    assert ask(world)["thing"]["next"]["clock"] == 0
    world.now = 1
    assert ask(world)["thing"]["next"] == {"name": "b", "size": 1, "colour": "red", "clock": 1}
    assert shown.asked == 1


def test_an_error_is_not_kept() -> None:
    shown, ask = Shown(ValueError("no name")), Asking(f"{{ thing {{ {STEADY} }} }}")
    for _ in range(2):
        before = shown.asked
        result = ask.result(World(Thing(shown)))
        assert [error.path for error in result.errors or ()] == [["thing", "name"]]
        assert result.data == {"thing": None}
        assert shown.asked > before


def test_an_error_in_a_hole_is_reported_with_its_place() -> None:
    ask, world = Asking(f"{{ things {{ {STEADY} clock }} }}"), World(Thing(Shown()), Thing(Shown()))
    ask(world)
    world.now = "no number"  # type: ignore[assignment]
    result = ask.result(world)
    assert result.data is None
    assert [error.path for error in result.errors or ()] == [["things", 0, "clock"]]


def test_what_shows_nothing_that_lasts_is_not_kept() -> None:
    shown, ask = Shown(), Asking(f"{{ thing {{ {STEADY} }} }}")
    for _ in range(3):
        assert ask(World(Thing(None, shown)))["thing"]["name"] == "a"
    assert shown.asked == 3


def test_two_selections_are_two_fragments() -> None:
    shown, ask = Shown(), Asking("{ thing { name size colour } things { colour size name } }")
    for _ in range(2):
        answer = ask(World(Thing(shown)))
        assert list(answer["thing"]) == ["name", "size", "colour"]
        assert list(answer["things"][0]) == ["colour", "size", "name"]


def test_what_is_no_json_is_left_to_whoever_says_the_answer() -> None:
    ask = Asking(f"{{ thing {{ {STEADY} }} }}")
    for _ in range(2):
        result = ask.result(World(Thing(Shown("\ud800"))))
        assert result.data == {"thing": {"name": "\ud800", "size": 1, "colour": "red"}}


def test_no_more_bytes_are_kept_than_may_be() -> None:
    limit = 20_000
    ask = Asking(f"{{ things {{ {STEADY} }} }}", limit)
    fragments = ask.executor.fragments
    assert fragments
    often = Shown("often")
    for number in range(300):
        ask(World(Thing(often), Thing(Shown(f"{number}"))))
        assert fragments.bytes <= limit
    assert often.asked == 1


def test_what_fits_is_kept_in_whatever_order_it_is_asked_for() -> None:
    ask, shown = Asking(f"{{ things {{ {STEADY} }} }}", 20_000), [Shown(f"{number}") for number in range(40)]
    for order in (shown, shown[::-1], shown[::3], shown):
        ask(World(*map(Thing, order)))
    assert {each.asked for each in shown} == {1}
