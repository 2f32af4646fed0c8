"""Whoever asks, and all that is theirs: rooms add theirs as mixins, `class Viewer(AccountViewer, YardsViewer)`."""

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api.access import Own, own
from parkgraph.api.accounts import AccountViewer
from parkgraph.api.bookings import BookingsViewer
from parkgraph.api.context import Info
from parkgraph.api.gate_sessions import SessionsViewer
from parkgraph.api.vehicles import VehiclesViewer
from parkgraph.api.yard_bookings import YardBookingsViewer
from parkgraph.api.yards import YardsViewer


@own
@strawberry.type(description="Whoever asks.")
class Viewer(AccountViewer, BookingsViewer, YardsViewer, YardBookingsViewer, VehiclesViewer, SessionsViewer):
    @staticmethod
    def of(info: Info) -> "Viewer | None":
        """None for nobody, and for a key that is bound to something."""
        principal = info.context.principal
        return Viewer(principal=principal) if principal.may(*Role) else None


@strawberry.type
class ViewerQuery:
    @strawberry.field(description="Whoever asks; null without a token or key.", extensions=[Own()])
    def viewer(self, info: Info) -> Viewer | None:
        return Viewer.of(info)
