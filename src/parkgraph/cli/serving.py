"""`parkgraph serve` and `parkgraph demo`."""

import os
import signal
import socket
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from parkgraph import logs
from parkgraph.api import graphiql
from parkgraph.api.context import Context
from parkgraph.app import create_app, drain
from parkgraph.cli.common import OUT, ConfigOption, PortOption
from parkgraph.cli.problems import is_mendable
from parkgraph.networks import registry
from parkgraph.networks.network import Network, NetworkStatus
from parkgraph.server import Server, configured
from parkgraph.settings import Settings, load
from parkgraph.start_error import StartError
from parkgraph.web import client

log = structlog.get_logger(__name__)

_STATUS_STYLE: Final = {
    NetworkStatus.UP: "green",
    NetworkStatus.STARTING: "yellow",
    NetworkStatus.DEGRADED: "yellow",
    NetworkStatus.DOWN: "red",
}


def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Overrides [server] host.")] = None,
    port: PortOption = None,
) -> None:
    """Serve the configured networks."""
    settings = load(config, os.environ)
    is_demo = settings.server.demo
    networks = registry.build_demo(settings, moving=True) if is_demo else registry.build(settings)
    _serve(settings, networks, host, port, demo=is_demo)


def demo(
    host: Annotated[str | None, typer.Option(help="Overrides [server] host.")] = None,
    port: PortOption = None,
) -> None:
    """Serve three networks that replay samples on the clock, and a private yard; no configuration, no internet."""
    settings = load(None, os.environ)
    _serve(settings, registry.build_demo(settings, moving=True), host, port, demo=True)


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
            banner(OUT, url, context.networks, ide=graphiql.files() is not None, demo=demo)

    application = create_app(settings, networks, announce, demo=demo)
    server = Server(configured(application), on_drain=lambda: drain(application))
    # The server drains at either signal and raises it again when it is done: a normal end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A terminal that is closed ends what it started.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with listener, suppress(KeyboardInterrupt):
        try:
            server.run(sockets=[listener])
        except SystemExit:
            problem = application.state.start_problem
            if problem is None or not is_mendable(problem):
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


def banner(console: Console, url: str, networks: Iterable[Network], *, ide: bool, demo: bool) -> None:
    """Where the server is, what it serves, and what to ask it first."""
    console.print()
    console.print(_network_table(networks))
    where = f"{url}/graphql"
    console.print(f"\n[bold]ParkGraph is ready.[/] {'GraphiQL' if ide else 'GraphQL'}: [link={where}]{where}[/link]")
    if client.files():
        console.print(f"The map: [link={url}/]{url}/[/link]")
    if demo:
        console.print("Paste this query there:\n")
        console.print(graphiql.EXAMPLE_QUERY, soft_wrap=True, markup=False, highlight=False)
        drive = f"{_this_command()} gate simulate --url {where}"
        console.print("\nAnd drive a car in and out at the yard's gate, in another terminal:\n")
        console.print(drive, soft_wrap=True, markup=False, highlight=False)
    console.print("\nCtrl-C ends it.\n")


def _this_command() -> str:
    """As it was typed, where that is a word that can be typed again."""
    typed = sys.argv[0]
    return typed if Path(typed).name == "parkgraph" else "parkgraph"


def _network_table(networks: Iterable[Network]) -> Table:
    table = Table("Network", "Name", "State", "Listings", "Rejected", "Data", box=box.SIMPLE_HEAD)
    for network in networks:
        status = f"[{_STATUS_STYLE[network.status]}]{network.status}[/]"
        data = "replayed samples" if network.replayed else "its own"
        table.add_row(network.id, escape(network.info.name), status, str(network.listings), str(network.rejected), data)
    return table
