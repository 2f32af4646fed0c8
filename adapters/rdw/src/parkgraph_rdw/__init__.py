"""RDW: the Dutch open parking data (SPDP v2), with live data and structured prices, one document a facility."""

from parkgraph_rdw.adapter import Adapter

__all__ = ["Adapter"]
