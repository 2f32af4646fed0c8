"""A selection as one Python function that takes for granted that every value is as its type wants it.

Nothing is passed through unchecked: at the first value that is not, or exception, the function gives nothing, and the
careful functions of `source` do all of it again, which say what is wrong and where. So only what is steady is asked
here, since it may be asked twice. What stands below is written in line: a call takes as long as some leaves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Final

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLOutputType, is_leaf_type, is_list_type

from parkgraph.api.execution.plan import Entry, Selection, Value
from parkgraph.api.execution.resolution import Attribute, Plain, Resolution

MAX_DEPTH: Final = 12
"""Objects and lists within each other; Python nests no more than twenty loops."""


class Quick:
    """Which selections of a plan are quick, and their source.

    `is_sure`: whether objects of a type are known by their class, or the name of an enum's member is what the answer
    has. `is_kept`: whether JSON of a selection's objects is kept, which is then left to whoever keeps it.
    """

    def __init__(
        self,
        selections: Sequence[Selection],
        as_it_is: Mapping[GraphQLOutputType, str],
        is_sure: Callable[[GraphQLObjectType | GraphQLEnumType], bool],
        is_kept: Callable[[Selection], bool],
    ) -> None:
        self._as_it_is = as_it_is
        self._is_sure = is_sure
        self._is_kept = is_kept
        self._depths: dict[int, float] = {}
        self._within: set[int] = set()
        for selection in selections:
            self._depths[selection.number] = self._depth(selection)
        for selection in selections:
            self._within.update(self._in_line(selection))

    def __contains__(self, selection: Selection) -> bool:
        """Whether there is a function of its own. What only stands in others' has none, but for items of lists: of many
        objects one may be amiss, and all others are quick.
        """
        return self._is_quick(selection) and selection.number not in self._within

    def source(self, selection: Selection) -> Iterator[str]:
        """The lines of `quick_N(source)`, which gives None for what it does not take."""
        yield f"def quick_{selection.number}(source):"
        yield " try:"
        yield from _Writer(self._as_it_is).object("source", selection, "source", 2)
        yield "  return source"
        yield " except Exception:"
        yield "  return None"

    def _is_quick(self, selection: Selection) -> bool:
        return self._depths[selection.number] <= MAX_DEPTH

    def _in_line(self, selection: Selection) -> Iterator[int]:
        """The selections that stand in this one's function, but for items of lists."""
        for entry in selection.entries if self._is_quick(selection) else ():
            if entry.value and isinstance(entry.value.within, GraphQLObjectType):
                yield entry.value.selections[entry.value.within.name].number

    def _depth(self, selection: Selection) -> float:
        """How deep its function nests; infinitely where there is none."""
        return 1 + max(map(self._depth_of_entry, selection.entries), default=0)

    def _depth_of_entry(self, entry: Entry) -> float:
        if entry.value is None:
            return 0
        return self._depth_of(entry.value) if _may_be_asked_twice(entry.resolution) else inf

    def _depth_of(self, value: Value) -> float:
        kind = value.within
        if value.item:
            return 1 + self._depth_of(value.item)
        if isinstance(kind, GraphQLObjectType) and self._is_sure(kind):
            below = value.selections[kind.name]
            return inf if self._is_kept(below) else self._depths[below.number]
        is_leaf = is_leaf_type(kind) and (not isinstance(kind, GraphQLEnumType) or self._is_sure(kind))
        return 0 if is_leaf else inf


def _may_be_asked_twice(resolution: Resolution | None) -> bool:
    if isinstance(resolution, Plain):
        return resolution.is_steady and resolution.takes_source and not (resolution.info or resolution.arguments)
    return isinstance(resolution, Attribute) and resolution.is_steady


class _Writer:
    """Of one function: each value has a name of its own."""

    def __init__(self, as_it_is: Mapping[GraphQLOutputType, str]) -> None:
        self._as_it_is = as_it_is
        self._names = 0

    def object(self, name: str, selection: Selection, into: str, depth: int) -> Iterator[str]:
        """From the object with this name to its part of the answer."""
        pad, pairs, seen = " " * depth, [], {"": name}
        for entry in selection.entries:
            if entry.value is None:
                pairs.append(f"{entry.key!r}: {selection.kind.name!r}")
                continue
            resolution = entry.resolution
            if isinstance(resolution, Attribute):
                *on_the_way, last = resolution.name.split(".")
                at = ""
                for step in on_the_way:
                    before, at = seen[at], f"{at}.{step}"
                    if at not in seen:
                        seen[at] = self._name()
                        yield f"{pad}{seen[at]} = {before}.{step}"
                read = f"{seen[at]}.{last}"
            else:
                read = f"call_{entry.value.field.number}({name})"
            given = self._name()
            yield f"{pad}{given} = {read}"
            yield from self._value(given, entry.value, depth)
            pairs.append(f"{entry.key!r}: {given}")
        yield f"{pad}{into} = {{{', '.join(pairs)}}}"

    def _value(self, name: str, value: Value, depth: int) -> Iterator[str]:
        """From the value with this name to the completed one, with the same name."""
        pad, kind, number = " " * depth, value.within, value.number
        if check := self._as_it_is.get(kind):
            yield f"{pad}if not ({check.format(name)}){self._unless_null(name, value)}: return None"
            return
        if not value.required:
            yield f"{pad}if {name} is not None:"
            pad, depth = pad + " ", depth + 1
        if isinstance(kind, GraphQLEnumType):
            yield f"{pad}if {name}.__class__ is not enum_{number}: return None"
            yield f"{pad}{name} = {name}._name_"
        elif is_leaf_type(kind):
            yield f"{pad}if {name}.__class__ not in plain: return None"
            yield f"{pad}{name} = coerce_{number}({name})"
            yield f"{pad}if {name}.__class__ is not str: return None"
        elif is_list_type(kind):
            assert value.item
            item, items = self._name(), self._name()
            yield f"{pad}if {name}.__class__ is not list and {name}.__class__ is not tuple: return None"
            yield f"{pad}{items} = []"
            yield f"{pad}for {item} in {name}:"
            yield from self._value(item, value.item, depth + 1)
            yield f"{pad} {items}.append({item})"
            yield f"{pad}{name} = {items}"
        else:
            assert isinstance(kind, GraphQLObjectType)
            yield f"{pad}if {name}.__class__ is not class_{number}: return None"
            yield from self.object(name, value.selections[kind.name], name, depth)

    @staticmethod
    def _unless_null(name: str, value: Value) -> str:
        return "" if value.required else f" and {name} is not None"

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"
