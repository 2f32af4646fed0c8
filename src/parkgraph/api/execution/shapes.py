"""What an answer has of values, as Python: one function for a whole answer, with everything in line, that reads
objects, checks each value and makes structs of them.

It is given what a resolver gave, and raises where a value is not as its type wants it, whatever that raises. Only names
of attributes, in code, and of types, in quotes, get into its source.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, Protocol

from msgspec import Struct

Find = Callable[[Any], Any]
"""From an object to a value of it."""

Read = Callable[[Any], Any]
"""From what a resolver gave to what the answer has. Raises whatever it may where that is left to the careful functions.
"""


class AmissError(Exception):
    """Of a value that is not as its type wants it."""


class Writer:
    """Names for the source of one function. `known`: what it refers to, as arguments, which are looked up fastest."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {each.__name__: each for each in (AmissError, float, int, list, str, tuple)}
        self._variables = 0

    def variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"

    def refer(self, to: Any) -> str:
        name = f"known_{len(self.known)}"
        self.known[name] = to
        return name


class Shape(Protocol):
    """Of a value."""

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        """What checks the value in this variable, and puts there instead what the answer has."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is in the answer as it is. `test`: whether it is one that may be, as code."""

    test: str

    def lines(self, _writer: Writer, value: str) -> Iterator[str]:
        yield f"if not ({self.test.format(value)}): raise AmissError"


@dataclass(frozen=True, slots=True)
class Member:
    """Of an enum whose members have the answer's names as their values, which are written."""

    of: type[Enum]

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        yield f"if {value}.__class__ is not {writer.refer(self.of)}: raise AmissError"


@dataclass(frozen=True, slots=True)
class Coerced:
    """A scalar of the schema's own. `plain`: classes whose values are what they seem."""

    coerce: Callable[[Any], Any]
    plain: Collection[type]

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        yield f"if {value}.__class__ not in {writer.refer(self.plain)}: raise AmissError"
        yield f"{value} = {writer.refer(self.coerce)}({value})"
        yield f"if {value}.__class__ is not str: raise AmissError"


@dataclass(frozen=True, slots=True)
class Optional:
    """What may be None."""

    of: Shape

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        yield f"if {value} is not None:"
        yield from _indented(self.of.lines(writer, value))


@dataclass(frozen=True, slots=True)
class Many:
    """A list, or a tuple: an iterator could be read only once."""

    of: Shape

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        one, made = writer.variable(), writer.variable()
        yield f"if {value}.__class__ is not tuple and {value}.__class__ is not list: raise AmissError"
        yield f"{made} = []"
        yield f"for {one} in {value}:"
        yield from _indented(self.of.lines(writer, one))
        yield f" {made}.append({one})"
        yield f"{value} = {made}"


@dataclass(frozen=True, slots=True)
class Part:
    """Of an object: an attribute, `a.b` that of another, or what a function gives of it."""

    found: str | Find
    shape: Shape

    def lines(self, writer: Writer, source: str, value: str) -> Iterator[str]:
        is_attribute = isinstance(self.found, str)
        yield f"{value} = " + (f"{source}.{self.found}" if is_attribute else f"{writer.refer(self.found)}({source})")
        yield from self.shape.lines(writer, value)


@dataclass(frozen=True, slots=True)
class Object:
    """Of one class, where that matters. `struct`: what is made of its parts; a text among them is said as it is."""

    struct: type[Struct]
    of: type | None
    parts: Sequence[Part | str]

    def lines(self, writer: Writer, value: str) -> Iterator[str]:
        if self.of:
            yield f"if {value}.__class__ is not {writer.refer(self.of)}: raise AmissError"
        given = []
        for part in self.parts:
            given.append(repr(part) if isinstance(part, str) else writer.variable())
            if isinstance(part, Part):
                yield from part.lines(writer, value, given[-1])
        yield f"{value} = {writer.refer(self.struct)}({', '.join(given)})"


def reader(shape: Shape) -> Read:
    """The function. Where Python does not nest loops, indents or calls that deep, one that only raises."""
    writer = Writer()
    try:
        lines = _indented((*shape.lines(writer, "source"), "return source"))
        known = ", ".join(f"{name}={name}" for name in writer.known)
        code = compile("\n".join((f"def read(source, *, {known}):", *lines)), "<shape>", "exec")
    except (SyntaxError, RecursionError):
        return _too_deep
    exec(code, writer.known)  # noqa: S102
    read: Read = writer.known["read"]
    return read


def _too_deep(_source: Any) -> NoReturn:
    raise AmissError


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f" {line}" for line in lines)
