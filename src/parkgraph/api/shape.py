"""The shape of an answer: what a query asks for, fragments spread and equal fields merged.

An answer's depth and cost are read off its shape; and the checks on the way keep validation quick, which compares
every two fields that are to be merged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from parkgraph.api.errors import TooComplexError

MAX_REPEATS: Final = 20
"""How often one field may be asked for in one place."""

MAX_VISITS: Final = 5000
"""Selections that are looked at, those of a fragment each time it is spread."""

INTROSPECTION_DEPTH: Final = 20
"""Depth under `__schema` and `__type`: the tools' own query goes down 16 levels."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the answer. `first`: its page size, a number or the name of a variable, where it has one."""

    name: str
    first: int | str | None
    fields: tuple["Asked", ...]


Shape = tuple[Asked, ...]

_Part = tuple[SelectionSetNode, frozenset[str]]
"""A selection set, and the fragments that it stands in."""


def shapes(document: DocumentNode, max_depth: int) -> Mapping[str | None, Shape]:
    """The shape of each operation by its name. Raises TooComplexError.

    Fragments that spread themselves or that nobody spreads are left to validation.
    """
    walk = _Walk(document, max_depth)
    operations = {
        operation.name.value if operation.name else None: walk.fields([(operation.selection_set, frozenset())])
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
    }
    for name, fragment in walk.fragments.items():
        if name not in walk.reached:
            walk.fields([(fragment.selection_set, frozenset({name}))])
    return operations


class _Walk:
    def __init__(self, document: DocumentNode, max_depth: int) -> None:
        self.fragments = {f.name.value: f for f in document.definitions if isinstance(f, FragmentDefinitionNode)}
        self.reached: set[str] = set()
        self._max_depth = max_depth
        self._visits = 0

    def fields(self, parts: Sequence[_Part], depth: int = 1, *, introspection: bool = False) -> Shape:
        """The fields that these selection sets, merged, ask for."""
        if depth > (INTROSPECTION_DEPTH if introspection else self._max_depth):
            raise TooComplexError(f"The query is more than {self._max_depth} fields deep; ask for less, or in several.")
        asked = []
        for merged in self._merged(parts).values():
            field = merged[0][0]
            name = field.name.value
            within = [(each.selection_set, inside) for each, inside in merged if each.selection_set]
            meta = introspection or name.startswith("__")
            asked.append(
                Asked(name, _first(field), self.fields(within, depth + 1, introspection=meta) if within else ())
            )
        return tuple(asked)

    def _merged(self, parts: Iterable[_Part]) -> Mapping[str, Sequence[tuple[FieldNode, frozenset[str]]]]:
        """Fields by their name in the answer."""
        merged: dict[str, list[tuple[FieldNode, frozenset[str]]]] = {}
        spread: set[str] = set()
        waiting = list(parts)
        while waiting:
            selection_set, inside = waiting.pop()
            for selection in selection_set.selections:
                self._visits += 1
                if self._visits > MAX_VISITS:
                    raise TooComplexError("The query asks for too many fields once its fragments are spread.")
                match selection:
                    case FieldNode():
                        same = merged.setdefault((selection.alias or selection.name).value, [])
                        same.append((selection, inside))
                        if len(same) > MAX_REPEATS:
                            name = selection.name.value[:60]
                            raise TooComplexError(
                                f"The query asks for {name!r} more than {MAX_REPEATS} times in one place; ask once."
                            )
                    case InlineFragmentNode():
                        waiting.append((selection.selection_set, inside))
                    case FragmentSpreadNode():
                        name = selection.name.value
                        if name in self.fragments and name not in inside and name not in spread:
                            spread.add(name)
                            self.reached.add(name)
                            waiting.append((self.fragments[name].selection_set, inside | {name}))
        return merged


def _first(field: FieldNode) -> int | str | None:
    value = next((argument.value for argument in field.arguments or () if argument.name.value == "first"), None)
    match value:
        case IntValueNode():
            return int(value.value)
        case VariableNode():
            return value.name.value
        case _:
            return None
