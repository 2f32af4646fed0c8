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
    (samples / "parks").mkdir()
    (samples / "parks" / "index.json").write_bytes(b"[1]")
    (samples / "parks" / "1.json").write_bytes(b"{}")
    (samples / "parks" / "index.json@data=live").write_bytes(b"[2]")
    return ReplayClient(samples)


async def test_an_answer_is_the_file_as_it_is(client: Client) -> None:
    response = await client.get("file:facilities.json")
    assert (response.status, response.content) == (200, b'{"price": 0.10}')


async def test_parameters_and_headers_change_nothing(client: Client) -> None:
    response = await client.get("file:facilities.json", params={"page": "2"}, headers={"authorization": "x"})
    assert response.json() == {"price": 0.1}


@pytest.mark.parametrize("name", ["parks", "parks/", "parks/index.json", "parks/index"])
async def test_a_folder_answers_with_its_index_and_the_ending_json_may_be_left_out(client: Client, name: str) -> None:
    assert (await client.get(f"file:{name}")).content == b"[1]"


async def test_a_sample_may_be_for_one_value_of_a_parameter(client: Client) -> None:
    params = {"lang": "en", "data": "live"}
    assert (await client.get("file:parks/index.json", params=params)).content == b"[2]"
    assert (await client.get("file:parks/index.json", params={"data": "static"})).content == b"[1]"


@pytest.mark.parametrize("name", ["absent.json", "", ".", "a\0b"])
async def test_a_sample_that_is_absent_is_unavailable(client: Client, name: str) -> None:
    with pytest.raises(Unavailable):
        await client.get(f"file:{name}")


@pytest.mark.parametrize("name", ["../secret.json", "../secret", "link.json", "link", "///secret.json"])
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
