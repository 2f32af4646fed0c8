"""Flaws that no look at one answer shows: waits, other units of money, and numbers that only a wrong answer brings."""

from tests.kit.hostile.flaws import ADAPTER, NO_COVERAGE, QUALITY, READ, RESULT, Flaw, before_the_request
from tests.kit.hostile.subtle import ANSWER, edits, importing

WAITS = {
    "a sleep": "__import__('time').sleep(0.001)",
    "an event that never comes": "__import__('threading').Event().wait(0.001)",
    "a lock that is taken": "(lock := __import__('threading').Lock()).acquire() and lock.acquire(timeout=0.001)",
    "a queue that stays empty": "_queue()",
    "select": "__import__('select').select([], [], [], 0.001)",
    "a pause": "await asyncio.sleep(0.001)",
    "a deadline that passes": "await _deadline()",
    "a timer": "await _timer()",
    "a thread for a moment": "await asyncio.to_thread(int)",
    "a thread that is left": "__import__('threading').Thread(target=__import__('time').sleep, args=(0.01,)).start()",
}
WAITING = importing(
    "import asyncio\n\n\n"
    "async def _timer():\n"
    "    waiter = asyncio.get_running_loop().create_future()\n"
    "    asyncio.get_running_loop().call_later(0.001, waiter.set_result, None)\n"
    "    await waiter\n\n\n"
    "async def _deadline():\n"
    "    try:\n"
    "        await asyncio.wait_for(asyncio.Event().wait(), 0.001)\n"
    "    except TimeoutError:\n"
    "        pass\n\n\n"
    "def _queue():\n"
    "    queue = __import__('queue')\n"
    "    try:\n"
    "        queue.Queue().get(timeout=0.001)\n"
    "    except queue.Empty:\n"
    "        pass"
)
HOUR = "INCREMENTING, self.price, timedelta(hours=1)"
NO_ADDRESS = (
    "from typing import Annotated\n\nfrom pydantic import AfterValidator\n\n\n"
    "def _of_the_web(value):\n"
    "    if not value.startswith(('http://', 'https://', 'file:')):\n"
    "        raise ValueError('must be an address')\n"
    "    return value"
)

FEED = (
    *(Flaw("never-waits", name, (before_the_request(line), WAITING)) for name, line in WAITS.items()),
    Flaw("cancellation", "a task that outlives the answer", (
        (ADAPTER, ANSWER, f"        self.__dict__['left'] = asyncio.ensure_future(asyncio.Event().wait())\n{ANSWER}"),
        importing("import asyncio"),
    )),
    Flaw("known-price", "cents for euros", edits((HOUR, HOUR.replace("self.price", "self.price * 100")))),
    Flaw("known-price", "hundreds for euros", edits((HOUR, HOUR.replace("self.price", "self.price / 100")))),
    Flaw("known-price", "each half hour", edits((HOUR, HOUR.replace("hours=1", "minutes=30")))),
    Flaw("known-price", "yen", edits(('RateTable("EUR"', 'RateTable("JPY"'))),
    Flaw("known-price", "none is stated", ((QUALITY, "[[prices]]", "[[preise]]"),)),
    Flaw("known-price", "of no listing", ((QUALITY, 'listing = "market"', 'listing = "nowhere"'),)),
    Flaw("known-price", "another one", ((QUALITY, '"7.20 EUR"', '"7.30 EUR"'),)),
    Flaw("quality", "a price without a currency", ((QUALITY, '"7.20 EUR"', '"7.20"'),)),
    Flaw("quality", "a stay that ends before it begins", ((QUALITY, "T11:30:00", "T08:30:00"),)),
    Flaw("bounds", "any count", edits(("Field(ge=0, le=100_000)", "Field(ge=0)"))),
    Flaw("bounds", "any height", edits(("BeforeValidator(exact), Field(ge=1, le=10)]", "BeforeValidator(exact)]"))),
    Flaw("bounds", "any position", (NO_COVERAGE,)),
    Flaw("unknown-is-none", "what is usual", edits(("capacity=self.spaces,", "capacity=self.spaces or 120,"))),
    Flaw("unknown-is-none", "the usual price", edits(
        ("        if self.price is None:\n            return None\n", ""),
        (HOUR, HOUR.replace("self.price", "self.price or Decimal('1.50')")),
    )),
    Flaw("addresses", "with a password", (
        (ADAPTER, "    url: Url = ", "    url: Annotated[str, AfterValidator(_of_the_web)] = "), importing(NO_ADDRESS),
    )),
    Flaw("secrets-hidden", "in repr()", (
        (ADAPTER, "    def _headers(", (
            "    def __repr__(self) -> str:\n        return f'Adapter({self._headers()})'\n\n    def _headers("
        )),
    )),
    Flaw("hostile-rows", "sorted by what may be missing", (
        (ADAPTER, READ, f"        facilities = sorted(facilities, key=lambda row: row['name'])\n{READ}"),
    )),
)  # fmt: skip

SEARCH = (
    Flaw("never-waits", "a sleep", (
        (ADAPTER, "        response = await", "        __import__('time').sleep(0.001)\n        response = await"),
    )),
    Flaw("in-area", "the box around a circle", (
        (ADAPTER, "if area.contains(item.location)", "if bounds_of(area).contains(item.location)"),
    )),
    Flaw("known-price", "cents for euros", ((RESULT, "Money(self.price,", "Money(self.price * 100,"),)),
    Flaw("bounds", "a negative price", ((RESULT, "Field(ge=0, le=10_000, decimal_places=2)", "Field(le=10_000)"),)),
)  # fmt: skip
