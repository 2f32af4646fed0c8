"""Events as the server's schema has them (docs/gates.md). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from parkgraph.gates.agent.clock import CameraClock, EdgeClock, judged
from parkgraph.gates.agent.passages import Passage


def plate_read(passage: Passage, gate_id: str, lane: str | None, clock: EdgeClock) -> dict[str, Any]:
    """A PlateReadInput without its place in the order. Both times are of the passage's last look."""
    best, observed = passage.best, passage.last_seen
    camera_is_right = judged(passage.captured_at, observed) is CameraClock.RIGHT
    return {
        "gateId": gate_id,
        "laneId": lane,
        "direction": passage.direction.value,
        "passageRef": passage.ref,
        "sourceEventId": passage.source_event_id,
        "plate": best.plate if best else None,
        "jurisdiction": passage.jurisdiction,
        "confidence": best.confidence if best else None,
        "candidates": [{"plate": each.plate, "confidence": each.confidence} for each in passage.candidates],
        "readCount": passage.looks,
        "agreeingReads": passage.agreeing,
        "capturedAt": (passage.captured_at or observed).isoformat(),
        "observedAt": observed.isoformat(),
        "clockSynced": camera_is_right and clock.is_trusted,
        "clockOffsetMs": _milliseconds(clock.offset),
    }


def barrier_state(
    gate_id: str, lane: str | None, state: str, passage_ref: str | None, command_id: str | None, now: datetime
) -> dict[str, Any]:
    """A BarrierStateInput. `command_id`: the server's, of no other."""
    return {
        "gateId": gate_id,
        "laneId": lane,
        "observedAt": now.isoformat(),
        "state": state,
        "passageRef": passage_ref,
        "commandId": command_id,
    }


def heartbeat(
    gate_id: str, clock: EdgeClock, pending: int, dead: int, version: str, list_version: int | None, now: datetime
) -> Mapping[str, Any]:
    """A HeartbeatInput."""
    return {
        "gateId": gate_id,
        "observedAt": now.isoformat(),
        "clockSynced": clock.is_trusted,
        "clockOffsetMs": _milliseconds(clock.offset),
        "backlog": pending,
        "deadLetters": dead,
        "agentVersion": version,
        "allowListVersion": list_version,
    }


def _milliseconds(offset: timedelta | None) -> int | None:
    return None if offset is None else round(offset / timedelta(milliseconds=1))
