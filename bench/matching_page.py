"""`docs/matching.md` and its plot: the tables between its marks are written here, the words by hand."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from pathlib import Path
from typing import Any, Final

from bench.figures import recorded

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
PAGE: Final = DOCS / "matching.md"
PLOT: Final = DOCS / "matching.svg"

Rates = Mapping[str, float | int | None]
Protocols = Mapping[str, Mapping[str, Rates]]

LEAST, MOST = -8, 10
"""Log-odds beyond these are drawn at the edge."""

_COLOURS: Final = {True: "#0969da", False: "#d1242f"}
_WIDTH, _HEIGHT, _LEFT, _TOP = 680, 300, 50, 30


def write_quality(learnt: Mapping[str, Any], held_out: Protocols, log_odds: Iterable[tuple[float, bool]]) -> None:
    """The weights, how right they are, and the log-odds of pairs that their model had not seen, with their labels."""
    training = learnt["training"]
    weights = _table(
        ("evidence", "weight", "prior"),
        [
            (f"`{kind}`", f"{value:+.2f}", f"{training['prior'][kind]:+.1f}")
            for kind, value in learnt["weights"].items()
        ],
    )
    page = PAGE.read_text()
    for mark, table in (
        ("quality", _quality(held_out["area"])),
        ("protocols", _protocols(held_out)),
        ("weights", weights),
    ):
        page = _put(page, mark, table)
    PAGE.write_text(page)
    PLOT.write_text(plot(log_odds))


def write_speed() -> None:
    rows = [
        (f"`{name}`", f"{value:.4g}", unit)
        for name, (value, unit) in recorded().items()
        if name.startswith("match_") and "held out" not in unit
    ]
    PAGE.write_text(_put(PAGE.read_text(), "speed", _table(("figure", "value", ""), rows)))


def weights_on_page() -> dict[str, float]:
    """As the page shows them."""
    rows = re.findall(r"^\| `(\w+)` \| ([+-][\d.]+) \| [+-][\d.]+ \|$", PAGE.read_text(), re.MULTILINE)
    return {kind: float(weight) for kind, weight in rows}


def plot(held_out: Iterable[tuple[float, bool]]) -> str:
    """A histogram, a step of one log-odds wide: same to the right of 0 and different to the left of it are right."""
    counts = Counter((min(max(floor(log_odds), LEAST), MOST - 1), same) for log_odds, same in held_out)
    tallest = max(counts.values(), default=1)
    step, scale = (_WIDTH - 2 * _LEFT) / (MOST - LEAST), (_HEIGHT - 80) / tallest
    ground = _HEIGHT - 50
    bars = []
    for (at, same), count in sorted(counts.items()):
        x = _LEFT + (at - LEAST + (0.5 if same else 0.05)) * step
        bars.append(
            f'<rect x="{x:.1f}" y="{ground - count * scale:.1f}" width="{step * 0.45:.1f}" '
            f'height="{count * scale:.1f}" fill="{_COLOURS[same]}"/>'
            f'<text x="{x + step * 0.22:.1f}" y="{ground - count * scale - 3:.1f}" font-size="9" '
            f'text-anchor="middle">{count}</text>'
        )
    ticks = "".join(
        f'<text x="{_LEFT + (at - LEAST) * step:.1f}" y="{ground + 16}" text-anchor="middle">{at:+d}</text>'
        for at in range(LEAST, MOST + 1, 2)
    )
    zero = _LEFT - LEAST * step
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(bars)}{ticks}'
        f'<path d="M{_LEFT} {ground}H{_WIDTH - _LEFT}M{zero:.1f} {ground}V{_TOP}" stroke="#57606a" fill="none"/>'
        f'<text x="{_LEFT}" y="18" fill="{_COLOURS[False]}">labelled different</text>'
        f'<text x="{_WIDTH - _LEFT}" y="18" fill="{_COLOURS[True]}" text-anchor="end">labelled same</text>'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" text-anchor="middle">log-odds of a pair, in an area that the model '
        f"has not seen</text></svg>\n"
    )


def _quality(rates: Mapping[str, Rates]) -> str:
    return _table(
        ("pairs", "labelled", "precision", "recall", "F1"),
        [
            (kind, str(of["pairs"]), *(_rate(of, rate) for rate in ("precision", "recall", "f1")))
            for kind, of in rates.items()
        ],
    )


def _protocols(held_out: Protocols) -> str:
    return _table(
        ("held out", "precision", "F1", "F1 independent", "F1 hard"),
        [
            (
                protocol,
                _rate(of["all"], "precision"),
                *(_rate(of.get(kind, {}), "f1") for kind in ("all", "independent", "hard")),
            )
            for protocol, of in held_out.items()
        ],
    )


def _rate(rates: Rates, name: str) -> str:
    """With the low end in brackets, where there is one."""
    value, low = rates.get(name), rates.get(f"{name}_low")
    return ("" if value is None else f"{value:.3f}") + ("" if low is None else f" ({low:.3f})")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _put(page: str, mark: str, text: str) -> str:
    return re.sub(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", rf"\g<1>{text}\n\g<2>", page, flags=re.DOTALL)
