"""The part of an adapter's README that is its NetworkInfo. Pure."""

from datetime import timedelta
from typing import Final

from parkgraph.sdk.contract import NetworkInfo

BEGIN: Final = "<!-- network -->"
END: Final = "<!-- /network -->"


class NoMarkers(ValueError):
    """The README has no place for the table."""


def network_table(info: NetworkInfo) -> str:
    """The network as a Markdown table."""
    homepage = f"<{info.homepage}>" if info.homepage else "–"
    licence = f"<{info.licence}>" if (info.licence or "").startswith("http") else info.licence or "–"
    cadence = f"every {_span(info.refresh_every)}"
    if info.occupancies_every:
        cadence += f", live data every {_span(info.occupancies_every)}"
    rows = {
        "network": info.name,
        "homepage": homepage,
        "attribution": info.attribution or "–",
        "licence": licence,
        "may be stored / merged": f"{_yes(info.may_store)} / {_yes(info.may_merge)}",
        "capabilities": ", ".join(f"`{capability}`" for capability in sorted(info.capabilities)),
        "coverage": "; ".join(
            f"{box.south:g}…{box.north:g} N, {box.west:g}…{box.east:g} E" for box in info.coverage
        ) or "anywhere",
        "time zone": info.timezone.key,
        "cadence": cadence if "LISTINGS" in info.capabilities else "asked within a query",
        "requests": f"at most {info.max_per_minute} a minute",
        "an occupancy is fresh for": _span(info.max_age),
    }  # fmt: skip
    if "OCCUPANCY" not in info.capabilities:
        del rows["an occupancy is fresh for"]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def with_table(readme: str, info: NetworkInfo) -> str:
    """The README with its table brought up to date. Raises NoMarkers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarkers(f"put the lines {BEGIN} and {END} where the table shall stand")
    return f"{before}{BEGIN}\n{network_table(info)}\n{END}{after}"


def _span(time: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, rest = divmod(time.total_seconds(), seconds)
        if count and not rest:
            return f"{count:g} {unit}s" if count > 1 else unit
    return f"{time.total_seconds():g} seconds"


def _yes(allowed: bool) -> str:
    return "yes" if allowed else "no"
