"""What a client asks to book, and what of it may be kept."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.sdk.booking import BookingRequest, Driver


@dataclass(frozen=True, slots=True)
class Terms:
    """What an offer's id says: whose offer it is, for which stay and vehicle, and at what price.

    `ref` is the network's own id of the offer; empty where the network gives none.
    """

    network: str
    local_id: str
    ref: str
    stay: Stay
    vehicle: Vehicle
    total: Money

    def __post_init__(self) -> None:
        if self.total.amount < 0:
            raise ValueError("total must not be negative")
        if "\x00" in self.local_id + self.ref:
            raise ValueError("a network's ids hold no NUL")


@dataclass(frozen=True, slots=True)
class Wish:
    """`key` is the client's own, one for each wish. `principal`: whose it is; empty: nobody's."""

    key: str = field(repr=False)
    terms: Terms
    driver: Driver
    principal: str = ""

    @property
    def key_digest(self) -> bytes:
        """Stands for the key where it is stored: clients may put anything into one, and it opens the booking."""
        return sha256(self.key.encode()).digest()

    @property
    def fingerprint(self) -> bytes:
        """Equal for equal wishes. Keyed by the key, which is not stored: no plate can be guessed from it."""
        terms, driver = self.terms, self.driver
        said = (
            (terms.network, terms.local_id, terms.ref),
            (_instant(terms.stay.arrive), _instant(terms.stay.leave)),
            (terms.vehicle.kind, terms.vehicle.height_cm, terms.vehicle.width_cm, terms.vehicle.length_cm),
            (terms.vehicle.weight_kg, terms.vehicle.electric, terms.vehicle.disabled_permit),
            (f"{terms.total.amount.normalize():f}", terms.total.currency),
            (driver.plate, driver.name, driver.email, driver.phone),
        )
        return hmac.digest(self.key.encode(), json.dumps(said).encode(), "sha256")

    def request(self, client_reference: str) -> BookingRequest:
        """As the network is asked."""
        terms = self.terms
        return BookingRequest(
            client_reference, terms.local_id, terms.ref, terms.stay, terms.vehicle, terms.total, self.driver
        )


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()
