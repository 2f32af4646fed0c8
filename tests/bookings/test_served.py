"""A served booking, at a network over HTTP: also when the server is killed, or the reply lost."""

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bookings.standin import StandIn, configuration, installed, stand_in
from tests.process import Server, running

TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
AROUND = f"""
{{ nearby(near: {{latitude: 48.78, longitude: 9.18}},
          stay: {{arrive: "{TOMORROW.isoformat()}", leave: "{(TOMORROW + timedelta(hours=3)).isoformat()}"}}) {{
    edges {{ offers {{ id bookable total {{ amount currency }} }} }} }} }}
"""
BOOK = """
mutation Book($offer: ID!, $key: String!) {
  bookOffer(offerId: $offer, idempotencyKey: $key, driver: {plate: "S-PG 4711", email: "driver@example.org"}) {
    __typename
    ... on Booking { id status reference total { amount currency } }
    ... on BookingRefused { reason text }
  }
}
"""


@pytest.fixture
def network() -> Iterator[StandIn]:
    with stand_in() as network:
        yield network


@pytest.fixture
def arguments(tmp_path: Path, network: StandIn) -> dict[str, Any]:
    """Of `running`: a server of that network, and its log."""
    config = tmp_path / "parkgraph.toml"
    config.write_text(configuration(network))
    return {
        "arguments": ("serve", "--config", str(config)),
        "environ": {
            **installed(tmp_path / "site"),
            "PARKGRAPH_SERVER_ENVIRONMENT": "production",
            "PARKGRAPH_SERVER_QUERY_DEADLINE_MS": "10000",
        },
        "log": tmp_path / "log",
    }


def started(tmp_path: Path, arguments: dict[str, Any]) -> Any:
    return running(tmp_path / "data", *arguments["arguments"], environ=arguments["environ"], log=arguments["log"])


def offer(server: Server) -> str:
    (edge,) = server.ask(AROUND)["nearby"]["edges"]
    (found,) = edge["offers"]
    assert found["bookable"]
    return str(found["id"])


def book(server: Server, offer_id: str, key: str = "key-of-this-wish") -> Any:
    body = {"query": BOOK, "variables": {"offer": offer_id, "key": key}}
    answer = httpx.post(f"{server.url}/graphql", json=body, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]["bookOffer"]


def test_a_server_killed_while_it_books_finds_the_booking_after_its_restart(
    tmp_path: Path, network: StandIn, arguments: dict[str, Any]
) -> None:
    network.holds = True
    with started(tmp_path, arguments) as server:
        offer_id = offer(server)

        def doomed() -> None:
            with suppress(httpx.HTTPError):
                book(server, offer_id)

        asking = threading.Thread(target=doomed)
        asking.start()
        assert network.asked.wait(20)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        asking.join()
    network.holds = False
    with started(tmp_path, arguments) as server:
        booked = book(server, offer_id)
        assert (booked["status"], booked["reference"]) == ("CONFIRMED", "R1")
        assert book(server, offer_id) == booked
    assert len(network.reservations) == 1


def test_a_lost_reply_books_once_and_no_driver_is_in_the_log(
    tmp_path: Path, network: StandIn, arguments: dict[str, Any]
) -> None:
    network.loses = True
    with started(tmp_path, arguments) as server:
        offer_id = offer(server)
        booked = book(server, offer_id)
        metrics = httpx.get(f"{server.url}/metrics").text
    assert (booked["status"], booked["total"]) == ("CONFIRMED", {"amount": "12.00", "currency": "EUR"})
    assert [each["plate"] for each in network.reservations] == ["S-PG 4711"]
    assert 'parkgraph_bookings_total{action="book",network="garages",outcome="confirmed"} 1.0' in metrics
    assert 'parkgraph_network_calls_total{network="garages",outcome="UNAVAILABLE",part="booking"} 1.0' in metrics
    log = arguments["log"].read_text()
    assert "booking_unanswered" in log
    for planted in ("4711", "driver@example.org", "key-of-this-wish"):
        assert planted not in log + metrics
