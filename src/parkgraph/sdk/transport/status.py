"""What a status code means for the caller (RFC 9110, section 15)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from parkgraph.sdk.faults import Denied, RateLimited, Refused, Unavailable

LONGEST_WAIT = timedelta(hours=1)


class Interrupted(Exception):
    """A failure that may be gone a moment later. Stays inside: a call that gives up raises Unavailable."""


class Redirected(Exception):
    """The answer is at another address, as the network gave it. Stays inside: not followed, it is Unavailable."""

    def __init__(self, status: int, location: str) -> None:
        super().__init__(f"the network redirects ({status}), which is not followed: set its new address")
        self.location = location


def check_status(status: int, headers: Mapping[str, str], now: datetime) -> None:
    """Raise for everything but 2xx. Header names are lower case; `now` is what a Retry-After date is counted from."""
    patience = headers.get("retry-after")
    match status:
        case _ if 200 <= status < 300:
            return
        case 401 | 403:
            raise Denied(f"the network refuses the credentials ({status})")
        case 429:
            raise RateLimited("the network answered 429", read_retry_after(patience, now))
        case 503 if patience is not None:
            raise RateLimited("the network answered 503", read_retry_after(patience, now))
        case 502 | 503 | 504 if patience is None:
            raise Interrupted(f"the network answered {status}")
        case 304:
            raise Unavailable("the network answered 304 without being asked")
        case _ if 300 <= status < 400:
            raise Redirected(status, headers.get("location", ""))
        case _ if 400 <= status < 500:
            raise Refused(f"the network answered {status}", status)
        case _:
            raise Unavailable(f"the network answered {status}")


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds or as a date, from 0 to LONGEST_WAIT; None where it says nothing."""
    if value is None:
        return None
    if re.fullmatch(r"[+-]?[0-9]+", value := value.strip()):
        seconds = int(value[:10])
        return min(max(timedelta(), timedelta(seconds=seconds)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return min(max(timedelta(), until - now), LONGEST_WAIT)
    except (ValueError, OverflowError):
        return None
