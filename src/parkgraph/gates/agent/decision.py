"""What the barrier does about a car: what the server says, or, without it, the allow-list. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

MAX_TTL_MS: Final = 5000
_WORD: Final = re.compile(r"[A-Z_]{1,40}")


class Decision(StrEnum):
    """ASSIST is what anything is that is not known."""

    OPEN = "OPEN"
    ASSIST = "ASSIST"
    DENY = "DENY"


@dataclass(frozen=True, slots=True)
class Command:
    """To open the barrier once, within `seconds` of the moment when the question was sent."""

    command_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`command` is there with OPEN, and with nothing else."""

    decision: Decision
    reason: str
    command: Command | None = None


def of_server(answer: Mapping[str, Any]) -> Verdict:
    """A PassageDecision. Only a literal OPEN with a whole command opens."""
    said, reason = answer.get("decision"), answer.get("reason")
    reason = reason if isinstance(reason, str) and _WORD.fullmatch(reason) else "UNKNOWN"
    command = _command(answer.get("barrierCommand"))
    if said == "OPEN" and command:
        return Verdict(Decision.OPEN, reason, command)
    if said == "DENY":
        return Verdict(Decision.DENY, reason)
    return Verdict(Decision.ASSIST, reason)


def as_input(decision: Decision, reason: str, at: datetime, list_version: int | None) -> dict[str, Any]:
    """An EdgeDecisionInput."""
    return {
        "decision": decision.value,
        "reason": reason,
        "decidedAt": at.isoformat(),
        "allowListVersion": list_version,
    }


def _command(value: object) -> Command | None:
    if not isinstance(value, dict):
        return None
    command_id, ttl = value.get("commandId"), value.get("ttlMs")
    if not isinstance(command_id, str) or not command_id or isinstance(ttl, bool) or not isinstance(ttl, int):
        return None
    return Command(command_id, ttl / 1000) if 0 < ttl <= MAX_TTL_MS else None
