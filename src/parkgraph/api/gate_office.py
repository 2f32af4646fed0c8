"""Owners register gates, see what passed them, and say whom their places let in."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import strawberry

from parkgraph.accounts.api_keys import Created, TooMany
from parkgraph.accounts.principal import Role
from parkgraph.api import ids
from parkgraph.api.access import For, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.gate_sessions import (
    ParkingSessionConnection,
    PassageConnection,
    gate_id_of,
)
from parkgraph.api.gates import available
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import editor
from parkgraph.api.yard_bookings import checked_plate
from parkgraph.api.yard_inputs import naming
from parkgraph.api.yards import yard_id as yard_id_of
from parkgraph.gates import gate, office
from parkgraph.gates.decision import Direction
from parkgraph.gates.events import BarrierState
from parkgraph.gates.rights import RightKind
from parkgraph.yards.yard import zone_named

OWNERS: Final = For(Role.OWNER, Role.PARTNER, Role.OPERATOR)
_OF_OWNERS: Final = {RightKind.GRANT, RightKind.BLOCK}


@own
@strawberry.type(description="What was last heard of a barrier.")
class Barrier:
    lane: str | None
    state: BarrierState
    at: datetime


@own
@strawberry.type(description="A camera and a barrier.")
class Gate:
    subject: strawberry.Private[gate.Gate]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return gate_id_of(self.subject.id)

    @strawberry.field
    def name(self) -> str:
        return self.subject.name

    @strawberry.field(description="Of reads that do not say theirs.")
    def direction(self) -> Direction:
        return self.subject.direction

    @strawberry.field(description="The name of what it lets into.")
    def site(self) -> str:
        return self.subject.site.name

    @strawberry.field(description="Null for a place of its owner's that is no yard.")
    def yard_id(self) -> strawberry.ID | None:
        return yard_id_of(self.subject.site.yard) if self.subject.site.yard else None

    @strawberry.field(description="When it last gave a sign of life.")
    def heard_at(self) -> datetime | None:
        return self.subject.heard_at

    @strawberry.field(description="Events that waited to be sent then.")
    def backlog(self) -> int | None:
        count = (self.subject.heartbeat or {}).get("backlog")
        return count if isinstance(count, int) else None

    @strawberry.field
    def removed_at(self) -> datetime | None:
        return self.subject.removed_at

    @strawberry.field
    async def barriers(self, info: Info) -> list[Barrier]:
        with available():
            found = await info.context.gates.reader.barriers(self.subject)
        return [Barrier(lane=lane or None, state=BarrierState(state), at=at) for lane, state, at in found]


@own
@strawberry.type
class GateRegistered:
    gate: Gate
    key: str = strawberry.field(description="The gate's key. It is kept nowhere: this is the only time it is shown.")
    allow_list_key: str = strawberry.field(description="The public key of allow-lists, to be pinned, in base64.")


@own
@strawberry.type(description="`text` says what is in the way.")
class GateRefused:
    text: str


@own
@strawberry.type
class GateKeyCreated:
    key: str = strawberry.field(description="Replaces the first. This is the only time it is shown.")


@own
@strawberry.type(description="What an owner says of a plate at a place: GRANT lets it in, BLOCK keeps it out.")
class GateRight:
    subject: strawberry.Private[office.SiteRight]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.GATE_RIGHT, self.subject.id.hex))

    @strawberry.field
    def kind(self) -> RightKind:
        return self.subject.kind

    @strawberry.field
    def plate(self) -> str | None:
        return self.subject.plate

    @strawberry.field
    def begins(self) -> datetime:
        return self.subject.span[0]

    @strawberry.field
    def ends(self) -> datetime:
        return self.subject.span[1]

    @strawberry.field
    def note(self) -> str | None:
        return self.subject.note

    @strawberry.field
    def revoked_at(self) -> datetime | None:
        return self.subject.revoked_at


@strawberry.input(description="A place of one's own that is no yard.")
class GateSiteInput:
    name: str
    timezone: str = strawberry.field(description="IANA, such as Europe/Berlin.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2.")

    def to_domain(self) -> office.NewSite:
        with naming("site"):
            return office.NewSite(self.name, zone_named(self.timezone), self.country)


@strawberry.input(one_of=True, description="Where a gate stands: one of these.")
class GatePlaceInput:
    yard_id: strawberry.ID | None = strawberry.UNSET
    beside_gate_id: strawberry.ID | None = strawberry.UNSET
    site: GateSiteInput | None = strawberry.UNSET


RegisterGateResult = Annotated[GateRegistered | GateRefused, strawberry.union("RegisterGateResult")]
RotateGateKeyResult = Annotated[GateKeyCreated | GateRefused, strawberry.union("RotateGateKeyResult")]
GrantGateRightResult = Annotated[GateRight | GateRefused, strawberry.union("GrantGateRightResult")]
_UNKNOWN_GATE: Final = "There is no such gate of yours."


@strawberry.type
class GateOfficeQuery:
    @strawberry.field(description="One's own, the oldest first; of one yard, or of all places.", extensions=[OWNERS])
    async def gates(self, info: Info, yard_id: strawberry.ID | None = None) -> list[Gate]:
        yard = None if yard_id is None else ids.yard_id(yard_id, "yardId")
        with available():
            return [Gate(subject=each) for each in await info.context.gates.office.list(editor(info), yard)]

    @strawberry.field(description="Of one's own gate; null where it is none.", extensions=[OWNERS])
    async def gate_passages(
        self, info: Info, gate_id: strawberry.ID, first: int = 20, after: str | None = None
    ) -> PassageConnection | None:
        page, since = page_size(first), None if after is None else ids.passage_id(after, "after")
        with available():
            mine = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
            if mine is None:
                return None
            found = await info.context.gates.reader.passages(mine, since, page + 1)
        return PassageConnection(found=found, page=page, continues=since is not None)

    @strawberry.field(
        description="Of the place that one's own gate lets into; null where it is none.", extensions=[OWNERS]
    )
    async def gate_sessions(
        self, info: Info, gate_id: strawberry.ID, first: int = 20, after: str | None = None
    ) -> ParkingSessionConnection | None:
        page, since = page_size(first), None if after is None else ids.session_id(after, "after")
        with available():
            mine = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
            if mine is None:
                return None
            found = await info.context.gates.reader.sessions(mine, since, page + 1)
        return ParkingSessionConnection(found=found, page=page, continues=since is not None)

    @strawberry.field(
        description="What says whom one's place lets in besides bookings and permits, the earliest first.",
        extensions=[OWNERS],
    )
    async def gate_rights(self, info: Info, gate_id: strawberry.ID) -> list[GateRight]:
        with available():
            mine = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
            if mine is None:
                return []
            return [GateRight(subject=each) for each in await info.context.gates.office.list_rights(mine)]


@strawberry.type
class GateOfficeMutation:
    @strawberry.field(description="A gate of one's own place; its key is shown this once.", extensions=[OWNERS])
    async def register_gate(
        self, info: Info, name: str, at: GatePlaceInput, direction: Direction = Direction.UNKNOWN
    ) -> RegisterGateResult:
        who, gates = editor(info), info.context.gates
        with available(), naming():
            place = await _place(info, at)
            made = await gates.office.register(who, name, direction, place) if place else None
        match made:
            case None:
                return GateRefused(text="There is no such yard or gate of yours.")
            case office.TooManyGates():
                return GateRefused(text=f"The place has {gate.MAX_GATES} gates; remove one of them first.")
        key = gates.lists.signer.public_key
        return GateRegistered(gate=Gate(subject=made.gate), key=made.key, allow_list_key=key)

    @strawberry.field(
        description="Another key, so that two live while the first is replaced; then revoke that.", extensions=[OWNERS]
    )
    async def rotate_gate_key(self, info: Info, gate_id: strawberry.ID) -> RotateGateKeyResult:
        with available():
            made = await info.context.gates.office.rotate(editor(info), ids.gate_id(gate_id, "gateId"))
        match made:
            case Created():
                return GateKeyCreated(key=made.text)
            case TooMany():
                return GateRefused(text="Two keys of the gate live already; `revokeGateKeys` leaves the newer one.")
        return GateRefused(text=_UNKNOWN_GATE)

    @strawberry.field(
        description="All keys of the gate but the newest are worth nothing any more.", extensions=[OWNERS]
    )
    async def revoke_gate_keys(self, info: Info, gate_id: strawberry.ID) -> Gate | None:
        with available():
            found = await info.context.gates.office.revoke_older(editor(info), ids.gate_id(gate_id, "gateId"))
        return Gate(subject=found) if found else None

    @strawberry.field(
        description="It opens no more, and its keys are worth nothing; what it has sent stays.", extensions=[OWNERS]
    )
    async def remove_gate(self, info: Info, gate_id: strawberry.ID) -> Gate | None:
        with available():
            found = await info.context.gates.office.remove(editor(info), ids.gate_id(gate_id, "gateId"))
        return Gate(subject=found) if found else None

    @strawberry.field(
        description="Let a plate into the place of one's own gate (GRANT), or keep it out (BLOCK).", extensions=[OWNERS]
    )
    async def grant_gate_right(
        self,
        info: Info,
        gate_id: strawberry.ID,
        plate: Annotated[str, strawberry.argument(description="As it stands on the vehicle. Stored encrypted.")],
        begins: datetime,
        ends: datetime,
        kind: Annotated[RightKind, strawberry.argument(description="GRANT or BLOCK.")] = RightKind.GRANT,
        note: str | None = None,
    ) -> GrantGateRightResult:
        if kind not in _OF_OWNERS:
            raise BadUserInputError("kind: must be GRANT or BLOCK; bookings and permits are of yards")
        wanted = checked_plate(plate)
        with available(), naming():
            mine = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
            if mine is None:
                return GateRefused(text=_UNKNOWN_GATE)
            made = await info.context.gates.office.grant(mine, kind, wanted, (begins, ends), note)
        if isinstance(made, office.TooManyRights):
            return GateRefused(text=f"The place has {office.MAX_RIGHTS} rights of its own; revoke one of them first.")
        return GateRight(subject=made)

    @strawberry.field(
        description="It holds no more from now on; null where one has no such right.", extensions=[OWNERS]
    )
    async def revoke_gate_right(self, info: Info, gate_id: strawberry.ID, right_id: strawberry.ID) -> GateRight | None:
        wanted = ids.gate_right_id(right_id, "rightId")
        with available():
            mine = await info.context.gates.office.find(editor(info), ids.gate_id(gate_id, "gateId"))
            found = await info.context.gates.office.revoke(mine, wanted) if mine else None
        return GateRight(subject=found) if found else None


async def _place(info: Info, at: GatePlaceInput) -> UUID | gate.Gate | office.NewSite | None:
    if at.yard_id:
        return ids.yard_id(at.yard_id, "at.yardId")
    if at.beside_gate_id:
        return await info.context.gates.office.find(editor(info), ids.gate_id(at.beside_gate_id, "at.besideGateId"))
    return at.site.to_domain() if at.site else None
