"""A table as CSV (RFC 4180) that no spreadsheet takes for formulas. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a cell begins with, after blanks, that some spreadsheet calculates; the last four are full-width twins."""
_BREAKS: Final = ("\t", "\r", "\n")

Cell = str | int | Decimal | None


def sheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Numbers are written plainly; what is unknown is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}"
        case int():
            return str(cell)
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell.startswith(_BREAKS) else cell
