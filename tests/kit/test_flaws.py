"""Breaking one rule turns exactly that rule red."""

from pathlib import Path

import pytest

from parkgraph.sdk.conformance import RULES
from tests.kit.hostile import subtle, unseen
from tests.kit.hostile.booking import BOOKING, WITH_BOOKING
from tests.kit.hostile.distribution import checked, make
from tests.kit.hostile.flaws import ADAPTER, Flaw, before_the_request
from tests.kit.hostile.flaws import FEED as PLAIN_FEED
from tests.kit.hostile.flaws import SEARCH as PLAIN_SEARCH

FEED = (*PLAIN_FEED, *subtle.FEED, *unseen.FEED)
SEARCH = (*PLAIN_SEARCH, *subtle.SEARCH, *unseen.SEARCH)


@pytest.mark.parametrize("search", [False, True], ids=["feed", "search"])
def test_a_new_adapter_keeps_every_rule(tmp_path: Path, search: bool) -> None:
    assert str(checked(make(tmp_path, search=search))) == ""


def test_one_that_takes_bookings_can_keep_every_rule(tmp_path: Path) -> None:
    report = checked(make(tmp_path, search=True, also=WITH_BOOKING))
    assert str(report) == ""
    assert [finding.outcome.value for finding in report.of("booked-once")] == ["PASSED"]


@pytest.mark.parametrize("flaw", FEED, ids=str)
def test_a_flaw_of_a_feed_breaks_its_rule_and_no_other(tmp_path: Path, flaw: Flaw) -> None:
    report = checked(make(tmp_path, flaw=flaw))
    assert report.failed_rules == {flaw.rule}, str(report)


@pytest.mark.parametrize("flaw", SEARCH, ids=str)
def test_a_flaw_of_a_search_breaks_its_rule_and_no_other(tmp_path: Path, flaw: Flaw) -> None:
    report = checked(make(tmp_path, search=True, flaw=flaw))
    assert report.failed_rules == {flaw.rule}, str(report)


@pytest.mark.parametrize("flaw", BOOKING, ids=str)
def test_a_flaw_of_bookings_breaks_its_rule_and_no_other(tmp_path: Path, flaw: Flaw) -> None:
    report = checked(make(tmp_path, search=True, flaw=flaw, also=WITH_BOOKING))
    assert report.failed_rules == {flaw.rule}, str(report)


def test_every_rule_has_a_flaw_that_breaks_it() -> None:
    assert {flaw.rule for flaw in (*FEED, *SEARCH, *BOOKING)} == {rule.id for rule in RULES} | {"quality"}


def test_what_spoils_every_call_is_all_there_is_to_do(tmp_path: Path) -> None:
    """Else a check would wait hundreds of times, or say one thing in forty ways."""
    crash = (
        ADAPTER,
        "    async def listings(",
        "    def __init__(self, *_) -> None:\n        1 / 0\n\n    async def listings(",
    )
    sleep = before_the_request("__import__('time').sleep(0.001)")
    for edit, said in ((crash, "info: the adapter: ZeroDivisionError is raised"), (sleep, "never-waits: listings")):
        report = checked(make(tmp_path / said.partition(":")[0], flaw=Flaw("", "", (edit,))))
        assert [str(failure).startswith(said) for failure in report.failures] == [True]
        assert report.of("linear")[0].problem == "judged when the others are met"


def test_what_an_adapter_prints_is_not_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert str(checked(make(tmp_path, flaw=Flaw("", "", (before_the_request("print('asking')"),))))) == ""
    assert capsys.readouterr() == ("", "")


def test_every_failure_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    (swapped,) = (flaw for flaw in FEED if str(flaw) == "positions: swapped")
    first = checked(make(tmp_path, flaw=swapped)).failures[0]
    assert str(first) == (
        "positions: listings, market: latitude and longitude are swapped. Read them the other way round."
    )
