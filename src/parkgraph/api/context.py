"""What a resolver may call."""

from dataclasses import dataclass, field

from strawberry.types import Info as StrawberryInfo

from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.accounts.principal import ANONYMOUS, Principal
from parkgraph.api.batches import Batches
from parkgraph.bookings.service import Bookings
from parkgraph.gates.house import GateHouse
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.networks.service import Networks
from parkgraph.vehicles.garage import Garage
from parkgraph.yards.calendar.reader import CalendarReader
from parkgraph.yards.exports.library import Library
from parkgraph.yards.money.statement import Statements
from parkgraph.yards.reservations.allotments import Allotments
from parkgraph.yards.reservations.desk import Desk
from parkgraph.yards.reservations.reservations import Reservations
from parkgraph.yards.service import Yards


@dataclass(frozen=True, slots=True)
class Context:
    """The services of one server, and who asks."""

    search: Search
    graph: PlaceGraph
    networks: Networks
    bookings: Bookings
    api_keys: ApiKeys
    yards: Yards
    reservations: Reservations
    desk: Desk
    allotments: Allotments
    calendar: CalendarReader
    statements: Statements
    library: Library
    garage: Garage
    gates: GateHouse
    principal: Principal = ANONYMOUS
    batches: Batches = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "batches", Batches(self.yards, self.principal))


Info = StrawberryInfo[Context, None]
