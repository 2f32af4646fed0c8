"""APDS, the Alliance for Parking Data Standards: one area of one server, with structured rates and live data."""

from parkgraph_apds.adapter import Adapter

__all__ = ["Adapter"]
