"""What `parkgraph quote` is asked, as the shell says it: a time, a place's clock and holidays, a rate table's file."""

import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from parkgraph.domain.civil import Calendar
from parkgraph.domain.stay import Stay, parse_instant
from parkgraph.domain.tariff import RateTable
from parkgraph.graph.calendars import calendar_of
from parkgraph.sdk.rate_tables import parse_rate_table

_LOCAL: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2})?", re.ASCII)


def instant(text: str, zone: tzinfo | None) -> datetime:
    """An instant of RFC 3339, or a time of the zone's own clock that it shows exactly once. Raises ValueError."""
    if not _LOCAL.fullmatch(text):
        return parse_instant(text)
    if zone is None:
        raise ValueError(f"whose clock shows {text}? Say it with --timezone, or give the time with its offset")
    try:
        local = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("this time does not exist in the calendar") from None
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"the clocks never show {text}, they go forward then")
    if first.utcoffset() != second.utcoffset():
        raise ValueError(f"the clocks show {text} twice, they go back then: give it with its offset")
    return first


def rate_table(file: Path) -> RateTable:
    """The table that a file says. Raises BadParameter, as all of these do."""
    try:
        return parse_rate_table(file.read_bytes())
    except OSError as problem:
        raise typer.BadParameter(f"{file}: {problem.strerror}", param_hint="--rates") from None
    except ValueError as refusal:
        raise typer.BadParameter(f"{file}: {refusal}", param_hint="--rates") from None


def stay(arrive: str, leave: str, zone: tzinfo | None) -> Stay:
    """Times without an offset are those of the zone's clock."""
    try:
        return Stay(instant(arrive, zone), instant(leave, zone))
    except ValueError as refusal:
        raise typer.BadParameter(str(refusal)) from None


def sole_offset(of: Stay) -> tzinfo:
    """The clock of a table that comes without a zone: the one by which both times are written."""
    if of.arrive.utcoffset() != of.leave.utcoffset():
        raise typer.BadParameter(
            "arrive and leave have different offsets: say whose clock the table goes by", param_hint="--timezone"
        )
    assert of.arrive.tzinfo is not None
    return of.arrive.tzinfo


def zone(name: str | None) -> ZoneInfo | None:
    """By its name in the IANA database."""
    try:
        return ZoneInfo(name) if name is not None else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise typer.BadParameter(f"there is no time zone {name!r}", param_hint="--timezone") from None


def calendar(country: str | None, region: str | None) -> Calendar | None:
    """The public holidays of a country, or of a part of it (ISO 3166)."""
    if country is None and region is None:
        return None
    code = "-".join(part.upper() for part in (country, region) if part)
    calendar = calendar_of(code) if country else None
    if calendar is None:
        raise typer.BadParameter(f"the public holidays of {code} are not known", param_hint="--country")
    return calendar
