"""Owners look after what their gates could not decide."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.gate_office import OWNERS, GateRefused
from parkgraph.api.gate_sessions import (
    ParkingSession,
    Passage,
    find_session,
    gate_id_of,
    page_info,
)
from parkgraph.api.gates import available
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import editor
from parkgraph.api.values import PageInfo
from parkgraph.api.yard_bookings import checked_plate
from parkgraph.api.yard_inputs import naming
from parkgraph.gates import reading
from parkgraph.gates.cases import AssistCaseKind, AssistResolution
from parkgraph.gates.desk import NotAPassage, PlateNeeded
from parkgraph.yards.texts import check_text

MAX_NOTE: Final = 500


@own
@strawberry.type(description="Something that a person has to look at.")
class AssistCase:
    subject: strawberry.Private[reading.Case]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.GATE_CASE, self.subject.id.hex))

    @strawberry.field
    def kind(self) -> AssistCaseKind:
        return self.subject.kind

    @strawberry.field(description="Of a passage a DecisionReason, of a price its hold.")
    def reason(self) -> str | None:
        return self.subject.reason

    @strawberry.field
    def gate_id(self) -> strawberry.ID | None:
        return gate_id_of(self.subject.gate) if self.subject.gate else None

    @strawberry.field(description="Null where it is about a session.")
    async def passage(self, info: Info) -> Passage | None:
        with available():
            found = await info.context.gates.reader.passage(self.subject.subject)
        return Passage(subject=found) if found else None

    @strawberry.field(description="Null where it is about a passage.")
    async def session(self, info: Info) -> ParkingSession | None:
        with available():
            return await find_session(info, self.subject.subject)

    @strawberry.field
    def opened_at(self) -> datetime:
        return self.subject.opened_at

    @strawberry.field
    def resolved_at(self) -> datetime | None:
        return self.subject.resolved_at

    @strawberry.field
    def resolution(self) -> AssistResolution | None:
        return self.subject.resolution

    @strawberry.field(description="The reason that was given.")
    def note(self) -> str | None:
        return self.subject.note


@own
@strawberry.type(description="A page, the oldest first.")
class AssistCaseConnection:
    found: strawberry.Private[list[reading.Case]]
    page: strawberry.Private[int]
    continues: strawberry.Private[bool]

    @strawberry.field
    def nodes(self) -> list[AssistCase]:
        return [AssistCase(subject=each) for each in self.found[: self.page]]

    @strawberry.field
    def page_info(self) -> PageInfo:
        cursors = [ids.encode(ids.GATE_CASE, each.id.hex) for each in self.found]
        return page_info(cursors, self.page, continues=self.continues)


ResolveAssistResult = Annotated[AssistCase | GateRefused, strawberry.union("ResolveAssistResult")]


@strawberry.type
class GateDeskQuery:
    @strawberry.field(
        description="What waits for a person at one's own gates, or at one of them; or what was resolved.",
        extensions=[OWNERS],
    )
    async def assist_cases(
        self,
        info: Info,
        gate_id: strawberry.ID | None = None,
        resolved: bool = False,
        first: int = 20,
        after: str | None = None,
    ) -> AssistCaseConnection:
        page, since = page_size(first), None if after is None else ids.gate_case_id(after, "after")
        who = editor(info)
        with available():
            if gate_id is None:
                mine = list(await info.context.gates.office.list(who, None))
            else:
                one = await info.context.gates.office.find(who, ids.gate_id(gate_id, "gateId"))
                mine = [one] if one else []
            found = await info.context.gates.reader.cases(mine, since, page + 1, resolved=resolved)
        return AssistCaseConnection(found=list(found), page=page, continues=since is not None)


@strawberry.type
class GateDeskMutation:
    @strawberry.field(
        description="What a person saw and decided. LET_IN and LET_OUT: the vehicle of a PASSAGE crossed, and its"
        " session begins or ends. One that is resolved already is answered as it is.",
        extensions=[OWNERS],
    )
    async def resolve_assist_case(
        self,
        info: Info,
        case_id: strawberry.ID,
        resolution: AssistResolution,
        note: Annotated[str, strawberry.argument(description="The reason, which is kept.")],
        plate: Annotated[str | None, strawberry.argument(description="Where the camera did not read it.")] = None,
    ) -> ResolveAssistResult:
        if resolution is AssistResolution.SETTLED:
            raise BadUserInputError("resolution: SETTLED is what comes of itself")
        wanted, seen = ids.gate_case_id(case_id, "caseId"), None if plate is None else checked_plate(plate)
        with naming():
            check_text("note", note, MAX_NOTE, lines=True)
        with available():
            found = await info.context.gates.desk.resolve(editor(info), wanted, resolution, note, seen)
        match found:
            case None:
                return GateRefused(text="There is no such case of yours.")
            case NotAPassage():
                return GateRefused(text="Only a vehicle at the line can be let in or out.")
            case PlateNeeded():
                return GateRefused(text="The plate was not read: say which one it is.")
        return AssistCase(subject=found)
