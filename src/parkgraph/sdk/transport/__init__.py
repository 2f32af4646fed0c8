"""The `Client` of a running system: the core builds one per network and hands it to the adapter."""

from parkgraph.sdk.transport.http_client import HttpClient, HttpLimits

__all__ = ["HttpClient", "HttpLimits"]
