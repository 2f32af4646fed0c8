"""What the kit found, as a to-do list."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """EXEMPT: broken, and quality.toml says why that is right. NOT_APPLICABLE: there was nothing to judge."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    EXEMPT = "EXEMPT"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's outcome; a rule that failed has one for each place. `advice` says what to do."""

    rule: str
    outcome: Outcome
    where: str = ""
    problem: str = ""
    advice: str = ""

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        return f"{self.rule}:{place} {self.problem} {self.advice}".rstrip()


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order of the rules."""

    findings: tuple[Finding, ...]

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.FAILED)

    @property
    def failed_rules(self) -> frozenset[str]:
        return frozenset(finding.rule for finding in self.failures)

    def of(self, rule: str) -> tuple[Finding, ...]:
        """The findings of one rule."""
        return tuple(finding for finding in self.findings if finding.rule == rule)

    def __str__(self) -> str:
        """The to-do list, one failure a line; empty where there is nothing to do."""
        return "\n".join(f"[ ] {finding}" for finding in self.failures)
