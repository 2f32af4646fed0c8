"""The command line."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, NoReturn

import structlog
import typer
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from parkgraph import console, logs
from parkgraph.api import graphiql, schema
from parkgraph.api.context import Context
from parkgraph.app import create_app, drain
from parkgraph.db.errors import EmbeddedError, SchemaTooNewError
from parkgraph.domain.pricing import price
from parkgraph.domain.stay import Stay, parse_instant
from parkgraph.networks import registry
from parkgraph.networks.network import Network
from parkgraph.networks.trial import Trial, as_json, try_network
from parkgraph.sdk.faults import NetworkFault
from parkgraph.server import DRAIN_SECONDS, Server
from parkgraph.services import StartError, open_database
from parkgraph.settings import Settings, SettingsError, load

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One GraphQL graph over every parking network and every private yard.",
)
db = typer.Typer(no_args_is_help=True, help="The database.")
schema_commands = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
adapter = typer.Typer(no_args_is_help=True, help="Adapters and the networks configured on them.")
app.add_typer(db, name="db")
app.add_typer(schema_commands, name="schema")
app.add_typer(adapter, name="adapter")

log = structlog.get_logger(__name__)

OUT: Final = Console()
ERR: Final = Console(stderr=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="A parkgraph.toml.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65_535, help="Overrides [server] port.")]

PROBLEMS: Final = (SettingsError, StartError, EmbeddedError, SchemaTooNewError, NetworkFault)
"""What an operator can mend."""


def main() -> None:
    """Run the command line; a problem that an operator can mend is one sentence, and exit code 1."""
    try:
        app()
    except PROBLEMS as problem:
        _fail(str(problem))
    except OSError as problem:
        _fail(f"{problem.filename or 'the output'}: {problem.strerror}")


def _fail(sentence: str) -> NoReturn:
    ERR.print(f"[red]parkgraph:[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    sys.exit(1)


@app.command()
def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Overrides [server] host.")] = None,
    port: PortOption = None,
) -> None:
    """Serve the configured networks."""
    settings = load(config, os.environ)
    _serve(settings, registry.build(settings), host, port)


@app.command()
def demo(
    host: Annotated[str | None, typer.Option(help="Overrides [server] host.")] = None,
    port: PortOption = None,
) -> None:
    """Serve three networks that replay samples, and a private yard; needs no configuration and no internet."""
    settings = load(None, os.environ)
    _serve(settings, registry.build_demo(settings), host, port, demo=True)


@db.command("upgrade")
def db_upgrade(config: ConfigOption = None) -> None:
    """Bring the database to the newest schema."""
    settings = load(config, os.environ)

    async def upgrade() -> None:
        async with open_database(settings):
            OUT.print("The database is at the newest schema.")

    asyncio.run(upgrade())


@schema_commands.command("export")
def schema_export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without, to standard output.")] = None,
) -> None:
    """Write the schema as SDL."""
    if file:
        file.write_text(schema.export(), encoding="utf-8")
    else:
        typer.echo(schema.export(), nl=False)


@adapter.command("list")
def adapter_list() -> None:
    """The installed adapters, and their settings (required ones in bold)."""
    OUT.print(console.adapter_table(sorted(registry.discover().items())))


@adapter.command("try")
def adapter_try(instance: str, config: ConfigOption = None) -> None:
    """Run one network once: a listing a line as JSON, the rejected rows on standard error."""
    trial = asyncio.run(_try(_network(instance, config)))
    for listing in trial.listings:
        typer.echo(as_json(listing))
    for row in trial.rejected:
        typer.echo(f"rejected {row.row}: {row.reason}", err=True)
    typer.echo(f"{len(trial.listings)} listings, {len(trial.rejected)} rejected rows", err=True)


@app.command()
def quote(
    instance: Annotated[str, typer.Argument(help="A network of the configuration, or of the demo without one.")],
    local_id: Annotated[str, typer.Argument(help="The network's own id of the facility.")],
    arrive: Annotated[str, typer.Option(help="RFC 3339 with an offset, such as 2026-11-24T09:00:00+01:00.")],
    leave: Annotated[str, typer.Option(help="Likewise.")],
    config: ConfigOption = None,
) -> None:
    """Price one stay at one facility, line by line."""
    try:
        stay = Stay(parse_instant(arrive), parse_instant(leave))
    except ValueError as refusal:
        raise typer.BadParameter(str(refusal)) from None
    network = _network(instance, config)
    trial = asyncio.run(_try(network))
    listing = next((listing for listing in trial.listings if listing.local_id == local_id), None)
    if listing is None:
        raise typer.BadParameter(f"{instance} has no facility {local_id!r}; `parkgraph adapter try` prints them all")
    OUT.print(f"[bold]{escape(listing.name)}[/]")
    OUT.print(console.quote_table(price(listing.rates, stay, network.info.timezone)))


def _serve(
    settings: Settings, networks: Sequence[Network], host: str | None, port: int | None, *, demo: bool = False
) -> None:
    host, port = host or settings.server.host, settings.server.port if port is None else port
    production = settings.server.environment == "production"
    logs.configure(settings)
    listener = _listen(host, port)
    url = f"http://{host}:{listener.getsockname()[1]}"

    def announce(context: Context) -> None:
        if production:
            log.info("ready", url=url, networks=[network.id for network in context.networks])
        else:
            console.banner(OUT, url, context.networks, graphiql=graphiql.files() is not None, demo=demo)

    application = create_app(settings, networks, announce, demo=demo)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # [server] trusted_proxies says whose are believed
        timeout_graceful_shutdown=DRAIN_SECONDS,
        server_header=False,
    )
    server = Server(config, on_drain=lambda: drain(application))
    # The server drains at either signal and raises it again when it is done: a normal end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A terminal that is closed ends what it started.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with listener, suppress(KeyboardInterrupt):
        try:
            server.run(sockets=[listener])
        except SystemExit:
            problem = application.state.start_problem
            if not isinstance(problem, PROBLEMS):
                log.exception("start_failed", exc_info=problem)
                raise
            raise problem from None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except socket.gaierror:
        listener.close()
        raise StartError(f"[server] host {host!r} must be an address of this machine, such as 127.0.0.1") from None
    except OSError as fault:
        listener.close()
        raise StartError(f"cannot listen on {host}:{port} ({fault.strerror}): choose another with --port") from None
    return listener


def _network(instance: str, config: Path | None) -> Network:
    settings = load(config, os.environ)
    networks = registry.build(settings, only=instance) if config else registry.build_demo(settings)
    found = next((network for network in networks if network.id == instance), None)
    if found is None:
        known = ", ".join(sorted(settings.networks if config else (network.id for network in networks)))
        raise StartError(f"there is no network {instance!r} here; there are: {known}")
    return found


async def _try(network: Network) -> Trial:
    with Progress(SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), console=ERR, transient=True) as bar:
        steps = 2 if network.info.occupancies_every else 1
        task = bar.add_task(network.info.name, total=steps + 1)

        def say(step: str) -> None:
            bar.update(task, description=f"{network.info.name}: {step}", advance=1)

        return await try_network(network, say)
