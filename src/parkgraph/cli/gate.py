"""`parkgraph gate`: the agent at a barrier. It needs nothing of the server's, and nothing of it is loaded."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from parkgraph import logs
from parkgraph.cli.common import group
from parkgraph.gates.agent.server import serve
from parkgraph.gates.agent.settings import load

app = group("The agent at a barrier.")


@app.command()
def run(config: Annotated[Path, typer.Option("--config", help="A gate.toml; gate.example.toml explains it.")]) -> None:
    """Run the agent of one gate: cameras in, barriers out, and nothing lost between."""
    settings = load(config, os.environ)
    logs.install(production=settings.log.json_lines, secrets=settings.secrets())
    asyncio.run(serve(settings))
