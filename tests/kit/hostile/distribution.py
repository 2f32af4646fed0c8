"""A new adapter as `parkgraph adapter new` makes it, with flaws, imported from where it lies."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parkgraph.kit import scaffold
from parkgraph.sdk.conformance import Report, run
from parkgraph.sdk.conformance.subject import AdapterClass
from tests.kit.hostile.flaws import Edit, Flaw


def make(into: Path, *, search: bool = False, flaw: Flaw | None = None, also: tuple[Edit, ...] = ()) -> Path:
    home = scaffold.create("acme", into, search=search)
    for file, old, new in (*also, *(flaw.edits if flaw else ())):
        path = home / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} holds {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    for file in flaw.removed if flaw else ():
        (home / file).unlink()
    return home


@contextmanager
def imported(home: Path) -> Iterator[AdapterClass]:
    """Its adapter; gone from the interpreter afterwards, so that the next of the same name can come."""
    sys.path.insert(0, str(home / "src"))
    importlib.invalidate_caches()
    try:
        adapter_class: AdapterClass = importlib.import_module("parkgraph_acme").Adapter
        yield adapter_class
    finally:
        sys.path.remove(str(home / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == "parkgraph_acme"]:
            del sys.modules[name]


def checked(home: Path) -> Report:
    with imported(home) as adapter_class:
        return run(adapter_class, home)
