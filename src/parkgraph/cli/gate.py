"""`parkgraph gate`: the agent at a barrier. It needs nothing of the server's, and nothing of it is loaded."""

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich import box
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from parkgraph import logs
from parkgraph.cli.common import OUT, group
from parkgraph.gates.agent import outbox, simulation
from parkgraph.gates.agent.commands import State
from parkgraph.gates.agent.look import Direction
from parkgraph.gates.agent.outbox import DeadLetter
from parkgraph.gates.agent.server import serve
from parkgraph.gates.agent.settings import GateSettings, load
from parkgraph.gates.agent.simulation import Crossing, simulated
from parkgraph.gates.agent.store import Store

app = group("The agent at a barrier.")

_COLOURS: Final = {"OPEN": "green", "ASSIST": "yellow", "DENY": "red"}
_BARRIER: Final = {
    State.SENT: "was told",
    State.RELAY_ACKED: "heard",
    State.POSITION_CONFIRMED: "is up",
    State.TIMED_OUT: "did not move",
}


@app.command()
def run(config: Annotated[Path, typer.Option("--config", help="A gate.toml; gate.example.toml explains it.")]) -> None:
    """Run the agent of one gate: cameras in, barriers out, and nothing lost between."""
    settings = load(config, os.environ)
    logs.install(production=settings.log.json_lines, secrets=settings.secrets())
    asyncio.run(serve(settings))


@app.command()
def letters(
    config: Annotated[Path, typer.Option("--config", help="A gate.toml.")],
    *,
    revive: Annotated[bool, typer.Option("--revive", help="Let the agent send them once more.")] = False,
) -> None:
    """The events that the server would not take, while the agent does not run."""
    settings = load(config, os.environ)
    found, revived = asyncio.run(_letters(settings, revive=revive))
    table = Table("Event", "Kind", "Why", "Since", box=box.SIMPLE_HEAD)
    for each in found:
        since = datetime.fromtimestamp(each.at, UTC)
        table.add_row(each.event_id, each.kind.value, each.code, f"{since:%Y-%m-%d %H:%M}Z")
    OUT.print(table if found else "There are no dead letters.")
    if revive:
        OUT.print(f"{revived} will be sent once more.", highlight=False)


async def _letters(settings: GateSettings, *, revive: bool) -> tuple[Sequence[DeadLetter], int]:
    async with Store(settings.data_dir, settings.store.max_megabytes * 1_000_000) as store:
        found = await store.run(outbox.dead_letters)
        return found, await store.run(lambda connection: outbox.revived(connection, time.time())) if revive else 0


@app.command()
def simulate(
    plate: Annotated[
        list[str] | None,
        typer.Option(help="A car's plate; may be given several times. Without, the demo's and another."),
    ] = None,
    url: Annotated[str, typer.Option(help="The server's GraphQL.")] = simulation.DEMO_URL,
    gate_id: Annotated[str, typer.Option(help="The gate; without, the demo's.")] = simulation.DEMO_GATE,
    key: Annotated[str, typer.Option(help="The gate's key; without, the demo's.")] = simulation.DEMO_KEY,
) -> None:
    """Drive cars in and out at a gate that is not there: its agent and the server are real."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    opened = asyncio.run(_simulate(plate or [simulation.DEMO_PLATE, "KA-AB 1"], url, gate_id, key))
    OUT.print(f"The barrier opened {opened} times." if opened != 1 else "The barrier opened once.", highlight=False)


async def _simulate(plates: list[str], url: str, gate_id: str, key: str) -> int:
    table = Table("Plate", "Way", "Decision", "By", "Why", box=box.SIMPLE_HEAD)
    table.add_column("Within", justify="right")
    table.add_column("Barrier")
    opened = 0
    async with simulated(url, gate_id, key) as gate:
        with Live(table, console=OUT, auto_refresh=False) as live:
            for plate in plates:
                for way in (Direction.ENTRY, Direction.EXIT):
                    crossing = await gate.drive(plate, way)
                    opened += crossing.barrier is not None
                    table.add_row(*_cells(crossing))
                    live.refresh()
    return opened


def _cells(crossing: Crossing) -> list[str]:
    decision = crossing.decision or "none in time"
    colour = _COLOURS.get(decision, "red")
    return [
        escape(crossing.plate),
        crossing.direction.value,
        f"[{colour}]{decision}[/]",
        crossing.by or "",
        crossing.reason or "",
        "" if crossing.decided_ms is None else f"{crossing.decided_ms:.0f} ms",
        _BARRIER[crossing.barrier] if crossing.barrier else "stays down",
    ]
