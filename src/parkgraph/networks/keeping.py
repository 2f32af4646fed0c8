"""Snapshots between memory and the database: restored at the start, stored by the leader, followed by the others."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

import structlog

from parkgraph.db.errors import DATABASE_FAULTS
from parkgraph.domain.place import Listing
from parkgraph.networks.changes import Changes
from parkgraph.networks.network import Network, Part
from parkgraph.networks.reports import Code
from parkgraph.networks.seen import Again, later, remember, seen_again, together
from parkgraph.networks.snapshots import combine
from parkgraph.networks.store import PATIENCE_S, SnapshotStore
from parkgraph.pauses import in_thread
from parkgraph.sdk.batch import Batch

_log = structlog.get_logger(__name__)

AGAIN_S: Final = 1.0


class Keeping:
    """Keeps `network.snapshot` and the stored ones together. `leads` says whether this process writes.

    A network whose licence forbids storing is neither written nor read.
    """

    def __init__(
        self,
        networks: Mapping[str, Network],
        store: SnapshotStore,
        changes: Changes,
        leads: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._networks = networks
        self._store = store
        self._changes = changes
        self._leads = leads
        self._clock = clock
        self._unsaved: set[tuple[str, Part]] = set()
        self._seen_again: dict[str, Again] = {}
        self._seen_last: dict[str, tuple[Batch[Listing], Mapping[str, Listing]]] = {}
        """What a search saw last, where that was nothing new, and the listings that were kept then."""
        self._faults: dict[str, Code | None] = {}
        self._to_reload: set[str] = set()
        self._has_news = asyncio.Event()
        self.ready = {network_id: asyncio.Event() for network_id in networks}
        for network in networks.values():
            self._note_ready(network)

    async def restore(self) -> None:
        """Serve what is stored of networks that have nothing yet, and tell of all of it at once, be it nothing."""
        restored: set[str] = set()
        try:
            for network in self._storable():
                async with asyncio.timeout(PATIENCE_S):
                    stored = await self._store.load(network.id) if network.snapshot is None else None
                if stored and network.snapshot is None:
                    network.restored(stored)
                    restored.add(network.id)
        except DATABASE_FAULTS as fault:
            _log.warning("snapshots_not_restored", fault=type(fault).__name__)
        await self._changes.tell(frozenset(restored), even_if_none=True)
        for network_id in restored:
            self._note_ready(self._networks[network_id])

    async def settled(self, network: Network, part: Part, *, answered: bool, changed: bool) -> None:
        """After an attempt: tell what changed, then store and announce it."""
        if changed:
            await self._changes.tell(frozenset({network.id}))
        self._note_ready(network)
        if not network.info.may_store:
            return
        if answered:
            self._unsaved.add((network.id, part))
        if self._leads():
            await self.save()
            await self._announce_fault(network)

    def saw(self, network: Network, batch: Batch[Listing]) -> bool:
        """Keep what a search saw; whether any of it is new."""
        again, now = self._seen_again.setdefault(network.id, {}), self._clock()
        seen, last = network.snapshot, self._seen_last.get(network.id)
        if seen and last and last[0] is batch and last[1] is seen.published.listings:
            network.snapshot = later(seen, batch, now)
            return False
        if same := seen_again(seen, batch, now, again):
            network.snapshot = same
            self._seen_last[network.id] = batch, same.published.listings
            return False
        network.snapshot, changed = remember(seen, batch, now, again)
        again.clear()
        if changed and network.info.may_store:
            self._unsaved.add((network.id, Part.SEARCH))
        return changed

    async def save(self) -> None:
        """Store the answers of feed networks that are not stored yet."""
        for network_id, part in sorted(key for key in self._unsaved if key[1] is not Part.SEARCH):
            await self._save(self._networks[network_id], part)

    async def save_seen(self) -> None:
        """Store what searches saw that is not stored yet. Every process does, leading or not."""
        for network_id, part in sorted(key for key in self._unsaved if key[1] is Part.SEARCH):
            await self._save(self._networks[network_id], part)

    def heard(self, payload: str) -> None:
        """An announcement of a process, maybe this one."""
        network_id, _, code = payload.partition(" ")
        network = self._networks.get(network_id)
        if network is not None and not (self._leads() and Part.SEARCH not in network.asking):
            self._faults[network_id] = Code(code) if code in Code.__members__ else None
            self._reload({network_id})

    def follow_another(self) -> None:
        """Another process leads: what it stores counts, and some of it may have been missed."""
        self._unsaved = {key for key in self._unsaved if key[1] is Part.SEARCH}
        self._faults.clear()
        self._reload(network.id for network in self._storable())

    async def follow(self) -> None:
        """Takes over what is announced, until cancelled."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            wanted, self._to_reload = self._to_reload, set()
            changed: set[str] = set()
            for network_id in sorted(wanted):
                try:
                    async with asyncio.timeout(PATIENCE_S):
                        changed |= await self._take_over(self._networks[network_id])
                except DATABASE_FAULTS:
                    self._to_reload.add(network_id)
            await self._changes.tell(frozenset(changed))
            for network_id in wanted:
                self._note_ready(self._networks[network_id])
            if self._to_reload:
                await asyncio.sleep(AGAIN_S)
                self._has_news.set()

    async def _take_over(self, network: Network) -> set[str]:
        """Serve what is stored; the network's id if any listing changed by that."""
        stored = await self._store.load(network.id)
        before, fault = network.snapshot, self._faults.get(network.id)
        if Part.SEARCH in network.asking:
            if stored is None:
                return set()
            network.snapshot, changed = together(before, stored)
            return {network.id} if changed else set()
        if self._leads():
            return set()
        if stored is None:
            if fault:
                network.failed(Part.LISTINGS, self._clock(), fault)
            return set()
        after = await in_thread(combine, stored.published, stored.live, before)
        if self._leads():
            return set()
        network.followed(after, fault)
        return {network.id} if before is None or before.listings != after.listings else set()

    async def _save(self, network: Network, part: Part) -> None:
        key = (network.id, part)
        snapshot = network.snapshot
        if snapshot is None or key not in self._unsaved:
            return
        self._unsaved.discard(key)
        stored = False
        try:
            if part is Part.SEARCH:
                async with asyncio.timeout(PATIENCE_S):
                    await self._store.save_seen(network.id, snapshot)
            else:
                await self._store.save(network.id, part, snapshot, network.code)
                self._faults[network.id] = network.code
            stored = True
        except TypeError:
            stored = True
            _log.exception("snapshot_has_no_stored_form", network=network.id, part=part)
        except DATABASE_FAULTS as fault:
            _log.warning("snapshot_not_stored", network=network.id, part=part, fault=type(fault).__name__)
        finally:
            if not stored:
                self._unsaved.add(key)

    async def _announce_fault(self, network: Network) -> None:
        """Those who follow learn of a fault, once until it is another or gone."""
        if self._faults.get(network.id) == network.code:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._store.announce(network.id, network.code)
            self._faults[network.id] = network.code
        except DATABASE_FAULTS as fault:
            _log.debug("fault_not_announced", network=network.id, fault=type(fault).__name__)

    def _reload(self, network_ids: Iterable[str]) -> None:
        self._to_reload.update(network_ids)
        self._has_news.set()

    def _note_ready(self, network: Network) -> None:
        if network.is_ready:
            self.ready[network.id].set()

    def _storable(self) -> list[Network]:
        return [network for network in self._networks.values() if network.info.may_store]
