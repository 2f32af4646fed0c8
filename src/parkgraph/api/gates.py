"""What gates ask: the contract of docs/gates.md, whose names are fixed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import ForGate, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode
from parkgraph.api.gate_inputs import (
    BarrierAckInput,
    BarrierAckState,
    GateEvent,
    GateEventInput,
    PlateReadInput,
    event_uuid,
    named,
)
from parkgraph.api.gate_sessions import ParkingSession, find_session, gate_id_of, passage_id_of, session_id_of
from parkgraph.api.scalars import BigInt
from parkgraph.gates import line
from parkgraph.gates.backlog import MAX_EVENTS, GateEventStatus, Refusal, Result
from parkgraph.gates.decision import Decision, DecisionReason
from parkgraph.gates.events import MAX_SEQUENCE, Event
from parkgraph.gates.gate import gate_of
from parkgraph.gates.matching import MatchKind
from parkgraph.gates.turns import GatesUnavailable, UnknownGate

LIVE_SECONDS: Final = 4.0
"""For a vehicle that waits: then the gate decides by itself."""


@own
@strawberry.type(description="A pulse that may be given, within `ttlMs` of when the read was sent.")
class BarrierCommand:
    command_id: strawberry.ID
    ttl_ms: int
    valid_until: datetime


@own
@strawberry.type
class PassageDecision:
    decided: strawberry.Private[line.Decided]
    now: strawberry.Private[datetime]

    @strawberry.field
    def event_id(self) -> strawberry.ID:
        return strawberry.ID(str(self.decided.event))

    @strawberry.field
    def passage_id(self) -> strawberry.ID:
        return passage_id_of(self.decided.passage)

    @strawberry.field
    def decision(self) -> Decision:
        return self.decided.decision

    @strawberry.field
    def reason(self) -> DecisionReason:
        return self.decided.reason

    @strawberry.field
    def match_kind(self) -> MatchKind | None:
        return self.decided.kind

    @strawberry.field
    def session_id(self) -> strawberry.ID | None:
        return session_id_of(self.decided.session) if self.decided.session else None

    @strawberry.field
    async def session(self, info: Info) -> ParkingSession | None:
        return await find_session(info, self.decided.session) if self.decided.session else None

    @strawberry.field(description="Only with OPEN, and only for a read that is live.")
    def barrier_command(self) -> BarrierCommand | None:
        command = self.decided.command
        if command is None:
            return None
        left = max(0, int((command.valid_until - self.now).total_seconds() * 1000))
        return BarrierCommand(command_id=strawberry.ID(str(command.id)), ttl_ms=left, valid_until=command.valid_until)

    @strawberry.field
    def server_time(self) -> datetime:
        return self.now

    @strawberry.field(description="The event had been answered before; this is the first answer.")
    def duplicate(self) -> bool:
        return self.decided.duplicate


@own
@strawberry.type
class GateEventResult:
    event_id: strawberry.ID
    status: GateEventStatus
    code: str | None
    retryable: bool


@own
@strawberry.type(description="Both ends included.")
class SequenceRange:
    first: BigInt
    last: BigInt


@own
@strawberry.type
class GateEventsPayload:
    results: list[GateEventResult]
    acked_through: BigInt = strawberry.field(description="All from 1 to this of the boot are kept.")
    missing: list[SequenceRange]
    server_time: datetime


@own
@strawberry.type
class BarrierAckPayload:
    command_id: strawberry.ID
    known: bool = strawberry.field(description="Whether the gate has such a command.")
    state: BarrierAckState | None = strawberry.field(description="What it has come to, which never goes back.")
    server_time: datetime


@own
@strawberry.type(description="Who may pass while the server is out of reach. docs/gates.md has its form.")
class SignedAllowList:
    version: int
    payload: str = strawberry.field(description="The text that is signed.")
    signature: str = strawberry.field(description="Ed25519, in base64.")
    key_id: str
    public_key: str = strawberry.field(description="In base64.")
    expires_at: datetime


@strawberry.type
class GateMutation:
    @strawberry.field(description="A vehicle waits: does the barrier open?", extensions=[ForGate()])
    async def request_passage(
        self,
        info: Info,
        input: PlateReadInput,  # noqa: A002
    ) -> PassageDecision:
        gate = _own_gate(info, input.gate_id, "input.gateId")
        read = named("input", input.to_domain)
        with available():
            async with asyncio.timeout(LIVE_SECONDS):
                found = await info.context.gates.line.request(gate, read)
        if isinstance(found, line.BodyConflict):
            raise CodedError(ErrorCode.CONFLICT, "input.eventId: it was used for another event; nothing has changed.")
        return PassageDecision(decided=found, now=info.context.gates.line.clock())

    @strawberry.field(
        description=f"What could not be sent at once: at most {MAX_EVENTS} events of one boot.", extensions=[ForGate()]
    )
    async def record_gate_events(
        self, info: Info, gate_id: strawberry.ID, boot_id: strawberry.ID, events: list[GateEventInput]
    ) -> GateEventsPayload:
        gate = _own_gate(info, gate_id, "gateId")
        if len(events) > MAX_EVENTS:
            raise BadUserInputError(f"events: at most {MAX_EVENTS} at once")
        sent = [_checked(gate_id, boot_id, each.event) for each in events]
        with available():
            recorded = await info.context.gates.backlog.record(gate, boot_id, sent)
        return GateEventsPayload(
            results=[
                GateEventResult(
                    event_id=strawberry.ID(each.event), status=each.status, code=each.code, retryable=each.retryable
                )
                for each in recorded.results
            ],
            acked_through=BigInt(recorded.kept.through),
            missing=[SequenceRange(first=BigInt(a), last=BigInt(b)) for a, b in recorded.kept.missing],
            server_time=recorded.at,
        )

    @strawberry.field(description="What became of a pulse.", extensions=[ForGate()])
    async def acknowledge_barrier_command(
        self,
        info: Info,
        input: BarrierAckInput,  # noqa: A002
    ) -> BarrierAckPayload:
        gate = _own_gate(info, input.gate_id, "input.gateId")
        command = named("input", lambda: event_uuid(input.command_id, "command_id"))
        with available():
            state = await info.context.gates.line.acknowledge(gate, command, input.state, input.observed_at)
        return BarrierAckPayload(
            command_id=input.command_id,
            known=state is not None,
            state=BarrierAckState(state) if state in set(BarrierAckState) else None,
            server_time=info.context.gates.line.clock(),
        )


@strawberry.type
class GateQuery:
    @strawberry.field(
        description="For a gate that may lose sight of the server. With the version that it has, entries that are the"
        " same are left out.",
        extensions=[ForGate()],
    )
    async def gate_allow_list(
        self, info: Info, gate_id: strawberry.ID, since_version: int | None = None
    ) -> SignedAllowList:
        gate = _own_gate(info, gate_id, "gateId")
        with available():
            made = await info.context.gates.lists.make(gate, gate_id_of(gate), since_version)
        return SignedAllowList(
            version=made.version,
            payload=made.payload,
            signature=made.signature,
            key_id=made.key_id,
            public_key=made.public_key,
            expires_at=made.expires_at,
        )


def _own_gate(info: Info, given: str, argument: str) -> UUID:
    """The gate whose key is used, which the id has to be of."""
    gate = gate_of(info.context.principal.scope)
    if gate is None or ids.gate_id(given, argument) != gate:
        raise _forbidden(argument)
    return gate


def _checked(gate: str, boot: str, sent: GateEvent) -> Event | Refusal:
    """The event, or why it cannot be kept: none of them is in the way of another."""
    refused = Result(sent.event_id, GateEventStatus.REJECTED, ErrorCode.BAD_USER_INPUT)
    sequence = sent.sequence if 0 <= sent.sequence <= MAX_SEQUENCE else None
    if sent.gate_id != gate:
        return Refusal(Result(sent.event_id, GateEventStatus.REJECTED, ErrorCode.FORBIDDEN), sequence)
    if sent.boot_id != boot:
        return Refusal(refused)
    try:
        return sent.to_domain()
    except ValueError:
        return Refusal(refused, sequence)


def _forbidden(argument: str) -> CodedError:
    return CodedError(ErrorCode.FORBIDDEN, f"{argument}: the key is another gate's.")


@contextmanager
def available() -> Iterator[None]:
    """Where nothing can be kept or decided, the answer is UNAVAILABLE; of a gate that is removed, FORBIDDEN."""
    try:
        yield
    except (GatesUnavailable, TimeoutError):
        words = "Gates cannot be served right now. Send the same again in a moment."
        raise CodedError(ErrorCode.UNAVAILABLE, words) from None
    except UnknownGate:
        raise CodedError(ErrorCode.FORBIDDEN, "gateId: there is no such gate, or not any more.") from None
