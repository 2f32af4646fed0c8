"""`parkgraph token`."""

import os
from datetime import timedelta
from typing import Annotated

import typer

from parkgraph import identity
from parkgraph.accounts.principal import Role
from parkgraph.cli.common import ConfigOption
from parkgraph.settings import load


def token(
    subject: Annotated[str, typer.Option(help="Whom it names: any name.")] = "developer",
    role: Annotated[
        list[Role] | None, typer.Option(case_sensitive=False, help="May be given several times; everyone is a driver.")
    ] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long it is valid.")] = 12,
    config: ConfigOption = None,
) -> None:
    """Print a token that servers in development accept: send it as Authorization: Bearer."""
    settings = load(config, os.environ)
    typer.echo(identity.development_token(settings, subject, frozenset(role or ()), timedelta(hours=hours)))
