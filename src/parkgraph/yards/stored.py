"""A yard and its spaces as rows, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.place import Feature, PlaceKind
from parkgraph.yards import rates_form
from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.cancellation import HOUR, CancellationRule
from parkgraph.yards.exceptions import HoursException
from parkgraph.yards.tables import YardRow, YardSpaceRow
from parkgraph.yards.yard import Space, Yard, zone_named

_EXCEPTIONS = TypeAdapter(tuple[HoursException, ...])


@dataclass(frozen=True, slots=True)
class StoredYard:
    """A yard's rows. `rates` is JSON as text: no number of it went through a float."""

    row: YardRow
    rates: str | None
    spaces: Sequence[YardSpaceRow]

    def read(self) -> Yard:
        """Raises ValueError for a yard that was stored otherwise than this ParkGraph stores it."""
        row = self.row
        return Yard(
            id=row.uuid,
            owner=row.owner,
            name=row.name,
            location=_location(row),
            timezone=zone_named(row.timezone),
            country=row.country,
            spaces=tuple(map(space_of, self.spaces)),
            address=row.address,
            kind=PlaceKind(row.kind),
            opening_hours=row.opening_hours,
            exceptions=_EXCEPTIONS.validate_python(row.exceptions),
            max_height_cm=row.max_height_cm,
            max_width_cm=row.max_width_cm,
            max_length_cm=row.max_length_cm,
            max_weight_kg=row.max_weight_kg,
            features=frozenset(map(Feature, row.features)),
            description=row.description,
            photos=tuple(row.photos),
            access=Access(AccessMethod(row.access_method), row.access_code) if row.access_method else None,
            instructions=row.instructions,
            rates=rates_form.read(self.rates) if self.rates is not None else None,
            approval_required=row.approval_required,
            cancellation=CancellationRule(row.cancel_free_hours * HOUR, row.cancel_refund_percent),
            owner_percent=row.owner_percent,
            payout_reference=row.payout_reference,
            published_at=row.published_at,
            withdrawn_at=row.withdrawn_at,
            updated_at=row.updated_at,
            version=row.version,
        )


def yard_values(yard: Yard) -> Mapping[str, object]:
    """The columns of a yard's row that say what its owner says."""
    return {
        "owner": yard.owner,
        "name": yard.name,
        "address": yard.address,
        "latitude": yard.location.latitude if yard.location else None,
        "longitude": yard.location.longitude if yard.location else None,
        "timezone": yard.timezone.key,
        "country": yard.country,
        "kind": yard.kind,
        "opening_hours": yard.opening_hours,
        "exceptions": _EXCEPTIONS.dump_python(yard.exceptions, mode="json"),
        "max_height_cm": yard.max_height_cm,
        "max_width_cm": yard.max_width_cm,
        "max_length_cm": yard.max_length_cm,
        "max_weight_kg": yard.max_weight_kg,
        "features": sorted(yard.features),
        "description": yard.description,
        "photos": list(yard.photos),
        "access_method": yard.access.method if yard.access else None,
        "access_code": yard.access.code if yard.access else None,
        "instructions": yard.instructions,
        "rates": rates_form.write(yard.rates) if yard.rates else None,
        "approval_required": yard.approval_required,
        "cancel_free_hours": yard.cancellation.free_until // HOUR,
        "cancel_refund_percent": yard.cancellation.refund_percent,
        "owner_percent": yard.owner_percent,
        "payout_reference": yard.payout_reference,
        "published_at": yard.published_at,
        "withdrawn_at": yard.withdrawn_at,
    }


def space_values(space: Space) -> Mapping[str, object]:
    """The columns of a space's row that say what its owner says."""
    return {
        "label": space.label,
        "max_height_cm": space.max_height_cm,
        "max_width_cm": space.max_width_cm,
        "max_length_cm": space.max_length_cm,
        "ev": space.ev,
        "covered": space.covered,
        "accessible": space.accessible,
        "audience": space.audience,
    }


def space_of(row: YardSpaceRow) -> Space:
    return Space(
        label=row.label,
        max_height_cm=row.max_height_cm,
        max_width_cm=row.max_width_cm,
        max_length_cm=row.max_length_cm,
        ev=row.ev,
        covered=row.covered,
        accessible=row.accessible,
        audience=Audience(row.audience),
        id=row.id,
    )


def _location(row: YardRow) -> Coordinates | None:
    if row.latitude is None or row.longitude is None:
        return None
    return Coordinates(row.latitude, row.longitude)
