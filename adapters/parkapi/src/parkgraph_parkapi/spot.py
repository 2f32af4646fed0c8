"""A single space as the library describes it, ending in a listing."""

from collections.abc import Collection
from typing import Final

from parkgraph.domain.occupancy import Audience, AudienceCapacity, Occupancy, OccupancyUpdate
from parkgraph.domain.place import Feature, Listing
from parkgraph.sdk import RowRejected
from parkgraph_parkapi.facility import Facility
from parkgraph_parkapi.row import Believed, Restriction

FOR_THE_DISABLED: Final = frozenset({"konstanz_disabled"})
"""Sources of which version 0.24 of the library does not say whom their spaces are for."""


class Spot(Facility):
    """One single space."""

    def to_listing(self, live: OccupancyUpdate | None, believed: Believed) -> Listing:
        """Raises RowRejected for what no driver of a car can use."""
        self.check()
        name = self.name or self.address
        if name is None:
            raise RowRejected("it has no name")
        reserved = self.set_aside_for
        vacant = live.occupancy.vacant if live else None
        return Listing(
            local_id=self.uid,
            name=name,
            location=self.location,
            kind=self.kind,
            address=self.address,
            operator=self.operator_name,
            capacity=None if reserved else 1,
            occupancy=_for_everybody(live.occupancy, reserved) if live else None,
            audiences=tuple(AudienceCapacity(audience, 1, vacant) for audience in reserved),
            features=frozenset({Feature.ACCESSIBLE} if Audience.DISABLED in reserved else ()),
            updated_at=self.updated_at(believed),
        )

    def of_source(self, uid: str) -> "Spot":
        """With what is known of its source."""
        disabled = [Restriction(type="DISABLED")]
        return self.model_copy(update={"restrictions": disabled}) if uid in FOR_THE_DISABLED else self


def _for_everybody(occupancy: Occupancy, reserved: Collection[Audience]) -> Occupancy:
    """Of a space that is set aside, only the time: the vacancy is its audience's."""
    return Occupancy(observed_at=occupancy.observed_at) if reserved else occupancy
