"""Flaws that look right at a glance, or that a good sample hides."""

from tests.kit.hostile.flaws import (
    ADAPTER,
    FACILITY,
    IMPORT,
    NO_COVERAGE,
    PROJECT,
    READ,
    README,
    REQUEST,
    RESULT,
    SHAPE,
    Edit,
    Flaw,
    around_the_request,
    before_the_request,
)

ANSWER = "        return batch.but(as_of=published(document))\n"
DOCUMENT = "        document = response.json(exact=True)\n"
COUNTED = "observed_at=self.counted"
OCCUPANCY = "Occupancy(self.free, self.spaces, level_of(self.free, self.spaces)"
HEIGHT = "            max_height_cm="
PRICED = 'ListingOffer(self.offer, status, Money(self.price, "EUR"), valid_until=self.valid_until)'
UTC_IN_FACILITY: Edit = (FACILITY, "from datetime import datetime,", "from datetime import UTC, datetime,")
UTC_IN_ADAPTER: Edit = (ADAPTER, "from datetime import timedelta", "from datetime import UTC, datetime, timedelta")


def importing(line: str) -> Edit:
    return ADAPTER, IMPORT, f"{IMPORT}\n{line}\n"


def listing(more: str) -> tuple[Edit, ...]:
    """One argument more for every listing."""
    return ((FACILITY, HEIGHT, f"            {more},\n{HEIGHT}"),)


def edits(*changes: tuple[str, str], file: str = FACILITY) -> tuple[Edit, ...]:
    return tuple((file, old, new) for old, new in changes)


FEED = (
    Flaw("addresses", "by another name", (
        *edits(
            ("    url: Url = ", "    endpoint: str = "),
            ("self.settings.url", "self.settings.endpoint"),
            ('{"url": "file', '{"endpoint": "file'),
            file=ADAPTER,
        ),
        (README, "| `url` |", "| `endpoint` |"),
    )),
    Flaw("secrets-typed", "by a short name", (
        (ADAPTER, "    token: Secret", '    key: str | None = Field(default=None, description="x")\n    token: Secret'),
        (README, "| `token` |", "| `key` | none | a key |\n| `token` |"),
    )),
    Flaw("info", "no licence", (
        (ADAPTER, 'licence="CC-BY-4.0"', "licence=None"),
        (README, "| licence | CC-BY-4.0 |", "| licence | – |"),
    )),
    Flaw("info", "a homepage that is none", (
        (ADAPTER, 'homepage="https://acme.example"', 'homepage="acme"'),
        (README, "<https://acme.example>", "<acme>"),
    )),
    Flaw("info", "never fresh", (
        (ADAPTER, "max_per_minute=10", "max_age=timedelta(0),\n            max_per_minute=10"),
        (README, "fresh for | 15 minutes |", "fresh for | 0 seconds |"),
    )),
    Flaw("cadence", "no rate", (
        (ADAPTER, "max_per_minute=10", "max_per_minute=0"),
        (README, "at most 10 a minute", "at most 0 a minute"),
    )),
    Flaw("cadence", "without end", (
        (ADAPTER, "refresh_every=timedelta(minutes=1)", "refresh_every=timedelta(0)"),
        (README, "| cadence | every minute |", "| cadence | every 0 seconds |"),
    )),
    Flaw("capabilities", "counts that are not declared", (
        (ADAPTER, "Capability.LISTINGS, Capability.OCCUPANCY, ", "Capability.LISTINGS, "),
        (README, "`LISTINGS`, `OCCUPANCY`, ", "`LISTINGS`, "),
        (README, "| an occupancy is fresh for | 15 minutes |\n", ""),
    )),
    Flaw("capabilities", "bookings that nobody takes", (
        (ADAPTER, "Capability.LISTINGS, ", "Capability.BOOKING, Capability.LISTINGS, "),
        (README, "`LISTINGS`, `OCCUPANCY`", "`BOOKING`, `LISTINGS`, `OCCUPANCY`"),
    )),
    Flaw("capabilities", "live data that nobody reads", (
        (ADAPTER, "max_per_minute=10", "occupancies_every=timedelta(minutes=1),\n            max_per_minute=10"),
        (README, "| cadence | every minute |", "| cadence | every minute, live data every minute |"),
    )),
    Flaw("imports", "at the last moment", (before_the_request("__import__('parkgraph.settings')"),)),
    Flaw("no-own-client", "at the last moment", (before_the_request("__import__('httpx')"),)),
    Flaw("no-own-client", "the SDK's", (importing("from parkgraph.sdk.transport import HttpClient"),)),
    *(
        Flaw("only-the-client", name, (before_the_request(line),))
        for name, line in {
            "a connection": "await __import__('asyncio').gather("
            "__import__('asyncio').open_connection('127.0.0.1', 9), return_exceptions=True)",
            "a process of asyncio": "await __import__('asyncio').create_subprocess_exec('true')",
            "a folder": "__import__('os').listdir('.')",
            "whether a file is there": "__import__('pathlib').Path('x').exists()",
            "a shell": "__import__('os').popen('true').close()",
            "a spawned process": "__import__('os').posix_spawn('/bin/true', ['true'], {})",
            "a database": "__import__('sqlite3').connect(':memory:').close()",
        }.items()
    ),
    Flaw("only-the-client", "the environment at its import", (importing("import os\n\nKEY = os.environ.get('ACME')"),)),
    Flaw("contract", "a list", ((ADAPTER, ANSWER, "        return Batch(list(batch.items), batch.rejected)\n"),)),
    Flaw("contract", "no batch", ((ADAPTER, ANSWER, "        return list(batch.items)\n"),)),
    Flaw("contract", "a set that can change", listing("features=set()")),
    Flaw("contract", "an id that is a number", edits(("local_id=self.id", "local_id=len(self.id)"))),
    Flaw("contract", "half a centimetre", edits(("round(self.height_m * 100)", "float(self.height_m * 100)"))),
    Flaw("positions", "beside the coverage", (
        *edits(("Coordinates(self.lat, self.lon)", "Coordinates(self.lat + 1, self.lon)")), NO_COVERAGE,
    )),
    Flaw("units", "inches", edits(("round(self.height_m * 100)", "round(self.height_m * 39)"))),
    Flaw("units", "the largest number", edits(("capacity=self.spaces,", "capacity=self.spaces or 2**31 - 1,"))),
    Flaw("occupancy", "more vacant than there are", edits((OCCUPANCY, OCCUPANCY.replace("self.free,", "900,", 1)))),
    Flaw("occupancy", "vacant at 0", edits(("level_of(self.free, self.spaces)", "level_of(900, self.spaces)"))),
    Flaw("occupancy", "full, and vacant", edits(("level_of(self.free, self.spaces)", "level_of(0, self.spaces)"))),
    Flaw("instants", "without an offset", edits((COUNTED, f"{COUNTED} and self.counted.replace(tzinfo=None)"))),
    Flaw("instants", "a count in another zone", (
        *edits((COUNTED, f"{COUNTED} and self.counted.replace(tzinfo=UTC)")), UTC_IN_FACILITY,
    )),
    Flaw("instants", "published without its offset", edits(
        ("as_of=published(document)", "as_of=published(document).replace(tzinfo=None)"), file=ADAPTER,
    )),
    Flaw("never-now", "counted now", (*edits((COUNTED, "observed_at=datetime.now(UTC)")), UTC_IN_FACILITY)),
    Flaw("never-now", "now where no count has a time", (
        *edits((COUNTED, f"{COUNTED} or datetime.now(UTC)")), UTC_IN_FACILITY,
    )),
    Flaw("never-now", "now where the document has no time", (
        *edits(("as_of=published(document)", "as_of=published(document) or datetime.now(UTC)"), file=ADAPTER),
        UTC_IN_ADAPTER,
    )),
    Flaw("money", "a rate that is a float", edits(("INCREMENTING, self.price,", "INCREMENTING, float(self.price),"))),
    Flaw("money", "via a float", edits(("INCREMENTING, self.price,", "INCREMENTING, Decimal(float(self.price)),"))),
    Flaw("money", "a negative rate", edits(("INCREMENTING, self.price,", "INCREMENTING, -self.price,"))),
    Flaw("offers", "of a feed", (
        *listing("offers=(ListingOffer('1', OfferStatus.UNAVAILABLE, reason=OfferReason.FULL),)"),
        (FACILITY, "import Listing\n", (
            "import Listing, ListingOffer\nfrom parkgraph.domain.pricing import OfferReason, OfferStatus\n"
        )),
    )),
    Flaw("hours", "in German", listing("opening_hours='Mo bis Fr 8 Uhr'")),
    Flaw("settings", "that change", (
        (ADAPTER, "class Settings(AdapterSettings):", "class Settings(AdapterSettings, frozen=False):"),
    )),
    Flaw("distribution", "without a name", ((PROJECT, "[project]\n", "[projekt]\n"),)),
    Flaw("unknown-is-none", "full for want of a count", (
        (FACILITY, "        if self.free is None:\n            return None\n", (
            "        if self.free is None:\n"
            "            return Occupancy(None, self.spaces, OccupancyLevel.FULL)\n"
        )),
        (FACILITY, "import Occupancy, level_of", "import Occupancy, OccupancyLevel, level_of"),
    )),
    Flaw("own-words", "the name of what is elsewhere", edits(
        ('RowRejected("its position is outside of the network\'s area")', 'RowRejected(f"{self.name} is elsewhere")'),
    )),
    Flaw("texts", "an empty one", listing("address=''")),
    Flaw("texts", "written backwards", edits(("name=self.name,", "name=self.name + '\\u202e',"))),
    Flaw("texts", "an address that does something", listing("url='javascript:alert(1)'")),
    Flaw("ids", "none", edits(("local_id=self.id", "local_id=''"))),
    Flaw("repeatable", "an id by chance", edits(("local_id=self.id", "local_id=str(__import__('uuid').uuid4())"))),
    Flaw("unknown-is-none", "-1", edits(("capacity=self.spaces,", "capacity=self.spaces or -1,"))),
    Flaw("unknown-is-none", "9999", edits(("capacity=self.spaces,", "capacity=self.spaces or 9999,"))),
    Flaw("hostile-rows", "beside the rows", edits(
        ('_PUBLISHED.validate_python(document.get("published"))', "datetime.fromisoformat(document['published'])"),
        ("    except ValidationError:", "    except ZeroDivisionError:"),
    )),
    Flaw("bad-row-alone", "passed over", (
        (ADAPTER, READ, READ.replace("facilities,", "[row for row in facilities if not _is_boring(row)],")),
        importing("def _is_boring(row):\n    return isinstance(row, dict) and row.get('free', 0) is None"),
    )),
    Flaw("bad-row-alone", "without a reason", (
        (ADAPTER, READ, (
            f"{READ}        mute = tuple(Rejected(rejected.row, '') for rejected in batch.rejected)\n"
            "        batch = Batch(batch.items, mute)\n"
        )),
        importing("from parkgraph.sdk import Rejected"),
    )),
    Flaw("own-words", "the document in a fault", (
        (ADAPTER, SHAPE, '            raise Malformed(f"no facilities in {document}")\n'),
    )),
    Flaw("faults-pass", "no patience", around_the_request(
        "RateLimited", needs="from parkgraph.sdk import RateLimited", except_="return Batch()",
    )),
    Flaw("faults-pass", "half a success", around_the_request(
        "RateLimited", needs="from parkgraph.sdk import RateLimited", except_="return Batch(complete=False)",
    )),
    Flaw("faults-pass", "credentials that will come right", around_the_request(
        "Denied", needs="from parkgraph.sdk import Denied, Unavailable", except_="raise Unavailable('no') from None",
    )),
    Flaw("faults-pass", "the last answer for want of one", (
        *around_the_request(
            "Unavailable",
            needs="from parkgraph.sdk import Unavailable",
            except_="if kept := self.__dict__.get('kept'):\n                return kept\n            raise",
        ),
        (ADAPTER, ANSWER, f"        self.__dict__['kept'] = batch\n{ANSWER}"),
    )),
    Flaw("incomplete-is-said", "a page that asks for patience", (
        (ADAPTER, REQUEST, (
            f"{REQUEST}"
            "        complete = True\n"
            "        try:\n"
            '            await self.client.get(f"{self.settings.url}.2")\n'
            "        except Unavailable:\n"
            "            complete = False\n"
            "        except RateLimited:\n"
            "            pass\n"
        )),
        (ADAPTER, ANSWER, "        return batch.but(as_of=published(document), complete=complete)\n"),
        importing("from parkgraph.sdk import RateLimited, Unavailable"),
    )),
    Flaw("asked-once", "again after patience", around_the_request(
        "RateLimited",
        needs="from parkgraph.sdk import RateLimited",
        except_="response = await self.client.get(self.settings.url)",
    )),
    Flaw("asked-once", "again after garbage", ((ADAPTER, DOCUMENT, (
        "        try:\n"
        f"    {DOCUMENT}"
        "        except Malformed:\n"
        "            document = (await self.client.get(self.settings.url)).json(exact=True)\n"
    )),)),
    Flaw("asked-once", "twice", ((ADAPTER, REQUEST, REQUEST + REQUEST),)),
    Flaw("asked-once", "a cache for all", (
        before_the_request("if KEPT:\n            return KEPT[0]"),
        (ADAPTER, ANSWER, "        KEPT.append(batch.but(as_of=published(document)))\n        return KEPT[0]\n"),
        importing("KEPT: list = []"),
    )),
    Flaw("secrets-hidden", "printed", (before_the_request("print(self._headers())"),)),
    Flaw("secrets-hidden", "printed as an error", (
        before_the_request("print(self._headers(), file=__import__('sys').stderr)"),
    )),
    Flaw("secrets-hidden", "in the error of the settings", (
        (ADAPTER, "class Settings(AdapterSettings):", "class Settings(AdapterSettings, hide_input_in_errors=False):"),
    )),
    Flaw("secrets-hidden", "in an answer", (
        (ADAPTER, ANSWER, (
            "        shown = tuple(replace(item, url=self._shown()) for item in batch.items)\n"
            "        return replace(batch, items=shown)\n"
        )),
        (ADAPTER, "    def _headers(", (
            "    def _shown(self) -> str:\n"
            '        return "https://acme.example/?" + self._headers().get("Authorization", "")\n\n'
            "    def _headers("
        )),
        importing("from dataclasses import replace"),
    )),
)  # fmt: skip

SEARCH = (
    Flaw("offers", "two with one ref", ((RESULT, f"        return ({PRICED},)", f"        return 2 * ({PRICED},)"),)),
    Flaw("offers", "a reason not to pay", (
        (RESULT, "valid_until=self.valid_until)", "valid_until=self.valid_until, reason=OfferReason.FULL)"),
    )),
    Flaw("offers", "lines of another sum", (
        (RESULT, "valid_until=self.valid_until)", "valid_until=self.valid_until, lines=(LINE,))"),
        (RESULT, "COVERAGE: Final", (
            "from datetime import UTC, datetime\n"
            "from parkgraph.domain.pricing import PriceLine\n"
            "AT = datetime(2026, 1, 1, tzinfo=UTC)\n"
            "LINE = PriceLine('Parking', AT, AT, 1, None, Money(Decimal('0.01'), 'EUR'))\n"
            "COVERAGE: Final"
        )),
    )),
    Flaw("contract", "a list of offers", ((RESULT, f"        return ({PRICED},)", f"        return [{PRICED}]"),)),
    Flaw("contract", "a status that is a text", (
        (RESULT, "OfferStatus.PRICED if self.price else OfferStatus.FREE", '"PRICED" if self.price else "FREE"'),
    )),
    Flaw("cadence", "no rate", (
        (ADAPTER, "max_per_minute=120", "max_per_minute=0"),
        (README, "at most 120 a minute", "at most 0 a minute"),
    )),
)  # fmt: skip
