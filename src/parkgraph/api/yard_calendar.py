"""What owners see of their yards: the calendar, statements, and links to exports."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import strawberry

from parkgraph.api import ids
from parkgraph.api.access import Own, own
from parkgraph.api.connections import Connection, connect
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.inputs import page_size
from parkgraph.api.owners import available, editor
from parkgraph.api.values import Money
from parkgraph.yards import yard
from parkgraph.yards.calendar import ranges, reader
from parkgraph.yards.calendar.ranges import MAX_SPAN, SpaceState, Window
from parkgraph.yards.exports.links import LONGEST
from parkgraph.yards.money import statement
from parkgraph.yards.money.month import Month

DAYS: Final = 30


@own
@strawberry.type(description="[from, to).")
class CalendarRange:
    from_: datetime = strawberry.field(name="from")
    to: datetime
    state: SpaceState


@own
@strawberry.type(description="Ranges in order, without a gap from the calendar's `from` to its `to`.")
class SpaceCalendar:
    subject: strawberry.Private[ranges.SpaceCalendar]

    @strawberry.field
    def space_id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.YARD_SPACE, str(self.subject.id)))

    @strawberry.field
    def label(self) -> str | None:
        return self.subject.label

    @strawberry.field(description="What is taken is whole, also where it reaches beyond the calendar.")
    def ranges(self) -> list[CalendarRange]:
        return [CalendarRange(from_=begins, to=ends, state=state) for begins, ends, state in self.subject.ranges]


@own
@strawberry.type(
    description="What was captured and refunded in one currency: `gross` less `refunds` is `fees`, `tax` and `payout`."
)
class StatementTotals:
    bookings: int = strawberry.field(description="Of how many something was captured.")
    gross: Money
    refunds: Money
    fees: Money = strawberry.field(description="The platform's, without the tax on it.")
    tax: Money
    payout: Money = strawberry.field(
        description="The owner's; below zero where more was refunded than captured in the month."
    )

    @staticmethod
    def of(totals: statement.Totals) -> "StatementTotals":
        amounts = {
            name: Money.of(amount)
            for name, amount in (
                ("gross", totals.gross),
                ("refunds", totals.refunds),
                ("fees", totals.fees),
                ("tax", totals.tax),
                ("payout", totals.payout),
            )
        }
        return StatementTotals(bookings=totals.bookings, **amounts)


@own
@strawberry.type(description="What a month of the yard's clock came to, as the ledger has it.")
class YardStatement:
    month: str
    totals: list[StatementTotals] = strawberry.field(
        description="One for each currency in which money was moved; none in a month without."
    )


@own
@strawberry.type(
    description="Paths on this server. Whoever has one needs no account: for a calendar program, or a bookkeeper."
)
class YardLinks:
    ics: str = strawberry.field(description="An iCalendar feed (.ics): from a week ago to three months ahead.")
    csv: str = strawberry.field(
        description="The statement's entries, of this month; of another with &month=2026-11 behind it."
    )
    svg: str = strawberry.field(description="Occupancy and income as a picture, of this month; of another as `csv`.")
    expires_at: datetime


@own
@strawberry.type
class OwnersYard:
    """What a yard has for its owner; null for others, as its other fields of that kind."""

    subject: strawberry.Private[yard.Yard]

    @strawberry.field(
        description=f"Which space is free, held, booked, blocked or a permit's, for at most {MAX_SPAN.days} days. A"
        f" page is shorter than `first` where its spaces have more than {reader.MAX_RANGES:,} ranges together.",
        extensions=[Own()],
    )
    async def calendar(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from")],
        to: datetime,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[SpaceCalendar] | None:
        size, since = page_size(first), 0 if after is None else ids.yard_space_id(after, "after")
        window = _window(from_, to)
        if not editor(info).may_edit(self.subject):
            return None
        with available():
            found = await info.context.calendar.spaces(self.subject.id, window, after=since, first=size + 1)
        page = reader.bounded(found[:size])
        return connect(
            page,
            _cursor,
            lambda each: SpaceCalendar(subject=each),
            has_next=len(page) < len(found),
            continues=after is not None,
        )

    @strawberry.field(description="Of a month of the yard's clock, such as 2026-11.", extensions=[Own()])
    async def statement(self, info: Info, month: str) -> YardStatement | None:
        try:
            wanted = Month.parse(month)
        except ValueError as wrong:
            raise BadUserInputError(f"month: {wrong}") from None
        if not editor(info).may_edit(self.subject):
            return None
        with available():
            found = await info.context.statements.month(self.subject.id, wanted, self.subject.timezone)
        return YardStatement(month=str(found.month), totals=[StatementTotals.of(each) for each in found.totals])

    @strawberry.field(
        description=f"Signed links to exports, valid for `days`, of which there are at most {LONGEST.days}; revoke them"
        " with `revokeYardLinks`.",
        extensions=[Own()],
    )
    async def links(self, info: Info, days: int = DAYS) -> YardLinks | None:
        if not 1 <= days <= LONGEST.days:
            raise BadUserInputError(f"days: must be between 1 and {LONGEST.days}")
        if not editor(info).may_edit(self.subject):
            return None
        with available():
            found = await info.context.library.links(self.subject.id, timedelta(days=days))
        return YardLinks(ics=found.ics, csv=found.csv, svg=found.svg, expires_at=found.expires)


def _window(begins: datetime, ends: datetime) -> Window:
    try:
        return Window(begins, ends)
    except ValueError as refusal:
        words = str(refusal).replace("ends must be", "must be").replace("begins", "from")
        raise BadUserInputError(f"to: {words}") from None


def _cursor(space: ranges.SpaceCalendar) -> str:
    return ids.encode(ids.YARD_SPACE, str(space.id))
