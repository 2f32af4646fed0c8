"""Who is let in: rates for each client, places for all together, and one computation at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.api import admission
from parkgraph.api.admission import Admission, OverloadedError, RateLimitedError, RateLimiter, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def served(limiter: RateLimiter, address: str, times: int) -> int:
    """How many of so many requests at once are let in."""
    count = 0
    for _ in range(times):
        try:
            limiter.take(address)
        except RateLimitedError:
            continue
        count += 1
    return count


def test_a_minutes_worth_may_come_at_once(clock: Clock) -> None:
    assert served(RateLimiter(60, clock), "192.0.2.1", 100) == 60


def test_what_is_used_comes_back_evenly(clock: Clock) -> None:
    limiter = RateLimiter(60, clock)
    served(limiter, "192.0.2.1", 100)
    clock.now += 5
    assert served(limiter, "192.0.2.1", 100) == 5


def test_a_quiet_client_saves_up_no_more_than_a_minutes_worth(clock: Clock) -> None:
    limiter = RateLimiter(60, clock)
    limiter.take("192.0.2.1")
    clock.now += 86_400
    assert served(limiter, "192.0.2.1", 100) == 60


def test_one_client_does_not_use_up_anothers(clock: Clock) -> None:
    limiter = RateLimiter(60, clock)
    served(limiter, "192.0.2.1", 100)
    assert served(limiter, "192.0.2.2", 100) == 60


def test_a_refusal_says_when_to_come_again(clock: Clock) -> None:
    limiter = RateLimiter(6, clock)
    served(limiter, "192.0.2.1", 6)
    with pytest.raises(RateLimitedError) as refused:
        limiter.take("192.0.2.1")
    assert refused.value.retry_after_ms == 10_000
    clock.now += refused.value.retry_after_ms / 1000
    limiter.take("192.0.2.1")


@given(st.lists(st.floats(0, 120), max_size=200), st.integers(1, 120))
def test_no_client_gets_more_than_its_rate_and_a_minutes_worth(pauses: list[float], per_minute: int) -> None:
    clock = Clock()
    limiter = RateLimiter(per_minute, clock)
    count = 0
    for pause in pauses:
        clock.now += pause
        count += served(limiter, "192.0.2.1", 3)
    assert count <= per_minute + sum(pauses) * per_minute / 60 + 1e-6


def test_without_a_rate_everybody_is_let_in() -> None:
    assert served(RateLimiter(None), "192.0.2.1", 10_000) == 10_000


def test_clients_are_forgotten_before_they_fill_the_memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MAX_CLIENTS", 2)
    limiter = RateLimiter(1, clock)
    for client in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        limiter.take(client)
    limiter.take("192.0.2.1")
    assert served(limiter, "192.0.2.3", 1) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
    ],
)
def test_a_client_is_an_address_or_a_64_of_ipv6(one: str, other: str, same: bool) -> None:
    assert (client_of(one) == client_of(other)) is same


@given(st.text())
def test_a_client_of_any_name_takes_little_memory(address: str) -> None:
    assert len(client_of(address)) <= 64


def test_one_more_than_there_are_places_for_is_refused() -> None:
    door = Admission(2)
    with door.admit(), door.admit():
        with pytest.raises(OverloadedError) as refused, door.admit():
            pass
        assert refused.value.retry_after_ms > 0
    with door.admit(), door.admit():
        pass


def test_a_failed_request_gives_its_place_back() -> None:
    door = Admission(1)
    with pytest.raises(ZeroDivisionError), door.admit():
        raise ZeroDivisionError
    with door.admit():
        pass
