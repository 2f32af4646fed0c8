"""SBB P+Rail: the car parks at Swiss railway stations, with structured prices and without live data."""

from parkgraph_sbb.adapter import Adapter

__all__ = ["Adapter"]
