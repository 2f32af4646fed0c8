import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.place import Listing
from parkgraph.networks import refresh
from parkgraph.networks.gateway import Gateway
from parkgraph.networks.network import Network, NetworkStatus, Part
from parkgraph.networks.refresh import Refresher, first_retry, pause
from parkgraph.networks.reports import Code
from parkgraph.sdk.batch import Batch, read_feed
from parkgraph.sdk.faults import Denied, RateLimited, Unavailable
from tests.networks.scripted import (
    HANG,
    INFO,
    NOW,
    Script,
    ScriptedFeed,
    batch,
    eventually,
    feed,
    listing,
    live_script,
    script,
    search,
    update,
)

HOUR = timedelta(hours=1)
FAST = timedelta(milliseconds=10)


class Settled:
    """Records what a refresher tells."""

    def __init__(self) -> None:
        self.told: list[tuple[Part, bool, bool]] = []

    async def __call__(self, network: Network, part: Part, *, answered: bool, changed: bool) -> None:
        self.told.append((part, answered, changed))


def refresher(network: Network, settled: Settled | None = None) -> Refresher:
    return Refresher(network, Gateway(network.id), settled or Settled(), lambda: NOW)


@asynccontextmanager
async def running(network: Network, settled: Settled | None = None) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(refresher(network, settled).run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@given(st.floats(-1, 1))
def test_the_cadence_varies_by_a_tenth(jitter: float) -> None:
    assert 0.9 * 3600 <= pause(HOUR, 0, None, jitter) <= 1.1 * 3600 + 1e-6


def test_failures_back_off_from_little_up_to_the_cadence() -> None:
    pauses = [pause(HOUR, failures, None, 0) for failures in (1, 2, 3, 12, 10_000)]
    assert pauses == [2, 4, 8, 3600, 3600]


def test_a_short_cadence_is_not_stretched_by_a_failure() -> None:
    assert pause(timedelta(seconds=1), 5, None, 0) == 1


@given(st.integers(0, 100), st.floats(-1, 1), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_network_is_never_asked_before_its_patience_ends(failures: int, jitter: float, patience: timedelta) -> None:
    assert pause(HOUR, failures, patience, jitter) >= patience.total_seconds()


async def test_an_attempt_takes_over_the_answer() -> None:
    settled, network = Settled(), feed("city", batch("a"))
    await refresher(network, settled).refresh_listings()
    assert network.snapshot is not None
    assert list(network.snapshot.listings) == ["a"]
    assert network.status is NetworkStatus.UP
    assert settled.told == [(Part.LISTINGS, True, True)]


async def test_an_unchanged_answer_is_told_as_unchanged() -> None:
    settled, network = Settled(), feed("city", batch("a"))
    refreshing = refresher(network, settled)
    await refreshing.refresh_listings()
    await refreshing.refresh_listings()
    assert settled.told[1] == (Part.LISTINGS, True, False)


class Reading(ScriptedFeed):
    """Reads one row after the other, each only once somebody else had a turn."""

    def __init__(self, rows: int) -> None:
        super().__init__(INFO, Script(), Script())
        self.rows = rows
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    async def listings(self) -> Batch[Listing]:
        return await read_feed(range(self.rows), self._to_listing, str)

    def _to_listing(self, row: int) -> Listing:
        self.begun.set()
        if not self.may_go_on.wait(60):
            raise RuntimeError("nobody else had a turn")
        return listing(str(row))


async def test_others_have_their_turn_while_a_feed_is_read() -> None:
    adapter = Reading(2)
    network = Network("city", adapter)
    refreshing = asyncio.create_task(refresher(network).refresh_listings())
    await asyncio.to_thread(adapter.begun.wait)
    adapter.may_go_on.set()
    await refreshing
    assert network.listings == 2


async def test_a_failed_attempt_keeps_the_last_good_data() -> None:
    settled, network = Settled(), feed("city", batch("a"), Unavailable("away"))
    refreshing = refresher(network, settled)
    await refreshing.refresh_listings()
    await refreshing.refresh_listings()
    assert network.snapshot is not None
    assert network.code is Code.UNAVAILABLE
    assert settled.told[1] == (Part.LISTINGS, False, False)


async def test_an_answer_that_is_held_is_no_success() -> None:
    network = feed("city", batch("a", "b"), batch())
    refreshing = refresher(network)
    await refreshing.refresh_listings()
    await refreshing.refresh_listings()
    assert network.code is Code.HELD_SMALLER
    assert network.listings == 2


async def test_live_data_are_applied_to_the_listings() -> None:
    network = feed("city", batch("a"), live=[Batch((update("a", 7),))])
    refreshing = refresher(network)
    await refreshing.refresh_listings()
    await refreshing.refresh_occupancies()
    assert network.snapshot is not None
    occupancy = network.snapshot.listings["a"].occupancy
    assert occupancy is not None
    assert occupancy.vacant == 7
    assert network.status is NetworkStatus.UP


async def test_incomplete_live_data_are_applied_and_reported() -> None:
    network = feed("city", batch("a"), live=[Batch((update("a", 7),), complete=False)])
    refreshing = refresher(network)
    await refreshing.refresh_listings()
    await refreshing.refresh_occupancies()
    assert network.code is Code.INCOMPLETE
    assert network.snapshot is not None
    assert network.snapshot.live is not None


@pytest.mark.parametrize("nonsense", [None, [], {}, batch(object()), batch(update("a", 1)), batch(rejected=["row 1"])])
async def test_what_breaks_the_contract_is_the_adapters_bug(nonsense: object) -> None:
    network = feed("city", nonsense)
    await refresher(network).refresh_listings()
    assert network.code is Code.UNEXPECTED
    assert network.status is NetworkStatus.DOWN


async def test_an_answer_that_breaks_on_comparison_is_the_adapters_bug() -> None:
    wrong = batch(listing("a", occupancy="full"))
    network = feed("city", wrong, wrong)
    refreshing = refresher(network)
    await refreshing.refresh_listings()
    await refreshing.refresh_listings()
    assert network.code is Code.UNEXPECTED


async def test_an_answer_after_its_deadline_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "DEADLINE_S", 0.01)
    release = asyncio.Event()

    class Stubborn(ScriptedFeed):
        async def listings(self) -> Batch[Listing]:
            while not release.is_set():
                with suppress(asyncio.CancelledError):
                    await release.wait()
            return batch("late")

    network = Network("city", Stubborn(INFO, Script(), Script()))
    await refresher(network).refresh_listings()
    release.set()
    await asyncio.sleep(0.01)
    assert (network.code, network.snapshot) == (Code.TIMED_OUT, None)


async def test_an_id_that_is_no_text_is_the_adapters_bug() -> None:
    good = batch("a").items[0]
    object.__setattr__(good, "local_id", ["a"])
    network = feed("city", Batch((good,)))
    await refresher(network).refresh_listings()
    assert network.code is Code.UNEXPECTED


async def test_a_network_is_asked_again_and_again() -> None:
    network = feed("city", batch("a"), live=[Batch((update("a", 7),))], every=FAST, live_every=FAST)
    async with running(network):
        await eventually(lambda: script(network).calls >= 3 and live_script(network).calls >= 3)


async def test_live_data_wait_for_the_first_listings() -> None:
    network = feed("city", HANG, live=[Batch((update("a", 7),))], every=FAST, live_every=FAST)
    async with running(network):
        await eventually(lambda: script(network).calls == 1)
        await asyncio.sleep(0.05)
        assert live_script(network).calls == 0


async def test_a_network_that_fails_is_asked_until_it_is_back() -> None:
    network = feed("city", Unavailable("away"), ZeroDivisionError(), batch("a"), every=FAST)
    async with running(network):
        await eventually(lambda: network.status is NetworkStatus.UP)
    assert script(network).calls >= 3


async def test_a_network_that_refuses_the_credentials_is_left_alone() -> None:
    network = feed("city", batch("a"), Denied("no"), live=[Batch((update("a", 7),))], every=FAST, live_every=FAST)
    async with running(network):
        await eventually(lambda: network.is_denied)
        await asyncio.sleep(0.1)
    assert network.status is NetworkStatus.DEGRADED
    assert network.code is Code.DENIED
    assert script(network).calls == 2


async def test_a_network_that_refused_the_credentials_is_asked_again_by_and_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parkgraph.networks.network.FIRST_DENIED", FAST)
    network = feed("city", Denied("no"), Denied("no"), batch("a"), every=FAST)
    async with running(network):
        await eventually(lambda: network.status is NetworkStatus.UP)
    assert not network.is_denied


async def test_a_network_that_asks_for_patience_gets_it() -> None:
    network = feed("city", RateLimited("slowly", timedelta(hours=1)), batch("a"), every=FAST)
    async with running(network):
        await eventually(lambda: network.code is Code.RATE_LIMITED)
        await asyncio.sleep(0.1)
        assert script(network).calls == 1


def test_a_search_network_has_nothing_to_refresh() -> None:
    with pytest.raises(TypeError):
        refresher(search("city", batch()))


def test_a_retry_leaves_room_for_the_rate_that_the_network_allows() -> None:
    assert first_retry(60) == timedelta(seconds=2)
    assert first_retry(6) == timedelta(seconds=20)


@pytest.mark.parametrize("bug", [ValueError("no"), asyncio.CancelledError()])
async def test_whatever_becomes_of_one_attempt_the_next_one_is_made(bug: BaseException) -> None:
    class Broken(Settled):
        async def __call__(self, network: Network, part: Part, *, answered: bool, changed: bool) -> None:
            await super().__call__(network, part, answered=answered, changed=changed)
            if len(self.told) == 1:
                raise bug

    settled = Broken()
    async with running(feed("city", batch("a"), every=FAST), settled):
        await eventually(lambda: len(settled.told) > 1)
