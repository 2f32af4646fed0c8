"""The price of a stay over its length, as a drawing: an SVG, or bars for a terminal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from html import escape
from itertools import pairwise
from math import ceil
from typing import Final

from parkgraph.domain.pricing import Quote, describe

MINUTE: Final = timedelta(minutes=1)
LENGTHS: Final = tuple(
    minutes * MINUTE
    for minutes in (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 40_320, 80_640, 120_960)
)
"""Between two marks of the axis of time."""

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
PLAIN: Final = " #"
UNKNOWN: Final = "?"

WIDTH: Final = 720
HEIGHT: Final = 360
LEFT, RIGHT, TOP, BOTTOM = 72, 24, 44, 48


@dataclass(frozen=True, slots=True)
class Curve:
    """The totals of stays of `step`, twice `step` and so on; None where there is no price."""

    step: timedelta
    totals: tuple[Decimal | None, ...]
    currency: str

    @property
    def length(self) -> timedelta:
        return self.step * len(self.totals)

    @property
    def top(self) -> Decimal:
        """The highest mark of the axis of money."""
        return _marks(max((total for total in self.totals if total is not None), default=Decimal(0)))[-1]

    def runs(self) -> Iterator[tuple[int, Sequence[Decimal]]]:
        """The unbroken stretches: how many steps come before, and the totals."""
        run: list[Decimal] = []
        for index, total in enumerate((*self.totals, None)):
            if total is not None:
                run.append(total)
            elif run:
                yield index - len(run), run
                run = []


def curve_of(ask: Callable[[timedelta], Quote], longest: timedelta, currency: str, points: int) -> Curve:
    """Asks for stays of up to `longest`, in at most `points` steps of whole minutes."""
    step = -(-longest // (points * MINUTE)) * MINUTE
    totals = (ask(min(step * count, longest)).total for count in range(1, -(-longest // step) + 1))
    return Curve(step, tuple(total.amount if total else None for total in totals), currency)


def as_svg(curve: Curve, title: str) -> str:
    """A drawing that stands by itself."""
    top, wide, high = curve.top, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(length: timedelta) -> str:
        return f"{LEFT + wide * (length / curve.length):.1f}"

    def up(amount: Decimal) -> str:
        return f"{TOP + high * (1 - float(amount / top)):.1f}"

    name = escape(title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif">',
        f"<title>{name}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" fill="#222">{name}</text>',
        '<g stroke="#ddd" font-size="12" fill="none">',
    ]
    for amount in _marks(top):
        parts.append(f'<path d="M{LEFT} {up(amount)}H{WIDTH - RIGHT}"/>')
        parts.append(_label(str(LEFT - 8), up(amount), f"{amount:f}", "end", 4))
    for length in _lengths(curve.length):
        parts.append(f'<path d="M{across(length)} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(_label(across(length), str(HEIGHT - BOTTOM), describe(length), "middle", 18))
    parts.append(_label("8", "26", escape(curve.currency), "start", 0))
    parts.append("</g>")
    for before, run in curve.runs():
        path = f"M{across(curve.step * before)} {up(run[0])}"
        for index, (total, after) in enumerate(pairwise((*run, run[-1])), start=before + 1):
            if after != total:
                path += f"H{across(curve.step * index)}V{up(after)}"
        path += f"H{across(curve.step * (before + len(run)))}"
        parts.append(f'<path d="{path}" fill="none" stroke="#1257a5" stroke-width="2"/>')
    return "\n".join((*parts, "</svg>", ""))


def as_bars(curve: Curve, height: int = 10, blocks: str = BLOCKS) -> str:
    """Rows of text: a column a step, `?` where there is no price."""
    top, levels = curve.top, len(blocks) - 1
    heights = [None if total is None else round(total / top * height * levels) for total in curve.totals]
    labels = {row: f"{top * row / height:.2f}" for row in (height, height // 2)} | {0: "0.00"}
    margin = max(len(label) for label in (*labels.values(), curve.currency))
    rows = [f"{curve.currency:>{margin}}"]
    for row in range(height, 0, -1):
        bottom = (row - 1) * levels
        bars = "".join(
            (UNKNOWN if row == 1 else " ") if eighths is None else blocks[min(max(eighths - bottom, 0), levels)]
            for eighths in heights
        )
        rows.append(f"{labels.get(row, ''):>{margin}} |{bars}".rstrip())
    hours, minutes = divmod(curve.length // MINUTE, 60)
    end = f"{hours} h {minutes} min" if hours and minutes else describe(curve.length)
    rows.append(f"{labels[0]:>{margin}} +{'-' * len(heights)}")
    rows.append(f"{'':>{margin}}  0{end:>{max(len(heights) - 1, len(end) + 1)}}")
    return "\n".join(rows)


def _marks(highest: Decimal) -> list[Decimal]:
    """From zero up in four to ten steps of 1, 2 or 5, to the first that is not below `highest`."""
    if highest <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(1).scaleb(highest.adjusted() - 1)
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor * 8 >= highest)
    return [step * count for count in range(ceil(highest / step) + 1)]


def _lengths(longest: timedelta) -> list[timedelta]:
    """The marks of time: as many as have room."""
    step = next((length for length in LENGTHS if longest <= 8 * length), LENGTHS[-1])
    return [step * count for count in range(1, longest // step + 1)]


def _label(x: str, y: str, text: str, anchor: str, down: int) -> str:
    return f'<text x="{x}" y="{y}" dy="{down}" text-anchor="{anchor}" stroke="none" fill="#555">{text}</text>'
