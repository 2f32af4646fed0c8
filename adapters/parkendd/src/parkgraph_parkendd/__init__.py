"""ParkAPI as ParkenDD serves it, one document a city, and documents of cities that it was made of."""

from parkgraph_parkendd.adapter import Adapter

__all__ = ["Adapter"]
