"""What a status code means for the caller."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.sdk import Denied, RateLimited, Refused, Unavailable
from parkgraph.sdk.transport.status import LONGEST_WAIT, Interrupted, Redirected, check_status, read_retry_after

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 204, 206, 299])
def test_success_passes(status: int) -> None:
    check_status(status, {}, NOW)


@pytest.mark.parametrize(
    ("status", "fault"),
    [(401, Denied), (403, Denied), (429, RateLimited), (502, Interrupted), (503, Interrupted), (504, Interrupted),
     (301, Redirected), (302, Redirected), (304, Unavailable), (307, Redirected), (308, Redirected),
     (400, Refused), (404, Refused), (407, Refused), (410, Refused), (500, Unavailable),
     (501, Unavailable), (599, Unavailable), (999, Unavailable)],
)  # fmt: skip
def test_every_other_status_is_a_fault(status: int, fault: type[Exception]) -> None:
    with pytest.raises(fault) as raised:
        check_status(status, {}, NOW)
    assert type(raised.value) is fault
    assert str(status) in str(raised.value)


@pytest.mark.parametrize("status", [429, 503])
def test_a_network_that_says_when_is_rate_limiting(status: int) -> None:
    with pytest.raises(RateLimited) as raised:
        check_status(status, {"retry-after": "7"}, NOW)
    assert raised.value.retry_after == timedelta(seconds=7)


def test_a_gateway_that_says_when_is_not_asked_again_at_once() -> None:
    with pytest.raises(Unavailable):
        check_status(502, {"retry-after": "7"}, NOW)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta()),
        (" 120 ", timedelta(minutes=2)),
        ("-5", timedelta()),
        ("3601", LONGEST_WAIT),
        ("9" * 5_000, LONGEST_WAIT),
        ("-" + "9" * 5_000, timedelta()),
        ("Mon, 04 May 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 04 May 2026 14:01:00 +0200", timedelta(minutes=1)),
        ("Mon, 04 May 2026 12:01:00 -0000", timedelta(minutes=1)),
        ("Mon, 04 May 2020 12:01:00 GMT", timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        (None, None),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("1e3", None),
        ("\u0661", None),
        ("Mon, 99 May 2026 12:01:00 GMT", None),
        ("Mon, 04 May 99999 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_bounds(value: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(value, NOW) == wait


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [+-]?\w+"))
def test_no_retry_after_breaks_the_client(value: str) -> None:
    wait = read_retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= LONGEST_WAIT
