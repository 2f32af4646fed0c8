"""parkapi-sources: an untyped library and an optional extra, so it is imported where it is first needed."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

CERTIFICATE: Final = "PARK_API_MOBILITHEK_CERT"
"""Asked for by converters that show a client certificate, which the client of ParkGraph does not."""


def find(uid: str) -> Any:
    """The converter's class. Raises ValueError, with a sentence for the operator."""
    try:
        classes = import_module("parkapi_sources").ParkAPISources.converter_classes
    except ImportError:
        raise ValueError("needs the library parkapi-sources: install parkgraph-parkapi[sources]") from None
    known = {converter.source_info.uid: converter for converter in classes if _is_asked(converter)}
    if uid not in known:
        raise ValueError(f"must be a source that parkapi-sources can ask: {', '.join(sorted(known))}")
    return known[uid]


def _is_asked(converter_class: Any) -> bool:
    """Others wait for somebody to push a file at them."""
    return hasattr(converter_class, "get_static_parking_sites") or hasattr(converter_class, "get_static_parking_spots")


def required_keys(converter_class: Any) -> list[str]:
    """The configuration without which the converter cannot ask."""
    return [str(key) for key in make(converter_class, {}, None).required_config_keys]


def make(converter_class: Any, config: Mapping[str, str], request_helper: object) -> Any:
    """A converter of its own for one run: whatever it keeps is gone after it."""
    return converter_class(config_helper=ConfigHelper(config), request_helper=request_helper)


class ConfigHelper:
    """Stands in for the library's own. What converters would leave out without a word, they are to refuse."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config = config

    def get(self, key: str, default: object = None) -> object:
        return self._config.get(key, False if key.endswith("_IGNORE_MISSING_CAPACITIES") else default)
