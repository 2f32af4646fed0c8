"""The recorded answers of real networks; skipped where they do not lie beside the repository."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from pydantic import SecretStr

from parkgraph.domain.geo import Bounds
from parkgraph.domain.occupancy import OccupancyLevel
from parkgraph.domain.place import Listing
from parkgraph.sdk import Batch, Response
from parkgraph.sdk.replay import AnswerClient
from parkgraph_parkapi import Adapter

Read = Callable[..., Awaitable[Batch[Listing]]]


async def test_every_car_park_of_konstanz_is_a_listing(replay: Read, recorded: Path) -> None:
    batch = await replay("konstanz", recorded / "konstanz")
    assert (len(batch.items), batch.rejected) == (11, ())
    assert all(listing.occupancy and listing.occupancy.vacant for listing in batch.items)
    assert sum(listing.tariff_text is not None for listing in batch.items) == 9
    assert all(Bounds(47.6, 9.1, 47.7, 9.2).contains(listing.location) for listing in batch.items)


async def test_of_karlsruhe_76_are_listings_and_14_have_no_capacity(replay: Read, recorded: Path) -> None:
    batch = await replay("karlsruhe", recorded / "karlsruhe")
    assert (len(batch.items), len(batch.rejected)) == (76, 14)
    assert {rejected.reason for rejected in batch.rejected} == {
        "its converter refuses gesamte_parkplaetze (required value)"
    }
    assert len({rejected.row for rejected in batch.rejected}) == 14


async def test_karlsruhe_has_39_counts_and_one_closed(replay: Read, recorded: Path) -> None:
    batch = await replay("karlsruhe", recorded / "karlsruhe")
    levels = Counter(listing.occupancy.level for listing in batch.items if listing.occupancy)
    assert sum(levels.values()) == 39
    assert levels[OccupancyLevel.CLOSED] == 1


async def test_the_samples_say_what_the_networks_say(replay: Read, recorded: Path, samples: Path) -> None:
    for source in ("konstanz", "karlsruhe"):
        theirs = {listing.local_id: listing for listing in (await replay(source, recorded / source)).items}
        for ours in (await replay(source, samples)).items:
            real = theirs[ours.local_id]
            assert (ours.name, ours.location, ours.capacity, ours.audiences, ours.max_height_cm) == (
                real.name,
                real.location,
                real.capacity,
                real.audiences,
                real.max_height_cm,
            )


class PbwClient(AnswerClient):
    """Stuttgart's documents were recorded; the other cities are empty here."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        assert params is not None
        assert (url, params["key"]) == ("https://pbw.example/api", "k")
        name = "-".join((params["type"], *([params["id"]] if "id" in params else [])))
        file = self._folder / f"{name}.json"
        return Response(200, {}, file.read_bytes() if file.exists() else b"{}")


async def test_pbw_with_a_document_for_each_city_is_read_through(recorded: Path) -> None:
    settings = Adapter.Settings(
        source="pbw", url="https://pbw.example/api", config={"PARK_API_PBW_API_KEY": SecretStr("k")}
    )
    adapter = Adapter(settings, PbwClient(recorded / "pbw"))
    rows = json.loads((recorded / "pbw" / "object-by-city-10.json").read_bytes())
    batch = await adapter.listings()
    assert len(batch.items) + len(batch.rejected) == len(rows)
    assert len(batch.items) > 25
    assert all(listing.updated_at is None for listing in batch.items)

    updates = await adapter.occupancies()
    assert any(update.occupancy.vacant == 50 for update in updates.items)
    assert all(update.occupancy.observed_at is None for update in updates.items)
