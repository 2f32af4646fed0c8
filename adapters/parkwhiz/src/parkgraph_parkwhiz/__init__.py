"""ParkWhiz (Arrive API v4): bookable parking in the United States and Canada, with the price of the asked stay."""

from parkgraph_parkwhiz.adapter import Adapter

__all__ = ["Adapter"]
