"""What all payload classes of this network share."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from parkgraph import sdk
from parkgraph.domain.stay import parse_instant

Language = Literal["fi", "sv", "en"]

MAX_SPACES: Final = 100_000


class Row(sdk.Row):
    """A part of a facility."""

    model_config = ConfigDict(alias_generator=to_camel)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_SPACES else None


def _instant(value: object) -> datetime | None:
    try:
        moment = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and 1970 < moment.year <= 2100 else None


Text = Annotated[str, Field(max_length=1000), AfterValidator(sdk.one_line)]
Count = Annotated[int | None, BeforeValidator(_count)]
"""A number of spaces; one that cannot be is unknown."""
Instant = Annotated[datetime | None, BeforeValidator(_instant)]
"""RFC 3339; one without an offset, or of another form, is unknown."""


class Localized(Row):
    """A text in Finland's two languages and in English."""

    fi: Text = ""
    sv: Text = ""
    en: Text = ""

    def texts(self) -> tuple[str, ...]:
        """All that there are, each once."""
        return tuple(dict.fromkeys(text for text in (self.fi, self.sv, self.en) if text))

    def in_(self, language: Language) -> str | None:
        """In this language, or in the first one that there is."""
        chosen: str = getattr(self, language)
        return chosen or next(iter(self.texts()), None)
