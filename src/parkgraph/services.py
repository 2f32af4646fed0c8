"""Everything behind the API: database, networks and yards, graph."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from parkgraph.accounts.authenticator import Authenticator
from parkgraph.api.context import Context
from parkgraph.bookings import outcome as bookings
from parkgraph.bookings.repository import BookingRepository
from parkgraph.bookings.service import Bookings
from parkgraph.database import open_database
from parkgraph.db.engine import Database
from parkgraph.gate_house import keep_house, open_gate_house
from parkgraph.gates import observer as gates
from parkgraph.graph.exchange import Exchange, RatesFile, exchange
from parkgraph.graph.hours import is_hours
from parkgraph.graph.match_pins import MatchPins
from parkgraph.graph.place_ids import PlaceIds
from parkgraph.graph.places import PlaceGraph
from parkgraph.graph.search import Search
from parkgraph.identity import open_identity
from parkgraph.networks.network import Network
from parkgraph.networks.observer import Observer, nobody
from parkgraph.networks.service import Networks
from parkgraph.networks.store import CHANNEL
from parkgraph.networks.tasks import Tasks
from parkgraph.pauses import Staying
from parkgraph.settings import ExchangeSettings, Settings
from parkgraph.start_error import StartError
from parkgraph.vehicles.garage import Garage
from parkgraph.yard_office import open_office, settlement
from parkgraph.yard_reservations import open_reservations, tidied
from parkgraph.yards import demo as demo_yard
from parkgraph.yards.adapter import NETWORK as YARDS
from parkgraph.yards.guests import Guests
from parkgraph.yards.money.settlement import Settlement
from parkgraph.yards.repository import YardRepository
from parkgraph.yards.service import Yards


@dataclass(slots=True)
class Services:
    """What one server process runs. `ready`: the networks have made their first attempts."""

    database: Database
    context: Context
    authenticator: Authenticator
    settlement: Settlement
    staying: Staying
    ready: bool = False


@asynccontextmanager
async def open_services(
    settings: Settings,
    networks: Sequence[Network],
    observer: Observer = nobody,
    booked: bookings.Observer = bookings.unobserved,
    at_gates: gates.GateObserver = gates.nobody,
    *,
    demo: bool,
) -> AsyncIterator[Services]:
    """Everything behind the API, running: these networks, and the private yards."""
    async with open_database(settings) as database, open_identity(settings, database) as identity:
        yards = await _open_yards(database, demo=demo)
        office = open_office(settings, database, yards)
        reserving = open_reservations(settings, database, yards, office.billing)
        service = Networks([*networks, Network(YARDS, reserving.adapter)], database, observer=observer)
        staying = Staying()
        graph = PlaceGraph(service, PlaceIds(database), MatchPins(database), staying.came)
        rates = _exchange(settings.exchange)
        deadline_s = settings.server.query_deadline_ms / 1000
        search = Search(graph, service, deadline_s, exchange=rates, availability=reserving.vacancies)
        gate_house = await open_gate_house(
            database, reserving.vault, identity.keys, office.billing, at_gates, is_demo=demo
        )
        news = (CHANNEL, YARDS)
        owners = Yards(yards, Guests(database), is_hours, news)
        booking = Bookings(
            BookingRepository(database), service.bookings, lambda: service.leader.is_leader, observer=booked
        )
        await service.start()
        await booking.start()
        try:
            context = Context(
                search,
                graph,
                service,
                booking,
                identity.keys,
                owners,
                reserving.reservations,
                reserving.desk,
                reserving.allotments,
                calendar=office.calendar,
                statements=office.statements,
                library=office.library,
                garage=Garage(database, reserving.vault),
                gates=gate_house,
            )
            async with (
                running(staying.look_often(), "look at what came"),
                running(gate_house.hub.run(), "live hub"),
                running(keep_house(gate_house, lambda: service.leader.is_leader), "chores of gates"),
                tidied(reserving.reservations, lambda: service.leader.is_leader),
            ):
                payments = settlement(office, database, reserving.reservations)
                yield Services(database, context, identity.authenticator, payments, staying)
        finally:
            await booking.stop()
            await service.stop()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """As long as this, the work is done in the background."""
    tasks = Tasks()
    tasks.spawn(work, name)
    try:
        yield
    finally:
        await tasks.end()


def _exchange(settings: ExchangeSettings) -> Callable[[], Exchange]:
    if settings.file is None:
        fixed = exchange(settings.currency, {}, settings.rates)
        return lambda: fixed
    try:
        return RatesFile(settings.file, settings.currency, settings.rates)
    except OSError as fault:
        raise StartError(f"[exchange] file: {settings.file} cannot be read ({fault.strerror}).") from None
    except ValueError as fault:
        raise StartError(
            f"[exchange] file: {settings.file} must be rates as the ECB writes them; it is {fault}."
        ) from None


async def _open_yards(database: Database, *, demo: bool) -> YardRepository:
    """Another server may run on a database that a demo ran on; the invented yard is not for it."""
    if demo:
        await demo_yard.seed(database)
    hidden = frozenset[UUID]() if demo else frozenset({demo_yard.YARD.id})
    return YardRepository(database, hidden=hidden)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task, and wait until it has ended."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
