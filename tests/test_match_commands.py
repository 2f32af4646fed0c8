"""`parkgraph match`, from the words of an operator to what is printed, on a database of which servers know listings."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from parkgraph.cli import common, main
from tests.conftest import execute, with_database


@pytest.fixture(scope="module")
def url(database_url: str, migrated_template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
    founded = f"('{uuid4()}', 'bahn', '1'), ('{uuid4()}', 'city', 'x:2'), ('{uuid4()}', 'city', '3')"
    asyncio.run(
        execute(with_database(database_url, name), f"INSERT INTO places (id, network, local_id) VALUES {founded}")
    )
    yield with_database(database_url, name)
    asyncio.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


Match = Callable[..., Ended]


@pytest.fixture
def match(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Match:
    """The command line in this process: starting one for each command takes most of the time."""
    monkeypatch.setenv("PARKGRAPH_DATABASE_URL", url)
    monkeypatch.setattr(common.OUT, "width", 120)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["parkgraph", "match", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


def test_pins_are_made_listed_exported_as_labels_and_taken_back(match: Match) -> None:
    assert "1 pairs are pinned" in match("pin", "bahn:1", "city:x:2").stdout
    assert "1 pairs are pinned" in match("split", "bahn:1", "city:3").stdout

    listed = match("list").stdout
    assert "bahn:1" in listed
    assert "city:x:2" in listed
    labels = [line.split("\t") for line in match("list", "--labels").stdout.splitlines()]
    assert labels[0][:5] == ["source_a", "uid_a", "source_b", "uid_b", "label"]
    assert [row[:5] for row in labels[1:]] == [
        ["bahn", "1", "city", "x:2", "same"],
        ["bahn", "1", "city", "3", "different"],
    ]

    refused = match("split", "city:3", "city:x:2")
    assert (refused.returncode, "1 pairs" in refused.stdout) == (0, True)
    refused = match("pin", "city:3", "bahn:1")
    assert refused.returncode == 1
    assert "nothing is pinned" in refused.stderr

    assert "3 pins are taken back" in match("unpin", "bahn:1", "city:x:2", "city:3").stdout
    assert len(match("list", "--labels").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("listings", "word"),
    [(("bahn:1",), "two listings"), (("bahn:1", "city:typo"), "typo"), (("bahn:1", "nonsense"), "names no listing")],
    ids=["one", "never listed", "no listing"],
)
def test_what_names_no_two_listings_is_refused_in_a_sentence(
    match: Match, listings: tuple[str, ...], word: str
) -> None:
    refused = match("pin", *listings)
    assert refused.returncode != 0
    assert word in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
