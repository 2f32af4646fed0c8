"""What values are read into by msgspec, and what fills the gaps in that: one function for a whole answer.

The function is given an object and what was read off it, and raises where a value is not as its type wants it, whatever
that raises. Only names of attributes, in code, and of types, in quotes, get into its source.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Protocol

from msgspec import Struct, convert

Find = Callable[[Any], Any]
"""From an object to a value of it."""

Check = Callable[[Sequence[Any]], None]
"""That all values are of the classes that they should be of. Raises AmissError."""

Fill = Callable[[Any, Any], None]


class AmissError(Exception):
    """Of a value that is not as its type wants it."""


class TooDeepError(Exception):
    """Of gaps in more lists within each other than Python nests loops."""


class Writer:
    """Names for the source of one function. `known`: what it refers to."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {"AmissError": AmissError, "convert": convert}
        self._variables = 0

    def variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"

    def refer(self, to: Any) -> str:
        name = f"known_{len(self.known)}"
        self.known[name] = to
        return name


class Shape(Protocol):
    """`kind`: for msgspec."""

    @property
    def kind(self) -> Any: ...

    @property
    def has_gaps(self) -> bool: ...

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        """What fills the gaps of what was `read` off the `source`, both names."""


class Gap(Protocol):
    """A field of a struct that msgspec cannot read by itself."""

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        """What fills it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is in the answer as it is."""

    kind: Any
    has_gaps = False

    def lines(self, _writer: Writer, _source: str, _read: str) -> Iterator[str]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Optional:
    """What may be None."""

    of: Shape

    @property
    def kind(self) -> Any:
        return self.of.kind | None

    @property
    def has_gaps(self) -> bool:
        return self.of.has_gaps

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        yield f"if {read} is not None:"
        yield from _indented(self.of.lines(writer, source, read))


@dataclass(frozen=True, slots=True)
class Many:
    """A list, or a tuple."""

    of: Shape

    @property
    def kind(self) -> Any:
        return tuple[self.of.kind, ...]  # type: ignore[name-defined]

    @property
    def has_gaps(self) -> bool:
        return self.of.has_gaps

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        one, its = writer.variable(), writer.variable()
        yield f"for {one}, {its} in zip({source}, {read}, strict=True):"
        yield from _indented(self.of.lines(writer, one, its))


@dataclass(frozen=True, slots=True)
class Object:
    """A struct, with gaps of its own, and shapes below attributes that the struct has as the object has them."""

    kind: type[Struct]
    gaps: Sequence[Gap]
    below: Sequence[tuple[str, Shape]]

    @property
    def has_gaps(self) -> bool:
        return bool(self.gaps) or any(shape.has_gaps for _, shape in self.below)

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        for gap in self.gaps:
            yield from gap.lines(writer, source, read)
        for attribute, shape in self.below:
            if shape.has_gaps:
                of_source, of_read = writer.variable(), writer.variable()
                yield f"{of_source} = {source}.{attribute}"
                yield f"{of_read} = {read}.{attribute}"
                yield from shape.lines(writer, of_source, of_read)


@dataclass(frozen=True, slots=True)
class Name:
    """Of the type."""

    gap: str
    said: str

    def lines(self, _writer: Writer, _source: str, read: str) -> Iterator[str]:
        yield f"{read}.{self.gap} = {self.said!r}"


@dataclass(frozen=True, slots=True)
class Coerced:
    """A scalar of the schema's own. `find`: None where the value stands in the gap already. `plain`: classes whose
    values are what they seem.
    """

    gap: str
    find: Find | None
    coerce: Callable[[Any], Any]
    plain: Collection[type]
    required: bool

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        value = writer.variable()
        yield f"{value} = {writer.refer(self.find)}({source})" if self.find else f"{value} = {read}.{self.gap}"
        coercion = [
            f"if {value}.__class__ not in {writer.refer(self.plain)}: raise AmissError",
            f"{value} = {writer.refer(self.coerce)}({value})",
            f"if {value}.__class__ is not str: raise AmissError",
        ]
        yield from coercion if self.required else (f"if {value} is not None:", *_indented(coercion))
        yield f"{read}.{self.gap} = {value}"


@dataclass(frozen=True, slots=True)
class Given:
    """What a function gives of the object, after a `check`."""

    gap: str
    find: Find
    shape: Shape
    check: Check | None

    def lines(self, writer: Writer, source: str, read: str) -> Iterator[str]:
        value, made = writer.variable(), writer.variable()
        yield f"{value} = {writer.refer(self.find)}({source})"
        if self.shape.kind is str:
            yield f"if {value}.__class__ is not str: raise AmissError"
            made = value
        else:
            if self.check:
                yield f"{writer.refer(self.check)}(({value},))"
            yield f"{made} = convert({value}, {writer.refer(self.shape.kind)}, from_attributes=True)"
            if self.shape.has_gaps:
                yield from self.shape.lines(writer, value, made)
        yield f"{read}.{self.gap} = {made}"


def classes(only: type) -> Check:
    """Of objects that are of one class, or None."""
    allowed = {only, NoneType}

    def check(values: Sequence[Any]) -> None:
        if {*map(type, values)} - allowed:
            raise AmissError

    return check


def lists(of: Check | None) -> Check:
    """Of lists, or tuples, or None: an iterator could be read only once."""
    allowed = {list, tuple, NoneType}

    def check(values: Sequence[Any]) -> None:
        if {*map(type, values)} - allowed:
            raise AmissError
        if of:
            for each in values:
                of(each or ())

    return check


def filling(shape: Shape) -> Fill | None:
    """The function that fills all gaps of what was read. Raises TooDeepError."""
    if not shape.has_gaps:
        return None
    writer = Writer()
    lines = _indented(shape.lines(writer, "source", "read"))
    try:
        code = compile("\n".join(("def fill(source, read):", *lines)), "<gaps>", "exec")
    except SyntaxError:
        raise TooDeepError from None
    exec(code, writer.known)  # noqa: S102
    fill: Fill = writer.known["fill"]
    return fill


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f" {line}" for line in lines)
