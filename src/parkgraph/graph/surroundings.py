"""The places in an area: looked up while networks are waited for, and once more where these brought news."""

from collections.abc import Callable, Sequence
from weakref import ref

from parkgraph.domain.geo import Area
from parkgraph.graph.index import Found
from parkgraph.graph.view import View


class Surroundings:
    """Of one search. It keeps no view, which would keep all that a refresh replaces meanwhile."""

    def __init__(self, view: Callable[[], View], area: Area) -> None:
        self._now = view
        self._area = area
        self._found: Sequence[Found] = ()
        self._view: ref[View] | None = None

    def look(self) -> Sequence[Found]:
        """Those in the view as it is now, the nearest first."""
        view = self._now()
        if self._view is None or self._view() is not view:
            self._found, self._view = view.index.within(self._area), ref(view)
        return self._found
