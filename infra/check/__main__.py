"""`make check-infra`: what can be checked of the infrastructure without a cloud.

    python -m infra.check [NAME…] [--self-test]

Runs each check, or those named, and ends with a table. What a machine lacks is named, and the rest is checked: that is
exit code 0; a problem is 1. With --self-test each check has to find mistakes that are planted in a copy.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.check import alerts, checkov, gitlab, image, kubernetes, metrics, policies, terraform_stages
from infra.check.mistakes import MISTAKES, Mistake
from infra.check.tools import ROOT, Missing

Check = Callable[[Path, Path], Iterator[str]]

CHECKS: Final[dict[str, tuple[Check, str]]] = {
    "terraform": (terraform_stages.check, "format, arguments and tests of each stage, on stand-in providers"),
    "policies": (policies.check, "state, pins, secrets, roles and the database's reach"),
    "checkov": (checkov.check, "Checkov's rules for all of it"),
    "kubernetes": (kubernetes.check, "manifests and the chart's values against Kubernetes' schemas"),
    "gitlab": (gitlab.check, "pipelines by GitLab's schema, and as a runner lists them"),
    "image": (image.check, "the Dockerfile by hadolint, and that it is not root's"),
    "alerts": (alerts.check, "alert rules, checked and tried by promtool"),
    "metrics": (metrics.check, "alerts and dashboard name only metrics that exist"),
}
COPIED: Final = ("infra", ".gitlab", ".gitlab-ci.yml", "Dockerfile")


@dataclass(frozen=True, slots=True)
class Result:
    """`missing`: what the machine lacks for the whole of it."""

    name: str
    problems: tuple[str, ...]
    missing: str | None
    seconds: float

    @property
    def verdict(self) -> str:
        if self.problems:
            return "[red]fails[/]"
        return f"[yellow]without {escape(self.missing)}[/]" if self.missing else "[green]well[/]"


def examine(name: str, root: Path) -> Result:
    """Run one check on the files under `root`."""
    check, _ = CHECKS[name]
    started, problems, missing = time.monotonic(), [], None
    with tempfile.TemporaryDirectory(prefix="check-infra-") as scratch:
        try:
            for problem in check(root, Path(scratch)):
                problems.append(problem)  # noqa: PERF402 (those before a missing tool count)
        except Missing as absent:
            missing = str(absent)
    return Result(name, tuple(problems), missing, time.monotonic() - started)


def copied(to: Path) -> Path:
    """The files that are checked, in a folder of their own."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", ".terraform*"))
        else:
            shutil.copy(source, to / name)
    return to


def plant(mistake: Mistake) -> Result:
    """Run a mistake's check on a copy that has it."""
    with tempfile.TemporaryDirectory(prefix="check-infra-") as folder:
        root = copied(Path(folder))
        file = root / mistake.file
        text = file.read_text()
        if mistake.right not in text:
            raise AssertionError(f"{mistake.file} does not have {mistake.right!r} any more")
        file.write_text(text.replace(mistake.right, mistake.wrong, 1))
        return examine(mistake.check, root)


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra.check", description="Checks the infrastructure without a cloud.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CHECKS))
    parser.add_argument("--self-test", action="store_true", help="plant mistakes, and see them found")
    given = parser.parse_args()
    names = list(given.names) or list(CHECKS)
    return self_test(names) if given.self_test else check(names)


def check(names: list[str]) -> int:
    results = []
    with progress() as bar:
        for name in names:
            task = bar.add_task(f"{name}: {CHECKS[name][1]}")
            results.append(examine(name, ROOT))
            bar.remove_task(task)
    out = Console()
    for result in results:
        for problem in result.problems:
            out.print(f"[red]{result.name}:[/] {escape(problem)}", highlight=False, soft_wrap=True)
    table = Table("Check", "What", "Result", "Seconds")
    for result in results:
        table.add_row(result.name, CHECKS[result.name][1], result.verdict, f"{result.seconds:.1f}")
    out.print(table)
    return 1 if any(result.problems for result in results) else 0


def self_test(names: list[str]) -> int:
    table, lost = Table("Check", "Planted", "Result", "Seconds"), 0
    with progress() as bar:
        for name in names:
            task = bar.add_task(f"{name}: nothing planted")
            with tempfile.TemporaryDirectory(prefix="check-infra-") as folder:
                result = examine(name, copied(Path(folder)))
            lost += bool(result.problems)
            table.add_row(
                name, "nothing", "[red]found something[/]" if result.problems else "", f"{result.seconds:.1f}"
            )
            bar.remove_task(task)
        for mistake in (mistake for mistake in MISTAKES if mistake.check in names):
            task = bar.add_task(f"{mistake.check}: {mistake.what}")
            result = plant(mistake)
            found = any(mistake.said in problem for problem in result.problems)
            absent = f"[yellow]without {escape(result.missing)}[/]" if result.missing else "[red]lost[/]"
            verdict = "[green]found[/]" if found else absent
            lost += not found and not result.missing
            table.add_row(mistake.check, mistake.what, verdict, f"{result.seconds:.1f}")
            bar.remove_task(task)
    Console().print(table)
    return 1 if lost else 0


def progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


if __name__ == "__main__":
    sys.exit(main())
