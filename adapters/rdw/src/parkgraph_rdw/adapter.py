"""The edge: settings, what the network is, and its documents, turn by turn."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pydantic import Field

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk import (
    AdapterSettings,
    Batch,
    Capability,
    Client,
    FeedAdapter,
    NetworkInfo,
    Rejected,
    Url,
    aside,
    read_feed,
    read_rows,
)
from parkgraph_rdw.facility import COVERAGE, to_listing
from parkgraph_rdw.index import Entry, read_index
from parkgraph_rdw.status import to_update
from parkgraph_rdw.turn import take_turn
from parkgraph_rdw.values import AMSTERDAM

TURN_S: Final = 40.0
"""Of the minute that a refresh may take; the list itself may be slow."""

TRIED_ENOUGH: Final = 3
"""Turns in which a document did not come, after which the listings are complete without it."""


class RdwSettings(AdapterSettings):
    """The network is keyless. The whole country has thousands of facilities, each of them a document."""

    base_url: Url = Field(
        default="https://npropendata.rdw.nl/parkingdata/v2",
        description="Address of the list of all facilities; their documents are at /static/… and /dynamic/… under it.",
    )
    facilities: tuple[str, ...] = Field(
        default=(), description="Identifiers of the facilities to read; with none (and no cities), all that are public."
    )
    cities: tuple[str, ...] = Field(
        default=(), description="Cities whose facilities to read, as the list names them: Apeldoorn."
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What one static document said, and the list's time of it when it was read."""

    stamp: datetime | None
    batch: Batch[Listing]


class Adapter(FeedAdapter[RdwSettings]):
    """Keeps what each static document said for as long as the list says that it has not changed.

    That is the network's own way: its list has the time of each document, and no document has all facilities.
    """

    Settings = RdwSettings
    demo: ClassVar[Mapping[str, str]] = {"base_url": "file:v2"}

    def __init__(self, settings: RdwSettings, client: Client) -> None:
        super().__init__(settings, client)
        self._entries: Mapping[str, Entry] | None = None
        self._known: dict[str, Known] = {}
        self._misses: Counter[str] = Counter()
        self._unasked: list[str] = []

    @property
    def info(self) -> NetworkInfo:
        return NetworkInfo(
            name="RDW open parking data",
            timezone=AMSTERDAM,
            capabilities=frozenset({Capability.LISTINGS, Capability.OCCUPANCY, Capability.PRICES}),
            coverage=(COVERAGE,),
            homepage="https://npropendata.rdw.nl/parkingdata/v2/",
            attribution="Nationaal Parkeer Register, by RDW",
            licence="CC0-1.0",
            region="NL",
            refresh_every=timedelta(minutes=15),
            occupancies_every=timedelta(minutes=2),
            max_per_minute=120,
        )

    async def listings(self) -> Batch[Listing]:
        """Of all documents read so far; complete when there is none left to read."""
        entries, rejected = await self._list()
        self._known = {id_: known for id_, known in self._known.items() if id_ in entries}
        turn = await take_turn(self.client, self._address("static"), self._due(entries), TURN_S)
        for id_, batch in (await aside(_read, turn.documents, entries)).items():
            self._keep(entries[id_], batch)
        for id_, reason in turn.refused.items():
            self._keep(entries[id_], Batch(rejected=(Rejected(id_, reason),)))
        self._misses.update(turn.missed)
        if turn.fault and not self._known:
            raise turn.fault
        given_up = tuple(
            Rejected(id_, "its document does not come")
            for id_ in entries
            if id_ not in self._known and self._misses[id_] >= TRIED_ENOUGH
        )
        read = [self._known[id_].batch for id_ in entries if id_ in self._known]
        return Batch(
            items=tuple(item for batch in read for item in batch.items),
            rejected=(*rejected, *given_up, *(row for batch in read for row in batch.rejected)),
            complete=not any(
                self._is_open(entry) and self._misses[entry.id] < TRIED_ENOUGH for entry in entries.values()
            ),
        )

    async def occupancies(self) -> Batch[OccupancyUpdate]:
        """A turn of the live documents, from where the last one ended; complete when the round is."""
        if self._entries is None:
            await self._list()
        entries = self._entries or {}
        self._unasked = [id_ for id_ in self._unasked if id_ in entries] or [e.id for e in entries.values() if e.live]
        turn = await take_turn(self.client, self._address("dynamic"), self._unasked, TURN_S)
        self._unasked = self._unasked[turn.read + len(turn.missed) :]
        if turn.fault and not turn.read:
            raise turn.fault
        batch = await read_feed(turn.documents.items(), lambda pair: to_update(pair[1], pair[0]), lambda pair: pair[0])
        refused = tuple(Rejected(id_, reason) for id_, reason in turn.refused.items())
        missed = tuple(Rejected(id_, "its live document does not come") for id_ in turn.missed)
        return Batch(batch.items, (*batch.rejected, *refused, *missed), complete=not self._unasked)

    async def _list(self) -> tuple[Mapping[str, Entry], tuple[Rejected, ...]]:
        """The facilities that are asked for. What the settings leave out is no rejected row."""
        entries, rejected = read_index((await self.client.get(self._address(""))).json(exact=True))
        only, cities = self.settings.facilities, self.settings.cities
        if only or cities:
            entries = {id_: entry for id_, entry in entries.items() if id_ in only or entry.is_in(cities)}
            rejected = tuple(row for row in rejected if row.row in only)
        self._entries = entries
        return entries, rejected

    def _due(self, entries: Mapping[str, Entry]) -> list[str]:
        """What was never read or has changed, those first that came when they were asked for; then, oldest first,
        what the list has no time of.
        """
        due = [entry.id for entry in entries.values() if self._is_open(entry)]
        undated = [id_ for id_, known in self._known.items() if known.stamp is None and id_ not in due]
        return sorted(due, key=lambda id_: self._misses[id_]) + undated

    def _is_open(self, entry: Entry) -> bool:
        known = self._known.get(entry.id)
        return known is None or known.stamp != entry.static_data_last_updated

    def _keep(self, entry: Entry, batch: Batch[Listing]) -> None:
        """The last one read is the last of them all."""
        self._known.pop(entry.id, None)
        self._known[entry.id] = Known(entry.static_data_last_updated, batch)
        del self._misses[entry.id]

    def _address(self, part: str) -> str:
        return f"{self.settings.base_url.rstrip('/')}/{part}"


def _read(documents: Mapping[str, object], entries: Mapping[str, Entry]) -> dict[str, Batch[Listing]]:
    """Each by itself, as it is kept."""
    return {id_: _read_one(document, entries[id_]) for id_, document in documents.items()}


def _read_one(document: object, entry: Entry) -> Batch[Listing]:
    return read_rows([document], lambda row: to_listing(row, entry), lambda _: entry.id)
