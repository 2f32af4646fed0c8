"""`[accounts]` in the settings, and the command line's tokens and keys."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from parkgraph.accounts.api_key import PATTERN
from parkgraph.accounts.api_keys import ApiKeys
from parkgraph.accounts.development import issuer
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import CredentialRefused
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.accounts.tokens import take_apart, verify
from parkgraph.cli import common, main
from parkgraph.db.engine import Database
from parkgraph.identity import open_identity
from parkgraph.settings import SettingsError, load
from tests.conftest import execute, with_database

WHOLE = {
    "PARKGRAPH_ACCOUNTS_ISSUER": "https://issuer.example",
    "PARKGRAPH_ACCOUNTS_AUDIENCE": "parkgraph",
    "PARKGRAPH_ACCOUNTS_JWKS": "https://issuer.example/jwks.json",
}


def test_an_issuer_may_be_configured_by_the_environment_alone() -> None:
    accounts = load(None, WHOLE | {"PARKGRAPH_ACCOUNTS_ALGORITHMS": '["PS256"]'}).accounts
    assert (accounts.issuer, accounts.audience) == ("https://issuer.example", "parkgraph")
    assert (accounts.algorithms, accounts.roles_claim) == (("PS256",), "roles")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"JWKS": ""}, "[accounts] needs issuer, audience and jwks together."),
        ({"AUDIENCE": ""}, "[accounts] needs issuer, audience and jwks together."),
        (
            {"JWKS": "http://issuer.example/jwks.json"},
            "needs an https:// address as jwks, unless allow_private = true.",
        ),
        (
            {"JWKS": "HTTP://issuer.example/jwks.json"},
            "needs an https:// address as jwks, unless allow_private = true.",
        ),
        ({"JWKS": "ftp://issuer.example/jwks.json"}, "must be an https:// address, or a file."),
        ({"JWKS": "https://me:geheim@issuer.example/"}, "must be an https:// address, or a file."),
        ({"ALGORITHMS": "[]"}, "PARKGRAPH_ACCOUNTS_ALGORITHMS"),
    ],
)
def test_what_is_wrong_is_one_sentence(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, WHOLE | {f"PARKGRAPH_ACCOUNTS_{key}": value for key, value in changes.items()})
    assert sentence in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS1"])
def test_no_algorithm_without_a_public_key_can_be_configured(tmp_path: Path, algorithm: str) -> None:
    file = tmp_path / "parkgraph.toml"
    file.write_text(f'[accounts]\nalgorithms = ["RS256", "{algorithm}"]\n')
    with pytest.raises(SettingsError, match=r"\[accounts\] algorithms\[1\] must be 'RS256', "):
        load(file, {})


@pytest.mark.parametrize("content", [None, b"", b'{"keys": []}'])
async def test_a_file_without_keys_stops_the_start(database: Database, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "jwks.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^\[accounts\] jwks: .*jwks.json"):
        async with open_identity(load(None, WHOLE | {"PARKGRAPH_ACCOUNTS_JWKS": str(file)}), database):
            pass


@pytest.fixture
def environ(database_url: str, migrated_template: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    name = f"keys_{uuid4().hex}"
    asyncio.run(execute(database_url, f"CREATE DATABASE {name} TEMPLATE {migrated_template}"))
    yield {"PARKGRAPH_DATABASE_URL": with_database(database_url, name), "PARKGRAPH_DATA_DIR": str(tmp_path)}
    asyncio.run(execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


def parkgraph(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, in this process: what starts and what it prints are the same."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["parkgraph", *arguments])
        patch.setattr(common.OUT, "width", 200)
        for name, value in environ.items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


async def test_a_token_is_printed_and_nothing_else(tmp_path: Path) -> None:
    arguments = ("token", "--role", "owner", "--role", "PARTNER", "--subject", "anna", "--hours", "1")
    command, environ = (
        [sys.executable, "-m", "parkgraph", *arguments],
        os.environ | {"PARKGRAPH_DATA_DIR": str(tmp_path)},
    )
    result = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True, env=environ)
    principal = await verify(take_apart(result.stdout.strip()), issuer(tmp_path))
    roles = frozenset({Role.OWNER, Role.PARTNER, Role.DRIVER})
    assert principal == Principal("parkgraph-development|anna", roles)


def test_in_production_no_token_is_made(tmp_path: Path) -> None:
    production = {"PARKGRAPH_DATA_DIR": str(tmp_path), "PARKGRAPH_SERVER_ENVIRONMENT": "production"}
    result = parkgraph(production, "token", "--role", "operator")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("parkgraph: [server] environment is")
    assert list(tmp_path.iterdir()) == []


def test_an_operator_makes_lists_and_revokes_keys(environ: dict[str, str]) -> None:
    account = ("--account", "https://issuer.example|anna", "--role", "partner", "--label", "their app")
    made = [parkgraph(environ, "key", "create", *account, "--days", "90") for _ in range(3)]
    keys = [each.stdout.strip() for each in made]
    assert [each.returncode for each in made] == [0, 0, 1]
    assert all(PATTERN.fullmatch(key) for key in keys[:2])
    assert "revoke one of" in made[2].stderr

    listed = parkgraph(environ, "key", "list").stdout
    assert listed.count("https://issuer.example|anna") == 2
    assert "PARTNER" in listed
    assert not any(key in listed for key in keys[:2])

    async def authenticated() -> str:
        database = Database(environ["PARKGRAPH_DATABASE_URL"])
        try:
            return (await ApiKeys(ApiKeyRepository(database)).authenticate(keys[0])).subject
        finally:
            await database.close()

    assert asyncio.run(authenticated()) == "https://issuer.example|anna"
    assert parkgraph(environ, "key", "revoke", keys[0][:40]).returncode == 0
    with pytest.raises(CredentialRefused):
        asyncio.run(authenticated())
    assert "revoked" in parkgraph(environ, "key", "list", "--account", "https://issuer.example|anna").stdout


@pytest.mark.parametrize("key", [str(UUID(int=7)), "pk_nothing", "?"])
def test_an_unknown_key_cannot_be_revoked(environ: dict[str, str], key: str) -> None:
    result = parkgraph(environ, "key", "revoke", key)
    assert result.returncode == 2
    assert "there is no key" in result.stderr
