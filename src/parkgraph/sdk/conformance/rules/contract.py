"""The rule that what comes out is of the types that the contract names, whether a type checker was run or not."""

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.subject import NotABatch, Subject


@rule(
    "contract",
    "A call gives a Batch, and each value in it is of the type that the contract names: no list, no float for money.",
    on_answers=True,
)
def contract(subject: Subject) -> Iterator[Problem]:
    for name, result in subject.baseline.items():
        if isinstance(result.raised, NotABatch):
            yield Problem(name, f"{result.raised}.", "Give a parkgraph.sdk.Batch.")
        elif result.batch is not None:
            for where, value in mistyped(result.batch, type(result.batch), "batch"):
                yield Problem(name, f"{where} is a {type(value).__name__}.", "Give what the contract names.")


def mistyped(value: object, hint: Any, name: str) -> Iterator[tuple[str, object]]:
    """The parts of a value that are not of their declared type, and where they are."""
    kind, arguments = get_origin(hint) or hint, get_args(hint)
    if isinstance(hint, TypeVar):
        kind, arguments = Union, hint.__constraints__
    if kind in (Union, types.UnionType):
        fitting = [option for option in arguments if _is(value, get_origin(option) or option)]
        if not fitting:
            yield name, value
        elif value is not None:
            yield from mistyped(value, fitting[0], name)
    elif kind in (tuple, frozenset) and arguments:
        if not isinstance(value, (tuple, frozenset)) or not _is(value, kind):
            yield name, value
            return
        for inner in value:
            yield from mistyped(inner, arguments[0], name)
    elif not _is(value, kind):
        yield name, value
    elif is_dataclass(kind):
        of: Any = kind
        for field, inner in _hints(of).items():
            yield from mistyped(getattr(value, field), inner, f"{name}.{field}" if name != "batch" else field)


def _is(value: object, kind: Any) -> bool:
    """A whole number counts as a float, a bool as no number."""
    if kind in (int, float):
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    return isinstance(value, kind)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
