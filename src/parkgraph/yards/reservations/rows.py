"""Rows of the tables, and what they mean."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import Range

from parkgraph.domain.civil import Band, Day
from parkgraph.domain.money import Money
from parkgraph.domain.pricing import PriceLine
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.privacy.vault import Vault
from parkgraph.yards.cancellation import CancellationRule
from parkgraph.yards.reservations.blocks import Block
from parkgraph.yards.reservations.booking import YardBooking, YardBookingStatus
from parkgraph.yards.reservations.permits import Permit, Span
from parkgraph.yards.reservations.quoting import YardQuote
from parkgraph.yards.reservations.tables import YardBlockRow, YardBookingRow, YardPermitRow, YardQuoteRow

_VEHICLE: Final = TypeAdapter(Vehicle)
_LINES: Final = TypeAdapter(tuple[PriceLine, ...])
_HOUR: Final = timedelta(hours=1)


def quote_values(quote: YardQuote) -> dict[str, Any]:
    """But for the yard's key."""
    return {
        "uuid": quote.id,
        "principal": quote.principal,
        "arrive": quote.stay.arrive,
        "leave": quote.stay.leave,
        "vehicle": _VEHICLE.dump_python(quote.vehicle, mode="json"),
        "total_amount": quote.total.amount,
        "currency": quote.total.currency,
        "lines": _LINES.dump_python(quote.lines, mode="json"),
        "tariff_id": quote.tariff,
        "free_hours": quote.cancellation.free_until // _HOUR,
        "refund_percent": quote.cancellation.refund_percent,
        "needs_approval": quote.needs_approval,
        "created_at": quote.created_at,
        "valid_until": quote.valid_until,
    }


def quote_of(row: YardQuoteRow, yard: UUID) -> YardQuote:
    return YardQuote(
        id=row.uuid,
        yard=yard,
        principal=row.principal,
        stay=Stay(row.arrive, row.leave),
        vehicle=_VEHICLE.validate_python(row.vehicle),
        total=Money(row.total_amount, row.currency),
        lines=_LINES.validate_python(row.lines),
        tariff=row.tariff_id,
        cancellation=CancellationRule(row.free_hours * _HOUR, row.refund_percent),
        needs_approval=row.needs_approval,
        created_at=row.created_at,
        valid_until=row.valid_until,
    )


def booking_values(booking: YardBooking) -> dict[str, Any]:
    """What may change in a booking's life, but for its plate."""
    return {
        "space_id": booking.space,
        "status": booking.status,
        "waits_until": booking.waits_until,
        "arrive": booking.stay.arrive,
        "leave": booking.stay.leave,
        "total_amount": booking.total.amount,
        "paid_amount": booking.paid.amount,
        "lines": _LINES.dump_python(booking.lines, mode="json"),
        "version": booking.version,
    }


def plate_values(plate: str | None, vault: Vault) -> dict[str, Any]:
    if plate is None:
        return {"plate": None, "plate_digest": None}
    return {"plate": vault.seal(plate), "plate_digest": vault.digest(plate)}


def new_booking_values(booking: YardBooking, vault: Vault) -> dict[str, Any]:
    """But for the yard's key, and what makes the booking the only one of its wish."""
    return {
        **booking_values(booking),
        **plate_values(booking.plate, vault),
        "uuid": booking.id,
        "principal": booking.principal,
        "vehicle": _VEHICLE.dump_python(booking.vehicle, mode="json"),
        "currency": booking.total.currency,
        "tariff_id": booking.tariff,
        "free_hours": booking.cancellation.free_until // _HOUR,
        "refund_percent": booking.cancellation.refund_percent,
        "needs_approval": booking.needs_approval,
        "created_at": booking.created_at,
        "updated_at": booking.created_at,
    }


def booking_of(row: YardBookingRow, yard: UUID, space_label: str | None, vault: Vault) -> YardBooking:
    return YardBooking(
        id=row.uuid,
        yard=yard,
        principal=row.principal,
        stay=Stay(row.arrive, row.leave),
        vehicle=_VEHICLE.validate_python(row.vehicle),
        plate=vault.open(row.plate),
        space=row.space_id,
        space_label=space_label,
        status=YardBookingStatus(row.status),
        total=Money(row.total_amount, row.currency),
        lines=_LINES.validate_python(row.lines),
        paid=Money(row.paid_amount, row.currency),
        tariff=row.tariff_id,
        cancellation=CancellationRule(row.free_hours * _HOUR, row.refund_percent),
        needs_approval=row.needs_approval,
        created_at=row.created_at,
        waits_until=row.waits_until,
        version=row.version,
    )


def permit_of(row: YardPermitRow, yard: UUID, space_label: str | None, vault: Vault) -> Permit:
    return Permit(
        id=row.uuid,
        yard=yard,
        space=row.space_id,
        space_label=space_label,
        hours=Band(
            row.starts,
            row.ends,
            frozenset(map(Day, row.days)),
            except_holidays=row.except_holidays,
            first=row.first,
            last=row.last,
        ),
        holder=row.holder,
        plate=vault.open(row.plate) if row.plate else None,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def block_of(row: YardBlockRow, yard: UUID) -> Block:
    span = Span(row.begins, row.ends)
    return Block(row.uuid, yard, row.space_id, span, row.note, row.created_at, row.lifted_at)


def during(span: Span | Stay) -> Range[Any]:
    """As the database has it: half open."""
    return Range(*_ends_of(span))


def spans_text(spans: Iterable[Span | Stay]) -> str:
    """As the database reads a tstzmultirange."""
    return "{" + ",".join(f"[{begins.isoformat()},{ends.isoformat()})" for begins, ends in map(_ends_of, spans)) + "}"


def _ends_of(span: Span | Stay) -> tuple[datetime, datetime]:
    return (span.arrive, span.leave) if isinstance(span, Stay) else (span.begins, span.ends)
