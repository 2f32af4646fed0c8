"""One examination of one adapter."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

from parkgraph.sdk.conformance.quality import Quality, mistake, read
from parkgraph.sdk.conformance.report import Finding, Outcome, Report
from parkgraph.sdk.conformance.rule import NotApplicable, Problem, Rule
from parkgraph.sdk.conformance.rules import RULES
from parkgraph.sdk.conformance.rules.waiting import never_waits
from parkgraph.sdk.conformance.subject import AdapterClass, AnyAdapter, Result, Subject
from parkgraph.sdk.contract import BaseAdapter

THE_ADAPTER: Final = "the adapter"
MOST_FINDINGS: Final = 5
"""Of one rule: mend these, and see what is left."""


def run(adapter_class: AdapterClass, home: Path | None = None) -> Report:
    """Check an adapter by its samples. Asks no network, and must not be called in a running event loop.

    `home`: the folder of its distribution, with pyproject.toml, README.md, quality.toml and samples/; found by itself
    where the adapter is installed as editable.
    """
    home = home or home_of(adapter_class)
    subject = Subject(adapter_class, samples_of(adapter_class, home), home)
    quality = read(home) if home else Quality()
    rules = [rule for rule in RULES if rule.concerns(adapter_class)]
    findings: list[Finding] = []
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            for rule in rules:
                findings += _judged(rule, subject, quality) if _is_due(rule, findings) else [_put_off(rule)]
    finally:
        subject.close()
    if home is None:
        return Report(tuple(findings))
    claims = quality.mistakes or tuple(quality.missing(rule.id for rule in rules))
    return Report((*findings, *(claims or [Finding("quality", Outcome.PASSED)])))


def run_live(adapter: AnyAdapter, close: Callable[[], Awaitable[None]]) -> Report:
    """Check what a live network answers, by the rules that can judge that alone. `close` gives its client back."""
    subject = Subject(type(adapter), Path(), live=adapter)
    rules = [rule for rule in RULES if rule.on_answers and rule.concerns(type(adapter))]
    try:
        answers = [_answered(name, result) for name, result in subject.baseline.items()]
        return Report((*answers, *(finding for rule in rules for finding in _judged(rule, subject, Quality()))))
    finally:
        subject.run(close())
        subject.close()


def _answered(call: str, result: Result) -> Finding:
    """Whether a live network answered, and how many of its rows were understood."""
    if result.raised is not None:
        kind = type(result.raised).__name__
        return Finding("answers", Outcome.FAILED, call, f"it ends in {kind}.", f"{result.raised}.")
    items, rejected = (len(result.batch.items), len(result.batch.rejected)) if result.batch is not None else (0, 0)
    counts = f"{items} items, {rejected} rejected rows"
    if not items:
        return Finding("answers", Outcome.FAILED, call, f"{counts}.", "Run `parkgraph adapter try` to see the reasons.")
    return Finding("answers", Outcome.PASSED, call, counts)


def home_of(adapter_class: type[BaseAdapter[Any]]) -> Path | None:
    """The folder of its distribution, where the code lies in one."""
    code = Path(sys.modules[adapter_class.__module__.partition(".")[0]].__file__ or ".").resolve().parent
    return next((folder for folder in (code.parent, *code.parents[1:2]) if (folder / "pyproject.toml").is_file()), None)


def samples_of(adapter_class: type[BaseAdapter[Any]], home: Path | None) -> Path:
    """In the distribution, or in the package of one that was installed from a wheel."""
    code = Path(sys.modules[adapter_class.__module__.partition(".")[0]].__file__ or ".").resolve().parent
    return home / "samples" if home else code / "samples"


def _is_due(rule: Rule, before: list[Finding]) -> bool:
    """Not where calls wait, as hundreds of the other rules' would; nor where none can be made, as all would say."""
    failed = [finding for finding in before if finding.outcome is Outcome.FAILED]
    if any(finding.rule == never_waits.id or finding.where == THE_ADAPTER for finding in failed):
        return False
    return not (rule.last and failed)


def _put_off(rule: Rule) -> Finding:
    return Finding(rule.id, Outcome.NOT_APPLICABLE, problem="judged when the others are met")


def _judged(rule: Rule, subject: Subject, quality: Quality) -> Iterator[Finding]:
    reason = quality.exemptions.get(rule.id)
    try:
        problems = list(rule.check(subject))
    except NotApplicable as nothing:
        yield Finding(rule.id, Outcome.NOT_APPLICABLE, problem=str(nothing))
        return
    except Exception as fault:  # noqa: BLE001  (an adapter under construction may raise anything, anywhere)
        problems = [
            Problem(THE_ADAPTER, f"{type(fault).__name__} is raised: {fault}.", "Let it start and describe itself.")
        ]
    if reason is not None:
        if problems:
            yield Finding(rule.id, Outcome.EXEMPT, problem=reason)
        else:
            yield Finding(rule.id, Outcome.PASSED)
            yield mistake(rule.id, "it is exempt from what it keeps.", 'Claim it: "met".')
    elif problems:
        for problem in problems[:MOST_FINDINGS]:
            yield Finding(rule.id, Outcome.FAILED, problem.where, problem.what, problem.advice)
        if len(problems) > MOST_FINDINGS:
            more = len(problems) - MOST_FINDINGS
            yield Finding(rule.id, Outcome.FAILED, "elsewhere", f"{more} more places.")
    else:
        yield Finding(rule.id, Outcome.PASSED)
