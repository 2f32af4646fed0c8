"""The bridge to parkapi-sources: one converter of that library is one network."""

from parkgraph_parkapi.adapter import Adapter

__all__ = ["Adapter"]
