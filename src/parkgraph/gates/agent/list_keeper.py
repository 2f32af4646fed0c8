"""Keeps the allow-list fresh while the server can be heard."""

import asyncio
import sqlite3
import time
from typing import Any

import structlog

from parkgraph.gates.agent import facts
from parkgraph.gates.agent.allow_list import AllowList, ListRefused, Unchanged, believed
from parkgraph.gates.agent.backoff import pause
from parkgraph.gates.agent.documents import ALLOW_LIST
from parkgraph.gates.agent.metrics import Metrics
from parkgraph.gates.agent.standing import Standing
from parkgraph.gates.agent.store import Store, StoreBroken, StoreFull
from parkgraph.gates.agent.uplink import Answer, Refusal, Uplink

log = structlog.get_logger(__name__)

_SECONDS = 30.0


class ListKeeper:
    """`pinned`: the key of the configuration; without it the one of the first list that was believed.

    `tried` is set when the server was asked once.
    """

    def __init__(
        self, store: Store, uplink: Uplink, standing: Standing, metrics: Metrics, gate_id: str, pinned: str | None
    ) -> None:
        self._store = store
        self._uplink = uplink
        self._standing = standing
        self._metrics = metrics
        self._gate_id = gate_id
        self._pinned = pinned
        self.tried = asyncio.Event()

    async def restore(self) -> None:
        """The list of the last boot. Raises StoreBroken."""
        vault = self._store.vault
        self._standing.allow_list = await self._store.run(lambda connection: facts.kept_list(connection, vault))

    async def run(self, every: float) -> None:
        failures = 0
        while True:
            failures = 0 if await self.refresh() else failures + 1
            self.tried.set()
            await asyncio.sleep(min(pause(failures) + 1, every) if failures else every)

    async def refresh(self) -> bool:
        """Whether the server gave a list that is believed."""
        held = self._standing.allow_list
        try:
            return await self._fetch(held.version if held else None)
        except Unchanged:
            return await self._fetch(None)

    async def _fetch(self, since: int | None) -> bool:
        variables = {"gateId": self._gate_id, "sinceVersion": since}
        outcome = await self._uplink.ask(ALLOW_LIST, "gateAllowList", variables, _SECONDS)
        self._metrics.deliveries.labels("allow_list", type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Refusal) and outcome.is_locked_out:
            self._standing.locked_out = True
        if not isinstance(outcome, Answer):
            return False
        self._standing.locked_out, self._standing.server_heard = False, True
        vault = self._store.vault

        def known(connection: sqlite3.Connection) -> tuple[int, str | None]:
            return facts.highest_version(connection, vault), facts.pinned_key(connection, vault)

        try:
            highest, first = await self._store.run(known)
            held = self._standing.allow_list
            fresh = believed(outcome.data, self._gate_id, self._pinned or first, highest, held if since else None)
            await self._store.run(lambda connection: facts.keep_list(connection, vault, fresh))
        except ListRefused as refused:
            self._metrics.lists_refused.labels(refused.reason).inc()
            log.warning("allow_list_refused", reason=refused.reason)
            return False
        except (StoreFull, StoreBroken) as fault:
            self._standing.store_fault = str(fault)
            return False
        self._take(fresh)
        return True

    def _take(self, fresh: AllowList) -> None:
        before = self._standing.allow_list
        self._standing.allow_list = fresh
        if before is None or before.version != fresh.version:
            log.info("allow_list", version=fresh.version, entries=len(fresh.entries), expires_at=fresh.expires_at)

    def show(self) -> None:
        """The list's age in the metrics."""
        held: Any = self._standing.allow_list
        self._metrics.list_version.set(held.version if held else 0)
        self._metrics.list_seconds.set(held.expires_at - time.time() if held else 0)
