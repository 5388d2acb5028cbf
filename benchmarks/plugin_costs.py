"""What plugins cost a call: none, one, several, and the ready ones. Without a network, on the flow alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx2
from measure import Contender, Result, compare, difference, take_turns
from traffic import CONTENT_TYPE, DELETED, URL, api_key

from wikijs import WikiJSClient, ops
from wikijs.core.engine import Engine
from wikijs.plugins import Call, Flow, HeadersPlugin, MetricsPlugin, Plugin, Proceed, Request

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
    metrics = MetricsPlugin(lambda name, value, labels, kind: None)
    bare = _client(())
    bare._engine.__class__ = _Bare  # type: ignore[assignment]
    contenders: dict[str, Contender] = {
        "bare": _caller(bare),
        "none": _caller(_client(())),
        "one": _caller(_client((Around(),))),
        "three": _caller(_client((Around(), _named(Around(), "b"), _named(Around(), "c")))),
        "simple": _caller(_client((Simple(), HeadersPlugin(request_id=None)))),
        "metrics": _caller(_client((metrics,))),
    }
    used = take_turns(contenders, ROUNDS, time.process_time, CALLS)
    return [
        compare(used, "none", "bare", "one small call, no plugin", BARE, 1.01),
        difference(used, "none", "bare", "one small call, no plugin", BARE, 0.3, CALLS),
        difference(used, "one", "none", "one plugin around calls", NONE, None, CALLS),
        difference(used, "three", "none", "three plugins around calls", NONE, None, CALLS),
        difference(used, "simple", "none", "two plugins with simple hooks", NONE, None, CALLS),
        difference(used, "metrics", "none", "MetricsPlugin with a function", NONE, None, CALLS),
    ]


def _named(plugin: Plugin, name: str) -> Plugin:
    plugin.name = name  # type: ignore[misc]
    return plugin


def _client(plugins: tuple[Plugin, ...]) -> WikiJSClient:
    answered = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=DELETED, headers={"content-type": CONTENT_TYPE})
    )
    return WikiJSClient(URL, auth=api_key(), http_client=httpx2.Client(transport=answered), plugins=plugins)


def _caller(client: WikiJSClient) -> Callable[[], object]:
    return lambda: client.execute(ops.pages_delete(1))
