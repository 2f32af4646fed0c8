"""A new adapter as `parkgraph adapter new` makes it, with flaws, imported from where it lies."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from parkgraph.kit import scaffold
from parkgraph.sdk.conformance import Report, run
from parkgraph.sdk.conformance.subject import AdapterClass
from tests.kit.hostile.flaws import Edit, Flaw


def make(into: Path, *, search: bool = False, flaw: Flaw | None = None, also: tuple[Edit, ...] = ()) -> Path:
    files = dict(_template(search))
    for file, old, new in (*also, *(flaw.edits if flaw else ())):
        assert files[file].count(old) == 1, f"{file} holds {files[file].count(old)} times: {old}"
        files[file] = files[file].replace(old, new)
    home = into / "parkgraph-acme"
    for file, text in files.items():
        if not flaw or file not in flaw.removed:
            (home / file).parent.mkdir(parents=True, exist_ok=True)
            (home / file).write_text(text, encoding="utf-8")
    return home


@cache
def _template(search: bool) -> Mapping[str, str]:
    """The files that `parkgraph adapter new acme` writes."""
    with TemporaryDirectory() as folder:
        home = scaffold.create("acme", Path(folder), search=search)
        return {file.relative_to(home).as_posix(): file.read_text() for file in home.rglob("*") if file.is_file()}


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
