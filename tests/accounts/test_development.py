"""Tokens for development: their key is made once and is its owner's."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from parkgraph.accounts import development
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import CredentialRefused
from parkgraph.accounts.tokens import take_apart, verify

HOUR = timedelta(hours=1)


async def who(token: str, data_dir: Path) -> Principal:
    return await verify(take_apart(token), development.issuer(data_dir))


async def test_a_token_names_its_subject_and_its_roles(tmp_path: Path) -> None:
    token = development.mint(tmp_path, "anna", frozenset({Role.OWNER}), HOUR)
    principal = await who(token, tmp_path)
    assert principal == Principal("parkgraph-development|anna", frozenset({Role.OWNER, Role.DRIVER}))


async def test_a_token_ends(tmp_path: Path) -> None:
    with pytest.raises(CredentialRefused, match="expired"):
        await who(development.mint(tmp_path, "anna", frozenset(), -HOUR), tmp_path)


async def test_the_key_stays(tmp_path: Path) -> None:
    first = development.mint(tmp_path, "anna", frozenset(), HOUR)
    development.mint(tmp_path, "berta", frozenset(), HOUR)
    assert (await who(first, tmp_path)).subject.endswith("anna")


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    development.mint(tmp_path / "data", "anna", frozenset(), HOUR)
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_many_who_make_it_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda n: development.mint(tmp_path, f"{n}", frozenset(), HOUR), range(8)))
    assert {(await who(token, tmp_path)).subject for token in tokens} == {
        f"parkgraph-development|{n}" for n in range(8)
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"kty": "oct", "crv": "", "x": "", "kid": ""}'])
async def test_a_key_file_that_is_broken_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    token = development.mint(tmp_path, "anna", frozenset(), HOUR)
    (tmp_path / development.FILE).write_bytes(content)
    with pytest.raises(CredentialRefused):
        await who(token, tmp_path)
