"""Only a literal OPEN with a whole command opens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.gates.agent.decision import Command, Decision, Verdict, of_server

COMMAND = {"commandId": "c-1", "ttlMs": 5000, "validUntil": "2026-11-28T12:00:05Z"}


def test_an_open_with_a_command_opens() -> None:
    said = {"decision": "OPEN", "reason": "EXACT_RIGHT", "barrierCommand": COMMAND}
    assert of_server(said) == Verdict(Decision.OPEN, "EXACT_RIGHT", Command("c-1", 5.0))


@pytest.mark.parametrize(
    "said",
    [
        {"decision": "OPEN"},
        {"decision": "OPEN", "barrierCommand": None},
        {"decision": "open", "barrierCommand": COMMAND},
        {"decision": "OPEN_WIDE", "barrierCommand": COMMAND},
        {"decision": "ASSIST", "barrierCommand": COMMAND},
        {"decision": True, "barrierCommand": COMMAND},
        {"barrierCommand": COMMAND},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "ttlMs": 0}},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "ttlMs": -1}},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "ttlMs": 60_000}},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "ttlMs": "5000"}},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "ttlMs": True}},
        {"decision": "OPEN", "barrierCommand": {**COMMAND, "commandId": ""}},
        {"decision": "OPEN", "barrierCommand": {"ttlMs": 5000}},
        {},
    ],
)
def test_nothing_else_does(said: dict[str, Any]) -> None:
    verdict = of_server(said)
    assert (verdict.decision, verdict.command) == (Decision.ASSIST, None)


def test_a_deny_is_one_also_with_a_command() -> None:
    assert of_server({"decision": "DENY", "reason": "BLOCKED", "barrierCommand": COMMAND}) == Verdict(
        Decision.DENY, "BLOCKED"
    )


def test_a_reason_that_is_no_word_is_not_repeated() -> None:
    assert of_server({"decision": "ASSIST", "reason": "plate S PG 123"}).reason == "UNKNOWN"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.dictionaries(st.sampled_from(["decision", "barrierCommand", "commandId", "ttlMs"]), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(["decision", "reason", "barrierCommand"]), ANYTHING))
def test_no_answer_opens_that_does_not_say_so(said: dict[str, Any]) -> None:
    assert of_server(said).command is None or said["decision"] == "OPEN"
