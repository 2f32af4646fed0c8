"""What an operator sees in the terminal: tables, the banner of a running server, a quote."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from parkgraph.accounts.api_key import ApiKey
from parkgraph.api.graphiql import EXAMPLE_QUERY
from parkgraph.domain.place import Listing, ListingKey
from parkgraph.domain.pricing import Quote
from parkgraph.graph.matching.report import Mistake, Score
from parkgraph.graph.pins import Pin
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


def key_table(keys: Iterable[ApiKey]) -> Table:
    table = Table("Id", "Account", "Label", "Roles", "Made", "Last used", "Ends", box=box.SIMPLE_HEAD)
    for key in keys:
        ends = f"[red]revoked[/] {key.revoked_at:%Y-%m-%d}" if key.revoked_at else _day(key.expires_at)
        roles, used = ", ".join(sorted(key.roles)), _day(key.last_used_at)
        table.add_row(str(key.id), escape(key.account), escape(key.label), roles, _day(key.created_at), used, ends)
    return table


def pin_table(pins: Iterable[Pin]) -> Table:
    table = Table("Listing", "Listing", "One place", "By", "Since", box=box.SIMPLE_HEAD)
    for pin in pins:
        a, b = (Text(f"{key.network}:{key.local_id}") for key in pin.pair)  # no markup, and :x: is no emoji
        table.add_row(a, b, "yes" if pin.same else "no", escape(pin.by or "command line"), _day(pin.at))
    return table


def _day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d}" if when else "never"


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


def score_table(scores: Mapping[str, Score]) -> Table:
    """How matching agrees with labelled pairs, a row for each kind of pair."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("Pairs", min_width=max(map(len, scores)))
    for column in ("Same", "Missed", "Different", "Joined", "Precision", "Recall", "F1"):
        table.add_column(column, justify="right")
    for name, score in scores.items():
        same = score.true_same + score.false_different
        different = score.true_different + score.false_same
        counts = (same, score.false_different, different, score.false_same)
        rates = ("" if rate is None else f"{rate:.3f}" for rate in (score.precision, score.recall, score.f1))
        table.add_row(escape(name), *map(str, counts), *rates)
    return table


def mistake_lines(mistake: Mistake, listings: Mapping[ListingKey, Listing]) -> list[str]:
    """A labelled pair that matching sees otherwise: both listings, and the evidence."""
    label = mistake.label
    verdict = "missed" if label.same else "joined wrongly"
    evidence = [f"{kind} {value:.2g}" for kind, value in mistake.evidence._asdict().items() if value]
    if mistake.contradicts:
        evidence.append("they contradict each other")
    if label.a.network == label.b.network:
        evidence.append("one network lists each of its places once")
    return [
        f"{verdict}, {mistake.metres:.0f} m apart, log-odds {mistake.log_odds:+.1f}" + (", hard" if label.hard else ""),
        *(_in_short(key, listings[key]) for key in (label.a, label.b)),
        "  " + ", ".join(evidence),
    ]


def _in_short(key: ListingKey, listing: Listing) -> str:
    facts = (listing.name, listing.address, listing.operator, listing.kind.value, listing.capacity)
    return f"  {key.network} {key.local_id}: " + " | ".join(str(fact) for fact in facts if fact is not None)
