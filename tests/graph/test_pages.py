"""A page is kept until the same question might have another answer."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from weakref import ref
from zoneinfo import ZoneInfo

import pytest

from parkgraph.graph.exchange import Exchange
from parkgraph.graph.pages import FOR_EVER, Moment, Page, Pages
from parkgraph.graph.view import View
from parkgraph.sdk.contract import Capability, NetworkInfo

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
INFO = NetworkInfo("City", ZoneInfo("UTC"), frozenset({Capability.LISTINGS}))
VIEW, OTHER = View(), View()
MOMENT = Moment(ref(VIEW), {"city": INFO}, Exchange(), NOW)


class Hit:
    is_kept = False

    def __init__(self, until: datetime) -> None:
        self.until = until


def page(hits: int = 1, until: datetime = FOR_EVER, same_until: datetime = FOR_EVER) -> Page[Hit]:
    return Page([Hit(until) for _ in range(hits)], hits, has_next=False, has_previous=False, same_until=same_until)


def keep(pages: Pages[Hit], asked: Hashable, page: Page[Hit], moment: Moment = MOMENT) -> None:
    """The page of a question that was asked before."""
    for _ in range(2):
        pages.keep(asked, page, moment)


def test_the_same_question_at_the_same_moment_has_the_same_page() -> None:
    pages, kept = Pages[Hit](), page()
    keep(pages, "asked", kept)
    assert not kept.hits[0].is_kept
    assert pages.find("asked", MOMENT._replace(infos={"city": replace(INFO)})) is kept
    assert kept.hits[0].is_kept
    assert pages.find("another", MOMENT) is None


@pytest.mark.parametrize(
    "other",
    [
        MOMENT._replace(view=ref(OTHER)),
        MOMENT._replace(rates=Exchange("CHF")),
        MOMENT._replace(infos={"city": replace(INFO, max_age=timedelta(seconds=1))}),
        MOMENT._replace(now=NOW + timedelta(hours=1)),
        MOMENT._replace(now=NOW - timedelta(microseconds=1)),
    ],
)
@pytest.mark.parametrize("of", ["its hits", "others"])
def test_another_moment_has_another_page(other: Moment, of: str) -> None:
    pages, until = Pages[Hit](), NOW + timedelta(hours=1)
    keep(pages, "asked", page(until=until) if of == "its hits" else page(same_until=until))
    assert len(pages) == 2
    assert pages.find("asked", other) is None
    assert len(pages) == 0


def test_a_page_that_is_kept_keeps_no_view() -> None:
    pages, view = Pages[Hit](), View()
    moment = MOMENT._replace(view=ref(view))
    keep(pages, "asked", page(), moment)
    del view
    assert moment.view() is None
    assert pages.find("asked", MOMENT) is None


def test_so_many_hits_are_kept_and_no_more() -> None:
    pages = Pages[Hit](limit=10)
    for number in range(20):
        keep(pages, number, page(hits=2))
        assert len(pages) <= 10
    assert pages.find(19, MOMENT)
    assert not pages.find(0, MOMENT)


def test_a_page_that_is_asked_for_once_is_not_kept() -> None:
    pages = Pages[Hit]()
    pages.keep("once", page(), MOMENT)
    keep(pages, "twice", page())
    assert not pages.find("once", MOMENT)
    assert pages.find("twice", MOMENT)


def test_of_a_question_that_was_asked_before_the_next_page_is_kept_at_once() -> None:
    pages, later = Pages[Hit](), MOMENT._replace(view=ref(OTHER))
    keep(pages, "asked", page())
    assert not pages.find("asked", later)
    pages.keep("asked", page(), later)
    assert pages.find("asked", later)
