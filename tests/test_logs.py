"""What a server writes to its log, and what it never does."""

import ast
import asyncio
import http.server
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.typing import Processor

from parkgraph import logs
from parkgraph.redaction import LEAST_CHARS, MASK, Redaction
from parkgraph.settings import load
from tests.documented import first_column
from tests.process import PATIENCE, Server, eventually, running

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "adapters" / "datex2" / "samples"

PLANTED = {
    "password": "pw-Krokodil-77",
    "client_secret": "cs-Nashorn-4711",
    "client_id": "id-Giraffe-0815",
    "authorization": "bearer-Flamingo-12",
    "key": "keyNilpferd".ljust(43, "x"),
    "cookie": "session-Pinguin-9",
    "plate": "S-PG 4711",
    "variable": "variable-Leopard",
    "query": "queryFieldPanther",
    "comment": "comment-Gepard",
    "parameter": "parameter-Luchs",
    "header": "header-Marder",
}
"""What a log must not hold: what is configured, what a client sends, what a network answers."""


JSON = {"Content-Type": "application/json"}
TEXT = st.text(st.characters(exclude_characters=MASK))
SECRET = st.text(st.characters(exclude_characters=MASK), min_size=LEAST_CHARS)


@dataclass(slots=True)
class City:
    """A network whose answers a test switches: well, or 500 with a page that quotes what it was asked."""

    url: str
    is_up: threading.Event = field(default_factory=threading.Event)
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def city() -> Iterator[City]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked[self.path] += 1
            name = self.path.strip("/")
            well = here.is_up.is_set() and (SAMPLES / name).is_file()
            body = (SAMPLES / name).read_bytes() if well else f"{self.headers}{PLANTED['plate']}".encode()
            self.send_response(HTTPStatus.OK if well else HTTPStatus.INTERNAL_SERVER_ERROR)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = City(f"http://127.0.0.1:{server.server_port}")
        here.is_up.set()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


def configuration(url: str) -> str:
    return f"""
[server]
environment = "production"

[networks.city]
adapter = "datex2"
static_url = "{url}/stuttgart-static.xml"
crs = "EPSG:25832"
allow_private = true
refresh_seconds = 1

[networks.secretive]
adapter = "bahn"
url = "{url}/facilities.json"
client_id = "{PLANTED["client_id"]}"
client_secret = "{PLANTED["client_secret"]}"
allow_private = true
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A production server that was asked good and bad things while a network came and went."""

    text: str
    lines: list[dict[str, Any]]
    answers: dict[str, httpx.Response]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    def request(self, name: str) -> dict[str, Any]:
        (line,) = (
            line for line in self.of("request") if line["request_id"] == self.answers[name].headers["x-request-id"]
        )
        return line


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Run:
    folder = tmp_path_factory.mktemp("logs")
    config, log = folder / "parkgraph.toml", folder / "log"
    with_password = database_url.replace("@", f":{PLANTED['password']}@", 1)
    with city() as network:
        config.write_text(configuration(network.url))
        environ = {"PARKGRAPH_DATABASE_URL": with_password, "PARKGRAPH_YARDS_PLATES_KEY": "A" * 43 + "="}
        with running(folder / "data", "serve", "--config", str(config), log=log, environ=environ) as server:
            answers = ask(server)
            network.is_up.clear()
            eventually(lambda: b'"network_down","network":"city"' in log.read_bytes())
            failures = network.asked["/stuttgart-static.xml"]
            eventually(lambda: network.asked["/stuttgart-static.xml"] >= failures + 3)
            network.is_up.set()
            eventually(lambda: b"network_back" in log.read_bytes())
        assert server.process.returncode == 0
    text = log.read_text()
    return Run(text, [json.loads(line) for line in text.splitlines()], answers)


def ask(server: Server) -> dict[str, httpx.Response]:
    headers = {
        "Cookie": f"session={PLANTED['cookie']}",
        "X-Forwarded-For": "203.0.113.77",
        "X-Plate": PLANTED["header"],
    }

    def post(
        query: str, variables: dict[str, Any] | None = None, request_id: str | None = None, **more: str
    ) -> httpx.Response:
        url = f"{server.url}/graphql?token={PLANTED['parameter']}"
        given = {"X-Request-Id": request_id} if request_id else {}
        return httpx.post(
            url, json={"query": query, "variables": variables}, headers=headers | given | more, timeout=10
        )

    place = "query Place($id: ID!) { place(id: $id) { name } }"
    return {
        "well": post("query Well { networks { id } }", request_id="from-the-proxy.1"),
        "forged id": post("{ networks { id } }", request_id='x","event":"forged'),
        "long id": post("{ networks { id } }", request_id="x" * 65),
        "bad variable": post(place, {"id": PLANTED["plate"], "other": PLANTED["variable"]}),
        "bad query": post(f"{{ {PLANTED['query']} }} # {PLANTED['comment']}"),
        "no query": httpx.post(f"{server.url}/graphql", content=PLANTED["plate"], headers=headers | JSON),
        "nowhere": httpx.get(f"{server.url}/{PLANTED['variable']}/?plate={PLANTED['plate']}", headers=headers),
        "bad token": post("{ networks { id } }", Authorization=f"Bearer {PLANTED['authorization']}"),
        "bad key": post("{ networks { id } }", Authorization=f"Bearer pk_{'0' * 32}_{PLANTED['key']}"),
        "probe": httpx.get(f"{server.url}/healthz"),
    }


def test_each_line_is_one_json_object_with_a_time_a_severity_and_an_event(run: Run) -> None:
    assert len(run.lines) > 10
    for line in run.lines:
        assert list(line)[:3] == ["timestamp", "severity", "event"]
        assert line["severity"] in {"INFO", "WARNING", "ERROR"}


@pytest.mark.parametrize("what", PLANTED)
def test_no_secret_and_nobodys_data_are_in_the_log(run: Run, what: str) -> None:
    assert PLANTED[what] not in run.text


def test_no_address_of_a_client_is_in_the_log(run: Run) -> None:
    assert "203.0.113.77" not in run.text
    assert not any("127.0.0.1" in json.dumps(line) for line in run.lines if line["event"] != "ready")


def test_each_request_is_one_line(run: Run) -> None:
    line = run.request("well")
    assert (line["severity"], line["method"], line["path"], line["status"]) == ("INFO", "POST", "/graphql", 200)
    assert (line["operation"], line["outcome"]) == ("Well", "ok")
    assert line["bytes"] == len(run.answers["well"].content)
    assert line["ms"] > 0


def test_a_failed_operation_has_the_codes_of_its_errors(run: Run) -> None:
    line = run.request("bad variable")
    assert (line["operation"], line["outcome"], line["codes"]) == ("Place", "partial", ["BAD_USER_INPUT"])
    assert run.request("bad query")["outcome"] == "failed"
    assert "operation" not in run.request("bad query")


def test_what_the_server_does_not_have_is_not_quoted(run: Run) -> None:
    assert (run.request("nowhere")["path"], run.request("nowhere")["status"]) == ("(other)", 404)


def test_a_probe_that_went_well_has_no_line(run: Run) -> None:
    assert not [line for line in run.of("request") if line["path"] == "/healthz"]


def test_a_safe_request_id_is_kept_and_any_other_is_replaced(run: Run) -> None:
    assert run.answers["well"].headers["x-request-id"] == "from-the-proxy.1"
    ids = [answer.headers["x-request-id"] for answer in run.answers.values()]
    assert len(set(ids)) == len(ids)
    assert all(len(given) == 32 and given.isalnum() for given in ids if given != "from-the-proxy.1")


def test_a_network_s_way_down_is_one_line_and_so_is_its_way_back(run: Run) -> None:
    told = [
        line for line in run.lines if line["event"] in {"network_down", "network_back"} and line["network"] == "city"
    ]
    assert [line["event"] for line in told] == ["network_down", "network_back"]
    assert told[0]["code"] == "UNAVAILABLE"
    assert told[0]["serving"] == told[1]["listings"] > 0


def test_the_server_s_own_messages_are_events_too(run: Run) -> None:
    assert [line["message"] for line in run.of("library_message")][-1].startswith("Finished server process")


SERVE = """
import os
from parkgraph import settings
from parkgraph.cli import serving
serving._serve(settings.load(None, os.environ), [None], None, 0)
"""
"""Serves a network that is none."""


def test_a_start_that_failed_for_an_unforeseen_reason_is_one_event_without_words_and_exit_code_3(
    database_url: str,
) -> None:
    environ = {"PARKGRAPH_SERVER_ENVIRONMENT": "production", "PARKGRAPH_DATABASE_URL": database_url}
    environ["PARKGRAPH_YARDS_PLATES_KEY"] = "A" * 43 + "="
    command = [sys.executable, "-c", SERVE]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **environ}
    )
    (line,) = (json.loads(line) for line in result.stderr.splitlines() if "start_failed" in line)
    assert result.returncode == 3
    assert (line["severity"], line["exception"][0]["type"]) == ("ERROR", "AttributeError")
    assert not [line for line in result.stderr.splitlines() if not line.startswith("{")]


def test_a_database_that_cannot_be_reached_is_one_sentence_without_its_password_and_exit_code_1(tmp_path: Path) -> None:
    url = f"postgresql://park:{PLANTED['password']}@127.0.0.1:9/park"
    log = tmp_path / "log"
    with running(tmp_path / "data", "serve", wait=False, log=log, environ={"PARKGRAPH_DATABASE_URL": url}) as server:
        assert server.process.wait(PATIENCE) == 1
    (line,) = log.read_text().splitlines()
    assert "[database] url" in line
    assert PLANTED["password"] not in line


def rendered(production: bool, secrets: tuple[str, ...] = (), **event: Any) -> str:
    ours, _ = logs.pipelines(production=production, secrets=secrets)
    return through(ours, event)


def through(pipeline: list[Processor], event: dict[str, Any]) -> str:
    value: Any = event
    for processor in pipeline:
        value = processor(None, "error", value)
    return str(value)


def recorded(record: logging.LogRecord) -> dict[str, Any]:
    _, foreign = logs.pipelines(production=True)
    line: dict[str, Any] = json.loads(
        structlog.stdlib.ProcessorFormatter(processors=foreign).format(record),
    )
    return line


def raised() -> BaseException:
    def choke(plate: str) -> None:
        try:
            int(plate)
        except ValueError as fault:
            raise RuntimeError(f"no plate: {plate}") from fault

    try:
        choke(PLANTED["plate"])
    except RuntimeError as fault:
        return fault
    raise AssertionError


def test_in_production_an_exception_is_told_by_type_and_place_and_never_in_its_own_words() -> None:
    line = rendered(True, event="unexpected_error", exc_info=raised())
    told = json.loads(line)["exception"]
    assert [cause["type"] for cause in told] == ["RuntimeError", "ValueError"]
    assert all("test_logs.py:" in cause["frames"][-1] for cause in told)
    assert told[0]["frames"][-1].endswith(" choke")
    assert PLANTED["plate"] not in line


def test_an_exception_is_a_traceback_without_words_by_which_error_reporting_groups() -> None:
    line = json.loads(rendered(True, event="unexpected_error", exc_info=raised()))
    first, *frames, last = line["stack_trace"].splitlines()
    assert (first, last) == ("Traceback (most recent call last):", "RuntimeError: unexpected_error")
    assert all(re.fullmatch(r'  File "[^"]+", line \d+, in \w+', frame) for frame in frames)
    assert frames[-1].endswith("in choke")
    assert line["serviceContext"]["service"] == "parkgraph"
    assert re.match(r"\d", line["serviceContext"]["version"])


def test_in_development_an_exception_has_its_words_but_no_configured_secret() -> None:
    line = rendered(False, (PLANTED["plate"],), event="unexpected_error", exc_info=raised())
    assert "RuntimeError: no plate" in line
    assert PLANTED["plate"] not in line


def test_of_asyncio_s_report_only_the_first_line_is_kept() -> None:
    message = f"Task exception was never retrieved\nfuture: <Task exception=ValueError({PLANTED['plate']!r})>"
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, message, None, (ValueError, raised(), None))
    line = recorded(record)
    assert (line["event"], line["logger"]) == ("library_message", "asyncio")
    assert line["message"] == "Task exception was never retrieved"
    assert line["exception"][0]["type"] == "RuntimeError"
    assert PLANTED["plate"] not in json.dumps(line)


@pytest.mark.parametrize(
    "key",
    ["Authorization", "token", "access_token", "client_secret", "password", "Set-Cookie", "api_key", "apiKey",
     "X-Api-Key", "database_dsn", "variables", "query", "plate", "licence_plate", "email", "eMail", "e-mail",
     "phone", "driver", "idempotencyKey"],
)  # fmt: skip
def test_what_stands_under_a_secret_s_key_is_masked_however_deep(key: str) -> None:
    event: dict[str, Any] = {"settings": [{key: "planted"}, {"port": 80}], key: {"inner": "planted"}}
    line = rendered(True, event="e", **event)
    assert "planted" not in line
    assert json.loads(line)["settings"] == [{key: MASK}, {"port": 80}]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "cannot reach postgresql://park:planted@db.example/park",
            "cannot reach postgresql://park:***@db.example/park",
        ),
        ("sent Authorization: Bearer planted.planted", "sent Authorization: Bearer ***"),
        ("GET https://api.example/v1?apikey=planted&city=Ulm", "GET https://api.example/v1?apikey=***&city=Ulm"),
        (f"the key pk_{'0' * 32}_planted was sent", "the key *** was sent"),
        ("the token eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.planted was sent", "the token *** was sent"),
        ("12:30@gate, see https://a.example/b:c", "12:30@gate, see https://a.example/b:c"),
        ("booked for planted.driver+1@mail.example.org.", "booked for ***."),
        ('{"to":"planted@example.org"}', '{"to":"***"}'),
    ],
)
def test_what_looks_like_a_secret_is_masked_wherever_it_is(text: str, kept: str) -> None:
    assert json.loads(rendered(True, event="e", reason=text))["reason"] == kept


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.binary()))
def test_whatever_an_event_holds_it_is_one_line_of_json(members: dict[str, Any]) -> None:
    line = rendered(True, **(members | {"event": "e"}))
    assert "\n" not in line
    assert json.loads(line)["event"] == "e"


@given(SECRET, TEXT, TEXT)
def test_a_configured_secret_is_masked_in_any_text(secret: str, before: str, after: str) -> None:
    assert secret not in Redaction([secret]).text(before + secret + after)


def test_secrets_of_the_settings_are_the_database_s_and_the_networks_(tmp_path: Path) -> None:
    config = tmp_path / "parkgraph.toml"
    config.write_text(configuration("http://127.0.0.1:9"))
    settings = load(config, {"PARKGRAPH_DATABASE_URL": "postgresql://park:p%40ss@db.example/park"})
    found = set(logs.secrets(settings))
    assert found == {"postgresql://park:p%40ss@db.example/park", "p%40ss", "p@ss", PLANTED["client_secret"]}


LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")


def events(source: str) -> set[str]:
    """The events that this source logs. One that is not written where it is logged cannot be documented."""
    found: set[str] = set()
    for call in ast.walk(ast.parse(source)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in LEVELS
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in {"log", "_log"}
        ):
            event = call.args[1 if call.func.attr == "log" else 0]
            assert isinstance(event, ast.Constant), ast.unparse(call)
            assert isinstance(event.value, str)
            found.add(event.value)
    return found


def test_every_event_is_documented_and_every_documented_one_exists() -> None:
    agent = ROOT / "src" / "parkgraph" / "gates" / "agent"  # which has a page of its own
    ours = (path for path in ROOT.glob("src/**/*.py") if agent not in path.parents)
    sources = [*ours, *ROOT.glob("adapters/*/src/**/*.py")]
    written = {event for path in sources for event in events(path.read_text())} | {"library_message"}
    assert written == set(first_column("Events"))


@pytest.mark.parametrize("line", ['log.info("new", x=1)', '_log.log(20, "new")', 'def f():\n  log.exception("new")'])
def test_a_new_event_would_be_found(line: str) -> None:
    assert events(line) == {"new"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("src/**/*.py")), ids=lambda path: path.name)
def test_loggers_have_the_names_by_which_their_events_are_found(path: Path) -> None:
    made = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and "get_logger" in ast.unparse(node.value)
    ]
    assert all(line.partition(" ")[0] in {"log", "_log"} for line in made)


NAME = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,30}", fullmatch=True)
REQUEST_ID = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)


@given(REQUEST_ID, NAME, st.floats(0, 1e6).map(lambda ms: round(ms, 1)), st.integers(0))
def test_the_line_of_a_request_is_that_of_any_event(request_id: str, operation: str, ms: float, size: int) -> None:
    facts: dict[str, Any] = {"method": "POST", "path": "/graphql", "status": 200, "operation": operation}
    facts["codes"] = ("BAD_USER_INPUT",)
    usual = json.loads(rendered(True, event="request", **facts, ms=ms, bytes=size, request_id=request_id))
    line = json.loads(written(logs.RequestLines(), (logs.RequestFacts("error", facts), request_id, ms, size)))
    assert list(line)[:3] == ["timestamp", "severity", "event"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("timestamp"))
    assert line == {key: value for key, value in usual.items() if key != "timestamp"}


@given(NAME.filter(lambda name: len(name) >= LEAST_CHARS))
def test_no_secret_gets_into_the_line_of_a_request(secret: str) -> None:
    facts = logs.RequestFacts("info", {"operation": f"A{secret}"})
    line = written(logs.RequestLines([secret]), (facts, f"id.{secret}", 0.1, 1))
    assert line.count(MASK) == 2
    assert json.loads(line)["operation"] == f"A{MASK}"


@pytest.mark.parametrize("number", [1, 2, logs.TOGETHER, logs.TOGETHER + 1, 3 * logs.TOGETHER])
def test_requests_that_end_in_one_turn_have_a_line_each_in_their_order(number: int) -> None:
    facts = logs.RequestFacts("info", {"method": "POST"})
    lines = written(logs.RequestLines(), *((facts, str(each), 0.1, 1) for each in range(number)))
    assert [json.loads(line)["request_id"] for line in lines.splitlines()] == [str(each) for each in range(number)]


def written(lines: logs.RequestLines, *requests: tuple[logs.RequestFacts, str, float, int]) -> str:
    """What is on stderr of these requests, which end in one turn of an event loop."""

    async def turn() -> None:
        for request in requests:
            lines(*request)

    with redirect_stderr(io.StringIO()) as stderr:
        asyncio.run(turn())
    return stderr.getvalue()
