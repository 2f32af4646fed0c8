"""What a resolver may call."""

from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.networks.service import Networks


@dataclass(frozen=True, slots=True)
class Context:
    """The services of one server."""

    search: Search
    graph: PlaceGraph
    networks: Networks


Info = StrawberryInfo[Context, None]
