"""All that an adapter imports, besides `parkgraph.domain`."""

from parkgraph.sdk.aside import aside
from parkgraph.sdk.batch import Batch, Rejected, RowRejected, read_feed, read_rows
from parkgraph.sdk.booking import (
    BookingAdapter,
    BookingRequest,
    Driver,
    Refusal,
    RefusalReason,
    Reservation,
    ReservationStatus,
)
from parkgraph.sdk.client import Client, Response, Url
from parkgraph.sdk.contract import (
    Adapter,
    AdapterSettings,
    Capability,
    FeedAdapter,
    NetworkInfo,
    SearchAdapter,
)
from parkgraph.sdk.faults import Denied, Malformed, NetworkFault, RateLimited, Refused, Unavailable
from parkgraph.sdk.publisher import Note, PublisherName, PublisherSettings, Zone
from parkgraph.sdk.rows import Row, exact, one_line
from parkgraph.sdk.tokens import Token, Tokens

__all__ = [
    "Adapter",
    "AdapterSettings",
    "Batch",
    "BookingAdapter",
    "BookingRequest",
    "Capability",
    "Client",
    "Denied",
    "Driver",
    "FeedAdapter",
    "Malformed",
    "NetworkFault",
    "NetworkInfo",
    "Note",
    "PublisherName",
    "PublisherSettings",
    "RateLimited",
    "Refusal",
    "RefusalReason",
    "Refused",
    "Rejected",
    "Reservation",
    "ReservationStatus",
    "Response",
    "Row",
    "RowRejected",
    "SearchAdapter",
    "Token",
    "Tokens",
    "Unavailable",
    "Url",
    "Zone",
    "aside",
    "exact",
    "one_line",
    "read_feed",
    "read_rows",
]
