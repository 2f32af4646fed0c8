from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from parkgraph.domain.geo import Bounds, Circle, Coordinates
from parkgraph.domain.place import Listing
from parkgraph.networks.network import Network, NetworkStatus, Part
from parkgraph.networks.reports import Code, SourceStatus
from parkgraph.networks.snapshots import Snapshot, apply, with_occupancies
from parkgraph.sdk.batch import Batch, Rejected, read_rows
from parkgraph.sdk.contract import Capability
from tests.networks.scripted import AROUND, NOW, batch, feed, listing, search, update

HOUR = timedelta(hours=1)
SNAPSHOT, _ = apply(None, batch("a", "b", as_of=NOW - HOUR, rejected=(Rejected("x", "bad"),)), NOW)


def serving(network: Network, snapshot: Snapshot = SNAPSHOT) -> Network:
    """After a good answer at NOW."""
    network.snapshot = snapshot
    for part in network.asking:
        network.succeeded(part, NOW)
    return network


def test_a_network_that_was_not_asked_yet_is_starting() -> None:
    network = feed("city", batch())
    assert network.status is NetworkStatus.STARTING
    assert (network.listings, network.rejected, network.last_success_at) == (0, 0, None)
    report = network.report(AROUND, NOW)
    assert (report.status, report.code) == (SourceStatus.TIMED_OUT, Code.STARTING)


def test_a_network_that_answered_is_up_and_fresh() -> None:
    network = serving(feed("city", batch()))
    assert network.status is NetworkStatus.UP
    assert (network.listings, network.rejected) == (2, 1)
    assert network.last_success_at == network.last_attempt_at == NOW
    report = network.report(AROUND, NOW)
    assert (report.status, report.code, report.listings) == (SourceStatus.FRESH, None, 2)
    assert (report.as_of, report.latency_ms, report.network) == (NOW - HOUR, 0, network)


def test_a_network_that_failed_serves_its_last_good_data_and_says_so() -> None:
    network = serving(feed("city", batch()))
    network.failed(Part.LISTINGS, NOW + HOUR, Code.UNAVAILABLE)
    assert network.status is NetworkStatus.DEGRADED
    assert (network.last_success_at, network.last_attempt_at) == (NOW, NOW + HOUR)
    report = network.report(AROUND, NOW + HOUR)
    assert (report.status, report.code, report.listings) == (SourceStatus.STALE, Code.UNAVAILABLE, 2)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.UNAVAILABLE, SourceStatus.FAILED),
        (Code.MALFORMED, SourceStatus.FAILED),
        (Code.DENIED, SourceStatus.FAILED),
        (Code.UNEXPECTED, SourceStatus.FAILED),
        (Code.TIMED_OUT, SourceStatus.TIMED_OUT),
        (Code.RATE_LIMITED, SourceStatus.RATE_LIMITED),
    ],
)
def test_a_network_that_failed_with_nothing_to_serve_is_down(code: Code, status: SourceStatus) -> None:
    network = feed("city", batch())
    network.failed(Part.LISTINGS, NOW, code)
    assert network.status is NetworkStatus.DOWN
    report = network.report(AROUND, NOW)
    assert (report.status, report.code, report.listings) == (status, code, 0)


def test_a_restored_network_is_degraded_until_it_answers() -> None:
    network = feed("city", batch())
    network.restored(SNAPSHOT)
    assert network.status is NetworkStatus.DEGRADED
    assert (network.last_success_at, network.last_attempt_at) == (NOW, None)
    report = network.report(AROUND, NOW)
    assert (report.status, report.code) == (SourceStatus.STALE, Code.RESTORED)
    assert serving(network).status is NetworkStatus.UP


def test_data_are_fresh_for_twice_the_cadence() -> None:
    network = serving(feed("city", batch(), every=HOUR))
    assert network.report(AROUND, NOW + 2 * HOUR).status is SourceStatus.FRESH
    report = network.report(AROUND, NOW + 2 * HOUR + timedelta(seconds=1))
    assert (report.status, report.code) == (SourceStatus.STALE, Code.OVERDUE)


def test_live_data_have_a_cadence_of_their_own() -> None:
    live = with_occupancies(SNAPSHOT, Batch((update("a", 7),)), NOW)
    network = serving(feed("city", batch(), live=[batch()], live_every=timedelta(minutes=1)), live)
    assert network.report(AROUND, NOW + timedelta(minutes=2)).status is SourceStatus.FRESH
    assert network.report(AROUND, NOW + timedelta(minutes=3)).code is Code.OVERDUE


def test_failing_live_data_make_a_network_stale() -> None:
    network = serving(feed("city", batch(), live=[batch()]))
    network.failed(Part.OCCUPANCIES, NOW, Code.MALFORMED)
    assert network.status is NetworkStatus.DEGRADED
    report = network.report(AROUND, NOW)
    assert (report.status, report.code) == (SourceStatus.STALE, Code.MALFORMED)


def test_what_another_process_stored_counts_as_its_own() -> None:
    network = feed("city", batch())
    network.followed(SNAPSHOT, None)
    assert network.status is NetworkStatus.UP
    assert network.report(AROUND, NOW).status is SourceStatus.FRESH
    network.followed(SNAPSHOT, Code.MALFORMED)
    assert network.report(AROUND, NOW).code is Code.MALFORMED


def test_a_network_is_not_covering_what_meets_none_of_its_boxes() -> None:
    network = serving(feed("city", batch(), coverage=(Bounds(48, 9, 49, 10),)))
    assert network.covers(AROUND)
    far = Circle(Coordinates(0, 0), 1_000)
    assert not network.covers(far)
    report = network.report(far, NOW)
    assert (report.status, report.listings) == (SourceStatus.NOT_COVERED, 0)


def test_a_feed_without_boxes_covers_where_its_places_are_and_a_little_more() -> None:
    there, here = (listing("a", location=Coordinates(48.5, 9.0)), listing("b", location=Coordinates(48.9, 9.4)))
    snapshot, _ = apply(None, batch(there, here), NOW)
    network = serving(feed("city", batch()), snapshot)
    assert network.covers(Circle(Coordinates(48.7, 9.2), 1)), "between them"
    assert network.covers(Circle(Coordinates(48.54, 8.95), 1)), "4 km beside them"
    assert network.report(Circle(Coordinates(48.4, 9.0), 5_000), NOW).status is SourceStatus.NOT_COVERED
    network.snapshot, _ = apply(snapshot, batch(there, here, listing("c", location=Coordinates(48.4, 9.0))), NOW)
    assert network.covers(Circle(Coordinates(48.4, 9.0), 5_000))


def test_a_feed_without_boxes_that_has_nothing_yet_is_looked_for_everywhere() -> None:
    assert feed("city", batch()).covers(Circle(Coordinates(0, 0), 1))


def test_what_was_seen_of_a_search_network_without_boxes_limits_nothing() -> None:
    assert serving(search("city", batch())).covers(Circle(Coordinates(0, 0), 1))


def test_a_search_network_serves_from_memory_what_was_seen() -> None:
    network = serving(search("city", batch()))
    report = network.report(AROUND, NOW + timedelta(days=9))
    assert (report.status, report.listings) == (SourceStatus.CACHED, 2)


def test_a_search_network_is_up_when_it_answered_even_with_nothing() -> None:
    asked, unasked = search("city", batch()), search("town", batch())
    asked.succeeded(Part.SEARCH, NOW)
    assert (asked.status, unasked.status) == (NetworkStatus.UP, NetworkStatus.STARTING)


def test_the_configured_cadence_overrides_the_networks_own() -> None:
    adapter = feed("city", batch(), live=[batch()], every=HOUR, live_every=timedelta(minutes=1)).adapter
    often = Network("city", adapter, refresh_every=timedelta(seconds=5))
    assert [asking.every for asking in often.asking.values()] == [timedelta(seconds=5)] * 2
    seldom = Network("city", adapter, refresh_every=timedelta(hours=9))
    assert [asking.every for asking in seldom.asking.values()] == [timedelta(hours=9), timedelta(minutes=1)]


def test_the_way_down_is_logged_once_and_the_way_back_once() -> None:
    network = serving(feed("city", batch(), live=[batch()]))
    with capture_logs() as logs:
        network.failed(Part.LISTINGS, NOW, Code.UNAVAILABLE, "no answer")
        network.failed(Part.OCCUPANCIES, NOW, Code.UNAVAILABLE, "no answer")
        network.failed(Part.LISTINGS, NOW, Code.MALFORMED, "garbage")
        network.succeeded(Part.OCCUPANCIES, NOW)
        network.succeeded(Part.LISTINGS, NOW)
        network.succeeded(Part.LISTINGS, NOW)
    assert [(entry["event"], entry["network"]) for entry in logs] == [
        ("network_down", "city"),
        ("network_back", "city"),
    ]
    assert (logs[0]["code"], logs[0]["reason"], logs[0]["serving"]) == (Code.UNAVAILABLE, "no answer", 2)


def test_refused_credentials_are_one_line_for_the_operator_even_of_a_network_that_is_down() -> None:
    network = feed("city", batch(), live=[batch()])
    network.failed(Part.OCCUPANCIES, NOW, Code.UNAVAILABLE)
    with capture_logs() as logs:
        network.failed(Part.LISTINGS, NOW, Code.DENIED, "credentials are refused")
        network.failed(Part.OCCUPANCIES, NOW, Code.DENIED, "credentials are refused")
    assert [(entry["event"], entry["log_level"], entry["reason"]) for entry in logs] == [
        ("network_denied", "error", "credentials are refused")
    ]


def test_rejected_rows_are_logged_when_their_number_changes_by_reason_only() -> None:
    rejected = (Rejected("secret row", "no position"), Rejected("b", "no position"), Rejected("c", "no name"))
    snapshot, _ = apply(None, batch("a", rejected=rejected), NOW)
    network = feed("city", batch())
    with capture_logs() as logs:
        serving(network, snapshot)
        serving(network, snapshot)
    assert len(logs) == 1
    assert logs[0]["event"] == "rows_rejected"
    assert (logs[0]["rows"], logs[0]["reasons"]) == (3, {"no position": 2, "no name": 1})
    assert "secret row" not in str(logs)
    with capture_logs() as logs:
        serving(network, SNAPSHOT)
    assert logs[0]["rows"] == 1


@pytest.mark.parametrize("text", ["B-XY 123", "it's B-XY 123", 'a "B-XY 123"', "x" * 300 + "B-XY 123", "'\\' B-XY 123"])
@pytest.mark.parametrize("read", [int, float, datetime.fromisoformat, ZoneInfo, Capability, lambda text: {}[text]])
def test_what_a_library_says_of_a_row_is_logged_without_the_words_of_the_row(
    read: Callable[[str], object], text: str
) -> None:
    def to_domain(row: str) -> Listing:
        read(row)
        raise AssertionError("it must not be read")

    read_badly = read_rows([text], to_domain, lambda row: "a")
    snapshot, _ = apply(None, batch("a", rejected=read_badly.rejected), NOW)
    with capture_logs() as logs:
        serving(feed("city", batch()), snapshot)
    assert logs[0]["rows"] == 1
    assert not any(word in str(logs) for word in ("XY", "123", "xxx"))


def test_a_network_asks_for_patience_until_it_is_over() -> None:
    network = feed("city", batch())
    network.failed(Part.LISTINGS, NOW, Code.RATE_LIMITED, retry_after=timedelta(minutes=5))
    assert network.patience(NOW) == timedelta(minutes=5)
    assert network.patience(NOW + timedelta(minutes=4)) == timedelta(minutes=1)
    assert network.patience(NOW + timedelta(minutes=5)) is None


def test_refused_credentials_are_tried_again_more_and_more_slowly_until_they_are_taken() -> None:
    network, now = feed("city", batch()), NOW
    pauses = []
    for _ in range(6):
        network.failed(Part.LISTINGS, now, Code.DENIED)
        pause = network.patience(now)
        assert pause is not None
        pauses.append(pause / timedelta(minutes=1))
        now += pause
    assert pauses == [5, 10, 20, 40, 60, 60]
    network.succeeded(Part.LISTINGS, now)
    network.failed(Part.LISTINGS, now, Code.DENIED)
    assert network.patience(now) == timedelta(minutes=5)


def test_one_query_finds_out_whether_credentials_are_still_refused() -> None:
    network = search("city", batch())
    network.failed(Part.SEARCH, NOW, Code.DENIED)
    assert network.turned_away(NOW + timedelta(minutes=4)) is Code.DENIED
    later = NOW + timedelta(minutes=5)
    assert [network.turned_away(later) for _ in range(3)] == [None, Code.DENIED, Code.DENIED]
    assert network.turned_away(later + timedelta(minutes=5)) is None, "the one before came to nothing"
    network.succeeded(Part.SEARCH, later)
    assert [network.turned_away(later) for _ in range(3)] == [None] * 3


def test_an_absurd_patience_is_a_day() -> None:
    network = feed("city", batch())
    network.failed(Part.LISTINGS, NOW, Code.RATE_LIMITED, retry_after=timedelta.max)
    assert network.patience(NOW) == timedelta(days=1)
