"""What an operator sees in the terminal: tables, the banner of a running server, a quote."""

from collections.abc import Iterable
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from parkgraph.api.graphiql import EXAMPLE_QUERY
from parkgraph.domain.pricing import Quote
from parkgraph.networks.network import Network, NetworkStatus
from parkgraph.sdk.contract import BaseAdapter

_STATUS_STYLE: Final = {
    NetworkStatus.UP: "green",
    NetworkStatus.STARTING: "yellow",
    NetworkStatus.DEGRADED: "yellow",
    NetworkStatus.DOWN: "red",
}


def banner(console: Console, url: str, networks: Iterable[Network], *, graphiql: bool, demo: bool) -> None:
    """Where the server is, what it serves, and what to ask it first."""
    console.print()
    console.print(network_table(networks))
    where = f"{url}/graphql"
    console.print(
        f"\n[bold]ParkGraph is ready.[/] {'GraphiQL' if graphiql else 'GraphQL'}: [link={where}]{where}[/link]"
    )
    if demo:
        console.print("Paste this query there:\n")
        console.print(EXAMPLE_QUERY, soft_wrap=True, markup=False, highlight=False)
    console.print("\nCtrl-C ends it.\n")


def network_table(networks: Iterable[Network]) -> Table:
    table = Table("Network", "Name", "State", "Listings", "Rejected", "Data", box=box.SIMPLE_HEAD)
    for network in networks:
        status = f"[{_STATUS_STYLE[network.status]}]{network.status}[/]"
        data = "replayed samples" if network.replayed else "its own"
        table.add_row(network.id, escape(network.info.name), status, str(network.listings), str(network.rejected), data)
    return table


def adapter_table(adapters: Iterable[tuple[str, type[BaseAdapter]]]) -> Table:  # type: ignore[type-arg]
    table = Table("Adapter", "Kind", "Settings", box=box.SIMPLE_HEAD)
    for name, adapter in adapters:
        kind = "feed" if hasattr(adapter, "listings") else "search"
        settings = ", ".join(
            f"[bold]{key}[/]" if field.is_required() else key for key, field in adapter.Settings.model_fields.items()
        )
        table.add_row(name, kind, settings)
    return table


def quote_table(quote: Quote) -> Table:
    """The lines of a price and their total, or why there is none."""
    if quote.total is None:
        return Table(f"{quote.status}", quote.reason_text or "", box=box.SIMPLE_HEAD)
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
            line.label,
            str(line.quantity),
            f"{line.unit_amount.amount:f}" if line.unit_amount else "",
            f"{line.amount.amount:f}",
        )
    return table
