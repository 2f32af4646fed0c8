"""What several commands share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

OUT: Final = Console()
ERR: Final = Console(stderr=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="A parkgraph.toml.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65_535, help="Overrides [server] port.")]


def group(words: str) -> typer.Typer:
    """Commands under one word, be it one only."""
    return typer.Typer(
        callback=lambda: None, help=words, no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )


def day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d}" if when else "never"
