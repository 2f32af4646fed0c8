"""Gates, as they are configured."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.db.engine import Database
from parkgraph.gates import demo, news
from parkgraph.gates.backlog import Backlog
from parkgraph.gates.desk import GateDesk
from parkgraph.gates.figures import FigureReader
from parkgraph.gates.following import Following
from parkgraph.gates.house import GateHouse
from parkgraph.gates.insiders import Insiders
from parkgraph.gates.journal import Journal
from parkgraph.gates.line import GateLine
from parkgraph.gates.lists import AllowLists
from parkgraph.gates.lost import LostExits
from parkgraph.gates.observer import GateObserver, nobody
from parkgraph.gates.office import GateOffice
from parkgraph.gates.reading import GateReader
from parkgraph.gates.records import Records
from parkgraph.gates.registry import Registry
from parkgraph.gates.retention import Retention
from parkgraph.gates.rights_reader import RightsReader
from parkgraph.gates.sessions import Sessions
from parkgraph.gates.subjects import Subjects
from parkgraph.gates.turns import GatesUnavailable, Turns, utc_now
from parkgraph.graph.calendars import calendar_of
from parkgraph.live.hub import Hub
from parkgraph.privacy.vault import Vault
from parkgraph.yards.reservations.payments import Payments

FORGET_EVERY: Final = timedelta(minutes=10)
COUNT_EVERY: Final = timedelta(minutes=1)
_log = structlog.get_logger(__name__)

CHANNELS: Final = {news.CHANNEL: news.read}
"""What the hub of a process listens to."""


async def open_gate_house(
    database: Database,
    vault: Vault,
    keys: ApiKeys,
    payments: Payments,
    observer: GateObserver = nobody,
    *,
    is_demo: bool = False,
    clock: Callable[[], datetime] = utc_now,
    hub: Hub | None = None,
) -> GateHouse:
    """Another server may run on a database that a demo ran on; the demo's gate, whose key all know, is not for it."""
    if is_demo:
        await demo.seed(database, vault)
    registry = Registry(database, hidden=() if is_demo else (demo.GATE,))
    for country in await registry.countries():
        # Its holidays are a module that takes a tenth of a second to load: not while a vehicle waits.
        calendar_of(country)
    turns = Turns(database, registry, clock)
    rights, journal, records = RightsReader(vault), Journal(vault), Records(vault)
    sessions = Sessions(vault, rights, calendar_of)
    insiders = Insiders(sessions)
    following = Following(vault, rights, sessions, insiders, payments)
    office = GateOffice(database, registry, keys, vault, turns)
    reader = GateReader(database, vault, sessions)
    return GateHouse(
        GateLine(turns, journal, records, rights, sessions, following, insiders, calendar_of, observer),
        Backlog(turns, journal, records, rights, following, observer),
        AllowLists(turns, vault, rights, sessions),
        office,
        reader,
        GateDesk(turns, office, reader, rights, following, vault),
        hub or Hub(database, CHANNELS),
        Subjects(database, vault),
        Retention(database, vault, clock),
        LostExits(database, registry, turns, sessions, rights, following),
        FigureReader(database, clock, observer),
    )


async def keep_house(house: GateHouse, leads: Callable[[], bool]) -> None:
    """As long as it runs, the process that leads gives up vehicles that are lost, forgets what is due, and counts."""
    async with asyncio.TaskGroup() as chores:
        chores.create_task(_keep(house.lost.give_up, "give up", FORGET_EVERY, leads))
        chores.create_task(_keep(house.retention.forget, "forget", FORGET_EVERY, leads))
        chores.create_task(_keep(lambda: house.figures.tell(leads=leads()), "count", COUNT_EVERY, lambda: True))


async def _keep(work: Callable[[], Awaitable[object]], name: str, every: timedelta, is_due: Callable[[], bool]) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        if is_due():
            try:
                await work()
            except GatesUnavailable:
                continue
            except Exception:  # noqa: BLE001  (one round's bug must not end all others)
                _log.exception("gate_chore_failed", chore=name)
