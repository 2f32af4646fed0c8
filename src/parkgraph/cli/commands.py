"""Commands whose modules are imported when they are asked for: one that needs little starts at once."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

PLACES: Final[Mapping[str, str]] = {
    "serve": "serving:serve",
    "demo": "serving:demo",
    "db": "database:app",
    "token": "token:token",
    "key": "keys:app",
    "schema": "schema:app",
    "adapter": "adapter:app",
    "match": "match:app",
    "quote": "quote:quote",
    "gate": "gate:app",
}
"""A command, the module beside this one in which it is, and its name there."""


class Commands(TyperGroup):
    """The commands of PLACES, in that order."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in PLACES:
            return None
        module, _, name = PLACES[cmd_name].partition(":")
        found = getattr(import_module(f"parkgraph.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command
