"""When a network is not asked any more, and how it is asked again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from parkgraph.networks.breaker import Attempt, Breaker, BreakerPolicy, CircuitState

POLICY = BreakerPolicy()
PAUSE = POLICY.first_pause.total_seconds()


class Time:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def breaker(time: Time, chance: float = 0.0, policy: BreakerPolicy = POLICY) -> Breaker:
    return Breaker(policy, time, lambda: chance)


def admitted(it: Breaker) -> Attempt:
    attempt = it.admit()
    assert attempt is not None
    return attempt


def state(it: Breaker) -> CircuitState:
    return it.state


def fail(it: Breaker, times: int = 1) -> None:
    for _ in range(times):
        admitted(it).failed()


def opened(time: Time, chance: float = 0.0) -> Breaker:
    it = breaker(time, chance)
    fail(it, POLICY.in_a_row)
    return it


def test_a_network_that_answers_is_asked() -> None:
    it = breaker(Time())
    for _ in range(1_000):
        admitted(it).succeeded()
    assert state(it) is CircuitState.CLOSED


def test_five_failures_in_a_row_open_the_circuit() -> None:
    it = breaker(Time())
    fail(it, 4)
    assert state(it) is CircuitState.CLOSED
    fail(it)
    assert state(it) is CircuitState.OPEN
    assert it.admit() is None


def test_a_success_begins_the_row_anew() -> None:
    it = breaker(Time())
    fail(it, 4)
    admitted(it).succeeded()
    fail(it, 4)
    assert state(it) is CircuitState.CLOSED


def test_a_network_that_fails_every_other_time_is_not_asked_any_more() -> None:
    it, calls = breaker(Time()), 0
    while state(it) is CircuitState.CLOSED:
        admitted(it).succeeded() if calls % 2 == 0 else fail(it)
        calls += 1
    assert calls == POLICY.least


def test_failures_of_long_ago_do_not_count() -> None:
    time = Time()
    it = breaker(time)
    for _ in range(20):
        admitted(it).succeeded()
        fail(it)
        time.now += POLICY.window.total_seconds() / 4
    assert state(it) is CircuitState.CLOSED


def test_half_open_one_of_fifty_goes_through() -> None:
    time = Time()
    it = opened(time)
    time.now += PAUSE
    assert state(it) is CircuitState.HALF_OPEN
    assert sum(it.admit() is not None for _ in range(50)) == 1


def test_a_good_probe_closes_the_circuit() -> None:
    time = Time()
    it = opened(time)
    time.now += PAUSE
    admitted(it).succeeded()
    assert state(it) is CircuitState.CLOSED
    fail(it, 4)
    assert state(it) is CircuitState.CLOSED


def test_a_failed_probe_opens_it_again_for_twice_as_long_up_to_the_longest() -> None:
    time = Time()
    it = opened(time)
    pauses = []
    for _ in range(5):
        began = time.now
        while state(it) is CircuitState.OPEN:
            time.now += 0.5
        pauses.append(time.now - began)
        fail(it)
    assert pauses == [5, 10, 20, 30, 30]


def test_after_a_recovery_the_pause_is_the_first_again() -> None:
    time = Time()
    it = opened(time)
    for outcome in (Attempt.failed, Attempt.succeeded):
        time.now += 30
        outcome(admitted(it))
    fail(it, POLICY.in_a_row)
    time.now += PAUSE
    assert it.admits


@given(st.floats(0, 1))
def test_a_pause_is_shorter_by_chance_but_never_longer(chance: float) -> None:
    time = Time()
    it = opened(time, chance)
    time.now += 0.79 * PAUSE
    assert not it.admits
    time.now += 0.21 * PAUSE + 1e-6
    assert it.admits


def test_a_probe_that_was_given_up_lets_another_through() -> None:
    time = Time()
    it = opened(time)
    time.now += PAUSE
    admitted(it).withdrawn()
    assert state(it) is CircuitState.HALF_OPEN
    admitted(it).succeeded()
    assert state(it) is CircuitState.CLOSED


def test_calls_that_were_given_up_say_nothing() -> None:
    it = breaker(Time())
    fail(it, 4)
    for _ in range(100):
        admitted(it).withdrawn()
    assert state(it) is CircuitState.CLOSED
    fail(it)
    assert state(it) is CircuitState.OPEN


@pytest.mark.parametrize("outcome", [Attempt.succeeded, Attempt.failed])
def test_what_began_before_the_circuit_opened_is_not_heard_after(outcome: Callable[[Attempt], None]) -> None:
    time = Time()
    it = breaker(time)
    late = [admitted(it) for _ in range(20)]
    fail(it, POLICY.in_a_row)
    time.now += PAUSE
    probe = admitted(it)
    for attempt in late:
        outcome(attempt)
    assert (state(it), it.admit()) == (CircuitState.HALF_OPEN, None)
    probe.succeeded()
    assert state(it) is CircuitState.CLOSED


def test_an_attempt_is_heard_once() -> None:
    it = breaker(Time())
    attempt = admitted(it)
    for _ in range(10):
        attempt.failed()
    assert state(it) is CircuitState.CLOSED


def test_a_witness_goes_whatever_the_state_and_its_success_closes_the_circuit() -> None:
    it = opened(Time())
    it.witness().failed()
    assert state(it) is CircuitState.OPEN
    it.witness().succeeded()
    assert state(it) is CircuitState.CLOSED


def test_a_witness_does_not_take_the_probe_s_turn() -> None:
    time = Time()
    it = opened(time)
    time.now += PAUSE
    it.witness().failed()
    assert sum(it.admit() is not None for _ in range(50)) == 1


class Circuit(RuleBasedStateMachine):
    """Calls begin, end and are given up in any order, over any time."""

    calls: Bundle[Attempt] = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.breaker = breaker(self.time)
        self.under_way: set[Attempt] = set()
        self.probes: set[Attempt] = set()
        self.in_a_row = 0

    @rule(target=calls)
    def ask(self) -> Attempt:
        before, attempt = self.breaker.state, self.breaker.admit()
        assert (attempt is None) <= (before is not CircuitState.CLOSED)
        assert (attempt is not None) <= (before is not CircuitState.OPEN)
        if attempt is None:
            return Attempt(breaker(self.time), 0)  # of no interest
        self.under_way.add(attempt)
        if before is CircuitState.HALF_OPEN:
            self.probes.add(attempt)
        return attempt

    @rule(attempt=consumes(calls))
    def succeed(self, attempt: Attempt) -> None:
        is_probe = attempt in self.probes
        was_half_open = state(self.breaker) is CircuitState.HALF_OPEN
        attempt.succeeded()
        self._end(attempt)
        if is_probe and was_half_open:
            assert state(self.breaker) is CircuitState.CLOSED

    @rule(attempt=consumes(calls))
    def fail(self, attempt: Attempt) -> None:
        attempt.failed()
        self._end(attempt)

    @rule(attempt=consumes(calls))
    def give_up(self, attempt: Attempt) -> None:
        before = self.breaker.state
        attempt.withdrawn()
        self._end(attempt)
        assert self.breaker.state is before

    @rule(seconds=st.floats(0, 40))
    def pass_by(self, seconds: float) -> None:
        self.time.now += seconds

    @precondition(lambda self: state(self.breaker) is CircuitState.CLOSED)
    @rule()
    def fails_for_good(self) -> None:
        """However it got here, five failures in a row are enough."""
        for _ in range(5):
            if attempt := self.breaker.admit():
                attempt.failed()
        assert state(self.breaker) is CircuitState.OPEN

    @rule()
    def comes_back(self) -> None:
        """However it got here, it recovers within one pause of the network's, at the longest one."""
        for probe in list(self.probes):
            probe.withdrawn()
            self._end(probe)
        self.time.now += POLICY.longest_pause.total_seconds()
        attempt = self.breaker.admit()
        assert attempt is not None
        attempt.succeeded()
        assert state(self.breaker) is CircuitState.CLOSED

    @invariant()
    def at_most_one_probe_is_under_way(self) -> None:
        assert len(self.probes) <= 1

    def _end(self, attempt: Attempt) -> None:
        self.under_way.discard(attempt)
        self.probes.discard(attempt)


TestCircuit = Circuit.TestCase


def test_a_policy_can_be_set() -> None:
    time = Time()
    it = breaker(time, policy=BreakerPolicy(in_a_row=2, first_pause=timedelta(seconds=1)))
    fail(it, 2)
    assert state(it) is CircuitState.OPEN
    time.now += 1
    assert state(it) is CircuitState.HALF_OPEN
