"""`python -m infra.gitlab.schema_changes BEFORE AFTER [--labels a,b]`: what a change of the schema means to clients.

Prints a report as Markdown. Exit code 1: something breaks clients, and the label `breaking` does not say that it may.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from graphql import build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

ALLOWED: Final = "breaking"


def changes(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    """What breaks clients, and what may surprise them, from one schema to another (SDL)."""
    old, new = build_schema(before), build_schema(after)
    return (
        [change.description for change in find_breaking_changes(old, new)],
        [change.description for change in find_dangerous_changes(old, new)],
    )


def report(breaking: Sequence[str], dangerous: Sequence[str], *, allowed: bool) -> str:
    """Markdown for the merge request."""
    if not breaking and not dangerous:
        return "Nothing that clients know changes.\n"
    verdict = f"Allowed by the label `{ALLOWED}`." if allowed else f"Deprecate first, or add the label `{ALLOWED}`."
    return "".join(
        (
            *_section("Breaks clients", breaking, verdict),
            *_section("May surprise clients", dangerous, "Look whether clients take it."),
        )
    )


def _section(title: str, found: Iterable[str], words: str) -> Iterable[str]:
    lines = [f"- {each}\n" for each in found]
    return [f"## {title}\n\n{words}\n\n", *lines, "\n"] if lines else []


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--labels", default="")
    given = parser.parse_args()
    breaking, dangerous = changes(given.before.read_text(), given.after.read_text())
    allowed = ALLOWED in given.labels.split(",")
    print(report(breaking, dangerous, allowed=allowed))
    return 1 if breaking and not allowed else 0


if __name__ == "__main__":
    raise SystemExit(main())
