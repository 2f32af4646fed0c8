"""`parkgraph quote --rates`: what a rate table costs, from the shell."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from parkgraph.cli import app

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"
STAY = ("--arrive", "2026-11-24T18:00", "--leave", "2026-11-25T07:30", "--timezone", "Europe/Berlin")


def quote(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["quote", *arguments])


def quoted(file: str | Path, *arguments: str) -> str:
    result = quote("--rates", str(EXAMPLES / file), *(arguments or STAY))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_a_rate_table_of_a_file_is_priced_line_by_line() -> None:
    answer = quoted("day-night.json")
    assert "Maximum" in answer
    assert answer.split()[-1] == "13.00"


def test_local_times_are_those_of_the_time_zone() -> None:
    """Eight in the evening of London is nine in Berlin: one hour of the day less."""
    times = ("--arrive", "2026-11-24T19:00+00:00", "--leave", "2026-11-24T20:30+00:00")
    assert quoted("day-night.json", *times, "--timezone", "Europe/London").split()[-1] == "3.50"
    assert quoted("day-night.json", *times, "--timezone", "Europe/Berlin").split()[-1] == "2.00"


def test_without_a_time_zone_the_table_goes_by_the_offset_of_the_stay() -> None:
    times = ("--arrive", "2026-11-24T20:00+01:00", "--leave", "2026-11-24T21:30+01:00")
    assert quoted("day-night.json", *times).split()[-1] == "2.00"


@pytest.mark.parametrize(
    ("arrive", "leave", "sentence"),
    [
        ("2026-11-24T18:00", "2026-11-25T07:30", "whose clock shows 2026-11-24T18:00?"),
        ("2026-10-24T18:00+02:00", "2026-10-25T07:30+01:00", "different offsets"),
    ],
)
def test_without_a_time_zone_a_stay_that_has_not_one_offset_is_refused(arrive: str, leave: str, sentence: str) -> None:
    result = quote("--rates", str(EXAMPLES / "day-night.json"), "--arrive", arrive, "--leave", leave)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "--timezone" in result.stderr


def test_public_holidays_are_those_of_a_country() -> None:
    christmas = ("--arrive", "2026-12-25T09:00+01:00", "--leave", "2026-12-25T15:00+01:00")
    assert "holidays, which are not known" in quoted("week-and-sunday.json", *christmas)
    assert quoted("week-and-sunday.json", *christmas, "--country", "DE").split()[-1] == "5.00"


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = (
        "--arrive", "2026-01-06T09:00+01:00", "--leave", "2026-01-06T14:00+01:00", "--country", "DE", "--region",
    )  # fmt: skip
    assert quoted("week-and-sunday.json", *epiphany, "BW").split()[-1] == "5.00"
    assert quoted("week-and-sunday.json", *epiphany, "BE").split()[-1] == "12.00"


def test_the_vehicle_counts(tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    collection = '{"applicableCurrency": "EUR", "rateLines": [{"rateLineType": "flatRate", "value": %s}]%s}'
    lorry, car = collection % (30, ', "vehicles": ["TRUCK"]'), collection % (4, "")
    file.write_text(f'{{"rateLineCollections": [{lorry}, {car}]}}')
    assert quoted(file, *STAY, "--vehicle", "truck").split()[-1] == "30.00"
    assert quoted(file, *STAY).split()[-1] == "4.00"


@pytest.mark.parametrize("name", ["[/]", "[bold]day", r"\u001b[31mday", ":car:", r"day\nnight"])
def test_a_name_is_printed_as_it_is_and_does_nothing_to_the_terminal(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name[:4].replace('/', '-')}.json"
    line = '{"rateLineType": "flatRate", "value": 4}'
    collection = f'{{"applicableCurrency": "EUR", "collectionName": "{name}", "rateLines": [{line}]}}'
    file.write_text(f'{{"rateLineCollections": [{collection}]}}')
    answer = quoted(file)
    assert answer.split()[-1] == "4.00"
    assert file.name in answer
    assert all(sign.isprintable() for sign in answer.replace("\n", ""))
    if "\\" not in name:
        assert f" {name} " in answer


def test_the_price_over_the_length_is_drawn_in_the_terminal() -> None:
    answer = quoted("tiers.json", *STAY, "--plot", "-")
    assert "13 h 32 min" in answer
    assert "GBP" in answer


def test_the_price_over_the_length_is_drawn_in_a_file(tmp_path: Path) -> None:
    quoted("tiers.json", *STAY, "--plot", str(tmp_path / "tiers.svg"))
    assert ElementTree.parse(tmp_path / "tiers.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", ["p.png", "p.pdf", "drawing", "none/p.svg"])
def test_a_drawing_that_cannot_be_made_is_refused_and_leaves_no_file(tmp_path: Path, name: str) -> None:
    result = quote("--rates", str(EXAMPLES / "tiers.json"), *STAY, "--plot", str(tmp_path / name))
    assert result.exit_code == 2
    assert "Error: Invalid value for --plot: " in result.stderr
    sentence = "No such file" if name.endswith(".svg") else "name a .svg file, or - for here"
    assert sentence in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file"),
        ("rates?", "this is not JSON"),
        ("{}", "rateLineCollections is missing"),
        ('{"rateLineCollections": [], "colour": 1}', "colour cannot be honoured"),
    ],
)
def test_a_file_that_is_no_rate_table_is_one_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    file = tmp_path / "rates.json"
    if content is not None:
        file.write_text(content)
    result = quote("--rates", str(file), *STAY)
    assert result.exit_code == 2
    assert f"Error: Invalid value for --rates: {file}: " in result.stderr
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (STAY, "give a network and a facility, or --rates with a file"),
        ((*STAY, "bahn", "1", "--rates", "x.json"), "give a network and a facility, or --rates with a file"),
        ((*STAY, "--rates", str(EXAMPLES / "tiers.json"), "--timezone", "Nowhere"), "no time zone 'Nowhere'"),
        ((*STAY, "--rates", str(EXAMPLES / "tiers.json"), "--country", "XX"), "holidays of XX are not known"),
        ((*STAY, "--rates", str(EXAMPLES / "tiers.json"), "--region", "BW"), "holidays of BW are not known"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(arguments: tuple[str, ...], sentence: str) -> None:
    result = quote(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("arrive", "sentence"),
    [
        ("2026-03-29T02:30", "the clocks never show"),
        ("2026-10-25T02:30", "twice"),
        ("2026-02-30T02:30", "does not exist"),
        ("tomorrow", "RFC 3339"),
    ],
)
def test_a_time_that_is_no_instant_is_refused(arrive: str, sentence: str) -> None:
    result = quote(
        "--rates", str(EXAMPLES / "tiers.json"), "--timezone", "Europe/Berlin",
        "--arrive", arrive, "--leave", "2026-11-25T07:30",
    )  # fmt: skip
    assert result.exit_code == 2
    assert sentence in result.stderr
