"""`make bench-matching`: how right matching is in areas that it was not trained on, and how fast.

Times are of the processor: matching runs on one core, and other work on the machine does not count.
"""

import random
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians
from typing import Final

from bench import matching_page, train_matching
from bench.figures import record
from bench.matching_protocols import choose, leave_one_out, of_area
from bench.train_matching import MERGE
from parkgraph.domain.geo import EARTH_RADIUS_M, Coordinates
from parkgraph.domain.place import Listing, ListingKey, PlaceKind
from parkgraph.graph.matching import Features, addresses, cluster, features, names, recluster
from parkgraph.graph.matching.labels import read_listings
from parkgraph.graph.matching.report import ALL, HARD, scores

MILLION: Final = 1_000_000
REFRESHED: Final = 300
ROUNDS: Final = 5

_METRE: Final = 1 / radians(1) / EARTH_RADIUS_M
_FACILITIES_A_TOWN: Final = 40
_TOWN_M: Final = 700.0
_NOISE_M: Final = 15.0
_STEMS: Final = "Schloss Markt Rathaus Bahnhof Kirch Linden Garten Brunnen Post Mühl Berg See Wald Hafen Stadt Kloster"
_ENDS: Final = "straße platz hof weg allee tor passage galerie ring damm"


def synthetic(count: int) -> Iterator[tuple[ListingKey, Listing]]:
    """Listings of towns like real ones, each facility in one to three of a town's networks; the same every time."""
    chance = random.Random(8)
    stems, ends = _STEMS.split(), _ENDS.split()
    words = [stem + other.lower() + end for stem in stems for other in stems for end in ends]
    made = 0
    for town in range(count):
        centre = Coordinates(-50 + town % 1_000 * 0.1, -180 + town // 1_000 * 0.2)
        for facility in range(_FACILITIES_A_TOWN):
            at = _near(centre, _TOWN_M, chance)
            name, capacity = chance.choice(words), chance.randint(5, 900)
            kind = chance.choice((PlaceKind.GARAGE, PlaceKind.SURFACE, PlaceKind.UNKNOWN))
            for network in chance.sample(range(6), chance.choice((1, 2, 3))):
                if made == count:
                    return
                made += 1
                listing = Listing(
                    local_id=f"{town}-{facility}",
                    name=chance.choice(("Parkhaus {}", "{}", f"P{facility} {{}}")).format(name),
                    location=_near(at, _NOISE_M, chance),
                    address=f"{name} {facility}, Town {town}" if chance.random() < 0.5 else None,
                    capacity=capacity if chance.random() < 0.7 else None,
                    kind=kind,
                )
                yield ListingKey(f"network-{network}-{town // 50}", listing.local_id), listing


def _near(position: Coordinates, spread_m: float, chance: random.Random) -> Coordinates:
    north, east = chance.gauss(0, spread_m) * _METRE, chance.gauss(0, spread_m) * _METRE
    longitude = position.longitude + east / cos(radians(position.latitude))
    return Coordinates(position.latitude + north, (longitude + 180) % 360 - 180)


def seconds(count: int) -> tuple[float, float]:
    """Seconds of one core for features and clusters together, and the peak of this process' memory in GB."""
    listings: dict[ListingKey, Features] = {}
    spent, began = 0.0, time.perf_counter()
    for key, listing in synthetic(count):
        start = time.process_time()
        listings[key] = features(listing)
        spent += time.process_time() - start
    start = time.process_time()
    clustering = cluster(listings)
    spent += time.process_time() - start
    wall = time.perf_counter() - began
    print(f"{count} listings are {len(clustering.clusters)} places: {spent:.1f} s of a core, {wall:.1f} s by the clock")
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def seconds_from_scratch(given: dict[ListingKey, Listing]) -> float:
    """The least of some rounds: features, which are kept for names seen before, and clusters."""
    spent = []
    for _ in range(ROUNDS):
        names.parse.cache_clear()
        addresses.parse.cache_clear()
        start = time.process_time()
        cluster({key: features(listing) for key, listing in given.items()})
        spent.append(time.process_time() - start)
    return min(spent)


def refresh_ms(given: dict[ListingKey, Listing]) -> float:
    """The slowest network's refresh, each the least of some rounds, in which 300 of its listings (or all) change."""
    before = {key: features(listing) for key, listing in given.items()}
    clustering = cluster(before)
    slowest = 0.0
    for network in {key.network for key in given}:
        changed = [key for key in given if key.network == network][:REFRESHED]
        spent = []
        for _ in range(ROUNDS):
            start = time.process_time()
            now = {key: features(replace(given[key], capacity=(given[key].capacity or 0) + 1)) for key in changed}
            recluster(clustering, before | now, changed)
            spent.append((time.process_time() - start) * 1000)
        slowest = max(slowest, min(spent))
    return slowest


def main() -> None:
    labelled = train_matching.read(MERGE / "listings-dev.jsonl", MERGE / "truth-dev.tsv")
    held_out = scores(leave_one_out(labelled, of_area, choose))
    given = read_listings(MERGE / "listings-dev.jsonl")
    tenth, _ = seconds(MILLION // 10)
    whole, gigabytes = seconds(MILLION)
    record(
        {
            "match_f1_independent": (held_out["independent"].f1 or 0.0, "F1, areas held out, choices and weights"),
            "match_f1_hard": (held_out[HARD].f1 or 0.0, "F1, areas held out, choices and weights"),
            "match_precision": (held_out[ALL].precision or 0.0, "areas held out, choices and weights"),
            "match_seconds_2938": (seconds_from_scratch(given), "s of one core, features and clusters"),
            "match_refresh_ms": (refresh_ms(given), f"ms of one core, {REFRESHED} listings of one network change"),
            "match_seconds_1m": (whole, "s of one core, features and clusters"),
            "match_growth": (whole / tenth / 10, "time of 1,000,000 over ten times that of 100,000"),
            "match_gb_1m": (gigabytes, "GB, peak of the process"),
        }
    )
    matching_page.write_speed()


if __name__ == "__main__":
    main()
