"""A rule: what it demands, and how that is checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parkgraph.sdk.contract import BaseAdapter

if TYPE_CHECKING:
    from parkgraph.sdk.conformance.subject import Subject


@dataclass(frozen=True, slots=True)
class Problem:
    """Which item or file, what is wrong with it, and what to do."""

    where: str
    what: str
    advice: str


class NotApplicable(Exception):
    """There is nothing that the rule could judge, for the reason given."""


Check = Callable[["Subject"], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`demand` is one sentence. `of`: the class of adapters that it concerns.

    `on_answers`: it judges what was answered and nothing else, so that it can judge a live network too.
    `last`: it judges what comes of keeping the others, and only where they are kept.
    """

    id: str
    demand: str
    check: Check
    of: type = BaseAdapter
    on_answers: bool = False
    last: bool = False

    def concerns(self, adapter_class: type[BaseAdapter[Any]]) -> bool:
        return issubclass(adapter_class, self.of)


def rule(
    id: str,  # noqa: A002
    demand: str,
    *,
    of: type = BaseAdapter,
    on_answers: bool = False,
    last: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of the function that checks it."""
    return lambda check: Rule(id, demand, check, of, on_answers, last)
