import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from structlog.testing import capture_logs

from parkgraph.db.engine import Database
from parkgraph.networks import registry
from parkgraph.networks.network import NetworkStatus, Part
from parkgraph.networks.service import Networks
from parkgraph.sdk.contract import FeedAdapter
from parkgraph.settings import Settings, SettingsError, load
from tests.networks.scripted import eventually

ACME = """
    from zoneinfo import ZoneInfo
    from pydantic import SecretStr
    from parkgraph.domain.geo import Coordinates
    from parkgraph.domain.place import Listing
    from parkgraph.sdk import AdapterSettings, Batch, Capability, FeedAdapter, NetworkInfo, Url, read_rows

    class Settings(AdapterSettings):
        url: Url
        pages: int = 1
        token: SecretStr | None = None

    class Adapter(FeedAdapter[Settings]):
        Settings = Settings
        demo = {"url": "file:facilities.json"}

        @property
        def info(self):
            capabilities = frozenset({Capability.LISTINGS})
            return NetworkInfo("Acme", ZoneInfo("Europe/Berlin"), capabilities, max_per_minute=600)

        async def listings(self):
            rows = (await self.client.get(self.settings.url)).json()
            return read_rows(rows, lambda row: Listing(row, f"Acme {row}", Coordinates(48, 9)), str)
"""


class Site:
    """A folder of installed distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution: str, name: str, module: str, source: str) -> None:
        package = self.folder / module
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(dedent(source))
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[parkgraph.adapters]\n{name} = {module}:Adapter\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Site(tmp_path)
    for name in [name for name in sys.modules if name.startswith("acme")]:
        del sys.modules[name]


@pytest.fixture
def acme(site: Site) -> Site:
    site.install("parkgraph-acme", "acme", "acme_parking", ACME)
    return site


def settings(file: Path, text: str) -> Settings:
    file.write_text(dedent(text))
    return load(file, {})


def refusal(configured: Settings) -> str:
    with pytest.raises(SettingsError) as refused:
        registry.build(configured)
    return str(refused.value)


def test_an_installed_adapter_is_discovered_by_its_name(acme: Site) -> None:
    assert registry.discover()["acme"].__module__ == "acme_parking"


def test_a_second_distribution_of_one_name_is_refused_naming_both(acme: Site) -> None:
    acme.install("other-acme", "acme", "acme_other", ACME)
    with pytest.raises(SettingsError, match="from one distribution, not from other-acme and parkgraph-acme"):
        registry.discover()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('broken')", "cannot be imported (RuntimeError: broken)"),
        ("import nothing_of_this_name", "cannot be imported (ModuleNotFoundError"),
        ("x = 1", "cannot be imported (AttributeError"),
        ("class Adapter: ...", "is neither a FeedAdapter nor a SearchAdapter"),
        ("def Adapter(): ...", "is neither a FeedAdapter nor a SearchAdapter"),
    ],
)
def test_a_broken_adapter_is_reported_and_takes_down_only_its_own_networks(
    acme: Site, source: str, reason: str, tmp_path: Path
) -> None:
    acme.install("acme-broken", "broken", "acme_broken", source)
    with capture_logs() as logs:
        assert "acme" in registry.discover()
    assert [(entry["event"], entry["adapter"]) for entry in logs] == [("adapter_unusable", "broken")]
    assert reason in logs[0]["reason"]
    file = tmp_path / "parkgraph.toml"
    with capture_logs():
        networks = registry.build(settings(file, '[networks.a]\nadapter = "acme"\nurl = "https://a.example"\n'))
        assert [network.id for network in networks] == ["a"]
        said = refusal(settings(file, '[networks.b]\nadapter = "broken"\n'))
    assert said.startswith(f"{file}: [networks.b] adapter must be an adapter that works: broken of acme-broken ")
    assert reason in said


def test_enabled_networks_are_built_in_their_order(acme: Site, tmp_path: Path) -> None:
    configured = settings(
        tmp_path / "parkgraph.toml",
        """
        [networks.two]
        adapter = "acme"
        url = "https://two.example"
        [networks.off]
        adapter = "nowhere"
        enabled = false
        [networks.one]
        adapter = "acme"
        url = "https://one.example"
        refresh_seconds = 7
        max_concurrent = 64
        """,
    )
    two, one = registry.build(configured)
    assert (two.id, one.id) == ("two", "one")
    assert two.info.name == "Acme"
    assert not two.replayed
    every = one.asking[Part.LISTINGS].every
    assert every is not None
    assert every.total_seconds() == 7
    assert (one.info.max_concurrent, two.info.max_concurrent) == (64, 10)


def test_one_network_can_be_built_alone_even_if_it_is_disabled(acme: Site, tmp_path: Path) -> None:
    configured = settings(
        tmp_path / "parkgraph.toml",
        '[networks.a]\nadapter = "nowhere"\n'
        '[networks.b]\nadapter = "acme"\nenabled = false\nurl = "https://b.example"\n',
    )
    assert [network.id for network in registry.build(configured, only="b")] == ["b"]
    assert registry.build(configured, only="c") == []


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('adapter = "acmee"\nurl = "https://a.example"', "adapter must be an installed adapter: acme, "),
        ('adapter = "acme"', "url is missing: the setting is required."),
        ('adapter = "acme"\nurl = "example.org"', "url must be an http:// or https:// address."),
        ('adapter = "acme"\nurl = "file:a.json"', "url must be an http:// or https:// address; file: is for"),
        ('adapter = "acme"\nurl = "http://10.0.0.1/"', "url must be a public address, unless allow_private = true"),
        ('adapter = "acme"\nurl = "https://u:geheim@a.example/"', "url must not hold a user name or a password"),
        ('adapter = "acme"\nurl = "https://a.example"\npages = "2"', "pages must be a whole number."),
        ('adapter = "acme"\nurl = "https://a.example"\ntokn = "geheim"', "tokn is no setting; did you mean token?"),
    ],
)
def test_what_is_wrong_with_a_network_stops_the_start(acme: Site, tmp_path: Path, toml: str, sentence: str) -> None:
    file = tmp_path / "parkgraph.toml"
    said = refusal(settings(file, f"[networks.city]\n{toml}\n"))
    assert said.startswith(f"{file}: [networks.city] {sentence}")
    assert "geheim" not in said


def test_a_wrong_variable_of_a_network_is_named(acme: Site) -> None:
    environ = {"PARKGRAPH_NETWORKS_CITY_ADAPTER": "acme", "PARKGRAPH_NETWORKS_CITY_URL": "http://localhost/"}
    with pytest.raises(SettingsError, match=r"^PARKGRAPH_NETWORKS_CITY_URL must be a public address"):
        registry.build(load(None, environ))


def test_the_demo_replays_the_samples_of_three_networks() -> None:
    networks = registry.build_demo(load(None, {}))
    assert [network.id for network in networks] == ["bahn", "stuttgart", "sbb"]
    assert all(network.replayed for network in networks)


@pytest.mark.parametrize("network_id", registry.DEMO)
async def test_the_demos_samples_are_found(network_id: str, database: Database) -> None:
    network = next(network for network in registry.build_demo(load(None, {})) if network.id == network_id)
    service = Networks([network], database)
    await service.start()
    await eventually(lambda: network.status is NetworkStatus.UP)
    assert network.listings >= 10
    await service.stop()


def test_samples_lie_in_the_package_or_beside_its_source(
    acme: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "DEMO", {"town": "acme"})
    (tmp_path / "acme_parking" / "samples").mkdir()
    (tmp_path / "acme_parking" / "samples" / "facilities.json").write_text('["1", "2"]')
    (network,) = registry.build_demo(load(None, {}))
    assert isinstance(network.adapter, FeedAdapter)
    assert len(asyncio.run(network.adapter.listings()).items) == 2


def test_a_demo_without_its_adapter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "DEMO", {"town": "nowhere"})
    with pytest.raises(SettingsError, match="must be an installed adapter"):
        registry.build_demo(load(None, {}))


@asynccontextmanager
async def answering(*bodies: bytes) -> AsyncIterator[str]:
    """A real server on the loopback: these bodies one after the other, the last one for ever; b"" hangs up."""
    left = list(bodies)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = left.pop(0) if len(left) > 1 else left[0]
        if body:
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_network_is_asked_over_http_and_recovers(acme: Site, database: Database) -> None:
    async with answering(b"garbage", b'["1", "2"]') as url:
        environ = {
            "PARKGRAPH_NETWORKS_CITY_ADAPTER": "acme",
            "PARKGRAPH_NETWORKS_CITY_URL": url,
            "PARKGRAPH_NETWORKS_CITY_ALLOW_PRIVATE": "true",
            "PARKGRAPH_NETWORKS_CITY_REFRESH_SECONDS": "1",
        }
        (network,) = registry.build(load(None, environ))
        service = Networks([network], database)
        await service.start()
        await eventually(lambda: network.status is NetworkStatus.DOWN)
        assert network.code == "MALFORMED"
        await eventually(lambda: network.status is NetworkStatus.UP)
        assert network.listings == 2
        await service.stop()


def test_the_operators_cadence_is_never_slowed_by_the_declared_rate() -> None:
    assert registry.allowed_per_minute(6, None) == 6
    assert registry.allowed_per_minute(6, timedelta(hours=1)) == 6
    assert registry.allowed_per_minute(6, timedelta(seconds=1)) == 360
