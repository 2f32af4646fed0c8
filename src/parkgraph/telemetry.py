"""Spans by OpenTelemetry, sent to a collector. The only module that knows OpenTelemetry, which is the extra `otel`."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from parkgraph import tracing
from parkgraph.settings import TracingSettings
from parkgraph.start_error import StartError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span

EXPORT_SECONDS: Final = 5
"""For one batch of spans to reach the collector; what does not is lost."""

END_SECONDS: Final = 3
"""For the last batch, when the server ends."""


@asynccontextmanager
async def exporting(settings: TracingSettings) -> AsyncIterator[None]:
    """While this lasts, spans go to the configured collector, if there is one. Raises StartError without the extra."""
    if settings.endpoint is None:
        yield
        return
    if find_spec("opentelemetry") is None:
        raise StartError("[tracing] endpoint needs more than is installed: install parkgraph[otel]")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter(f"{settings.endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
    spans = provider(BatchSpanProcessor(exporter), settings.sample)
    tracing.use(opener(spans))
    try:
        yield
    finally:
        tracing.use(None)
        await asyncio.to_thread(spans.force_flush, END_SECONDS * 1000)


def provider(processor: "SpanProcessor", sample: float) -> "TracerProvider":
    """Hands each span that ended to `processor`: of this part of all traces, chosen by chance and whole."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    server = {
        "service.name": "parkgraph",
        "service.version": version("parkgraph"),
        "service.instance.id": uuid4().hex,
    }
    made = TracerProvider(ParentBased(TraceIdRatioBased(sample)), Resource(server), shutdown_on_exit=False)
    made.add_span_processor(processor)
    return made


def opener(spans: "TracerProvider") -> tracing.Opener:
    """Opens spans of this provider, each within the one that is open where it begins."""
    from opentelemetry.trace import SpanKind

    tracer = spans.get_tracer("parkgraph")

    @contextmanager
    def opened(name: str, kind: tracing.Kind, facts: Mapping[str, tracing.Fact]) -> Iterator[tracing.Span]:
        # An exception's words may quote what nobody is to read.
        with tracer.start_as_current_span(
            name, kind=SpanKind[kind.name], attributes=facts, record_exception=False, set_status_on_exception=False
        ) as span:
            yield _Span(span)

    return opened


class _Span:
    def __init__(self, span: "Span") -> None:
        self._span = span

    def note(self, facts: Mapping[str, tracing.Fact]) -> None:
        self._span.set_attributes(facts)

    def failed(self, code: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("error.type", code)
        self._span.set_status(StatusCode.ERROR)
