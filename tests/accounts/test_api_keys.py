"""API keys over a real database: made once, two at a time, and void everywhere soon after they are revoked."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from parkgraph.accounts import api_key
from parkgraph.accounts.api_key import LIVE_OF_AN_ACCOUNT, PATTERN
from parkgraph.accounts.api_keys import REMEMBERED_SECONDS, ApiKeys, Created, TooMany
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import AccountsUnavailable, CredentialRefused
from parkgraph.accounts.repository import ApiKeyRepository
from parkgraph.db.engine import Database

OWNER = frozenset({Role.OWNER})


@dataclass
class Time:
    now: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC)
    steady: float = 1000.0

    def pass_by(self, by: timedelta) -> None:
        self.now += by
        self.steady += by.total_seconds()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def another(database: Database, time: Time) -> Callable[[], ApiKeys]:
    """Another server process on the same database."""
    return lambda: ApiKeys(ApiKeyRepository(database), lambda: time.now, lambda: time.steady)


@pytest.fixture
def keys(another: Callable[[], ApiKeys]) -> ApiKeys:
    return another()


async def made(keys: ApiKeys, account: str = "anna", label: str = "app", expires: datetime | None = None) -> Created:
    outcome = await keys.create(account, OWNER, label, expires)
    assert isinstance(outcome, Created)
    return outcome


async def is_refused(keys: ApiKeys, key: str) -> bool:
    try:
        await keys.authenticate(key)
    except CredentialRefused:
        return True
    return False


async def test_a_key_stands_for_its_account_in_its_roles(keys: ApiKeys) -> None:
    principal = await keys.authenticate((await made(keys)).text)
    assert (principal, principal.by_key) == (Principal("anna", OWNER, by_key=True), True)
    assert principal.may(Role.OWNER)
    assert not principal.may(Role.DRIVER)


async def test_a_key_has_a_form_that_a_scanner_finds(keys: ApiKeys) -> None:
    key = await made(keys)
    assert PATTERN.fullmatch(key.text)
    assert key.text.startswith(key.key.prefix)
    assert PATTERN.search(f'const KEY = "{key.text}";')


async def test_the_database_holds_no_secret(keys: ApiKeys, database: Database) -> None:
    key = await made(keys)
    secret = key.text.removeprefix(key.key.prefix)
    async with database.engine.connect() as connection:
        (row,) = (await connection.execute(text("SELECT api_keys::text FROM api_keys"))).all()
    assert secret not in row[0]
    assert secret.encode().hex() not in row[0]
    assert secret not in repr(key)


async def test_what_is_no_key_of_ours_is_refused(keys: ApiKeys) -> None:
    key = (await made(keys)).text
    wrong = [key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), key + "a", key.upper(), "pk_", key + "\n", key[3:]]
    unknown = f"pk_{uuid4().hex}_{key[-43:]}"
    assert all([await is_refused(keys, each) for each in (*wrong, unknown)])


async def test_two_keys_live_at_a_time_so_that_one_can_replace_the_other(keys: ApiKeys) -> None:
    old, new = await made(keys), await made(keys)
    assert await keys.authenticate(old.text) == await keys.authenticate(new.text)
    third = await keys.create("anna", OWNER, "app")
    assert isinstance(third, TooMany)
    assert [key.id for key in third.live] == [old.key.id, new.key.id]
    await keys.revoke(old.key.id, "anna")
    assert (await made(keys)).text


async def test_keys_for_something_else_and_of_others_do_not_count(keys: ApiKeys) -> None:
    await made(keys)
    await made(keys)
    assert (await made(keys, label="another app")).text
    assert (await made(keys, account="berta")).text


async def test_an_account_has_so_many_live_keys_and_no_more(keys: ApiKeys) -> None:
    for number in range(LIVE_OF_AN_ACCOUNT):
        await made(keys, label=f"app {number}")
    outcome = await keys.create("anna", OWNER, "one more")
    assert isinstance(outcome, TooMany)
    assert len(outcome.live) == LIVE_OF_AN_ACCOUNT


async def test_many_who_make_one_at_once_make_two(another: Callable[[], ApiKeys]) -> None:
    outcomes = await asyncio.gather(*(another().create("anna", OWNER, "app") for _ in range(8)))
    assert sum(isinstance(outcome, Created) for outcome in outcomes) == 2


async def test_the_database_has_no_place_for_a_third(keys: ApiKeys, database: Database) -> None:
    await made(keys)
    await made(keys)
    third = "INSERT INTO api_keys (uuid, account, roles, label, digest, slot, created_at) SELECT gen_random_uuid(),"
    async with database.engine.connect() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(
                text(third + " account, roles, label, digest, 1, created_at FROM api_keys LIMIT 1")
            )


async def test_a_revoked_key_opens_nothing_any_more(keys: ApiKeys) -> None:
    key = await made(keys)
    await keys.authenticate(key.text)
    revoked = await keys.revoke(key.key.id, "anna")
    assert revoked
    assert revoked.revoked_at
    assert await is_refused(keys, key.text)


async def test_revoking_again_changes_nothing(keys: ApiKeys, time: Time) -> None:
    key = await made(keys)
    first = await keys.revoke(key.key.id, "anna")
    time.pass_by(timedelta(hours=1))
    assert await keys.revoke(key.key.id, "anna") == first


async def test_another_process_takes_a_revoked_key_for_a_few_seconds_at_most(
    keys: ApiKeys, another: Callable[[], ApiKeys], time: Time
) -> None:
    key, elsewhere = await made(keys), another()
    await elsewhere.authenticate(key.text)
    await keys.revoke(key.key.id, "anna")
    time.pass_by(timedelta(seconds=REMEMBERED_SECONDS))
    assert await is_refused(elsewhere, key.text)


async def test_being_used_does_not_make_a_key_remembered_longer(
    keys: ApiKeys, another: Callable[[], ApiKeys], time: Time
) -> None:
    key, elsewhere = await made(keys), another()
    await elsewhere.authenticate(key.text)
    await keys.revoke(key.key.id, "anna")
    for _ in range(REMEMBERED_SECONDS):
        await elsewhere.authenticate(key.text)
        time.pass_by(timedelta(seconds=1))
    assert await is_refused(elsewhere, key.text)


async def test_nobody_revokes_anothers_key(keys: ApiKeys) -> None:
    key = await made(keys)
    assert await keys.revoke(key.key.id, "berta") is None
    assert await keys.revoke(uuid4(), "anna") is None
    assert (await keys.authenticate(key.text)).subject == "anna"


async def test_an_operator_revokes_anybodys(keys: ApiKeys) -> None:
    key = await made(keys)
    assert await keys.revoke(key.key.id)
    assert await is_refused(keys, key.text)


async def test_a_key_expires_and_makes_room(keys: ApiKeys, time: Time) -> None:
    end = time.now + timedelta(days=30)
    first, second = await made(keys, expires=end), await made(keys, expires=end)
    time.pass_by(timedelta(days=30) - timedelta(seconds=1))
    assert (await keys.authenticate(first.text)).subject == "anna"
    time.pass_by(timedelta(seconds=1))
    assert await is_refused(keys, first.text)
    assert await is_refused(keys, second.text)
    assert (await made(keys)).text


@pytest.mark.parametrize(
    ("account", "roles", "label"),
    [("", OWNER, "app"), ("an\x00na", OWNER, "app"), ("anna", frozenset(), "app"), ("anna", OWNER, " "),
     ("anna", OWNER, "x" * 61), ("anna", OWNER, "a\nb")],
)  # fmt: skip
async def test_a_key_for_nobody_or_nothing_is_not_made(
    keys: ApiKeys, account: str, roles: frozenset[Role], label: str
) -> None:
    with pytest.raises(ValueError, match=r"^(account|roles|label) must be "):
        await keys.create(account, roles, label)


async def test_a_key_that_would_be_over_already_is_not_made(keys: ApiKeys, time: Time) -> None:
    with pytest.raises(ValueError, match="in the future"):
        await keys.create("anna", OWNER, "app", time.now)
    assert await keys.list("anna") == []


async def test_an_account_lists_its_own_the_newest_first(keys: ApiKeys) -> None:
    first, second = await made(keys), await made(keys)
    other = await made(keys, account="berta")
    await keys.revoke(first.key.id, "anna")
    assert [key.id for key in await keys.list("anna")] == [second.key.id, first.key.id]
    assert [key.id for key in await keys.list()] == [other.key.id, second.key.id, first.key.id]


async def test_the_last_use_is_noted_to_the_hour(keys: ApiKeys, time: Time) -> None:
    key, used = await made(keys), time.now
    await keys.authenticate(key.text)
    time.pass_by(timedelta(minutes=59))
    await keys.authenticate(key.text)
    assert [row.last_used_at for row in await keys.list("anna")] == [used]
    time.pass_by(timedelta(minutes=1))
    await keys.authenticate(key.text)
    assert [row.last_used_at for row in await keys.list("anna")] == [time.now]


async def test_a_wrong_secret_is_no_use(keys: ApiKeys) -> None:
    key = await made(keys)
    assert await is_refused(keys, key.key.prefix + "a" * 43)
    assert [row.last_used_at for row in await keys.list("anna")] == [None]


async def test_a_key_that_is_bound_to_something_has_its_roles_nowhere_else() -> None:
    assert not Principal("anna", OWNER, by_key=True, scope="gate:1").may(Role.OWNER)


async def test_without_a_database_it_cannot_be_told_whether_a_key_is_valid(
    keys: ApiKeys, another: Callable[[], ApiKeys], database: Database
) -> None:
    key = await made(keys)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE api_keys RENAME TO away"))
    elsewhere = another()
    for asking in (
        elsewhere.authenticate(key.text),
        elsewhere.create("anna", OWNER, "app"),
        elsewhere.list("anna"),
        elsewhere.revoke(key.key.id),
    ):
        with pytest.raises(AccountsUnavailable):
            await asking


@given(st.text() | st.from_regex(PATTERN, fullmatch=True) | st.from_regex(re.compile("pk_.*")))
def test_what_is_read_as_a_key_is_written_as_one(candidate: str) -> None:
    found = api_key.read(candidate)
    assert found is None or f"pk_{found[0].hex}_{found[1]}" == candidate
