"""`parkgraph adapter`."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from parkgraph.cli.common import OUT, ConfigOption, group
from parkgraph.cli.network import attempt, configured
from parkgraph.kit import check, locate, record, render, scaffold
from parkgraph.networks import registry
from parkgraph.networks.trial import as_json
from parkgraph.sdk.contract import BaseAdapter

app = group("Adapters and the networks configured on them.")


@app.command("list")
def adapter_list() -> None:
    """The installed adapters, and their settings (required ones in bold)."""
    OUT.print(_adapter_table(sorted(registry.discover().items())))


@app.command("try")
def adapter_try(instance: str, config: ConfigOption = None) -> None:
    """Run one network once: a listing a line as JSON, the rejected rows on standard error."""
    trial = asyncio.run(attempt(configured(instance, config)))
    for listing in trial.listings:
        typer.echo(as_json(listing))
    for row in trial.rejected:
        typer.echo(f"rejected {row.row}: {row.reason}", err=True)
    typer.echo(f"{len(trial.listings)} listings, {len(trial.rejected)} rejected rows", err=True)


@app.command("new")
def adapter_new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and _, such as acme.")],
    search: Annotated[
        bool, typer.Option("--search", help="The network is searched; else it publishes all it has.")
    ] = False,
    into: Annotated[Path, typer.Option(help="The folder in which its own is made.")] = Path(),
) -> None:
    """Make a new adapter: a distribution that works, to be filled with a network of your own."""
    home = scaffold.create(name, into, search=search)
    OUT.print(f"Made {home}. Next:", highlight=False, soft_wrap=True)
    OUT.print(f"  pip install --editable {home}\n  parkgraph adapter check {name}", highlight=False, soft_wrap=True)


@app.command("check")
def adapter_check(
    name: Annotated[str, typer.Argument(help="An installed adapter, or the folder of one; with --live, a network.")],
    live: Annotated[bool, typer.Option("--live", help="Judge what the configured network answers now.")] = False,
    config: ConfigOption = None,
    write_readme: Annotated[
        bool, typer.Option("--write-readme", help="First bring the README's table up to date.")
    ] = False,
) -> None:
    """Check an adapter by the rules; what is to do is a list, and exit code 1."""
    if live:
        report = check.check_live(configured(name, config))
    else:
        located = locate.locate(name)
        if write_readme:
            check.write_readme(located)
        report = check.check(located)
    render.show(OUT, name, report)
    if report.failures:
        raise typer.Exit(1)


@app.command("record")
def adapter_record(
    instance: str,
    into: Annotated[Path, typer.Option(help="The folder for the samples.")],
    config: ConfigOption = None,
) -> None:
    """Keep what a network answers as samples, without secrets, number plates, e-mail addresses and phone numbers."""
    recorded = record.record(configured(instance, config), into)
    for file in recorded.files:
        typer.echo(file)
    demo = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in recorded.demo.items())
    typer.echo(f"demo = {{{demo}}}")
    for request in recorded.left:
        typer.echo(f"not recorded: {request}", err=True)
    typer.echo(
        f"{recorded.items} items live, {recorded.replayed} replayed; read the files before you publish them", err=True
    )


def _adapter_table(adapters: Iterable[tuple[str, type[BaseAdapter[Any]]]]) -> Table:
    table = Table("Adapter", "Kind", "Settings", box=box.SIMPLE_HEAD)
    for name, adapter in adapters:
        kind = "feed" if hasattr(adapter, "listings") else "search"
        settings = ", ".join(
            f"[bold]{key}[/]" if field.is_required() else key for key, field in adapter.Settings.model_fields.items()
        )
        table.add_row(name, kind, settings)
    return table
