"""Settings of a format that many publishers speak."""

from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from parkgraph.sdk import PublisherName, PublisherSettings


class Settings(PublisherSettings):
    name: PublisherName = "City format"


def test_a_zone_is_given_by_its_name() -> None:
    assert Settings.model_validate({"timezone": "Europe/Zurich"}).timezone == ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize("zone", ["Europe/Heidelberg", "../etc/passwd", "", "/etc/localtime", None, 7])
def test_another_zone_is_refused_with_what_to_do(zone: object) -> None:
    with pytest.raises(ValidationError, match="must be a time zone of the IANA database, such as Europe/Berlin"):
        Settings.model_validate({"timezone": zone})


def test_a_publisher_has_a_name() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        Settings.model_validate({"name": ""})
