"""Times of a city's own clock."""

from datetime import datetime
from zoneinfo import ZoneInfo


def local(text: str, form: str, zone: ZoneInfo) -> datetime | None:
    """None for what is no time of this form."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=zone)
    except ValueError:
        return None
