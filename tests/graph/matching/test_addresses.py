import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.graph.matching.addresses import NOWHERE, parse


@pytest.mark.parametrize(
    ("address", "streets", "numbers", "town"),
    [
        ("Hermann-Herder-Str. 9+11, 79104 Freiburg", {"hermannherderstrasse"}, (9, 11), {"freiburg"}),
        ("72525 Münsingen, Beutenlaystraße", {"beutenlaystrasse"}, None, {"munsingen"}),
        ("Gerberstraße / Lohtorstraße 1, 74072 Heilbronn", {"gerberstrasse", "lohtorstrasse"}, (1, 1), {"heilbronn"}),
        ("12 High Street, London", {"highstreet"}, (12, 12), {"london"}),
        ("Am Schlossplatz, Hamburg/HVV", {"schlossplatz"}, None, {"hamburg"}),
        ("Leonberg (Höfingen)", set(), None, {"leonberg", "hofingen"}),
        ("Joseph-Massolle-Straße 1a", {"josephmassollestrasse"}, (1, 1), set()),
        ("71083 Herrenberg", set(), None, {"herrenberg"}),
        ("Hauptstr. 5 76133 Karlsruhe", {"hauptstrasse"}, (5, 5), {"karlsruhe"}),
        ("3, rue de la Gare, 1201 Genève, Suisse", {"delagare"}, (3, 3), {"geneve"}),
        ("Piazza Armando Diaz, 6, 20123 Milano", {"platzarmandodiaz"}, (6, 6), {"milano"}),
        ("Cross Belgrave St, Leeds LS2 8JP", {"crossbelgravestreet"}, None, {"leeds", "ls", "jp"}),
        ("Straße des 17. Juni 135, 10623 Berlin", {"strassedesjuni"}, (135, 135), {"berlin"}),
        ("ul. Pawia 5, 31-154 Kraków", {"pawia"}, (5, 5), {"krakow"}),
        ("Altstadt, Marktgasse 4, 3011 Bern", {"marktgasse"}, (4, 4), {"bern"}),
    ],
)
def test_an_address_is_streets_house_numbers_and_a_town(
    address: str, streets: set[str], numbers: tuple[int, int] | None, town: set[str]
) -> None:
    parsed = parse(address)
    assert parsed.streets == streets
    assert parsed.numbers == numbers
    assert parsed.town == town


def test_a_facilitys_number_in_the_place_of_a_street_is_its_code() -> None:
    parsed = parse("P04, 79098 Freiburg")
    assert (parsed.code, parsed.streets, parsed.numbers) == ("4", frozenset(), None)


def test_no_address_is_nowhere() -> None:
    assert parse(None) == parse("") == NOWHERE


@given(st.text())
def test_any_text_may_be_an_address(text: str) -> None:
    numbers = parse(text).numbers
    assert numbers is None or numbers[0] <= numbers[1]
