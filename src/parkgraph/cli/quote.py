"""`parkgraph quote`."""

import asyncio
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from parkgraph import price_curve, question
from parkgraph.cli.common import OUT, ConfigOption
from parkgraph.cli.network import attempt, configured
from parkgraph.domain.place import Listing
from parkgraph.domain.pricing import Quote, price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import RateTable
from parkgraph.domain.vehicle import Vehicle, VehicleKind
from parkgraph.graph.calendars import calendar_of
from parkgraph.networks.network import Network
from parkgraph.price_curve import curve_of

HERE: Final = Path("-")
"""Where a drawing of characters goes: to the terminal."""


def quote(
    instance: Annotated[str | None, typer.Argument(help="A network of the configuration, or of the demo.")] = None,
    local_id: Annotated[str | None, typer.Argument(help="The network's own id of the facility.")] = None,
    *,
    arrive: Annotated[str, typer.Option(help="2026-11-24T09:00 there, or with an offset: 2026-11-24T09:00+01:00.")],
    leave: Annotated[str, typer.Option(help="Likewise.")],
    rates: Annotated[Path | None, typer.Option(help="A rate table as JSON, instead of a network's facility.")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Of the table of --rates, and of times without an offset: Europe/Berlin.")
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
    if plot is not None and plot != HERE and plot.suffix.lower() != ".svg":
        raise typer.BadParameter("it is drawn as SVG: name a .svg file, or - for here", param_hint="--plot")
    calendar = question.calendar(country, region)
    zone = question.zone(timezone)
    table: RateTable | None
    if rates is not None and instance is None:
        name, table = rates.name, question.rate_table(rates)
        stay = question.stay(arrive, leave, zone)
        where = zone or question.sole_offset(stay)
    elif rates is None and instance is not None and local_id is not None:
        network = configured(instance, config)
        listing = _listing(network, local_id)
        name, table, where = listing.name, listing.rates, listing.timezone or network.info.timezone
        stay = question.stay(arrive, leave, zone or where)
        calendar = calendar or calendar_of(network.info.region)
    else:
        raise typer.BadParameter("give a network and a facility, or --rates with a file")

    driven = Vehicle(vehicle, electric=electric, disabled_permit=disabled_permit)

    def ask(length: timedelta) -> Quote:
        return price(table, Stay(stay.arrive, stay.arrive.astimezone(UTC) + length), where, driven, calendar)

    OUT.print(Text(name, "bold"))
    OUT.print(_quote_table(ask(stay.duration)))
    if plot is not None and table is not None:
        _draw(plot, name, table.currency, ask, stay.duration)


def _listing(network: Network, local_id: str) -> Listing:
    trial = asyncio.run(attempt(network))
    listing = next((listing for listing in trial.listings if listing.local_id == local_id), None)
    if listing is None:
        raise typer.BadParameter(f"{network.id} has no facility {local_id!r}; `parkgraph adapter try` prints them all")
    return listing


def _draw(to: Path, name: str, currency: str, ask: Callable[[timedelta], Quote], longest: timedelta) -> None:
    if to == HERE:
        unicode = OUT.encoding.lower().startswith("utf")
        blocks = price_curve.BLOCKS if unicode else price_curve.PLAIN
        typer.echo(price_curve.as_bars(curve_of(ask, longest, currency, points=60), blocks=blocks))
    else:
        drawing = price_curve.as_svg(curve_of(ask, longest, currency, points=480), name)
        try:
            to.write_text(drawing, encoding="utf-8")
        except OSError as problem:
            raise typer.BadParameter(f"{to}: {problem.strerror}", param_hint="--plot") from None
        OUT.print(f"The price over the length of the stay is drawn in {escape(str(to))}.", soft_wrap=True)


def _quote_table(quote: Quote) -> Table:
    """The lines of a price and their total, or why there is none."""
    if quote.total is None:
        return Table(f"{quote.status}", escape(quote.reason_text or ""), box=box.SIMPLE_HEAD)
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("From", footer="Total" if quote.total.amount else "Free")
    table.add_column("To")
    table.add_column("Unit")
    table.add_column("Quantity", justify="right")
    table.add_column("Each", justify="right")
    table.add_column(quote.total.currency, footer=f"{quote.total.amount:f}", justify="right")
    for line in quote.lines:
        table.add_row(
            f"{line.start:%a %d %b %H:%M}",
            f"{line.end:%a %d %b %H:%M}",
            Text(line.label),
            str(line.quantity),
            f"{line.unit_amount.amount:f}" if line.unit_amount else "",
            f"{line.amount.amount:f}",
        )
    return table
