"""Hong Kong: the car parks that publish their vacancy, with live data and structured prices."""

from parkgraph_hongkong.adapter import Adapter

__all__ = ["Adapter"]
