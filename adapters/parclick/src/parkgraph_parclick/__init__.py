"""Parclick: car parks in Europe that are booked ahead, with the price of the asked stay."""

from parkgraph_parclick.adapter import Adapter

__all__ = ["Adapter"]
