"""How often a network is asked."""


class Pace:
    """A token bucket: never more than `per_minute` requests in any minute, half of them at once.

    Instants are seconds of one steady clock.
    """

    def __init__(self, per_minute: int) -> None:
        if per_minute < 1:
            raise ValueError("at least one request a minute")
        self._capacity = float(max(1, per_minute // 2))
        self._per_second = max(1.0, per_minute - self._capacity) / 60
        self._tokens = self._capacity
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Take a turn; the seconds to wait for it. Turns come in the order in which they were taken."""
        elapsed = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._tokens = min(self._capacity, self._tokens + elapsed * self._per_second) - 1
        return max(0.0, -self._tokens / self._per_second)

    def is_free(self, now: float) -> bool:
        """Whether a turn taken now would not have to wait."""
        elapsed = 0.0 if self._at is None else max(0.0, now - self._at)
        return self._tokens + elapsed * self._per_second >= 1

    def give_back(self) -> None:
        """The turn taken was not used."""
        self._tokens = min(self._capacity, self._tokens + 1)


class RetryBudget:
    """Successes pay for retries, so that a network that fails is not asked more often for it.

    `price`: the successes that one retry costs; `most`: the retries that can be saved up. A network that never answered
    has no retries: of all requests at most one in `price` is one, from the first on.
    """

    def __init__(self, most: int = 5, price: int = 10) -> None:
        self._full = most * price
        self._price = price
        self._saved = 0

    def earn(self) -> None:
        """A call succeeded."""
        self._saved = min(self._full, self._saved + 1)

    def spend(self) -> bool:
        """Pay for one retry; False where that is too dear."""
        if self._saved < self._price:
            return False
        self._saved -= self._price
        return True
