import random
from collections.abc import Iterable, Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.geo import Coordinates
from parkgraph.domain.place import ListingKey, Place
from parkgraph.graph import named
from parkgraph.graph.identity import Identities
from parkgraph.graph.index import SpatialIndex, tile_of
from parkgraph.graph.merging import merge
from parkgraph.graph.named import look_up
from parkgraph.graph.view import Rules, View, build
from parkgraph.graph.words import WordIndex, words
from tests.graph.listings import STATION, keyed, listing

HAMBURG = Coordinates(53.55, 9.99)


def view_of(places: Iterable[Place]) -> View:
    by_id = {place.id: place for place in places}
    index = SpatialIndex().over({}, by_id, set(by_id))
    where = {tile_of(place.location) for place in by_id.values()}
    return View(index=index, words=WordIndex().over(SpatialIndex(), index, where))


def place(number: int, name: str, at: Coordinates = STATION, address: str | None = None) -> Place:
    return merge(UUID(int=number), [keyed("a", listing(str(number), name=name, location=at, address=address))])


def north(metres: float) -> Coordinates:
    return Coordinates(STATION.latitude + metres / 111_195, STATION.longitude)


def found(view: View, text: str, first: int = 10) -> list[str]:
    return [hit.place.name for hit in look_up(view, text, STATION, first)]


GARAGES: Mapping[str, Coordinates] = {
    "Tiefgarage Hauptbahnhof": STATION,
    "Parkhaus Königstraße": STATION,
    "Café Größenwahn": HAMBURG,
    "Rathausgarage": HAMBURG,
    "Großer Markt": HAMBURG,
}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hauptbahnhof", "Tiefgarage Hauptbahnhof"),
        ("HAUPTB", "Tiefgarage Hauptbahnhof"),
        ("hauptbahnhof tief", "Tiefgarage Hauptbahnhof"),
        ("bahnhof", "Tiefgarage Hauptbahnhof"),
        ("koenigstr.", "Parkhaus Königstraße"),
        ("konigstrasse", "Parkhaus Königstraße"),
        ("cafe grossenwahn", "Café Größenwahn"),
        ("rathausgarge", "Rathausgarage"),
        ("rahtausgarage", "Rathausgarage"),
        ("rathhausgarage", "Rathausgarage"),
        ("rathausgarade", "Rathausgarage"),
        ("Gross Mark", "Großer Markt"),
    ],
)
def test_a_place_is_found_as_people_type_it(text: str, name: str) -> None:
    assert found(view_of(place(n, each, at) for n, (each, at) in enumerate(GARAGES.items())), text) == [name]


@pytest.mark.parametrize("text", ["", " - ", "hauptbahnhof hamburg", "sathausgarage", "mrk mrkt", "rthasgarage"])
def test_what_fits_nowhere_finds_nothing(text: str) -> None:
    assert found(view_of(place(n, each, at) for n, (each, at) in enumerate(GARAGES.items())), text) == []


def test_the_nearest_of_equals_comes_first() -> None:
    view = view_of(
        [place(0, "Rathaus", north(90_000)), place(1, "Rathaus", north(3_000)), place(2, "Rathaus", HAMBURG)]
    )
    assert [hit.place.id.int for hit in look_up(view, "rathaus", STATION, 10)] == [1, 0, 2]


def test_a_town_is_found_behind_streets_that_begin_like_it() -> None:
    streets = [place(n, f"P{n}", north(n), address=f"Ulmer Straße {n}, Stuttgart") for n in range(4)]
    town = place(9, "Deutschhaus", north(80_000), address="Friedrich-Ebert-Straße 8, 89073 Ulm")
    assert "Deutschhaus" in found(view_of([*streets, town]), "ulm", first=5)


def test_a_name_counts_more_than_an_address() -> None:
    view = view_of([place(0, "Nord", north(10), address="Rathaus 1"), place(1, "Rathaus", north(900))])
    assert found(view, "rathaus") == ["Rathaus", "Nord"]


def test_names_that_other_networks_give_are_found_too() -> None:
    members = [keyed("a", listing("1", name="Zentrum")), keyed("b", listing("1", name="LBBW"))]
    assert len(look_up(view_of([merge(UUID(int=1), members)]), "lbbw", STATION, 10)) == 1


def test_a_place_is_found_by_its_new_name_alone_and_a_count_changes_no_word() -> None:
    key = ListingKey("a", "1")
    old = {"a": {"1": listing("1", name="Old")}}
    before = build(View(), old, Identities(), Rules()).view
    after = build(before, {"a": {"1": listing("1", name="New")}}, Identities(), Rules()).view
    counted = build(after, {"a": {"1": listing("1", name="New", capacity=9)}}, Identities(), Rules()).view
    assert (found(before, "old"), found(after, "old"), found(after, "new")) == (["Old"], [], ["New"])
    assert counted.words is after.words
    assert key in counted.place_of


syllables = st.lists(st.sampled_from(["park", "haus", "ost", "west", "tor"]), min_size=1, max_size=3).map("".join)
named_so = st.lists(syllables, min_size=1, max_size=3).map(" ".join)
anywhere = st.builds(Coordinates, st.floats(-85, 85), st.floats(-180, 180))


@given(st.lists(st.tuples(named_so, anywhere | st.just(STATION)), max_size=5), named_so)
def test_whatever_has_every_word_is_found_wherever_it_is(places: list[tuple[str, Coordinates]], text: str) -> None:
    fitting = [name for name, _ in places if all(any(w.startswith(t) for w in words(name)) for t in words(text))]
    hits = found(view_of(place(n, name, at) for n, (name, at) in enumerate(places)), text, first=100)
    assert [name for name in sorted(fitting) if name not in hits] == []


@given(syllables.filter(lambda word: len(word) > named.FORGIVING), st.randoms(use_true_random=False))
def test_one_mistake_behind_the_first_letter_is_forgiven(word: str, chance: random.Random) -> None:
    at = chance.randrange(1, len(word))
    letter = chance.choice("abcxyz")
    mistaken = chance.choice(
        [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]]
    )
    assert found(view_of([place(1, word, HAMBURG)]), mistaken) == [word]


def test_how_many_places_there_are_does_not_decide_how_many_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    def count(of: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
        nonlocal looked_at
        looked_at += 1
        return (of.name,), ()

    monkeypatch.setattr(named, "texts", count)
    monkeypatch.setattr(named, "MOST_PLACES", 50)
    pairs = [(number, name) for number in range(500) for name in ("Parkhaus", "Garage")]
    view = view_of(
        place(n, name, Coordinates(40 + pair // 25 * 0.05, pair % 25 * 0.05)) for n, (pair, name) in enumerate(pairs)
    )
    assert look_up(view, "parkhaus garage", Coordinates(40.5, 0.6), 10) == []
    assert looked_at < 500


@pytest.mark.parametrize("latitude", [-90, 90])
def test_a_place_is_found_from_either_pole(latitude: int) -> None:
    view = view_of([place(1, "Rathausgarage", HAMBURG), place(2, "Hafengarage", Coordinates(-53.16, -70.91))])
    for name in ("rathausgarage", "hafengarage"):
        assert [hit.place.name.lower() for hit in look_up(view, name, Coordinates(latitude, 0), 10)] == [name]
