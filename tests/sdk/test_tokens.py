"""The token of a network that is logged in to."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from parkgraph.sdk import Denied, Token, Tokens, Unavailable

HOUR = timedelta(hours=1)


class Login:
    """Hands out "1", "2" and so on; `gate` holds it up."""

    def __init__(self, lifetime: timedelta | None = HOUR) -> None:
        self.lifetime = lifetime
        self.count = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None

    async def __call__(self) -> Token:
        self.count += 1
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return Token(str(self.count), self.lifetime)


async def echo(token: str) -> str:
    return token


def accepting(*tokens: str) -> Callable[[str], Awaitable[str]]:
    async def ask(token: str) -> str:
        if token not in tokens:
            raise Denied("refused")
        return token

    return ask


async def test_one_token_serves_many_calls() -> None:
    login = Login()
    tokens = Tokens(login)
    assert [await tokens.use(echo) for _ in range(3)] == ["1", "1", "1"]


async def test_callers_at_the_same_time_share_one_login() -> None:
    login = Login()
    tokens = Tokens(login)
    assert await asyncio.gather(*(tokens.use(echo) for _ in range(20))) == ["1"] * 20
    assert login.count == 1


@pytest.mark.parametrize(("lifetime", "kept", "renewed"), [(HOUR, 3539, 3540), (timedelta(seconds=30), 26, 27)])
async def test_a_token_is_replaced_shortly_before_its_end(lifetime: timedelta, kept: float, renewed: float) -> None:
    now = 0.0
    tokens = Tokens(Login(lifetime), clock=lambda: now)
    assert await tokens.use(echo) == "1"
    now = kept
    assert await tokens.use(echo) == "1"
    now = renewed
    assert await tokens.use(echo) == "2"


async def test_a_token_of_unknown_life_is_used_until_it_is_refused() -> None:
    now = 0.0
    tokens = Tokens(Login(lifetime=None), clock=lambda: now)
    assert await tokens.use(echo) == "1"
    now = 1e9
    assert await tokens.use(echo) == "1"
    assert await tokens.use(accepting("2")) == "2"


async def test_a_refused_token_is_replaced_once_for_all_who_were_refused() -> None:
    login = Login()
    tokens = Tokens(login)
    await tokens.use(echo)
    assert await asyncio.gather(*(tokens.use(accepting("2")) for _ in range(20))) == ["2"] * 20
    assert login.count == 2


async def test_a_second_refusal_is_the_callers() -> None:
    login = Login()
    with pytest.raises(Denied):
        await Tokens(login).use(accepting())
    assert login.count == 2


@pytest.mark.parametrize("fault", [Denied("wrong password"), Unavailable("down")])
async def test_a_fault_of_the_login_passes_through_and_the_next_call_logs_in_anew(fault: Exception) -> None:
    login = Login()
    tokens = Tokens(login)
    login.fault = fault
    with pytest.raises(type(fault)):
        await tokens.use(echo)
    assert login.count == 1
    login.fault = None
    assert await tokens.use(echo) == "2"


async def test_a_fault_of_the_call_is_not_answered_by_a_login() -> None:
    login = Login()

    async def ask(token: str) -> str:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        await Tokens(login).use(ask)
    assert login.count == 1


async def test_a_login_outlives_the_caller_who_began_it() -> None:
    login = Login()
    login.gate.clear()
    tokens = Tokens(login)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tokens.use(echo), 0.01)
    login.gate.set()
    assert await tokens.use(echo) == "1"
    assert login.count == 1


async def test_a_login_that_fails_after_its_caller_left_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    login = Login()
    login.gate.clear()
    login.fault = Unavailable("down")
    tokens = Tokens(login)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tokens.use(echo), 0.01)
    login.gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    login.fault = None
    assert await tokens.use(echo) == "2"
    gc.collect()
    assert caplog.records == []


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(Token("secret"))
