"""The application: `wikijs.gateway:create_app` for any ASGI server."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from .changes import Changes
from .door import failed
from .http.again import Again
from .http.compression import Compression
from .http.edge import Edge, Head
from .http.problems import of_status
from .jobs.worker import Jobs
from .openapi import describe, written
from .portal import mounting as pages
from .routing import GatewayRoute
from .runtime import Gateway
from .settings import Settings, load

if TYPE_CHECKING:
    import httpx2
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Scope

EXPOSED = (
    "ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Limit",
    "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Quota-Limit", "X-Quota-Remaining", "X-Quota-Reset",
    "X-Request-Id", "Idempotency-Replayed",
)  # fmt: skip
ALLOWED = (
    "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Prefer", "Range",
    "X-Request-Id",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def create_app(
    settings: Settings | None = None,
    *,
    http_client: httpx2.AsyncClient | None = None,
    clock: Callable[[], float] = time.time,
    mounts: Mapping[str, Mount] | None = None,
) -> FastAPI:
    """The gateway as an ASGI application.

    Args:
        settings: How it is set up; of gateway.toml and the environment unless given.
        http_client: An HTTP client for the wiki, in the place of one of its own.
        clock: Seconds since 1970, for tests.
        mounts: Applications to serve beside the API, by path, such as "/mcp"; each is made of the gateway, whose
            `authenticator` tells who calls.

    Raises:
        ConfigurationError: It cannot be set up like that.
        StoreError: Its database cannot be used.
    """
    return application(Gateway(settings or load(), http=http_client, clock=clock), mounts)


Mount = Callable[[Gateway], "ASGIApp"]


def application(gateway: Gateway, mounts: Mapping[str, Mount] | None = None) -> FastAPI:
    """The application of a gateway."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await gateway.start()
        try:
            yield
        finally:
            await gateway.stop()

    if gateway.changes is None and gateway.settings.feed:
        gateway.changes = Changes(gateway)
    if gateway.jobs is None:
        gateway.jobs = Jobs(gateway, gateway.changes)
    app = bare(lifespan)
    app.state.gateway = gateway
    pages.add(app, gateway)
    for path, make in (mounts or {}).items():
        app.mount(path, make(gateway))
    settings = gateway.settings
    # From the inside out: what is added last is outermost.
    app.add_middleware(Again, gateway=gateway)
    app.add_middleware(Compression)
    app.add_middleware(Head)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=METHODS,
            allow_headers=ALLOWED,
            expose_headers=EXPOSED,
            max_age=600,
        )

    def end(scope: Scope, status: int, size: int, elapsed: float) -> None:
        route = scope["state"].get("route", "other")
        method = scope["method"] if scope["method"] in METHODS else "other"
        gateway.count(method, route, status, elapsed, size)

    app.add_middleware(
        Edge,
        max_body=settings.max_body,
        max_upload=settings.max_upload,
        allowed_hosts=settings.allowed_hosts,
        public_url=settings.public_url,
        trusted_proxies=settings.trusted_proxies,
        on_end=end,
    )
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """All routes. They know no gateway but that of the request, so all applications of a process share them."""
    from .routes import (
        admin,
        assets,
        assistants,
        comments,
        events,
        finding,
        graphql,
        health,
        jobs,
        me,
        operations,
        own_key,
        people,
        site,
    )
    from .routes.pages import reading, writing

    router = APIRouter(route_class=GatewayRoute)
    wiki = (reading, writing, finding, comments, assets, people, site)
    for module in (*wiki, operations, graphql, jobs, events, me, own_key, admin, assistants, health):
        module.add(router)
    return tuple(router.routes)


def bare(lifespan: Any = None) -> FastAPI:
    """The routes alone, as they are described by OpenAPI."""
    app = FastAPI(
        title="Wiki.js gateway",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.router.routes.extend(_routes())  # a router that is included is looked through twice for each request
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]

    async def unexpected(request: Request, error: Exception) -> Response:
        answer = failed(request, error)
        return answer if answer is not None else of_status(500).response(instance="", request_id="")

    app.add_exception_handler(HTTPException, unexpected)
    app.add_exception_handler(RequestValidationError, unexpected)

    whole: list[bytes] = []

    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:  # pyright: ignore[reportUnusedFunction]
        if not whole:  # a megabyte is written once
            whole.append(document_of(app))
        return Response(whole[0], media_type="application/json")

    return app


def document_of(app: FastAPI) -> bytes:
    """The OpenAPI document as bytes."""
    return written(app.openapi())
