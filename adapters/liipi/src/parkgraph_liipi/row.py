"""What all payload classes of this network share."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from parkgraph.domain.stay import parse_instant

Language = Literal["fi", "sv", "en"]

MAX_SPACES: Final = 100_000


class Row(BaseModel):
    """A part of a facility. A value of another type than the network's own rejects the whole facility."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, row: Any) -> Any:
        return {key: value for key, value in row.items() if value is not None} if isinstance(row, dict) else row


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_SPACES else None


def _instant(value: object) -> datetime | None:
    try:
        moment = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and 1970 < moment.year <= 2100 else None


Text = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]
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
