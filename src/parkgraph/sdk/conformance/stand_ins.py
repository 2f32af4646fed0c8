"""Other objects in the place of some that modules use, for a while."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any


@contextmanager
def standing_in(stand_ins: Iterable[tuple[Any, Any]], modules: tuple[ModuleType, ...]) -> Iterator[None]:
    """`stand_ins`: originals and what stands in. In these modules, names of an original mean its stand-in, and so do
    attributes of modules that they import.
    """
    by_id = {id(original): stand_in for original, stand_in in stand_ins}
    changed: list[tuple[ModuleType, str, Any]] = []
    for module in modules:
        for name, value in list(vars(module).items()):
            if id(value) in by_id:
                instead = by_id[id(value)]
            elif isinstance(value, ModuleType) and value not in modules:
                inside = {n: by_id[id(v)] for n, v in list(vars(value).items()) if id(v) in by_id}
                if not inside:
                    continue
                instead = SimpleNamespace(**{**vars(value), **inside})
            else:
                continue
            changed.append((module, name, value))
            setattr(module, name, instead)
    try:
        yield
    finally:
        for module, name, value in changed:
            setattr(module, name, value)
