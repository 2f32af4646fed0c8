from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph import words as module
from parkgraph.graph.index import SpatialIndex, Tile, tile_of
from parkgraph.graph.merging import merge
from parkgraph.graph.words import WordIndex, code, words
from parkgraph.graph.words import tile_of as tile_numbered
from tests.graph.listings import keyed, listing

tiles = st.builds(tile_of, st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180)))
names = st.lists(st.text("abß ", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join).filter(str.strip)
positions = st.builds(Coordinates, st.sampled_from([48.0, 48.5, -90.0, 90.0]), st.sampled_from([9.0, 180.0, -180.0]))
named_places = st.dictionaries(
    st.integers(0, 5), st.none() | st.tuples(names, positions, st.none() | names), max_size=4
)


@pytest.fixture(scope="module", autouse=True)
def blocks_and_lots_are_small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "IN_A_BLOCK", 2)
        patch.setattr(module, "AT_ONCE", 3)
        yield


def test_words_are_without_accents_and_case() -> None:
    assert words("Parkhaus  KÖNIGSTR. 5, P+R/É") == ("parkhaus", "konigstrasse", "5", "p", "r", "e")


@given(tiles)
def test_a_tile_is_read_from_its_number(tile: Tile) -> None:
    assert tile_numbered(code(tile)) == tile


@given(tiles, tiles)
def test_tiles_are_numbered_by_rows(a: Tile, b: Tile) -> None:
    assert (code(a) < code(b)) == (a < b)


@given(st.lists(named_places, max_size=3), st.text("abs", max_size=3))
def test_an_index_over_what_changed_has_each_word_of_a_tile_and_no_other(
    changes: list[Mapping[int, tuple[str, Coordinates, str | None] | None]], beginning: str
) -> None:
    before: dict[UUID, Place] = {}
    space, index = SpatialIndex(), WordIndex()
    for change in changes:
        after = {id_: each for id_, each in before.items() if id_.int not in change}
        after |= {UUID(int=number): place(number, *what) for number, what in change.items() if what}
        changed = {UUID(int=number) for number in change}
        space_after = space.over(before, after, changed)
        where = {tile_of(each.location) for places in (before, after) for each in places.values()}
        space, index, before = space_after, index.over(space, space_after, where), after
    expected: dict[str, set[Tile]] = {}
    for each in before.values():
        for word in words(f"{each.name} {each.address or ''}"):
            expected.setdefault(word, set()).add(tile_of(each.location))
    begun = {word: sorted(map(code, where)) for word, where in sorted(expected.items()) if word.startswith(beginning)}
    assert {word: list(where) for word, where in index.begun_by(beginning)} == begun
    assert index.has(beginning) == bool(begun)
    assert list(index.tiles(beginning)) == begun.get(beginning, [])


def place(number: int, name: str, where: Coordinates, address: str | None = None) -> Place:
    return merge(UUID(int=number), [keyed("a", listing(str(number), name=name, location=where, address=address))])
