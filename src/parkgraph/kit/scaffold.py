"""A new adapter: a distribution that works, made of a template."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from parkgraph.kit.errors import KitError
from parkgraph.networks import registry

SUFFIX: Final = ".template"
"""Of a template's files, so that no tool takes them for code of ours."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST: Final = 40
_ACME: Final = re.compile(r"parkgraph-acme|acme\.example|acme|Acme")


def create(name: str, into: Path, *, search: bool = False) -> Path:
    """Write the distribution parkgraph-NAME below `into`; its folder. Raises KitError, and overwrites nothing."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise KitError(
            f"an adapter's name is small letters, digits and _ between them, such as acme or acme_city, not {name!r}"
        )
    installed = registry.find()
    if name in installed.classes or name in installed.broken:
        raise KitError(f"there is an adapter {name} already: choose another name, or `pip uninstall` that one")
    home = into / f"parkgraph-{name.replace('_', '-')}"
    if home.exists():
        raise KitError(f"{home} exists already: choose another name, or another folder with --into")
    template = files("parkgraph.kit") / "templates" / ("search" if search else "feed")
    for path, content in _rendered(template, name):
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return home


def _rendered(folder: Traversable, name: str, below: str = "") -> Iterator[tuple[str, str]]:
    """Every file of a template, with the name of the new adapter in the place of acme."""
    for entry in folder.iterdir():
        path = f"{below}{entry.name}"
        if entry.is_dir():
            yield from _rendered(entry, name, f"{path}/")
        elif path.endswith(SUFFIX):
            yield _named(path.removesuffix(SUFFIX), name), _named(entry.read_text(encoding="utf-8"), name)


def _named(text: str, name: str) -> str:
    dashed = name.replace("_", "-")
    titled = " ".join(word.capitalize() for word in name.split("_"))
    instead = {"parkgraph-acme": f"parkgraph-{dashed}", "acme.example": f"{dashed}.example", "Acme": titled}
    return _ACME.sub(lambda found: instead.get(found[0], name), text)
