"""DB BahnPark: the car parks at German railway stations, with structured prices and without live data."""

from parkgraph_bahn.adapter import Adapter

__all__ = ["Adapter"]
