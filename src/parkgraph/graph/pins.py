"""What operators decide about listings, for ever: that two are the same place, or that they are not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching import Pins

Pair = tuple[ListingKey, ListingKey]

_LABEL_COLUMNS: Final = (
    *("source_a", "uid_a", "source_b", "uid_b", "label", "confidence", "why"),
    *("area", "split", "distance_m", "lineage", "basis", "hard"),
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One decision. The lesser of the two keys is `a`. `by` is an account; None: whoever has the command line."""

    a: ListingKey
    b: ListingKey
    same: bool
    at: datetime
    by: str | None = None

    @property
    def pair(self) -> Pair:
        return self.a, self.b


def pairs(keys: Iterable[ListingKey]) -> list[Pair]:
    """All pairs of these listings. Raises ValueError where there are fewer than two."""
    unique = sorted(set(keys))
    if len(unique) < 2:
        raise ValueError("must be two listings or more, each once")
    return list(combinations(unique, 2))


def as_pins(pins: Iterable[Pin]) -> Pins:
    """As matching takes them."""
    kept = list(pins)
    return Pins(
        same=frozenset(pin.pair for pin in kept if pin.same),
        different=frozenset(pin.pair for pin in kept if not pin.same),
    )


def contradicting(pins: Sequence[Pin]) -> Pin | None:
    """A pin that holds two listings apart which others, one after the other, hold together."""
    group: dict[ListingKey, set[ListingKey]] = {}
    for pin in pins:
        if pin.same:
            joined = group.get(pin.a, {pin.a}) | group.get(pin.b, {pin.b})
            group.update(dict.fromkeys(joined, joined))
    return next((pin for pin in pins if not pin.same and pin.b in group.get(pin.a, ())), None)


def as_labels(pins: Iterable[Pin]) -> str:
    """Labelled pairs as `match report` reads them: a line of names, then a pair a line, tabs between the columns."""
    rows = [_LABEL_COLUMNS, *map(_label, pins)]
    return "".join("\t".join(row) + "\n" for row in rows)


def _label(pin: Pin) -> tuple[str, ...]:
    lineage = "within-source" if pin.a.network == pin.b.network else "independent"
    label = {"label": "same" if pin.same else "different", "confidence": "high", "lineage": lineage, "hard": "0"}
    label |= {"why": f"an operator decided it on {pin.at:%Y-%m-%d}", "basis": "pin"}
    names = {"source_a": pin.a.network, "uid_a": pin.a.local_id, "source_b": pin.b.network, "uid_b": pin.b.local_id}
    return tuple((names | label).get(column, "") for column in _LABEL_COLUMNS)
