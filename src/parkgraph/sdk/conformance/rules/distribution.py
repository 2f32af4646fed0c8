"""Rules about the distribution around the code: what makes it found, readable and complete."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from parkgraph.sdk.conformance.readme import NoMarkers, with_table
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, rule
from parkgraph.sdk.conformance.subject import Subject

GROUP: Final = "parkgraph.adapters"
NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@rule(
    "distribution",
    "The distribution has a name, offers its adapter by one, is typed and tested, and brings its samples along.",
)
def distribution(subject: Subject) -> Iterator[Problem]:
    home = _home(subject)
    path = home / "pyproject.toml"
    if not path.is_file():
        yield Problem("pyproject.toml", "it is absent.", "Make the adapter by `parkgraph adapter new`.")
        return
    project = tomllib.loads(path.read_text(encoding="utf-8"))
    offers = project.get("project", {}).get("entry-points", {}).get(GROUP, {})
    ours = [
        name for name, target in offers.items() if str(target).partition(":")[0].partition(".")[0] == subject.package
    ]
    if not ours:
        yield Problem("pyproject.toml", f"no entry point of {GROUP} names this package.", "Name it there.")
    if not project.get("project", {}).get("name"):
        yield Problem("pyproject.toml", "the distribution has no name.", "Name it below [project].")
    for name in ours:
        if not NAME.fullmatch(name):
            yield Problem("pyproject.toml", "the adapter's name is no name.", "Use small letters, digits and _.")
    included = _table(project, "tool", "hatch", "build", "targets", "wheel", "force-include")
    if subject.adapter_class.demo and f"{subject.package}/samples" not in included.values():
        yield Problem("pyproject.toml", "a wheel would not hold the samples.", "Include samples as package data.")
    if not (subject.code / "py.typed").is_file():
        yield Problem("py.typed", "it is absent.", "Put an empty file of this name beside __init__.py.")
    if not any((home / "tests").glob("test_*.py")):
        yield Problem("tests", "there is none.", "Say in tests what the network means by its fields.")


@rule("readme", "The README has the network's table as info gives it, and names every setting.")
def readme(subject: Subject) -> Iterator[Problem]:
    path = _home(subject) / "README.md"
    if not path.is_file():
        yield Problem("README.md", "it is absent.", "Say what the network is, and what is mapped.")
        return
    text = path.read_text(encoding="utf-8")
    try:
        current = with_table(text, subject.info)
    except NoMarkers as missing:
        yield Problem("README.md", "it has no place for the network's table.", f"{str(missing).capitalize()}.")
        return
    if current != text:
        yield Problem(
            "README.md", "its table is not what info gives.", "Run `parkgraph adapter check … --write-readme`."
        )
    for name in subject.adapter_class.Settings.model_fields:
        if f"`{name}`" not in text:
            yield Problem("README.md", f"it does not name the setting {name}.", "Add it to the table of settings.")


def _home(subject: Subject) -> Path:
    if subject.home is None:
        raise NotApplicable("only its code is installed")
    return subject.home


def _table(table: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}
