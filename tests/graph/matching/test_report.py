"""`parkgraph match report`, from files to what is printed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from parkgraph.cli import main
from parkgraph.graph.matching import cluster, features
from parkgraph.graph.matching.labels import BadLabels, Label, read_labels, read_listings
from parkgraph.graph.matching.report import Score, judge, mistakes, score, scores
from tests.graph.listings import keyed, listing

HEADER = "source_a\tuid_a\tsource_b\tuid_b\tlabel\tlineage\thard"


def row(source: str, **facts: object) -> dict[str, object]:
    return {"source": source, "uid": "1", "name": "Markt", "lat": 48.0, "lon": 9.0} | facts


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    listings, truth = tmp_path / "listings.jsonl", tmp_path / "truth.tsv"
    rows = [
        row("a", type="Parkhaus", capacity=100, address="Markt 1, Ulm", operator="APCOA"),
        row("b", lat=48.0001, capacity=0, type=None, ext=["OSM:1", "DHID:de:1"]),
        row("c", lat=48.001, name=None, type="On-street", unheard_of=[1]),
    ]
    listings.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    truth.write_text(f"{HEADER}\na\t1\tb\t1\tsame\tindependent\t0\na\t1\tc\t1\tsame\tsame-publisher-copy\t1\n")
    return listings, truth


def report(listings: Path, truth: Path, *more: str) -> Result:
    from parkgraph.cli import app

    return CliRunner().invoke(app, ["match", "report", "--listings", str(listings), "--truth", str(truth), *more])


def test_the_report_counts_by_lineage_and_hard_and_shows_the_mistakes(given: tuple[Path, Path]) -> None:
    result = report(*given)
    assert result.exit_code == 0, result.output
    table = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if line.strip()}
    assert table["all"] == ["2", "1", "0", "0", "1.000", "0.500", "0.667"]
    assert table["independent"] == ["1", "0", "0", "0", "1.000", "1.000", "1.000"]
    assert table["hard"] == table["same-publisher-copy"] == ["1", "1", "0", "0", "0.000", "0.000"]
    assert "missed, 111 m apart" in result.stdout
    assert "a 1: Markt | Markt 1, Ulm | APCOA | GARAGE | 100" in result.stdout
    assert "they contradict each other" in result.stdout


def test_as_many_mistakes_are_shown_as_are_asked_for(given: tuple[Path, Path]) -> None:
    assert "missed" not in report(*given, "--worst", "0").stdout


def test_what_a_file_leaves_open_is_unknown(given: tuple[Path, Path]) -> None:
    listings = read_listings(given[0])
    a, b, c = listings.values()
    assert (a.kind.value, b.kind.value, c.kind.value) == ("GARAGE", "UNKNOWN", "ON_STREET")
    assert b.capacity is None
    assert c.name == "?"
    assert b.external_ids == {"OSM:1"}, "the id of a stop names no lot"


@pytest.mark.parametrize(
    ("listings", "truth", "sentence"),
    [
        ("{", HEADER, "listings.jsonl, line 1, is not a listing"),
        ("[]", HEADER, "listings.jsonl, line 1, is not a listing"),
        ('{"source": "a"}', HEADER, "it has no 'uid'"),
        (json.dumps(row("a", lat=91)), HEADER, "latitude must be between"),
        (json.dumps(row("a", lat="x")), HEADER, "its lat is not a number"),
        (json.dumps(row("a", lon=None)), HEADER, "its lon is not a number"),
        (json.dumps(row("a", name=7)), HEADER, "its name is not text"),
        (json.dumps(row("a", capacity="120")), HEADER, "its capacity is not a whole number"),
        (json.dumps(row("a", capacity=12.5)), HEADER, "its capacity is not a whole number"),
        (
            '{"source": "a", "uid": 1, "lat": 1, "lon": 1, "capacity": NaN}',
            HEADER,
            "its capacity is not a whole number",
        ),
        (json.dumps(row("a", capacity=-1)), HEADER, "capacity must not be negative"),
        (json.dumps(row("a", ext=7)), HEADER, "is not a listing"),
        ("", "", "truth.tsv has no column source_a"),
        (json.dumps(row("a")), f"{HEADER}\na\t1\ta\t1", "a label is same or different, not None"),
        ("", "source_a\tuid_a\tsource_b\tuid_b", "truth.tsv has no column label"),
        ("", f"{HEADER}\na\t1\tb\t1\tsame", "truth.tsv, line 2: there is no listing a 1"),
        (json.dumps(row("a")), f"{HEADER}\na\t1\ta\t1\tperhaps", "a label is same or different, not 'perhaps'"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(tmp_path: Path, listings: str, truth: str, sentence: str) -> None:
    files = tmp_path / "listings.jsonl", tmp_path / "truth.tsv"
    for file, text in zip(files, (listings, truth), strict=True):
        file.write_text(text)
    with pytest.raises(BadLabels) as caught:
        read_labels(files[1], read_listings(files[0]))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_as_other_systems_write_them_are_read(tmp_path: Path) -> None:
    listings, truth = tmp_path / "listings.jsonl", tmp_path / "truth.tsv"
    rows = [row("a", name="Markt\u2028Ulm", capacity=100.0), row("b", capacity=None)]
    listings.write_bytes(b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\r\n" for each in rows))
    truth.write_bytes(f"\ufeff{HEADER}\r\na\t1\tb\t1\tsame\tindependent\t1\r\n".encode())
    read = read_listings(listings)
    assert [each.capacity for each in read.values()] == [100, None]
    assert [(label.same, label.hard) for label in read_labels(truth, read)] == [(True, True)]


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--listings", str(tmp_path / "none"), "--truth", str(tmp_path / "none")]
    monkeypatch.setattr("sys.argv", ["parkgraph", "match", "report", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"parkgraph: {tmp_path / 'none'} cannot be read: No such file or directory.\n"


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "listings.jsonl"
    file.write_bytes(b"\xff")
    with pytest.raises(BadLabels, match=r"listings.jsonl is not text in UTF-8\."):
        read_listings(file)


def test_a_score_of_nothing_is_unknown() -> None:
    assert (Score().precision, Score().recall, Score().f1) == (None, None, None)
    assert scores([]) == {"all": Score()}


def test_precision_recall_and_f1() -> None:
    counted = Score(true_same=8, false_same=2, true_different=5, false_different=8)
    assert (counted.precision, counted.recall) == (0.8, 0.5)
    assert counted.f1 == pytest.approx(8 / 13)


def test_pairs_without_a_label_count_for_nothing() -> None:
    (a, x), (b, y), (c, z) = keyed("a", listing()), keyed("b", listing()), keyed("c", listing(north_m=9))
    clustering = cluster({a: features(x), b: features(y), c: features(z)})
    assert score(judge([Label(a, b, same=True)], clustering)) == Score(true_same=1)


def test_the_mistakes_of_which_the_model_is_surest_come_first() -> None:
    members = [keyed("a", listing()), keyed("b", listing(north_m=1)), keyed("c", listing(north_m=60))]
    matched = {key: features(each) for key, each in members}
    (a, _), (b, _), (c, _) = members
    labels = [Label(a, c, same=False), Label(a, b, same=False)]
    found = mistakes(judge(labels, cluster(matched)), matched)
    assert [mistake.label for mistake in found] == [labels[1], labels[0]]
    assert found[0].log_odds > found[1].log_odds > 0
