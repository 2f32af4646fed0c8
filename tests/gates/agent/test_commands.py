"""`parkgraph gate letters`."""

import asyncio
import sqlite3
import time
from pathlib import Path

from typer.testing import CliRunner

from parkgraph.cli.gate import app
from parkgraph.gates.agent import outbox
from parkgraph.gates.agent.outbox import Kind, Lengths
from parkgraph.gates.agent.settings import load
from parkgraph.gates.agent.store import Store
from tests.gates.agent.gates import written


def lengths(file: Path, *, bury: bool = False) -> Lengths:
    async def look() -> Lengths:
        async with Store(load(file, {}).data_dir, 50_000_000) as store:
            if bury:

                def job(connection: sqlite3.Connection) -> None:
                    outbox.begin_boot(connection, "a")
                    body = {"plate": "SPG123"}
                    outbox.add(connection, store.vault, "a", "e-1", Kind.PLATE_READ, body, time.time())
                    outbox.buried(connection, "e-1", "BAD_USER_INPUT", time.time())

                await store.run(job)
            return await store.run(outbox.lengths)

    return asyncio.run(look())


def test_dead_letters_are_listed_and_sent_once_more(tmp_path: Path) -> None:
    file = written(tmp_path, "http://127.0.0.1:9/graphql", "http://127.0.0.1:9")
    runner = CliRunner()
    assert "There are no dead letters." in runner.invoke(app, ["letters", "--config", str(file)]).output
    assert lengths(file, bury=True).dead == 1
    said = runner.invoke(app, ["letters", "--config", str(file), "--revive"]).output
    assert "BAD_USER_INPUT" in said
    assert "1 will be sent once more." in said
    assert "SPG123" not in said
    assert (lengths(file).pending, lengths(file).dead) == (1, 0)
