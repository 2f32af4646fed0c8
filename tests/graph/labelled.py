"""Labelled pairs of real listings, and how well the rules agree with them."""

import csv
import json
from pathlib import Path

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind
from parkgraph.graph.matching import cluster, features

_KINDS = {
    "ON_STREET": PlaceKind.ON_STREET,
    "CAR_PARK": PlaceKind.GARAGE,
    "UNDERGROUND": PlaceKind.UNDERGROUND,
    "OFF_STREET_PARKING_GROUND": PlaceKind.SURFACE,
}


def precision_and_recall(folder: Path) -> tuple[float, float]:
    listings: dict[ListingKey, Listing] = {}
    for line in (folder / "listings-dev.jsonl").read_text().splitlines():
        row = json.loads(line)
        listings[ListingKey(row["source"], row["uid"])] = Listing(
            local_id=row["uid"],
            name=row["name"] or "?",
            location=Coordinates(row["lat"], row["lon"]),
            capacity=row["capacity"],
            kind=_KINDS.get(row["type"], PlaceKind.UNKNOWN),
        )
    group_of = {
        key: number
        for number, group in enumerate(cluster({key: features(each) for key, each in listings.items()}))
        for key in group
    }
    right = wrong = missed = 0
    with (folder / "truth-dev.tsv").open() as truth:
        for pair in csv.DictReader(truth, delimiter="\t"):
            a = ListingKey(pair["source_a"], pair["uid_a"])
            b = ListingKey(pair["source_b"], pair["uid_b"])
            same = group_of[a] == group_of[b]
            right += same and pair["label"] == "same"
            wrong += same and pair["label"] != "same"
            missed += not same and pair["label"] == "same"
    return right / (right + wrong), right / (right + missed)
