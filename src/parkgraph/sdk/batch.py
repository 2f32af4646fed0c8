"""What one call to a network brought: good items beside rejected rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import ValidationError

from parkgraph.domain.occupancy import OccupancyUpdate
from parkgraph.domain.place import Listing
from parkgraph.sdk.alike import Alike
from parkgraph.sdk.aside import aside
from parkgraph.sdk.rows import one_line

Row = TypeVar("Row")
Item = TypeVar("Item", Listing, OccupancyUpdate)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not understood: which (the network's id of it, or "row 17"), and why, in our own words.

    Both are shown in terminals and logs: signs that cannot be printed become blanks.
    """

    row: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", one_line(self.row))
        object.__setattr__(self, "reason", one_line(self.reason))


class RowRejected(ValueError):
    """Raised by an adapter's row function: this row is left out, for the reason given."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[Item]):
    """One bad row never kills a feed.

    `complete=False` (a page failed): what is here is updated, nothing is deleted.
    `as_of` is the network's own time of the data, None where it does not say; never "now" for want of one.
    """

    items: tuple[Item, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    complete: bool = True
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of.utcoffset() is None:
            raise ValueError("as_of needs an offset")

    def but(self, *, complete: bool | None = None, as_of: datetime | None = None) -> "Batch[Item]":
        """The same rows with another completeness or time; itself where neither is another one."""
        complete = self.complete if complete is None else complete
        as_of = self.as_of if as_of is None else as_of
        if complete is self.complete and as_of is self.as_of:
            return self
        return replace(self, complete=complete, as_of=as_of)


def read_rows(
    rows: Iterable[Row],
    to_domain: Callable[[Row], Item],
    name: Callable[[Row], object],
) -> Batch[Item]:
    """Turn a network's rows into domain items, one by one.

    A row for which `to_domain` raises ValueError (RowRejected and pydantic's ValidationError are ValueErrors),
    KeyError, TypeError, AttributeError, IndexError, ArithmeticError or OSError (ZoneInfo, of a long name) is rejected
    with a reason, and so is a second row of the same id. `name` gives the network's own id of a row; where it fails,
    the row's number stands in.
    Equal parts of listings are one object.
    """
    alike = Alike()
    items: dict[str, Item] = {}
    rejected: list[Rejected] = []
    for number, row in enumerate(rows, start=1):
        try:
            item = to_domain(row)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, OSError) as fault:
            rejected.append(Rejected(_name(row, name, number), _reason(fault)))
            continue
        if item.local_id in items:
            rejected.append(Rejected(item.local_id, "a second row with this id"))
            continue
        alike.share(item)
        items[item.local_id] = item
    return Batch(tuple(items.values()), tuple(rejected))


async def read_feed(
    rows: Iterable[Row],
    to_domain: Callable[[Row], Item],
    name: Callable[[Row], object],
) -> Batch[Item]:
    """As `read_rows`, aside: of all that a feed publishes, which may take seconds to read, while others ask."""
    return await aside(lambda: read_rows(rows, to_domain, name))


def _name(row: Row, name: Callable[[Row], object], number: int) -> str:
    try:
        value = name(row)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        value = None
    named = one_line(str(value)[:100]) if isinstance(value, (str, int)) else ""
    return named or f"row {number}"


def _reason(fault: Exception) -> str:
    """Our own words: pydantic's message without the input that it quotes, a ValueError's own sentence."""
    if isinstance(fault, ValidationError):
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    if isinstance(fault, RowRejected):
        return str(fault)
    if isinstance(fault, KeyError):
        return f"a required field is missing: {str(fault)[:60]}"
    if isinstance(fault, ValueError):
        return str(fault)[:200]
    return f"not of the expected shape ({type(fault).__name__})"
