import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.graph.matching.lexicon import GARAGE, LOT
from parkgraph.graph.matching.names import abbreviates, likeness, parse


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Parkhaus Königsbau", ("konigsbau",)),
        ("PH Theater", ("theater",)),
        ("P+R Kalkofenstraße", ("kalkofenstrasse",)),
        ("Parkplatz Hermann-Herder-Str.", ("hermann", "herder")),
        ("Parking de la Gare Cornavin", ("bahnhof", "cornavin")),
        ("Nørreport", ("norreport",)),
        ("天后多層停車場", ("天后",)),
        ("停車場 中環", ("中環",)),
        ("Rathausgarage", ("rathaus",)),
        ("Bahnhofsparkplatz", ("bahnhof",)),
        ("P+Rail Lugano stazione", ("lugano", "bahnhof")),
        ("Park & Ride Hütteldorf", ("hutteldorf",)),
        ("Aparcamiento de la Plaza Mayor", ("plaza", "mayor")),
        ("Parkplatz", ()),
    ],
)
def test_a_name_is_the_words_that_tell_a_facility_from_others(name: str, words: tuple[str, ...]) -> None:
    assert parse(name).words == words


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("P4 Am Bahnhof", {"4"}),
        ("Kongresszentrum PH2", {"2"}),
        ("Tiefgarage Hauptbahnhof P1/2", {"1", "2"}),
        ("Parkhaus Bahnhofsviertel 1", {"1"}),
        ("Parkplatz P06", {"6"}),
        ("Plaza de España II", {"2"}),
        ("Parkplatz Leonhardsplatz 1", set()),
        ("Justiz, Gutenbergstraße 13-17", set()),
        ("A81 Herrenberg", set()),
    ],
)
def test_numbers_of_facilities_are_told_from_houses_and_roads(name: str, codes: set[str]) -> None:
    assert parse(name).codes == codes


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("Bahnhof Süd", {("compass", "S")}),
        ("Unterer Graben", {("height", "lower")}),
        ("Bahnhof Rastatt links", {("hand", "left")}),
        ("Noord", {("compass", "N")}),
        ("Malmin asema pohjoinen", {("compass", "N")}),
        ("Nordbad", set()),
    ],
)
def test_a_side_is_a_word_of_its_own(name: str, sides: set[tuple[str, str]]) -> None:
    assert parse(name).sides == sides


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("Tiefgarage Wollhaus", GARAGE),
        ("Rathausgarage", GARAGE),
        ("PH Theater", GARAGE),
        ("Parkplatz P6", LOT),
        ("Wollhaus", None),
    ],
)
def test_a_name_may_say_what_it_is(name: str, structure: str | None) -> None:
    assert parse(name).structure == structure


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("Marktplatz - Parkplatz für Menschen mit Behinderung", "DISABLED"),
        ("Wohnmobilhafen", "MOTORHOME"),
        ("Busbahnhof", None),
    ],
)
def test_a_name_may_say_whom_it_is_for(name: str, users: str | None) -> None:
    assert parse(name).users == users


def test_a_street_of_two_words_is_one() -> None:
    assert parse("Gültsteiner Straße").streets == {"gultsteinerstrasse"} == parse("Parkplatz Gültsteiner Str.").streets


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("Post Galerie", "Postgalerie", 1, 1),
        ("Hanse-Viertel", "Hanseviertel", 1, 1),
        ("IHK", "Industrie und Handelskammer", 1, 1),
        ("Duale Hochschule BW", "Erzbergerstraße (DHBW)", 0.6, 0.9),
        ("Klosterhof - Kiliansplatz", "Kiliansplatz", 0.6, 0.9),
        ("Bahnhof Altona", "Bahnhof Harburg", 0, 0.2),
        ("Karstadt", "Friedrichsplatz", 0, 0),
        ("Gare de Cornavin", "Bahnhof Cornavin", 1, 1),
        ("大會堂停車場", "大會堂", 1, 1),
        ("天星", "City Hall 天星碼頭", 0.5, 0.9),
    ],
)
def test_names_are_alike_by_their_telling_words(a: str, b: str, least: float, most: float) -> None:
    alike = likeness(parse(a), parse(b))
    assert alike is not None
    assert least <= alike <= most


def test_a_name_without_words_is_like_and_unlike_no_other() -> None:
    assert likeness(parse("Parkplatz"), parse("Karstadt")) is None


def test_words_that_both_share_anyway_tell_nothing() -> None:
    assert likeness(parse("Hamburg, Mercado"), parse("Hamburg, Spectrum"), known=frozenset({"hamburg"})) == 0
    assert likeness(parse("Hamburg"), parse("Hamburg, Spectrum"), known=frozenset({"hamburg"})) is None


@given(st.text(), st.text())
def test_likeness_is_the_same_from_both_sides_and_whole_with_itself(a: str, b: str) -> None:
    x, y = parse(a), parse(b)
    assert likeness(x, y) == likeness(y, x)
    assert likeness(x, x) in (None, 1.0)
    assert 0 <= (likeness(x, y) or 0) <= 1


def test_an_acronym_begins_every_word_in_turn() -> None:
    assert abbreviates("ihk", ["industrie", "handelskammer"])
    assert not abbreviates("ihk", ["handelskammer", "industrie"])
    assert not abbreviates("ihk", ["industrie"])
