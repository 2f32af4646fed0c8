"""How long a network is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `ask_s`: for the network to book or to cancel. `look_s`: for it to say what became of a booking.

    `whole_s`: for all of it. After a lost reply there are `looks` looks, with a pause that doubles from `pause_s`.
    """

    ask_s: float = 10
    whole_s: float = 15
    look_s: float = 2
    looks: int = 3
    pause_s: float = 0.5
