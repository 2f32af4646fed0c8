"""A schema whose resolvers do whatever resolvers may do: at every place something can go wrong, in every way.

What a field gives depends on its object and its name alone, so that two executions meet the same.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import inf, nan
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined

from parkgraph.api.execution.resolution import Attribute, Full, Plain, Resolution

_KINDS: Final = ("String", "Int", "Float", "Boolean", "ID", "Colour", "Odd", "A", "B", "C", "Named", "Any")
_WRAPPED: Final = ("{0}", "{0}!", "[{0}]", "[{0}!]!", "[[{0}!]]")


def _fields(*more: str) -> str:
    plain = [f"{kind.lower()}{number}: {wrap.format(kind)}" for kind in _KINDS for number, wrap in enumerate(_WRAPPED)]
    return "\n".join([*plain, *more])


_ARGUED: Final = "argued(number: Int! = 3, input: In, words: [String!], odd: Odd): String"
_FIELDS: Final = _fields(_ARGUED, "seen(at: Float, colours: [Colour!]! = [RED]): A")

SDL: Final = f"""
scalar Odd
enum Colour {{ RED GREEN BLUE }}
input In {{ number: Int! = 3  words: [String!]  within: In  colour: Colour = RED  odd: Odd }}
interface Named {{ string0: String  string1: String!  a0: A  named0: Named }}
type A implements Named {{ {_FIELDS} }}
type B implements Named {{ {_FIELDS} }}
type C {{ {_FIELDS} }}
union Any = A | B | C
type Query {{ {_FIELDS} }}
type Mutation {{ {_FIELDS} }}
"""


class Colour(Enum):
    RED = "RED"
    GREEN = "GREEN"


class Tint(Enum):
    MAUVE = "MAUVE"


class Shout(str):
    """A string that is not quite one."""

    __slots__ = ()


class Refused(Exception):
    pass


def stable(value: object) -> str:
    """What a value looks like, wherever it lies in memory."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))


@dataclass
class World:
    """`oddness`: of a hundred values, how many are awkward. `calls`: what was resolved, in order; `unsteady`: of those,
    what `Steady` does not call steady.
    """

    seed: int
    oddness: int
    calls: list[str] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)


class Thing:
    """Its fields are also its attributes."""

    def __init__(self, world: World, at: str) -> None:
        self.world = world
        self.at = at

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in ("world", "at"):
            return super().__getattribute__(name)
        return _made(self, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.at}>"


class A(Thing):
    pass


class B(Thing):
    pass


class C(Thing):
    pass


_CLASSES: Final[Mapping[str, Sequence[type[Thing]]]] = {
    "A": [A],
    "B": [B],
    "C": [C],
    "Named": [A, B],
    "Any": [A, B, C],
}

_ODD: Final[tuple[Any, ...]] = (
    None,
    Undefined,
    0,
    1,
    -(2**31) - 1,
    2**31,
    10**400,
    1.5,
    2.0,
    inf,
    nan,
    True,
    "",
    "7",
    "7.5",
    Shout("LOUD"),
    b"bytes",
    {"string0": "of a mapping", "__typename": "A"},
    {"__typename": "Nobody"},
    {"__typename": "Colour"},
    ["a", None, "b"],
    [],
    (1, 2),
    {3},
    Tint.MAUVE,
    Colour.RED,
    "RED",
    object,
)


def _value(thing: Thing, name: str, kind: GraphQLOutputType, dice: Random) -> Any:
    """A value for this type, and now and then something else, or later, or never."""
    if dice.randrange(100) < thing.world.oddness:
        return _awkward(thing, name, kind, dice)
    if dice.randrange(100) < thing.world.oddness:
        return _later(_value(thing, name, kind, dice), dice.randrange(3))
    if is_non_null_type(kind):
        return _value(thing, name, kind.of_type, dice)
    if is_list_type(kind):
        items = [_value(thing, f"{name}.{index}", kind.of_type, dice) for index in range(dice.randrange(4))]
        return dice.choice([items, items, tuple(items)])
    if isinstance(kind, (GraphQLObjectType, GraphQLUnionType, GraphQLInterfaceType)):
        return dice.choice(_CLASSES[kind.name])(thing.world, f"{thing.at}/{name}")
    return {
        "String": f"{name} of {thing.at}",
        "Int": dice.randrange(-5, 5),
        "Float": dice.choice([0.5, -1e300, 3]),
        "Boolean": dice.random() < 0.5,
        "ID": f"id {name}",
        "Colour": dice.choice([Colour.RED, Colour.GREEN, "BLUE"]),
        "Odd": dice.choice(["odd", 3, "none", "fail", "later", [1], Colour.RED]),
    }[str(kind)]


def _awkward(thing: Thing, name: str, kind: GraphQLOutputType, dice: Random) -> Any:
    way = dice.randrange(9)
    if way == 0:
        raise Refused(f"{name} refused")
    if way == 1:
        raise GraphQLError(f"{name} refused", extensions={"code": "X"})
    if way == 2:
        return Refused(f"{name} is an error")
    if way == 3:
        return _never(f"{name} failed later", dice.randrange(3))
    if way == 4:
        return _falling(_value(thing, name, kind, dice), dice.randrange(3))
    if way == 5:
        return _streaming(_value(thing, name, kind, dice), dice.randrange(4))
    if way == 6:
        return dice.choice([A, B, C])(thing.world, f"{thing.at}/{name}")
    return dice.choice(_ODD)


def _later(value: Any, turns: int) -> Awaitable[Any]:
    return _kept(_given(value, turns))


def _never(words: str, turns: int) -> Awaitable[Any]:
    return _kept(_raised(words, turns))


async def _given(value: Any, turns: int) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def _raised(words: str, turns: int) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    raise Refused(words)


_made_here: list[Coroutine[Any, Any, Any]] = []


def _kept(coroutine: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
    _made_here.append(coroutine)
    return coroutine


def close_all() -> None:
    """End what nobody awaited: a list that fails leaves some of its items so, here as with graphql-core."""
    for coroutine in _made_here:
        coroutine.close()
    _made_here.clear()


def _falling(value: Any, after: int) -> Iterator[Any]:
    """Items, and then an exception, or an end."""
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    yield from items[:after]
    if after % 2:
        raise Refused("no more items")


async def _streaming(value: Any, after: int) -> AsyncIterator[Any]:
    for item in (list(value) if isinstance(value, (list, tuple)) else [value])[:after]:
        await asyncio.sleep(0)
        yield item
    if after % 2:
        raise Refused("no more items to come")


def _made(thing: Thing, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """What this field of this thing gives, the same whenever it is asked."""
    said = repr(sorted(arguments.items())) if arguments else ""
    call = f"{thing.at}.{name} {said}"
    thing.world.calls.append(call)
    if not is_steady(type(thing).__name__, name):
        thing.world.unsteady.append(call)
    if name == "argued":
        return said
    kind = _TYPES[name]
    return _value(thing, name, kind, Random(f"{thing.world.seed} {thing.at} {name} {said}"))


def _coerce_odd(value: Any) -> Any:
    match value:
        case "none":
            return None
        case "fail":
            raise Refused("Odd fails")
        case "later":
            return _later("was later", 1)
        case Colour():
            return Undefined
        case _:
            return value


def _schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    odd, colour, a, b = (schema.type_map[name] for name in ("Odd", "Colour", "A", "B"))
    assert isinstance(odd, GraphQLScalarType)
    assert isinstance(colour, GraphQLEnumType)
    assert isinstance(a, GraphQLObjectType)
    assert isinstance(b, GraphQLObjectType)
    odd.coerce_output_value = _coerce_odd
    for name, value in colour.values.items():
        value.value = Colour[name] if name != "BLUE" else "BLUE"
    a.is_type_of = lambda value, _info: isinstance(value, A)
    b.is_type_of = lambda value, info: _later(isinstance(value, B), 1) if info.context.oddness else isinstance(value, B)
    union, interface = schema.type_map["Any"], schema.type_map["Named"]
    assert isinstance(union, GraphQLUnionType)
    assert isinstance(interface, GraphQLInterfaceType)
    union.resolve_type = _resolve_type
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, each in kind.fields.items():
                each.resolve = _resolver(kind, name)
    return schema


def _resolve_type(value: Any, info: Any, _kind: Any) -> Any:
    dice = Random(f"{info.context.seed} {stable(value)}")
    if dice.randrange(100) < info.context.oddness:
        return dice.choice([None, 3, "Nobody", "Colour", "Query", _never("no type", 1), _later("C", 1)])
    return type(value).__name__


def _resolver(parent: GraphQLObjectType, name: str) -> Callable[..., Any]:
    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        if source is None:
            source = Thing(info.context, parent.name)
        if not isinstance(source, Thing):
            source = Thing(info.context, stable(source))
        if name == "string3":
            return [f"{info.field_name} {info.path.as_list()} {info.parent_type} {len(info.field_nodes)}"]
        return _made(source, name, arguments)

    return resolve


_TYPES: dict[str, GraphQLOutputType] = {}
SCHEMA: Final = _schema()
for _parent in SCHEMA.type_map.values():
    if isinstance(_parent, GraphQLObjectType) and not _parent.name.startswith("__"):
        _TYPES.update((_name, _field.type) for _name, _field in _parent.fields.items())


class Known:
    """What may be known of this schema: the same values by shorter ways."""

    def of(self, parent: GraphQLObjectType, name: str, field: GraphQLField) -> Resolution:
        below = parent.name == "A"  # whose objects are sure to be such
        if below and name.endswith("0") and not field.args:
            return Attribute(name)
        if below and name.endswith("1"):
            return Plain(lambda source: _made(source, name))
        if name == "argued":
            return Plain(
                lambda source, info, said: (
                    _made(source or Thing(info, parent.name), name, said)
                    if isinstance(source, Thing) or source is None
                    else _made(Thing(info, stable(source)), name, said)
                ),
                info="info",
                arguments=lambda given: {"said": given},
            )
        assert field.resolve
        return Full(field.resolve)

    def class_of(self, kind: GraphQLObjectType) -> type | None:
        return {"A": A}.get(kind.name)

    def members_of(self, _kind: GraphQLEnumType) -> type[Enum] | None:
        return None

    def shown_by(self, _kind: GraphQLObjectType) -> None:
        return None

    def mostly_shown_by(self, _kind: GraphQLObjectType) -> None:
        return None

    def info(self, context: World) -> World:
        return context


def is_steady(kind: str, name: str) -> bool:
    """Of a field: whether `Steady` says so."""
    return kind == "A" and name not in ("argued", "seen", "string3")


class Steady(Known):
    """Besides, that what an object of one type gives follows from it alone: it may be asked twice, or in vain."""

    def of(self, parent: GraphQLObjectType, name: str, field: GraphQLField) -> Resolution:
        known = super().of(parent, name, field)
        if not is_steady(parent.name, name):
            return known
        if isinstance(known, Attribute):
            return Attribute(name, is_steady=True)
        return Plain(lambda source: _made(source, name), is_steady=True)

    def members_of(self, _kind: GraphQLEnumType) -> type[Enum]:
        return Colour
