"""A circuit breaker: a network that fails again and again is not asked for a while. Time and chance are handed in."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import SystemRandom
from typing import Final

JITTER: Final = 0.2
"""A pause is shorter by up to this part, so that processes do not probe together. It is never longer."""


_dice: Final = SystemRandom()


class CircuitState(StrEnum):
    """CLOSED: the network is asked. OPEN: it is not. HALF_OPEN: one call finds out whether it is back."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """The circuit opens after `in_a_row` failures, or when of at least `least` calls within the `window` (of which the
    last `remembered` count) `ratio` or more failed. It stays open for `first_pause`, which doubles with each failed
    probe up to `longest_pause`.
    """

    in_a_row: int = 5
    window: timedelta = timedelta(seconds=30)
    remembered: int = 50
    least: int = 10
    ratio: float = 0.5
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(seconds=30)


USUAL: Final = BreakerPolicy()


class Breaker:
    """The circuit of one network. `clock` gives seconds that only go forward, `chance` a number from 0 to 1.

    What calls say that began before the circuit last opened or closed is of another time, and not heard.
    """

    def __init__(
        self,
        policy: BreakerPolicy = USUAL,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = _dice.random,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._chance = chance
        self._era = 0
        self._in_a_row = 0
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=policy.remembered)
        self._open_until: float | None = None
        self._openings = 0
        self._probe: Attempt | None = None

    @property
    def state(self) -> CircuitState:
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if self._clock() < self._open_until else CircuitState.HALF_OPEN

    @property
    def admits(self) -> bool:
        """Whether `admit` would let a call through now."""
        state = self.state
        return state is CircuitState.CLOSED or (state is CircuitState.HALF_OPEN and self._probe is None)

    def admit(self) -> "Attempt | None":
        """Let one call through, whose outcome is to be told; None where the network is not to be asked."""
        if not self.admits:
            return None
        attempt = Attempt(self, self._era)
        if self._open_until is not None:
            self._probe = attempt
        return attempt

    def witness(self) -> "Attempt":
        """A call that is made whatever the state. It is heard as others are, but does not hold up a probe."""
        return Attempt(self, self._era)

    def settle(self, attempt: "Attempt", well: bool | None) -> None:
        """`well`: None where the call says nothing of the network."""
        is_probe = attempt is self._probe
        if is_probe:
            self._probe = None
        if well is None or attempt.era != self._era:
            return
        if self._open_until is None:
            self._note(well)
        elif well:
            self._close()
        elif is_probe:
            self._open()

    def _note(self, well: bool) -> None:
        now = self._clock()
        self._outcomes.append((now, well))
        self._in_a_row = 0 if well else self._in_a_row + 1
        if not well and (self._in_a_row >= self._policy.in_a_row or self._fails_often(now)):
            self._open()

    def _fails_often(self, now: float) -> bool:
        since = now - self._policy.window.total_seconds()
        recent = [well for at, well in self._outcomes if at >= since]
        return len(recent) >= self._policy.least and recent.count(False) >= self._policy.ratio * len(recent)

    def _open(self) -> None:
        first, longest = self._policy.first_pause.total_seconds(), self._policy.longest_pause.total_seconds()
        pause = min(first * 2.0 ** min(self._openings, 60), longest) * (1 - JITTER * self._chance())
        self._openings += 1
        self._open_until = self._clock() + pause
        self._begin_era()

    def _close(self) -> None:
        self._openings = 0
        self._open_until = None
        self._begin_era()

    def _begin_era(self) -> None:
        self._era += 1
        self._in_a_row = 0
        self._outcomes.clear()
        self._probe = None


class Attempt:
    """One call that was let through. Told once how it went; what is told after that is not heard."""

    def __init__(self, breaker: Breaker, era: int) -> None:
        self._breaker: Breaker | None = breaker
        self.era = era

    def succeeded(self) -> None:
        """The network answered with something of use."""
        self._settle(True)

    def failed(self) -> None:
        """It did not, or not in time."""
        self._settle(False)

    def withdrawn(self) -> None:
        """The call says nothing of the network, such as one that its caller gave up. A probe may be made again."""
        self._settle(None)

    def _settle(self, well: bool | None) -> None:
        breaker, self._breaker = self._breaker, None
        if breaker:
            breaker.settle(self, well)
