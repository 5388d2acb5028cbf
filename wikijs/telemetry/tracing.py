"""`TracingPlugin`: spans of calls and requests for OpenTelemetry.

A span is current from the begin of a call to its end. Nothing of the program runs in between: streams hand out their
values between calls, so that what is done with a value never becomes a child of a span of ours.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from wikijs.core.events import CacheUsed, Event, LimitWait, Retrying, Settled
from wikijs.core.flow import Flow
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import APIError, ConfigurationError, WikiJSException
from wikijs.plugins.types import Attempt, Call, Plugin, Proceed, Response

from . import names
from .outcome import ending

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

T = TypeVar("T")


class TracingPlugin(Plugin):
    """Makes a span for each call, and one for each request below it. Without an SDK in the program it does nothing.

    A call is `query PagesList`, of kind CLIENT: `graphql.operation.type` and `.name`, `graphql.document.hash`,
    `server.address`, `wikijs.outcome`, `error.type`. A request is `POST`: status and `http.request.resend_count`.
    Variables, contents and tokens are never part of one.

    Args:
        attempts: Whether requests get spans too; unless given, they do where OpenTelemetry's own instrumentation of the
            HTTP library (`HTTPX2ClientInstrumentor().instrument()`) makes none.
        propagate: Whether requests carry the header `traceparent`.
        tracer: A tracer of yours; without it one named `wikijs` of the program's provider.

    Raises:
        ConfigurationError: The OpenTelemetry API is not installed.
    """

    name = "tracing"

    def __init__(self, *, attempts: bool | None = None, propagate: bool = False, tracer: Tracer | None = None) -> None:
        try:
            from opentelemetry import propagate as propagation
            from opentelemetry import trace
        except ModuleNotFoundError:
            raise ConfigurationError(
                "TracingPlugin needs the OpenTelemetry API, which is an extra.", hint=pip_line("otel")
            ) from None
        from wikijs import __version__

        self._trace = trace
        self._inject = propagation.inject
        self._attempts = attempts
        self._propagate = propagate
        self._tracer = tracer or trace.get_tracer("wikijs", __version__)

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Make a span of a call."""
        span = self._tracer.start_span(
            f"{call.kind} {names.pascal(call.name)}", kind=self._trace.SpanKind.CLIENT, attributes=_attributes(call)
        )
        try:
            with self._current(span):
                result = yield from proceed(call)
        except BaseException as error:
            if not isinstance(error, GeneratorExit):
                self._fail(span, error, ending(error, call.name))
            span.end()
            raise
        span.set_attribute(names.OUTCOME, "ok")
        span.end()
        return result

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        """Make a span of a request."""
        if self._attempts is False or (self._attempts is None and _is_instrumented()):
            return (yield from proceed(self._marked(attempt, self._trace.get_current_span())))
        request = attempt.request
        attributes: dict[str, Any] = {
            names.METHOD: request.method,
            names.SERVER: _known(attempt.call.wiki, "", "", "", "")[names.SERVER],
            names.TEMPLATE: request.path if request.path in {"/graphql", "/u"} else "/{path}",
        }
        if attempt.number:
            attributes[names.RESENDS] = attempt.number
        span = self._tracer.start_span(request.method, kind=self._trace.SpanKind.CLIENT, attributes=attributes)
        try:
            with self._current(span):
                response = yield from proceed(self._marked(attempt, span))
        except BaseException as error:
            if not isinstance(error, GeneratorExit):
                self._fail(span, error, None)
            span.end()
            raise
        span.set_attribute(names.STATUS, response.status)
        if response.status >= 400:
            span.set_attribute(names.ERROR, str(response.status))
            span.set_status(self._trace.StatusCode.ERROR)
        span.end()
        return response

    def _marked(self, attempt: Attempt, span: Span) -> Attempt:
        if not self._propagate:
            return attempt
        carrier: dict[str, str] = {}
        self._inject(carrier, context=self._trace.set_span_in_context(span))
        return attempt.with_headers(carrier) if carrier else attempt

    def _fail(self, span: Span, error: BaseException, outcome: str | None) -> None:
        kind = type(error).__name__
        if isinstance(error, APIError) and error.slug:
            kind = error.slug
        span.set_attribute(names.ERROR, kind)
        if outcome is not None:
            span.set_attribute(names.OUTCOME, outcome)
        # Our own messages hold no secret; those of others are not known to.
        told = error.message if isinstance(error, WikiJSException) else None
        span.set_status(self._trace.StatusCode.ERROR, told)

    def on_event(self, event: Event) -> None:
        """Note retries, waits, uses of the cache and settled writes on the span that is open."""
        span = self._trace.get_current_span()
        if not span.is_recording():
            return
        match event:
            case Retrying(_, retries, delay):
                span.add_event("wikijs.retry", {names.RESENDS: retries, "wikijs.delay": delay})
            case LimitWait(_, seconds):
                span.add_event("wikijs.limit_wait", {"wikijs.seconds": seconds})
            case Settled(operation, outcome):
                span.add_event("wikijs.settled", {names.OPERATION_NAME: operation, names.SETTLED: str(outcome)})
            case CacheUsed(operation, found):
                span.add_event("wikijs.cache", {names.OPERATION_NAME: operation, names.CACHE: found})
            case _:
                pass  # requests are spans, and a circuit breaker ends a call with an error of its own

    def _current(self, span: Span) -> AbstractContextManager[object]:
        # Calls never hand values to the program on their way, so nothing of it runs while their span is current.
        return self._trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def _is_instrumented() -> bool:
    """Whether OpenTelemetry's instrumentation of the HTTP library makes spans of requests already."""
    library = sys.modules.get("httpx2")
    return any(
        hasattr(getattr(getattr(library, name, None), method, None), "__wrapped__")
        for name, method in (("HTTPTransport", "handle_request"), ("AsyncHTTPTransport", "handle_async_request"))
    )


def _attributes(call: Call) -> dict[str, Any]:
    if call.name == "batch":
        return {**_known(call.wiki, call.kind, call.name, call.purpose, ""), names.BATCH_SIZE: len(call.operations)}
    document = call.operations[0].spec.document if call.operations else ""
    return _known(call.wiki, call.kind, call.name, call.purpose, document)


@lru_cache(maxsize=4096)
def _known(wiki: str, kind: str, name: str, purpose: str, document: str) -> dict[str, Any]:
    """What is the same for all calls of an operation. Not to be changed: OpenTelemetry copies it."""
    address = urlsplit(wiki)
    found: dict[str, Any] = {
        names.OPERATION_TYPE: kind,
        names.OPERATION_NAME: name,
        names.SERVER: address.hostname or "",
    }
    if address.port:
        found[names.PORT] = address.port
    if purpose != "call":
        found[names.PURPOSE] = purpose
    if document:
        found[names.DOCUMENT_HASH] = f"sha256:{sha256(document.encode()).hexdigest()}"
    return found
