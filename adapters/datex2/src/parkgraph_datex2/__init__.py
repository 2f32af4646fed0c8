"""ParkGraph adapter: car parks published in DATEX II v2 or v3, by any city."""

from parkgraph_datex2.adapter import Adapter

__all__ = ["Adapter"]
