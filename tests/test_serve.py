"""The server as its operators meet it: started, asked, killed, started again."""

import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process import Server, databases, eventually, running
from tests.recorded import FEEDS, configuration, needs_feeds, serving

AROUND_THE_STATION = """
{ nearby(near: {latitude: 48.7838, longitude: 9.1829}, radius: 1500, first: 100,
         stay: {arrive: "2026-11-24T09:00:00+01:00", leave: "2026-11-24T12:30:00+01:00"}) {
    totalCount
    edges { node { id name listings { network { id } } } cheapest { total { amount currency } } }
    sources { network { id } status code listings latencyMs }
} }
"""
EVERYWHERE = "{ networks { id status listings rejected } }"


def places(server: Server) -> list[dict[str, Any]]:
    """Which places there are around the station of the demo, whose prices change with the clock."""
    return [edge["node"] for edge in server.ask(AROUND_THE_STATION)["nearby"]["edges"]]


def by_network(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {(row.get("network") or row)["id"]: row for row in rows}


@pytest.fixture(scope="module")
def feeds() -> Iterator[str]:
    with serving(FEEDS) as url:
        yield url


@needs_feeds
def test_recorded_networks_are_served_as_one_graph(tmp_path: Path, feeds: str) -> None:
    config = tmp_path / "parkgraph.toml"
    config.write_text(configuration(feeds))
    with running(tmp_path / "data", "serve", "--config", str(config)) as server:
        found = by_network(server.ask(EVERYWHERE)["networks"])
        assert {name: row["listings"] for name, row in found.items() if name != "yards"} == {
            "bahn": 310,
            "sbb": 649,
            "stuttgart": 49,
            "aachen": 17,
        }
        places = server.ask(AROUND_THE_STATION)["nearby"]["edges"]
        merged = [edge for edge in places if len(edge["node"]["listings"]) > 1]
        assert [edge["node"]["name"] for edge in merged] == ["LBBW (Hbf.)"]
        assert merged[0]["cheapest"]["total"] == {"amount": "14.00", "currency": "EUR"}


def network(name: str, url: str) -> str:
    return f'[networks.{name}]\nadapter = "bahn"\nurl = "{url}"\nallow_private = true\n'


@needs_feeds
def test_one_bad_network_never_spoils_the_others(tmp_path: Path, feeds: str) -> None:
    garbage = tmp_path / "garbage"
    garbage.mkdir()
    (garbage / "data.json").write_text("<html>Internal Server Error</html>")
    config = tmp_path / "parkgraph.toml"
    # Connections are taken by the system, and nobody ever answers them.
    with serving(garbage) as garbage_url, socket.create_server(("127.0.0.1", 0)) as silent:
        config.write_text(
            configuration(feeds)
            + network("down", "http://127.0.0.1:9/")
            + network("hanging", f"http://127.0.0.1:{silent.getsockname()[1]}/")
            + network("garbage", f"{garbage_url}/data.json")
        )
        with running(tmp_path / "data", "serve", "--config", str(config)) as server:
            answer = server.ask(AROUND_THE_STATION)["nearby"]
            sources = by_network(answer["sources"])
    assert answer["totalCount"] > 10
    assert sources["bahn"]["status"] == sources["stuttgart"]["status"] == "FRESH"
    assert (sources["down"]["status"], sources["down"]["code"]) == ("FAILED", "UNAVAILABLE")
    assert (sources["garbage"]["status"], sources["garbage"]["code"]) == ("FAILED", "MALFORMED")
    assert (sources["hanging"]["status"], sources["hanging"]["listings"]) == ("TIMED_OUT", 0)
    assert all(source["latencyMs"] <= 800 for source in sources.values())


@needs_feeds
def test_after_a_restart_the_last_good_listings_are_served_as_stale(tmp_path: Path) -> None:
    config = tmp_path / "parkgraph.toml"
    with serving(FEEDS) as url:
        config.write_text(configuration(url))
        with running(tmp_path / "data", "serve", "--config", str(config)) as server:
            before = server.ask(AROUND_THE_STATION)["nearby"]
    with running(tmp_path / "data", "serve", "--config", str(config)) as server:
        after = server.ask(AROUND_THE_STATION)["nearby"]
    assert after["edges"] == before["edges"]
    sources = by_network(after["sources"])
    assert sources["bahn"]["status"] == sources["stuttgart"]["status"] == "STALE"
    assert sources["bahn"]["listings"] == 310


def test_a_killed_server_comes_back_with_the_same_places_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "demo") as server:
        before = places(server)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    assert databases(data), "the database outlives its server's kill"
    with running(data, "demo") as server:
        assert places(server) == before
    assert databases(data) == []


def test_a_killed_database_comes_back_under_the_running_server(tmp_path: Path) -> None:
    with running(tmp_path / "data", "demo") as server:
        before = places(server)
        killed = server.postmaster()
        killed.kill()
        assert places(server) == before
        eventually(lambda: killed not in databases(tmp_path / "data") and server.ready())
        assert places(server) == before


@pytest.fixture(scope="module")
def used_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a demo that has run: the next start has little to make."""
    data: Path = tmp_path_factory.mktemp("used") / "data"
    with running(data, "demo"):
        pass
    return data


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_normal_stop_leaves_no_process_behind(used_dir: Path, how: signal.Signals) -> None:
    with running(used_dir, "demo") as server:
        server.stop(how)
        assert server.process.returncode == 0
    assert databases(used_dir) == []


def is_ready(pid_file: Path) -> bool:
    return pid_file.exists() and "ready" in pid_file.read_text()


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(lambda data: (data / "users").exists(), id="the cluster is made"),
        pytest.param(lambda data: (data / "postgres/postmaster.pid").exists(), id="the database starts"),
        pytest.param(lambda data: is_ready(data / "postgres/postmaster.pid"), id="the schema is brought up"),
        pytest.param(lambda data: (data / "links.key").exists(), id="the yard is made"),
    ],
)
def test_a_kill_during_the_first_start_does_not_poison_the_next(tmp_path: Path, begun: Callable[[Path], bool]) -> None:
    data = tmp_path / "data"
    with running(data, "demo", wait=False) as server:
        eventually(lambda: begun(data), pause=0.001)
        server.process.kill()
        server.process.wait()
    with running(data, "demo") as server:
        assert server.ask(AROUND_THE_STATION)["nearby"]["totalCount"] > 10
    assert databases(data) == []


def test_no_folder_that_was_there_changes_its_mode(tmp_path: Path) -> None:
    parent = tmp_path / "mine"
    parent.mkdir(mode=0o700)
    folders = [parent, *parent.parents]
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
    with running(parent / "data", "demo"):
        pass
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == modes
