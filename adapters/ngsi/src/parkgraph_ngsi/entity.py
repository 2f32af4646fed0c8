"""An entity, read alike whether it comes as NGSI-v2 (normalised or key-values) or as NGSI-LD.

ETSI GS CIM 009 (NGSI-LD) and the FIWARE-NGSI v2 specification name the members of an attribute.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from parkgraph.sdk import RowRejected
from parkgraph_ngsi import values

_LD_TYPES: Final = ("Property", "GeoProperty", "LanguageProperty", "Relationship")
_DEEPEST: Final = 3
"""An attribute whose value is a typed JSON-LD value, in another attribute: no real feed goes deeper."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Attributes by the last part of their names: a broker without a context answers with whole addresses."""

    attributes: Mapping[str, object]
    """As they came: what nobody asks for is not unwrapped."""

    def value(self, name: str) -> object:
        return plain(_instance(self.attributes.get(name)))

    def text(self, *names: str, limit: int = values.MAX_TEXT) -> str | None:
        """The first of these attributes that has a text."""
        return next((words for name in names if (words := values.text(self.value(name), limit))), None)

    def texts(self, *names: str) -> tuple[str, ...]:
        return tuple(words for name in names for words in values.texts(self.value(name)))

    def words(self, *names: str) -> frozenset[str]:
        """The texts as bare words, so that "Parking Garage" and "parkingGarage" are one."""
        return frozenset(re.sub(r"[\W_]", "", words).lower() for words in self.texts(*names))

    def number(self, name: str) -> Decimal | None:
        return values.number(self.value(name))

    def count(self, name: str) -> int | None:
        return values.count(self.value(name))

    def instant(self, *names: str) -> datetime | None:
        return next((moment for name in names if (moment := values.instant(self.value(name)))), None)

    def observed_at(self, *names: str) -> datetime | None:
        """When the first of these attributes that says so was observed."""
        attributes = (_instance(self.attributes.get(name)) for name in names)
        return next((at for one in attributes if isinstance(one, dict) and (at := _observed_at(one))), None)


def read_entity(row: object) -> Entity:
    if not isinstance(row, dict):
        raise RowRejected("it is not an entity")
    return Entity({re.split(r"[/#@]", name)[-1]: raw for name, raw in row.items()})


def _instance(raw: object) -> object:
    """Of several instances of one attribute (NGSI-LD): the default one, which has no datasetId, or the first."""
    if isinstance(raw, list) and raw and all(isinstance(one, dict) and one.get("type") in _LD_TYPES for one in raw):
        return next((one for one in raw if "datasetId" not in one), raw[0])
    return raw


def plain(raw: object) -> object:
    """What an attribute or a JSON-LD value says, without its wrapping. Of several languages English, or the first."""
    for _ in range(_DEEPEST):
        if not isinstance(raw, dict):
            break
        if "languageMap" in raw and isinstance(raw["languageMap"], dict):
            languages = raw["languageMap"]
            raw = languages.get("en", next(iter(languages.values()), None))
        elif "value" in raw:
            raw = raw["value"]
        elif "@value" in raw:
            raw = raw["@value"]
        else:
            break
    return raw


def _observed_at(attribute: Mapping[str, object]) -> datetime | None:
    metadata = attribute.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    said = (plain(attribute.get("observedAt")), *(plain(metadata.get(name)) for name in ("timestamp", "TimeInstant")))
    return next((moment for value in said if (moment := values.instant(value))), None)
