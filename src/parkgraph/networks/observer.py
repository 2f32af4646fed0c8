"""Who wants to know of every call to a network, such as metrics."""

from collections.abc import Callable
from typing import Any

from parkgraph.networks.gateway import Answer
from parkgraph.networks.network import Network, Part

Observer = Callable[[Network, Part, Answer[Any]], None]
"""Told when a call has ended: `code` of its answer says how, None is well. Must neither block nor raise."""


def nobody(_network: Network, _part: Part, _answer: Answer[Any]) -> None:
    """Before anybody observes."""
