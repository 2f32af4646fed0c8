"""Servers are replaced, and the database is migrated, without a request that fails: in the long campaign."""

import asyncio
import os
from pathlib import Path

import pytest

from bench import rolling

pytestmark = [
    pytest.mark.skipif("PARKGRAPH_SOAK" not in os.environ, reason="starts eight servers: make soak"),
    pytest.mark.timeout(600),
]


@pytest.fixture
def ports() -> list[int]:
    return [rolling.free_port(), rolling.free_port()]


def test_a_rolling_restart_fails_no_request(tmp_path: Path, ports: list[int]) -> None:
    load = asyncio.run(rolling.restarted(tmp_path / "restart", ports))
    assert load.failed == []
    assert load.answered > 5 * rolling.BETWEEN


def test_a_migration_while_the_version_before_serves_fails_no_request(tmp_path: Path, ports: list[int]) -> None:
    rolling.before_the_newest_migration(tmp_path / "before")
    load = asyncio.run(rolling.migrated(tmp_path / "migration", ports, tmp_path / "before"))
    assert load.failed == []
    assert load.answered > 4 * rolling.BETWEEN
