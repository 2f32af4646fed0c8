from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from parkgraph.domain.geo import Bounds, Circle, Coordinates
from parkgraph.domain.stay import Stay
from parkgraph.domain.vehicle import Vehicle
from parkgraph.graph.question import PlaceFilter, PlaceSort, Question

BEGIN = datetime(2026, 11, 24, 8, tzinfo=UTC)
ASKED = Question(Circle(Coordinates(48.78, 9.18), 1000), Stay(BEGIN, BEGIN + timedelta(hours=2)))


def test_the_same_question_has_the_same_key() -> None:
    assert ASKED.key == replace(ASKED, vehicle=Vehicle(), filter=PlaceFilter()).key


def test_other_questions_have_other_keys() -> None:
    berlin = timezone(timedelta(hours=1))
    others = [
        replace(ASKED, area=Circle(Coordinates(48.78, 9.18), 1001)),
        replace(ASKED, area=Bounds(48, 9, 49, 10)),
        replace(ASKED, stay=None),
        replace(ASKED, stay=Stay(BEGIN.astimezone(berlin), (BEGIN + timedelta(hours=2)).astimezone(berlin))),
        replace(ASKED, vehicle=Vehicle(height_cm=200)),
        replace(ASKED, filter=PlaceFilter(fits=True)),
        replace(ASKED, sort=PlaceSort.PRICE),
    ]
    assert len({each.key for each in (ASKED, *others)}) == 1 + len(others)
