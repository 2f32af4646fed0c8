from datetime import timedelta
from typing import Any

import pytest

from parkgraph.yards.access import Access, AccessMethod
from parkgraph.yards.demo import YARD
from parkgraph.yards.publishing import missing, published, withdrawn
from parkgraph.yards.yard import Yard, YardStatus
from tests.yards.yards import PUBLISHED, RATES, yard


def complete(**facts: Any) -> Yard:
    usual = {"rates": RATES, "opening_hours": "24/7", "access": Access(AccessMethod.OPEN)}
    return yard(**{**usual, **facts})


def test_a_yard_that_has_all_it_needs_lacks_nothing() -> None:
    assert missing(complete()) == ()


def test_the_yard_of_the_demo_lacks_nothing() -> None:
    assert missing(YARD) == ()


@pytest.mark.parametrize(
    ("field", "nothing"),
    [("location", None), ("spaces", ()), ("rates", None), ("opening_hours", None), ("access", None)],
)
def test_what_a_yard_needs_is_named(field: str, nothing: object) -> None:
    assert [lacks.field for lacks in missing(complete(**{field: nothing, "published_at": None}))] == [field]


def test_publishing_lists_a_draft_and_brings_back_what_was_withdrawn() -> None:
    later = PUBLISHED + timedelta(days=1)
    for before in (yard(published_at=None), yard(withdrawn_at=PUBLISHED)):
        after = published(before, later)
        assert (after.status, after.published_at) == (YardStatus.PUBLISHED, later)


def test_withdrawing_takes_it_off_the_list() -> None:
    after = withdrawn(yard(), PUBLISHED + timedelta(days=1))
    assert (after.status, after.published_at) == (YardStatus.WITHDRAWN, PUBLISHED)


def test_a_clock_that_is_behind_withdraws_all_the_same() -> None:
    assert withdrawn(yard(), PUBLISHED - timedelta(minutes=1)).withdrawn_at == PUBLISHED


def test_what_is_as_wished_stays_as_it_is() -> None:
    later = PUBLISHED + timedelta(days=1)
    draft, gone = yard(published_at=None), yard(withdrawn_at=PUBLISHED)
    assert published(yard_here := yard(), later) is yard_here
    assert withdrawn(draft, later) is draft
    assert withdrawn(gone, later) is gone
