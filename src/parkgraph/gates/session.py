"""A session: a vehicle that was parked, as it follows from its crossings and its right. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from parkgraph.domain.money import Money
from parkgraph.domain.pricing import PriceLine
from parkgraph.gates.charging import Charge, PriceHold, Tariff, charge
from parkgraph.gates.pairing import Pair
from parkgraph.gates.rights import RightKind, Rights, Span

GIVEN_UP: Final = timedelta(days=7)
"""So long after its right ended, or after it came in without one, is a vehicle that nobody saw leave inside no more."""


class SessionStatus(StrEnum):
    """OPEN: the vehicle is inside. LOST_EXIT: nobody saw it leave, and it came in again or is given up. VOID: there was
    none, as is known by now.
    """

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    LOST_EXIT = "LOST_EXIT"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class Session:
    """A vehicle that was parked. `cover`: what its right covers. `total` is None while it is open or on hold.

    `key`: that of the database; None before it is stored. `digest` finds the plate.
    """

    id: UUID
    digest: bytes = field(repr=False)
    plate: str | None = field(repr=False)
    entry: UUID
    entered_at: datetime
    status: SessionStatus
    exit: UUID | None = None
    left_at: datetime | None = None
    right_kind: RightKind | None = None
    right_id: UUID | None = None
    principal: str | None = field(default=None, repr=False)
    tariff: int | None = None
    cover: Span | None = None
    hold: PriceHold | None = None
    total: Money | None = None
    charged: Decimal = Decimal(0)
    lines: tuple[PriceLine, ...] = ()
    version: int = 1
    key: int | None = field(default=None, compare=False)

    @property
    def due(self) -> Decimal:
        """What is to be taken of its driver yet; below zero what is to be given back."""
        return (self.total.amount if self.total else Decimal(0)) - self.charged


class SessionChangeReason(StrEnum):
    """ENTERED and LEFT: as it happened. LATE_EVENTS: what came to be known afterwards."""

    ENTERED = "ENTERED"
    LEFT = "LEFT"
    LATE_EVENTS = "LATE_EVENTS"


@dataclass(frozen=True, slots=True)
class Covered:
    """By which right a vehicle came in, and what that covers. All of it None: by none."""

    kind: RightKind | None = None
    id: UUID | None = None
    principal: str | None = field(default=None, repr=False)
    tariff: int | None = None
    cover: Span | None = None


def covered(plate: str, entered: datetime, rights: Rights, stored: Session | None) -> Covered:
    """What right it had is remembered where that is not known any more."""
    right, cover = rights.right_at(plate, entered), rights.cover(plate, entered)
    if right is None and stored:
        return Covered(stored.right_kind, stored.right_id, stored.principal, stored.tariff, stored.cover)
    if right is None or cover is None or cover[1] <= entered:
        return Covered()
    return Covered(right.kind, right.id, right.principal, right.tariff, cover)


def is_given_up(entered: datetime, cover: Span | None, now: datetime) -> bool:
    """Whether a vehicle that nobody saw leave is taken to be gone."""
    return now - (max(entered, cover[1]) if cover else entered) > GIVEN_UP


def session_of(
    of: Pair, digest: bytes, plate: str, by: Covered, tariff: Tariff | None, stored: Session | None, now: datetime
) -> Session:
    """As it follows from its crossings; `tariff`: of one that ended; `stored`: what it was before."""
    due = Charge(None)
    lost = of.lost or (of.exit is None and is_given_up(of.entry.at, by.cover, now))
    if of.suspect:
        due = Charge(None, hold=PriceHold.CLOCK)
    elif lost:
        due = Charge(None, hold=PriceHold.NO_EXIT)
    elif of.exit and tariff:
        due = charge(of.entry.at, of.exit.at, by.cover, tariff)
    return Session(
        id=of.session,
        digest=digest,
        plate=plate,
        entry=of.entry.passage,
        entered_at=of.entry.at,
        status=SessionStatus.CLOSED if of.exit else SessionStatus.LOST_EXIT if lost else SessionStatus.OPEN,
        exit=of.exit.passage if of.exit else None,
        left_at=of.exit.at if of.exit else None,
        right_kind=by.kind,
        right_id=by.id,
        principal=by.principal,
        tariff=by.tariff,
        cover=by.cover,
        hold=due.hold,
        total=due.total,
        charged=stored.charged if stored else Decimal(0),
        lines=due.lines,
        version=stored.version if stored else 1,
        key=stored.key if stored else None,
    )


def differences(stored: Mapping[UUID, Session], wanted: Sequence[Session]) -> list[tuple[Session | None, Session]]:
    """(before, after) of each session that is another now; what is wanted no more is VOID."""
    found: list[tuple[Session | None, Session]] = []
    for session in wanted:
        before = stored.get(session.id)
        if before is None:
            found.append((None, session))
        elif replace(session, plate=before.plate) != before:
            found.append((before, replace(session, version=before.version + 1)))
    ids = {session.id for session in wanted}
    for before in stored.values():
        if before.id not in ids and before.status is not SessionStatus.VOID:
            nothing = replace(before.total, amount=Decimal(0)) if before.total else None
            void = replace(before, status=SessionStatus.VOID, total=nothing, hold=None, lines=())
            found.append((before, replace(void, version=before.version + 1)))
    return found


def change_reason(before: Session | None, after: Session) -> SessionChangeReason:
    if before is None:
        return SessionChangeReason.ENTERED
    if before.status is SessionStatus.OPEN and after.status is SessionStatus.CLOSED:
        return SessionChangeReason.LEFT
    return SessionChangeReason.LATE_EVENTS
