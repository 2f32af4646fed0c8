import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from parkgraph.domain.geo import Bounds
from parkgraph.networks import registry
from parkgraph.sdk.contract import AdapterSettings
from parkgraph.settings import (
    OF_A_NETWORK,
    NetworkSettings,
    ServerSettings,
    Settings,
    SettingsError,
    load,
)
from parkgraph.settings_source import Source, read_table

EXAMPLE = Path(__file__).resolve().parents[1] / "parkgraph.example.toml"


class CitySettings(AdapterSettings):
    url: str
    pages: int = 1
    strict: bool = False
    token: SecretStr | None = None
    coverage: tuple[Bounds, ...] = ()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parkgraph.toml"


def refusal(path: Path | None, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        load(path, environ or {})
    return str(refused.value)


def city(settings: Settings, name: str = "city") -> CitySettings:
    return read_table(CitySettings, settings.networks[name].source, also=OF_A_NETWORK)


def test_without_a_file_every_setting_has_its_default() -> None:
    settings = load(None, {})
    assert settings == Settings()
    assert (settings.server.host, settings.server.port, settings.server.query_deadline_ms) == ("127.0.0.1", 8000, 800)
    assert settings.server.environment == "development"
    assert settings.database.url is None
    assert settings.data_dir == Path(".parkgraph")
    assert settings.networks == {}


def test_the_file_is_read(file: Path) -> None:
    file.write_text(
        """
        data_dir = "/var/lib/parkgraph"
        [server]
        host = "0.0.0.0"
        port = 80
        query_deadline_ms = 1200
        environment = "production"
        [database]
        url = "postgresql://localhost/parkgraph"
        [networks.my-city]
        adapter = "datex2"
        enabled = false
        allow_private = true
        refresh_seconds = 30
        """
    )
    settings = load(file, {})
    assert settings.data_dir == Path("/var/lib/parkgraph")
    assert settings.server == ServerSettings(host="0.0.0.0", port=80, query_deadline_ms=1200, environment="production")
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql://localhost/parkgraph"
    network = settings.networks["my-city"]
    assert (network.adapter, network.enabled, network.allow_private) == ("datex2", False, True)
    assert network.refresh_seconds == 30


def test_every_core_key_has_a_variable_that_wins_over_the_file(file: Path) -> None:
    file.write_text(
        'data_dir = "here"\n[server]\nport = 1\n[networks.my-city]\nadapter = "datex2"\nenabled = true\nurl = "file"\n'
    )
    settings = load(
        file,
        {
            "PARKGRAPH_DATA_DIR": "there",
            "PARKGRAPH_SERVER_HOST": "::1",
            "PARKGRAPH_SERVER_PORT": "2",
            "PARKGRAPH_SERVER_QUERY_DEADLINE_MS": "900",
            "PARKGRAPH_SERVER_ENVIRONMENT": "production",
            "PARKGRAPH_DATABASE_URL": "postgres://elsewhere/parkgraph",
            "PARKGRAPH_NETWORKS_MY_CITY_ADAPTER": "sbb",
            "PARKGRAPH_NETWORKS_MY_CITY_ENABLED": "false",
            "PARKGRAPH_NETWORKS_MY_CITY_ALLOW_PRIVATE": "true",
            "PARKGRAPH_NETWORKS_MY_CITY_REFRESH_SECONDS": "1.5",
            "PARKGRAPH_NETWORKS_MY_CITY_URL": "environment",
        },
    )
    assert settings.data_dir == Path("there")
    assert settings.server == ServerSettings(host="::1", port=2, query_deadline_ms=900, environment="production")
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgres://elsewhere/parkgraph"
    network = settings.networks["my-city"]
    assert (network.adapter, network.enabled, network.allow_private) == ("sbb", False, True)
    assert network.refresh_seconds == 1.5
    assert city(settings, "my-city").url == "environment"


def test_a_network_can_be_made_by_the_environment_alone() -> None:
    environ = {
        "PARKGRAPH_NETWORKS_TWIN_CITY_ADAPTER": "datex2",
        "PARKGRAPH_NETWORKS_TWIN_CITY_URL": "https://a.example",
    }
    settings = load(None, environ)
    assert list(settings.networks) == ["twin_city"]
    assert city(settings, "twin_city").url == "https://a.example"


@pytest.mark.parametrize("word", ["true", "True", "1", "yes", "on"])
def test_a_variable_says_yes_in_many_words(word: str) -> None:
    environ = {"PARKGRAPH_NETWORKS_CITY_ADAPTER": "x", "PARKGRAPH_NETWORKS_CITY_ALLOW_PRIVATE": word}
    assert load(None, environ).networks["city"].allow_private is True


@pytest.mark.parametrize("word", ["false", "FALSE", "0", "no", "off"])
def test_a_variable_says_no_in_many_words(word: str) -> None:
    environ = {"PARKGRAPH_NETWORKS_CITY_ADAPTER": "x", "PARKGRAPH_NETWORKS_CITY_ENABLED": word}
    assert load(None, environ).networks["city"].enabled is False


def test_an_adapters_settings_are_read_from_text_by_their_type() -> None:
    prefix = "PARKGRAPH_NETWORKS_CITY_"
    boxes = [{"south": 1, "west": 2, "north": 3, "east": 4}]
    settings = load(
        None,
        {
            f"{prefix}ADAPTER": "x",
            f"{prefix}URL": "12345",
            f"{prefix}PAGES": "7",
            f"{prefix}STRICT": "yes",
            f"{prefix}TOKEN": "true",
            f"{prefix}COVERAGE": json.dumps(boxes),
        },
    )
    read = city(settings)
    assert (read.url, read.pages, read.strict) == ("12345", 7, True)
    assert read.token is not None
    assert read.token.get_secret_value() == "true"
    assert read.coverage == (Bounds(1, 2, 3, 4),)


def test_tables_within_an_adapters_settings_are_read_from_the_file(file: Path) -> None:
    file.write_text(
        """
        [networks.city]
        adapter = "x"
        url = "https://a.example"
        [[networks.city.coverage]]
        south = 48.6
        west = 9
        north = 48.9
        east = 9.4
        """
    )
    assert city(load(file, {})).coverage == (Bounds(48.6, 9, 48.9, 9.4),)


def test_a_variable_goes_to_the_network_with_the_longer_name() -> None:
    environ = {
        "PARKGRAPH_NETWORKS_CITY_ADAPTER": "x",
        "PARKGRAPH_NETWORKS_CITY_URL": "https://short.example",
        "PARKGRAPH_NETWORKS_CITY_OLD_ADAPTER": "x",
        "PARKGRAPH_NETWORKS_CITY_OLD_URL": "https://long.example",
    }
    settings = load(None, environ)
    assert city(settings).url == "https://short.example"
    assert city(settings, "city_old").url == "https://long.example"


def test_an_empty_variable_counts_as_unset(file: Path) -> None:
    file.write_text("[server]\nport = 81\n")
    assert load(file, {"PARKGRAPH_SERVER_PORT": "", "PARKGRAPH_TYPO": ""}).server.port == 81


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/bin"),
        ("PARKGRAPH_SERVICE_HOST", "10.0.0.1"),
        ("PARKGRAPH_SERVICE_PORT", "80"),
        ("PARKGRAPH_SERVICE_PORT_HTTP", "80"),
        ("PARKGRAPH_PORT", "tcp://10.0.0.1:80"),
        ("PARKGRAPH_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("PARKGRAPH_SERVER_PORT", "tcp://10.0.0.1:80"),
        ("PARKGRAPH_REVIEW_SERVICE_HOST", "10.0.0.1"),
    ],
)
def test_what_the_system_or_kubernetes_sets_is_left_alone(name: str, value: str) -> None:
    assert load(None, {name: value}) == Settings()


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[server]\nprot = 80", "[server] prot is no setting; did you mean port?"),
        ("[sever]\nport = 80", "sever is no setting; did you mean server?"),
        ("[server]\nzzz = 80", "[server] zzz is no setting; known are "),
        ('[server]\nport = "80"', "[server] port must be a whole number between 0 and 65535."),
        ("[server]\nport = 80.5", "[server] port must be a whole number between 0 and 65535."),
        ("[server]\nport = 70000", "[server] port must be a whole number between 0 and 65535."),
        ("[server]\nport = true", "[server] port must be a whole number between 0 and 65535."),
        ("[server]\nquery_deadline_ms = 49", "[server] query_deadline_ms must be a whole number between 50 and 10000."),
        ('[server]\nenvironment = "prod"', "[server] environment must be 'development' or 'production'."),
        ("[server]\nhost = 1", "[server] host must be a text."),
        ("server = 1", "server must be a table, headed [server]."),
        ("data_dir = 1", "data_dir must be"),
        ('[database]\nurl = "mysql://geheim@db"', "[database] url must begin with postgresql://."),
        ("[networks]\ncity = 1", "networks.city must be a table, headed [networks.city]."),
        ("[networks.city]\nenabled = true", "[networks.city] adapter is missing: the setting is required."),
        ('[networks.city]\nadapter = "x"\nenabled = "true"', "[networks.city] enabled must be true or false."),
        (
            '[networks.city]\nadapter = "x"\nrefresh_seconds = 0.5',
            "[networks.city] refresh_seconds must be a number between 1 and 2592000.",
        ),
        ('[networks.yards]\nadapter = "x"', "[networks.yards] must be named otherwise"),
        ('[networks.City]\nadapter = "x"', "[networks.City] must name its network by a letter"),
        (f'[networks.{"c" * 64}]\nadapter = "x"', "must name its network by a letter"),
        ('[networks.a-b]\nadapter = "x"\n[networks.a_b]\nadapter = "x"', "PARKGRAPH_NETWORKS_A_B_… is [networks.a-b]"),
        ("[server\nport = 80", "must be TOML, and is not at line 1, column 8."),
    ],
)
def test_what_is_wrong_in_the_file_is_one_sentence(file: Path, toml: str, sentence: str) -> None:
    file.write_text(toml)
    said = refusal(file)
    assert said.startswith(f"{file}: ")
    assert sentence in said
    assert "\n" not in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PARKGRAPH_SERVER_PORT", "eighty", "PARKGRAPH_SERVER_PORT must be a whole number between 0 and 65535."),
        ("PARKGRAPH_SERVER_PROT", "80", "PARKGRAPH_SERVER_PROT is no setting; did you mean PARKGRAPH_SERVER_PORT?"),
        ("PARKGRAPH_PASSWORT", "geheim", "PARKGRAPH_PASSWORT is no setting; parkgraph.example.toml has them all."),
        ("PARKGRAPH_DATABASE_URL", "mysql://geheim@db", "PARKGRAPH_DATABASE_URL must begin with postgresql://."),
        ("PARKGRAPH_NETWORKS_NO_URL", "x", "PARKGRAPH_NETWORKS_<INSTANCE>_ADAPTER is what makes one."),
        ("PARKGRAPH_NETWORKS_YARDS_ADAPTER", "x", "PARKGRAPH_NETWORKS_YARDS_ADAPTER must be named otherwise"),
        ("PARKGRAPH_NETWORKS_1ST_ADAPTER", "x", "PARKGRAPH_NETWORKS_1ST_ADAPTER must name its network by a letter"),
        ("PARKGRAPH_NETWORKS_City_ADAPTER", "x", "PARKGRAPH_NETWORKS_City_ADAPTER must name its network by a letter"),
    ],
)
def test_what_is_wrong_in_the_environment_is_one_sentence(variable: str, value: str, sentence: str) -> None:
    said = refusal(None, {variable: value})
    assert sentence in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('ulr = "x"', "[networks.city] ulr is no setting; did you mean url?"),
        ('url = "x"\nenable = true', "[networks.city] enable is no setting; did you mean enabled?"),
        ("", "[networks.city] url is missing: the setting is required."),
        ('url = "x"\npages = "2"', "[networks.city] pages must be a whole number."),
        (
            'url = "x"\ncoverage = [{south = 1}]',
            "[networks.city] coverage[0].west is missing: the setting is required.",
        ),
        ('url = "x"\ncoverage = 1', "[networks.city] coverage must be a valid array."),
        (
            'url = "x"\ncoverage = [{south = 2, west = 1, north = 1, east = 1}]',
            "[networks.city] coverage[0] south (2.0) must not be north of north (1.0).",
        ),
        ('url = "x"\ntoken = 1', "[networks.city] token must be a text."),
    ],
)
def test_what_is_wrong_in_an_adapters_settings_is_one_sentence(file: Path, toml: str, sentence: str) -> None:
    file.write_text(f'[networks.city]\nadapter = "x"\n{toml}\n')
    with pytest.raises(SettingsError) as refused:
        city(load(file, {}))
    assert str(refused.value) == f"{file}: {sentence}"


def test_a_wrong_variable_of_an_adapter_is_named() -> None:
    settings = load(None, {"PARKGRAPH_NETWORKS_CITY_ADAPTER": "x", "PARKGRAPH_NETWORKS_CITY_ULR": "x"})
    with pytest.raises(SettingsError, match="PARKGRAPH_NETWORKS_CITY_ULR is no setting; did you mean url"):
        city(settings)


def test_a_missing_file_says_so(file: Path) -> None:
    assert refusal(file) == f"{file}: there is no such file; parkgraph.example.toml is one to begin with."


def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path)


def test_a_file_of_another_encoding_says_so(file: Path) -> None:
    file.write_bytes('data_dir = "Größe"'.encode("latin-1"))
    assert refusal(file) == f"{file}: the file must be UTF-8 text."


class TalkativeSettings(AdapterSettings):
    token: SecretStr

    def model_post_init(self, _context: object) -> None:
        raise ValueError(f"no such token: {self.token.get_secret_value()}")


def test_a_validator_that_quotes_a_secret_is_not_quoted(file: Path) -> None:
    file.write_text('[networks.city]\nadapter = "x"\ntoken = "geheim"\n')
    with pytest.raises(SettingsError) as refused:
        read_table(TalkativeSettings, load(file, {}).networks["city"].source)
    assert "geheim" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_secrets_are_in_no_representation(file: Path) -> None:
    file.write_text('[database]\nurl = "postgresql://u:geheim@h/d"\n[networks.city]\nadapter = "x"\ntoken = "geheim"\n')
    settings = load(file, {"PARKGRAPH_NETWORKS_CITY_PASSWORD": "geheim"})
    network = settings.networks["city"]
    for shown in (repr(settings), str(settings), repr(network), repr(network.source), settings.model_dump_json()):
        assert "geheim" not in shown


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(None, {}).server.port = 1  # type: ignore[misc]


@given(st.dictionaries(st.text(min_size=1), st.recursive(st.booleans() | st.integers() | st.text(), st.lists)))
def test_whatever_the_file_says_is_read_or_refused_in_one_sentence(values: dict[str, object]) -> None:
    source = Source("networks.city", file=Path("parkgraph.toml"), values=values)
    try:
        sentence = f"{read_table(CitySettings, source)}"
    except SettingsError as refused:
        sentence = str(refused)
    assert sentence.startswith(("url=", "parkgraph.toml: [networks.city] "))


def documented(text: str) -> dict[str, set[str]]:
    """The keys of each table in the example, active or as a comment."""
    tables: dict[str, set[str]] = {"": set()}
    table = ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"(?:# )?\[([\w.-]+)\]", line):
            table = heading[1]
            tables[table] = set()
        elif key := re.match(r"(?:# )?([a-z_]+) = ", line):
            tables[table].add(key[1])
    return tables


def settings_of_models() -> Iterator[tuple[str, str]]:
    """Every setting: the table in the example where it belongs, and its key."""
    for table, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from ((table, key) for key in field.annotation.model_fields)
    for key in NetworkSettings.model_fields.keys() - {"source"}:
        yield "networks.sbb", key
    tables = {"datex2": "networks.my-city"}
    for name, adapter in registry.discover().items():
        yield from ((tables.get(name, f"networks.{name}"), key) for key in adapter.Settings.model_fields)


@pytest.mark.parametrize(("table", "key"), sorted(settings_of_models()))
def test_the_example_documents_every_setting(table: str, key: str) -> None:
    assert key in documented(EXAMPLE.read_text()).get(table, set())


def test_the_example_works_as_it_stands() -> None:
    assert [network.id for network in registry.build(load(EXAMPLE, {}))] == ["sbb"]


def test_the_example_shows_the_defaults() -> None:
    assert load(EXAMPLE, {}).model_copy(update={"networks": {}}) == Settings()
    sbb = tomllib.loads(EXAMPLE.read_text())["networks"]["sbb"]
    assert read_table(registry.discover()["sbb"].Settings, load(EXAMPLE, {}).networks["sbb"].source).model_dump() == {
        "url": sbb["url"]
    }


def test_the_examples_comments_are_valid_when_uncommented(file: Path) -> None:
    text = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", EXAMPLE.read_text())
    file.write_text(text)
    assert [network.id for network in registry.build(load(file, {}))] == [
        "sbb", "bahn", "my-city", "hongkong", "rdw", "liipi", "ngsi", "apds", "parkapi", "parkendd",
        "parkwhiz", "parclick",
    ]  # fmt: skip
