"""What the fields of a page ask for one by one, and the database is asked once for all of them.

Nothing is remembered: a request that changes something sees what it has changed.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from strawberry.dataloader import DataLoader

from parkgraph.accounts.principal import Principal, Role
from parkgraph.yards.service import Yards
from parkgraph.yards.yard import Yard


class Batches:
    """Of whoever asks. Both raise YardsUnavailable."""

    def __init__(self, yards: Yards, principal: Principal) -> None:
        subject = principal.subject if principal.may(*Role) else ""

        async def booked(wanted: list[UUID]) -> list[Yard | None]:
            found: Mapping[UUID, Yard] = await yards.of_bookings(wanted)
            return [found.get(each) for each in wanted]

        async def entered(wanted: list[UUID]) -> list[bool]:
            found: Collection[UUID] = await yards.entered_by(subject, wanted)
            return [each in found for each in wanted]

        self.booked_yard: DataLoader[UUID, Yard | None] = DataLoader(booked, cache=False)
        self.is_guest: DataLoader[UUID, bool] = DataLoader(entered, cache=False)
