"""Structured logs on stderr: one JSON object a line in production, readable lines in development.

Messages of libraries, which come by the standard library's logging, go the same way as event `library_message`.
Nobody's data are logged: no query, no variables, no address of a client; docs/operations.md has every event.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from parkgraph.redaction import Redaction, is_secret_key
from parkgraph.settings import Settings

log = structlog.get_logger(__name__)

MAX_MESSAGE: Final = 500
"""Characters of a library's message."""

MAX_FRAMES: Final = 30

TOGETHER: Final = 16
"""Lines in one go: a pipe takes 4,096 bytes without putting another process's in between, and a line has some 240."""

_START_FAILED: Final = ("Traceback (most recent call last)", "Application startup failed")


def configure(settings: Settings) -> None:
    """From now on. What these settings hold of secrets is shown nowhere."""
    install(production=settings.server.environment == "production", secrets=secrets(settings))


def install(*, production: bool, secrets: Iterable[str]) -> None:
    """The same for any process of ours: JSON lines in production, else lines to read."""
    ours, foreign = pipelines(production=production, secrets=secrets, colors=sys.stderr.isatty())
    structlog.configure(
        processors=ours,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_is_news)
    handler.setFormatter(ProcessorFormatter(processors=foreign))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("uvicorn").setLevel(logging.INFO if production else logging.WARNING)
    logging.captureWarnings(True)


def pipelines(
    *, production: bool, secrets: Iterable[str] = (), colors: bool = False
) -> tuple[list[Processor], list[Processor]]:
    """What makes a line of one of our events, and of a library's record. `secrets`: values that are shown nowhere."""
    redaction = Redaction(secrets)
    render: list[Processor] = (
        [_failure, _members(redaction), structlog.processors.JSONRenderer(serializer=_json)]
        if production
        else [
            _members(redaction),
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    ours: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *render,
        _line(redaction),
    ]
    return ours, [_library_message, ProcessorFormatter.remove_processors_meta, *ours]


@dataclass(frozen=True, eq=False, slots=True)
class RequestFacts:
    """What the lines of many requests have in common. `level`: of the line."""

    level: str
    members: Mapping[str, int | str | tuple[str, ...]]
    tell_of_failure: bool = False


class RequestLines:
    """Writes the line of each request: as that of any event, put together of parts, most of which are the same in many
    lines, since it is written more often than all others together. Requests that end in one turn of the event loop have
    their lines written in one go, at its end.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets`: values that are shown nowhere."""
        self._redaction = Redaction(secrets)
        self._same = lru_cache(maxsize=1000)(self._text)
        self._waiting: list[str] = []
        self._second = 0
        self._day_and_time = ""

    def __call__(self, facts: RequestFacts, request_id: str, ms: float, size: int) -> None:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._day_and_time = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        same, who = self._same(facts), self._redaction.text(request_id)
        line = (
            f'{{"timestamp":"{self._day_and_time}.{int((now - second) * 1e6):06d}Z",{same},"ms":{ms:.1f},"bytes":{size}'
            f',"request_id":"{who}"}}\n'
        )
        self._waiting.append(line)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._write)
        elif len(self._waiting) == TOGETHER:
            self._write()

    def _write(self) -> None:
        lines, self._waiting = self._waiting, []
        sys.stderr.write("".join(lines))

    def _text(self, facts: RequestFacts) -> str:
        members = {"severity": facts.level.upper(), "event": "request", **self._redaction.members(facts.members)}
        return self._redaction.text(orjson.dumps(members).decode()[1:-1])


def tell_request(facts: RequestFacts, request_id: str, ms: float, size: int) -> None:
    """The same as any other event."""
    log.log(
        logging.getLevelNamesMapping()[facts.level.upper()],
        "request",
        **facts.members,
        ms=round(ms, 1),
        bytes=size,
        request_id=request_id,
    )


def secrets(settings: Settings) -> Iterator[str]:
    """The values of these settings that a log must not show."""
    if settings.database.url:
        url = settings.database.url.get_secret_value()
        yield url
        if password := urlsplit(url).password:
            yield from (password, unquote(password))
    for network in settings.networks.values():
        yield from _secrets_in(network.source.values)


def failure(fault: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes, by their types and where they came about.

    Never in their own words: those may quote whatever the code choked on, a plate or a password.
    """
    return [{"type": _name(type(each)), "frames": list(_frames(each))} for each in _causes(fault)]


def stack_trace(fault: BaseException, event: str) -> str:
    """What Python prints of an exception, with the event's name in place of its words and no line of code.

    It is by this text that Google Cloud's Error Reporting knows errors and groups them.
    """
    frames = (f'  File "{file}", line {line}, in {function}' for file, line, function in _places(fault))
    return "\n".join(("Traceback (most recent call last):", *frames, f"{_name(type(fault))}: {event}"))


def _secrets_in(table: Mapping[str, object], *, secret: bool = False) -> Iterator[str]:
    for key, value in table.items():
        is_secret = secret or is_secret_key(key)
        if isinstance(value, Mapping):
            yield from _secrets_in(value, secret=is_secret)
        elif is_secret and isinstance(value, str):
            yield value


def _is_news(record: logging.LogRecord) -> bool:
    """Not what uvicorn says of a failed start: the failure itself is told better."""
    return not (record.name == "uvicorn.error" and record.getMessage().startswith(_START_FAILED))


def _library_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The first line only: asyncio adds others, with the objects concerned as they represent themselves."""
    record: logging.LogRecord = event["_record"]
    message = str(event["event"]).strip().partition("\n")[0][:MAX_MESSAGE]
    return {**event, "event": "library_message", "logger": record.name, "message": message}


def _failure(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    fault = event.pop("exc_info", None)
    match fault:
        case True:
            fault = sys.exc_info()[1]
        case (_, BaseException() as raised, _):
            fault = raised
    if isinstance(fault, BaseException):
        event["exception"] = failure(fault)
        event["stack_trace"] = stack_trace(fault, str(event["event"]))
        event["serviceContext"] = {"service": "parkgraph", "version": version("parkgraph")}
    return event


def _members(redaction: Redaction) -> Processor:
    return lambda _logger, _method, event: redaction.members(event)


def _line(redaction: Redaction) -> Processor:
    return lambda _logger, _method, line: redaction.text(str(line))


def _json(event: EventDict, default: Callable[[Any], Any]) -> str:
    """`severity` is the level as log collectors know it; without it they take all of stderr for errors."""
    first = {"timestamp": event.pop("timestamp"), "severity": event.pop("level").upper(), "event": event.pop("event")}
    try:
        return orjson.dumps({**first, **event}, default, orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a surrogate pair, a number beyond 64 bits
        return json.dumps({**first, **event}, default=repr)


def _causes(fault: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = fault
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        if isinstance(at, BaseExceptionGroup):
            yield from (cause for each in at.exceptions for cause in _causes(each))
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _frames(fault: BaseException) -> Iterator[str]:
    return (f"{file}:{line} {function}" for file, line, function in _places(fault))


def _places(fault: BaseException) -> Sequence[tuple[str, int, str]]:
    """File, line and function of each frame, the innermost last."""
    places = []
    trace = fault.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return places[-MAX_FRAMES:]


def _name(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
