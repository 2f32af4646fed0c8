"""From a name or a folder to an adapter's class and the distribution around it."""

import importlib
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from parkgraph.kit.errors import KitError
from parkgraph.networks import registry
from parkgraph.sdk.conformance.runner import home_of
from parkgraph.sdk.contract import FeedAdapter, SearchAdapter

PROJECT: Final = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Located:
    """`home`: the folder of its distribution, None where only its code is installed."""

    name: str
    adapter_class: registry.AdapterClass
    home: Path | None


def locate(name: str) -> Located:
    """The installed adapter of this name, or the one whose distribution lies in this folder. Raises KitError."""
    if (Path(name) / PROJECT).is_file():
        return _in_folder(Path(name).resolve())
    installed = registry.find()
    if name in installed.classes:
        adapter_class = installed.classes[name]
        return Located(name, adapter_class, home_of(adapter_class))
    if name in installed.broken:
        raise KitError(f"{installed.broken[name]}")
    known = ", ".join(sorted(installed.classes)) or "none"
    raise KitError(f"{name!r} is no installed adapter and no folder of one; installed are: {known}")


def _in_folder(home: Path) -> Located:
    """Its code is imported from there, be it installed or not."""
    try:
        project: dict[str, Any] = tomllib.loads((home / PROJECT).read_text(encoding="utf-8"))
        offers = project["project"]["entry-points"][registry.GROUP]
        [(name, target)] = offers.items()
        module, _, attribute = str(target).partition(":")
    except (ValueError, KeyError, AttributeError):
        raise KitError(f"{home / PROJECT} must offer one adapter as an entry point of {registry.GROUP}") from None
    sys.path.insert(0, str(home / "src"))
    try:
        adapter_class = getattr(importlib.import_module(module), attribute)
    except Exception as fault:  # noqa: BLE001  (code under construction may raise anything)
        raise KitError(f"{target} of {home} cannot be imported ({type(fault).__name__}: {fault})") from None
    if not (isinstance(adapter_class, type) and issubclass(adapter_class, (FeedAdapter, SearchAdapter))):
        raise KitError(f"{target} of {home} is neither a FeedAdapter nor a SearchAdapter")
    return Located(name, adapter_class, home)
