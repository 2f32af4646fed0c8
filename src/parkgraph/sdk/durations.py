"""ISO 8601 durations of whole seconds or of calendar months, as rate tables write them."""

import re
from datetime import timedelta
from typing import Final

from parkgraph.domain.tariff import Months, Period

_ELAPSED: Final = re.compile(
    r"P(?=[0-9T])(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+)S)?)?"
)
_MONTHS: Final = re.compile(r"P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?")
_CLOCK: Final = re.compile(r"(?P<hours>[0-9]{2}):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9]))?")


def parse_period(text: str) -> Period:
    """`PT1H30M`, `P1D` (24 hours), `P2W`; `P1M` and `P1Y` are calendar months. Raises ValueError."""
    if found := _MONTHS.fullmatch(text):
        years, months = (int(found[name] or 0) for name in ("years", "months"))
        if years or months:
            return Months(12 * years + months)
    return parse_duration(text)


def parse_duration(text: str, *, clock: bool = False) -> timedelta:
    """`PT1H30M`, `P1D` (24 hours), `P2W`; with `clock`, also `01:30`, for 90 minutes. Raises ValueError."""
    found = _ELAPSED.fullmatch(text) or (_CLOCK.fullmatch(text) if clock else None)
    if found is None:
        raise ValueError("must be an ISO 8601 duration in whole seconds, such as PT1H30M")
    try:
        return timedelta(**{unit: int(count) for unit, count in found.groupdict().items() if count})
    except OverflowError:
        raise ValueError("must be a shorter duration") from None


def format_period(period: Period) -> str:
    """The shortest form: `PT1H30M`, `P1D`, `P1M`, `PT0S`.

    Raises ValueError for a length that is negative or not in whole seconds.
    """
    if isinstance(period, Months):
        return f"P{period.count}M"
    if period < timedelta(0) or period.microseconds:
        raise ValueError("a duration in a rate table is in whole seconds, zero or more")
    minutes, seconds = divmod(period.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    days = f"{period.days}D" if period.days else ""
    return f"P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"
