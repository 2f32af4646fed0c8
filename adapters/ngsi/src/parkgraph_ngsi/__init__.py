"""Car parks of cities that publish them as NGSI entities (FIWARE, Smart Data Models), many with live counts."""

from parkgraph_ngsi.adapter import Adapter

__all__ = ["Adapter"]
