"""Fintraffic's Liipi: the park and ride facilities of Finland, with live counts of some."""

from parkgraph_liipi.adapter import Adapter

__all__ = ["Adapter"]
