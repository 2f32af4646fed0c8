"""A file of settings and its tables, where each value comes from, and the sentence for one that is wrong."""

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretBytes, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

Model = TypeVar("Model", bound=BaseModel)

_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


class SettingsError(Exception):
    """One sentence that names the key, the file or the variable, and what would be right; never a value."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of the file with the environment's values laid over it.

    `variables`: for each key that the environment gave, its variable; such a value is text until it is read.
    `prefix`: what its variables begin with.
    """

    table: str
    prefix: str = ""
    file: Path | None = None
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)

    def overridden(self, key: str, variable: str, value: str) -> "Source":
        """With this value of the environment."""
        return replace(self, values={**self.values, key: value}, variables={**self.variables, key: variable})

    def split(self, keys: Iterable[str]) -> tuple["Source", "Source"]:
        """The part with these keys, and the rest."""
        ours = {key: value for key, value in self.values.items() if key in set(keys)}
        rest = {key: value for key, value in self.values.items() if key not in ours}
        return replace(self, values=ours), replace(self, values=rest)

    def name(self, key: str) -> str:
        """How a sentence calls the key: by its variable, or by file, table and key."""
        if key in self.variables:
            return self.variables[key]
        table = f"[{self.table}] " if self.table else ""
        return f"{self.file}: {table}{key}" if self.file else f"{table}{key} ({self.prefix}{key.upper()})"


def check_network(network: str) -> str:
    """An address or a network, for a pydantic validator."""
    try:
        ip_network(network)
    except ValueError:
        raise ValueError('must be an address or a network, such as "10.0.0.0/8"') from None
    return network


def read_document(path: Path, example: str) -> dict[str, object]:
    """A file of settings, all of it. `example`: the file that explains every one. Raises SettingsError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file; {example} is one to begin with.") from None
    except OSError as fault:
        raise SettingsError(f"{path}: the file cannot be read ({fault.strerror}).") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: the file must be UTF-8 text.") from None
    except tomllib.TOMLDecodeError as fault:
        where = re.search(r"\(at ([^()]*)\)$", str(fault))
        raise SettingsError(f"{path}: must be TOML, and is not at {where[1] if where else 'some line'}.") from None


def table_of(path: Path | None, parent: Mapping[str, object], key: str, heading: str = "") -> dict[str, object]:
    """A table within another, empty where there is none. `heading`: what it is called. Raises SettingsError."""
    table = parent.get(key, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {heading or key} must be a table, headed [{heading or key}].")
    return table


def read_table(model: type[Model], source: Source, also: Iterable[str] = ()) -> Model:
    """The table as a model, strictly: the text "80" is no number in the file. Raises SettingsError.

    `also`: keys that are right in this table besides the model's own, for the hint after a misspelt one.
    """
    values = {
        key: _from_text(model.model_fields[key], str(value))
        if key in source.variables and key in model.model_fields
        else value
        for key, value in source.values.items()
    }
    try:
        return model.model_validate_json(json.dumps(values, default=_iso), strict=True)
    except ValidationError as error:
        raise SettingsError(_sentence(error, model, source, values, also)) from None


def _from_text(setting: FieldInfo, text: str) -> object:
    """What a variable's text says: text where the setting takes it, else JSON or a word for yes and no."""
    kind: Any = Annotated[setting.annotation, setting]
    accepts = TypeAdapter[object](kind)
    for candidate in _readings(text):
        try:
            accepts.validate_json(json.dumps(candidate), strict=True)
        except ValidationError:
            continue
        return candidate
    return text


def _readings(text: str) -> Iterator[object]:
    yield text
    with suppress(ValueError):
        yield json.loads(text)
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if text.lower() in words:
        yield words[text.lower()]


def _iso(value: object) -> str:
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _sentence(
    error: ValidationError, model: type[BaseModel], source: Source, values: Mapping[str, object], also: Iterable[str]
) -> str:
    # A misspelt key is also a missing one; the misspelling is what helps.
    first = min(error.errors(include_url=False, include_input=False), key=lambda e: e["type"] not in _UNKNOWN)
    location = first["loc"]
    if not location:
        return f"{source.file or 'environment'}: [{source.table}] {_message(first['msg'], model, values)}."
    key, within = str(location[0]), "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location[1:])
    name = source.name(key)
    match first["type"]:
        case "missing" if not within:
            return f"{name} is missing: the setting is required."
        case "extra_forbidden" if not within:
            known = sorted({*model.model_fields, *also})
            near = difflib.get_close_matches(key, known, n=1)
            return f"{name} is no setting; " + (
                f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
            )
        case "missing" | "missing_argument":
            return f"{name}{within} is missing: the setting is required."
        case kind if kind in _UNKNOWN:
            return f"{name}{within} is no setting."
        case _ if key in model.model_fields and not within:
            return f"{name} {_right(first['type'], first['msg'], model.model_fields[key], model, values)}."
        case _:
            return f"{name}{within} {_message(first['msg'], model, values)}."


def _right(kind: str, message: str, setting: FieldInfo, model: type[BaseModel], values: Mapping[str, object]) -> str:
    least = next((str(rule.ge) for rule in setting.metadata if isinstance(rule, Ge)), None)
    most = next((str(rule.le) for rule in setting.metadata if isinstance(rule, Le)), None)
    bounds = f" between {least} and {most}" if least and most else f" of at least {least}" if least else ""
    if kind.startswith(("int_", "float_", "greater_", "less_")):
        whole = int in (setting.annotation, *get_args(setting.annotation))
        return f"must be {'a whole number' if whole else 'a number'}{bounds}"
    if kind.startswith("bool_"):
        return "must be true or false"
    if kind == "string_type":
        return "must be a text"
    return _message(message, model, values)


def _message(message: str, model: type[BaseModel], values: Mapping[str, object]) -> str:
    """The validator's own words, unless they quote a secret."""
    secrets = [
        str(values[key])
        for key, setting in model.model_fields.items()
        if key in values and {SecretStr, SecretBytes} & {setting.annotation, *get_args(setting.annotation)}
    ]
    if any(secret and secret in message for secret in secrets):
        return "must be right: its value is refused"
    words = message.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    return words.replace("Input should", "must")
