"""The composition root: the only module that knows every room."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from importlib.metadata import version
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from parkgraph import identity, logs, telemetry
from parkgraph.accounts.principal import Principal
from parkgraph.api import graphiql, payment_webhook, schema, yard_exports
from parkgraph.api.admission import Admission, RateLimiter
from parkgraph.api.context import Context
from parkgraph.api.credentials import Authenticate
from parkgraph.api.documents import Documents, QueryError
from parkgraph.api.http import GraphQLEndpoint
from parkgraph.api.limits import Limits
from parkgraph.api.live import LiveEndpoint
from parkgraph.api.masking import GRAPHQL_PATH, Masking
from parkgraph.api.payment_webhook import PaymentWebhook
from parkgraph.api.persisted import PersistedQueries, read_folder
from parkgraph.api.seats import Seats
from parkgraph.api.yard_exports import ExportEndpoint
from parkgraph.metrics import CONTENT_TYPE, Metrics
from parkgraph.middleware import Requests
from parkgraph.networks.network import Network
from parkgraph.networks.reports import Code
from parkgraph.networks.service import Networks
from parkgraph.pauses import keep_short
from parkgraph.services import Services, end, open_services
from parkgraph.settings import DEFAULT_REQUESTS_PER_MINUTE, ServerSettings, Settings
from parkgraph.start_error import StartError
from parkgraph.turning_away import Turnstile
from parkgraph.web import client
from parkgraph.yards.money.settlement import Settlement

log = structlog.get_logger(__name__)

DEMO_TOKEN_LIVES: Final = timedelta(hours=1)

FIRST_ATTEMPTS_SECONDS: Final = 10
"""How long readiness waits for the networks' first answers."""

GRACE_SECONDS: Final = 2
"""How much longer than the query deadline an answer may take."""

MUTATION_SECONDS: Final = 18
"""How long a mutation may take: a network that books is waited for, and asked what became of it."""

SETTLE_SECONDS: Final = 2
"""How much longer the announcement waits for networks that a stored snapshot already serves."""


class Application(Starlette):
    """`straight` and `live`: answer requests to GRAPHQL_PATH, and WebSockets there, before any route is looked at.

    `turn_away`: refuses a question while the server is full, before it is a request of the application. `services`:
    once they are open. `draining`: the server is about to end.
    """

    straight: ASGIApp
    live: ASGIApp
    turn_away: Turnstile
    services: Services
    draining: bool = False

    def build_middleware_stack(self) -> ASGIApp:
        """As Starlette's, without its outermost part, whose work Masking does."""
        routed = ExceptionMiddleware(self.router)

        def app(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH:
                return self.straight(scope, receive, send)
            if scope["type"] == "websocket" and scope["path"] == GRAPHQL_PATH:
                return self.live(scope, receive, send)
            return routed(scope, receive, send)

        stack: ASGIApp = app
        for middleware, args, kwargs in reversed(self.user_middleware):
            stack = middleware(stack, *args, **kwargs)
        return stack


def create_app(
    settings: Settings,
    networks: Sequence[Network],
    on_ready: Callable[[Context], None] = lambda _: None,
    *,
    demo: bool = False,
) -> Application:
    """The ASGI application. `on_ready` is called once, when the networks have made their first attempts.

    `demo`: the private yards have the demo's.
    """
    development = settings.server.environment == "development"
    production = settings.server.environment == "production"
    metrics = Metrics(version("parkgraph"))

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        keep_short()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(telemetry.exporting(settings.tracing))
            opening = open_services(settings, networks, metrics.asked, metrics.booked, metrics, demo=demo)
            try:
                services = await stack.enter_async_context(opening)
            except Exception as problem:
                app.state.start_problem = problem
                raise
            app.services = services
            metrics.watch(services.context.networks, lambda: len(services.context.graph.view.places))
            announcing = asyncio.create_task(_announce(services, on_ready))
            stack.push_async_callback(end, announcing)
            yield

    def context() -> Context:
        return app.services.context

    async def authenticate(credential: str) -> Principal:
        return await app.services.authenticator.authenticate(credential)

    def settlement() -> Settlement:
        return app.services.settlement

    def draining() -> bool:
        return app.draining

    async def exposition(_request: Request) -> Response:
        return Response(metrics.exposition(), media_type=CONTENT_TYPE)

    seats = Seats(settings.limits.connections_per_client, settings.limits.connections)
    admission = Admission(settings.limits.max_in_flight)
    endpoint, live = _endpoint(settings, admission, seats, context, authenticate, metrics)
    routes: list[BaseRoute] = [
        Route(GRAPHQL_PATH, endpoint),
        Route("/healthz", _healthz),
        Route("/readyz", _readyz),
        Route(yard_exports.PATH, ExportEndpoint(lambda: context().library).respond),
        Route(payment_webhook.PATH, _webhook(settings, settlement).respond, methods=["POST"]),
    ]
    if settings.server.metrics:
        routes.append(Route("/metrics", exposition))
    if built := client.files():
        routes += client.routes(built, settings.web, lambda: _drivers_token(settings) if demo else None)
    if development and (files := graphiql.files()):
        routes.append(Mount(graphiql.PATH, StaticFiles(directory=files)))
        if not built:
            routes.append(Route("/", lambda _: RedirectResponse(GRAPHQL_PATH)))
    requests = Middleware(
        Requests,
        metrics=metrics,
        paths=[route.path for route in routes if isinstance(route, Route)],
        draining=draining,
        tell=logs.RequestLines(logs.secrets(settings)) if production else logs.tell_request,
        quiet=development,
    )
    app = Application(routes=routes, middleware=[requests, *_middleware(settings)], lifespan=lifespan)
    app.straight, app.live = endpoint, live
    app.turn_away = Turnstile(admission, metrics, with_cors=bool(settings.server.cors_origins), draining=draining)
    app.state.seats = seats
    app.state.start_problem = None
    return app


def _drivers_token(settings: Settings) -> str | None:
    """With which anybody may try the demo; none in production."""
    if settings.server.environment == "production":
        return None
    return identity.development_token(settings, "demo-driver", frozenset(), DEMO_TOKEN_LIVES)


def drain(app: Application) -> None:
    """The server is about to end: it is not ready from now on, and its answers close their connections."""
    app.draining = True
    seats: Seats = app.state.seats
    seats.ending.set()


def _endpoint(
    settings: Settings,
    admission: Admission,
    seats: Seats,
    context: Callable[[], Context],
    authenticate: Authenticate,
    metrics: Metrics,
) -> tuple[GraphQLEndpoint, LiveEndpoint]:
    """`/graphql` for requests, and for WebSockets."""
    server, limits = settings.server, settings.limits
    production = server.environment == "production"
    per_minute = limits.requests_per_minute or (DEFAULT_REQUESTS_PER_MINUTE if production else None)
    documents = Documents(
        schema.build(),
        Limits(limits.depth, limits.aliases, limits.tokens, limits.directives, limits.cost),
        production=production,
        fragment_bytes=server.fragments_mb * 1_000_000,
    )
    metrics.execute(lambda: documents.executions)
    rates = RateLimiter(per_minute)
    persisted = _persisted_queries(server, documents, metrics)
    live = LiveEndpoint(documents, persisted, rates, seats, context, authenticate)
    endpoint = GraphQLEndpoint(
        documents,
        persisted,
        admission,
        rates,
        seats,
        context,
        authenticate,
        body_bytes=limits.body_bytes,
        answer_seconds=server.query_deadline_ms / 1000 + GRACE_SECONDS,
        mutation_seconds=MUTATION_SECONDS,
        page=None if production or graphiql.files() is None else graphiql.PAGE,
    )
    return endpoint, live


def _webhook(settings: Settings, settlement: Callable[[], Settlement]) -> PaymentWebhook:
    secret = settings.yards.webhook_secret
    return PaymentWebhook(settlement, secret.get_secret_value().encode() if secret else None)


def _persisted_queries(server: ServerSettings, documents: Documents, metrics: Metrics) -> PersistedQueries:
    """Those of the map client, and those of the folder, each of which must be valid. Their operations have figures."""

    def learn(query: str) -> None:
        metrics.know(name for name in documents.operations(query) if name)

    queries = client.documents(client.files())
    for query in queries:
        try:
            learn(query)
        except QueryError as refused:
            log.warning("map_client_refused", reason=refused.errors[0].message)
    folder = server.persisted_queries
    if server.persisted_only and folder is None and not queries:
        raise StartError("[server] persisted_only answers nothing without persisted_queries: name their folder.")
    try:
        named = read_folder(folder) if folder else {}
    except (OSError, UnicodeDecodeError) as fault:
        raise StartError(f"[server] persisted_queries must be a folder of UTF-8 files: {fault}") from None
    for path, query in named.items():
        try:
            learn(query)
        except QueryError as refused:
            raise StartError(f"{path} is no valid query: {refused.errors[0].message}") from None
    return PersistedQueries([*queries, *named.values()], only=server.persisted_only)


def _middleware(settings: Settings) -> list[Middleware]:
    server = settings.server
    middleware = [Middleware(Masking)]
    if server.trusted_proxies:
        middleware.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=list(server.trusted_proxies)))
    if server.cors_origins:
        # Outermost, so that a page may read the errors too.
        cors = Middleware(
            CORSMiddleware,
            allow_origins=server.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )
        middleware.insert(0, cors)
    return middleware


async def _announce(services: Services, on_ready: Callable[[Context], None]) -> None:
    await services.context.networks.first_attempts(FIRST_ATTEMPTS_SECONDS)
    services.staying.freeze()
    services.ready = True
    await _answered(services.context.networks)
    on_ready(services.context)


async def _answered(networks: Networks) -> None:
    """Until no network is served from its stored snapshot alone, for a little while: its state is then its own."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while any(network.code is Code.RESTORED for network in networks):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _readyz(request: Request) -> Response:
    """200 once the database answers and every network has a snapshot or has finished its first attempt.

    503 before that, and again while the server drains.
    """
    app: Application = request.app
    services = app.services
    if app.draining:
        return JSONResponse({"status": "draining", "waiting": []}, 503)
    waiting = [] if services.ready else ["networks"]
    if not await services.database.ping(timeout=2):
        waiting.append("database")
    return JSONResponse({"status": "waiting" if waiting else "ready", "waiting": waiting}, 503 if waiting else 200)
