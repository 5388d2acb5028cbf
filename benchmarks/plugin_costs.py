"""What plugins cost a call: none, one, several, and the ready ones. Without a network, on the flow alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from measure import Contender, Result, compare, difference, take_turns
from prometheus_client import CollectorRegistry
from traffic import CONTENT_TYPE, DELETED, URL, api_key

from wikijs import WikiJSClient, ops
from wikijs.core.engine import Engine
from wikijs.core.flow import BareReply
from wikijs.plugins import Call, Flow, HeadersPlugin, MetricsPlugin, Plugin, Proceed, Request, TracingPlugin

T = TypeVar("T")

ROUNDS: Final = 41
CALLS: Final = 200
BARE: Final = "the same call without the place for plugins"
NONE: Final = "the same call without a plugin"


class Around(Plugin):
    """Proceeds."""

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Proceed."""
        return (yield from proceed(call))


class Simple(Plugin):
    """Looks at each request and each answer."""

    def before_request(self, request: Request) -> None:
        """Look."""

    def after_request(self, request: Request, response: Any) -> None:
        """Look."""


class _Bare(Engine):
    """The engine as it was before there were plugins: straight to the attempts, straight to the exchange."""

    def _fetched(self, operation: Any, attempt: Any, purpose: Any) -> Any:
        spec = operation.spec
        return self.policy.attempts(spec.server_field, spec.kind, attempt, spec.rate_limit)

    def _send(self, request: Any, token: Any, name: Any, running: Any) -> Any:
        return self.exchange(request, token, name)


def measure() -> list[Result]:
    """Each beside none, and none beside an engine that has no place for them."""
    bare = _client(())
    bare._engine.__class__ = _Bare  # type: ignore[assignment]
    contenders: dict[str, Contender] = {
        "bare": _caller(bare),
        "none": _caller(_client(())),
        "one": _caller(_client((Around(),))),
        "three": _caller(_client((Around(), _named(Around(), "b"), _named(Around(), "c")))),
        "simple": _caller(_client((Simple(), HeadersPlugin(request_id=None)))),
        "metrics": _caller(_client((MetricsPlugin(lambda name, value, labels, kind: None),))),
        "prometheus": _caller(_client((MetricsPlugin(registry=CollectorRegistry()),))),
        "tracing": _caller(_client((TracingPlugin(),))),
    }
    used = take_turns(contenders, ROUNDS, time.process_time, CALLS)
    return [
        compare(used, "none", "bare", "one small call, no plugin", BARE, 1.01),
        difference(used, "none", "bare", "one small call, no plugin", BARE, 0.3, CALLS),
        difference(used, "one", "none", "one plugin around calls", NONE, None, CALLS),
        difference(used, "three", "none", "three plugins around calls", NONE, None, CALLS),
        difference(used, "simple", "none", "two plugins with simple hooks", NONE, None, CALLS),
        difference(used, "metrics", "none", "MetricsPlugin with a function", NONE, None, CALLS),
        difference(used, "prometheus", "none", "MetricsPlugin for Prometheus", NONE, None, CALLS),
        difference(used, "tracing", "none", "TracingPlugin without an SDK", NONE, None, CALLS),
    ]


def _named(plugin: Plugin, name: str) -> Plugin:
    plugin.name = name  # type: ignore[misc]
    return plugin


def _client(plugins: tuple[Plugin, ...]) -> WikiJSClient:
    return WikiJSClient(URL, auth=api_key(), plugins=plugins)


def _caller(client: WikiJSClient) -> Callable[[], object]:
    """One call as a flow, each of its requests answered at once: no HTTP library, no driver."""
    operation, reply = ops.pages_delete(1), BareReply(200, {"content-type": CONTENT_TYPE}, DELETED)

    def call() -> None:
        flow = client._engine._send_unsettled(operation)
        try:
            next(flow)
            while True:
                flow.send(reply)
        except StopIteration:
            pass

    return call
