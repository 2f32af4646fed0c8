"""Occupancy and income of a month as a picture (SVG), a bar for each day. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from parkgraph.yards.calendar.ranges import SpaceCalendar, SpaceState
from parkgraph.yards.money.month import midnight

WIDTH: Final = 720
_SVG: Final = "http://www.w3.org/2000/svg"
LEFT, RIGHT, TOP, PANEL, GAP, LETTER = 64, 16, 48, 120, 44, 12
_TAKEN: Final = frozenset({SpaceState.BOOKED, SpaceState.PERMIT})
_ONE_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:15px;font-weight:600}"
    ".occupancy{fill:#2a6f97}.income{fill:#2d6a4f}.loss{fill:#ae2012}.axis{stroke:#bbb;stroke-width:1}"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """`bars`: one for each day, None where it is not known. `least` and `most` are the ends of the axis."""

    title: str
    kind: str
    bars: Sequence[Decimal | None]
    texts: Sequence[str]
    least: Decimal
    most: Decimal
    unit: str


def occupancy(spaces: Iterable[SpaceCalendar], days: Sequence[date], zone: ZoneInfo) -> list[Decimal | None]:
    """How much of each day the spaces were booked or a permit's, in percent; None where there was no space.

    Blocked time counts as neither: nobody could have it. A day is as long as the clock makes it.
    """
    marks = [midnight(day, zone) for day in days]
    marks.append(midnight(days[-1] + _ONE_DAY, zone))
    taken = [timedelta()] * len(days)
    known = [timedelta()] * len(days)
    for space in spaces:
        first = 0
        for begins, ends, state in space.ranges:
            if state is SpaceState.BLOCKED:
                continue
            while first < len(days) and marks[first + 1] <= begins:
                first += 1
            for n in range(first, len(days)):
                part = min(ends, marks[n + 1]) - max(begins, marks[n])
                if part <= timedelta():
                    break
                known[n] += part
                if state in _TAKEN:
                    taken[n] += part
    return [_percent(part, whole) for part, whole in zip(taken, known, strict=True)]


def chart(
    name: str, days: Sequence[date], busy: Sequence[Decimal | None], income: Mapping[str, Mapping[date, Decimal]]
) -> str:
    """The picture: occupancy on top, and below it the owner's income in each currency."""
    panels = [
        _occupancy_panel(days, busy),
        *(_income_panel(days, currency, income[currency]) for currency in sorted(income)),
    ]
    height = TOP + len(panels) * (PANEL + GAP)
    title = f"{name}, {days[0]:%Y-%m}"
    parts = [
        f'<svg xmlns="{_SVG}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{_text(title)}</title><style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="22">{_text(title)}</text>',
    ]
    for n, panel in enumerate(panels):
        parts.extend(_drawn(panel, days, TOP + n * (PANEL + GAP)))
    return "".join(parts) + "</svg>\n"


def _occupancy_panel(days: Sequence[date], busy: Sequence[Decimal | None]) -> Panel:
    texts = [
        f"{day}: no space" if value is None else f"{day}: {value:f} %" for day, value in zip(days, busy, strict=True)
    ]
    return Panel("Occupancy", "occupancy", busy, texts, Decimal(0), Decimal(100), "%")


def _income_panel(days: Sequence[date], currency: str, income: Mapping[date, Decimal]) -> Panel:
    bars = [income.get(day, Decimal(0)) for day in days]
    texts = [f"{day}: {value:f} {currency}" for day, value in zip(days, bars, strict=True)]
    least = min(min(bars), Decimal(0))
    return Panel("Income", "income", bars, texts, least, max(max(bars), least + 1), currency)


def _drawn(panel: Panel, days: Sequence[date], top: int) -> Iterator[str]:
    step = Decimal(WIDTH - LEFT - RIGHT) / len(days)
    scale = PANEL / (panel.most - panel.least)
    zero = top + PANEL + panel.least * scale
    yield f'<text x="{LEFT}" y="{top - 6}">{_text(f"{panel.title} ({panel.unit})")}</text>'
    far = (mark for mark in (panel.most, panel.least) if abs(mark) * scale >= LETTER)
    for mark in (Decimal(0), *far):
        yield f'<text x="{LEFT - 6}" y="{_at(zero - mark * scale + 4)}" text-anchor="end">{mark:f}</text>'
    for n, (day, value, text) in enumerate(zip(days, panel.bars, panel.texts, strict=True)):
        x = LEFT + n * step
        if value:
            height = abs(value) * scale
            y = zero - height if value > 0 else zero
            kind = panel.kind if value > 0 else "loss"
            yield (
                f'<rect class="{kind}" x="{_at(x + 1)}" y="{_at(y)}" width="{_at(step - 2)}" height="{_at(height)}">'
                f"<title>{_text(text)}</title></rect>"
            )
        if day.day == 1 or day.day % 5 == 0:
            yield f'<text x="{_at(x + step / 2)}" y="{top + PANEL + 16}" text-anchor="middle">{day.day}</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_at(zero)}" y2="{_at(zero)}"/>'


def _percent(part: timedelta, whole: timedelta) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100) * (part // _MICROSECOND) / (whole // _MICROSECOND)).quantize(Decimal("0.1"))


def _at(value: Decimal) -> str:
    return f"{value:.2f}"


def _text(value: str) -> str:
    """As XML has it: characters that XML cannot have are left out."""
    return escape("".join(each for each in value if each >= " " and each not in "\ufffe\uffff"), {'"': "&quot;"})
