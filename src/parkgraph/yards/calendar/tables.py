"""The calendar's index."""

from sqlalchemy import Index, func
from sqlmodel import col

from parkgraph.yards.reservations.tables import YardOccupationRow

_OF = YardOccupationRow

CALENDAR = Index(
    "ix_yard_occupations_calendar",
    col(_OF.yard_id),
    func.upper(col(_OF.during)),
    postgresql_include=["during", "space_id", "kind", "booking_id", "expires_at"],
)
"""Has all that the calendar reads, so that it never looks at the table; what is over by then, it does not look at."""
