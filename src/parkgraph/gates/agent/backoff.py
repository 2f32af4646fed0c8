"""How long to wait before trying again: full jitter, from 1 to 30 seconds. Pure but for its dice."""

from random import SystemRandom
from typing import Final

FIRST_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 30.0

_DICE: Final = SystemRandom()


def pause(failures: int) -> float:
    """Seconds after so many failures in a row, of which there is one at least."""
    longest = min(FIRST_SECONDS * 2 ** min(failures - 1, 10), LONGEST_SECONDS)
    return _DICE.uniform(0, longest)
