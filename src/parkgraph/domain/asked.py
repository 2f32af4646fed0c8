"""What a price is asked for, and whether a collection of rates is for it."""

from datetime import timedelta, tzinfo
from math import ceil, floor

from parkgraph.domain.budget import Budget
from parkgraph.domain.civil import Calendar
from parkgraph.domain.occupancy import Audience
from parkgraph.domain.stay import Stay
from parkgraph.domain.tariff import Months, Period, RateLineCollection
from parkgraph.domain.timeline import holds_at
from parkgraph.domain.vehicle import Vehicle


class Asked:
    """The question: the stay in local time and in POSIX seconds, who asks, and how much work it may be."""

    def __init__(self, stay: Stay, zone: tzinfo, vehicle: Vehicle, calendar: Calendar | None) -> None:
        self.budget = Budget()
        self.stay = stay
        self.zone = zone
        self.calendar = calendar
        self.vehicle = vehicle.kind
        self.arrive = stay.arrive.astimezone(zone)
        self.leave = stay.leave.astimezone(zone)
        self.begins = floor(self.arrive.timestamp())
        self.ends = ceil(self.leave.timestamp())
        self.duration = timedelta(seconds=self.ends - self.begins)
        self.audiences = {Audience.GENERAL}
        if vehicle.disabled_permit:
            self.audiences.add(Audience.DISABLED)
        if vehicle.electric:
            self.audiences.add(Audience.ELECTRIC)

    def fits(self, collection: RateLineCollection) -> bool:
        """Whether the collection is for this vehicle, driver and time, but for the longest stay."""
        return (
            (not collection.vehicles or self.vehicle in collection.vehicles)
            and (not collection.audiences or not self.audiences.isdisjoint(collection.audiences))
            and self.duration >= collection.min_time
            and (collection.arrive is None or holds_at(collection.arrive, self.arrive, self.calendar))
            and (
                collection.leave is None
                or holds_at(collection.leave, self.stay.last_instant.astimezone(self.zone), self.calendar)
            )
        )

    def admitted_by(self, limit: Period | None) -> bool:
        if isinstance(limit, Months):
            return self.leave <= limit.after(self.arrive)
        return limit is None or self.duration <= limit
