"""Reservations of yards, as they are configured, and the round that looks after what waits too long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from parkgraph.bookings.repository import BookingRepository
from parkgraph.db.engine import Database
from parkgraph.graph.calendars import calendar_of
from parkgraph.graph.hours import parse_hours
from parkgraph.networks.tasks import Tasks
from parkgraph.privacy.keys import kept_key, read_key
from parkgraph.privacy.vault import Vault
from parkgraph.settings import Settings, SettingsError
from parkgraph.yards.bookable import BookableYards, YardVacancies
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.allotments import Allotments
from parkgraph.yards.reservations.desk import Desk
from parkgraph.yards.reservations.payments import Payments
from parkgraph.yards.reservations.reservations import Reservations, ReservationsUnavailable

PLATES_KEY: Final = "plates.key"
TIDY_EVERY: Final = timedelta(seconds=30)
QUOTES_KEPT: Final = timedelta(days=1)
"""So long after it expired is a quote removed."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class YardReservations:
    """`adapter`: the yards as a network. `vacancies`: what the graph asks. `vault`: where plates are kept."""

    reservations: Reservations
    desk: Desk
    allotments: Allotments
    adapter: BookableYards
    vacancies: YardVacancies
    vault: Vault


def open_reservations(
    settings: Settings, database: Database, yards: YardRepository, payments: Payments
) -> YardReservations:
    """Raises SettingsError where the key that encrypts plates cannot be had."""
    vault = Vault(_plates_key(settings))
    reservations = Reservations(database, yards, vault, parse_hours, calendar_of, payments=payments)
    return YardReservations(
        reservations,
        Desk(reservations, yards),
        Allotments(reservations, yards, vault, calendar_of),
        BookableYards(yards, reservations, BookingRepository(database).principal_of),
        YardVacancies(reservations.reader, calendar_of, reservations.clock),
        vault,
    )


@asynccontextmanager
async def tidied(reservations: Reservations, leads: Callable[[], bool]) -> AsyncIterator[None]:
    """As long as this, the process that leads ends what waits too long, and removes old quotes."""
    tasks = Tasks()
    tasks.spawn(_keep_tidy(reservations, leads), "tidy reservations")
    try:
        yield
    finally:
        await tasks.end()


async def _keep_tidy(reservations: Reservations, leads: Callable[[], bool]) -> None:
    while True:
        await asyncio.sleep(TIDY_EVERY.total_seconds())
        if leads():
            try:
                await reservations.tidy(reservations.clock() - QUOTES_KEPT)
            except ReservationsUnavailable:
                continue
            except Exception:  # noqa: BLE001  (one round's bug must not end all others)
                _log.exception("reservations_not_tidied")


def _plates_key(settings: Settings) -> bytes:
    """That of the settings, else the data folder's own, which servers that share a database need not share."""
    if settings.yards.plates_key:
        return read_key(settings.yards.plates_key.get_secret_value())
    if settings.server.environment == "production" and settings.database.url:
        raise SettingsError(
            "[yards] plates_key is missing: a production server with its own database needs 32 random bytes in base64,"
            " as `openssl rand -base64 32` makes them, the same for all of its processes."
        )
    try:
        return kept_key(settings.data_dir, PLATES_KEY)
    except (OSError, ValueError) as fault:
        file = settings.data_dir / PLATES_KEY
        raise SettingsError(f"[yards] plates_key: the key in {file} cannot be had ({fault}).") from None
