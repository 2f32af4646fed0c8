"""What a partner sees in the terminal: the rules as a table, and below it what there is to do."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from parkgraph.sdk.conformance import RULES, Finding, Outcome, Report

_MARK: Final = {
    Outcome.PASSED: "[green]met[/]",
    Outcome.FAILED: "[red]to do[/]",
    Outcome.EXEMPT: "[yellow]exempt[/]",
    Outcome.NOT_APPLICABLE: "[dim]nothing to judge[/]",
}
_DEMANDS: Final = {rule.id: rule.demand for rule in RULES} | {
    "quality": "quality.toml claims every rule, and nothing that does not hold.",
    "answers": "The network answers, and its rows can be read.",
}


def show(console: Console, name: str, report: Report) -> None:
    """The rules and their outcomes; then a line for each thing that is to do."""
    table = Table("Rule", "", "What it demands", box=box.SIMPLE_HEAD)
    for finding in _one_of_each(report):
        why = (
            f" [dim]({escape(finding.problem)})[/]"
            if finding.outcome in (Outcome.EXEMPT, Outcome.NOT_APPLICABLE)
            else ""
        )
        table.add_row(finding.rule, _MARK[finding.outcome], escape(_DEMANDS[finding.rule]) + why)
    console.print(table)
    for failure in report.failures:
        place = f" {escape(failure.where)}:" if failure.where else ""
        text = f"\\[ ] [red]{failure.rule}[/]{place} {escape(failure.problem)} [bold]{escape(failure.advice)}[/]"
        console.print(text, highlight=False, soft_wrap=True)
    broken = len(report.failed_rules)
    verdict = f"[red]{broken} to do.[/]" if broken else "[green]all is met.[/]"
    console.print(f"\n[bold]{escape(name)}[/]: {verdict}", highlight=False)


def _one_of_each(report: Report) -> Iterator[Finding]:
    seen: set[str] = set()
    for finding in report.findings:
        if finding.rule not in seen:
            seen.add(finding.rule)
            yield finding
