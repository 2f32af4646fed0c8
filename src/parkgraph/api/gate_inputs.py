"""What gates send, and its way into the domain. docs/gates.md has the contract; its names are fixed."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from parkgraph.api.errors import BadUserInputError
from parkgraph.api.scalars import BigInt
from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.events import BarrierEvent, BarrierState, Candidate, EdgeDecision, Heartbeat, PlateRead

T = TypeVar("T")


@strawberry.input(description="One of the camera's guesses.")
class PlateCandidateInput:
    plate: str
    confidence: float | None = None


@strawberry.input(description="What the gate decided while the server was out of reach.")
class EdgeDecisionInput:
    decision: Decision
    reason: DecisionReason
    decided_at: datetime
    allow_list_version: int | None = None

    def to_domain(self) -> EdgeDecision:
        return EdgeDecision(self.decision, self.reason, self.decided_at.astimezone(UTC), self.allow_list_version)


@strawberry.input(description="A read of one vehicle at the line.")
class PlateReadInput:
    event_id: strawberry.ID = strawberry.field(description="A UUID made by the gate: the same event has the same.")
    gate_id: strawberry.ID
    lane_id: strawberry.ID | None = None
    direction: Direction
    passage_ref: strawberry.ID = strawberry.field(description="One vehicle at the line; never used again at this gate.")
    source_event_id: str | None = strawberry.field(default=None, description="The camera's own.")
    plate: str | None = strawberry.field(default=None, description="As read, with ? for what was not; null: unread.")
    jurisdiction: str | None = strawberry.field(default=None, description="ISO 3166 country, where known.")
    confidence: float | None = strawberry.field(default=None, description="From 0 to 1.")
    candidates: list[PlateCandidateInput] | None = strawberry.field(default=None, description="At most 10.")
    read_count: int | None = None
    agreeing_reads: int | None = None
    captured_at: datetime = strawberry.field(description="By the camera's clock.")
    observed_at: datetime = strawberry.field(description="By the gate's clock.")
    boot_id: strawberry.ID
    sequence: BigInt = strawberry.field(description="From 1 in each boot, one for each event of any kind.")
    clock_synced: bool
    clock_offset_ms: int | None = strawberry.field(default=None, description="True time less the gate's clock.")
    edge_decision: EdgeDecisionInput | None = strawberry.field(default=None, description="If it was decided offline.")

    def to_domain(self) -> PlateRead:
        """Raises ValueError."""
        return PlateRead(
            id=event_uuid(self.event_id),
            boot=self.boot_id,
            sequence=self.sequence,
            observed=self.observed_at.astimezone(UTC),
            direction=self.direction,
            passage=self.passage_ref,
            captured=self.captured_at.astimezone(UTC),
            synced=self.clock_synced,
            lane=self.lane_id,
            source=self.source_event_id,
            plate=self.plate,
            jurisdiction=self.jurisdiction,
            confidence=self.confidence,
            candidates=tuple(Candidate(each.plate, each.confidence) for each in self.candidates or ()),
            reads=self.read_count,
            agreeing=self.agreeing_reads,
            offset_ms=self.clock_offset_ms,
            edge=self.edge_decision.to_domain() if self.edge_decision else None,
        )


@strawberry.input(description="What the barrier does.")
class BarrierStateInput:
    event_id: strawberry.ID
    gate_id: strawberry.ID
    lane_id: strawberry.ID | None = None
    boot_id: strawberry.ID
    sequence: BigInt
    observed_at: datetime
    state: BarrierState
    passage_ref: strawberry.ID | None = strawberry.field(
        default=None, description="The vehicle that crossed, as far as the gate knows."
    )
    command_id: strawberry.ID | None = None

    def to_domain(self) -> BarrierEvent:
        """Raises ValueError."""
        return BarrierEvent(
            id=event_uuid(self.event_id),
            boot=self.boot_id,
            sequence=self.sequence,
            observed=self.observed_at.astimezone(UTC),
            state=self.state,
            lane=self.lane_id,
            passage=self.passage_ref,
            command=event_uuid(self.command_id, "command_id") if self.command_id is not None else None,
        )


@strawberry.input(description="The gate lives.")
class HeartbeatInput:
    event_id: strawberry.ID
    gate_id: strawberry.ID
    boot_id: strawberry.ID
    sequence: BigInt
    observed_at: datetime
    clock_synced: bool
    clock_offset_ms: int | None = None
    backlog: int = strawberry.field(description="Events that wait to be sent.")
    dead_letters: int = strawberry.field(description="Events that nobody takes.")
    agent_version: str | None = None
    allow_list_version: int | None = None

    def to_domain(self) -> Heartbeat:
        """Raises ValueError."""
        return Heartbeat(
            id=event_uuid(self.event_id),
            boot=self.boot_id,
            sequence=self.sequence,
            observed=self.observed_at.astimezone(UTC),
            synced=self.clock_synced,
            backlog=self.backlog,
            dead_letters=self.dead_letters,
            offset_ms=self.clock_offset_ms,
            version=self.agent_version,
            list_version=self.allow_list_version,
        )


GateEvent = PlateReadInput | BarrierStateInput | HeartbeatInput


@strawberry.input(one_of=True, description="One of these.")
class GateEventInput:
    plate_read: PlateReadInput | None = strawberry.UNSET
    barrier: BarrierStateInput | None = strawberry.UNSET
    heartbeat: HeartbeatInput | None = strawberry.UNSET

    @property
    def event(self) -> GateEvent:
        given = (self.plate_read, self.barrier, self.heartbeat)
        return next(each for each in given if isinstance(each, GateEvent))


@strawberry.enum(description="What became of a pulse. TIMED_OUT: nothing was heard of it.")
class BarrierAckState(StrEnum):
    SENT = "SENT"
    RELAY_ACKED = "RELAY_ACKED"
    POSITION_CONFIRMED = "POSITION_CONFIRMED"
    TIMED_OUT = "TIMED_OUT"


@strawberry.input(description="What became of a command.")
class BarrierAckInput:
    gate_id: strawberry.ID
    command_id: strawberry.ID
    state: BarrierAckState
    observed_at: datetime
    lane_id: strawberry.ID | None = None


def event_uuid(value: str, name: str = "event_id") -> UUID:
    """Raises ValueError."""
    try:
        return UUID(value)
    except ValueError:
        raise ValueError(f"{name} must be a UUID") from None


def named(where: str, make: Callable[[], T]) -> T:
    """What the domain refuses becomes BAD_USER_INPUT with the field's name."""
    try:
        return make()
    except ValueError as refusal:
        name, space, rest = str(refusal).partition(" ")
        raise BadUserInputError(f"{where}.{to_camel_case(name)}{space}{rest}") from None
