"""Which converters can be a network, and what is said of those that cannot."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from parkgraph.sdk import Capability
from parkgraph.sdk.replay import AnswerClient
from parkgraph_parkapi import Adapter

KEYLESS = (
    "aalen",
    "bfrk_bw_bike",
    "bfrk_bw_car",
    "freiburg",
    "freiburg_disabled_sensors",
    "freiburg_disabled_static",
    "freiburg_p_r_sensors",
    "freiburg_p_r_static",
    "freiburg_scanner",
    "heidelberg_easypark",
    "herrenberg",
    "herrenberg_bike",
    "karlsruhe",
    "karlsruhe_bike",
    "konstanz",
    "konstanz_disabled",
    "opendata_swiss",
    "ulm",
    "vrn_p_r",
)


def adapter(source: str) -> Adapter:
    return Adapter(Adapter.Settings(source=source), AnswerClient())


@pytest.mark.parametrize("source", KEYLESS)
def test_a_source_without_credentials_needs_no_other_setting(source: str) -> None:
    info = adapter(source).info
    assert info.name
    assert info.timezone.key == "Europe/Berlin"
    assert Capability.LISTINGS in info.capabilities


def test_a_source_that_the_library_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(ValidationError, match=r"must be a source that parkapi-sources can ask: .*karlsruhe, "):
        Adapter.Settings(source="atlantis")


def test_a_source_that_waits_for_files_cannot_be_asked() -> None:
    with pytest.raises(ValidationError, match="must be a source that parkapi-sources can ask"):
        Adapter.Settings(source="stuttgart")


def test_a_source_behind_a_client_certificate_is_refused() -> None:
    with pytest.raises(ValidationError, match="client certificate"):
        Adapter.Settings(source="aachen")


def test_a_source_with_credentials_names_those_that_are_missing() -> None:
    with pytest.raises(ValidationError, match="config must hold PARK_API_PBW_API_KEY"):
        Adapter.Settings(source="pbw")


def test_credentials_are_not_shown() -> None:
    settings = Adapter.Settings(source="pbw", config={"PARK_API_PBW_API_KEY": SecretStr("s3cret")})
    assert "s3cret" not in repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize("key", ["PARK_API_PARKING_SITE_PATCH_DIR", "STATIC_GEOJSON_BASE_PATH", "DEBUG_DUMP_DIR"])
def test_no_converter_is_led_to_a_folder(key: str) -> None:
    with pytest.raises(ValidationError, match="no folders"):
        Adapter.Settings(source="konstanz", config={key: SecretStr("x")})


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "parkapi_sources", None)
    with pytest.raises(ValidationError, match=r"install parkgraph-parkapi\[sources\]"):
        Adapter.Settings(source="konstanz")


def test_the_adapter_can_be_imported_without_the_library() -> None:
    program = "import sys; sys.modules['parkapi_sources'] = None; import parkgraph_parkapi as p; print(p.Adapter.demo)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "konstanz" in done.stdout


@pytest.mark.parametrize("source", ["karlsruhe", "konstanz", "herrenberg", "vrn_p_r", "freiburg_p_r_sensors"])
def test_live_data_of_the_same_document_come_with_the_listings(source: str) -> None:
    info = adapter(source).info
    assert Capability.OCCUPANCY in info.capabilities
    assert info.occupancies_every is None
    assert info.refresh_every.total_seconds() == 300


@pytest.mark.parametrize("source", ["aalen", "freiburg", "ulm"])
def test_live_data_of_a_document_of_their_own_come_apart(source: str) -> None:
    info = adapter(source).info
    assert Capability.OCCUPANCY in info.capabilities
    assert info.occupancies_every is not None


@pytest.mark.parametrize("source", ["heidelberg_easypark", "opendata_swiss", "konstanz_disabled"])
def test_a_static_source_has_no_live_data(source: str) -> None:
    info = adapter(source).info
    assert info.capabilities == {Capability.LISTINGS}
    assert info.occupancies_every is None


def test_attribution_and_licence_are_the_library_s_unless_they_are_set() -> None:
    assert adapter("karlsruhe").info.attribution == "Stadt Karlsruhe"
    settings = Adapter.Settings(source="konstanz", attribution="Stadt Konstanz", licence="DL-DE-BY-2.0")
    info = Adapter(settings, AnswerClient()).info
    assert (info.attribution, info.licence) == ("Stadt Konstanz", "DL-DE-BY-2.0")


def test_every_setting_is_described_here_and_in_the_readme(samples: Path) -> None:
    readme = (samples.parent / "README.md").read_text(encoding="utf-8")
    for name, field in Adapter.Settings.model_fields.items():
        assert field.description
        assert f"| `{name}` |" in readme
