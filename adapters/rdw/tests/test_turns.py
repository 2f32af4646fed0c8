"""Hundreds of documents at the allowed rate: what one refresh does not read, the next one does."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from parkgraph.sdk import Denied, Malformed, NetworkFault, RateLimited, Response, Unavailable
from parkgraph_rdw import Adapter
from parkgraph_rdw import adapter as module


class Register:
    """A network: its list, its documents, and what happens to who asks for one."""

    def __init__(self, *ids: str) -> None:
        self.stamps: dict[str, int | None] = dict.fromkeys(ids, 1_700_000_000)
        self.faults: dict[str, NetworkFault] = {}
        self.answers_at_most: int | None = None
        self.asked: list[str] = []

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Response:
        part, _, id_ = url.removeprefix("http://rdw/").partition("/")
        if not part:
            return _json({"ParkingFacilities": [self._entry(listed) for listed in self.stamps]})
        if self.answers_at_most is not None and len(self.asked) >= self.answers_at_most:
            await asyncio.Event().wait()
        self.asked.append(id_)
        if id_ in self.faults:
            raise self.faults[id_]
        return _json(_static(id_) if part == "static" else _dynamic())

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raise Unavailable("this network is only read")

    def now_asked(self) -> list[str]:
        """The documents asked for since the last time."""
        asked, self.asked = self.asked, []
        return asked

    def _entry(self, id_: str) -> dict[str, Any]:
        stamp = self.stamps[id_]
        entry = {"identifier": id_, "name": f"Garage {id_} (Delft)", "dynamicDataUrl": f"https://x/dynamic/{id_}"}
        return entry if stamp is None else entry | {"staticDataLastUpdated": stamp}


def _json(value: object) -> Response:
    return Response(200, {}, json.dumps(value).encode())


def _static(id_: str) -> dict[str, Any]:
    location = {"latitude": 52.01, "longitude": 4.36}
    return {"parkingFacilityInformation": {"name": id_, "locationForDisplay": location}}


def _dynamic() -> dict[str, Any]:
    return {"parkingFacilityDynamicInformation": {"facilityActualStatus": {"vacantSpaces": 3}}}


def adapter(register: Register, **settings: object) -> Adapter:
    return Adapter(Adapter.Settings.model_validate({"base_url": "http://rdw/", **settings}), register)


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> Callable[[Register, int], None]:
    """Turns in which so many documents come, and the next one does not before the turn is over."""
    monkeypatch.setattr(module, "TURN_S", 0.02)

    def limit(register: Register, documents: int) -> None:
        register.answers_at_most = len(register.asked) + documents

    return limit


async def test_a_first_refresh_reads_every_document_and_the_next_none_that_did_not_change() -> None:
    register = Register("a", "b", "c")
    asking = adapter(register)
    first, second = await asking.listings(), await asking.listings()
    assert register.now_asked() == ["a", "b", "c"]
    assert first == second
    assert (len(first.items), first.complete) == (3, True)


async def test_a_document_that_changed_is_read_again() -> None:
    register = Register("a", "b")
    asking = adapter(register)
    await asking.listings()
    register.now_asked()
    register.stamps["b"] = 1_800_000_000
    await asking.listings()
    assert register.now_asked() == ["b"]


async def test_documents_without_a_time_are_read_again_the_oldest_first(
    short_turns: Callable[[Register, int], None],
) -> None:
    register = Register("a", "b", "c")
    register.stamps = dict.fromkeys(register.stamps)
    asking = adapter(register)
    assert (await asking.listings()).complete
    register.now_asked()
    short_turns(register, 2)
    assert (await asking.listings()).complete
    assert register.now_asked() == ["a", "b"]
    short_turns(register, 2)
    await asking.listings()
    assert register.now_asked() == ["c", "a"]


async def test_what_one_turn_does_not_read_the_next_one_does(short_turns: Callable[[Register, int], None]) -> None:
    register = Register("a", "b", "c")
    asking = adapter(register)
    short_turns(register, 2)
    first = await asking.listings()
    assert ([listing.local_id for listing in first.items], first.complete) == (["a", "b"], False)
    short_turns(register, 2)
    second = await asking.listings()
    assert ([listing.local_id for listing in second.items], second.complete) == (["a", "b", "c"], True)
    assert register.now_asked() == ["a", "b", "c"]


async def test_a_facility_that_left_the_list_is_gone() -> None:
    register = Register("a", "b")
    asking = adapter(register)
    await asking.listings()
    del register.stamps["a"]
    batch = await asking.listings()
    assert ([listing.local_id for listing in batch.items], batch.complete) == (["b"], True)


async def test_a_document_that_does_not_come_leaves_the_batch_incomplete_and_comes_last_next_time() -> None:
    register = Register("a", "b", "c")
    register.faults["a"] = Unavailable("500")
    asking = adapter(register)
    batch = await asking.listings()
    assert ([listing.local_id for listing in batch.items], batch.complete) == (["b", "c"], False)
    register.now_asked()
    register.stamps["c"] = 1_800_000_000
    await asking.listings()
    assert register.now_asked() == ["c", "a"]


async def test_a_document_that_never_comes_does_not_hold_up_the_others_for_ever() -> None:
    register = Register("a", "b")
    register.faults["a"] = Unavailable("404")
    asking = adapter(register)
    batches = [await asking.listings() for _ in range(3)]
    assert [batch.complete for batch in batches] == [False, False, True]
    assert [(row.row, row.reason) for row in batches[-1].rejected] == [("a", "its document does not come")]
    del register.faults["a"]
    assert len((await asking.listings()).items) == 2


async def test_an_older_document_is_kept_while_the_new_one_does_not_come() -> None:
    register = Register("a")
    asking = adapter(register)
    await asking.listings()
    register.stamps["a"], register.faults["a"] = 1_800_000_000, Unavailable("500")
    batch = await asking.listings()
    assert ([listing.local_id for listing in batch.items], batch.complete) == (["a"], False)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Denied("401"), "its document is not public"),
        (Malformed("html"), "its document is not JSON"),
    ],
)
async def test_one_document_that_is_refused_is_a_rejected_row(fault: NetworkFault, reason: str) -> None:
    register = Register("a", "b")
    register.faults["a"] = fault
    asking = adapter(register)
    listings, occupancies = await asking.listings(), await asking.occupancies()
    for rejected in (listings.rejected, occupancies.rejected):
        assert [(row.row, row.reason) for row in rejected] == [("a", reason)]
    assert listings.complete
    assert occupancies.complete


async def test_when_nothing_comes_the_fault_passes_and_not_everything_is_tried() -> None:
    register = Register(*"abcdef")
    register.faults = dict.fromkeys("abcdef", Unavailable("500"))
    asking = adapter(register)
    with pytest.raises(Unavailable):
        await asking.listings()
    assert register.now_asked() == ["a", "b", "c"]
    with pytest.raises(Unavailable):
        await asking.occupancies()
    assert register.now_asked() == ["a", "b", "c"]


async def test_a_network_that_asks_for_patience_is_left_alone() -> None:
    register = Register("a", "b", "c")
    register.faults["b"] = RateLimited("429", timedelta(seconds=30))
    asking = adapter(register)
    batch = await asking.listings()
    assert (len(batch.items), batch.complete, register.now_asked()) == (1, False, ["a", "b"])
    register.faults["a"] = register.faults["b"]
    with pytest.raises(RateLimited):
        await adapter(register).listings()


async def test_live_data_go_round_turn_by_turn(short_turns: Callable[[Register, int], None]) -> None:
    register = Register("a", "b", "c")
    asking = adapter(register)
    await asking.listings()
    register.now_asked()
    turns = []
    for _ in range(3):
        short_turns(register, 2)
        batch = await asking.occupancies()
        turns.append(([update.local_id for update in batch.items], batch.complete))
    assert turns == [(["a", "b"], False), (["c"], True), (["a", "b"], False)]


async def test_live_documents_that_do_not_come_do_not_hold_up_the_others() -> None:
    register = Register(*"abcd")
    register.faults = dict.fromkeys("abc", Unavailable("500"))
    asking = adapter(register)
    with pytest.raises(Unavailable):
        await asking.occupancies()
    batch = await asking.occupancies()
    assert ([update.local_id for update in batch.items], batch.complete) == (["d"], True)


async def test_live_data_may_be_asked_for_before_the_listings() -> None:
    assert len((await adapter(Register("a")).occupancies()).items) == 1


async def test_live_data_at_another_host_are_not_asked_for() -> None:
    class Elsewhere(Register):
        def _entry(self, id_: str) -> dict[str, Any]:
            return super()._entry(id_) | {"dynamicDataUrl": "http://other/amsterdam/dynamic/900_location.json"}

    register = Elsewhere("a")
    batch = await adapter(register).occupancies()
    assert (batch.items, batch.complete, register.now_asked()) == ((), True, [])


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"facilities": ["b"]}, ["b"]),
        ({"cities": ["delft"]}, ["a", "b"]),
        ({"cities": ["Leiden"]}, []),
        ({"cities": ["Leiden"], "facilities": ["a"]}, ["a"]),
    ],
)
async def test_the_settings_say_which_facilities_are_read(settings: dict[str, object], asked: list[str]) -> None:
    register = Register("a", "b")
    batch = await adapter(register, **settings).listings()
    assert register.now_asked() == asked
    assert (len(batch.items), batch.rejected, batch.complete) == (len(asked), (), True)
