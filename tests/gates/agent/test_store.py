"""What the store promises: what it has said to have, it has; what is personal in it, it shows nobody."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from parkgraph.gates.agent import outbox
from parkgraph.gates.agent.outbox import Kind
from parkgraph.gates.agent.store import Job, Store, StoreBroken, StoreFull

BODY = {"plate": "SPG123" * 4000}


def add(store: Store, name: str) -> Job[None]:
    def job(connection: sqlite3.Connection) -> None:
        outbox.add(connection, store.vault, "boot", name, Kind.PLATE_READ, BODY, time.time())

    return job


async def fill(store: Store, *, reserve: bool) -> list[str]:
    """Until there is no room; what is stored then."""
    stored: list[str] = []
    try:
        while True:
            await store.run(add(store, f"{reserve}{len(stored)}"), reserve=reserve)
            stored.append(f"{reserve}{len(stored)}")
    except StoreFull:
        return stored


async def began(store: Store) -> None:
    await store.run(lambda connection: outbox.begin_boot(connection, "boot"))


async def test_a_job_is_done_whole_or_not_at_all(tmp_path: Path) -> None:
    async with Store(tmp_path, 50_000_000) as store:
        await began(store)

        def half(connection: sqlite3.Connection) -> None:
            outbox.add(connection, store.vault, "boot", "e1", Kind.PLATE_READ, BODY, time.time())
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await store.run(half)
        event = await store.run(
            lambda connection: outbox.add(connection, store.vault, "boot", "e1", Kind.PLATE_READ, BODY, time.time())
        )
        assert event.sequence == 1


async def test_no_plate_can_be_read_in_its_files(tmp_path: Path) -> None:
    async with Store(tmp_path, 50_000_000) as store:
        await began(store)
        await store.run(add(store, "e1"))
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert b"SPG123" not in files
        assert b"e1" in files
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir() if "sqlite3" in file.name)


async def test_a_batch_is_read_without_the_events_behind_it(tmp_path: Path) -> None:
    """In steps of SQLite's machine: a long backlog is no reason for a car to wait."""
    async with Store(tmp_path, 10_000_000) as store:
        await began(store)

        def steps(connection: sqlite3.Connection) -> int:
            taken = 0

            def step() -> int:
                nonlocal taken
                taken += 1
                return 0

            connection.set_progress_handler(step, 1)
            outbox.next_batch(connection, store.vault, time.time(), 1)
            connection.set_progress_handler(None, 0)
            return taken

        def add_many(connection: sqlite3.Connection) -> None:
            for n in range(500):
                outbox.add(connection, store.vault, "boot", f"e{n}", Kind.HEARTBEAT, {}, time.time())

        await store.run(add(store, "the first"))
        alone = await store.run(steps)
        await store.run(add_many)
        assert await store.run(steps) <= 2 * alone


async def test_a_full_store_still_takes_cars_at_the_line(tmp_path: Path) -> None:
    async with Store(tmp_path, 6_000_000) as store:
        await began(store)
        stored = await fill(store, reserve=False)
        assert store.is_full
        cars = await fill(store, reserve=True)
        assert len(cars) > 50
        await store.run(lambda connection: outbox.delivered(connection, stored + cars), reserve=True)
        await store.refill()
        assert not store.is_full
        await store.run(add(store, "again"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """One of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


async def test_a_disk_that_others_have_filled_still_takes_cars_and_what_is_delivered_makes_room(
    small_disk: Path,
) -> None:
    async with Store(small_disk / "gate", 500_000_000) as store:
        await began(store)
        with (small_disk / "others").open("wb") as others, suppress(OSError):
            while True:
                others.write(bytes(65_536))
        stored = await fill(store, reserve=False)
        assert store.is_full
        for _ in range(3):
            cars = [f"car{index}" for index in range(40)]
            for car in cars:
                await store.run(add(store, car), reserve=True)
            await store.run(lambda connection, cars=cars: outbox.delivered(connection, cars), reserve=True)  # type: ignore[misc]
        (small_disk / "others").unlink()
        await store.run(lambda connection: outbox.delivered(connection, stored), reserve=True)
        await store.refill()
        assert not store.is_full
        assert (small_disk / "gate" / "ballast").stat().st_size == 8_000_000


async def test_one_agent_at_a_time(tmp_path: Path) -> None:
    async with Store(tmp_path, 50_000_000):
        with pytest.raises(StoreBroken, match="another agent"):
            async with Store(tmp_path, 50_000_000):
                pass


async def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gate.sqlite3").write_bytes(os.urandom(8192))
    with pytest.raises(StoreBroken, match=r"gate\.sqlite3"):
        async with Store(tmp_path, 50_000_000):
            pass


KILLED = """
import asyncio, os, signal, sys, time
from pathlib import Path
from parkgraph.gates.agent import outbox
from parkgraph.gates.agent.outbox import Kind
from parkgraph.gates.agent.store import Store

async def main():
    store = Store(Path(sys.argv[1]), 50_000_000)
    await store.__aenter__()
    await store.run(lambda connection: outbox.begin_boot(connection, "boot"))
    for number in range(5):
        await store.run(lambda c: outbox.add(c, store.vault, "boot", f"e{number}", Kind.PLATE_READ, {}, time.time()))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_what_it_has_said_to_have_outlives_a_kill(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    async with Store(tmp_path, 50_000_000) as store:
        batch = await store.run(lambda connection: outbox.next_batch(connection, store.vault, time.time(), 100))
        assert [(event.event_id, event.sequence) for event in batch] == [(f"e{index}", index + 1) for index in range(5)]
