"""All that an adapter imports, besides `parkgraph.domain`."""

from parkgraph.sdk.batch import Batch, Rejected, RowRejected, read_rows
from parkgraph.sdk.client import Client, Response, Url
from parkgraph.sdk.contract import (
    Adapter,
    AdapterSettings,
    Capability,
    FeedAdapter,
    NetworkInfo,
    SearchAdapter,
)
from parkgraph.sdk.faults import Denied, Malformed, NetworkFault, RateLimited, Unavailable

__all__ = [
    "Adapter",
    "AdapterSettings",
    "Batch",
    "Capability",
    "Client",
    "Denied",
    "FeedAdapter",
    "Malformed",
    "NetworkFault",
    "NetworkInfo",
    "RateLimited",
    "Rejected",
    "Response",
    "RowRejected",
    "SearchAdapter",
    "Unavailable",
    "Url",
    "read_rows",
]
