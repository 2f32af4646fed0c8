import asyncio

from structlog.testing import capture_logs

from parkgraph.networks.changes import Changes


class Listener:
    """Records what it is told, and can be made to wait."""

    def __init__(self) -> None:
        self.told: list[frozenset[str]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, ids: frozenset[str]) -> None:
        self.told.append(ids)
        await self.go_on.wait()


async def test_the_listener_is_told_which_networks_changed() -> None:
    changes, listener = Changes(), Listener()
    changes.listener = listener
    await changes.tell(frozenset({"a", "b"}))
    assert listener.told == [frozenset({"a", "b"})]


async def test_what_changes_meanwhile_is_told_together_and_nobody_returns_untold() -> None:
    changes, listener = Changes(), Listener()
    changes.listener = listener
    listener.go_on.clear()
    first = asyncio.create_task(changes.tell(frozenset("a")))
    await asyncio.sleep(0)
    others = [asyncio.create_task(changes.tell(frozenset(name))) for name in "bcd"]
    await asyncio.sleep(0)
    assert listener.told == [frozenset("a")]
    listener.go_on.set()
    await asyncio.gather(first, *others)
    assert listener.told == [frozenset("a"), frozenset("bcd")]


async def test_nothing_is_told_of_nothing_unless_asked_for() -> None:
    changes, listener = Changes(), Listener()
    changes.listener = listener
    await changes.tell(frozenset())
    await changes.tell(frozenset(), even_if_none=True)
    assert listener.told == [frozenset()]


async def test_a_cancelled_telling_is_made_up_for_by_the_next() -> None:
    changes, listener = Changes(), Listener()
    changes.listener = listener
    listener.go_on.clear()
    telling = asyncio.create_task(changes.tell(frozenset("a")))
    await asyncio.sleep(0)
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    listener.go_on.set()
    await changes.tell(frozenset("b"))
    assert listener.told == [frozenset("a"), frozenset("ab")]


async def test_a_listener_that_fails_is_logged_and_asked_again() -> None:
    changes = Changes()

    async def failing(ids: frozenset[str]) -> None:
        raise ZeroDivisionError

    changes.listener = failing
    with capture_logs() as logs:
        await changes.tell(frozenset("a"))
    assert [(entry["event"], entry["networks"]) for entry in logs] == [("change_not_taken", ["a"])]
    changes.listener = listener = Listener()
    await changes.tell(frozenset("b"))
    assert listener.told == [frozenset("b")]


async def test_without_a_listener_nothing_happens() -> None:
    await Changes().tell(frozenset("a"))
