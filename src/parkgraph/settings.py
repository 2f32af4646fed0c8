"""Settings: the only reader of parkgraph.toml and of the environment.

Every key of the file has its twin in the environment, which wins: `[server] port` is PARKGRAPH_SERVER_PORT,
`[networks.my-city] static_url` is PARKGRAPH_NETWORKS_MY_CITY_STATIC_URL. An empty variable counts as unset.
`parkgraph.example.toml` explains every setting. What is wrong stops the start, with one sentence (SettingsError).
"""

import base64
import difflib
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from parkgraph.settings_source import SettingsError, Source, check_network, read_document, read_table, table_of

__all__ = [
    "AccountsSettings",
    "DatabaseSettings",
    "ExchangeSettings",
    "LimitsSettings",
    "NetworkSettings",
    "ServerSettings",
    "Settings",
    "SettingsError",
    "TracingSettings",
    "WebSettings",
    "YardsSettings",
    "load",
]

PREFIX: Final = "PARKGRAPH_"
RESERVED: Final = frozenset({"yards"})
"""The private yards are a network too, and this is its name."""

_INSTANCE: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
DEFAULT_REQUESTS_PER_MINUTE: Final = 600
"""Of one client, in production."""

_TESTS_OWN: Final = frozenset({"PARKGRAPH_SOAK"})
_KUBERNETES: Final = re.compile(r"PARKGRAPH_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")
"""What Kubernetes sets in every pod for a service whose name begins with parkgraph."""
_KUBERNETES_PORT: Final = re.compile(r"(tcp|udp|sctp)://")


def _check_database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://", "postgresql+asyncpg://")):
        raise ValueError("must begin with postgresql://")
    try:
        _ = urlsplit(url.get_secret_value()).port
    except ValueError:
        raise ValueError("must be as postgresql://user:password@host:5432/name") from None
    return url


def _check_origin(origin: str) -> str:
    if origin != "*" and not _ORIGIN.fullmatch(origin):
        raise ValueError('must be an origin, such as "https://map.example.org", or "*"')
    return origin


def _check_page(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not re.fullmatch(r"[^\s;,'\"]+", url):
        raise ValueError('must be an address, such as "https://tiles.example.org/{z}/{x}/{y}.png"')
    return url


def _check_photo_host(host: str) -> str:
    if not re.fullmatch(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", host):
        raise ValueError('must be a host name, such as "photos.example.org", or "*.example.org" for all below it')
    return host


def _check_currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError('must be three capital letters (ISO 4217), such as "EUR"')
    return code


def _exact(rate: object) -> object:
    """A number of the file digit for digit, as far as it is written plainly."""
    try:
        value = Decimal(str(rate))
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value < 10**9:
        raise ValueError("must be a rate above 0, such as 0.95")
    return value


def _check_jwks(where: str) -> str:
    try:
        parts = urlsplit(where)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_address = False
    if not where or ("://" in where and not is_address):
        raise ValueError("must be an https:// address, or a file")
    return where


def _check_key(key: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(key.get_secret_value().strip().translate(str.maketrans("-_", "+/")), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("must be 32 random bytes in base64, as `openssl rand -base64 32` makes them")
    return key


def _check_endpoint(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError('must be an address, such as "http://collector:4318"')
    return endpoint


def _check_secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        raise ValueError("must have at least 32 characters")
    return secret


def _percent(value: object) -> object:
    try:
        percent = Decimal(str(value))
    except InvalidOperation:
        percent = Decimal(-1)
    if not (percent.is_finite() and 0 <= percent <= 100 and percent == percent.quantize(Decimal("0.01"))):
        raise ValueError("must be between 0 and 100, with at most two digits after the point")
    return percent


Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ServerSettings(_Table):
    """`[server]`. `port` 0 lets the system choose. `production` turns GraphiQL and introspection off.

    `cors_origins`: sites whose pages may ask. `trusted_proxies`: whose X-Forwarded-For is believed.
    `persisted_queries`: a folder of `*.graphql`; `persisted_only`: nothing else is answered.
    `fragments_mb`: of JSON that is kept. `demo`: serve what `parkgraph demo` does, instead of networks.
    """

    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8000, ge=0, le=65_535)
    query_deadline_ms: int = Field(800, ge=50, le=10_000)
    environment: Literal["development", "production"] = "development"
    cors_origins: tuple[Annotated[str, AfterValidator(_check_origin)], ...] = ()
    trusted_proxies: tuple[Annotated[str, AfterValidator(check_network)], ...] = ()
    persisted_queries: Path | None = None
    persisted_only: bool = False
    fragments_mb: int = Field(64, ge=0, le=65_536)
    metrics: bool = True
    demo: bool = False


class LimitsSettings(_Table):
    """`[limits]`: of one query, and of requests. docs/limits.md explains each.

    `connections`: that stay open, WebSockets and event streams, of one process.
    `requests_per_minute` is of one client; without it, a production server has DEFAULT_REQUESTS_PER_MINUTE, and one in
    development has no limit.
    """

    depth: int = Field(12, ge=1, le=50)
    aliases: int = Field(15, ge=0, le=1000)
    tokens: int = Field(1000, ge=10, le=10_000)
    directives: int = Field(50, ge=0, le=1000)
    cost: int = Field(50_000, ge=1, le=10_000_000)
    body_bytes: int = Field(100_000, ge=1000, le=10_000_000)
    max_in_flight: int = Field(64, ge=1, le=10_000)
    requests_per_minute: int | None = Field(None, ge=1, le=10_000_000)
    connections: int = Field(2_000, ge=1, le=1_000_000)
    connections_per_client: int = Field(10, ge=1, le=1_000_000)


class ExchangeSettings(_Table):
    """`[exchange]`: in which currency prices are compared, and its rates: how many units of another one buys one.

    `file`: rates as the ECB publishes them (eurofxref-daily.xml or .csv), read again when it changes; `rates` win.
    """

    currency: Annotated[str, AfterValidator(_check_currency)] = "EUR"
    file: Path | None = None
    rates: Mapping[Annotated[str, AfterValidator(_check_currency)], Annotated[Decimal, BeforeValidator(_exact)]] = {}

    @model_validator(mode="after")
    def _other_currencies(self) -> Self:
        if self.currency in self.rates:
            raise ValueError("rates must be of other currencies than `currency`, which is worth 1")
        return self


class TracingSettings(_Table):
    """`[tracing]`. `endpoint`: of a collector that takes OTLP over HTTP; `sample`: which part of all traces it gets."""

    endpoint: Annotated[str, AfterValidator(_check_endpoint)] | None = None
    sample: float = Field(0.05, ge=0, le=1)


class DatabaseSettings(_Table):
    """`[database]`. Without `url` an embedded PostgreSQL starts by itself in `data_dir`."""

    url: Annotated[SecretStr, AfterValidator(_check_database_url)] | None = None


class AccountsSettings(_Table):
    """`[accounts]`: whose tokens are accepted besides API keys. docs/accounts.md shows how to connect an issuer.

    `jwks`: the address of its keys, or a file of them.
    """

    issuer: str | None = Field(None, min_length=1, max_length=255)
    audience: str | None = Field(None, min_length=1)
    jwks: Annotated[str, AfterValidator(_check_jwks)] | None = None
    allow_private: bool = False
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256", "EdDSA")
    roles_claim: str = Field("roles", min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "AccountsSettings":
        given = (self.issuer, self.audience, self.jwks)
        if any(given) and not all(given):
            raise ValueError("needs issuer, audience and jwks together")
        if self.jwks and urlsplit(self.jwks).scheme == "http" and not self.allow_private:
            raise ValueError("needs an https:// address as jwks, unless allow_private = true")
        return self


class YardsSettings(_Table):
    """`[yards]`. `tax_percent` is what is in the platform's part of a price. docs/yard-money.md explains it.

    `webhook_secret`: gateways sign with it what they tell. `links_key`: signs links to exports.
    `plates_key`: encrypts number plates; changing it makes those that are stored unreadable.
    """

    tax_percent: Annotated[Decimal, BeforeValidator(_percent)] = Decimal(0)
    webhook_secret: Annotated[SecretStr, AfterValidator(_check_secret)] | None = None
    links_key: Annotated[SecretStr, AfterValidator(_check_key)] | None = None
    plates_key: Annotated[SecretStr, AfterValidator(_check_key)] | None = None


class WebSettings(_Table):
    """`[web]`: the map client. `style_url` is a MapLibre style; without it the ground is tiles, or plain.

    `geocoder_url` answers `?q=…` with GeoJSON, as Photon and Pelias do. `photo_hosts`: where photos of yards may come
    from, None for anywhere. The rest is where the map begins.
    """

    basemap: Literal["osm", "plain"] = "osm"
    style_url: Annotated[str, AfterValidator(_check_page)] | None = None
    tiles_url: Annotated[str, AfterValidator(_check_page)] | None = None
    attribution: str = "© OpenStreetMap contributors"
    geocoder_url: Annotated[str, AfterValidator(_check_page)] | None = None
    photo_hosts: tuple[Annotated[str, AfterValidator(_check_photo_host)], ...] | None = None
    latitude: float = Field(48.7838, ge=-85, le=85)
    longitude: float = Field(9.1829, ge=-180, le=180)
    zoom: float = Field(13, ge=0, le=20)


class NetworkSettings(_Table):
    """`[networks.<instance>]`. Every other key of the table is in `source` and belongs to the adapter."""

    adapter: str = Field(min_length=1)
    enabled: bool = True
    allow_private: bool = False
    refresh_seconds: float | None = Field(None, ge=1, le=2_592_000)
    max_concurrent: int | None = Field(None, ge=1, le=1000)
    source: Source = Field(Source(""), repr=False, exclude=True)


class _TopLevel(_Table):
    data_dir: Path = Path(".parkgraph")


class Settings(_Table):
    """All that is configured. `networks` holds the disabled ones too, in the order in which they were given."""

    server: ServerSettings = ServerSettings()
    limits: LimitsSettings = LimitsSettings()
    database: DatabaseSettings = DatabaseSettings()
    exchange: ExchangeSettings = ExchangeSettings()
    accounts: AccountsSettings = AccountsSettings()
    yards: YardsSettings = YardsSettings()
    web: WebSettings = WebSettings()
    tracing: TracingSettings = TracingSettings()
    data_dir: Path = Path(".parkgraph")
    networks: Mapping[str, NetworkSettings] = Field({}, repr=False)


OF_A_NETWORK: Final = frozenset(NetworkSettings.model_fields) - {"source"}
"""Keys of a network's table that are ParkGraph's own."""

_MODELS: Final[Mapping[str, type[_Table]]] = {
    "": _TopLevel,
    "server": ServerSettings,
    "limits": LimitsSettings,
    "database": DatabaseSettings,
    "exchange": ExchangeSettings,
    "accounts": AccountsSettings,
    "yards": YardsSettings,
    "web": WebSettings,
    "tracing": TracingSettings,
}
_SECTIONS: Final = tuple(name for name in _MODELS if name)
_TABLES: Final = frozenset({*_SECTIONS, "networks"})


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of this file (None: no file) and this environment. Raises SettingsError."""
    document = read_document(path, "parkgraph.example.toml") if path else {}
    variables = {name: value for name, value in environ.items() if value and _is_ours(name, value)}

    sources = {"": Source("", PREFIX, path, {key: document[key] for key in document.keys() - _TABLES})}
    for section in _SECTIONS:
        sources[section] = Source(section, _prefix(section), path, table_of(path, document, section))
    configured = table_of(path, document, "networks")
    instances = _instances(path, configured, variables)
    for name in instances:
        table = f"networks.{name}"
        sources[table] = Source(table, _prefix("networks", name), path, table_of(path, configured, name, table))

    for variable, value in variables.items():
        table, key = _addressed(variable, sources)
        sources[table] = sources[table].overridden(key, variable, value)

    sections: dict[str, Any] = {name: read_table(_MODELS[name], sources[name]) for name in _SECTIONS}
    return Settings(
        **sections,
        data_dir=read_table(_TopLevel, sources[""], also=_TABLES).data_dir,
        networks={name: _network(sources[f"networks.{name}"]) for name in instances},
    )


def _network(source: Source) -> NetworkSettings:
    own, adapters = source.split(OF_A_NETWORK)
    return read_table(NetworkSettings, own).model_copy(update={"source": adapters})


def _instances(path: Path | None, tables: Iterable[str], variables: Iterable[str]) -> list[str]:
    """The networks of the file, and those that the environment makes by naming their adapter."""
    named: dict[str, str] = {}
    for name in tables:
        where, prefix = f"{path}: [networks.{name}]", _prefix("networks", name)
        _check_instance(name, where)
        if prefix in named:
            raise SettingsError(f"{where} must be named otherwise: {prefix}… is [networks.{named[prefix]}] already.")
        named[prefix] = name
    for variable in variables:
        made = re.fullmatch(r"(PARKGRAPH_NETWORKS_(.+)_)ADAPTER", variable)
        if made and made[1] not in named:
            _check_instance(made[2].lower() if made[2].isupper() else made[2], variable)
            named[made[1]] = made[2].lower()
    return list(named.values())


def _check_instance(name: str, where: str) -> None:
    if name in RESERVED:
        raise SettingsError(f"{where} must be named otherwise: {name} is the network of the private yards.")
    if not _INSTANCE.fullmatch(name):
        raise SettingsError(
            f"{where} must name its network by a letter and up to 62 letters of one case, digits, - and _."
        )


def _prefix(*tables: str) -> str:
    """What the variables of a table begin with: PARKGRAPH_NETWORKS_MY_CITY_ for [networks.my-city]."""
    return PREFIX + "".join(f"{table}_" for table in tables).upper().replace("-", "_")


def _addressed(variable: str, sources: Mapping[str, Source]) -> tuple[str, str]:
    """The table and the key of a variable; of two networks that could be meant, the one with the longer name."""
    for table, source in sorted(sources.items(), key=lambda item: len(item[1].prefix), reverse=True):
        key = variable.removeprefix(source.prefix).lower()
        is_known = table not in _MODELS or key in _MODELS[table].model_fields
        if variable.startswith(source.prefix) and key and is_known:
            return table, key
    keys = {table: _MODELS[table].model_fields if table in _MODELS else OF_A_NETWORK for table in sources}
    known = sorted(source.prefix + key.upper() for table, source in sources.items() for key in keys[table])
    near = difflib.get_close_matches(variable, known, n=1, cutoff=0.9)
    if near:
        raise SettingsError(f"{variable} is no setting; did you mean {near[0]}?")
    if variable.startswith(_prefix("networks")):
        raise SettingsError(f"{variable} is of no network: PARKGRAPH_NETWORKS_<INSTANCE>_ADAPTER is what makes one.")
    raise SettingsError(f"{variable} is no setting; parkgraph.example.toml has them all.")


def _is_ours(name: str, value: str) -> bool:
    if not name.startswith(PREFIX) or name in _TESTS_OWN:
        return False
    if name.startswith(_prefix("networks")):
        return True
    return not (_KUBERNETES.fullmatch(name) or (name.endswith("_PORT") and _KUBERNETES_PORT.match(value)))
