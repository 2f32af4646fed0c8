"""Pages of what is somebody's own, as Relay has them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import strawberry

from parkgraph.api.access import own
from parkgraph.api.values import PageInfo

Found = TypeVar("Found")
NodeT = TypeVar("NodeT")


@own
@strawberry.type
class Edge(Generic[NodeT]):
    cursor: str
    node: NodeT


@own
@strawberry.type(description="A page.")
class Connection(Generic[NodeT]):
    edges: list[Edge[NodeT]]
    nodes: list[NodeT]
    page_info: PageInfo


def connect(
    page: Sequence[Found],
    cursor: Callable[[Found], str],
    node: Callable[[Found], NodeT],
    *,
    has_next: bool,
    continues: bool,
) -> Connection[NodeT]:
    """`continues`: another page came before it."""
    edges = [Edge(cursor=cursor(each), node=node(each)) for each in page]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=has_next,
            has_previous_page=continues,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
