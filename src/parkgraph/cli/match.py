"""`parkgraph match`."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from parkgraph.cli.common import OUT, ConfigOption, day, group
from parkgraph.database import open_database
from parkgraph.domain.place import Listing, ListingKey
from parkgraph.graph.match_pins import Contradiction, MatchPins, PinsUnavailable
from parkgraph.graph.matching import cluster, features
from parkgraph.graph.matching import report as match_reports
from parkgraph.graph.matching.labels import read_labels, read_listings
from parkgraph.graph.matching.report import Mistake, Score
from parkgraph.graph.pins import Pin, as_labels
from parkgraph.settings import load
from parkgraph.start_error import StartError

app = group("Which listings are one place.")

T = TypeVar("T")

ListingsArgument = Annotated[list[str], typer.Argument(help="Two or more, each as NETWORK:ID.", metavar="LISTING...")]


@app.command("list")
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
        OUT.print(_pin_table(kept))


@app.command("pin")
def match_pin(listings: ListingsArgument, config: ConfigOption = None) -> None:
    """These listings are one place, whatever matching thinks."""
    _pin(listings, config, same=True)


@app.command("split")
def match_split(listings: ListingsArgument, config: ConfigOption = None) -> None:
    """No two of these listings are one place, whatever matching thinks."""
    _pin(listings, config, same=False)


@app.command("unpin")
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


@app.command("report")
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
    OUT.print(_score_table(match_reports.scores(judged)))
    for mistake in match_reports.mistakes(judged, matched)[:worst]:
        for line in _mistake_lines(mistake, given):
            OUT.print(line, markup=False, highlight=False, soft_wrap=True)


def _pin_table(pins: Iterable[Pin]) -> Table:
    table = Table("Listing", "Listing", "One place", "By", "Since", box=box.SIMPLE_HEAD)
    for pin in pins:
        a, b = (Text(f"{key.network}:{key.local_id}") for key in pin.pair)  # no markup, and :x: is no emoji
        table.add_row(a, b, "yes" if pin.same else "no", escape(pin.by or "command line"), day(pin.at))
    return table


def _score_table(scores: Mapping[str, Score]) -> Table:
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


def _mistake_lines(mistake: Mistake, listings: Mapping[ListingKey, Listing]) -> list[str]:
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
