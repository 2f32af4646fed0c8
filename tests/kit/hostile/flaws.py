"""What a partner can get wrong, rule by rule: each flaw is a few words of a good adapter, written otherwise."""

from dataclasses import dataclass

Edit = tuple[str, str, str]
"""A file of the distribution, what stands there once, and what stands there instead."""

ADAPTER = "src/parkgraph_acme/adapter.py"
FACILITY = "src/parkgraph_acme/facility.py"
RESULT = "src/parkgraph_acme/result.py"
README = "README.md"
QUALITY = "quality.toml"
PROJECT = "pyproject.toml"

REQUEST = "        response = await self.client.get(self.settings.url, headers=self._headers())\n"
READ = '        batch = await read_feed(facilities, to_listing, lambda row: row["id"])\n'
SHAPE = '            raise Malformed("the answer is not a document with facilities")\n'
IMPORT = '"""The edge: settings, what the network is, and the one request."""\n'


@dataclass(frozen=True)
class Flaw:
    """`rule` is what it breaks, and all that it breaks. `removed`: files that are gone."""

    rule: str
    name: str
    edits: tuple[Edit, ...] = ()
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def before_the_request(line: str) -> Edit:
    return ADAPTER, REQUEST, f"        {line}\n{REQUEST}"


def around_the_request(begin: str, *, needs: str, except_: str) -> tuple[Edit, ...]:
    return (
        (ADAPTER, REQUEST, f"        try:\n    {REQUEST}        except {begin}:\n            {except_}\n"),
        (ADAPTER, IMPORT, f"{IMPORT}\n{needs}\n"),
    )


NO_COVERAGE = (FACILITY, "        if not COVERAGE.contains(location):\n", "        if False:\n")

FEED = (
    Flaw(
        "distribution", "no entry point", ((PROJECT, 'acme = "parkgraph_acme:Adapter"', 'acme = "elsewhere:Adapter"'),)
    ),
    Flaw("distribution", "no samples in the wheel", ((PROJECT, '"samples" = "parkgraph_acme/samples"', ""),)),
    Flaw("distribution", "untyped", removed=("src/parkgraph_acme/py.typed",)),
    Flaw("distribution", "untested", removed=("tests/test_acme.py",)),
    Flaw("readme", "another table", ((README, "| network | Acme |", "| network | Acne |"),)),
    Flaw("readme", "no markers", ((README, "<!-- /network -->\n", ""),)),
    Flaw("readme", "a setting is not explained", ((README, "| `token` | none", "| key | none"),)),
    Flaw("readme", "none", removed=(README,)),
    Flaw("settings", "no description", ((ADAPTER, ', description="The key that the network gave you."', ""),)),
    Flaw(
        "settings",
        "any key",
        ((ADAPTER, "class Settings(AdapterSettings):\n", 'class Settings(AdapterSettings, extra="ignore"):\n'),),
    ),
    Flaw("addresses", "a mere text", ((ADAPTER, "    url: Url = ", "    url: str = "),)),
    Flaw(
        "secrets-typed",
        "a key that is shown",
        (
            (
                ADAPTER,
                "    token: SecretStr",
                '    api_key: str | None = Field(default=None, description="x")\n    token: SecretStr',
            ),
            (README, "| `token` |", "| `api_key` | none | a key |\n| `token` |"),
        ),
    ),
    Flaw(
        "info",
        "no attribution",
        (
            (ADAPTER, 'attribution="Acme"', "attribution=None"),
            (README, "| attribution | Acme |", "| attribution | – |"),
        ),
    ),
    Flaw(
        "info",
        "different each time",
        (
            (ADAPTER, IMPORT, f"{IMPORT}\nimport itertools\n\nFLIP = itertools.cycle((False, True))\n"),
            (ADAPTER, "max_per_minute=10", "may_shrink=next(FLIP),\n            max_per_minute=10"),
        ),
    ),
    Flaw("capabilities", "prices that never come", ((FACILITY, "rates=self._rates()", "rates=None"),)),
    Flaw("capabilities", "counts that never come", ((FACILITY, "occupancy=self._occupancy()", "occupancy=None"),)),
    Flaw(
        "cadence",
        "faster than allowed",
        (
            (ADAPTER, "refresh_every=timedelta(minutes=1)", "refresh_every=timedelta(seconds=2)"),
            (README, "| cadence | every minute |", "| cadence | every 2 seconds |"),
        ),
    ),
    Flaw("imports", "the core", ((ADAPTER, IMPORT, f"{IMPORT}\nimport parkgraph.settings\n"),)),
    Flaw("no-own-client", "urllib", ((ADAPTER, IMPORT, f"{IMPORT}\nimport urllib.request\n"),)),
    *(
        Flaw("only-the-client", name, (before_the_request(line),))
        for name, line in {
            "the environment": '__import__("os").environ.get("ACME_TOKEN")',
            "getenv": '__import__("os").getenv("ACME_TOKEN")',
            "a file": "open(__file__).close()",
            "a path": '__import__("pathlib").Path(__file__).read_bytes()',
            "a socket": '__import__("sys").modules["socket"].socket().close()',
            "a process": '__import__("subprocess").run(["true"], check=False)',
        }.items()
    ),
    Flaw("samples", "no demo", ((ADAPTER, '= {"url": "file:facilities.json"}', "= {}"),)),
    Flaw("samples", "none", removed=("samples/facilities.json",)),
    Flaw(
        "positions",
        "swapped",
        ((FACILITY, "Coordinates(self.lat, self.lon)", "Coordinates(self.lon, self.lat)"), NO_COVERAGE),
    ),
    Flaw("positions", "0/0", ((FACILITY, "Coordinates(self.lat, self.lon)", "Coordinates(0.0, 0.001)"), NO_COVERAGE)),
    Flaw("units", "metres", ((FACILITY, "round(self.height_m * 100)", "round(self.height_m)"),)),
    Flaw("units", "millimetres", ((FACILITY, "round(self.height_m * 100)", "round(self.height_m * 1000)"),)),
    Flaw(
        "instants",
        "counted in the future",
        ((FACILITY, "observed_at=self.counted", "observed_at=self.counted and self.counted.replace(year=2126)"),),
    ),
    Flaw(
        "instants",
        "published in the future",
        ((ADAPTER, "as_of=published(document)", "as_of=(at := published(document)) and at.replace(year=2126)"),),
    ),
    Flaw(
        "never-now",
        "now for want of a time",
        (
            (ADAPTER, "from datetime import timedelta", "from datetime import UTC, datetime, timedelta"),
            (ADAPTER, "as_of=published(document)", "as_of=datetime.now(UTC)"),
        ),
    ),
    Flaw(
        "never-now",
        "the clock by another name",
        (
            (ADAPTER, IMPORT, f"{IMPORT}\nimport datetime as clocks\nimport time\n"),
            (ADAPTER, "as_of=published(document)", "as_of=clocks.datetime.fromtimestamp(time.time(), clocks.UTC)"),
        ),
    ),
    Flaw("money", "no such currency", ((FACILITY, 'RateTable("EUR"', 'RateTable("EUX"'),)),
    Flaw("texts", "control characters", ((FACILITY, ", AfterValidator(one_line)]", "]"),)),
    Flaw("texts", "without end", ((FACILITY, "Annotated[str, Field(max_length=200), ", "Annotated[str, "),)),
    Flaw(
        "ids",
        "a row's number",
        (
            (
                ADAPTER,
                READ,
                '        batch = await read_feed(enumerate(facilities), _numbered, lambda row: row[1]["id"])\n',
            ),
            (
                ADAPTER,
                "\n\nclass Settings(",
                "\n\ndef _numbered(r):\n    return replace(to_listing(r[1]), local_id=str(r[0]))\n\n\nclass Settings(",
            ),
            (ADAPTER, IMPORT, f"{IMPORT}\nfrom dataclasses import replace\n"),
        ),
    ),
    Flaw(
        "ids",
        "one for two",
        ((ADAPTER, READ, f"{READ}        batch = Batch(batch.items + batch.items[:1], batch.rejected)\n"),),
    ),
    Flaw(
        "repeatable",
        "a counter",
        (
            (FACILITY, "name=self.name,", 'name=f"{self.name} {next(COUNT)}",'),
            (FACILITY, "COVERAGE: Final", "import itertools\n\nCOUNT = itertools.count()\nCOVERAGE: Final"),
        ),
    ),
    Flaw("unknown-is-none", "capacity", ((FACILITY, "capacity=self.spaces,", "capacity=self.spaces or 0,"),)),
    Flaw(
        "unknown-is-none",
        "vacancy",
        (
            (FACILITY, "        if self.free is None:\n            return None\n", "        free = self.free or 0\n"),
            (FACILITY, "Occupancy(self.free,", "Occupancy(free,"),
            (FACILITY, "level_of(self.free, self.spaces)", "level_of(free, self.spaces)"),
        ),
    ),
    Flaw(
        "unknown-is-none",
        "price",
        (
            (FACILITY, "        if self.price is None:\n            return None\n", ""),
            (FACILITY, "INCREMENTING, self.price,", "INCREMENTING, self.price or Decimal(0),"),
        ),
    ),
    Flaw(
        "hostile-rows",
        "the row's own exceptions",
        ((ADAPTER, READ, "        batch = Batch(tuple(to_listing(row) for row in facilities))\n"),),
    ),
    Flaw(
        "bad-row-alone",
        "all for one",
        (
            (
                ADAPTER,
                READ,
                (
                    "        try:\n"
                    "            batch = Batch(tuple(to_listing(row) for row in facilities))\n"
                    "        except ValueError:\n"
                    '            raise Malformed("a row is not understood") from None\n'
                ),
            ),
        ),
    ),
    Flaw(
        "bad-row-alone",
        "without a word",
        (
            (
                ADAPTER,
                READ,
                f"{READ}        batch = Batch(batch.items)\n",
            ),
        ),
    ),
    Flaw(
        "own-words",
        "the row itself",
        (
            (
                FACILITY,
                "    return Facility.model_validate(row).to_listing()\n",
                (
                    "    try:\n"
                    "        return Facility.model_validate(row).to_listing()\n"
                    "    except ValueError:\n"
                    '        raise RowRejected(f"this is not understood: {row}") from None\n'
                ),
            ),
        ),
    ),
    Flaw("garbage-is-malformed", "an empty batch", ((ADAPTER, SHAPE, "            return Batch()\n"),)),
    Flaw(
        "garbage-is-malformed",
        "another fault",
        (
            (ADAPTER, SHAPE, '            raise Unavailable("no facilities")\n'),
            (ADAPTER, IMPORT, f"{IMPORT}\nfrom parkgraph.sdk import Unavailable\n"),
        ),
    ),
    Flaw(
        "faults-pass",
        "all one",
        around_the_request(
            "NetworkFault",
            needs="from parkgraph.sdk import NetworkFault, Unavailable",
            except_='raise Unavailable("it does not work") from None',
        ),
    ),
    Flaw(
        "incomplete-is-said",
        "a page that fails",
        (
            (
                ADAPTER,
                REQUEST,
                (
                    f"{REQUEST}"
                    "        try:\n"
                    '            await self.client.get(f"{self.settings.url}.2")\n'
                    "        except Unavailable:\n"
                    "            pass\n"
                ),
            ),
            (ADAPTER, IMPORT, f"{IMPORT}\nfrom parkgraph.sdk import Unavailable\n"),
        ),
    ),
    Flaw(
        "asked-once",
        "a second try",
        around_the_request(
            "Unavailable",
            needs="from parkgraph.sdk import Unavailable",
            except_="response = await self.client.get(self.settings.url)",
        ),
    ),
    Flaw(
        "asked-once",
        "a cache",
        (
            before_the_request("if kept := self.__dict__.get('kept'):\n            return kept"),
            (
                ADAPTER,
                "        return batch.but(as_of=published(document))\n",
                (
                    "        self.__dict__['kept'] = batch.but(as_of=published(document))\n"
                    "        return self.__dict__['kept']\n"
                ),
            ),
        ),
    ),
    Flaw(
        "cancellation",
        "swallowed",
        around_the_request("asyncio.CancelledError", needs="import asyncio", except_="return Batch(complete=False)"),
    ),
    Flaw(
        "cancellation",
        "a task that is left",
        (
            before_the_request("self.__dict__['left'] = asyncio.ensure_future(asyncio.Event().wait())"),
            (ADAPTER, IMPORT, f"{IMPORT}\nimport asyncio\n"),
        ),
    ),
    Flaw(
        "secrets-hidden",
        "in a fault",
        around_the_request(
            "Denied",
            needs="from parkgraph.sdk import Denied",
            except_='raise Denied(f"refused: {self._headers()}") from None',
        ),
    ),
    Flaw(
        "secrets-hidden",
        "in a log",
        (
            before_the_request('logging.getLogger("acme").info("asking with %s", self._headers())'),
            (ADAPTER, IMPORT, f"{IMPORT}\nimport logging\n"),
        ),
    ),
    Flaw(
        "linear",
        "each row with each",
        (
            (
                ADAPTER,
                READ,
                (
                    f"{READ}"
                    "        for row in facilities:\n"
                    "            for other in facilities:\n"
                    "                row is other\n"
                ),
            ),
        ),
    ),
    Flaw(
        "linear",
        "a copy for each row",
        (
            (
                ADAPTER,
                READ,
                f"        copies = [list(facilities) for _ in facilities]\n{READ}",
            ),
        ),
    ),
    Flaw("quality", "a rule is missing", ((QUALITY, 'money = "met"\n', ""),)),
    Flaw("quality", "no such rule", ((QUALITY, 'money = "met"\n', 'money = "met"\nmonet = "met"\n'),)),
    Flaw("quality", "no reason", ((QUALITY, 'money = "met"\n', 'money = { exempt = "" }\n'),)),
    Flaw(
        "quality",
        "exempt from what holds",
        ((QUALITY, 'money = "met"\n', 'money = { exempt = "it is in cowries" }\n'),),
    ),
    Flaw("quality", "no claim", ((QUALITY, 'money = "met"\n', 'money = "perhaps"\n'),)),
    Flaw("quality", "absent", removed=(QUALITY,)),
    Flaw("quality", "not TOML", ((QUALITY, "[rules]\n", "[rules\n"),)),
)

SEARCH = (
    Flaw(
        "in-area",
        "all that came",
        ((ADAPTER, "tuple(item for item in batch.items if area.contains(item.location))", "batch.items"),),
    ),
    Flaw("offers-need-a-stay", "a price for nothing", ((ADAPTER, "priced = stay is not None and ", "priced = "),)),
    Flaw("offers", "no reason", ((RESULT, "reason=OfferReason.FULL, ", ""),)),
    Flaw("offers", "no total", ((RESULT, 'status, Money(self.price, "EUR"), ', "status, "),)),
    Flaw(
        "offers",
        "free for a price",
        ((RESULT, "OfferStatus.PRICED if self.price else OfferStatus.FREE", "OfferStatus.FREE"),),
    ),
    Flaw("money", "half a cent", ((RESULT, "Money(self.price,", 'Money(self.price + Decimal("0.005"),'),)),
    Flaw(
        "instants",
        "no offset",
        (
            (
                RESULT,
                "valid_until=self.valid_until)",
                "valid_until=self.valid_until and self.valid_until.replace(tzinfo=None))",
            ),
        ),
    ),
    Flaw("money", "a float", ((RESULT, "Money(self.price,", "Money(Decimal(float(self.price)),"),)),
    Flaw("money", "a negative price", ((RESULT, "Money(self.price,", "Money(-self.price,"),)),
    Flaw("money", "no such currency", ((RESULT, '"EUR"', '"EUX"'),)),
    Flaw(
        "capabilities",
        "a quote that is not there",
        (
            (ADAPTER, "{Capability.SEARCH, ", "{Capability.SEARCH, Capability.QUOTE, "),
            (README, "`PRICES`, `SEARCH`", "`PRICES`, `QUOTE`, `SEARCH`"),
        ),
    ),
)
