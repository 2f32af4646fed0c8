"""quality.toml: what an adapter claims to keep, what it is exempt from and why, and prices that it knows to be true."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from parkgraph.domain.money import Money
from parkgraph.domain.stay import Stay
from parkgraph.sdk.conformance.report import Finding, Outcome

NAME: Final = "quality.toml"
MET: Final = "met"
SHORTEST_REASON: Final = 10
PRICE: Final = (
    'Write [[prices]], and below it listing = "an id of the samples", total = "2.40 EUR", and for a feed arrive and '
    "leave, such as 2026-03-03T09:00:00+01:00."
)


class KnownPrice(BaseModel):
    """What the network asks for a stay, by its own page or machine. `listing`: an id in the samples.

    `total` is written as "2.40 EUR", `source` says where. A search needs no stay: the sample is the answer to one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    listing: str
    total: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,3})? [A-Z]{3}$")]
    arrive: AwareDatetime | None = None
    leave: AwareDatetime | None = None
    source: str | None = None

    @property
    def money(self) -> Money:
        amount, currency = self.total.split()
        return Money(Decimal(amount), currency)

    @property
    def stay(self) -> Stay | None:
        """Raises ValueError where it is none."""
        return Stay(self.arrive, self.leave) if self.arrive and self.leave else None


@dataclass(frozen=True, slots=True)
class Quality:
    """`exemptions`: the reason, by rule. `mistakes`: what is wrong with the file itself."""

    met: frozenset[str] = frozenset()
    exemptions: Mapping[str, str] = field(default_factory=dict)
    prices: tuple[KnownPrice, ...] = ()
    mistakes: tuple[Finding, ...] = ()

    def missing(self, rules: Iterable[str]) -> Iterator[Finding]:
        """The rules of which nothing is claimed, and the claims of which there is no rule."""
        known = list(rules)
        claimed = self.met | self.exemptions.keys()
        for rule in known:
            if rule not in claimed:
                yield mistake(rule, "nothing is claimed.", 'Write "met", or { exempt = "why" }.')
        for rule in sorted(claimed - set(known)):
            yield mistake(rule, "there is no such rule for this kind of adapter.", "Remove it.")


def mistake(where: str, problem: str, advice: str) -> Finding:
    return Finding("quality", Outcome.FAILED, f"{NAME}, {where}", problem, advice)


def read(home: Path) -> Quality:
    """The file of this distribution. One that is absent or unreadable claims nothing, and says so."""
    try:
        table = tomllib.loads((home / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Quality(mistakes=(mistake("the file", "it is absent.", "Claim every rule in it, below [rules]."),))
    except (OSError, ValueError):
        return Quality(mistakes=(mistake("the file", "it is not TOML.", "Mend it."),))
    return parse(table)


def parse(table: Mapping[str, object]) -> Quality:
    """The claims of a file. Pure."""
    met: set[str] = set()
    exemptions: dict[str, str] = {}
    mistakes: list[Finding] = []
    rules = table.get("rules")
    for rule, claim in (rules if isinstance(rules, Mapping) else {}).items():
        match claim:
            case "met":
                met.add(rule)
            case {"exempt": str(reason), **rest} if len(reason.strip()) >= SHORTEST_REASON and not rest:
                exemptions[rule] = reason.strip()
            case {"exempt": _}:
                met.add(rule)
                mistakes.append(mistake(rule, "it is exempt without a reason.", "Say why, in a sentence."))
            case _:
                mistakes.append(mistake(rule, "the claim is not understood.", 'Write "met", or { exempt = "why" }.'))
    prices: list[KnownPrice] = []
    stated = table.get("prices", [])
    for number, entry in enumerate(stated if isinstance(stated, list) else [stated], start=1):
        try:
            known = KnownPrice.model_validate(entry)
            _ = known.stay
            prices.append(known)
        except (ValidationError, ValueError):
            mistakes.append(mistake(f"prices, number {number}", "it is not understood.", PRICE))
    return Quality(frozenset(met), exemptions, tuple(prices), tuple(mistakes))
