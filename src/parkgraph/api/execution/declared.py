"""What a class says of its attributes, where mypy holds it to that: the annotation of a field or of a property."""

from collections.abc import Sequence
from inspect import getattr_static
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

_SEQUENCES: Final = (list, tuple, Sequence)


def declared(owner: type, attribute: str) -> Any:
    """The type of an attribute, without its None; None where that cannot be told."""
    found = getattr_static(owner, attribute, None)
    worked_out = found.fget if isinstance(found, property) else getattr(found, "__wrapped__", None)
    try:
        if worked_out:
            return _present(get_type_hints(worked_out).get("return"))
        return _present(get_type_hints(owner).get(attribute))
    except (NameError, TypeError):  # what is only imported for the type checker
        return None


def item_of(kind: Any) -> Any:
    """The type of the items of a sequence whose items are all of one."""
    items = [each for each in get_args(kind) if each is not Ellipsis]
    return _present(items[0]) if get_origin(kind) in _SEQUENCES and len(items) == 1 else None


def _present(kind: Any) -> Any:
    if get_origin(kind) not in (Union, UnionType):
        return kind
    others = [each for each in get_args(kind) if each is not NoneType]
    return others[0] if len(others) == 1 else None
