"""Settings of a format that many publishers speak: who this one is, and where its places are."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from parkgraph.sdk.client import Url
from parkgraph.sdk.contract import AdapterSettings


def _known(zone: object) -> ZoneInfo:
    try:
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo(str(zone))
    except (KeyError, OSError, ValueError):
        raise ValueError("must be a time zone of the IANA database, such as Europe/Berlin") from None


Note = Annotated[str, Field(min_length=1, max_length=200)]
Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_known),
    Field(description="Where the places are, and what a time without an offset means."),
]
PublisherName = Annotated[Note, Field(description="The publisher, as users shall read it.")]


class PublisherSettings(AdapterSettings):
    """An adapter gives `name` and `timezone` defaults of its own, where the format has a home."""

    name: PublisherName
    timezone: Zone = ZoneInfo("Europe/Berlin")
    homepage: Url | None = Field(default=None, description="The publisher's page about the data.")
    attribution: Note | None = Field(default=None, description="The words that the licence asks for.")
    licence: Note | None = Field(default=None, description="Licence of the data, such as DL-DE-BY-2.0.")
