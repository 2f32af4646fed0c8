"""Bookings over a real database and a network that a test holds in its hands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from parkgraph.bookings.patience import Patience
from parkgraph.bookings.repository import BookingRepository
from parkgraph.bookings.service import Bookings
from parkgraph.db.engine import Database
from parkgraph.networks.bookings import NetworkBookings
from parkgraph.networks.breaker import BreakerPolicy
from parkgraph.networks.gateway import Gateway
from tests.bookings.network import BookingNetwork, network
from tests.networks.scripted import Clock

QUICK = Patience(ask_s=0.3, whole_s=2, look_s=0.3, pause_s=0.01)
NEVER_OPENS = BreakerPolicy(in_a_row=10_000, least=10_000)


def leads() -> bool:
    return False


@dataclass(slots=True)
class Desk:
    """One server process' bookings, and what it told whoever observes."""

    bookings: Bookings
    network: BookingNetwork
    clock: Clock
    told: list[tuple[str, str, str]]


def desk_on(
    database: Database,
    adapter: BookingNetwork,
    clock: Clock,
    policy: BreakerPolicy = NEVER_OPENS,
    patience: Patience = QUICK,
) -> Desk:
    told: list[tuple[str, str, str]] = []
    taking = network(adapter)
    calls = NetworkBookings([taking], {taking.id: Gateway(taking.id, policy=policy)}, clock)
    bookings = Bookings(
        BookingRepository(database),
        calls,
        leads,
        clock=clock,
        patience=patience,
        observer=lambda *outcome: told.append(outcome),
    )
    return Desk(bookings, adapter, clock, told)


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_on(database, BookingNetwork(), Clock(datetime.now(UTC)))


@pytest.fixture
def another(database: Database, desk: Desk) -> Callable[[], Desk]:
    """Another server process on the same database, which asks the same network."""
    return lambda: desk_on(database, desk.network, desk.clock)
