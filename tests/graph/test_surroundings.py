"""The places in an area, looked up before they are needed."""

from weakref import ref

from parkgraph.domain.geo import Circle
from parkgraph.graph.surroundings import Surroundings
from parkgraph.graph.view import View
from tests.graph.listings import STATION, keyed, listing
from tests.graph.test_view import of

AREA = Circle(STATION, 2_000)


def listed(*ids: str) -> View:
    return of(*(keyed("city", listing(each, name=each, north_m=500 * number)) for number, each in enumerate(ids)))


def test_what_was_looked_up_is_not_looked_up_again() -> None:
    view = listed("a", "b")
    around = Surroundings(lambda: view, AREA)
    assert around.look() == view.index.within(AREA)
    assert around.look() is around.look()


def test_where_news_came_meanwhile_they_are_in_it() -> None:
    views = [listed("a"), listed("a", "b")]
    around = Surroundings(lambda: views[0], AREA)
    around.look()
    del views[0]
    assert around.look() == views[0].index.within(AREA)


def test_a_view_that_was_replaced_is_not_kept() -> None:
    views = [listed("a"), listed("b")]
    around, before = Surroundings(lambda: views[0], AREA), ref(views[0])
    around.look()
    del views[0]
    assert before() is None
