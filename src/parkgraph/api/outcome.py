"""What became of a GraphQL request.

Told on the ASGI scope, so that the API and whoever observes requests need not know each other.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_KEY: Final = "parkgraph.outcome"


@dataclass(slots=True)
class Outcome:
    """`executed`: it was a valid operation within all limits, and `operation` is its name, if it has one.

    `answered`: there are data. `codes`: of the errors.
    """

    executed: bool = False
    operation: str | None = None
    answered: bool = False
    codes: Sequence[str] = ()


def of(scope: MutableMapping[str, Any]) -> Outcome:
    """The outcome of this GraphQL request, to be filled in."""
    outcome: Outcome | None = scope.get(_KEY)
    if outcome is None:
        outcome = scope[_KEY] = Outcome()
    return outcome


def executing(scope: MutableMapping[str, Any], operation: str | None) -> None:
    """The request's operation is about to be executed."""
    noted = of(scope)
    noted.executed, noted.operation = True, operation


def find(scope: MutableMapping[str, Any]) -> Outcome | None:
    """None where it was no GraphQL request."""
    return scope.get(_KEY)
