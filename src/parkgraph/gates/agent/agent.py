"""The agent of one gate: its parts put together, and run until it is told to end."""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from typing import Any, Final

import aiohttp
import structlog
from starlette.applications import Starlette

from parkgraph.gates.agent import commands, facts, fittings, outbox
from parkgraph.gates.agent.acknowledger import Acknowledger
from parkgraph.gates.agent.admission import Desk
from parkgraph.gates.agent.backlog import Backlog
from parkgraph.gates.agent.barriers.barrier import Barrier
from parkgraph.gates.agent.barriers.position import Position
from parkgraph.gates.agent.broker import Broker
from parkgraph.gates.agent.clock import EdgeClock
from parkgraph.gates.agent.events import heartbeat
from parkgraph.gates.agent.intake import application
from parkgraph.gates.agent.list_keeper import ListKeeper
from parkgraph.gates.agent.live import LiveLane, Witness
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.outbox import Kind, Lengths
from parkgraph.gates.agent.pulses import Pulses
from parkgraph.gates.agent.reception import Reception
from parkgraph.gates.agent.settings import GateSettings
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull
from parkgraph.gates.agent.uplink import Uplink

log = structlog.get_logger(__name__)

_VERSION: Final = version_of("parkgraph")
_TIDY_SECONDS: Final = 60.0
_HOUR: Final = 3600.0
_SOURCES_SECONDS: Final = 7 * 24 * _HOUR
_COMMANDS_SECONDS: Final = 30 * 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Agent:
    """One gate's agent while it runs. `http` is what cameras push to."""

    http: Starlette
    reception: Reception
    live: LiveLane
    pulses: Pulses
    standing: Standing
    store: Store
    keeper: ListKeeper
    broker: Broker | None


@asynccontextmanager
async def running(settings: GateSettings, witness: Witness | None = None) -> AsyncIterator[Agent]:
    """The agent at work. Raises StoreBroken, BrokerMissing."""
    async with AsyncExitStack() as stack:
        max_bytes = settings.store.max_megabytes * 1_000_000
        store = await stack.enter_async_context(Store(settings.data_dir, max_bytes))
        server = settings.server
        uplink = await stack.enter_async_context(Uplink(server.url, server.key.get_secret_value()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        metrics, standing, boot_id = Metrics(), Standing(), str(uuid.uuid4())
        standing.clock = await store.run(lambda connection: _begin(connection, store, boot_id))

        positions = {name: Position() for name in settings.barriers}
        barriers: dict[str, tuple[Barrier, float, float]] = {}
        acknowledger = Acknowledger(store, uplink, server.gate_id)

        def changed() -> None:
            backlog.wake()
            acknowledger.wake()

        pulses = Pulses(store, server.gate_id, boot_id, barriers, metrics, changed)
        live = LiveLane(store, uplink, pulses, standing, metrics, server.patience_ms / 1000, changed, witness)
        backlog = Backlog(
            store, uplink, live.is_free, standing, metrics, server.gate_id, settings.store.quarantine_hours * _HOUR
        )
        reception = Reception(settings, store, Desk(server.gate_id, boot_id, store.vault), live, standing, metrics)
        keeper = ListKeeper(store, uplink, standing, metrics, server.gate_id, server.allow_list_key)
        await keeper.restore()
        await reception.restore()
        broker = Broker(settings.mqtt, fittings.handlers(settings, reception, positions)) if settings.mqtt else None
        for name, each in settings.barriers.items():
            fitted = fittings.barrier(each, session, broker, positions[name])
            barriers[name] = (fitted, each.timeout_ms / 1000, each.position_seconds)

        async def beat() -> None:
            while True:
                await _beat(store, standing, server.gate_id, boot_id)
                backlog.wake()
                await asyncio.sleep(server.heartbeat_seconds)

        async def figures() -> bytes:
            _show(metrics, await store.run(outbox.lengths), standing, store)
            keeper.show()
            return metrics.exposition()

        def health() -> list[str]:
            return [*standing.alarms(), *(["the store is full"] if store.is_full else [])]

        tasks: dict[str, Coroutine[Any, Any, None]] = {
            "backlog": backlog.run(),
            "acknowledger": acknowledger.run(),
            "allow_list": keeper.run(server.allow_list_seconds),
            "heartbeat": beat(),
            "passages": reception.run(),
            "tidying": _tidy(store, standing, settings, reception),
            **({"broker": broker.run()} if broker else {}),
        }
        stack.push_async_callback(_stop, [asyncio.create_task(_watched(name, work)) for name, work in tasks.items()])
        http = application(settings, reception, positions, health, figures)
        try:
            yield Agent(http, reception, live, pulses, standing, store, keeper, broker)
        finally:
            await live.drain()
            with suppress(StoreFull, StoreBroken):
                await _remember(store, settings, reception)


def _begin(connection: sqlite3.Connection, store: Store, boot_id: str) -> EdgeClock:
    """A new boot: no pulse of an earlier one is ever sent again."""
    now = time.time()
    outbox.begin_boot(connection, boot_id)
    if given_up := commands.given_up(connection, boot_id, now):
        log.warning("pulses_given_up", pulses=given_up)
    return EdgeClock(runs_behind=now < facts.seen_time(connection, store.vault))


async def _watched(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("task_failed", task=name)
        raise


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _beat(store: Store, standing: Standing, gate_id: str, boot_id: str) -> None:
    """One heartbeat, unless one waits already: an outage is told by one."""
    held = standing.allow_list

    def job(connection: sqlite3.Connection) -> None:
        if not outbox.has_heartbeat(connection):
            now, lengths = datetime.now(UTC), outbox.lengths(connection)
            version = held.version if held else None
            body = heartbeat(gate_id, standing.clock, lengths.pending, lengths.dead, _VERSION, version, now)
            outbox.add(connection, store.vault, boot_id, str(uuid.uuid4()), Kind.HEARTBEAT, body, now.timestamp())

    try:
        await store.run(job)
    except (StoreFull, StoreBroken) as fault:
        log.warning("heartbeat_not_stored", reason=str(fault))


async def _tidy(store: Store, standing: Standing, settings: GateSettings, reception: Reception) -> None:
    """Forget what need not be kept, and see whether there is room."""
    while True:
        try:
            await _remember(store, settings, reception)
            await store.refill()
            standing.store_fault = None
        except (StoreFull, StoreBroken) as fault:
            standing.store_fault = str(fault)
        await asyncio.sleep(_TIDY_SECONDS if standing.store_fault is None and not store.is_full else 1.0)


async def _remember(store: Store, settings: GateSettings, reception: Reception) -> None:
    """What the next boot has to know, and nothing that is too old. Raises StoreFull, StoreBroken."""

    def job(connection: sqlite3.Connection) -> None:
        now = time.time()
        outbox.forgotten(connection, now - settings.store.keep_hours * _HOUR, now - _SOURCES_SECONDS)
        commands.forgotten(connection, now - _COMMANDS_SECONDS)
        facts.see_time(connection, store.vault, now)
        facts.keep_delays(connection, store.vault, reception.delays)

    await store.run(job, reserve=True)


def _show(metrics: Metrics, lengths: Lengths, standing: Standing, store: Store) -> None:
    metrics.pending.set(lengths.pending)
    metrics.oldest.set(time.time() - lengths.oldest if lengths.oldest else 0)
    metrics.dead.set(lengths.dead)
    metrics.store_full.set(store.is_full or standing.store_fault is not None)
    if standing.clock.offset is not None:
        metrics.clock_offset.set(standing.clock.offset.total_seconds())
