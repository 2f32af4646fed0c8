"""The client that replays samples."""

from pathlib import Path

import pytest

from parkgraph.sdk import Client, Unavailable
from parkgraph.sdk.replay import AnswerClient, ReplayClient


@pytest.fixture
def client(tmp_path: Path) -> Client:
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "facilities.json").write_bytes(b'{"price": 0.10}')
    (tmp_path / "secret.json").write_bytes(b"{}")
    (samples / "link.json").symlink_to(tmp_path / "secret.json")
    return ReplayClient(samples)


async def test_an_answer_is_the_file_as_it_is(client: Client) -> None:
    response = await client.get("file:facilities.json")
    assert (response.status, response.content) == (200, b'{"price": 0.10}')


async def test_parameters_and_headers_change_nothing(client: Client) -> None:
    response = await client.get("file:facilities.json", params={"page": "2"}, headers={"authorization": "x"})
    assert response.json() == {"price": 0.1}


@pytest.mark.parametrize("name", ["absent.json", "", ".", "a\0b"])
async def test_a_sample_that_is_absent_is_unavailable(client: Client, name: str) -> None:
    with pytest.raises(Unavailable):
        await client.get(f"file:{name}")


@pytest.mark.parametrize("name", ["../secret.json", "link.json", "///secret.json"])
async def test_nothing_outside_of_the_folder_is_read(client: Client, name: str) -> None:
    with pytest.raises(Unavailable):
        await client.get(f"file:{name}")


async def test_an_absolute_name_is_refused_even_inside_of_the_folder(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await client.get(f"file:{tmp_path / 'samples' / 'facilities.json'}")


async def test_there_is_no_network(client: Client) -> None:
    with pytest.raises(Unavailable):
        await client.get("http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        await client.post("file:facilities.json")


async def test_an_answer_is_what_the_test_wrote_and_what_was_asked_is_kept() -> None:
    client = AnswerClient(b"anything", {"http://one/": b"one"})
    assert (await client.get("http://one/", headers={"key": "k"})).content == b"one"
    assert (await client.get("http://two/")).content == b"anything"
    assert client.asked == [("http://one/", {"key": "k"}), ("http://two/", {})]
