"""What can go wrong with a network, named by what the caller does next. Nothing else may leave an adapter.

A message is the adapter's own sentence for the operator: no text of the vendor, no secret, no address with a token.
"""

from datetime import timedelta


class NetworkFault(Exception):
    """Any of the four below."""


class Unavailable(NetworkFault):
    """The network did not answer, or not well. Try again later."""


class TimedOut(Unavailable):
    """It did not answer in time. Raised by the client."""


class Refused(Unavailable):
    """It understood, and does not give what was asked for: a 4xx of another meaning. An adapter may know what it says.

    Uncaught, it is as good as Unavailable.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class RateLimited(NetworkFault):
    """The network asks for patience. Try again after `retry_after` (None: it does not say when)."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Denied(NetworkFault):
    """The credentials are refused. Stop, and tell the operator."""


class Malformed(NetworkFault):
    """The network broke its own format. Keep the last good data, and report."""
