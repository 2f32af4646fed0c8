"""What one price costs in process: `python -m bench.pricing`, part of `make bench`."""

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bench.figures import record
from parkgraph.domain.civil import WEEKDAYS, Band
from parkgraph.domain.ladder import MAX_BANDS, MAX_LINES
from parkgraph.domain.pricing import price
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import (
    Cap,
    Choice,
    Combination,
    Outside,
    RateLine,
    RateLineCollection,
    RateLineKind,
    RateTable,
    TariffDay,
)

BERLIN: Final = ZoneInfo("Europe/Berlin")
ARRIVE: Final = datetime(2026, 11, 23, 9, 15, tzinfo=BERLIN)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FRESH: Final = 11
"""How often each hostile table is made anew: nothing of it is prepared when it is first priced."""

DAY_BAND: Final = Band(clock(8), clock(20), frozenset(WEEKDAYS[:5]), name="Day")
WEEKEND: Final = Band(clock(8), clock(20), frozenset(WEEKDAYS[5:]), name="Weekend")
NIGHT: Final = Band(clock(20), clock(8), name="Night")


def hourly(value: str, band: Band) -> RateLine:
    return RateLine(RateLineKind.INCREMENTING, Decimal(value), HOUR, band=band)


DAY_NIGHT_WEEKEND: Final = RateTable(
    "EUR",
    (
        RateLineCollection(
            (hourly("2.00", DAY_BAND), hourly("0.50", NIGHT), hourly("1.00", WEEKEND)),
            caps=(Cap(Decimal("12.00"), TariffDay(clock(6))),),
        ),
    ),
)


def _hostile(lines: int, bands: int) -> Mapping[str, RateTable]:
    """Tiers of a minute, units of every length, bands that change every day of the year."""
    tiers = tuple(
        RateLine(RateLineKind.INCREMENTING, Decimal(n), MINUTE, start=n * MINUTE, end=(n + 1) * MINUTE)
        for n in range(lines)
    )
    units = tuple(RateLine(RateLineKind.INCREMENTING, Decimal(n), n * MINUTE) for n in range(1, lines + 1))
    dated = [
        Band(clock(n // 60 % 24, n % 60), clock((n + 1) // 60 % 24, (n + 1) % 60), first=date(2026, 11, 23) + n * DAY)
        for n in range(bands)
    ]
    banded = tuple(RateLine(RateLineKind.INCREMENTING, Decimal(n), MINUTE, band=dated[n % bands]) for n in range(lines))
    free = Outside.FREE
    return {
        "tiers": RateTable("EUR", (RateLineCollection(tiers, outside=free),)),
        "tiers of each day": RateTable("EUR", (RateLineCollection(tiers, outside=free, reset=DAY),)),
        "tiers that begin anew each minute": RateTable("EUR", (RateLineCollection(tiers, outside=free, reset=MINUTE),)),
        "units": RateTable("EUR", (RateLineCollection(units, Combination.CHEAPEST_COVER),)),
        "bands": RateTable("EUR", (RateLineCollection(banded, outside=free),)),
        "sets of units": RateTable(
            "EUR",
            tuple(RateLineCollection(units[n : n + 2], Combination.CHEAPEST_COVER) for n in range(10, lines // 2)),
            choice=Choice.CHEAPEST,
        ),
    }


def _each_us(ask: Callable[[], object], times: int) -> list[float]:
    """Without pauses to collect garbage, as `timeit` does."""
    taken = []
    gc.disable()
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1e6)
    gc.enable()
    return taken


def main() -> None:
    day = Stay(ARRIVE, ARRIVE + 24 * HOUR)
    year = Stay(ARRIVE, ARRIVE + timedelta(days=365))
    table = Table("Quote", "median µs", "p90 µs (hostile: worst)")
    figures: dict[str, tuple[float, str]] = {}
    for name, stay, times in (("quote_24h_us", day, 20_000), ("quote_year_us", year, 1_000)):
        taken = _each_us(lambda stay=stay: price(DAY_NIGHT_WEEKEND, stay, BERLIN), times)  # type: ignore[misc]
        figures[name] = statistics.median(taken), "µs, median, day/night/weekend tariff with a cap of the day"
        table.add_row(name, f"{statistics.median(taken):.1f}", f"{statistics.quantiles(taken, n=10)[-1]:.1f}")
    worst = 0.0
    for lines, bands in ((10_000, 1_440), (MAX_LINES, MAX_BANDS)):
        firsts: dict[str, list[float]] = defaultdict(list)
        for _ in range(FRESH):
            for name, tariff in _hostile(lines, bands).items():
                firsts[name] += _each_us(lambda tariff=tariff: price(tariff, year, BERLIN), 1)  # type: ignore[misc]
        for name, taken in firsts.items():
            table.add_row(f"{lines} lines: {name}", f"{statistics.median(taken):.0f}", f"{max(taken):.0f}")
            worst = max(worst, statistics.median(taken) / 1000)
    figures["quote_hostile_ms"] = (
        worst,
        f"ms, the worst of twelve hostile tables of up to 10,000 lines, a year, first quote, median of {FRESH}",
    )
    Console().print(table)
    record(figures)


if __name__ == "__main__":
    main()
