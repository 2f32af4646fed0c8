"""The agent's settings: the only reader of gate.toml. `gate.example.toml` explains every one.

The secrets may come from the environment instead, which wins: PARKGRAPH_GATE_SERVER_KEY,
PARKGRAPH_GATE_CAMERAS_FRONT_PASSWORD; so may every other key. What is wrong stops the start, with one sentence.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from parkgraph.gates.agent.cameras import READERS
from parkgraph.settings_source import SettingsError, Source, check_network, read_document, read_table, table_of

PREFIX: Final = "PARKGRAPH_GATE_"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be an http:// or https:// address, without a name and password in it")
    return url


def _check_public_key(key: str) -> str:
    try:
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("must be an Ed25519 key, 32 bytes in base64, as registerGate shows it")
    return key


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError('must be a time zone, such as "Europe/Berlin"') from None
    return name


def _check_device(device: str) -> str:
    if device not in READERS:
        raise ValueError(f"must be one of {', '.join(READERS)}")
    return device


Url = Annotated[str, AfterValidator(_check_url)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ServerSettings(_Table):
    """`[server]`: where ParkGraph is, and which gate this is there.

    `allow_list_key`: the Ed25519 key that allow-lists are signed with; without it the first list's is kept.
    `patience_ms`: how long a waiting car waits for the server before the allow-list decides.
    """

    url: Url
    gate_id: str = Field(min_length=1, max_length=200)
    key: SecretStr = Field(min_length=1)
    allow_list_key: Annotated[str, AfterValidator(_check_public_key)] | None = None
    allow_list_seconds: int = Field(60, ge=1, le=3600)
    heartbeat_seconds: int = Field(60, ge=1, le=3600)
    patience_ms: int = Field(2500, ge=100, le=4000)


class ListenSettings(_Table):
    """`[listen]`: where cameras push to. `port` 0 lets the system choose."""

    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8090, ge=0, le=65_535)
    max_body_bytes: int = Field(8_000_000, ge=10_000, le=100_000_000)


class StoreSettings(_Table):
    """`[store]`: the agent's own. `keep_hours`: how long a dead letter keeps its plate.

    `quarantine_hours`: an event that the server has refused again and again since then is set aside.
    """

    max_megabytes: int = Field(512, ge=4, le=1_000_000)
    keep_hours: int = Field(24 * 30, ge=1, le=24 * 366)
    quarantine_hours: int = Field(24 * 7, ge=1, le=24 * 366)


class LogSettings(_Table):
    """`[log]`: `json_lines` is one JSON object a line, else lines to read."""

    json_lines: bool = True


class MqttSettings(_Table):
    """`[mqtt]`: the broker, where a camera or a barrier needs one."""

    host: str = Field(min_length=1)
    port: int = Field(1883, ge=1, le=65_535)
    username: str | None = None
    password: SecretStr | None = None
    tls: bool = False


class CameraSettings(_Table):
    """`[cameras.<name>]`: it pushes to `/cameras/<name>`, or publishes on `topic`.

    `direction` is for a camera that sees one way only; else `towards` and `away` say what its view means, and
    `towards_degrees` which angle of a device that tells angles is towards the camera.
    Who may push: by `username` and `password` (basic), by `token` (bearer, or `?token=`), and from `allow`.
    """

    device: Annotated[str, AfterValidator(_check_device)]
    lane: str | None = Field(None, min_length=1, max_length=64)
    barrier: str | None = None
    direction: Literal["ENTRY", "EXIT"] | None = None
    towards: Literal["ENTRY", "EXIT"] = "ENTRY"
    away: Literal["ENTRY", "EXIT"] = "EXIT"
    towards_degrees: float | None = Field(None, ge=0, le=360)
    timezone: Annotated[str, AfterValidator(_check_zone)] = "UTC"
    username: str | None = Field(None, min_length=1)
    password: SecretStr | None = Field(None, min_length=8)
    token: SecretStr | None = Field(None, min_length=16)
    allow: tuple[Annotated[str, AfterValidator(check_network)], ...] = ()
    topic: str | None = Field(None, min_length=1)
    frigate_camera: str | None = Field(None, min_length=1)
    sure: float = Field(0.8, ge=0, le=1)
    patience_ms: int = Field(400, ge=0, le=10_000)
    gap_seconds: float = Field(8, ge=1, le=600)
    again_seconds: float = Field(10, ge=1, le=600)

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("needs username and password together")
        if self.topic is None and not (self.username or self.token or self.allow):
            raise ValueError("needs username and password, a token, or addresses to allow")
        return self


class BarrierSettings(_Table):
    """`[barriers.<name>]`. `kind` shelly: `url`, `switch`, `position_input`; webhook: `url`; mqtt: `topic`.

    `position_seconds`: how long the boom may take to be up, where something tells its position: an input of the
    relay, `position_topic`, or a POST to `/barriers/<name>/position`, for which `position_token` is needed.
    """

    kind: Literal["shelly", "webhook", "mqtt"]
    url: Url | None = None
    switch: int = Field(0, ge=0, le=15)
    position_input: int | None = Field(None, ge=0, le=15)
    pulse_seconds: float = Field(1.0, gt=0, le=10)
    username: str | None = None
    password: SecretStr | None = None
    topic: str | None = Field(None, min_length=1)
    payload: str = '{"open": true}'
    position_topic: str | None = Field(None, min_length=1)
    position_open: str = "open"
    position_token: SecretStr | None = Field(None, min_length=16)
    position_seconds: float = Field(8, gt=0, le=60)
    timeout_ms: int = Field(1500, ge=50, le=10_000)

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        if self.kind == "mqtt" and not self.topic:
            raise ValueError("needs a topic, because its kind is mqtt")
        if self.kind != "mqtt" and not self.url:
            raise ValueError(f"needs a url, because its kind is {self.kind}")
        return self


class _TopLevel(_Table):
    data_dir: Path = Path(".parkgraph-gate")


class GateSettings(_Table):
    """All that is configured."""

    server: ServerSettings
    listen: ListenSettings = ListenSettings()
    store: StoreSettings = StoreSettings()
    log: LogSettings = LogSettings()
    mqtt: MqttSettings | None = None
    data_dir: Path
    cameras: Mapping[str, CameraSettings]
    barriers: Mapping[str, BarrierSettings]

    def barrier_of(self, camera: str) -> str | None:
        """The barrier that a camera opens: its own, or the only one there is."""
        return self.cameras[camera].barrier or next(iter(self.barriers), None)

    def secrets(self) -> Iterable[str]:
        """What a log must not show."""
        tables: list[_Table | None] = [self.server, self.mqtt, *self.cameras.values(), *self.barriers.values()]
        for table in filter(None, tables):
            for name in type(table).model_fields:
                value = getattr(table, name)
                if isinstance(value, SecretStr):
                    yield value.get_secret_value()


_TABLES: Final = ("server", "listen", "store", "log", "mqtt", "cameras", "barriers")

Table = TypeVar("Table", bound=_Table)


def load(path: Path, environ: Mapping[str, str]) -> GateSettings:
    """The settings of this file and this environment. Raises SettingsError."""
    document = read_document(path, "gate.example.toml")
    top = Source("", PREFIX, path, {key: document[key] for key in document.keys() - set(_TABLES)})

    def one(name: str, model: type[Table]) -> Table:
        return read_table(model, _overridden(_source(path, document, name), model, environ))

    settings = GateSettings(
        server=one("server", ServerSettings),
        listen=one("listen", ListenSettings),
        store=one("store", StoreSettings),
        log=one("log", LogSettings),
        mqtt=one("mqtt", MqttSettings) if "mqtt" in document else None,
        data_dir=read_table(_TopLevel, _overridden(top, _TopLevel, environ), also=_TABLES).data_dir,
        cameras=_tables(path, document, "cameras", CameraSettings, environ),
        barriers=_tables(path, document, "barriers", BarrierSettings, environ),
    )
    _check_together(path, settings)
    return settings


def _source(path: Path, parent: Mapping[str, object], key: str, heading: str = "") -> Source:
    heading = heading or key
    return Source(
        heading, PREFIX + re.sub(r"[.-]", "_", heading).upper() + "_", path, table_of(path, parent, key, heading)
    )


def _overridden(source: Source, model: type[_Table], environ: Mapping[str, str]) -> Source:
    for key in model.model_fields:
        variable = source.prefix + key.upper()
        if value := environ.get(variable):
            source = source.overridden(key, variable, value)
    return source


def _tables(
    path: Path, document: Mapping[str, object], kind: str, model: type[Table], environ: Mapping[str, str]
) -> dict[str, Table]:
    listed = _source(path, document, kind).values
    for name in listed:
        if not _NAME.fullmatch(name):
            raise SettingsError(f"{path}: [{kind}.{name}] must be named by small letters, digits, - and _.")
    return {
        name: read_table(model, _overridden(_source(path, listed, name, f"{kind}.{name}"), model, environ))
        for name in listed
    }


def _check_together(path: Path, settings: GateSettings) -> None:
    if not settings.cameras:
        raise SettingsError(f"{path}: [cameras.<name>] is missing: a gate has a camera at least.")
    for name, camera in settings.cameras.items():
        if camera.barrier is not None and camera.barrier not in settings.barriers:
            raise SettingsError(f"{path}: [cameras.{name}] barrier must be one of {', '.join(settings.barriers)}.")
        if camera.barrier is None and len(settings.barriers) > 1:
            raise SettingsError(f"{path}: [cameras.{name}] barrier is missing: there are several to choose from.")
    topics = [f"[cameras.{name}]" for name, camera in settings.cameras.items() if camera.topic]
    topics += [f"[barriers.{name}]" for name, each in settings.barriers.items() if each.topic or each.position_topic]
    if topics and settings.mqtt is None:
        raise SettingsError(f"{path}: [mqtt] is missing: {topics[0]} has a topic.")
