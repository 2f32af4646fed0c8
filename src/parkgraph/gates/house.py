"""All that gates, and people about gates, may ask of a server."""

from dataclasses import dataclass

from parkgraph.gates.backlog import Backlog
from parkgraph.gates.desk import GateDesk
from parkgraph.gates.figures import FigureReader
from parkgraph.gates.line import GateLine
from parkgraph.gates.lists import AllowLists
from parkgraph.gates.lost import LostExits
from parkgraph.gates.office import GateOffice
from parkgraph.gates.reading import GateReader
from parkgraph.gates.retention import Retention
from parkgraph.gates.subjects import Subjects
from parkgraph.live.hub import Hub


@dataclass(frozen=True, slots=True)
class GateHouse:
    """`line`, `backlog` and `lists` are what gates talk to; `office`, `reader` and `desk` what people do.
    `hub` tells what changes.
    """

    line: GateLine
    backlog: Backlog
    lists: AllowLists
    office: GateOffice
    reader: GateReader
    desk: GateDesk
    hub: Hub
    subjects: Subjects
    retention: Retention
    lost: LostExits
    figures: FigureReader
