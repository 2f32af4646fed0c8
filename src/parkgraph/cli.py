"""The command line."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import structlog
import typer
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from parkgraph import console, identity, logs, price_curve, question
from parkgraph.accounts import api_key
from parkgraph.accounts.api_keys import ApiKeys, Created, TooMany
from parkgraph.accounts.principal import Role
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.api import graphiql, schema
from parkgraph.api.context import Context
from parkgraph.app import create_app, drain
from parkgraph.db.errors import EmbeddedError, SchemaTooNewError
from parkgraph.domain.place import Listing, ListingKey
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.graph.calendars import calendar_of
from parkgraph.graph.match_pins import Contradiction, MatchPins, PinsUnavailable
from parkgraph.graph.matching import cluster, features
from parkgraph.graph.matching import report as match_reports
from parkgraph.graph.matching.labels import BadLabels, read_labels, read_listings
from parkgraph.graph.pins import as_labels
from parkgraph.kit import check, locate, record, render, scaffold
from parkgraph.kit.errors import KitError
from parkgraph.networks import registry
from parkgraph.networks.network import Network
from parkgraph.networks.trial import Trial, as_json, try_network
from parkgraph.price_curve import curve_of
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
keys = typer.Typer(no_args_is_help=True, help="API keys of accounts.")
adapter = typer.Typer(no_args_is_help=True, help="Adapters and the networks configured on them.")
match = typer.Typer(no_args_is_help=True, help="Which listings are one place.")
app.add_typer(db, name="db")
app.add_typer(schema_commands, name="schema")
app.add_typer(adapter, name="adapter")
app.add_typer(keys, name="key")
app.add_typer(match, name="match")

T = TypeVar("T")

log = structlog.get_logger(__name__)

OUT: Final = Console()
ERR: Final = Console(stderr=True)

ConfigOption = Annotated[Path | None, typer.Option("--config", help="A parkgraph.toml.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65_535, help="Overrides [server] port.")]

ListingsArgument = Annotated[list[str], typer.Argument(help="Two or more, each as NETWORK:ID.", metavar="LISTING...")]

PROBLEMS: Final = (SettingsError, StartError, EmbeddedError, SchemaTooNewError, NetworkFault, KitError, BadLabels)
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


@app.command()
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


@keys.command("create")
def key_create(
    account: Annotated[str, typer.Option(help="Whose it is: for a user of an issuer, ISSUER|SUBJECT.")],
    label: Annotated[str, typer.Option(help="What it is for; two of an account's labels may live at a time.")],
    role: Annotated[list[Role], typer.Option(case_sensitive=False, help="May be given several times.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="After which it expires; without, never.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make a key for an account, and print it: it is kept nowhere, and never shown again."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None

    async def create(of: ApiKeys) -> Created | TooMany:
        try:
            return await of.create(account, frozenset(role), label, expires_at)
        except ValueError as refusal:
            raise typer.BadParameter(str(refusal)) from None

    made = _on_keys(config, create)
    if isinstance(made, TooMany):
        live = ", ".join(str(key.id) for key in made.live)
        raise StartError(f"the account has as many live keys as it may: revoke one of {live}")
    typer.echo(made.text)


@keys.command("list")
def key_list(
    account: Annotated[str | None, typer.Option(help="Only this account's.")] = None, config: ConfigOption = None
) -> None:
    """All keys, the newest first; the keys themselves are kept nowhere."""
    OUT.print(console.key_table(_on_keys(config, lambda of: of.list(account))))


@keys.command("revoke")
def key_revoke(
    key: Annotated[str, typer.Argument(help="Its id, as `parkgraph key list` prints it, or what it begins with.")],
    config: ConfigOption = None,
) -> None:
    """End a key: within a few seconds it opens nothing any more."""
    key_id = api_key.id_in(key)
    if key_id is None or _on_keys(config, lambda of: of.revoke(key_id)) is None:
        raise typer.BadParameter(f"there is no key {key[:40]!r}; `parkgraph key list` prints them all")
    OUT.print(f"{key_id} is revoked.", highlight=False)


def _on_keys(config: Path | None, work: Callable[[ApiKeys], Coroutine[Any, Any, T]]) -> T:
    async def on_database() -> T:
        settings = load(config, os.environ)
        async with open_database(settings) as database, identity.open_identity(settings, database) as opened:
            return await work(opened.keys)

    try:
        return asyncio.run(on_database())
    except AccountsUnavailable:
        raise StartError("the database cannot be used right now: try again") from None


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


@adapter.command("new")
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


@adapter.command("check")
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
        report = check.check_live(_network(name, config))
    else:
        located = locate.locate(name)
        if write_readme:
            check.write_readme(located)
        report = check.check(located)
    render.show(OUT, name, report)
    if report.failures:
        raise typer.Exit(1)


@adapter.command("record")
def adapter_record(
    instance: str,
    into: Annotated[Path, typer.Option(help="The folder for the samples.")],
    config: ConfigOption = None,
) -> None:
    """Keep what a network answers as samples, without secrets, number plates, e-mail addresses and phone numbers."""
    recorded = record.record(_network(instance, config), into)
    for file in recorded.files:
        typer.echo(file)
    demo = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in recorded.demo.items())
    typer.echo(f"demo = {{{demo}}}")
    for request in recorded.left:
        typer.echo(f"not recorded: {request}", err=True)
    typer.echo(
        f"{recorded.items} items live, {recorded.replayed} replayed; read the files before you publish them", err=True
    )


@match.command("list")
def match_list(
    *,
    labels: Annotated[bool, typer.Option("--labels", help="As labelled pairs, tabs between the columns.")] = False,
    config: ConfigOption = None,
) -> None:
    """What operators pinned, in the order in which they did."""
    kept = _on_pins(config, lambda of: of.list())
    if labels:
        typer.echo(as_labels(kept), nl=False)
    else:
        OUT.print(console.pin_table(kept))


@match.command("pin")
def match_pin(listings: ListingsArgument, config: ConfigOption = None) -> None:
    """These listings are one place, whatever matching thinks."""
    _pin(listings, config, same=True)


@match.command("split")
def match_split(listings: ListingsArgument, config: ConfigOption = None) -> None:
    """No two of these listings are one place, whatever matching thinks."""
    _pin(listings, config, same=False)


@match.command("unpin")
def match_unpin(listings: ListingsArgument, config: ConfigOption = None) -> None:
    """Take back what was pinned of every two of these listings: matching decides again."""
    keys = [_listing_key(listing) for listing in listings]
    gone = _on_pins(config, lambda of: of.unpin(keys))
    OUT.print(f"{len(gone)} pins are taken back.", highlight=False)


def _pin(listings: list[str], config: Path | None, *, same: bool) -> None:
    keys = [_listing_key(listing) for listing in listings]
    done = _on_pins(config, lambda of: of.pin(keys, same=same))
    if isinstance(done, Contradiction):
        a, b = (f"{key.network}:{key.local_id}" for key in done.pin.pair)
        raise StartError(f"nothing is pinned: {a} and {b} are held apart by one pin and together by others")
    OUT.print(f"{len(done)} pairs are pinned.", highlight=False)


def _listing_key(text: str) -> ListingKey:
    network, colon, local_id = text.partition(":")
    if not (network and colon and local_id):
        raise typer.BadParameter(f"{text[:60]!r} names no listing: give its network and its id there, as bahn:100083")
    return ListingKey(network, local_id)


def _on_pins(config: Path | None, work: Callable[[MatchPins], Coroutine[Any, Any, T]]) -> T:
    settings = load(config, os.environ)

    async def run() -> T:
        async with open_database(settings) as database:
            return await work(MatchPins(database))

    try:
        return asyncio.run(run())
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    except PinsUnavailable:
        raise StartError("the database cannot be used right now: try again in a moment") from None


@match.command("report")
def match_report(
    listings: Annotated[Path, typer.Option(help="A listing a line as JSON.")],
    truth: Annotated[Path, typer.Option(help="Labelled pairs, tabs between the columns.")],
    worst: Annotated[int, typer.Option(min=0, help="How many mistakes to show.")] = 20,
) -> None:
    """How well matching agrees with labelled pairs, and where it is most wrong."""
    given = read_listings(listings)
    labels = read_labels(truth, given)
    matched = {key: features(listing) for key, listing in given.items()}
    judged = match_reports.judge(labels, cluster(matched))
    OUT.print(console.score_table(match_reports.scores(judged)))
    for mistake in match_reports.mistakes(judged, matched)[:worst]:
        for line in console.mistake_lines(mistake, given):
            OUT.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def quote(
    instance: Annotated[str | None, typer.Argument(help="A network of the configuration, or of the demo.")] = None,
    local_id: Annotated[str | None, typer.Argument(help="The network's own id of the facility.")] = None,
    *,
    arrive: Annotated[str, typer.Option(help="2026-11-24T09:00, or with an offset: 2026-11-24T09:00:00+01:00.")],
    leave: Annotated[str, typer.Option(help="Likewise.")],
    rates: Annotated[Path | None, typer.Option(help="A rate table as JSON, instead of a network's facility.")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Of times without an offset, and of the table: Europe/Berlin.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Whose public holidays count, such as DE.")] = None,
    region: Annotated[str | None, typer.Option(help="A part of the country, such as BW.")] = None,
    vehicle: Annotated[VehicleKind, typer.Option(case_sensitive=False)] = VehicleKind.CAR,
    electric: Annotated[bool, typer.Option(help="The car is electric.")] = False,
    disabled_permit: Annotated[bool, typer.Option(help="The driver has a permit for the disabled.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the price over the length: a .svg file, or - for here.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Price one stay line by line: at a facility (INSTANCE LOCAL_ID), or under a rate table (--rates FILE)."""
    calendar = question.calendar(country, region)
    zone = question.zone(timezone)
    table: RateTable | None
    if rates is not None and instance is None:
        name, table = rates.name, question.rate_table(rates)
        stay = question.stay(arrive, leave, zone or UTC)
        where = zone or stay.arrive.tzinfo or UTC
    elif rates is None and instance is not None and local_id is not None:
        stay = question.stay(arrive, leave, zone)
        network = _network(instance, config)
        listing = _listing(network, local_id)
        name, table, where = listing.name, listing.rates, listing.timezone or network.info.timezone
        calendar = calendar or calendar_of(network.info.region)
    else:
        raise typer.BadParameter("give a network and a facility, or --rates with a file")

    driven = Vehicle(vehicle, electric=electric, disabled_permit=disabled_permit)

    def ask(length: timedelta) -> Quote:
        return price(table, Stay(stay.arrive, stay.arrive.astimezone(UTC) + length), where, driven, calendar)

    OUT.print(f"[bold]{escape(name)}[/]")
    OUT.print(console.quote_table(ask(stay.duration)))
    if plot is not None and table is not None:
        _draw(plot, name, table.currency, ask, stay.duration)


def _listing(network: Network, local_id: str) -> Listing:
    trial = asyncio.run(_try(network))
    listing = next((listing for listing in trial.listings if listing.local_id == local_id), None)
    if listing is None:
        raise typer.BadParameter(f"{network.id} has no facility {local_id!r}; `parkgraph adapter try` prints them all")
    return listing


def _draw(to: Path, name: str, currency: str, ask: Callable[[timedelta], Quote], longest: timedelta) -> None:
    if to == Path("-"):
        unicode = OUT.encoding.lower().startswith("utf")
        blocks = price_curve.BLOCKS if unicode else price_curve.PLAIN
        typer.echo(price_curve.as_bars(curve_of(ask, longest, currency, points=60), blocks=blocks))
    else:
        to.write_text(price_curve.as_svg(curve_of(ask, longest, currency, points=480), name), encoding="utf-8")
        OUT.print(f"The price over the length of the stay is drawn in {escape(str(to))}.", soft_wrap=True)


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
