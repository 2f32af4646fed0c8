"""Sessions and passages, as gates, owners and drivers see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import own
from parkgraph.api.context import Info
from parkgraph.api.inputs import page_size
from parkgraph.api.offers import PriceLine
from parkgraph.api.owners import editor
from parkgraph.api.values import Money, Node, PageInfo
from parkgraph.api.yard_bookings import lines_of, money_of, subject
from parkgraph.domain import money
from parkgraph.gates import session
from parkgraph.gates.charging import PriceHold
from parkgraph.gates.decision import Decision, DecisionReason, Direction
from parkgraph.gates.matching import MatchKind
from parkgraph.gates.reading import PassageRecord, SessionChange
from parkgraph.gates.rights import RightKind
from parkgraph.gates.session import SessionChangeReason, SessionStatus


@own
@strawberry.type(description="What a session's price became, and why. Null: no price.")
class ParkingSessionChange:
    at: datetime
    reason: SessionChangeReason
    before: Money | None
    after: Money | None

    @staticmethod
    def of(change: SessionChange) -> "ParkingSessionChange":
        return ParkingSessionChange(
            at=change.at,
            reason=change.reason,
            before=_money(change.before, change.currency),
            after=_money(change.after, change.currency),
        )


@own
@strawberry.type(
    description="A vehicle that was parked, from entry to exit. Its driver and the owner of the place see it."
)
class ParkingSession(Node):
    subject: strawberry.Private[session.Session]

    @staticmethod
    def of(found: session.Session) -> "ParkingSession":
        return ParkingSession(subject=found)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return session_id_of(self.subject.id)

    @strawberry.field
    def status(self) -> SessionStatus:
        return self.subject.status

    @strawberry.field(description="Null once it is forgotten.")
    def plate(self) -> str | None:
        return self.subject.plate

    @strawberry.field
    def entered_at(self) -> datetime:
        return self.subject.entered_at

    @strawberry.field(description="Null where it is inside, or where nobody saw it leave.")
    def left_at(self) -> datetime | None:
        return self.subject.left_at

    @strawberry.field(description="By which right it came in; null: by none.")
    def right(self) -> RightKind | None:
        return self.subject.right_kind

    @strawberry.field(description="What it costs beyond its right; null while it is open, or on `hold`.")
    def total(self) -> Money | None:
        return money_of(self.subject.total) if self.subject.total else None

    @strawberry.field(description="Of the whole stay, of which the right covers a part.")
    def lines(self) -> list[PriceLine]:
        return lines_of(self.subject.lines)

    @strawberry.field(description="What was taken of its driver.")
    def charged(self) -> Money | None:
        total = self.subject.total
        return Money.of(money.Money(self.subject.charged, total.currency)) if total else None

    @strawberry.field(description="Why it has no price: a person looks at it.")
    def hold(self) -> PriceHold | None:
        return self.subject.hold

    @strawberry.field(description="Every change of its price, the first first.")
    async def changes(self, info: Info) -> list[ParkingSessionChange]:
        return [ParkingSessionChange.of(each) for each in await info.context.gates.reader.changes(self.subject)]


@own
@strawberry.type(description="What a gate decides of one's own vehicle. Which one it is, whoever drives it knows.")
class OwnPassage:
    subject: strawberry.Private[PassageRecord]

    @strawberry.field
    def direction(self) -> Direction:
        return self.subject.direction

    @strawberry.field(description="ASSIST: a person comes, or opens from afar.")
    def decision(self) -> Decision:
        return self.subject.decision

    @strawberry.field
    def reason(self) -> DecisionReason:
        return self.subject.reason

    @strawberry.field
    def at(self) -> datetime:
        return self.subject.at


@own
@strawberry.type(description="One vehicle at the line of a gate.")
class Passage(OwnPassage):
    """All that its own driver is told, and more."""

    @strawberry.field
    def id(self) -> strawberry.ID:
        return passage_id_of(self.subject.id)

    @strawberry.field
    def gate_id(self) -> strawberry.ID:
        return gate_id_of(self.subject.gate)

    @strawberry.field
    def match_kind(self) -> MatchKind | None:
        return self.subject.kind

    @strawberry.field(description="The one that was matched, else as read; null where nothing was, or is forgotten.")
    def plate(self) -> str | None:
        return self.subject.plate

    @strawberry.field(description="It is taken to have crossed the line.")
    def crossed(self) -> bool:
        return self.subject.crossed

    @strawberry.field(description="Its instant is not to be believed.")
    def clock_suspect(self) -> bool:
        return self.subject.suspect


@own
@strawberry.type(description="A page, the latest first.")
class ParkingSessionConnection:
    found: strawberry.Private[Sequence[session.Session]]
    page: strawberry.Private[int]
    continues: strawberry.Private[bool]

    @strawberry.field
    def nodes(self) -> list[ParkingSession]:
        return [ParkingSession.of(each) for each in self.found[: self.page]]

    @strawberry.field
    def page_info(self) -> PageInfo:
        return page_info([session_id_of(each.id) for each in self.found], self.page, continues=self.continues)


@own
@strawberry.type(description="A page, the latest first.")
class PassageConnection:
    found: strawberry.Private[Sequence[PassageRecord]]
    page: strawberry.Private[int]
    continues: strawberry.Private[bool]

    @strawberry.field
    def nodes(self) -> list[Passage]:
        return [Passage(subject=each) for each in self.found[: self.page]]

    @strawberry.field
    def page_info(self) -> PageInfo:
        return page_info([passage_id_of(each.id) for each in self.found], self.page, continues=self.continues)


@own
@strawberry.type
class SessionsViewer:
    @strawberry.field(description="One's own, the latest first.")
    async def sessions(self, info: Info, first: int = 20, after: str | None = None) -> ParkingSessionConnection:
        page, since = page_size(first), None if after is None else ids.session_id(after, "after")
        found = await info.context.gates.reader.sessions_of(subject(info), since, page + 1)
        return ParkingSessionConnection(found=found, page=page, continues=since is not None)


async def find_session(info: Info, wanted: UUID) -> ParkingSession | None:
    """Of whoever has got hold of its id by asking for what is theirs."""
    found = await info.context.gates.reader.session(wanted)
    return ParkingSession.of(found) if found else None


async def find_own_session(info: Info, wanted: UUID) -> ParkingSession | None:
    """One's own, or one of one's own gates."""
    found = await info.context.gates.reader.session(wanted)
    if found is None:
        return None
    mine = bool(found.principal) and found.principal == subject(info)
    return ParkingSession.of(found) if mine or await info.context.gates.office.may_see(editor(info), found) else None


def page_info(cursors: Sequence[str], page: int, *, continues: bool) -> PageInfo:
    """Of a page that was asked for with one more than it shows."""
    shown = cursors[:page]
    return PageInfo(
        has_next_page=len(cursors) > page,
        has_previous_page=continues,
        start_cursor=shown[0] if shown else None,
        end_cursor=shown[-1] if shown else None,
    )


def gate_id_of(gate: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.GATE, gate.hex))


def passage_id_of(passage: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.PASSAGE, passage.hex))


def session_id_of(of: UUID) -> strawberry.ID:
    return strawberry.ID(ids.encode(ids.SESSION, of.hex))


def _money(amount: Any, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else money_of(money.Money(amount, currency))
