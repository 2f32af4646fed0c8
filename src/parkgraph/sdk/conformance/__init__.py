"""The conformance kit: what an adapter must hold, checked on its samples, or on what a live network answers."""

from parkgraph.sdk.conformance.report import Finding, Outcome, Report
from parkgraph.sdk.conformance.rule import Rule
from parkgraph.sdk.conformance.rules import RULES
from parkgraph.sdk.conformance.runner import run

__all__ = ["RULES", "Finding", "Outcome", "Report", "Rule", "run"]
