"""What owners of yards have besides their yards, as it is configured: money, calendar, links."""

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parkgraph.db.engine import Database
from parkgraph.privacy.keys import kept_key, read_key
from parkgraph.settings import Settings, SettingsError
from parkgraph.yards.calendar.reader import CalendarReader
from parkgraph.yards.exports.library import Library
from parkgraph.yards.exports.links import Signer
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.payment import Invoices, PaymentGateway
from parkgraph.yards.money.settlement import Settlement
from parkgraph.yards.money.statement import Statements
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.reservations.reservations import Reservations

LINKS_KEY: Final = "links.key"


@dataclass(frozen=True, slots=True)
class Office:
    billing: Billing
    gateway: PaymentGateway
    calendar: CalendarReader
    statements: Statements
    library: Library


def open_office(settings: Settings, database: Database, yards: YardRepository) -> Office:
    """Raises SettingsError where the key that signs links cannot be had."""
    gateway = Invoices()
    return Office(
        Billing(gateway, settings.yards.tax_percent),
        gateway,
        CalendarReader(database),
        Statements(database),
        Library(database, yards, Signer(_links_key(settings))),
    )


def settlement(office: Office, database: Database, reservations: Reservations) -> Settlement:
    """What the gateway tells becomes known to the ledger, and to the reservations."""

    async def settle(booking: UUID, authorised: bool) -> None:
        await reservations.payment_settled(booking, authorised=authorised)

    return Settlement(database, {office.gateway.name}, settle)


def _links_key(settings: Settings) -> bytes:
    """Its own, else one that follows from the key of plates, which all processes share, else the data folder's."""
    if settings.yards.links_key:
        return read_key(settings.yards.links_key.get_secret_value())
    if settings.yards.plates_key:
        return hmac.digest(read_key(settings.yards.plates_key.get_secret_value()), b"parkgraph yard links", "sha256")
    try:
        return kept_key(settings.data_dir, LINKS_KEY)
    except (OSError, ValueError) as fault:
        file = settings.data_dir / LINKS_KEY
        raise SettingsError(f"[yards] links_key: the key in {file} cannot be had ({fault}).") from None
