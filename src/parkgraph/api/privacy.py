"""Operators answer for whose data are kept: exported, and erased."""

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api.access import For, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.gates import available
from parkgraph.api.yard_bookings import checked_plate
from parkgraph.gates.subjects import Subject

OPERATORS = For(Role.OPERATOR)


@strawberry.input(description="A plate, an account (its issuer, a bar and its subject), or both.")
class SubjectInput:
    plate: str | None = None
    account: str | None = None

    def to_domain(self) -> Subject:
        if not self.plate and not self.account:
            raise BadUserInputError("subject: give a plate, an account, or both")
        return Subject(checked_plate(self.plate, "subject.plate") if self.plate else None, self.account)


@own
@strawberry.type
class ErasedRows:
    table: str
    rows: int


@strawberry.type
class PrivacyQuery:
    @strawberry.field(description="All that is kept of somebody: JSON, of each table its rows.", extensions=[OPERATORS])
    async def export_subject(self, info: Info, subject: SubjectInput) -> str:
        wanted = subject.to_domain()
        with available():
            return await info.context.gates.subjects.export(wanted)


@strawberry.type
class PrivacyMutation:
    @strawberry.field(
        description="Nothing is kept of somebody any more; stays and money remain, of nobody.", extensions=[OPERATORS]
    )
    async def erase_subject(self, info: Info, subject: SubjectInput) -> list[ErasedRows]:
        wanted = subject.to_domain()
        with available():
            counts = await info.context.gates.subjects.erase(wanted)
        return [ErasedRows(table=table, rows=rows) for table, rows in counts.items() if rows]
